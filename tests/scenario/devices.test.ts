import { expect, test } from "vitest";

import { openRun, runOf } from "../../sync/backfill/run.ts";
import { CHUNKS_PER_ANSWER } from "../../sync/backfill/supply.ts";
import { bytesOf, channelIdOf } from "../../sync/channel/channels.ts";
import { encodeLogOpen } from "../../sync/entry/bodies.ts";
import { decodeEntry, type Entry } from "../../sync/entry/entry.ts";
import { KNOWN_NOTHING } from "../../sync/log/known.ts";
import { sendControl } from "../../sync/outbox/control.ts";
import type { Chunk } from "../../sync/payload/chunk.ts";
import { encodePayload } from "../../sync/payload/payload.ts";
import { overSession, selfOf } from "./forge.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, world } from "./world.ts";

const wanted = async (of: Person): Promise<number> =>
  (await of.rows("channels")).filter((it) => it.history !== undefined).length;

test("[AB1] [AB2] [HY14] [HY16] a new device gets the people, the chats and what was written in them", async () => {
  const { phone, laptop, bob, pass, befriend } = await world(["phone", "laptop", "bob"]);
  await befriend(phone, bob);
  for (let n = 1; n <= 5; n += 1) {
    await phone.say(bob, `phone ${n}`);
    await bob.say(phone, `bob ${n}`);
    await pass(SECOND_MS);
  }
  await phone.read(bob);
  await phone.say(phone, "note");
  await bob.say(phone, "not read yet");
  await pass(SECOND_MS);
  await linked(phone, laptop);
  await pass(20 * SECOND_MS);
  expect(laptop.bugs).toEqual([]);
  expect(laptop.dropped).toEqual([]);
  expect(await laptop.sees(bob)).toEqual(await phone.sees(bob));
  expect(await laptop.sees(bob)).toHaveLength(11);
  expect(await laptop.unread(bob)).toBe(1);
  expect((await laptop.entries(bob)).filter((it) => it.late)).toEqual([]);
  expect(await wanted(laptop)).toBe(0);
  expect(await laptop.sees(laptop)).toEqual(["note"]);
});

test("[AB4] [MM7] whoever we know learns of the new device, and all get what is written from now on", async () => {
  const { phone, laptop, bob, pass, befriend, atRest } = await world(["phone", "laptop", "bob"]);
  await befriend(phone, bob);
  await phone.say(bob, "before");
  await pass(SECOND_MS);
  await linked(phone, laptop);
  await pass(20 * SECOND_MS);
  await bob.say(phone, "to both");
  await laptop.say(bob, "from the laptop");
  await phone.say(bob, "from the phone");
  await pass(MINUTE_MS);
  const all = ["before", "to both", "from the laptop", "from the phone"];
  expect(await bob.sees(phone)).toEqual(all);
  expect(await phone.sees(bob)).toEqual(all);
  expect(await laptop.sees(bob)).toEqual(all);
  await laptop.read(bob);
  await pass(10 * SECOND_MS);
  expect(await phone.unread(bob)).toBe(0);
  expect(await bob.states(phone)).toEqual(["read"]);
  await atRest();
});

test("[HY9] [HY17] [HY18] a long history comes in many chunks, however often it is broken off", async () => {
  const { phone, laptop, bob, pass, befriend } = await world(["phone", "laptop", "bob"]);
  await befriend(phone, bob);
  const text = "a line of the usual length, that says where and when to meet. ".repeat(36);
  for (let n = 1; n <= 400; n += 1) await phone.say(bob, `${n} ${text}`);
  await pass(30 * SECOND_MS);
  await linked(phone, laptop);
  // The phone is asleep at first, and the laptop is closed whenever something came.
  await phone.sleep();
  await pass(HOUR_MS);
  const count = async (): Promise<number> => (await laptop.rows("entries")).length;
  expect(await count()).toBe(0);
  await phone.wake();
  const seen: number[] = [];
  for (let turn = 0; turn < 8; turn += 1) {
    const before = await count();
    for (let n = 0; n < 200 && (await count()) === before; n += 1) await pass(20);
    await laptop.sleep();
    await pass(MINUTE_MS);
    seen.push(await count());
    await laptop.wake();
  }
  await pass(30 * MINUTE_MS);
  expect(laptop.bugs).toEqual([]);
  expect(await wanted(laptop)).toBe(0);
  expect(await laptop.sees(bob)).toEqual(await phone.sees(bob));
  expect(await laptop.sees(bob)).toHaveLength(400);
  expect(new Set(seen).size).toBeGreaterThan(3);
});

