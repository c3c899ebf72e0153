/**
 * What a channel is called, looks like and does with its messages: of each field the last word of
 * somebody who had the right. docs/protocol/messages.md, [MO18].
 */
import { KINDS } from "../entry/kinds.ts";
import type { MetaBody } from "../entry/meta-body.ts";
import type { Judge } from "./judge.ts";
import type { Said } from "./said.ts";
import { type Kept, laterOf, stampOf } from "./stamp.ts";

/** Null: nobody said anything yet. */
export type ChannelMeta = {
  readonly [Field in keyof MetaBody]: Kept<NonNullable<MetaBody[Field]>> | null;
};

export type KeptTimer = NonNullable<ChannelMeta["timer"]>;

export const NO_META: ChannelMeta = {
  title: null,
  topic: null,
  picture: null,
  history: null,
  timer: null,
};

/** Commutative, associative, idempotent. */
export const mergedMeta = (a: ChannelMeta, b: ChannelMeta): ChannelMeta => ({
  title: laterOf(a.title, b.title),
  topic: laterOf(a.topic, b.topic),
  picture: laterOf(a.picture, b.picture),
  history: laterOf(a.history, b.history),
  timer: laterOf(a.timer, b.timer),
});

/** `before` itself when the entry changes nothing. */
export function withMeta(before: ChannelMeta, said: Said, judge: Judge): ChannelMeta {
  const { body, kind } = said;
  if (kind !== KINDS.meta.number || body?.type !== "meta") return before;
  if (!judge.accepts(said) || !judge.describes(said)) return before;
  const stamp = stampOf(said.place, said.ref);
  const kept = <Value>(value: Value | null): Kept<Value> | null =>
    value === null ? null : { stamp, value };
  return mergedMeta(before, {
    title: kept(body.title),
    topic: kept(body.topic),
    picture: kept(body.picture),
    history: kept(body.history),
    timer: kept(body.timer),
  });
}
