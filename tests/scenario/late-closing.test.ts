/** A log of a removed device that nobody had heard of when the device was removed. */
import { expect, test } from "vitest";

import type { Ends } from "../../sync/devices/closed.ts";
import type { WriteTx } from "../../sync/store/store.ts";
import { linked } from "./sibling.ts";
import { deviceOf, three } from "./three-devices.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

/** As if what brought it had been lost on the way. */
async function loseFirst(tx: WriteTx, id: string): Promise<void> {
  const log = await tx.find("logs", "log", id);
  if (log?.a === undefined) throw new Error("a log that was heard of");
  await tx.delete("entries", [log.c, log.a, 1]);
  await tx.put("logs", { ...log, known: { floor: 0, ranges: [[2, log.known.floor]] } });
}

test.each([
  ["", false],
  [", by its second entry where the first is lost", true],
])(
  "[OD5] a log of which nobody had heard when its device was removed is closed once it is heard of%s",
  async (_, isFirstLost) => {
    const { phone, laptop, bob, relay, pass, outcome } = await three();
    laptop.disconnect();
    await laptop.say(laptop, "a note to myself");
    const before = new Set((await phone.rows("logs")).map(({ log }) => log));
    const own = (await laptop.rows("logs")).filter((it) => it.own);
    const unheard = own.map(({ log }) => log).filter((it) => !before.has(it));
    expect(unheard).toHaveLength(1);
    const revoked = await outcome(phone.device.devices.revoke(await deviceOf(laptop), []));
    expect(revoked).toEqual({ ok: true, value: undefined });
    await pass(20 * SECOND_MS);
    // What tells the laptop that it is out is lost, and so it goes on.
    const [mailbox] = await laptop.rows("mailboxes");
    await relay.lose(Uint8Array.from(Buffer.from(mailbox?.mailbox ?? "", "hex")));
    laptop.reconnect();
    await pass(20 * SECOND_MS);
    const endOf = async (log = ""): Promise<unknown> => {
      const row = (await phone.rows("meta")).find(({ k }) => k === "closedLogs");
      return (row?.v as Ends | undefined)?.[log];
    };
    expect((await phone.rows("logs")).map(({ log }) => log)).toContain(unheard[0]);
    expect(await endOf(unheard[0])).toBeUndefined();
    if (isFirstLost) await phone.change((tx) => loseFirst(tx, unheard[0] ?? ""));
    await pass(2 * MINUTE_MS);
    // What it says nobody had seen, so nothing of it counts but whose it is.
    expect(await endOf(unheard[0])).toMatchObject({ seq: 1 });
    expect([...phone.bugs, ...bob.bugs]).toEqual([]);
  },
);

test("[OD18] where an earlier version had noted no id, the id of the last entry is found when a device is opened", async () => {
  const { phone, laptop, bob, pass, outcome } = await three();
  await laptop.say(bob, "hello");
  await pass(30 * SECOND_MS);
  const revoked = await outcome(phone.device.devices.revoke(await deviceOf(laptop), []));
  expect(revoked).toEqual({ ok: true, value: undefined });
  await pass(2 * MINUTE_MS);
  const endsIn = async (): Promise<Ends> => {
    const row = (await bob.rows("meta")).find(({ k }) => k === "closedLogs");
    return (row?.v ?? {}) as Ends;
  };
  const ends = await endsIn();
  expect(Object.keys(ends)).not.toEqual([]);
  await bob.sleep();
  const numbers = Object.fromEntries(Object.entries(ends).map(([log, { seq }]) => [log, seq]));
  await bob.change((tx) => tx.put("meta", { k: "closedLogs", v: numbers }));
  await bob.wake();
  await pass(SECOND_MS);
  expect(await endsIn()).toEqual(ends);
  expect(bob.bugs).toEqual([]);
});

test.each([
  ["all", 0],
  ["the last words", 1],
])(
  "[OD22] %s that a sibling had heard, and the one that removed the device had not, counts again when that sibling comes",
  async (_, heard) => {
    const them = await world(["phone", "laptop", "tablet", "bob"]);
    const { phone, laptop, tablet, bob, relay, pass, outcome } = them;
    await them.befriend(phone, bob);
    await linked(phone, laptop);
    await linked(phone, tablet);
    await pass(20 * SECOND_MS);
    for (let n = 0; n < heard; n += 1) await laptop.say(bob, `heard ${n}`);
    await pass(20 * SECOND_MS);
    // A day on the laptop, while the phone is off and its relay loses what waits for it.
    await phone.sleep();
    for (const text of ["one", "two"]) await laptop.say(bob, text);
    await pass(20 * SECOND_MS);
    const all = await bob.sees(phone);
    expect(all.slice(-2)).toEqual(["one", "two"]);
    await tablet.sleep();
    const device = await deviceOf(laptop);
    await laptop.sleep();
    const [mailbox] = await phone.rows("mailboxes");
    await relay.lose(Uint8Array.from(Buffer.from(mailbox?.mailbox ?? "", "hex")));
    await bob.sleep();
    await phone.wake();
    await pass(SECOND_MS);
    expect((await outcome(phone.device.devices.revoke(device, []))).ok).toBe(true);
    await pass(2 * MINUTE_MS);
    await bob.wake();
    await pass(30 * SECOND_MS);
    expect(await bob.sees(phone)).toEqual(all.slice(0, heard));
    await tablet.wake();
    await pass(2 * MINUTE_MS);
    for (const it of [bob, phone, tablet]) {
      const other = it === bob ? phone : bob;
      expect(await it.sees(other)).toEqual(all);
      expect((await it.entries(other)).filter((row) => row.counts !== undefined)).toEqual([]);
      expect(it.bugs).toEqual([]);
    }
  },
);

test("[OD22] what a removed device says to a sibling that knows of it counts no more there than elsewhere", async () => {
  const them = await world(["phone", "laptop", "tablet", "bob"]);
  const { phone, laptop, tablet, bob, relay, pass, outcome } = them;
  await them.befriend(phone, bob);
  for (const it of [laptop, tablet]) await linked(phone, it);
  await pass(20 * SECOND_MS);
  laptop.disconnect();
  for (const text of ["one", "two", "three"]) await laptop.say(laptop, text);
  expect((await outcome(phone.device.devices.revoke(await deviceOf(laptop), []))).ok).toBe(true);
  await pass(20 * SECOND_MS);
  await tablet.sleep();
  const [mailbox] = await laptop.rows("mailboxes");
  await relay.lose(Uint8Array.from(Buffer.from(mailbox?.mailbox ?? "", "hex")));
  laptop.reconnect();
  await pass(20 * SECOND_MS);
  // The phone has heard of that log for twenty seconds when the tablet does, and closes it first.
  await tablet.wake();
  await pass(20 * SECOND_MS);
  expect((await tablet.entries(tablet)).map((it) => it.counts)).toEqual(Array(3).fill("waits"));
  await pass(3 * MINUTE_MS);
  for (const it of [phone, tablet]) {
    expect((await it.entries(it)).map((row) => row.counts)).toEqual(Array(3).fill("no"));
    expect(it.bugs).toEqual([]);
  }
});
