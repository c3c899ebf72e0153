/** People who say things, without keys or relays: entries as `fileEntry` and its like get them. */
import { type Hex, toHex } from "../../../crypto/base/hex.ts";
import type { Bodies, Body, BodyType } from "../../../sync/entry/bodies.ts";
import type { EntryRef } from "../../../sync/entry/entry-ref.ts";
import { KINDS } from "../../../sync/entry/kinds.ts";
import type { Content } from "../../../sync/entry/message-body.ts";
import { plainMessage } from "../../../sync/entry/plain-message.ts";
import { tieOf } from "../../../sync/log/order.ts";
import type { Said } from "../../../sync/thread/said.ts";
import { filled } from "../entry/signed-entry.ts";

export const CHANNEL: Hex = toHex(filled(16, 0xc0));
export const ACCOUNT_CHANNEL: Hex = toHex(filled(16, 0xac));

export type Speaker = { readonly account: Hex; readonly log: Uint8Array };

/** A device of an account, by two small numbers. */
export const speaker = (account: number, device = 1): Speaker => ({
  account: toHex(filled(32, account)),
  log: filled(16, account * 16 + device),
});

export const ada: Speaker = speaker(1);
export const adasPhone: Speaker = speaker(1, 2);
export const bea: Speaker = speaker(2);
export const cy: Speaker = speaker(3);

type Where = { readonly channel?: Hex; readonly hEff?: number; readonly id?: number };

/** The id follows from log and number, unless it is given: no two entries have the same. */
export function say<T extends BodyType>(
  { account, log }: Speaker,
  seq: number,
  type: T,
  body: Bodies[T],
  { channel = CHANNEL, hEff = seq * 10, id = 0 }: Where = {},
): Said {
  const bytes = filled(16, log[0] ?? 0);
  new DataView(bytes.buffer).setUint32(4, seq);
  bytes[15] = id;
  return {
    ref: { log, seq, id: bytes },
    account,
    auth: [],
    place: { hEff, tie: tieOf(log), seq },
    channel,
    kind: KINDS[type].number,
    body: { type, ...body } as Body,
  };
}

export const message = (who: Speaker, seq: number, text = "hi", where: Where = {}): Said =>
  say(who, seq, "message", plainMessage(text), where);

export const words = (text: string): Content => ({ text, mentions: [], whole: null });

export const edit = (who: Speaker, seq: number, of: Said, text: string, where: Where = {}): Said =>
  say(who, seq, "edit", { target: of.ref, ...words(text) }, where);

export const react = (
  who: Speaker,
  seq: number,
  to: Said,
  emoji: string,
  on = true,
  where: Where = {},
): Said => say(who, seq, "reaction", { target: to.ref, emoji, on }, where);

export const remove = (who: Speaker, seq: number, it: Said, where: Where = {}): Said =>
  say(who, seq, "delete", { target: it.ref }, where);

export const pin = (who: Speaker, seq: number, it: Said, on = true, where: Where = {}): Said =>
  say(who, seq, "pin", { target: it.ref, on }, where);

const noted = { channel: ACCOUNT_CHANNEL };
const channelOf = (it: Said): Uint8Array => Uint8Array.from(Buffer.from(it.channel, "hex"));

export const star = (who: Speaker, seq: number, it: Said, on = true): Said =>
  say(who, seq, "mark", { channel: channelOf(it), what: "star", target: it.ref, on }, noted);

export const hide = (who: Speaker, seq: number, it: Said): Said =>
  say(who, seq, "mark", { channel: channelOf(it), what: "hide", target: it.ref }, noted);

export const sameEntry = (ref: EntryRef, id: number): EntryRef => {
  const other = ref.id.slice();
  other[15] = id;
  return { ...ref, id: other };
};
