import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { newParty, Topics, WATCHERS_MAX } from "../../../relay/presence/topics.ts";
import { Wheel } from "../../../relay/wheel.ts";
import { PRESENCE_OFFLINE_MS, TOPICS_PER_SOCKET_MAX } from "../../../sync/wire/limits.ts";
import { HeldTimers } from "../../sync/transport/held-timers.ts";
import { filled, openWorld, type TestSocket, topicOf, type World } from "../relay-world.ts";

beforeAll(() => ready);

const topic = topicOf(7);
const payload = filled(20, 1);
const ping = { type: "ping", timeMs: 0, isHidden: false } as const;

/** Keeps sockets alive while time passes. */
const pass = async (world: World, ms: number, ...alive: readonly TestSocket[]): Promise<void> => {
  for (let passed = 0; passed < ms; passed += 5_000) {
    for (const socket of alive) socket.send(ping);
    await world.advance(Math.min(5_000, ms - passed));
  }
};
const opened = async () => {
  const world = openWorld();
  return { world, owner: await world.online(await world.person(1)), guest: await world.socket() };
};

test("[TP1] a subscriber learns the state at once, then each change and nothing else", async () => {
  const { world, owner, guest } = await opened();
  guest.send({ type: "tsub", topics: [topic] });
  await world.settle();
  const nobody = { type: "tevt", topic, isOnline: false, payload: new Uint8Array(0) };
  expect(guest.take("tevt")).toEqual([nobody]);
  owner.send({ type: "tpub", topic, payload });
  await world.settle();
  expect(guest.take("tevt")).toEqual([{ type: "tevt", topic, isOnline: true, payload }]);
  owner.send({ type: "tpub", topic, payload }, ping);
  await pass(world, 60_000, owner, guest);
  expect(guest.take("tevt")).toEqual([]);
  owner.send({ type: "tpub", topic, payload: filled(20, 2) });
  await world.settle();
  expect(guest.take("tevt")).toMatchObject([{ isOnline: true, payload: filled(20, 2) }]);
});

test("[TP2] offline comes 30 seconds after the last frame, whether or not the socket closed", async () => {
  for (const closes of [true, false]) {
    const { world, owner, guest } = await opened();
    guest.send({ type: "tsub", topics: [topic] });
    owner.send({ type: "tpub", topic, payload });
    await world.settle();
    guest.take("tevt");
    if (closes) owner.connection.closed();
    await pass(world, PRESENCE_OFFLINE_MS - 2_000, guest);
    expect(guest.take("tevt")).toEqual([]);
    await pass(world, 5_000, guest);
    expect(guest.take("tevt")).toEqual([{ type: "tevt", topic, isOnline: false, payload }]);
  }
});

test("[TP3] a publisher who comes back in time does not flicker", async () => {
  const world = openWorld();
  const alice = await world.person(1);
  const [owner, guest] = [await world.online(alice), await world.socket()];
  guest.send({ type: "tsub", topics: [topic] });
  owner.send({ type: "tpub", topic, payload });
  await world.settle();
  guest.take("tevt");
  owner.connection.closed();
  await pass(world, 20_000, guest);
  const again = await world.online(alice);
  again.send({ type: "tpub", topic, payload });
  await pass(world, 60_000, guest, again);
  expect(guest.take("tevt")).toEqual([]);
});

test("[TP4] a hidden window keeps nobody online; being seen again does", async () => {
  const { world, owner, guest } = await opened();
  guest.send({ type: "tsub", topics: [topic] });
  owner.send({ type: "tpub", topic, payload });
  await world.settle();
  guest.take("tevt");
  for (let seconds = 0; seconds < 40; seconds += 5) {
    owner.send({ type: "ping", timeMs: 0, isHidden: true });
    await pass(world, 5_000, guest);
  }
  expect(guest.take("tevt")).toMatchObject([{ isOnline: false }]);
  owner.send(ping);
  await world.settle();
  expect(guest.take("tevt")).toEqual([{ type: "tevt", topic, isOnline: true, payload }]);
});

test("[TP5] tells the publisher whether anybody looks", async () => {
  const { world, owner, guest } = await opened();
  owner.send({ type: "tpub", topic, payload });
  await world.settle();
  expect(owner.take("twant")).toEqual([{ type: "twant", topic, isWanted: false }]);
  guest.send({ type: "tsub", topics: [topic] });
  await world.settle();
  expect(owner.take("twant")).toMatchObject([{ isWanted: true }]);
  const second = await world.socket();
  second.send({ type: "tsub", topics: [topic] });
  guest.send({ type: "tunsub", topics: [topic] });
  await world.settle();
  expect(owner.take("twant")).toEqual([]);
  second.connection.closed();
  await world.settle();
  expect(owner.take("twant")).toMatchObject([{ isWanted: false }]);
});

test("[TP6] bounds the topics of a socket", async () => {
  const { world, guest } = await opened();
  for (let from = 0; from <= TOPICS_PER_SOCKET_MAX; from += 64) {
    const topics = Array.from({ length: 64 }, (_, at) => {
      const name = topicOf(0);
      new DataView(name.buffer).setUint32(0, from + at);
      return name;
    });
    guest.send({ type: "tsub", topics });
  }
  await world.settle();
  expect(guest.take("tevt")).toHaveLength(TOPICS_PER_SOCKET_MAX);
  expect(guest.take("err")).toMatchObject([{ error: "tooMany" }]);
  expect(guest.closedWith).toBeNull();
});

