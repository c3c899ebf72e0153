import { beforeAll, expect, test } from "vitest";

import { ready } from "../../crypto/base/sodium.ts";
import { CLOSE } from "../../sync/wire/close-codes.ts";
import { PATHS } from "../../sync/wire/http.ts";
import { idOf } from "../../sync/wire/ids.ts";
import {
  DEAD_HIDDEN_MS,
  DEAD_VISIBLE_MS,
  UNAUTHENTICATED_IDLE_MS,
} from "../../sync/wire/limits.ts";
import { openWorld, putFor, type TestSocket } from "./relay-world.ts";

beforeAll(() => ready);

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

test("[SO1] refuses a wrong signature, another's key, and a nonce of another connection", async () => {
  const world = openWorld();
  const [alice, bob] = [await world.person(1), await world.person(2)];
  const other = await world.socket();
  const otherWelcome = other.take("welcome")[0]!;
  const welcomed = async () => {
    const socket = await world.socket();
    return { socket, welcome: socket.take("welcome")[0]! };
  };
  const wrongKey = await welcomed();
  wrongKey.socket.send(world.authOf(wrongKey.welcome, { ...alice, seed: bob.seed }));
  const replayed = await welcomed();
  replayed.socket.send(world.authOf(otherWelcome, alice));
  const unknown = await welcomed();
  unknown.socket.send(world.authOf(unknown.welcome, world.stranger(9)));
  const mixed = await welcomed();
  mixed.socket.send(world.authOf(mixed.welcome, { ...bob, mailbox: alice.mailbox }));
  await world.settle();
  for (const { socket } of [wrongKey, replayed, unknown, mixed]) {
    expect(socket.take("err")).toMatchObject([{ error: "authFailed" }]);
    expect(socket.closedWith?.code).toBe(CLOSE.authFailed);
  }
});

test("[SO2] the newest connection of a mailbox displaces the older", async () => {
  const world = openWorld();
  const alice = await world.person(1);
  const first = await world.online(alice);
  const second = await world.online(alice);
  expect(first.closedWith?.code).toBe(CLOSE.replaced);
  const guest = await world.socket();
  guest.send(putFor([alice], text("to the newer")));
  await world.settle();
  expect([first.take("msg").length, second.take("msg").length]).toEqual([0, 1]);
});

test("[SO2] an AUTH that was long on its way displaces no later connection", async () => {
  const world = openWorld();
  const alice = await world.person(1);
  const slow = await world.socket();
  const second = await world.online(alice);
  slow.send(world.authOf(slow.take("welcome")[0]!, alice));
  await world.settle();
  expect(slow.closedWith?.code).toBe(CLOSE.replaced);
  expect(second.closedWith).toBeNull();
});

test("[SO3] one socket opens several mailboxes, and no more than four", async () => {
  const world = openWorld();
  const people = await Promise.all([1, 2, 3, 4, 5].map((value) => world.person(value)));
  const socket = await world.socket();
  const welcome = socket.take("welcome")[0]!;
  for (const person of people) socket.send(world.authOf(welcome, person));
  await world.settle();
  expect(socket.take("authed").map((it) => it.mailboxIndex)).toEqual([0, 1, 2, 3]);
  expect(socket.take("err")).toMatchObject([{ error: "tooMany" }]);
  const guest = await world.socket();
  guest.send(putFor([people[2]!, people[0]!], text("x")));
  await world.settle();
  expect(socket.take("msg").map((it) => it.mailboxIndex)).toEqual([2, 0]);
});

