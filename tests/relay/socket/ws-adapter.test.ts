import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { WebSocket } from "ws";

import { ready } from "../../../crypto/base/sodium.ts";
import { addressReader, parseProxies } from "../../../relay/client-address.ts";
import { ADDRESS_SOCKETS_MAX } from "../../../relay/limits.ts";
import { attachSockets } from "../../../relay/socket/ws-adapter.ts";
import { CLOSE } from "../../../sync/wire/close-codes.ts";
import { decodeBatch, encodeFrame } from "../../../sync/wire/frames.ts";
import { PATHS } from "../../../sync/wire/http.ts";
import { DEAD_VISIBLE_MS, SOCKET_MESSAGE_BYTES_MAX } from "../../../sync/wire/limits.ts";
import { SUBPROTOCOL } from "../../../sync/wire/version.ts";
import { openWorld, type World } from "../relay-world.ts";

beforeAll(() => ready);
// Real sockets, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 30_000 });

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function opened(proxies = ""): Promise<{ readonly world: World; readonly port: number }> {
  const world = openWorld();
  const server = createServer();
  servers.push(server);
  const known = parseProxies(proxies);
  if (!known.ok) throw new Error(known.error.entry);
  attachSockets({ server, relay: world.relay, addressOf: addressReader(known.value) });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { world, port: (server.address() as AddressInfo).port };
}

const PING = { type: "ping", timeMs: 77, isHidden: false } as const;
const PONG = Buffer.from([0x41, 77]);

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const handshake = (path: string, headers: Readonly<Record<string, string>> = {}): string => {
  const all = {
    Host: "relay",
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Protocol": SUBPROTOCOL,
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `GET ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
};

type Client = { readonly socket: Socket; readonly heard: () => Buffer };

/** A TCP connection that collects what it is told. */
async function dial(port: number): Promise<Client> {
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return { socket, heard: () => Buffer.concat(chunks) };
}

async function hears({ socket, heard }: Client, bytes: Buffer): Promise<void> {
  const signal = AbortSignal.timeout(25_000);
  while (!heard().includes(bytes)) await once(socket, "data", { signal });
}

const headOf = (heard: Buffer): string => heard.toString("latin1").split("\r\n\r\n", 1)[0] ?? "";

async function answerTo(port: number, request: string): Promise<string> {
  const { socket, heard } = await dial(port);
  socket.write(request);
  await once(socket, "close", { signal: AbortSignal.timeout(25_000) });
  return heard().toString("latin1");
}

/** After the handshake, sends raw bytes and gives the code of the close frame that comes back. */
async function closeCodeAfter(port: number, ...frames: readonly Buffer[]): Promise<number> {
  const { socket, heard } = await dial(port);
  socket.write(handshake(PATHS.socket));
  while (!heard().includes("\r\n\r\n")) await once(socket, "data");
  for (const frame of frames) socket.write(frame);
  await once(socket, "close", { signal: AbortSignal.timeout(25_000) });
  const bytes = heard().subarray(headOf(heard()).length + 4);
  return bytes.readUInt16BE(bytes.lastIndexOf(0x88) + 2);
}

const MASK = Buffer.alloc(4);
/** A WebSocket frame (RFC 6455 §5.2), masked with zeros. `first` is FIN, RSV and opcode. */
const rawFrame = (first: number, payload: Buffer): Buffer => {
  const { length } = payload;
  const head =
    length < 126 ? [first, 0x80 | length] : [first, 0x80 | 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), MASK, payload]);
};

test("[WK1] welcomes a client of kith.1, without compression", async () => {
  const { port } = await opened();
  const socket = new WebSocket(`ws://127.0.0.1:${port}${PATHS.socket}`, SUBPROTOCOL);
  const [data] = (await once(socket, "message")) as [Buffer];
  expect([socket.protocol, socket.extensions]).toEqual([SUBPROTOCOL, ""]);
  expect(decodeBatch(new Uint8Array(data))).toMatchObject({ value: [{ type: "welcome" }] });
  socket.terminate();
});