/** A chunk of what the phone wrote to Bob, and what to send it with. */
async function chunkOf(
  phone: Person,
  bob: Person,
): Promise<{ entries: Entry[]; channel: Uint8Array }> {
  const rows = (await phone.rows("entries")).filter((it) => it.own && it.c === 3);
  const entries = rows.flatMap((it) => {
    const entry = decodeEntry(it.bytes);
    return entry.ok ? [entry.value] : [];
  });
  const [self, other] = [await selfOf(phone), await selfOf(bob)];
  return { entries, channel: channelIdOf(self, other.account) };
}

test("[HY8] [HY12] [HY13] [HY15] nothing is supplied to others, and nothing taken that does not prove itself", async () => {
  const { phone, laptop, bob, pass, befriend } = await world(["phone", "laptop", "bob"]);
  await befriend(phone, bob);
  await phone.say(bob, "one");
  await phone.say(bob, "two");
  await pass(5 * SECOND_MS);
  const { entries, channel } = await chunkOf(phone, bob);
  const before = (await bob.rows("entries")).length;
  const chunk: Chunk = { channel, read: [], writers: [], runs: [runOf(entries)], left: 0 };
  const send = (body: Partial<Chunk>): Promise<void> =>
    overSession(phone, bob, [[encodePayload("chunk", { ...chunk, ...body })]]);
  // As it is: all of it is here.
  await send({});
  // Altered, of another channel, with a log of somebody who was never certified.
  const last = entries.at(-1);
  const forged = entries.map((it) => (it === last ? { ...it, signature: new Uint8Array(64) } : it));
  await send({ runs: [runOf(forged)] });
  await send({ channel: new Uint8Array(16) });
  const other = await selfOf(laptop);
  const writer: Uint8Array = encodeLogOpen({
    accountKey: other.accountKey,
    certificates: [(await selfOf(phone)).certificate],
    incarnation: new Uint8Array(16),
  });
  await send({ writers: [writer], runs: [] });
  const ofBob = await selfOf(bob);
  const notes = channelIdOf(ofBob, ofBob.account);
  await overSession(phone, bob, [[encodePayload("backfill", { channel: notes, held: [] })]]);
  await pass(5 * SECOND_MS);
  const reasons = ["chunk of another channel", "writer forged", "backfill of a stranger"];
  for (const reason of reasons) expect(bob.dropped).toContain(reason);
  expect((await bob.rows("entries")).length).toBe(before);
  expect(bob.bugs).toEqual([]);
  const own = openRun(runOf(forged), channel, other.keys.sigKey, null);
  expect(own).toEqual({ ok: false, error: { type: "RunForged" } });
});

