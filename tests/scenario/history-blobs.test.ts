/** History for devices that are never here together: it lies at the relay, sealed. */
import { expect, test } from "vitest";

import { channelIdOf } from "../../sync/channel/channels.ts";
import { OWED_AFTER_MS } from "../../sync/media/owed.ts";
import { encodePayload } from "../../sync/payload/payload.ts";
import { overSession, selfOf } from "./forge.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS, world } from "./world.ts";

const LINE = "a line of the usual length, that says where and when to meet. ".repeat(64);
const MESSAGES = 300;

async function left(of: Person): Promise<number> {
  return (await of.rows("channels")).filter((it) => it.history !== undefined).length;
}

async function lonely() {
  const rig = await world(["phone", "laptop", "bob"]);
  const { phone, laptop, bob, befriend, pass } = rig;
  await befriend(phone, bob);
  for (let n = 1; n <= MESSAGES; n += 1) {
    await phone.say(bob, `${n} ${LINE}`);
  }
  await pass(MINUTE_MS);
  await bob.sleep();
  await linked(phone, laptop);
  await phone.sleep();
  await pass(MINUTE_MS);
  /** One is here for two minutes, and then the other. */
  const take = async (one: Person): Promise<void> => {
    await one.wake();
    await pass(2 * MINUTE_MS);
    await one.sleep();
  };
  await laptop.sleep();
  return { ...rig, take };
}

test("[HY22] [HY23] two devices that are never here together end with the same history", async () => {
  const { phone, laptop, bob, take, relay } = await lonely();
  let turns = 0;
  for (; turns < 8 && (await left(laptop)) > 0; turns += 1) {
    await take(phone);
    await take(laptop);
  }
  expect(await left(laptop)).toBe(0);
  expect(await laptop.sees(bob)).toEqual(await phone.sees(bob));
  expect(await laptop.sees(bob)).toHaveLength(MESSAGES);
  // Questions and answers alone would take one turn for every 256 KiB of each channel.
  expect(turns).toBeLessThanOrEqual(4);
  expect(relay.asked.some((path) => path.startsWith("/v1/blobs/"))).toBe(true);
  expect([...phone.bugs, ...laptop.bugs]).toEqual([]);
  expect(laptop.dropped).toEqual([]);
});

test("[HY23] a blob is taken in wherever it was broken off, and one that is gone is asked for anew", async () => {
  const { phone, laptop, bob, take, pass, relay } = await lonely();
  await take(phone);
  await take(laptop);
  await take(phone);
  // What lies there is lost, and the laptop crashes in the middle of everything.
  relay.between = (request, to) =>
    request.method === "GET" && request.url.includes("/v1/blobs/")
      ? new Response(null, { status: 404 })
      : to(request);
  await laptop.wake();
  await pass(20 * SECOND_MS);
  laptop.crash();
  await laptop.wake();
  await pass(20 * MINUTE_MS);
  await laptop.sleep();
  relay.between = (request, to) => to(request);
  for (let turn = 0; turn < 8 && (await left(laptop)) > 0; turn += 1) {
    await take(phone);
    await take(laptop);
  }
  expect(await laptop.sees(bob)).toEqual(await phone.sees(bob));
  expect([...phone.bugs, ...laptop.bugs]).toEqual([]);
});

test("[HY22] whoever asks on gets everything the quick way, and nothing is put at a relay", async () => {
  const { phone, laptop, bob, pass, relay } = await lonely();
  await phone.wake();
  await laptop.wake();
  await pass(5 * MINUTE_MS);
  expect(await laptop.sees(bob)).toHaveLength(MESSAGES);
  expect(relay.asked.filter((path) => path.startsWith("/v1/blobs"))).toEqual([]);
  expect(OWED_AFTER_MS).toBeLessThan(MINUTE_MS);
});

test("[HY24] history does not lie at a relay for ever", async () => {
  const { phone, laptop, take, pass } = await lonely();
  await take(phone);
  await take(laptop);
  await take(phone);
  const waiting = (await phone.rows("media")).filter((it) => it.use === "history");
  expect(waiting.length).toBeGreaterThan(0);
  expect(waiting.map(({ state, content }) => [state, content])).toEqual(
    waiting.map(() => ["gone", null]),
  );
  await pass(15 * DAY_MS);
  await phone.wake();
  await pass(5 * MINUTE_MS);
  expect((await phone.rows("media")).filter((it) => it.use === "history")).toEqual([]);
});

test("[HY23] nobody's history is taken that was not asked for, and what is none is dropped", async () => {
  const { alice, bob, befriend, pass } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  const { account } = await selfOf(bob);
  const channel = channelIdOf(await selfOf(alice), account);
  const blob = { channel, id: new Uint8Array(32), key: new Uint8Array(32), bytes: 9 };
  const payload = encodePayload("historyBlob", blob);
  await overSession(alice, bob, [[payload]]);
  await pass(5 * SECOND_MS);
  expect(bob.dropped).toContain("history unasked");
  // Wanted, and no relay has it: it is given up after a while.
  await bob.change(async (tx) => {
    for (const row of await tx.range("channels", "primary", {})) {
      if (row.kind === "dm") await tx.put("channels", { ...row, history: "wanted" });
    }
  });
  await overSession(alice, bob, [[payload]]);
  await overSession(alice, bob, [[payload]]);
  await pass(5 * SECOND_MS);
  expect((await bob.rows("media")).map(({ use, state }) => [use, state])).toEqual([
    ["history", "wanted"],
  ]);
  await pass(20 * MINUTE_MS);
  expect(await bob.rows("media")).toEqual([]);
  expect(bob.bugs).toEqual([]);
});
