/**
 * Logs of removed devices in a group: who comes back hears where those end that were closed meanwhile, so does who is
 * out by what such a device said, and nobody waits for what stands behind an end.
 */
import { expect, test } from "vitest";

import { toHex } from "../../crypto/base/hex.ts";
import { bytesOf } from "../../sync/channel/channels.ts";
import { endsOf } from "../../sync/devices/closed.ts";
import { encodePayload } from "../../sync/payload/payload.ts";
import { type Arrival, contextOf, factsOf, supplied } from "./arrivals.ts";
import { overSession } from "./forge.ts";
import { add, groupOf, hears, makeGroup, members, remove, rosterRow, tell } from "./group-talk.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { deviceOf } from "./three-devices.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

test("[OD20] a newcomer is told where the logs of removed devices end, whatever they may read", async () => {
  const them = await world(["phone", "laptop", "bob", "carol"]);
  const { phone, laptop, bob, carol, pass, outcome, befriend } = them;
  await befriend(bob, phone);
  await befriend(bob, carol);
  await linked(phone, laptop);
  await pass(MINUTE_MS);
  await makeGroup(bob, [phone, carol], "none");
  await pass(30 * SECOND_MS);
  for (const it of [laptop, phone, carol]) await tell(it, "here");
  await pass(30 * SECOND_MS);
  await remove(bob, carol);
  await pass(30 * SECOND_MS);
  await tell(laptop, "she is out");
  await pass(30 * SECOND_MS);
  const revoked = await outcome(phone.device.devices.revoke(await deviceOf(laptop), []));
  expect(revoked).toMatchObject({ ok: true });
  await pass(2 * MINUTE_MS);
  await add(bob, carol);
  await pass(2 * MINUTE_MS);

  const { c } = await rosterRow(laptop);
  const own = (await laptop.rows("logs")).find((it) => it.c === c && it.own);
  const endAt = (who: Person): Promise<unknown> =>
    who.change(async (tx) => (await endsOf(tx))[own?.log ?? ""]);
  expect(await endAt(bob)).toMatchObject({ seq: own?.known.floor });
  expect(await endAt(carol)).toEqual(await endAt(bob));
  expect((await rosterRow(carol)).digest).toBe((await rosterRow(bob)).digest);
  expect([phone, bob, carol].flatMap((it) => it.bugs)).toEqual([]);
});

test("[OD6] what waits for an op that stands behind the end of its log waits no more", async () => {
  const them = await world(["phone", "laptop", "bob"]);
  const { phone, laptop, bob, relay, pass, outcome, befriend } = them;
  await befriend(phone, bob);
  await linked(phone, laptop);
  await pass(MINUTE_MS);
  await makeGroup(phone, [bob]);
  await pass(30 * SECOND_MS);
  for (const it of [laptop, phone, bob]) await tell(it, "here");
  await pass(30 * SECOND_MS);
  const lost = [phone, bob];
  for (const it of lost) it.disconnect();
  const raised = laptop.device.groups.setRole(await groupOf(laptop), await bob.account(), "admin");
  expect(await outcome(raised)).toMatchObject({ ok: true });
  await pass(5 * SECOND_MS);
  for (const it of lost) {
    await relay.lose(bytesOf((await it.rows("mailboxes"))[0]?.mailbox ?? ""));
  }
  bob.reconnect();
  await pass(2 * SECOND_MS);
  await tell(laptop, "bob is admin");
  await pass(SECOND_MS);
  laptop.disconnect();
  await pass(SECOND_MS);
  expect((await rosterRow(bob)).waits).toHaveLength(1);
  phone.reconnect();
  const revoked = await outcome(phone.device.devices.revoke(await deviceOf(laptop), []));
  expect(revoked).toMatchObject({ ok: true });
  await pass(2 * MINUTE_MS);

  expect((await rosterRow(bob)).waits).toEqual([]);
  expect(await hears(bob)).toEqual(["here", "here", "here"]);
  expect([phone, bob].flatMap((it) => it.bugs)).toEqual([]);
});

