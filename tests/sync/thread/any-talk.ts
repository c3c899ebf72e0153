/**
 * Conversations as arbitrary values: a few messages and whatever three accounts on four devices say
 * about them, right or wrong, with ties in time, forks, and targets that are not there.
 */
import fc from "fast-check";

import type { Said } from "../../../sync/thread/said.ts";
import {
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
  type Speaker,
  star,
} from "./talk.ts";

const SPEAKERS: readonly Speaker[] = [ada, adasPhone, bea, cy];
const MESSAGES: readonly Said[] = [message(ada, 1), message(bea, 1), message(cy, 1)];
/** Of another entry under Ada's number 1: a fork that we do not hold. */
const FORKED: Said = { ...message(ada, 1), ref: sameEntry(message(ada, 1).ref, 9) };
const NEVER = message(bea, 999);

type Wish = {
  readonly by: number;
  readonly on: number;
  readonly what: number;
  readonly emoji: string;
  readonly isOn: boolean;
  readonly hEff: number;
  readonly otherChannel: boolean;
};

const wishes: fc.Arbitrary<Wish> = fc.record({
  by: fc.nat(SPEAKERS.length - 1),
  on: fc.nat(MESSAGES.length + 1),
  what: fc.nat(11),
  emoji: fc.constantFrom("👍", "🎉", "😀"),
  isOn: fc.boolean(),
  hEff: fc.integer({ min: 20, max: 26 }),
  otherChannel: fc.nat(9).map((it) => it === 0),
});

const TARGETS: readonly Said[] = [...MESSAGES, FORKED, NEVER];
const OTHER = "0f".repeat(16);

function fulfilled(wish: Wish, seq: number): Said | undefined {
  const who = SPEAKERS[wish.by];
  const it = TARGETS[wish.on];
  if (who === undefined || it === undefined) return undefined;
  const where = { hEff: wish.hEff, ...(wish.otherChannel ? { channel: OTHER } : {}) };
  if (wish.what < 3) return edit(who, seq, it, `edit ${seq}`, where);
  if (wish.what < 7) return react(who, seq, it, wish.emoji, wish.isOn, where);
  if (wish.what === 7) return remove(who, seq, it, where);
  if (wish.what === 8) return pin(who, seq, it, wish.isOn, where);
  // Ada's device is the one that looks: only her account writes in its account channel.
  if (wish.what === 9) return hide(ada, seq, it);
  return star(wish.what === 10 ? ada : adasPhone, seq, it, wish.isOn);
}

/** In the order of their writing. */
export const talks: fc.Arbitrary<readonly Said[]> = fc
  .array(wishes, { minLength: 1, maxLength: 24 })
  .map((list) => [...MESSAGES, ...list.flatMap((wish, i) => fulfilled(wish, i + 2) ?? [])]);

/** The same entries in another order, some of them twice. */
export const arrivals = (talk: readonly Said[]): fc.Arbitrary<readonly Said[]> =>
  fc
    .tuple(
      fc.shuffledSubarray([...talk], { minLength: talk.length, maxLength: talk.length }),
      fc.subarray([...talk]),
    )
    .map(([all, again]) => [...all, ...again]);
