import fc from "fast-check";
import { expect, test } from "vitest";

import { refKey } from "../../../sync/entry/entry-ref.ts";
import { type Aggregate, isGone } from "../../../sync/thread/aggregate.ts";
import { OPS_READ_MAX, refile, type Reader } from "../../../sync/thread/file-entry.ts";
import { EQUALS, type Judge } from "../../../sync/thread/judge.ts";
import { opOf, type Said, targetKeyOf } from "../../../sync/thread/said.ts";
import { arrivals, talks } from "./any-talk.ts";
import { type MemoryThread, openMemoryThread } from "./memory-thread.ts";
import {
  ACCOUNT_CHANNEL,
  ada,
  adasPhone,
  bea,
  cy,
  edit,
  hide,
  message,
  pin,
  react,
  remove,
  speaker,
  star,
} from "./talk.ts";

/** Bea is an admin who outranks everybody but herself; Cy was cut off after number 20. */
const GROUP: Judge = {
  accepts: ({ account, ref }) => account !== cy.account || ref.seq <= 20,
  deletes: ({ account }) => account === bea.account,
  pins: ({ account }) => account !== cy.account,
  describes: ({ account }) => account === bea.account,
};
const READER: Reader = { judge: GROUP, accountChannel: ACCOUNT_CHANNEL };
const EQUAL: Reader = { judge: EQUALS, accountChannel: ACCOUNT_CHANNEL };

async function after(talk: readonly Said[], reader = READER): Promise<MemoryThread> {
  const thread = openMemoryThread(reader);
  for (const said of talk) await thread.take(said);
  return thread;
}

const aggregateIn = (thread: MemoryThread, it: Said): Aggregate | undefined =>
  thread.aggregates.get(refKey(it.ref));

test("[MO14] whatever the order of arrival, every device ends with the same", async () => {
  let gone = 0;
  await fc.assert(
    fc.asyncProperty(
      talks.chain((talk) => fc.tuple(fc.constant(talk), arrivals(talk))),
      async ([talk, order]) => {
        const [here, there] = [await after(talk), await after(order)];
        expect(there.aggregates).toEqual(here.aggregates);
        expect(there.erased).toEqual(here.erased);
        gone += [...here.aggregates.values()].filter(isGone).length;
      },
    ),
    { numRuns: 400 },
  );
  expect(gone).toBeGreaterThan(50);
});

test("[MO14] filing an entry a second time changes nothing", async () => {
  await fc.assert(
    fc.asyncProperty(talks, async (talk) => {
      const thread = await after(talk);
      const before = new Map(thread.aggregates);
      for (const said of talk) {
        const held = await thread.said(said.ref);
        if (held?.body !== null) await refile(thread, READER, said);
      }
      expect(thread.aggregates).toEqual(before);
    }),
  );
});

test("[MO13] what is said about a message that is not here waits, and counts when it comes", async () => {
  const it = message(ada, 1);
  const thread = openMemoryThread(EQUAL);
  expect(await thread.take(react(bea, 2, it, "👍"))).toBeUndefined();
  expect(await thread.take(edit(adasPhone, 3, it, "better"))).toBeUndefined();
  expect(thread.aggregates.size).toBe(0);
  const change = await thread.take(it);
  expect(change?.after).toMatchObject({
    content: { text: "better" },
    reactions: [{ emoji: "👍" }],
  });
});

test("[MO13] a message that nothing was said about has no aggregate", async () => {
  const thread = await after([message(ada, 1), message(bea, 1)]);
  expect(thread.aggregates.size).toBe(0);
});

test("[MO15] a deletion erases the message, its edits and its reactions, and itself stays", async () => {
  const it = message(ada, 1);
  const [better, liked, pinned] = [edit(ada, 2, it, "b"), react(bea, 2, it, "👍"), pin(bea, 3, it)];
  const thread = await after([it, better, liked, pinned, remove(ada, 4, it)], EQUAL);
  const erased = [it, better, liked].map(({ ref }) => refKey(ref));
  expect([...thread.erased].toSorted()).toEqual(erased.toSorted());
  expect((await thread.said(better.ref))?.body).toBeNull();
  expect(aggregateIn(thread, it)).toMatchObject({
    deleted: { value: ada.account },
    versions: [],
    content: null,
    reactions: [],
    pin: null,
  });
});