test("[OD20] who was put out by a device that is out itself hears by the end of its log that it counts", async () => {
  const them = await world(["phone", "laptop", "bob"]);
  const { phone, laptop, bob, relay, pass, outcome, befriend } = them;
  await befriend(phone, bob);
  await linked(phone, laptop);
  await pass(MINUTE_MS);
  await makeGroup(phone, [bob]);
  await pass(30 * SECOND_MS);
  for (const it of [laptop, phone, bob]) await tell(it, "here");
  await pass(30 * SECOND_MS);
  bob.disconnect();
  await remove(laptop, bob);
  await pass(30 * SECOND_MS);
  // Nobody tells him but by an answer.
  await relay.lose(bytesOf((await bob.rows("mailboxes"))[0]?.mailbox ?? ""));
  const revoked = await outcome(phone.device.devices.revoke(await deviceOf(laptop), []));
  expect(revoked).toMatchObject({ ok: true });
  await pass(2 * MINUTE_MS);
  expect((await rosterRow(phone)).members).toHaveLength(1);
  bob.reconnect();
  await tell(bob, "am I in?");
  await pass(5 * MINUTE_MS);

  expect((await rosterRow(bob)).members).toEqual((await rosterRow(phone)).members);
  expect((await rosterRow(bob)).waits).toEqual([]);
  const { c } = await rosterRow(bob);
  expect((await bob.rows("outbox")).filter((it) => it.c === c)).toEqual([]);
  expect([phone, bob].flatMap((it) => it.bugs)).toEqual([]);
});

/** More than an entry holds. */
const FAREWELL = "Farewell. ".repeat(4_000);

test("[OD21] a leave is heard though the device that wrote it was removed before that", async () => {
  const them = await world(["phone", "laptop", "bob", "carol"]);
  const { phone, laptop, bob, carol, relay, pass, outcome, befriend } = them;
  for (const it of [phone, carol]) await befriend(bob, it);
  await linked(phone, laptop);
  await pass(MINUTE_MS);
  await makeGroup(bob, [phone, carol]);
  await pass(30 * SECOND_MS);
  for (const it of [laptop, phone, bob, carol]) await tell(it, "here");
  await pass(30 * SECOND_MS);
  carol.disconnect();
  await tell(phone, FAREWELL);
  const left = phone.device.groups.leave(await groupOf(phone));
  expect(await outcome(left)).toMatchObject({ ok: true });
  await pass(10 * SECOND_MS);
  await phone.sleep();
  await relay.lose(bytesOf((await carol.rows("mailboxes"))[0]?.mailbox ?? ""));
  const revoked = await outcome(laptop.device.devices.revoke(await deviceOf(phone), []));
  expect(revoked).toMatchObject({ ok: true });
  await pass(5 * SECOND_MS);
  carol.reconnect();
  await pass(5 * SECOND_MS);
  await tell(bob, "they left");
  await pass(2 * MINUTE_MS);

  const all = [phone, bob, carol];
  for (const it of [bob, carol]) {
    expect(await members(it, all)).toEqual(["bob owner", "carol member"]);
    expect(await rosterRow(it)).toMatchObject({ isBehind: false, waits: [] });
    expect((await hears(it)).slice(-2)).toEqual([FAREWELL.slice(0, 1_000), "they left"]);
    const whole = (await it.rows("media")).map(({ content }) => content?.length);
    expect(whole, "what does not fit an entry").toEqual([FAREWELL.length]);
    expect(it.bugs).toEqual([]);
  }
});

