import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { CLOSE } from "../../../sync/wire/close-codes.ts";
import { idOf } from "../../../sync/wire/ids.ts";
import { REDELIVER_MS, WINDOW_MESSAGES } from "../../../sync/wire/limits.ts";
import { openWorld, type Person, putFor } from "../relay-world.ts";

beforeAll(() => ready);

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

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
  const wait = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second += 5) {
      a.send({ type: "ping", timeMs: 0, isHidden: false });
      await world.advance(5_000);
    }
  };
  a.unsent = 100;
  await wait(50);
  a.unsent = 0;
  await wait(5);
  // It was slow, and is looked at anew when it is again.
  a.unsent = 100;
  await wait(50);
  expect(a.closedWith).toBe(null);
  await wait(20);
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

test("[FL9] a PUT with many targets counts as several frames, and those that are denied count too", async () => {
  const world = openWorld();
  const guest = await world.socket();
  const nobody = (from: number): readonly Person[] =>
    Array.from({ length: 512 }, (_, i) => {
      const bytes = new Uint8Array(16);
      new DataView(bytes.buffer).setUint32(0, from + i);
      const [mailbox, token] = [idOf("MailboxId", bytes), idOf("Token", bytes)];
      return { ...world.stranger(1), mailbox, token };
    });
  guest.send(putFor(nobody(1), text("who is there?")));
  await world.settle();
  expect(guest.take("ok")[0]?.statuses.every((it) => it.status === "denied")).toBe(true);
  guest.send(putFor(nobody(600), text("and there?")));
  await world.settle();
  expect(guest.take("ok")[0]?.statuses[0]).toMatchObject({ status: "busy" });
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