test("[TP6] bounds those who watch one topic", async () => {
  const { world, owner } = await opened();
  const all: TestSocket[] = [];
  for (let n = 0; n <= WATCHERS_MAX; n += 1) {
    const guest = await world.socket();
    guest.send({ type: "tsub", topics: [topic] });
    all.push(guest);
  }
  await world.settle();
  expect(all.map((it) => it.take("tevt").length)).toEqual([...all.slice(1).map(() => 1), 0]);
  expect(all.at(-1)?.take("err")).toMatchObject([{ error: "tooMany" }]);
  owner.send({ type: "tpub", topic, payload });
  await world.settle();
  expect(all.flatMap((it) => it.take("tevt"))).toHaveLength(WATCHERS_MAX);
});

test("[TP6] a topic that others crowd keeps nobody from watching those named after it", async () => {
  const { world, guest } = await opened();
  for (let n = 0; n < WATCHERS_MAX; n += 1) {
    (await world.socket()).send({ type: "tsub", topics: [topic] });
  }
  await world.settle();
  guest.send({ type: "tsub", topics: [topic, topicOf(8), topicOf(9)] });
  await world.settle();
  expect(guest.take("tevt")).toMatchObject([{ topic: topicOf(8) }, { topic: topicOf(9) }]);
  expect(guest.take("err")).toMatchObject([{ error: "tooMany" }]);
});

test("[TP7] who does not read is told nothing meanwhile, and how things stand when they have", async () => {
  const { world, owner, guest } = await opened();
  const topics = [topic, topicOf(8), topicOf(9)];
  guest.send({ type: "tsub", topics });
  await world.settle();
  guest.take("tevt");
  guest.unsent = 5 * 1024 * 1024;
  for (let n = 0; n < 100; n += 1) {
    guest.send({ type: "tsub", topics });
    owner.send({ type: "tpub", topic, payload: filled(20, n) });
  }
  guest.send({ type: "tunsub", topics: [topicOf(9)] });
  // What it was sent last is seen not to leave.
  guest.send(ping);
  await world.advance(2_000);
  expect(guest.take("tevt")).toEqual([]);
  guest.unsent = 0;
  await world.advance(2_000);
  expect(guest.take("tevt")).toEqual([
    { type: "tevt", topic, isOnline: true, payload: filled(20, 99) },
    { type: "tevt", topic: topicOf(8), isOnline: false, payload: new Uint8Array(0) },
  ]);
  expect(guest.closedWith).toBe(null);
});

test("[TP7] of what is not watched any more nothing is kept for who does not read", () => {
  const topics = new Topics(new Wheel(new HeldTimers()));
  const party = newParty({ push: () => expect.fail("it has no room"), hasRoom: () => false });
  for (let n = 0; n < 100; n += 1) {
    topics.subscribe(party, [topicOf(n)]);
    topics.unsubscribe(party, [topicOf(n)]);
  }
  expect(party.missed.size).toBe(0);
});

test("[TP7] a publisher who does not read is told once whether anybody looks, when they have read", async () => {
  const { world, owner, guest } = await opened();
  owner.send({ type: "tpub", topic, payload });
  await world.settle();
  owner.take("twant");
  owner.unsent = 5 * 1024 * 1024;
  for (let n = 0; n < 50; n += 1) {
    guest.send({ type: "tsub", topics: [topic] }, { type: "tunsub", topics: [topic] });
  }
  guest.send({ type: "tsub", topics: [topic] });
  owner.send(ping);
  await world.advance(2_000);
  expect(owner.take("twant")).toEqual([]);
  owner.unsent = 0;
  await world.advance(2_000);
  expect(owner.take("twant")).toEqual([{ type: "twant", topic, isWanted: true }]);
});

test("[TP7] of what another one publishes since nothing is kept for who does not read", () => {
  const topics = new Topics(new Wheel(new HeldTimers()));
  const slow = newParty({ push: () => expect.fail("it has no room"), hasRoom: () => false });
  const other = newParty({ push: () => undefined, hasRoom: () => true });
  for (let n = 0; n < 100; n += 1) {
    topics.publish(slow, topicOf(n), payload);
    topics.publish(other, topicOf(n), payload);
  }
  expect(slow.missed.size).toBe(0);
});

test("[FL8] to watch sixteen topics costs a frame: few questions draw no flood of answers", async () => {
  const world = openWorld({ settings: { socketFramesPerSecond: 10 } });
  const guest = await world.socket();
  const topics = Array.from({ length: 64 }, (_, n) => topicOf(n + 1));
  for (let n = 0; n < 10; n += 1) guest.send({ type: "tsub", topics });
  await world.settle();
  expect(guest.take("tevt").length).toBeLessThanOrEqual(3 * topics.length);
  expect(guest.take("err").every(({ error }) => error === "rate")).toBe(true);
});
