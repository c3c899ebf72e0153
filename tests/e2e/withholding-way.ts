/**
 * The way of one person to a relay that lies: of what they send to one mailbox it says that it keeps it,
 * and throws it away. A proxy for their browser alone, in front of a relay that does not lie: as whoever
 * runs one could, who sees where connections come from and which mailboxes they write to, and no more.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { pipeline } from "node:stream/promises";

import { type RawData, WebSocket, WebSocketServer } from "ws";

import { toHex } from "../../crypto/base/hex.ts";
import { decodeBatch, encodeFrame, type Frame } from "../../sync/wire/frames.ts";
import type { PutFrame } from "../../sync/wire/put-frame.ts";

const LOOPBACK = "127.0.0.1";
/** Of one connection, while the relay is being dialled. */
const MESSAGES_WAITING_MAX = 1_000;

export type WithholdingWay = AsyncDisposable & {
  /** Of the proxy. */
  readonly url: string;
  /** That the person has written to, hex, in the order of their first time. */
  readonly mailboxes: () => readonly string[];
  /** From now on nothing that they write to this one is kept. */
  readonly withhold: (mailbox: string) => void;
  /** Envelopes that were thrown away. */
  readonly withheld: () => number;
};

/** `port`: of the relay, on this machine. */
export async function withholdingWay(port: number): Promise<WithholdingWay> {
  const mailboxes = new Set<string>();
  let withheld = "";
  let count = 0;
  const isWithheld = (mailbox: Uint8Array): boolean => toHex(mailbox) === withheld;

  /** An answer as a relay gives it that kept everything. */
  const answerFor = (cut: Map<number, PutFrame>, frame: Frame): Frame => {
    const put = frame.type === "ok" ? cut.get(frame.request) : undefined;
    if (frame.type !== "ok" || put === undefined) return frame;
    cut.delete(frame.request);
    const honest = [...frame.statuses];
    const lie = { status: put.isEphemeral ? "liveOnly" : "stored" } as const;
    const statuses = put.targets.map((it) =>
      isWithheld(it.mailbox) ? lie : (honest.shift() ?? lie),
    );
    return { ...frame, statuses };
  };
  const fronts = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    handleProtocols: (offered) => [...offered][0] ?? false,
  });
  const server = createServer((asked, answer) => {
    // Whoever goes away in the middle of it sees what they would see without us.
    pass(asked, answer, port).catch(() => answer.destroy());
  });
  // A browser asks its proxy for a tunnel when it opens a WebSocket; it leads to this same server.
  server.on("connect", (_asked, socket: Socket, head: Buffer) => {
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    if (head.length > 0) socket.unshift(head);
    server.emit("connection", socket);
  });
  server.on("upgrade", (asked, socket, head) => {
    fronts.handleUpgrade(asked, socket, head, (front) => {
      const back = new WebSocket(`ws://${LOOPBACK}:${port}${asked.url}`, front.protocol, {
        perMessageDeflate: false,
      });
      /** Puts with fewer targets than were asked for, by request. */
      const cut = new Map<number, PutFrame>();
      join(front, back, {
        up: (frame) => {
          if (frame.type !== "put") return [frame];
          for (const { mailbox } of frame.targets) mailboxes.add(toHex(mailbox));
          const targets = frame.targets.filter((it) => !isWithheld(it.mailbox));
          if (targets.length === frame.targets.length) return [frame];
          count += frame.isEphemeral ? 0 : 1;
          cut.set(frame.request, frame);
          if (targets.length > 0) return [{ ...frame, targets }];
          front.send(
            encodeFrame(answerFor(cut, { type: "ok", request: frame.request, statuses: [] })),
          );
          return [];
        },
        down: (frame) => [answerFor(cut, frame)],
      });
    });
  });
  server.listen(0, LOOPBACK);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://${LOOPBACK}:${address.port}`,
    mailboxes: () => [...mailboxes],
    withhold: (mailbox) => {
      withheld = mailbox;
    },
    withheld: () => count,
    [Symbol.asyncDispose]: async () => {
      for (const front of fronts.clients) front.terminate();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** Frame by frame: what comes instead of each, up to the relay and down from it. */
type Between = Readonly<Record<"up" | "down", (frame: Frame) => readonly Frame[]>>;

/** Joins a browser's end with the relay's. */
function join(front: WebSocket, back: WebSocket, { up, down }: Between): void {
  const waiting: Uint8Array[] = [];
  front.on("message", (data) => {
    for (const bytes of framesOf(data).flatMap(up).map(encodeFrame)) {
      if (back.readyState === WebSocket.OPEN) back.send(bytes);
      else if (waiting.length < MESSAGES_WAITING_MAX) waiting.push(bytes);
      else front.terminate();
    }
  });
  back.on("open", () => {
    for (const bytes of waiting.splice(0)) back.send(bytes);
  });
  back.on("message", (data) => {
    for (const bytes of framesOf(data).flatMap(down).map(encodeFrame)) front.send(bytes);
  });
  front.on("close", () => back.terminate());
  back.on("close", () => front.terminate());
  for (const end of [front, back]) end.on("error", () => end.terminate());
}

function framesOf(data: RawData): readonly Frame[] {
  const frames = decodeBatch(new Uint8Array(data as Buffer));
  if (!frames.ok) throw new Error(`not a batch: ${frames.error.type}`);
  return frames.value;
}

/** One request and its answer. To a proxy the path is a whole address. */
async function pass(asked: IncomingMessage, answer: ServerResponse, port: number): Promise<void> {
  const { method, url = "/", headers } = asked;
  const { pathname, search } = new URL(url, "http://localhost");
  const path = `${pathname}${search}`;
  const forward = request({ port, host: LOOPBACK, method, path, headers });
  asked.pipe(forward);
  const [got] = (await once(forward, "response")) as [IncomingMessage];
  answer.writeHead(got.statusCode ?? 0, got.rawHeaders);
  await pipeline(got, answer);
}
