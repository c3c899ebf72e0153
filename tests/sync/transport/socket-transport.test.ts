import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, test } from "vitest";
import { type WebSocket as ServerSocket, WebSocketServer } from "ws";

import { openSocketTransport } from "../../../sync/transport/socket-transport.ts";
import type { WireEvents } from "../../../sync/transport/transport.ts";
import { SUBPROTOCOL } from "../../../sync/wire/version.ts";
import {
  type Peer,
  transportContract,
  type TransportRig,
} from "../../contract/transport.contract.ts";
import { HeldTimers } from "./held-timers.ts";

type SocketRig = TransportRig & { readonly sockets: ServerSocket[]; protocol: string | false };

/** A real server on loopback, spoken to with Node's own WebSocket and fetch. */
async function openRig(): Promise<SocketRig> {
  const timers = new HeldTimers();
  const peers: Peer[] = [];
  const sockets: ServerSocket[] = [];
  let answer: (request: Request) => Response | Promise<Response> = () => new Response("");
  const http = createServer((request, response) => {
    void respond(request, response, (it) => answer(it));
  });
  const server = new WebSocketServer({
    server: http,
    handleProtocols: (): string | false => rig.protocol,
  });
  server.on("connection", (socket) => {
    const received: Uint8Array[] = [];
    socket.on("message", (bytes: Buffer) => received.push(new Uint8Array(bytes)));
    sockets.push(socket);
    peers.push({
      received,
      send: (bytes) => socket.send(bytes),
      close: (code) => socket.close(code),
      drop: () => socket.terminate(),
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const here = `127.0.0.1:${(http.address() as AddressInfo).port}`;
  const rig: SocketRig = {
    transport: openSocketTransport({ WebSocket, fetch, timers }),
    socketUrl: `ws://${here}/v1/socket`,
    httpUrl: `http://${here}`,
    nobody: await freeAddress(),
    peers,
    sockets,
    protocol: SUBPROTOCOL,
    answer: (next) => {
      answer = next;
    },
    turn: () => timers.settle(),
    passTime: (ms) => timers.advance(ms),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.terminate();
      http.closeAllConnections();
      http.close();
      await once(http, "close");
    },
  };
  return rig;
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (request: Request) => Response | Promise<Response>,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = "GET", url = "/", headers } = request;
  const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
  const init = { method, headers: headers as Record<string, string>, ...body };
  const said = await answer(new Request(`http://here${url}`, init));
  response.writeHead(said.status, Object.fromEntries(said.headers));
  response.end(Buffer.from(await said.arrayBuffer()));
}

/** A port that was free a moment ago. */
async function freeAddress(): Promise<string> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return `127.0.0.1:${port}`;
}

transportContract("the socket transport", openRig);

const heardOn = async (rig: SocketRig): Promise<string[]> => {
  const heard: string[] = [];
  const events: WireEvents = {
    onOpen: () => heard.push("open"),
    onMessage: (bytes) => heard.push(`message ${bytes.length}`),
    onClose: (code) => heard.push(`close ${code}`),
  };
  rig.transport.connect(rig.socketUrl, events);
  while (heard.length === 0) await rig.turn();
  return heard;
};

test("[TR9] a text message is no message of ours: the connection ends", async () => {
  await using rig = await openRig();
  const heard = await heardOn(rig);
  rig.sockets[0]!.send("hello");
  rig.sockets[0]!.send(Buffer.of(1));
  const [code] = await once(rig.sockets[0]!, "close");
  expect(code).toBe(4400);
  expect(heard).toEqual(["open", "close 1003"]);
});

test("[TR9] a server that does not speak our protocol is nobody", async () => {
  await using rig = await openRig();
  rig.protocol = false;
  expect(await heardOn(rig)).toEqual(["close 1006"]);
});

test("[TR9] a redirect is not followed, and no cookie comes back", async () => {
  await using rig = await openRig();
  const paths: string[] = [];
  const cookies: (string | null)[] = [];
  rig.answer((request) => {
    paths.push(new URL(request.url).pathname);
    cookies.push(request.headers.get("cookie"));
    const headers = { location: `${rig.httpUrl}/elsewhere`, "set-cookie": "a=b" };
    return new Response("", { status: paths.length === 2 ? 302 : 200, headers });
  });
  const request = { method: "GET" as const, url: `${rig.httpUrl}/first`, headers: {} };
  expect(await rig.transport.request(request)).toMatchObject({ ok: true });
  expect(await rig.transport.request(request)).toMatchObject({ ok: false });
  expect(paths).toEqual(["/first", "/first"]);
  expect(cookies).toEqual([null, null]);
});

test("[TR9] a page may not dial: the constructor's refusal is an end like any other", async () => {
  class Refusing {
    static readonly OPEN = 1;
    constructor() {
      throw new DOMException("mixed content", "SecurityError");
    }
  }
  const transport = openSocketTransport({
    WebSocket: Refusing as unknown as typeof WebSocket,
    fetch,
    timers: new HeldTimers(),
  });
  const closed = new Promise<number>((resolve) => {
    const nothing = (): void => undefined;
    transport.connect("ws://relay.example", {
      onOpen: nothing,
      onMessage: nothing,
      onClose: resolve,
    });
  });
  expect(await closed).toBe(1006);
});
