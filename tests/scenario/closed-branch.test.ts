/**
 * A device that was put out said two things in one place. Which of them counts is what its account closed the log
 * with, on every device alike, whatever came first.
 */
import fc from "fast-check";
import { expect, test } from "vitest";

import { toHex } from "../../crypto/base/hex.ts";
import { channelOf } from "../../sync/channel/channels.ts";
import { closedLast } from "../../sync/devices/branch.ts";
import { encodeBody, encodeMessage } from "../../sync/entry/bodies.ts";
import { refOf } from "../../sync/entry/entry-ref.ts";
import { decodeEntry, type Entry } from "../../sync/entry/entry.ts";
import { KINDS } from "../../sync/entry/kinds.ts";
import { rosterOf } from "../../sync/group/rosters.ts";
import { takeSupplied } from "../../sync/group/take-welcome.ts";
import { takeForkProof } from "../../sync/heal/forks.ts";
import { encodeRosterBody, ROSTER_KINDS } from "../../sync/roster/ops.ts";
import { type Arrival, contextOf, factsOf, supplied } from "./arrivals.ts";
import { add, groupOf, makeGroup, members, rosterRow, tell } from "./group-talk.ts";
import { entriesOf } from "./hostile-entries.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { deviceOf } from "./three-devices.ts";
import { MINUTE_MS, SECOND_MS, type World, world } from "./world.ts";

const NAMES = ["phone", "laptop", "bob", "carol"] as const;
type Four = World<(typeof NAMES)[number]>;

type Story = {
  readonly w: Four;
  /** What the laptop said before. */
  readonly one: Uint8Array;
  /** Of the laptop, from the fork on: what the phone closed its log with, and what it signed beside that. */
  readonly stood: readonly Uint8Array[];
  readonly forged: readonly Uint8Array[];
  /** Carol's device is asleep: as it was before any of that. */
  readonly putBack: () => void;
  readonly closing: Uint8Array;
};

const coreOf = (bytes: Uint8Array): Entry["core"] => {
  const entry = decodeEntry(bytes);
  if (!entry.ok) throw new Error("an entry");
  return entry.value.core;
};

async function removalOf(by: Person, whom: Person): Promise<{ kind: number; body: Uint8Array }> {
  const c = await groupOf(by);
  const heads = await by.change(async (tx) => (await rosterOf(tx, c)).heads);
  const act = { type: "remove", account: await whom.account(), cut: [] } as const;
  return { kind: ROSTER_KINDS.remove, body: encodeRosterBody({ heads, act }) };
}

async function story(): Promise<Story> {
  const w = await world(NAMES);
  const { phone, laptop, bob, carol, pass, outcome, befriend } = w;
  await befriend(phone, bob);
  await befriend(phone, carol);
  await linked(phone, laptop);
  await pass(MINUTE_MS);
  await makeGroup(phone, [carol]);
  await pass(30 * SECOND_MS);
  await add(phone, bob);
  await tell(laptop, "one");
  await tell(carol, "carol is in");
  await pass(30 * SECOND_MS);
  await carol.sleep();
  const putBack = carol.backUp();
  const c = await groupOf(laptop);
  const mine = (await laptop.rows("logs")).find((it) => it.own && it.c === c);
  const one = (await laptop.rows("entries")).findLast((it) => it.c === c && it.a === mine?.a);
  if (one === undefined || mine === undefined) throw new Error("a word");
  const ref = refOf(Uint8Array.from(Buffer.from(mine.log, "hex")), one.s, one.hash);
  const content = { text: "one, and not what it was", mentions: [], whole: null };
  const forged = await entriesOf(laptop, [
    { kind: KINDS.message.number, body: encodeMessage({ text: "never" }) },
    await removalOf(laptop, bob),
    { kind: KINDS.edit.number, body: encodeBody("edit", { target: ref, ...content }) },
    { kind: KINDS.message.number, body: encodeMessage({ text: "nor this" }) },
    { kind: KINDS.delete.number, body: encodeBody("delete", { target: ref }) },
  ]);
  await tell(laptop, "two");
  const raised = await laptop.device.groups.setRole(c, await bob.account(), "admin");
  expect(raised).toMatchObject({ ok: true });
  expect(await laptop.device.groups.describe(c, { title: "Den" })).toMatchObject({ ok: true });
  await tell(laptop, "five");
  await pass(30 * SECOND_MS);
  laptop.disconnect();
  const revoked = await outcome(phone.device.devices.revoke(await deviceOf(laptop), []));
  expect(revoked).toMatchObject({ ok: true });
  await pass(MINUTE_MS);
  const rows = (await phone.rows("entries")).filter((it) => it.c === 0 || it.kind > 0);
  const logOf = (bytes: Uint8Array): string => toHex(coreOf(bytes).log);
  const stood = rows
    .filter((it) => logOf(it.bytes) === mine.log && it.s > one.s)
    .map((it) => it.bytes);
  const closing = rows.findLast(
    (it) =>
      it.kind === KINDS.logClose.number &&
      toHex(coreOf(it.bytes).channel) === toHex(coreOf(one.bytes).channel),
  )?.bytes;
  if (closing === undefined) throw new Error("a closing");
  expect(stood).toHaveLength(4);
  return { w, one: one.bytes, stood, forged, putBack, closing };
}