test("[HY11] what came in a run heals others as a run", async () => {
  const { phone, laptop, bob, pass, befriend } = await world(["phone", "laptop", "bob"]);
  await befriend(phone, bob);
  for (let n = 1; n <= 6; n += 1) await phone.say(bob, `${n}`);
  await pass(5 * SECOND_MS);
  await linked(phone, laptop);
  await pass(20 * SECOND_MS);
  await phone.sleep();
  // Bob's disk lost two in the middle, and Bob knows it.
  await bob.sleep();
  await bob.change(async (tx) => {
    const rows = await tx.range("entries", "primary", {});
    const theirs = rows.filter((it) => !it.own && it.shown === 1).slice(1, 3);
    for (const { c, a, s } of theirs) await tx.delete("entries", [c, a, s]);
    const log = await tx.get("logs", theirs[0]?.a ?? 0);
    const [first, last] = [theirs[0]?.s ?? 0, theirs[1]?.s ?? 0];
    if (log === undefined) return;
    const ranges = [[last + 1, log.known.floor]] as const;
    await tx.put("logs", { ...log, known: { floor: first - 1, ranges } });
  });
  await bob.wake();
  expect(await bob.sees(phone)).toEqual(["1", "4", "5", "6"]);
  await pass(2 * MINUTE_MS);
  expect(await bob.sees(phone)).toEqual(["1", "2", "3", "4", "5", "6"]);
  expect(bob.bugs).toEqual([]);
});

test("[HY25] what is on its way is not asked for again, however often it is broken off", async () => {
  const { phone, laptop, pass } = await world(["phone", "laptop"]);
  const text = "a line of the usual length, that says where and when to meet. ".repeat(36);
  for (let n = 1; n <= 600; n += 1) await phone.say(phone, `${n} ${text}`);
  await linked(phone, laptop);
  const suppliedBytes = new Map<string, number>();
  phone.isFaultyAt = (table, row) => {
    if (table !== "outbox" || !("body" in row) || row.body === null) return false;
    if ("env" in row) suppliedBytes.set(row.env, row.body.length);
    return false;
  };
  for (let turn = 0; turn < 4; turn += 1) {
    const before = suppliedBytes.size;
    for (let n = 0; n < 200 && suppliedBytes.size === before; n += 1) await pass(20);
    // An answer is on its way.
    await laptop.sleep();
    await pass(5 * SECOND_MS);
    await laptop.wake();
  }
  await pass(MINUTE_MS);
  expect(await laptop.sees(phone)).toHaveLength(600);
  const supplied = [...suppliedBytes.values()].reduce((sum, bytes) => sum + bytes, 0);
  expect(supplied).toBeGreaterThan(600 * text.length);
  expect(supplied).toBeLessThan(1.15 * 600 * text.length);
  expect(laptop.bugs).toEqual([]);
});

test("[HY27] runs that answered another question are not the end of history", async () => {
  const { phone, laptop, pass } = await world(["phone", "laptop"]);
  for (let n = 1; n <= 20; n += 1) await phone.say(phone, `${n}`);
  await linked(phone, laptop);
  await pass(30 * SECOND_MS);
  await laptop.sleep();
  await laptop.change(async (tx) => {
    for (const row of await tx.range("channels", "primary", {}))
      await tx.put("channels", { ...row, history: "wanted" });
  });
  const self = await selfOf(phone);
  const c = await phone.chatWith(phone);
  const rows = (await phone.rows("entries")).filter((it) => it.c === c);
  const log = await phone.log(phone);
  const entries = rows.flatMap((it) => {
    const entry = decodeEntry(it.bytes);
    return entry.ok && it.a === log.a ? [entry.value] : [];
  });
  const chunk = {
    channel: channelIdOf(self, self.account),
    read: [],
    writers: [],
    runs: [runOf(entries.slice(-2))],
    left: 0,
  };
  const device = (await selfOf(laptop)).device;
  await phone.change(async (tx) => {
    const row = await tx.get("devices", device);
    if (row === undefined) throw new Error("a sibling");
    const effects = { upkeep: () => undefined };
    const random = (length: number): Uint8Array => new Uint8Array(length).fill(7);
    const said = { payloads: [encodePayload("chunk", chunk)], before: null, psk: null };
    const nowMs = phone.timers.now();
    await sendControl(tx, { self, device: row, nowMs, random, effects, ...said });
  });
  phone.device.network(true);
  await pass(5 * SECOND_MS);
  await phone.sleep();
  await laptop.wake();
  await pass(30 * SECOND_MS);
  const row = (await laptop.rows("channels")).find((it) => it.kind === "self");
  expect(row?.history).toBe("wanted");
  await phone.wake();
  await pass(MINUTE_MS);
  expect(await laptop.sees(phone)).toHaveLength(20);
  expect(await wanted(laptop)).toBe(0);
  expect(laptop.bugs).toEqual([]);
});

