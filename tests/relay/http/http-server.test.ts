import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { WebSocket } from "ws";

import { toBase64url } from "../../../crypto/base/base64url.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { blobIdOf } from "../../../crypto/public/blob-id.ts";
import { LOOPBACK } from "../../../relay/client-address.ts";
import { httpApp } from "../../../relay/http/http-app.ts";
import { openHttpServer, type Patience } from "../../../relay/http/http-server.ts";
import { SECURITY_HEADERS } from "../../../relay/http/security-headers.ts";
import { BLOB_DOWNLOADS_AT_ONCE, HTTP_HEADERS_BYTES_MAX } from "../../../relay/limits.ts";
import { attachSockets } from "../../../relay/socket/ws-adapter.ts";
import { PATHS } from "../../../sync/wire/http.ts";
import { idOf } from "../../../sync/wire/ids.ts";
import { HTTP_BODY_BYTES_MAX } from "../../../sync/wire/limits.ts";
import { SUBPROTOCOL } from "../../../sync/wire/version.ts";
import { DAY_MS, filled, openWorld, putFor, type World } from "../relay-world.ts";
import { streamOf } from "../stream-of.ts";

beforeAll(() => ready);
vi.setConfig({ testTimeout: 30_000 });

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Opened = { readonly world: World; readonly port: number };

async function opened(patience?: Patience): Promise<Opened> {
  const world = openWorld();
  const addressOf = (): string => LOOPBACK;
  const app = httpApp({ relay: world.relay, files: null, blobs: world.blobs, addressOf });
  const server = openHttpServer(app, world.relay, patience);
  attachSockets({ server, relay: world.relay, addressOf });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { world, port: (server.address() as AddressInfo).port };
}

async function dial(
  port: number,
): Promise<{ readonly socket: Socket; readonly heard: () => string }> {
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return { socket, heard: () => Buffer.concat(chunks).toString("latin1") };
}

/** Everything that was said until the relay closed. */
async function answerTo(port: number, request: string): Promise<string> {
  const { socket, heard } = await dial(port);
  socket.write(request);
  await once(socket, "close", { signal: AbortSignal.timeout(25_000) });
  return heard();
}

/** Writes byte after byte for as long as the relay takes them; answers what it said in the end. */
async function dribble(port: number, first: string, byte: string): Promise<string> {
  const { socket, heard } = await dial(port);
  socket.write(first);
  const drip = setInterval(() => socket.write(byte), 20);
  try {
    await once(socket, "close", { signal: AbortSignal.timeout(25_000) });
  } finally {
    clearInterval(drip);
  }
  return heard();
}