test("[OD7] [OD21] a long text that waited for the end of its log, and then for an op, is taken in whole", async () => {
  const them = await world(["phone", "laptop", "bob", "carol"]);
  const { phone, laptop, bob, carol, pass, outcome, befriend } = them;
  for (const it of [bob, carol]) await befriend(phone, it);
  await befriend(bob, carol);
  await linked(phone, laptop);
  await pass(MINUTE_MS);
  await makeGroup(bob, [carol]);
  await pass(30 * SECOND_MS);
  await carol.sleep();
  const putBack = carol.backUp();
  await add(bob, phone);
  await pass(30 * SECOND_MS);
  await tell(phone, FAREWELL);
  await pass(30 * SECOND_MS);
  await phone.sleep();
  const revoked = await outcome(laptop.device.devices.revoke(await deviceOf(phone), []));
  expect(revoked).toMatchObject({ ok: true });
  await pass(2 * MINUTE_MS);

  const said = async (who: Person): Promise<readonly Arrival[]> => {
    const { c } = await rosterRow(bob);
    const device = await deviceOf(who);
    const log = (await bob.rows("logs")).find((it) => it.c === c && it.device === device);
    const held = new Set((await carol.rows("entries")).map(({ hash }) => toHex(hash)));
    const rows = (await bob.rows("entries")).filter((it) => it.c === c && it.a === log?.a);
    return rows.filter(({ hash }) => !held.has(toHex(hash))).map((it) => supplied(it.bytes));
  };
  const [text, closing, op] = [await said(phone), await said(laptop), await said(bob)];
  const out = await factsOf(laptop);
  const c = await groupOf(carol);
  const lived = async (arrivals: readonly Arrival[]): Promise<unknown> => {
    const context = await contextOf(carol);
    await carol.change(async (tx) => {
      for (const arrive of arrivals) await arrive(tx, context, c);
    });
    const { waits } = await rosterRow(carol);
    const whole = (await carol.rows("media")).map(({ state }) => state);
    return { waits: waits.length, hears: await hears(carol), whole };
  };
  putBack();
  const calm = await lived([...op, ...text, out, ...closing]);
  expect(calm).toEqual({ waits: 0, hears: [FAREWELL.slice(0, 1_000)], whole: ["wanted"] });
  putBack();
  // Since the closing it waits for no end any more, but who wrote it is no member here yet.
  expect(await lived([out, ...text, ...closing])).toEqual({ waits: 1, hears: [], whole: [] });
  expect(await lived(op)).toEqual(calm);
});

test("[OD21] a leave of a removed device is heard of its account's other device", async () => {
  const them = await world(["phone", "laptop", "bob"]);
  const { phone, laptop, bob, relay, pass, outcome, befriend } = them;
  await befriend(bob, phone);
  await linked(phone, laptop);
  await pass(MINUTE_MS);
  await makeGroup(bob, [phone]);
  await pass(30 * SECOND_MS);
  for (const it of [laptop, phone, bob]) await tell(it, "here");
  await pass(30 * SECOND_MS);
  bob.disconnect();
  const left = phone.device.groups.leave(await groupOf(phone));
  expect(await outcome(left)).toMatchObject({ ok: true });
  await pass(10 * SECOND_MS);
  await phone.sleep();
  await relay.lose(bytesOf((await bob.rows("mailboxes"))[0]?.mailbox ?? ""));
  const revoked = await outcome(laptop.device.devices.revoke(await deviceOf(phone), []));
  expect(revoked).toMatchObject({ ok: true });
  await pass(5 * SECOND_MS);
  bob.reconnect();
  await pass(5 * SECOND_MS);
  await tell(bob, "are you there?");
  await pass(2 * MINUTE_MS);

  expect(await members(bob, [phone, bob])).toEqual(["bob owner"]);
  expect(bob.bugs).toEqual([]);
});

test("[OD20] who left a group and is told where a log ends asks nobody for what its closing rests on", async () => {
  const them = await world(["phone", "laptop", "bob", "carol"]);
  const { phone, laptop, bob, carol, relay, pass, outcome, befriend } = them;
  for (const it of [bob, carol]) await befriend(phone, it);
  await linked(phone, laptop);
  await pass(MINUTE_MS);
  await makeGroup(laptop, [bob, carol]);
  await pass(30 * SECOND_MS);
  for (const it of [laptop, phone, bob]) await tell(it, "here");
  await pass(30 * SECOND_MS);
  expect(await bob.device.groups.leave(await groupOf(bob))).toMatchObject({ ok: true });
  await pass(30 * SECOND_MS);
  await remove(phone, carol);
  await pass(30 * SECOND_MS);
  const revoked = await outcome(phone.device.devices.revoke(await deviceOf(laptop), []));
  expect(revoked).toMatchObject({ ok: true });
  await pass(2 * MINUTE_MS);
  const { c } = await rosterRow(bob);
  const channel = (await bob.rows("channels")).find((it) => it.c === c);
  const want = encodePayload("rosterWant", { channel: bytesOf(channel?.id ?? "") });
  await overSession(bob, phone, [[want]]);
  await pass(MINUTE_MS);

  const device = await deviceOf(laptop);
  const log = (await bob.rows("logs")).find((it) => it.c === c && it.device === device);
  expect(Object.keys(await bob.change(endsOf))).toContain(log?.log);
  expect((await rosterRow(bob)).waits).toEqual([]);
  relay.counted();
  await pass(60 * MINUTE_MS);
  expect(relay.counted()["put.stored"] ?? 0).toBe(0);
});
