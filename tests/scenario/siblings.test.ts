/** What the devices of an account tell each other: names, how much there is, what was read. */
import { expect, test } from "vitest";

import { decodeEntry, encodeEntry } from "../../sync/entry/entry.ts";
import type { LogRow } from "../../sync/store/rows.ts";
import { add, groupOf, makeGroup, tell } from "./group-talk.ts";
import { linkTwo } from "./link-steps.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { deviceOf, three } from "./three-devices.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

test("[OD12] [OD15] a device has the last name that any of them gave it", async () => {
  const them = await three();
  const { phone, laptop, pass, outcome } = them;
  const names = async (who: Person): Promise<unknown> => {
    const row = (await who.rows("meta")).find((it) => it.k === "deviceNames");
    const kept = Object.entries((row?.v ?? {}) as Record<string, { readonly name: string }>);
    return Object.fromEntries(kept.map(([id, { name }]) => [id, name]));
  };
  for (const it of [phone, laptop]) {
    expect(await outcome(it.device.devices.introduce("Firefox"))).toMatchObject({ ok: true });
    await pass(20 * SECOND_MS);
    expect(await outcome(it.device.devices.introduce("once is enough"))).toMatchObject({
      ok: true,
    });
  }
  await pass(20 * SECOND_MS);
  const [one, two] = [await deviceOf(phone), await deviceOf(laptop)];
  expect(await names(phone)).toEqual({ [one]: "Firefox", [two]: "Firefox 2" });
  // Both rename the laptop while neither hears of the other.
  phone.disconnect();
  laptop.disconnect();
  await outcome(phone.device.devices.rename(two, "named by the phone"));
  await pass(SECOND_MS);
  await outcome(laptop.device.devices.rename(two, "named by itself"));
  phone.reconnect();
  laptop.reconnect();
  await pass(MINUTE_MS);
  expect(await names(phone)).toEqual({ [one]: "Firefox", [two]: "named by itself" });
  expect(await names(laptop)).toEqual(await names(phone));
  expect(await outcome(phone.device.devices.rename(two, " "))).toEqual({
    ok: false,
    error: { type: "NameEmpty" },
  });
  expect(await outcome(phone.device.devices.rename("00", "nobody's"))).toEqual({
    ok: false,
    error: { type: "DeviceUnknown" },
  });
  const row = (await phone.rows("devices")).find((it) => it.device === two);
  expect(them.nowMs() - (row?.heardAtMs ?? 0)).toBeLessThan(2 * MINUTE_MS);
});

test("[OD13] [OD14] the person is called alike everywhere, whichever device was told last", async () => {
  const them = await three();
  const { phone, laptop, bob, pass, outcome } = them;
  expect((await bob.contact(phone)).name).toBe("phone");
  await outcome(phone.device.devices.callMe("Alice"));
  await pass(20 * SECOND_MS);
  expect((await bob.contact(phone)).name).toBe("Alice");
  expect((await laptop.contact(phone)).name).toBe("Alice");
  phone.disconnect();
  laptop.disconnect();
  await outcome(phone.device.devices.callMe("Alice A."));
  await pass(SECOND_MS);
  await outcome(laptop.device.devices.callMe("Alice B."));
  laptop.reconnect();
  await pass(20 * SECOND_MS);
  phone.reconnect();
  await pass(MINUTE_MS);
  for (const who of [phone, laptop, bob]) expect((await who.contact(phone)).name).toBe("Alice B.");
  expect([...phone.bugs, ...laptop.bugs, ...bob.bugs]).toEqual([]);
});