test("[MO15] an edit or a reaction that comes after the deletion is erased as well", async () => {
  const it = message(ada, 1);
  const thread = await after([it, remove(ada, 4, it)], EQUAL);
  const late = [edit(ada, 2, it, "b", { hEff: 1_000 }), react(bea, 2, it, "👍", true)];
  for (const said of late) {
    expect(await thread.take(said)).toBeUndefined();
    expect(thread.erased.has(refKey(said.ref))).toBe(true);
  }
});

test("[MO15] what does not count is not erased with the message: it says nothing of it", async () => {
  const it = message(ada, 1);
  const foreign = edit(bea, 2, it, "never hers");
  const thread = await after([it, foreign, remove(ada, 4, it)], EQUAL);
  expect(thread.erased.has(refKey(foreign.ref))).toBe(false);
});

test("[MO15] to delete for me erases here, and what others get to see stays", async () => {
  const it = message(bea, 1);
  const liked = react(cy, 2, it, "👍");
  const [mine, theirs] = [
    await after([it, liked, hide(ada, 3, it)], EQUAL),
    await after([it, liked], EQUAL),
  ];
  expect(aggregateIn(mine, it)).toMatchObject({ hidden: true, deleted: null, reactions: [] });
  expect(mine.erased.size).toBe(2);
  expect(aggregateIn(theirs, it)).toMatchObject({ hidden: false, reactions: [{ emoji: "👍" }] });
});

test("[MO17] when the roster changed, what counts is worked out anew", async () => {
  const it = message(ada, 1);
  const talk = [it, react(cy, 5, it, "🎉"), react(cy, 30, it, "🎉", false), pin(cy, 6, it)];
  const thread = await after(talk, EQUAL);
  expect(aggregateIn(thread, it)).toMatchObject({
    reactions: [{ on: false }],
    pin: { value: true },
  });
  const change = await refile(thread, READER, it);
  expect(change?.after).toEqual(aggregateIn(thread, it));
  expect(aggregateIn(thread, it)).toMatchObject({ reactions: [{ on: true }], pin: null });
});

test("[MO17] words that were erased by a deletion that is void now can be shown when they are back", async () => {
  const it = message(ada, 1);
  const thread = await after([it, remove(bea, 4, it)], READER);
  expect(thread.erased.size).toBe(1);
  await refile(thread, EQUAL, it);
  expect(aggregateIn(thread, it)).toMatchObject({ deleted: null });
  expect((await thread.said(it.ref))?.body).toBeNull();
});

test("[MO16] of a pile of ops on a message that comes late, deletions and edits are read first", async () => {
  const it = message(ada, 1);
  const better = edit(ada, 2, it, "better");
  const thread = openMemoryThread(EQUAL);
  await thread.take(better);
  const crowd = Array.from({ length: OPS_READ_MAX + 10 }, (_, i) =>
    react(speaker(4 + (i % 8)), i + 10, it, "👍", i % 3 > 0),
  );
  for (const said of crowd) await thread.take(said);
  const ops = await thread.opsOn(it.ref, OPS_READ_MAX);
  expect(ops).toHaveLength(OPS_READ_MAX);
  expect(ops[0]?.deed.type).toBe("edit");
  await thread.take(it);
  expect(aggregateIn(thread, it)).toMatchObject({ content: { text: "better" } });
  expect(aggregateIn(thread, it)?.reactions).toHaveLength(8);
});

test("[MO16] the key of an op leads to its target: tie, number, and what may not be left out first", () => {
  const it = message(ada, 7);
  const keyOf = (said: Said): unknown => {
    const op = opOf(said, ACCOUNT_CHANNEL);
    return op && targetKeyOf(op);
  };
  const { tie: tb, seq: ts } = it.place;
  expect(keyOf(remove(bea, 1, it))).toEqual({ tb, ts, rank: 2 });
  expect(keyOf(hide(ada, 1, it))).toEqual({ tb, ts, rank: 2 });
  expect(keyOf(edit(ada, 1, it, "b"))).toEqual({ tb, ts, rank: 1 });
  for (const said of [react(bea, 1, it, "👍"), pin(bea, 1, it), star(ada, 1, it)]) {
    expect(keyOf(said)).toEqual({ tb, ts, rank: 0 });
  }
});
