/** A device that is new, and removes another one of its account before anybody told it what that one wrote. */
import { expect, test } from "vitest";

import { sealChain } from "../../crypto/chain/sender-chain.ts";
import { envelopeOf } from "../../crypto/envelope.ts";
import { envelopeIdOf } from "../../crypto/public/relay-ids.ts";
import { HISTORY_AWAITED_MS } from "../../sync/devices/closings.ts";
import { KINDS } from "../../sync/entry/kinds.ts";
import { encodePayload } from "../../sync/payload/payload.ts";
import { takeArrival } from "../../sync/receive/open-envelope.ts";
import { ROSTER_KINDS } from "../../sync/roster/ops.ts";
import { type Arrival, contextOf, factsOf } from "./arrivals.ts";
import { selfOf } from "./forge.ts";
import { add, groupOf, hears, makeGroup, members, tell } from "./group-talk.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { deafen, deviceOf } from "./three-devices.ts";
import { MINUTE_MS, SECOND_MS, type World, world } from "./world.ts";

/** The phone is lost: `anew` is the same account from its words, and puts the phone out. */
async function replace(
  them: World<never>,
  { lost, anew, afterMs }: { lost: Person; anew: Person; afterMs: number },
): Promise<void> {
  const secret = await them.outcome(lost.device.recovery.secret());
  if (!secret.ok || secret.value === null) throw new Error("no words");
  await them.pass(20 * SECOND_MS);
  const { device } = await selfOf(lost);
  await lost.sleep();
  const restored = await them.outcome(anew.device.recovery.restore(secret.value, null));
  expect(restored.ok).toBe(true);
  await them.pass(afterMs);
  const revoked = await them.outcome(anew.device.devices.revoke(device, []));
  expect(revoked).toEqual({ ok: true, value: undefined });
}

const isClosed = async (person: Person): Promise<boolean> => {
  const row = (await person.rows("meta")).find(({ k }) => k === "closedLogs");
  return Object.keys(row?.v ?? {}).length > 0;
};

test.each([
  ["who is there", false, 0],
  ["who comes later", true, 0],
  ["who comes later, when a minute went by before it was removed", true, 70 * SECOND_MS],
])(
  "[OD23] who restores their account and removes the lost device at once takes back nothing of what it wrote to a contact %s",
  async (_, isAway, afterMs) => {
    const them = await world(["alice", "bob", "anew"], { newcomers: ["anew"] });
    const { alice, bob, anew, pass } = them;
    await them.befriend(alice, bob);
    for (const text of ["one", "two", "three"]) {
      await alice.say(bob, text);
      await bob.say(alice, `${text} indeed`);
      await pass(5 * SECOND_MS);
    }
    const before = await bob.sees(alice);
    if (isAway) await bob.sleep();
    await replace(them, { lost: alice, anew, afterMs });
    await pass(5 * MINUTE_MS);
    // As long as nobody has told it, it says nothing of where that log ends.
    expect(await isClosed(anew)).toBe(!isAway);
    if (isAway) await bob.wake();
    await pass(5 * MINUTE_MS);
    for (const [one, other] of [
      [bob, anew],
      [anew, bob],
    ] as const) {
      expect(await one.sees(other)).toEqual(before);
      expect((await one.entries(other)).filter((it) => it.counts !== undefined)).toEqual([]);
      expect(await isClosed(one)).toBe(true);
      expect(one.bugs).toEqual([]);
    }
  },
);

test("[OD23] what a lost device writes after it was removed counts nowhere, though its account had still to be told what it wrote before", async () => {
  const them = await world(["alice", "bob", "anew"], { newcomers: ["anew"] });
  const { alice, bob, anew, pass } = them;
  await them.befriend(alice, bob);
  await alice.say(bob, "mine");
  await pass(10 * SECOND_MS);
  // Bob hears of it before the lost device, which hears nothing, and he is not asked for anything yet.
  const asking = anew.transport;
  await replace(them, { lost: alice, anew, afterMs: SECOND_MS / 2 });
  await pass(SECOND_MS / 2);
  asking.setRoute("down");
  await pass(10 * SECOND_MS);
  await deafen(them, alice);
  await alice.wake();
  await alice.say(bob, "a thief's");
  await pass(10 * SECOND_MS);
  expect(await bob.sees(alice)).toEqual(["mine"]);
  asking.setRoute("up");
  await pass(5 * MINUTE_MS);
  expect(await bob.sees(anew)).toEqual(["mine"]);
  const counted = (await anew.entries(bob)).filter((it) => it.counts === undefined);
  expect(counted.map((it) => it.text)).toEqual(["mine"]);
  expect([...anew.bugs, ...bob.bugs]).toEqual([]);
});

