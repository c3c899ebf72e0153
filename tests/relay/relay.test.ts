import { beforeAll, describe, expect, test } from "vitest";

import { ready } from "../../crypto/base/sodium.ts";
import { CLOSE } from "../../sync/wire/close-codes.ts";
import { PATHS } from "../../sync/wire/http.ts";
import { idOf } from "../../sync/wire/ids.ts";
import {
  DEAD_HIDDEN_MS,
  DEAD_VISIBLE_MS,
  REDELIVER_MS,
  UNAUTHENTICATED_IDLE_MS,
  WINDOW_MESSAGES,
} from "../../sync/wire/limits.ts";
import { openWorld, putFor, type TestSocket } from "./relay-world.ts";

beforeAll(() => ready);

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe("sending and receiving", () => {
  test("[RL1] stores first, says so, and hands over when the owner comes", async () => {
    const world = openWorld();
    const alice = await world.person(1);
    const guest = await world.socket();
    guest.send(putFor([alice], text("hello")), putFor([alice], text("again")));
    await world.settle();
    expect(guest.take("ok").map((it) => it.statuses)).toEqual([
      [{ status: "stored" }],
      [{ status: "stored" }],
    ]);
    const owner = await world.online(alice);
    expect(owner.sent.map((it) => it.type)).toEqual(["authed", "msg", "msg", "empty"]);
    expect(owner.take("authed")).toMatchObject([{ pendingCount: 2, pendingBytes: 10 }]);
    const messages = owner.take("msg");
    expect(messages.map((it) => textOf(it.body))).toEqual(["hello", "again"]);
    expect(messages.map((it) => it.counter)).toEqual([1, 2]);
    expect(messages[0]!.label).toEqual(alice.token.subarray(0, 4));
    owner.send({ type: "ack", mailboxIndex: 0, ids: messages.map((it) => it.id) });
    await world.advance(10_000);
    expect(world.relay.status()).toMatchObject({ messages: 0, bytes: 0, oldestSeconds: 0 });
  });

  test("[RL1] hands a message over at once to an owner who is here", async () => {
    const world = openWorld();
    const [alice, bob] = [await world.person(1), await world.person(2)];
    const [a, b] = [await world.online(alice), await world.online(bob)];
    b.send(putFor([alice, bob], text("to both")));
    await world.settle();
    expect(b.take("ok")).toMatchObject([
      { statuses: [{ status: "stored" }, { status: "stored" }] },
    ]);
    expect(a.take("msg").map((it) => textOf(it.body))).toEqual(["to both"]);
    expect(b.take("msg").map((it) => textOf(it.body))).toEqual(["to both"]);
    expect(a.take("empty")).toHaveLength(1);
  });

  test("[RL2] hands an ephemeral envelope to who is here, and keeps nothing", async () => {
    const world = openWorld();
    const [alice, bob] = [await world.person(1), await world.person(2)];
    const a = await world.online(alice);
    const guest = await world.socket();
    guest.send(putFor([alice, bob], text("typing"), { isEphemeral: true }));
    await world.settle();
    const liveOnly = { status: "liveOnly" };
    expect(guest.take("ok")).toMatchObject([{ statuses: [liveOnly, liveOnly] }]);
    expect(a.take("msg")).toMatchObject([{ id: 0, counter: 0, isEphemeral: true }]);
    expect(world.relay.status().messages).toBe(0);
  });

  test("[RL3] answers a repeated PUT as a duplicate, and delivers it once", async () => {
    const world = openWorld();
    const alice = await world.person(1);
    const a = await world.online(alice);
    const guest = await world.socket();
    guest.send(putFor([alice], text("once")));
    await world.settle();
    guest.send(putFor([alice], text("once")));
    await world.settle();
    expect(guest.take("ok").map((it) => it.statuses[0]!.status)).toEqual(["stored", "duplicate"]);
    const [message] = a.take("msg");
    a.send({ type: "ack", mailboxIndex: 0, ids: [message!.id] });
    await world.advance(5_000);
    guest.send(putFor([alice], text("once")));
    await world.settle();
    expect(guest.take("ok")[0]!.statuses).toEqual([{ status: "duplicate" }]);
    expect(a.take("msg")).toEqual([]);
  });

  test("[RL4] refuses an envelope that does not name its body", async () => {
    const world = openWorld();
    const alice = await world.person(1);
    const guest = await world.socket();
    const envelope = idOf("EnvelopeId", new Uint8Array(16));
    guest.send(putFor([alice], text("x"), { envelope }));
    await world.settle();
    expect(guest.take("ok")[0]!.statuses).toEqual([{ status: "badEnvelope" }]);
    expect(world.relay.status().messages).toBe(0);
  });

  test("[RL5] says denied alike to an unknown mailbox and to a wrong token", async () => {
    const world = openWorld();
    const [alice, nobody] = [await world.person(1), world.stranger(9)];
    const guest = await world.socket();
    guest.send(putFor([nobody, { ...alice, token: nobody.token }, alice], text("x")));
    await world.settle();
    expect(guest.take("ok")[0]!.statuses).toEqual([
      { status: "denied" },
      { status: "denied" },
      { status: "stored" },
    ]);
  });
});