/** All that may come to somebody, in the order in which it happened. */
async function arrivalsOf({ w, stood, forged, closing }: Story): Promise<readonly Arrival[]> {
  const [first = closing, second = closing] = [stood[0], forged[0]];
  return [
    ...stood.map(supplied),
    ...forged.map(supplied),
    supplied(closing),
    await factsOf(w.phone),
    async (tx, context, c) => {
      const channel = await channelOf(tx, c);
      if (channel !== undefined) await takeForkProof(tx, context, channel, { first, second });
    },
  ];
}

/** What the laptop has said, as Carol sees it, and what came of it. */
async function seenBy({ w, stood }: Story): Promise<unknown> {
  const { carol } = w;
  const [first] = stood;
  const log = first === undefined ? "" : toHex(coreOf(first).log);
  const a = (await carol.rows("logs")).find((it) => it.log === log)?.a;
  const rows = (await carol.rows("entries")).filter((it) => it.a === a);
  const last = (await carol.rows("meta")).find((it) => it.k === "closedLogs")?.v;
  const end = (last as Readonly<Record<string, { seq: number }>>)[log]?.seq ?? 0;
  const edited = (await carol.rows("aggregates")).filter(
    (it) => it.a === a && it.aggregate.versions.length > 0,
  );
  return {
    said: rows
      .filter((it) => it.s <= end)
      .map(({ s, text, counts, shown }) => [s, text, counts, shown]),
    behind: rows.some((it) => it.s > end && it.counts !== "no"),
    edited: edited.map(({ s }) => s),
    members: await members(carol, [w.phone, w.bob, carol]),
    words: rows.filter(({ s }) => s <= end).map(({ bytes }) => toHex(bytes)),
    title: (await rosterRow(carol)).title,
    unread: (await carol.rows("channels")).map((it) => it.unread),
  };
}

async function lived(from: Story, arrivals: readonly Arrival[]): Promise<unknown> {
  const { carol } = from.w;
  from.putBack();
  const context = await contextOf(carol);
  const c = await groupOf(carol);
  await carol.change(async (tx) => {
    for (const arrive of arrivals) await arrive(tx, context, c);
    // Whoever has it supplies what is missing.
    for (let round = 0; round < 4; round += 1) {
      for (const bytes of await closedLast(tx, [from.one, ...from.stood, ...from.forged])) {
        await takeSupplied(tx, context, c, bytes);
      }
    }
  });
  return seenBy(from);
}

test("[OD18] what a closing names is what counts, in whatever order anything is heard of", async () => {
  const it = await story();
  const arrivals = await arrivalsOf(it);
  const calm = await lived(it, arrivals);
  expect(calm).toMatchObject({
    behind: false,
    edited: [],
    members: ["bob admin", "carol member", "phone owner"],
    title: "Den",
  });
  const { said } = calm as { readonly said: readonly (readonly unknown[])[] };
  expect(said.slice(-4).map(([, text, counts, shown]) => [text, counts, shown])).toEqual(
    ["two", "", "", "five"].map((text) => [text, undefined, 1]),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([...arrivals], { minLength: arrivals.length }),
      async (order) => {
        expect(await lived(it, order)).toEqual(calm);
      },
    ),
    { numRuns: 40, seed: 7 },
  );
});