test.each([[0], [20 * SECOND_MS]])(
  "[OD23] a group comes back to who restores their account and removes the device that made it (after %d ms), with what was said there",
  async (afterMs) => {
    const them = await world(["alice", "bob", "carol", "anew"], { newcomers: ["anew"] });
    const { alice, bob, carol, anew, pass } = them;
    for (const it of [bob, carol]) await them.befriend(alice, it);
    await makeGroup(alice, [bob, carol]);
    await pass(20 * SECOND_MS);
    for (const text of ["one", "two"]) {
      for (const it of [alice, bob]) {
        await tell(it, `${it.name}: ${text}`);
        await pass(5 * SECOND_MS);
      }
    }
    const before = await hears(bob);
    await replace(them, { lost: alice, anew, afterMs });
    await pass(5 * MINUTE_MS);
    for (const it of [anew, bob, carol]) {
      expect(await hears(it)).toEqual(before);
      const all = await members(it, [anew, bob, carol]);
      expect(all).toEqual(["anew owner", "bob member", "carol member"]);
      expect(it.bugs).toEqual([]);
    }
    await tell(anew, "I am back");
    await pass(20 * SECOND_MS);
    expect(await hears(carol)).toEqual([...before, "I am back"]);
  },
);

test("[OD23] who comes to a group while nobody has said yet where a removed device's log ends comes in by its ops", async () => {
  const them = await world(["alice", "bob", "dave", "anew"], { newcomers: ["anew"] });
  const { alice, bob, dave, anew, pass } = them;
  await them.befriend(alice, bob);
  await them.befriend(bob, dave);
  await makeGroup(alice, [bob]);
  await pass(20 * SECOND_MS);
  const promoted = await alice.device.groups.setRole(
    (await alice.rows("rosters"))[0]?.c ?? 0,
    await bob.account(),
    "admin",
  );
  expect(promoted).toMatchObject({ ok: true });
  await pass(20 * SECOND_MS);
  await replace(them, { lost: alice, anew, afterMs: 0 });
  await pass(2 * SECOND_MS);
  await anew.sleep();
  await pass(10 * SECOND_MS);
  expect(await isClosed(bob)).toBe(false);
  await add(bob, dave);
  await pass(20 * SECOND_MS);
  const all = await members(dave, [anew, bob, dave]);
  expect(all).toEqual(["anew owner", "bob admin", "dave member"]);
  await anew.wake();
  await pass(5 * MINUTE_MS);
  for (const it of [anew, bob, dave]) {
    expect(await members(it, [anew, bob, dave])).toEqual(all);
    expect(await isClosed(it)).toBe(true);
    expect(it.bugs).toEqual([]);
  }
});

test("[OD23] what waits for the word where its log ends is told to no new device", async () => {
  const them = await world(["phone", "laptop", "bob", "tablet"]);
  const { phone, laptop, bob, tablet, pass, outcome } = them;
  await them.befriend(phone, bob);
  await linked(phone, laptop);
  await pass(20 * SECOND_MS);
  await laptop.say(bob, "mine");
  await pass(10 * SECOND_MS);
  laptop.disconnect();
  // Of this log the phone hears only when its device is out.
  await laptop.say(laptop, "a thief's");
  const revoked = await outcome(phone.device.devices.revoke(await deviceOf(laptop), []));
  expect(revoked).toMatchObject({ ok: true });
  await pass(10 * SECOND_MS);
  await deafen(them, laptop);
  laptop.reconnect();
  await pass(10 * SECOND_MS);
  expect((await phone.entries(phone)).map((it) => it.counts)).toEqual(["waits"]);
  await linked(phone, tablet);
  for (let n = 0; n < 40; n += 1) {
    await pass(SECOND_MS / 2);
    const counted = (await tablet.rows("entries")).filter((it) => it.counts === undefined);
    expect(counted.map((it) => it.text)).not.toContain("a thief's");
  }
  expect(await tablet.sees(bob)).toEqual(["mine"]);
  expect([...phone.bugs, ...tablet.bugs]).toEqual([]);
});

