/**
 * A wire between browsers and a relay that hears everything: people open the tap's address, and each
 * request, answer and WebSocket message passes through it, whichever page, worker or service worker
 * it comes from. It can also be cut, which no switch of a browser does to a worker's open sockets.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";

import type { Place } from "./canary.ts";
import { FrameReader } from "./frame-reader.ts";

const HEARD_BYTES_MAX = 512 * 1024 * 1024;
const LOOPBACK = "127.0.0.1";
const HEAD_END = "\r\n\r\n";

/** `cut`: every connection breaks at once. `hole`: connections open, and nothing ever answers. */
export type Way = "open" | "cut" | "hole";

export type WireTap = AsyncDisposable & {
  /** Where people open the app, instead of the relay's own address. */
  readonly url: string;
  /** All that passed until now. */
  readonly heard: () => readonly Place[];
  /** Breaks what is open; from now on the way to the relay is this. */
  readonly turn: (way: Way) => void;
};

type Hear = (where: string, bytes: Buffer) => void;

/** `port`: of a server on this machine. */
export async function tapWire(port: number): Promise<WireTap> {
  const heard: Place[] = [];
  let heardBytes = 0;
  const hear: Hear = (where, bytes) => {
    heardBytes += bytes.length;
    if (heardBytes > HEARD_BYTES_MAX) throw new Error("the tap has heard too much");
    heard.push({ where, bytes });
  };

  let way: Way = "open";
  const sockets = new Set<Socket>();
  const opened = (socket: Socket): void => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    if (way === "cut") socket.resetAndDestroy();
  };
  const server = createServer((asked, answer) => {
    if (way !== "open") return;
    // The relay is dead, or the browser went: each sees what it would see without us.
    pass(asked, answer, port, hear).catch(() => answer.destroy());
  });
  server.on("connection", opened);
  server.on("upgrade", (asked: IncomingMessage, client: Socket, begun: Buffer) => {
    if (way !== "open") return;
    const relay = connect(port, LOOPBACK);
    opened(relay);
    passFrames(asked, Buffer.concat([headOf(asked), begun]), client, relay, hear);
  });
  server.listen(0, LOOPBACK);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");

  const turn = (next: Way): void => {
    way = next;
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    url: `http://localhost:${address.port}`,
    heard: () => heard,
    turn,
    [Symbol.asyncDispose]: async () => {
      server.close();
      turn("cut");
      await once(server, "close");
    },
  };
}

/** One request and its answer, unchanged, each heard whole. */
async function pass(
  asked: IncomingMessage,
  answer: ServerResponse,
  port: number,
  hear: Hear,
): Promise<void> {
  const { method, url: path, headers } = asked;
  hear("request line and headers", headOf(asked));
  const body = await buffer(asked);
  hear("request body", body);
  const forward = request({ port, host: LOOPBACK, method, path, headers });
  forward.end(body);
  const [got] = (await once(forward, "response")) as [IncomingMessage];
  const gotBody = await buffer(got);
  hear("answer headers", Buffer.from(got.rawHeaders.join("\n")));
  hear("answer body", decompressed(gotBody, got.headers["content-encoding"]));
  answer.writeHead(got.statusCode ?? 0, got.rawHeaders);
  answer.end(gotBody);
}

function decompressed(body: Buffer, encoding = "identity"): Buffer {
  if (body.length === 0 || encoding === "identity") return body;
  if (encoding === "gzip") return gunzipSync(body);
  if (encoding === "br") return brotliDecompressSync(body);
  if (encoding === "zstd") return zstdDecompressSync(body);
  throw new Error(`a body in ${encoding}: the tap would be blind`);
}

/** Passes bytes as they are, and hears the messages in them. */
function passFrames(
  asked: IncomingMessage,
  head: Buffer,
  client: Socket,
  relay: Socket,
  hear: Hear,
): void {
  hear("request line and headers", headOf(asked));
  const toRelay = new FrameReader((message) => hear("frame to the relay", message));
  const fromRelay = new FrameReader((message) => hear("frame from the relay", message));
  const answered = afterHead(hear, (bytes) => fromRelay.read(bytes));
  relay.write(head);
  client.on("data", (piece: Buffer) => {
    toRelay.read(piece);
    relay.write(piece);
  });
  relay.on("data", (piece: Buffer) => {
    answered(piece);
    client.write(piece);
  });
  client.once("close", () => relay.destroy());
  relay.once("close", () => client.destroy());
}

/** The request as it came, for the relay and for the ear. */
function headOf({ method, url, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let i = 0; i < rawHeaders.length; i += 2)
    lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
  return Buffer.from(`${lines.join("\r\n")}${HEAD_END}`);
}

/** Takes off the HTTP answer that precedes the relay's first frame. */
function afterHead(hear: Hear, read: (bytes: Buffer) => void): (piece: Buffer) => void {
  let head: Buffer | null = Buffer.alloc(0);
  return (piece) => {
    if (head === null) return read(piece);
    head = Buffer.concat([head, piece]);
    const end = head.indexOf(HEAD_END);
    if (end === -1) return;
    const rest = head.subarray(end + HEAD_END.length);
    hear("answer headers", head.subarray(0, end));
    head = null;
    read(rest);
  };
}