test("[OD16] a new device knows at once how much there is, also when it is closed on the way", async () => {
  const them = await world(["phone", "laptop", "bob"]);
  const { phone, laptop, bob, pass, befriend } = them;
  await befriend(phone, bob);
  const text = "a line of the usual length, that says where and when to meet. ".repeat(36);
  for (let n = 1; n <= 200; n += 1) await phone.say(bob, `${n} ${text}`);
  await pass(30 * SECOND_MS);
  await linked(phone, laptop);
  const told = async (): Promise<number> => {
    const row = (await laptop.rows("meta")).find((it) => it.k === "presync");
    return Object.values((row?.v ?? {}) as Record<string, number>).reduce((a, b) => a + b, 0);
  };
  const held = async (): Promise<number> => (await laptop.rows("entries")).length;
  for (let n = 0; n < 1_500 && (await told()) === 0; n += 1) await pass(20);
  const all = await told();
  expect(all).toBe((await phone.rows("entries")).length);
  expect(await held()).toBeLessThan(all / 2);
  await laptop.sleep();
  await laptop.wake();
  expect(await told()).toBe(all);
  await pass(2 * MINUTE_MS);
  expect(await held()).toBeGreaterThanOrEqual(all);
});

test("[AB3] [OD12] three devices, offline in turns, end with the same unread counts, stars and people", async () => {
  const them = await world(["phone", "laptop", "tablet", "bob", "carol"], {
    newcomers: ["laptop", "tablet"],
  });
  const { phone, laptop, tablet, bob, carol, pass, befriend, outcome } = them;
  await befriend(phone, bob);
  for (const it of [laptop, tablet]) {
    await linkTwo(them, phone, it);
    await outcome(it.device.devices.introduce(it.name));
    await pass(20 * SECOND_MS);
  }

  tablet.disconnect();
  const ids = [await bob.say(phone, "one"), await bob.say(phone, "two")];
  await pass(10 * SECOND_MS);
  await phone.read(bob);
  await phone.device.acts.star(await phone.chatWith(bob), ids[0] ?? "", true);
  await pass(10 * SECOND_MS);
  expect([await phone.unread(bob), await laptop.unread(bob)]).toEqual([0, 0]);

  laptop.disconnect();
  await befriend(phone, carol);
  await bob.say(phone, "three");
  await carol.say(phone, "hello from Carol");
  await pass(10 * SECOND_MS);
  phone.disconnect();
  tablet.reconnect();
  await pass(2 * MINUTE_MS);
  // The phone told the relay what was read; the tablet never counts it as unread.
  expect([await tablet.unread(bob), await tablet.unread(carol)]).toEqual([1, 1]);
  await tablet.read(bob);
  await tablet.device.acts.star(await tablet.chatWith(bob), ids[0] ?? "", false);
  await pass(10 * SECOND_MS);
  tablet.disconnect();
  laptop.reconnect();
  await pass(2 * MINUTE_MS);
  await laptop.decide(carol, "block");
  await bob.say(phone, "four");
  await pass(10 * SECOND_MS);
  for (const it of [phone, tablet]) it.reconnect();
  await pass(5 * MINUTE_MS);
  for (const it of [phone, laptop, tablet]) {
    const starred = (await it.rows("aggregates")).filter((row) => row.aggregate.star?.value);
    expect({
      name: it.name,
      unread: await it.unread(bob),
      carol: (await it.contact(carol)).state,
      starred,
      sees: await it.sees(bob),
      bugs: it.bugs,
    }).toEqual({
      name: it.name,
      unread: 1,
      carol: "blocked",
      starred: [],
      sees: ["one", "two", "three", "four"],
      bugs: [],
    });
  }
});

test("[OD17] a new device and those that were there confirm each other's words in every channel", async () => {
  const them = await world(["phone", "laptop", "bob"], { newcomers: ["laptop"] });
  const { phone, laptop, bob, pass, befriend, outcome, atRest } = them;
  // Said before there was anybody to say it to.
  await outcome(phone.device.devices.introduce("phone"));
  await phone.say(phone, "note");
  await befriend(phone, bob);
  await phone.say(bob, "one");
  await linkTwo(them, phone, laptop);
  await outcome(laptop.device.devices.introduce("laptop"));
  await pass(30 * SECOND_MS);
  for (const [one, other] of [
    [phone, laptop],
    [laptop, phone],
  ] as const) {
    const id = await deviceOf(other);
    const cursors = (await one.rows("cursors")).filter((it) => it.device === id);
    expect(new Set(cursors.map((it) => it.c))).toEqual(new Set([1, 2, 3]));
  }
  await atRest();
});