test("[HY17] a device that is away is waited for once, and not for each channel anew", async () => {
  const names = ["phone", "tablet", "laptop", "bob", "carol", "dora", "emil"] as const;
  const { phone, tablet, laptop, pass, befriend, ...friends } = await world(names);
  const others = [friends.bob, friends.carol, friends.dora, friends.emil];
  for (const it of others) await befriend(phone, it);
  await linked(phone, tablet);
  await pass(30 * SECOND_MS);
  await linked(phone, laptop);
  await pass(30 * SECOND_MS);
  expect(await wanted(laptop)).toBe(0);
  for (const it of others) await it.sleep();
  // The one that would be asked first is away, and all is wanted once more.
  const ids = (await laptop.rows("devices")).map((it) => it.device);
  const places = await Promise.all(
    [phone, tablet].map(async (it) => ids.indexOf((await selfOf(it)).device)),
  );
  expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
  await (places[0] === Math.min(...places) ? phone : tablet).sleep();
  await laptop.sleep();
  await laptop.change(async (tx) => {
    for (const row of await tx.range("channels", "primary", {}))
      await tx.put("channels", { ...row, history: "wanted" });
  });
  await laptop.wake();
  await pass(8 * SECOND_MS);
  expect(await wanted(laptop)).toBe(0);
});

test("[HY10] a device that does not fetch its chunks gets no more of them", async () => {
  const { phone, laptop, bob, pass, befriend } = await world(["phone", "laptop", "bob"]);
  await befriend(phone, bob);
  const text = "x".repeat(2_000);
  for (let n = 1; n <= 200; n += 1) await phone.say(phone, `${n} ${text}`);
  await linked(phone, laptop);
  await pass(20 * SECOND_MS);
  const self = await selfOf(phone);
  const question = encodePayload("backfill", {
    channel: channelIdOf(self, self.account),
    held: [{ log: new Uint8Array(16), known: KNOWN_NOTHING }],
  });
  // It asks over and over, and is away.
  for (let n = 0; n < 6; n += 1) await overSession(laptop, phone, [[question]]);
  laptop.disconnect();
  phone.disconnect();
  await pass(SECOND_MS);
  phone.reconnect();
  await pass(20 * SECOND_MS);
  const { device } = await selfOf(laptop);
  const waiting = (await phone.rows("outbox")).filter(
    (it) => it.what === "control" && it.targets.some((to) => to.device === device),
  );
  expect(waiting.length).toBeLessThanOrEqual(3 * CHUNKS_PER_ANSWER);
  expect(bytesOf(device)).toHaveLength(16);
});

test("[AB3] [AB5] a block on one device is a block on all, until it is taken back", async () => {
  const { phone, laptop, bob, pass, befriend } = await world(["phone", "laptop", "bob"]);
  await befriend(phone, bob);
  await linked(phone, laptop);
  await pass(20 * SECOND_MS);
  expect((await laptop.contact(bob)).state).toBe("accepted");
  await phone.decide(bob, "block");
  await pass(10 * SECOND_MS);
  const blocked = await laptop.contact(bob);
  expect(blocked.state).toBe("blocked");
  const tokens = await laptop.rows("tokens");
  expect(tokens.filter((it) => it.account === blocked.account)).toEqual([]);
  await laptop.decide(bob, "accept");
  await pass(10 * SECOND_MS);
  expect((await phone.contact(bob)).state).toBe("accepted");
});