describe("flow", () => {
  test("[FL1] sends no more than the window until something is acknowledged", async () => {
    const world = openWorld({ settings: { tokenPutsPerSecond: 1_000 } });
    const alice = await world.person(1);
    const guest = await world.socket();
    const count = WINDOW_MESSAGES + 50;
    for (let at = 0; at < count; at += 1) {
      guest.send(putFor([alice], text(`message ${at}`)));
      if (at % 50 === 49) await world.advance(1_000);
    }
    await world.settle();
    const a = await world.online(alice);
    await world.settle();
    const first = a.take("msg");
    expect(first).toHaveLength(WINDOW_MESSAGES);
    expect(a.take("empty")).toEqual([]);
    a.send({ type: "ack", mailboxIndex: 0, ids: first.map((it) => it.id) });
    await world.settle();
    const second = a.take("msg");
    expect(second).toHaveLength(50);
    expect(a.take("empty")).toHaveLength(1);
    const all = [...first, ...second].map((it) => textOf(it.body));
    expect(all).toEqual(Array.from({ length: count }, (_, at) => `message ${at}`));
  });

  test("[FL2] CREDIT widens the window", async () => {
    const world = openWorld({ settings: { tokenPutsPerSecond: 1_000 } });
    const alice = await world.person(1);
    const guest = await world.socket();
    for (let at = 0; at < WINDOW_MESSAGES + 20; at += 1) {
      guest.send(putFor([alice], text(`message ${at}`)));
      if (at % 50 === 49) await world.advance(1_000);
    }
    await world.settle();
    const a = await world.online(alice);
    await world.settle();
    expect(a.take("msg")).toHaveLength(WINDOW_MESSAGES);
    a.send({ type: "credit", messages: 20, bytes: 0 });
    await world.settle();
    expect(a.take("msg")).toHaveLength(20);
  });

  test("[FL3] sends again what is not acknowledged, more and more seldom", async () => {
    const world = openWorld();
    const alice = await world.person(1);
    const a = await world.online(alice);
    const guest = await world.socket();
    guest.send(putFor([alice], text("again")));
    await world.settle();
    const [message] = a.take("msg");
    const arrivals: number[] = [];
    for (let second = 1; second <= 60; second += 1) {
      a.send({ type: "ping", timeMs: 0, isHidden: false });
      await world.advance(1_000);
      const again = a.take("msg");
      if (again.length > 0) arrivals.push(second);
      expect(again.every((it) => it.id === message!.id)).toBe(true);
    }
    expect(arrivals).toHaveLength(2);
    expect(arrivals[0]! * 1_000).toBeGreaterThanOrEqual(REDELIVER_MS);
    expect(arrivals[1]! - arrivals[0]!).toBeGreaterThan(REDELIVER_MS / 1_000);
    a.send({ type: "ack", mailboxIndex: 0, ids: [message!.id] });
    for (let second = 0; second < 120; second += 5) {
      a.send({ type: "ping", timeMs: 0, isHidden: false });
      await world.advance(5_000);
    }
    expect(a.take("msg")).toEqual([]);
  });

  test("[FL4] sends again to the next connection", async () => {
    const world = openWorld();
    const alice = await world.person(1);
    const guest = await world.socket();
    guest.send(putFor([alice], text("kept")));
    await world.settle();
    const first = await world.online(alice);
    expect(first.take("msg")).toHaveLength(1);
    first.connection.closed();
    const second = await world.online(alice);
    expect(second.take("msg").map((it) => textOf(it.body))).toEqual(["kept"]);
  });

  test("[FL5] pauses for a socket that does not empty, and closes one that never does", async () => {
    const world = openWorld();
    const alice = await world.person(1);
    const a = await world.online(alice);
    a.unsent = 600 * 1024;
    const guest = await world.socket();
    guest.send(putFor([alice], text("waits")));
    await world.settle();
    expect(a.take("msg")).toEqual([]);
    a.unsent = 0;
    for (let second = 0; second < 20; second += 5) {
      a.send({ type: "ping", timeMs: 0, isHidden: false });
      await world.advance(5_000);
    }
    expect(a.take("msg").length).toBeGreaterThan(0);
    a.unsent = 5 * 1024 * 1024;
    for (let second = 0; second < 30; second += 5) {
      a.send({ type: "ping", timeMs: 0, isHidden: false });
      await world.advance(5_000);
    }
    expect(a.closedWith?.code).toBe(CLOSE.slowReader);
    expect(world.relay.status().messages).toBe(1);
    const again = await world.online(alice);
    expect(again.take("msg").map((it) => textOf(it.body))).toEqual(["waits"]);
  });

  test("[FL6] closes a socket from which nothing moves for a minute", async () => {
    const world = openWorld();
    const a = await world.online(await world.person(1));
    a.unsent = 100;
    for (let second = 0; second < 90; second += 5) {
      a.send({ type: "ping", timeMs: 0, isHidden: false });
      await world.advance(5_000);
    }
    expect(a.closedWith?.code).toBe(CLOSE.slowReader);
  });

  test("[FL7] takes 64 PUTs at a time from a socket, and tells the rest to come later", async () => {
    const world = openWorld({ settings: { tokenPutsPerSecond: 1_000 } });
    const alice = await world.person(1);
    const guest = await world.socket();
    guest.send(...Array.from({ length: 70 }, (_, at) => putFor([alice], text(`put ${at}`))));
    await world.settle();
    const statuses = guest.take("ok").map((it) => it.statuses[0]!.status);
    expect(statuses.filter((it) => it === "stored")).toHaveLength(64);
    expect(statuses.filter((it) => it === "busy")).toHaveLength(6);
  });

  test("[FL8] keeps each token to its rate, and says when to come again", async () => {
    const world = openWorld();
    const alice = await world.person(1);
    const guest = await world.socket();
    const send = async (from: number, to: number) => {
      for (let at = from; at < to; at += 1) guest.send(putFor([alice], text(`put ${at}`)));
      await world.settle();
      return guest.take("ok").map((it) => it.statuses[0]!);
    };
    const burst = await send(0, 62);
    expect(burst.filter((it) => it.status === "stored")).toHaveLength(60);
    const busy = { status: "busy", retryAfterMs: 500 };
    expect(burst.filter((it) => it.status !== "stored")).toEqual([busy, busy]);
    await world.advance(500);
    expect(await send(62, 63)).toEqual([{ status: "stored" }]);
  });

  test("[FL9] closes a socket that sends far too many frames; ACK and PING pass before", async () => {
    const world = openWorld();
    const guest = await world.socket();
    const ping = { type: "ping", timeMs: 1, isHidden: false } as const;
    guest.send(...Array.from({ length: 300 }, () => ping));
    await world.settle();
    expect(guest.take("pong")).toHaveLength(300);
    const topics = [idOf("Topic", new Uint8Array(32))];
    guest.send({ type: "tsub", topics });
    await world.settle();
    expect(guest.take("err")).toMatchObject([{ error: "rate" }]);
    guest.send(...Array.from({ length: 2_100 }, () => ping));
    await world.settle();
    expect(guest.closedWith?.code).toBe(CLOSE.rate);
  });

  test("[FL10] tells the owner that the mailbox fills up, and that it is full", async () => {
    const world = openWorld({ settings: { mailboxMessagesMax: 100 } });
    const alice = await world.person(1);
    for (let token = 20; token < 26; token += 1) {
      await world.grant(alice, new Uint8Array(16).fill(token));
    }
    const a = await world.online(alice);
    const guest = await world.socket();
    const statuses: string[] = [];
    for (let at = 0; at < 110; at += 1) {
      const token = idOf("Token", new Uint8Array(16).fill(20 + Math.floor(at / 22)));
      guest.send(putFor([{ ...alice, token }], text(`put ${at}`)));
      if (at % 20 === 19) await world.advance(100);
    }
    await world.settle();
    statuses.push(...guest.take("ok").map((it) => it.statuses[0]!.status));
    expect(statuses.filter((it) => it === "stored")).toHaveLength(100);
    expect(statuses.filter((it) => it === "quota")).toHaveLength(10);
    expect(a.take("err").map((it) => it.error)).toEqual(["nearlyFull", "full"]);
  });
});

describe("sockets", () => {
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
});