test("[OD23] a contact who never tells all of the history keeps no log of a removed device open for more than a day", async () => {
  const them = await world(["alice", "bob", "anew"], { newcomers: ["anew"] });
  const { alice, bob, anew, pass } = them;
  await them.befriend(alice, bob);
  for (const text of ["one", "two"]) await alice.say(bob, text);
  await pass(20 * SECOND_MS);
  await replace(them, { lost: alice, anew, afterMs: 0 });
  await pass(20 * SECOND_MS);
  await bob.sleep();
  // As if the end of it had not come.
  const c = await anew.chatWith(bob);
  await anew.change(async (tx) => {
    const row = await tx.get("channels", c);
    if (row !== undefined) await tx.put("channels", { ...row, history: "wanted" });
  });
  const { device } = await selfOf(alice);
  const isEnded = async (): Promise<boolean> => {
    const log = (await anew.rows("logs")).find((it) => it.c === c && it.device === device)?.log;
    const row = (await anew.rows("meta")).find(({ k }) => k === "closedLogs");
    return Object.keys(row?.v ?? {}).some((it) => it === log);
  };
  await pass(10 * MINUTE_MS);
  expect(await isEnded()).toBe(false);
  await anew.sleep();
  await pass(HISTORY_AWAITED_MS);
  await anew.wake();
  await pass(2 * MINUTE_MS);
  expect(await isEnded()).toBe(true);
  await bob.wake();
  await pass(2 * MINUTE_MS);
  expect(await bob.sees(anew)).toEqual(["one", "two"]);
  expect([...anew.bugs, ...bob.bugs]).toEqual([]);
});

test("[OD6] [OD23] what a removed device noted after its end has no effect on a device that is linked later", async () => {
  const them = await world(["phone", "laptop", "bob", "tablet"]);
  const { phone, laptop, bob, tablet, pass, outcome } = them;
  await them.befriend(phone, bob);
  await linked(phone, laptop);
  await pass(20 * SECOND_MS);
  expect((await outcome(laptop.device.devices.introduce("A laptop"))).ok).toBe(true);
  await pass(20 * SECOND_MS);
  laptop.disconnect();
  const revoked = await outcome(phone.device.devices.revoke(await deviceOf(laptop), []));
  expect(revoked).toMatchObject({ ok: true });
  await pass(2 * MINUTE_MS);
  await deafen(them, laptop);
  expect((await outcome(laptop.device.devices.callMe("A thief"))).ok).toBe(true);
  laptop.reconnect();
  await pass(20 * SECOND_MS);
  // It came, and means nothing.
  const noted = (await phone.rows("entries")).filter((it) => it.kind === KINDS.ownName.number);
  expect(noted.map((it) => it.counts)).toEqual(["no"]);
  await linked(phone, tablet);
  await pass(MINUTE_MS);
  const own = async (who: Person) => (await who.contact(phone)).name;
  expect([await own(phone), await own(tablet)]).toEqual(["phone", "phone"]);
  expect([...phone.bugs, ...tablet.bugs]).toEqual([]);
});

test("[OD23] a removed device tells nobody what counts of its own, though they are still to be told what was in the group", async () => {
  const them = await world(["phone", "laptop", "bob", "carol"]);
  const { phone, laptop, bob, carol, pass, outcome } = them;
  for (const it of [bob, carol]) await them.befriend(phone, it);
  await linked(phone, laptop);
  await pass(MINUTE_MS);
  await makeGroup(phone, [bob]);
  await pass(30 * SECOND_MS);
  await tell(laptop, "here");
  await pass(30 * SECOND_MS);
  await bob.sleep();
  const c = await groupOf(bob);
  await bob.change(async (tx) => {
    const row = await tx.get("channels", c);
    if (row !== undefined) await tx.put("channels", { ...row, history: "wanted" });
  });
  const putBack = bob.backUp();
  laptop.disconnect();
  const revoked = await outcome(phone.device.devices.revoke(await deviceOf(laptop), []));
  expect(revoked).toMatchObject({ ok: true });
  await pass(10 * SECOND_MS);
  const theirs = await groupOf(laptop);
  const chain = (await laptop.rows("ownChains")).find((it) => it.c === theirs);
  await add(laptop, carol);
  const op = (await laptop.rows("entries")).findLast((it) => it.kind === ROSTER_KINDS.add);
  if (chain === undefined || op === undefined) throw new Error("an op");
  const payload = encodePayload("rosterPart", { entries: [op.bytes] });
  const random = (length: number): Uint8Array => new Uint8Array(length).fill(3);
  const body = envelopeOf(sealChain(chain.state, payload, random).message);

  // It comes as from the relay: what its chain says of who sent it decides.
  const part: Arrival = async (tx, context) => {
    const env = envelopeIdOf(body);
    await takeArrival(tx, context, { env, label: new Uint8Array(16), isEphemeral: false, body });
  };
  const lived = async (...arrivals: readonly Arrival[]): Promise<readonly string[]> => {
    putBack();
    const context = await contextOf(bob);
    await bob.change(async (tx) => {
      for (const arrive of arrivals) await arrive(tx, context, c);
    });
    return members(bob, [phone, bob, carol]);
  };
  const out = await factsOf(phone);
  // As long as he has not heard that it is out, it counts: nothing else keeps it from him.
  expect(await lived(part)).toEqual(["bob member", "carol member", "phone owner"]);
  expect(await lived(out, part)).toEqual(["bob member", "phone owner"]);
});