test("[MM5] what another device has read is taken off the count, and lines are no messages", async () => {
  const them = await world(["phone", "laptop", "bob", "carol"]);
  const { phone, laptop, bob, carol, pass, befriend } = them;
  await befriend(phone, bob);
  await befriend(bob, carol);
  await linked(phone, laptop);
  await pass(MINUTE_MS);
  await makeGroup(bob, [phone]);
  await pass(30 * SECOND_MS);
  const unread = async (who: Person): Promise<number> => {
    const c = await groupOf(who);
    return (await who.rows("channels")).find((it) => it.c === c)?.unread ?? -1;
  };
  await tell(bob, "one");
  await add(bob, carol);
  await pass(30 * SECOND_MS);
  expect([await unread(phone), await unread(laptop)]).toEqual([1, 1]);
  phone.disconnect();
  await phone.device.markRead(await groupOf(phone));
  await tell(bob, "two");
  await pass(20 * SECOND_MS);
  expect(await unread(laptop)).toBe(2);
  phone.reconnect();
  await pass(MINUTE_MS);
  expect([await unread(phone), await unread(laptop)]).toEqual([1, 1]);
});

test("[HY13] a log whose first entry is lost comes to a new device all the same", async () => {
  const { phone, laptop, tablet, pass } = await world(["phone", "laptop", "tablet"]);
  await linked(phone, laptop);
  await pass(20 * SECOND_MS);
  await laptop.say(laptop, "a note");
  await pass(20 * SECOND_MS);
  // The laptop is gone, and the relay had lost the first entry on its way.
  await laptop.sleep();
  await phone.sleep();
  await phone.change(async (tx) => {
    const note = (await tx.range("entries", "primary", {})).find((it) => it.shown === 1);
    const log = await tx.get("logs", note?.a ?? 0);
    if (note === undefined || log === undefined) throw new Error("a note");
    await tx.put("logs", { ...log, known: { floor: 0, ranges: [[note.s, note.s]] } });
    await tx.delete("entries", [note.c, note.a, 1]);
  });
  await phone.wake();
  await linked(phone, tablet);
  await pass(MINUTE_MS);
  expect(await tablet.sees(tablet)).toEqual(["a note"]);
});

test("[HY11] [HY13] a log that came in a run is supplied with whose it is, to who does not know it", async () => {
  const { phone, laptop, tablet, pass } = await world(["phone", "laptop", "tablet"]);
  await linked(phone, laptop);
  await linked(phone, tablet);
  await pass(20 * SECOND_MS);
  await laptop.say(laptop, "a note");
  await pass(20 * SECOND_MS);
  for (const it of [laptop, phone, tablet]) await it.sleep();
  const logOf = async (of: Person): Promise<LogRow> => {
    const { a } = (await of.rows("entries")).find((it) => it.shown === 1) ?? { a: 0 };
    const log = (await of.rows("logs")).find((it) => it.a === a);
    if (log === undefined) throw new Error("a log");
    return log;
  };
  // The phone has it from a file, say, and the tablet has never heard of it.
  const [here, there] = [await logOf(phone), await logOf(tablet)];
  const first = (await phone.rows("entries")).find((it) => it.a === here.a && it.s === 1);
  await phone.change(async (tx) => {
    if (first === undefined) throw new Error("an entry");
    const entry = decodeEntry(first.bytes);
    if (!entry.ok) throw new Error(entry.error.type);
    await tx.put("entries", { ...first, bytes: encodeEntry({ ...entry.value, signature: null }) });
  });
  await tablet.change(async (tx) => {
    for (const s of [1, 2]) await tx.delete("entries", [there.c, there.a ?? 0, s]);
    await tx.delete("logs", there.a ?? 0);
  });
  for (const it of [phone, tablet]) await it.wake();
  await phone.say(phone, "another note");
  await pass(5 * MINUTE_MS);
  expect(await tablet.sees(tablet)).toEqual(["a note", "another note"]);
});