test.each([
  ["another path", handshake("/v1/elsewhere"), 404, "NotFound"],
  ["a traversal", handshake("/v1/socket/../socket"), 404, "NotFound"],
  [
    "WebSocket version 8",
    handshake(PATHS.socket, { "Sec-WebSocket-Version": "8" }),
    426,
    SUBPROTOCOL,
  ],
  [
    "another protocol",
    handshake(PATHS.socket, { "Sec-WebSocket-Protocol": "kith.9" }),
    426,
    SUBPROTOCOL,
  ],
  ["no protocol", handshake(PATHS.socket, { "Sec-WebSocket-Protocol": "" }), 426, SUBPROTOCOL],
  ["a broken key", handshake(PATHS.socket, { "Sec-WebSocket-Key": "short" }), 400, ""],
])("[WK2] refuses a handshake with %s", async (_, request, status, word) => {
  const { port } = await opened();
  const answer = await answerTo(port, request);
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `, "u"));
  expect(answer).toContain(word);
});

test.each([
  ["a text message", CLOSE.textFrame, [rawFrame(0x81, Buffer.from("hello"))]],
  ["an unmasked frame", CLOSE.protocol, [Buffer.from([0x82, 1, 0])]],
  ["a reserved bit", CLOSE.protocol, [rawFrame(0xc2, Buffer.from([1]))]],
  ["a reserved opcode", CLOSE.protocol, [rawFrame(0x83, Buffer.from([1]))]],
  ["a fragmented ping", CLOSE.protocol, [rawFrame(0x09, Buffer.from([1]))]],
  ["a continuation of nothing", CLOSE.protocol, [rawFrame(0x80, Buffer.from([1]))]],
  ["garbage", CLOSE.malformed, [rawFrame(0x82, Buffer.from("garbage"))]],
  [
    "too many fragments",
    CLOSE.policy,
    [
      rawFrame(0x02, Buffer.from([1])),
      ...Array.from({ length: 70 }, () => rawFrame(0, Buffer.from([1]))),
    ],
  ],
  [
    "a message in 70,000 fragments",
    CLOSE.policy,
    [
      rawFrame(0x02, Buffer.from([1])),
      Buffer.concat(Array.from({ length: 70_000 }, () => rawFrame(0, Buffer.from([1])))),
    ],
  ],
  [
    "a flood of pings",
    CLOSE.policy,
    Array.from({ length: 40 }, () => rawFrame(0x89, Buffer.alloc(0))),
  ],
])("[WK3] closes a socket that sends %s", async (_, code, frames) => {
  const { port, world } = await opened();
  const other = await dial(port);
  other.socket.write(handshake(PATHS.socket));
  expect(await closeCodeAfter(port, ...frames)).toBe(code);
  await world.settle();
  expect(world.relay.status().sockets).toBe(1);
  // Everybody else goes on.
  other.socket.write(rawFrame(0x82, Buffer.from(encodeFrame(PING))));
  await hears(other, PONG);
  other.socket.destroy();
});

test("[WK4] closes a socket whose message is too long, before it has read it", async () => {
  const { port } = await opened();
  const head = Buffer.alloc(10);
  head.writeUInt8(0x82, 0);
  head.writeUInt8(0x80 | 127, 1);
  head.writeBigUInt64BE(BigInt(SOCKET_MESSAGE_BYTES_MAX + 1), 2);
  expect(await closeCodeAfter(port, Buffer.concat([head, MASK]))).toBe(CLOSE.tooBig);
});

test("[WK5] takes frames in three-byte pieces, and a message in a few fragments", async () => {
  const { port } = await opened();
  const client = await dial(port);
  const ping = Buffer.from(encodeFrame(PING));
  const bytes = Buffer.concat([
    Buffer.from(handshake(PATHS.socket)),
    rawFrame(0x02, ping.subarray(0, 2)),
    rawFrame(0x80, ping.subarray(2)),
  ]);
  client.socket.setNoDelay(true);
  for (let at = 0; at < bytes.length; at += 3) client.socket.write(bytes.subarray(at, at + 3));
  await hears(client, PONG);
  expect(headOf(client.heard())).toContain("101");
  client.socket.destroy();
});

test("[WK5] takes frames that came in one piece with the handshake", async () => {
  const { port } = await opened();
  const client = await dial(port);
  const ping = rawFrame(0x82, Buffer.from(encodeFrame(PING)));
  client.socket.write(Buffer.concat([Buffer.from(handshake(PATHS.socket)), ping, ping]));
  await hears(client, PONG);
  client.socket.destroy();
});

test("[WK7] ends a connection whose message dribbles in without ever ending", async () => {
  const { port, world } = await opened();
  const client = await dial(port);
  client.socket.write(handshake(PATHS.socket));
  await hears(client, Buffer.from("\r\n\r\n"));
  const closed = once(client.socket, "close", { signal: AbortSignal.timeout(25_000) });
  client.socket.write(rawFrame(0x02, Buffer.from([1])));
  for (let passedMs = 0; passedMs <= DEAD_VISIBLE_MS; passedMs += 1_000) {
    client.socket.write(rawFrame(0x00, Buffer.from([1])));
    await world.advance(1_000);
  }
  await closed;
  const bytes = client.heard();
  expect(bytes.readUInt16BE(bytes.lastIndexOf(0x88) + 2)).toBe(CLOSE.dead);
});

test("[WK6] bounds the new sockets of one neighbourhood, and not of its neighbours", async () => {
  const { port } = await opened("loopback");
  const statusFrom = async (address: string): Promise<string> => {
    const { socket, heard } = await dial(port);
    socket.write(handshake(PATHS.socket, { "X-Forwarded-For": address }));
    while (!heard().includes("\r\n")) await once(socket, "data");
    socket.destroy();
    return heard().toString("latin1").slice(9, 12);
  };
  const statuses: string[] = [];
  for (let count = 0; count < 62; count += 1) statuses.push(await statusFrom("198.51.100.7"));
  expect(statuses.slice(0, 60)).toEqual(Array.from({ length: 60 }, () => "101"));
  expect(statuses.at(-1)).toBe("429");
  expect(await statusFrom("203.0.113.7")).toBe("101");
});

test("[WK8] bounds the sockets that one neighbourhood holds at once, and counts those that left", async () => {
  const { port, world } = await opened("loopback");
  const held: Socket[] = [];
  const statusFrom = async (address: string): Promise<string> => {
    // The rate of new ones is another bound.
    world.clock.nowMs += 1_000;
    const client = await dial(port);
    client.socket.write(handshake(PATHS.socket, { "X-Forwarded-For": address }));
    await hears(client, Buffer.from("\r\n\r\n"));
    held.push(client.socket);
    return client.heard().toString("latin1").slice(9, 12);
  };
  for (let count = 0; count < ADDRESS_SOCKETS_MAX; count += 1) {
    expect(await statusFrom(`198.51.100.${count % 250}`)).toBe("101");
  }
  expect(await statusFrom("198.51.100.7")).toBe("429");
  expect(await statusFrom("203.0.113.7")).toBe("101");
  held[0]?.destroy();
  await vi.waitFor(() => expect(world.relay.status().sockets).toBe(ADDRESS_SOCKETS_MAX), 25_000);
  expect(await statusFrom("198.51.100.7")).toBe("101");
  for (const socket of held) socket.destroy();
});
