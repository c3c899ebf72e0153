import fc from "fast-check";
import { expect, test } from "vitest";

import { refOf } from "../../../sync/entry/entry-ref.ts";
import {
  type Aggregate,
  aggregateOf,
  counts,
  merged,
  REACTIONS_MAX,
  REACTIONS_PER_ACCOUNT_MAX,
  VERSIONS_MAX,
  withOps,
} from "../../../sync/thread/aggregate.ts";
import { EQUALS, type Judge } from "../../../sync/thread/judge.ts";
import { type Op, opOf, type Said } from "../../../sync/thread/said.ts";
import { UNTOUCHED } from "../../../sync/thread/untouched.ts";
import { filled } from "../entry/signed-entry.ts";
import { talks } from "./any-talk.ts";
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
  sameEntry,
  say,
  type Speaker,
  speaker,
  star,
  words,
} from "./talk.ts";

const IT = message(ada, 1);

function op(said: Said): Op {
  const is = opOf(said, ACCOUNT_CHANNEL);
  if (is === undefined) throw new Error("that is no op");
  return is;
}

const of = (...said: readonly Said[]): Aggregate => withOps(UNTOUCHED, IT, said.map(op), EQUALS);

/** Three parts of one conversation, which may overlap: equal stamps are of one entry. */
const aggregates: fc.Arbitrary<readonly [Aggregate, Aggregate, Aggregate]> = talks.chain((talk) => {
  const parts = talk.flatMap((said) => opOf(said, ACCOUNT_CHANNEL) ?? []).map(aggregateOf);
  const part = fc.subarray(parts).map((list) => list.reduce(merged, UNTOUCHED));
  return fc.tuple(part, part, part);
});

test("[MO11] merging is commutative, associative and idempotent", () => {
  fc.assert(
    fc.property(aggregates, ([a, b, c]) => {
      expect(merged(a, b)).toEqual(merged(b, a));
      expect(merged(merged(a, b), c)).toEqual(merged(a, merged(b, c)));
      expect(merged(a, a)).toBe(a);
      expect(merged(merged(a, b), b)).toEqual(merged(a, b));
      expect(merged(a, UNTOUCHED)).toBe(a);
      expect(merged(UNTOUCHED, a)).toEqual(a);
    }),
    { numRuns: 500 },
  );
});

/** So many reactions and edits that every bound is reached, at few moments in time. */
const crowded: fc.Arbitrary<readonly Aggregate[]> = fc
  .array(
    fc.record({
      who: fc.integer({ min: 1, max: 3 }),
      hEff: fc.integer({ min: 1, max: 60 }),
      face: fc.nat(30),
      isEdit: fc.boolean(),
    }),
    { minLength: 250, maxLength: 300 },
  )
  .map((list) =>
    list.map(({ who, hEff, face, isEdit }, i) =>
      aggregateOf(
        op(
          isEdit
            ? edit(ada, i + 2, IT, `${i}`, { hEff })
            : react(speaker(who), i + 2, IT, String.fromCodePoint(0x1f600 + face), true, { hEff }),
        ),
      ),
    ),
  );

test("[MO12] the bounds keep the same whatever comes first", () => {
  fc.assert(
    fc.property(
      // Without a bias: where all is alike no bound is reached.
      fc.noBias(
        crowded.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray([...list], { minLength: list.length })),
        ),
      ),
      ([list, order]) => {
        const all = list.reduce(merged, UNTOUCHED);
        const half = Math.floor(order.length / 2);
        const [x, y] = [order.slice(0, half), order.slice(half)].map((it) =>
          it.reduce(merged, UNTOUCHED),
        );
        expect(all.versions.length).toBe(VERSIONS_MAX);
        expect(all.reactions.length).toBe(3 * REACTIONS_PER_ACCOUNT_MAX);
        expect(order.reduce(merged, UNTOUCHED)).toEqual(all);
        expect(merged(x ?? UNTOUCHED, y ?? UNTOUCHED)).toEqual(all);
      },
    ),
    { numRuns: 10 },
  );
});