test.each([
  ["garbage", (it: TestSocket) => it.connection.receive(new Uint8Array([1, 2, 3]))],
  ["nothing", (it: TestSocket) => it.connection.receive(new Uint8Array(0))],
  ["a frame of the relay's", (it: TestSocket) => it.send({ type: "empty", mailboxIndex: 0 })],
  ["an ACK before AUTH", (it: TestSocket) => it.send({ type: "ack", mailboxIndex: 0, ids: [1] })],
  [
    "a TPUB before AUTH",
    (it: TestSocket) =>
      it.send({
        type: "tpub",
        topic: idOf("Topic", new Uint8Array(32)),
        payload: new Uint8Array(1),
      }),
  ],
])("[SO4] closes a socket that sends %s, and goes on", async (_, send) => {
  const world = openWorld();
  const alice = await world.person(1);
  const bad = await world.socket();
  send(bad);
  await world.settle();
  expect(bad.take("err")).toHaveLength(1);
  expect(bad.closedWith?.code).toBe(CLOSE.malformed);
  const guest = await world.socket();
  guest.send(putFor([alice], text("still here")));
  await world.settle();
  expect(guest.take("ok")[0]!.statuses).toEqual([{ status: "stored" }]);
});

test("[SO5] gives a silent socket up, later when it is hidden", async () => {
  const world = openWorld();
  const a = await world.online(await world.person(1));
  const b = await world.online(await world.person(2));
  b.send({ type: "ping", timeMs: 5, isHidden: true });
  await world.settle();
  expect(b.take("pong")).toMatchObject([{ timeMs: 5, serverTimeMs: world.clock.nowMs }]);
  await world.advance(DEAD_VISIBLE_MS + 1_000);
  expect([a.closedWith?.code, b.closedWith]).toEqual([CLOSE.dead, null]);
  await world.advance(DEAD_HIDDEN_MS - DEAD_VISIBLE_MS + 1_000);
  expect(b.closedWith?.code).toBe(CLOSE.dead);
});

test("[SO6] closes an unauthenticated socket that is of no use", async () => {
  const world = openWorld();
  const guest = await world.socket();
  for (let second = 0; second < UNAUTHENTICATED_IDLE_MS / 1_000 + 5; second += 5) {
    guest.send({ type: "ping", timeMs: 0, isHidden: false });
    await world.advance(5_000);
  }
  expect(guest.closedWith?.code).toBe(CLOSE.normal);
});

test("[SO7] is not misled by a clock that jumps", async () => {
  const world = openWorld();
  const alice = await world.person(1);
  const a = await world.online(alice);
  world.clock.nowMs += 10 ** 12;
  a.send({ type: "ping", timeMs: 0, isHidden: false });
  await world.settle();
  expect(a.closedWith).toBeNull();
  world.clock.nowMs -= 10 ** 12;
  const guest = await world.socket();
  guest.send(putFor([alice], text("in time")));
  await world.settle();
  expect(guest.take("ok")[0]!.statuses).toEqual([{ status: "stored" }]);
});

test("[SO8] refuses sockets over its bound, and while it drains", async () => {
  const world = openWorld({ settings: { socketsMax: 2 } });
  const [first] = [await world.socket(), await world.socket()];
  const third = await world.socket();
  expect(third.take("goaway")).toMatchObject([{ reason: "overloaded" }]);
  expect(third.closedWith?.code).toBe(CLOSE.draining);
  const drained = world.relay.drain();
  await world.advance(2_000);
  await drained;
  expect(first.take("goaway")).toMatchObject([{ reason: "stopping" }]);
  expect(first.closedWith?.code).toBe(CLOSE.goingAway);
  expect(world.relay.isReady()).toBe(false);
  const late = await world.socket();
  expect(late.take("goaway")).toMatchObject([{ reason: "stopping" }]);
  expect(late.closedWith?.code).toBe(CLOSE.draining);
});

test("[SO9] closes the socket of a mailbox that is deleted", async () => {
  const world = openWorld();
  const alice = await world.person(1);
  const a = await world.online(alice);
  const path = PATHS.mailbox(Buffer.from(alice.mailbox).toString("base64url"));
  expect((await world.request("DELETE", path, { by: alice })).status).toBe(204);
  expect(a.closedWith?.code).toBe(CLOSE.gone);
  const guest = await world.socket();
  guest.send(putFor([alice], text("x")));
  await world.settle();
  expect(guest.take("ok")[0]!.statuses).toEqual([{ status: "gone" }]);
});
