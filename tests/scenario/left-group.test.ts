/**
 * A device said things in a group, and that its account leaves it, and was put out of its account after that: who
 * left closes no log there, and still all that count agree, whatever they heard first.
 */
import fc from "fast-check";
import { expect, test } from "vitest";

import { toHex } from "../../crypto/base/hex.ts";
import { channelOf } from "../../sync/channel/channels.ts";
import { takeWelcome } from "../../sync/group/take-welcome.ts";
import { welcomesFor } from "../../sync/group/welcome.ts";
import { decodeWelcome, type Welcome } from "../../sync/payload/welcome.ts";
import { type Arrival, contextOf, factsOf, supplied } from "./arrivals.ts";
import { selfOf } from "./forge.ts";
import { groupOf, hears, makeGroup, members, rosterRow, tell } from "./group-talk.ts";
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

async function story(): Promise<Story> {
  const w: Four = await world(["phone", "laptop", "bob", "carol"]);
  const { phone, laptop, bob, carol, pass, outcome, befriend } = w;
  for (const it of [phone, carol]) await befriend(bob, it);
  await linked(phone, laptop);
  await pass(MINUTE_MS);
  await makeGroup(bob, [phone, carol]);
  await bob.device.groups.setRole(await groupOf(bob), await phone.account(), "admin");
  await pass(30 * SECOND_MS);
  for (const it of [laptop, phone, bob, carol]) await tell(it, "here");
  await pass(30 * SECOND_MS);
  await carol.sleep();
  const putBack = carol.backUp();
  const held = new Set((await carol.rows("entries")).map(({ hash }) => toHex(hash)));
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
  const inGroup = await groupOf(bob);
  const entries = (await bob.rows("entries")).filter(
    (it) => it.c === inGroup && !held.has(toHex(it.hash)),
  );
  expect(entries).toHaveLength(6);
  const told = welcomed(await bob.account(), await rosterOf(bob, carol));
  return {
    w,
    putBack,
    all: [...entries.map((it) => supplied(it.bytes)), await factsOf(laptop), told],
  };
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
  const it = await story();
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
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([...it.all], { minLength: it.all.length }),
      async (order) => {
        expect(await lived(it, order)).toEqual(calm);
      },
    ),
    { numRuns: 40, seed: 7 },
  );
});