test("[MO12] a message has at most 4,096 reactions, the latest", () => {
  const crowd = Array.from({ length: 400 }, (_, i) =>
    Array.from({ length: 12 }, (_skipped, k): Aggregate => {
      const stamp = { hEff: i * 12 + k, tie: 1, seq: 1, id: "" };
      const account = `${i}`;
      return { ...UNTOUCHED, reactions: [{ account, emoji: `${k}`, on: true, stamp }] };
    }),
  ).flat();
  const halves = (list: readonly Aggregate[]): Aggregate =>
    list.length <= 1
      ? (list[0] ?? UNTOUCHED)
      : merged(halves(list.slice(0, list.length / 2)), halves(list.slice(list.length / 2)));
  const { reactions } = halves(crowd);
  expect(reactions).toHaveLength(REACTIONS_MAX);
  expect(reactions.at(-1)?.stamp.hEff).toBe(400 * 12 - REACTIONS_MAX);
});

test("[MO6] the latest edit says what the message says, and every version stays in sight", () => {
  const is = of(
    edit(ada, 2, IT, "second", { hEff: 20 }),
    edit(adasPhone, 3, IT, "third", { hEff: 30 }),
    edit(ada, 4, IT, "first", { hEff: 10 }),
  );
  expect(is.content).toEqual(words("third"));
  expect(is.versions.map(({ stamp, log }) => [stamp.seq, log])).toEqual([
    [3, adasPhone.log],
    [2, ada.log],
    [4, ada.log],
  ]);
});

test("[MO1] what was said in one moment is ordered by tie, number and id", () => {
  const at = { hEff: 20 };
  expect(of(edit(ada, 9, IT, "a", at), edit(adasPhone, 2, IT, "b", at)).content?.text).toBe("b");
  expect(of(edit(ada, 9, IT, "later", at), edit(ada, 2, IT, "b", at)).content?.text).toBe("later");
  const forks = [edit(ada, 9, IT, "x", { ...at, id: 1 }), edit(ada, 9, IT, "y", { ...at, id: 2 })];
  expect(of(...forks).content?.text).toBe("y");
  expect(of(...forks.toReversed()).content?.text).toBe("y");
});

test("[MO7] of an account and an emoji the last word holds, from whichever device", () => {
  const is = of(
    react(bea, 2, IT, "👍", true, { hEff: 20 }),
    react(ada, 2, IT, "👍", true, { hEff: 21 }),
    react(adasPhone, 2, IT, "👍", false, { hEff: 22 }),
    react(ada, 3, IT, "🎉", true, { hEff: 23 }),
  );
  expect(is.reactions.map(({ account, emoji, on }) => [account, emoji, on])).toEqual([
    [ada.account, "🎉", true],
    [ada.account, "👍", false],
    [bea.account, "👍", true],
  ]);
});

test("[MO8] a deletion is final, and who was first is remembered", () => {
  const [first, second] = [
    remove(ada, 5, IT, { hEff: 20 }),
    remove(adasPhone, 5, IT, { hEff: 30 }),
  ];
  const is = of(
    second,
    edit(ada, 9, IT, "no", { hEff: 90 }),
    first,
    pin(bea, 3, IT),
    star(ada, 4, IT),
  );
  expect(is).toEqual({ ...UNTOUCHED, deleted: { value: ada.account, stamp: expect.anything() } });
  expect(is.deleted?.stamp.hEff).toBe(20);
});

test("[MO9] of pins the last word holds, whoever's", () => {
  const [on, off] = [pin(ada, 2, IT, true, { hEff: 20 }), pin(bea, 2, IT, false, { hEff: 21 })];
  expect(of(on).pin?.value).toBe(true);
  expect(of(off, on).pin?.value).toBe(false);
});

test("[MO10] a star can be taken back, deleting for me can not", () => {
  expect(of(star(ada, 2, IT), star(adasPhone, 3, IT, false)).star?.value).toBe(false);
  expect(of(hide(ada, 2, IT), star(ada, 9, IT), edit(ada, 10, IT, "x"))).toEqual({
    ...UNTOUCHED,
    hidden: true,
  });
});

const admin: Judge = { ...EQUALS, deletes: ({ account }, author) => account < author };
const NOBODY: Judge = {
  ...EQUALS,
  pins: () => false,
  accepts: ({ account }) => account !== cy.account,
};