const headOf = (answer: string): string => answer.split("\r\n\r\n", 1)[0] ?? "";
const statusOf = (answer: string): string => answer.slice(9, 12);
const problemOf = (answer: string): string =>
  /\{"type":"(\w+)"/u.exec(answer.slice(headOf(answer).length))?.[1] ?? "";

/** A mailbox in which a message waits: what an attack must leave alone. */
async function withMail({ world, port }: Opened): Promise<() => Promise<void>> {
  const alice = await world.person(1);
  const guest = await world.socket();
  guest.send(putFor([alice], filled(30, 7)));
  await world.settle();
  expect(guest.take("ok")[0]?.statuses).toEqual([{ status: "stored" }]);
  return async () => {
    const health = await fetch(`http://127.0.0.1:${port}${PATHS.health}`);
    expect(await health.text()).toBe("ok");
    const [message] = (await world.online(alice)).take("msg");
    expect(message?.body).toEqual(filled(30, 7));
    expect(world.relay.counters.take()["bugs"]).toBe(undefined);
  };
}

const PREKEYS = `POST ${PATHS.prekeys} HTTP/1.1\r\nHost: relay\r\nContent-Type: application/json\r\n`;
/** Short for a test, and long for a machine that is busy with other tests. */
const SHORT: Patience = { headersMs: 800, requestMs: 1_600, idleMs: 5_000 };

test("[HQ7] refuses a head over its bound, in the address or in its fields", async () => {
  const at = await opened();
  const unharmed = await withMail(at);
  const long = "a".repeat(HTTP_HEADERS_BYTES_MAX);
  for (const request of [
    `GET /${long} HTTP/1.1\r\nHost: relay\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: relay\r\nCookie: ${long}\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: relay\r\n${"a: b\r\n".repeat(HTTP_HEADERS_BYTES_MAX / 4)}\r\n`,
  ]) {
    const answer = await answerTo(at.port, request);
    expect([statusOf(answer), problemOf(answer)]).toEqual(["431", "HeadersTooLarge"]);
  }
  await unharmed();
});

test("[HQ8] waits for a head, and for a body, only so long, however they dribble", async () => {
  const at = await opened(SHORT);
  const unharmed = await withMail(at);
  const slow = [
    dribble(at.port, "GET / HTTP/1.1\r\nHost: relay\r\nX-Slow: ", "a"),
    dribble(at.port, `${PREKEYS}Content-Length: 5000\r\n\r\n`, "1"),
    dribble(at.port, `${PREKEYS}Transfer-Encoding: chunked\r\n\r\n`, "1\r\na\r\n"),
    dribble(at.port, `GET ${PATHS.socket} HTTP/1.1\r\nUpgrade: websocket\r\nX-Slow: `, "a"),
  ];
  for (const answer of await Promise.all(slow)) {
    expect([statusOf(answer), problemOf(answer)]).toEqual(["408", "RequestTooSlow"]);
  }
  // Who says nothing at all is cut off too.
  expect(await answerTo(at.port, "")).toContain("RequestTooSlow");
  await unharmed();
});

test.each([
  ["a length and chunks", `${PREKEYS}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n`],
  ["two lengths", `${PREKEYS}Content-Length: 4\r\nContent-Length: 40\r\n\r\nabcd`],
  ["a chunk that is no number", `${PREKEYS}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
  ["another coding", `${PREKEYS}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n`],
  ["a folded field", "GET / HTTP/1.1\r\nHost: relay\r\nX-A: b\r\n c\r\n\r\n"],
  ["a field with a space in its name", "GET / HTTP/1.1\r\nHost : relay\r\n\r\n"],
  ["TLS", "\u0016\u0003\u0001\u0002\u0000\r\n\r\n"],
  ["another version", "GET / HTTP/3.0\r\nHost: relay\r\n\r\n"],
  ["no host", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n"],
  ["a host with a path", "GET / HTTP/1.1\r\nHost: relay/healthz?\r\nConnection: close\r\n\r\n"],
  ["a host that is none", "GET / HTTP/1.1\r\nHost: [::\r\nConnection: close\r\n\r\n"],
  ["another scheme", "GET ftp://relay/ HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n"],
])("[HQ9] refuses %s, which parsers may read in two ways", async (_, request) => {
  const at = await opened();
  const unharmed = await withMail(at);
  const answer = await answerTo(at.port, request);
  expect([statusOf(answer), problemOf(answer)]).toEqual(["400", "RequestMalformed"]);
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    expect(headOf(answer).toLowerCase()).toContain(`${name}: ${value}`.toLowerCase());
  }
  await unharmed();
});

test("[HQ10] decides nothing by the host that a request names, and repeats it nowhere", async () => {
  const { port } = await opened();
  const claims = [
    "Host: relay",
    "Host: evil.example",
    "Host: evil.example:99\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: ftp",
    'Host: relay\r\nForwarded: host=evil.example;for="[::1]"',
  ];
  for (const path of [PATHS.readiness, PATHS.statusPage, PATHS.discovery, "/nothing"]) {
    const answers = await Promise.all(
      claims.map(async (claim) => {
        const request = `GET ${path} HTTP/1.1\r\n${claim}\r\nConnection: close\r\n\r\n`;
        return (await answerTo(port, request)).replace(/^date: .*$/imu, "");
      }),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).not.toContain("evil");
  }
});

test("[HQ11] answers what came in one piece in its order, and nothing behind what it refused", async () => {
  const at = await opened();
  const unharmed = await withMail(at);
  const paths = Array.from({ length: 300 }, (_, index) =>
    index % 3 === 0 ? PATHS.health : index % 3 === 1 ? PATHS.readiness : "/nothing",
  );
  const requests = paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: relay\r\n\r\n`).join("");
  const answer = await answerTo(
    at.port,
    `${requests}GET / HTTP/9\r\n\r\nGET ${PATHS.health} HTTP/1.1\r\nHost: relay\r\n\r\n`,
  );
  const said = [...answer.matchAll(/\r\n\r\n(ok|ready|\{.*?\})/gu)].map(([, body]) => body);
  const wanted = paths.map((path) =>
    path === PATHS.health ? "ok" : path === PATHS.readiness ? "ready" : '{"type":"NotFound"}',
  );
  expect(said).toEqual([...wanted, '{"type":"RequestMalformed"}']);
  await unharmed();
});

test("[HQ2] stops reading a body in chunks at its bound, and says so", async () => {
  const at = await opened();
  const unharmed = await withMail(at);
  const chunk = `${(16_384).toString(16)}\r\n${"a".repeat(16_384)}\r\n`;
  const answer = await answerTo(
    at.port,
    `${PREKEYS}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(
      Math.ceil(HTTP_BODY_BYTES_MAX / 16_384) + 4,
    )}0\r\n\r\n`,
  );
  expect([statusOf(answer), problemOf(answer)]).toEqual(["413", "BodyTooLarge"]);
  await unharmed();
});

/** So large that no socket's buffers hold it. */
const LARGE = new Uint8Array(32 * 1024 * 1024).fill(5);

async function withBlob({ world }: Opened): Promise<string> {
  const blob = idOf("BlobId", blobIdOf(LARGE));
  const { mailbox } = await world.person(2);
  const deleteHash = idOf("BlobDeleteHash", filled(32, 1));
  const claim = { mailbox, blob, bytes: LARGE.length, deleteHash, ttlMs: DAY_MS };
  const reserved = await world.blobs.reserve(claim);
  const ticket = reserved.ok ? reserved.value.ticket : null;
  if (ticket === null) throw new Error("no ticket");
  const sent = await world.blobs.append(
    { blob, ticket, offset: 0, stream: streamOf([LARGE]) },
    LOOPBACK,
  );
  expect(sent).toEqual({ ok: true, value: { offset: LARGE.length, isComplete: true } });
  return PATHS.blob(toBase64url(blob));
}

/** Reads the first bytes of an answer, and then no more. */
async function beginToRead(port: number, path: string): Promise<Socket> {
  const { socket } = await dial(port);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: relay\r\n\r\n`);
  await once(socket, "data");
  socket.pause();
  return socket;
}

test("[HQ12] cuts a download that nobody reads, and no WebSocket that is silent", async () => {
  const at = await opened({ headersMs: 800, requestMs: 1_600, idleMs: 500 });
  const path = await withBlob(at);
  const webSocket = new WebSocket(`ws://127.0.0.1:${at.port}${PATHS.socket}`, SUBPROTOCOL);
  await once(webSocket, "message");
  const stalled = await beginToRead(at.port, path);
  await vi.waitFor(async () => expect(await connectionsOf(servers.at(-1)!)).toBe(1), 20_000);
  expect(webSocket.readyState).toBe(WebSocket.OPEN);
  webSocket.terminate();
  stalled.destroy();
});

test("[HB12] downloads that break off make room for others", async () => {
  const at = await opened();
  const path = await withBlob(at);
  const begun = await Promise.all(
    Array.from({ length: BLOB_DOWNLOADS_AT_ONCE }, () => beginToRead(at.port, path)),
  );
  const read = async (): Promise<number> => {
    const answer = await fetch(`http://127.0.0.1:${at.port}${path}`);
    return (await answer.arrayBuffer()).byteLength;
  };
  expect(await read()).toBeLessThan(200);
  for (const socket of begun) socket.destroy();
  await vi.waitFor(async () => expect(await read()).toBe(LARGE.length), 20_000);
});

const connectionsOf = (server: Server): Promise<number> =>
  new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
