/**
 * What a device did in a group that was put out of its account: all who are in it agree on that, whatever they heard
 * first, be it that the account left the group, and closes no log there, or that it closes one after others built on it.
 */
import fc from "fast-check";
import { expect, test } from "vitest";

import { toHex } from "../../crypto/base/hex.ts";
import { bytesOf, channelOf } from "../../sync/channel/channels.ts";
import { takeWelcome } from "../../sync/group/take-welcome.ts";
import { welcomesFor } from "../../sync/group/welcome.ts";
import { decodeWelcome, type Welcome } from "../../sync/payload/welcome.ts";
import { type Arrival, contextOf, factsOf, supplied } from "./arrivals.ts";
import { selfOf } from "./forge.ts";
import { add, groupOf, hears, makeGroup, members, remove, rosterRow, tell } from "./group-talk.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { deviceOf } from "./three-devices.ts";
import { MINUTE_MS, SECOND_MS, type World, world } from "./world.ts";

type Four = World<"phone" | "laptop" | "bob" | "carol">;

/** As `by` tells the roster to `to`. */
async function rosterOf(by: Person, to: Person): Promise<readonly Welcome[]> {
  const [self, c, account] = [await selfOf(by), await groupOf(by), await to.account()];
  const payloads = await by.change(async (tx) => {
    const channel = await channelOf(tx, c);
    return channel === undefined ? [] : await welcomesFor(tx, self, channel, account);
  });
  return payloads.map((it) => {
    const welcome = decodeWelcome(it.subarray(1));
    if (!welcome.ok) throw new Error("a welcome");
    return welcome.value;
  });
}

const welcomed =
  (by: string, welcomes: readonly Welcome[]): Arrival =>
  async (tx, context) => {
    const from = await tx.get("contacts", by);
    if (from === undefined) throw new Error("a contact");
    for (const it of welcomes) await takeWelcome(tx, context, from, it);
  };

type Story = { readonly w: Four; readonly putBack: () => void; readonly all: readonly Arrival[] };

/** Phone and laptop of one account, an admin, in a group of Bob's; Carol's device is asleep from then on. */
async function four(): Promise<Pick<Story, "w" | "putBack">> {
  const w: Four = await world(["phone", "laptop", "bob", "carol"]);
  const { phone, laptop, bob, carol, pass, befriend } = w;
  for (const it of [phone, carol]) await befriend(bob, it);
  await linked(phone, laptop);
  await pass(MINUTE_MS);
  await makeGroup(bob, [phone, carol]);
  await bob.device.groups.setRole(await groupOf(bob), await phone.account(), "admin");
  await pass(30 * SECOND_MS);
  for (const it of [laptop, phone, bob, carol]) await tell(it, "here");
  await pass(30 * SECOND_MS);
  await carol.sleep();
  return { w, putBack: carol.backUp() };
}

/** What Bob holds of the group, and Carol does not. */
async function newOnes({ bob, carol }: Four): Promise<readonly Arrival[]> {
  const held = new Set((await carol.rows("entries")).map(({ hash }) => toHex(hash)));
  const c = await groupOf(bob);
  const rows = (await bob.rows("entries")).filter((it) => it.c === c && !held.has(toHex(it.hash)));
  return rows.map(({ bytes }) => supplied(bytes));
}

async function left(): Promise<Story> {
  const { w, putBack } = await four();
  const { phone, laptop, bob, carol, pass, outcome } = w;
  const c = await groupOf(phone);
  await tell(phone, "one");
  expect((await phone.device.groups.setRole(c, await carol.account(), "admin")).ok).toBe(true);
  expect((await phone.device.groups.describe(c, { title: "Den" })).ok).toBe(true);
  await tell(phone, "two");
  await pass(10 * SECOND_MS);
  expect(await outcome(phone.device.groups.leave(c))).toMatchObject({ ok: true });
  await pass(10 * SECOND_MS);
  await phone.sleep();
  const revoked = await outcome(laptop.device.devices.revoke(await deviceOf(phone), []));
  expect(revoked).toMatchObject({ ok: true });
  await tell(bob, "they left");
  await pass(MINUTE_MS);
  const entries = await newOnes(w);
  expect(entries).toHaveLength(6);
  const told = welcomed(await bob.account(), await rosterOf(bob, carol));
  return { w, putBack, all: [...entries, await factsOf(laptop), told] };
}

/** The laptop does what its phone never hears of, and Bob goes on from there; then the phone closes its log. */
async function builtUpon(isByOp: boolean): Promise<Story> {
  const { w, putBack } = await four();
  const { phone, laptop, bob, carol, relay, pass, outcome } = w;
  phone.disconnect();
  const c = await groupOf(laptop);
  await tell(laptop, "one");
  expect((await laptop.device.groups.setRole(c, await carol.account(), "admin")).ok).toBe(true);
  await tell(laptop, "two");
  await pass(5 * SECOND_MS);
  laptop.disconnect();
  if (isByOp) await remove(bob, carol);
  if (isByOp) await add(bob, carol);
  await tell(bob, "three");
  await pass(5 * SECOND_MS);
  const early = welcomed(await bob.account(), await rosterOf(bob, carol));
  await bob.sleep();
  await relay.lose(bytesOf((await phone.rows("mailboxes"))[0]?.mailbox ?? ""));
  phone.reconnect();
  const revoked = await outcome(phone.device.devices.revoke(await deviceOf(laptop), []));
  expect(revoked).toMatchObject({ ok: true });
  await pass(10 * SECOND_MS);
  await bob.wake();
  await pass(2 * MINUTE_MS);
  const late = welcomed(await bob.account(), await rosterOf(bob, carol));
  return { w, putBack, all: [...(await newOnes(w)), await factsOf(phone), early, late] };
}

async function lived({ w, putBack, all }: Story, order: readonly Arrival[]): Promise<unknown> {
  const { carol } = w;
  putBack();
  const context = await contextOf(carol);
  const c = await groupOf(carol);
  await carol.change(async (tx) => {
    // Who waits for ops asks for them.
    for (const arrive of [...order, ...all]) await arrive(tx, context, c);
  });
  const { title, waits, isBehind } = await rosterRow(carol);
  return {
    title,
    waits,
    isBehind,
    hears: await hears(carol),
    members: await members(carol, [w.phone, w.bob, carol]),
    unread: (await carol.rows("channels")).find((it) => it.c === c)?.unread,
  };
}

test("[OD21] what a removed device said in a group, and that it left it, counts in whatever order it is heard of", async () => {
  const it = await left();
  const calm = await lived(it, it.all);
  expect(calm).toMatchObject({
    title: "Den",
    waits: [],
    isBehind: false,
    members: ["bob owner", "carol admin"],
  });
  expect((calm as { hears: readonly string[] }).hears.slice(-3)).toEqual([
    "one",
    "two",
    "they left",
  ]);
  await isAlike(it, calm);
});

test.each([
  ["beside", false],
  ["behind", true],
])(
  "[OD21] what a removed device did, and others acted %s it, comes to the same in whatever order it is heard of",
  async (_, isByOp) => {
    const it = await builtUpon(isByOp);
    const calm = await lived(it, it.all);
    expect(calm).toMatchObject({
      waits: [],
      isBehind: false,
      members: ["bob owner", "carol member", "phone admin"],
    });
    await isAlike(it, calm);
  },
);

async function isAlike(it: Story, calm: unknown): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([...it.all], { minLength: it.all.length }),
      async (order) => {
        expect(await lived(it, order)).toEqual(calm);
      },
    ),
    { numRuns: 30, seed: 7 },
  );
}