test.each<[string, Said, Said, Judge, boolean]>([
  ["[MO2] an edit of another device of the author", edit(adasPhone, 2, IT, "x"), IT, EQUALS, true],
  ["[MO2] an edit of somebody else", edit(bea, 2, IT, "x"), IT, EQUALS, false],
  ["[MO2] a deletion by another device", remove(adasPhone, 2, IT), IT, EQUALS, true],
  ["[MO5] a deletion by somebody else", remove(bea, 2, IT), IT, EQUALS, false],
  ["[MO5] one by somebody above", remove(ada, 2, message(bea, 1)), message(bea, 1), admin, true],
  ["[MO5] one by somebody below", remove(bea, 2, IT), IT, admin, false],
  [
    "[MO5] an edit by somebody above",
    edit(ada, 2, message(bea, 1), "x"),
    message(bea, 1),
    admin,
    false,
  ],
  ["[MO5] a pin where all may", pin(bea, 2, IT), IT, EQUALS, true],
  ["[MO5] a pin where none may", pin(bea, 2, IT), IT, NOBODY, false],
  ["[MO5] a word after the cut", react(cy, 2, IT, "👍"), IT, NOBODY, false],
  ["[MO5] a deletion after the cut", remove(cy, 2, message(cy, 1)), message(cy, 1), NOBODY, false],
  [
    "[MO3] a word from another channel",
    edit(ada, 2, IT, "x", { channel: "0f".repeat(16) }),
    IT,
    EQUALS,
    false,
  ],
  [
    "[MO3] a star for another channel",
    star(ada, 2, { ...IT, channel: "0f".repeat(16) }),
    IT,
    EQUALS,
    false,
  ],
  [
    "[MO3] a word about a fork",
    edit(ada, 2, { ...IT, ref: sameEntry(IT.ref, 9) }, "x"),
    IT,
    EQUALS,
    false,
  ],
  [
    "[MO3] a word about a word",
    edit(ada, 3, edit(ada, 2, IT, "x"), "y"),
    edit(ada, 2, IT, "x"),
    EQUALS,
    false,
  ],
  [
    "[MO3] a word about an erased message",
    edit(ada, 2, IT, "x"),
    { ...IT, body: null },
    EQUALS,
    true,
  ],
])("%s counts or not", (_, said, target, judge, expected) => {
  expect(counts(op(said), target, judge)).toBe(expected);
});

test("[MO4] marks count in the account channel alone, and nothing else does there", () => {
  const there = { channel: ACCOUNT_CHANNEL };
  const targetOf = (said: Said): unknown => opOf(said, ACCOUNT_CHANNEL)?.channel;
  expect(targetOf(star(ada, 2, IT))).toBe(IT.channel);
  expect(targetOf({ ...star(bea, 2, IT), channel: IT.channel })).toBeUndefined();
  expect(targetOf(edit(ada, 2, IT, "x", there))).toBeUndefined();
  expect(targetOf(remove(ada, 2, IT, there))).toBeUndefined();
  const mute = { channel: filled(16, 1), what: "mute", untilMs: 1, level: 0 } as const;
  expect(targetOf(say(ada, 2, "mark", mute, there))).toBeUndefined();
  expect(targetOf(IT)).toBeUndefined();
  expect(targetOf({ ...edit(ada, 2, IT, "x"), body: null })).toBeUndefined();
});

test("[MO5] between two nobody deletes what the other wrote", () => {
  const who = (by: Speaker): Op => op(remove(by, 2, IT));
  expect(EQUALS.deletes(who(bea), ada.account)).toBe(false);
  expect([EQUALS.accepts, EQUALS.pins, EQUALS.describes].map((may) => may(who(bea)))).toEqual([
    true,
    true,
    true,
  ]);
});

test("[MO12] ten thousand ops on one message are worked out at once", () => {
  const crowd = Array.from({ length: 8_192 }, (_, i) =>
    op(react(speaker(1 + (i % 15)), i + 2, IT, String.fromCodePoint(0x1f600 + (i % 64)))),
  );
  const is = withOps(UNTOUCHED, IT, crowd, EQUALS);
  expect(is.reactions).toHaveLength(15 * REACTIONS_PER_ACCOUNT_MAX);
  expect(is.reactions[0]?.stamp.seq).toBe(8_193);
  expect(refOf(IT.ref.log, 1, filled(32, 1)).id).toHaveLength(16);
});
