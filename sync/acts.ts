/**
 * What a person does with a message that is here: each act is one entry, checked against what the
 * message is now and written in one transaction. What it comes to says docs/protocol/messages.md; the
 * rules of the commands are [AC1] to [AC5] of docs/protocol/sync.md.
 */
import { toHex } from "../crypto/base/hex.ts";
import { err, ok, type Result } from "../crypto/base/result.ts";
import type { Self } from "./account/self.ts";
import { append, APPEND_TABLES, type Words } from "./channel/append.ts";
import {
  bytesOf,
  type Channel,
  channelOf,
  logsOf,
  openAccountChannel,
} from "./channel/channels.ts";
import { addresseesOf } from "./channel/members.ts";
import { aggregateAt } from "./channel/take-in.ts";
import { entryOf } from "./channel/thread-rows.ts";
import { type GivenMentions, givenMentions } from "./chats/given-mentions.ts";
import type { CommandDeps } from "./command-deps.ts";
import { isInAccount } from "./contact/contacts.ts";
import { isEmoji } from "./entry/emoji.ts";
import { type EntryRef, refOf } from "./entry/entry-ref.ts";
import { KINDS } from "./entry/kinds.ts";
import { parsePublicId } from "./entry/public-id.ts";
import { rosterOf } from "./group/rosters.ts";
import { putOwnBlob } from "./media/media-rows.ts";
import { type OwnBlob, ownBlobOf } from "./media/own-blob.ts";
import type { ActError, TargetError } from "./refusals.ts";
import { may } from "./roster/may.ts";
import type { EntryRow } from "./store/rows.ts";
import type { ReadTx } from "./store/store.ts";
import { type Aggregate, isGone } from "./thread/aggregate.ts";
import { checkLongText } from "./thread/long-text.ts";
import { messageOf } from "./thread/rows.ts";

/** Each settles when it is durable, and answers ok when it is so already. */
export type Acts = {
  /** `id` is a public id, in all of them. Only one's own messages. */
  readonly edit: (
    c: number,
    id: string,
    text: string,
    extras?: { readonly mentions?: GivenMentions | undefined },
  ) => Promise<Result<void, ActError>>;
  /** `on`: false takes it back. */
  readonly react: (
    c: number,
    id: string,
    emoji: string,
    on: boolean,
  ) => Promise<Result<void, ActError>>;
  /** One's own messages, in a group also those of whom one outranks; there is no way back. */
  readonly deleteForAll: (c: number, id: string) => Promise<Result<void, ActError>>;
  /** For everybody in the chat. */
  readonly pin: (c: number, id: string, on: boolean) => Promise<Result<void, ActError>>;
  /** For oneself, on all one's devices; so is `hide`, which has no way back. */
  readonly star: (c: number, id: string, on: boolean) => Promise<Result<void, ActError>>;
  readonly hide: (c: number, id: string) => Promise<Result<void, ActError>>;
};

/** A message that is here and says something. */
export type Target = {
  readonly row: EntryRow;
  readonly ref: EntryRef;
  readonly aggregate: Aggregate;
  /** What it says now, or the beginning of it. */
  readonly text: string;
  readonly isWhole: boolean;
};

/** Undefined: it is so already, and there is nothing to say. */
type Say = (target: Target, self: Self, channel: Channel) => Result<Words | undefined, ActError>;

const NOTHING = ok(undefined);

export const openActs = (deps: CommandDeps): Acts => ({
  edit: async (c, id, typed, extras = {}) => {
    const text = checkLongText(typed);
    if (!text.ok) return text;
    const mentions = givenMentions(extras.mentions);
    if (mentions === undefined) return err({ type: "MentionsInvalid" });
    const whole = text.value.whole && ownBlobOf(text.value.whole, deps.random);
    const { text: now } = text.value;
    const say: Say = ({ row, ref, text: before, isWhole }) => {
      if (!row.own) return err({ type: "NotYours" });
      if (whole === null && isWhole && now === before) return NOTHING;
      const to = { text: now, mentions, whole: whole?.ref ?? null };
      return ok({ type: "edit", target: ref, ...to });
    };
    return await act(deps, c, id, say, isGone, whole);
  },
  react: async (c, id, emoji, on) => {
    if (!isEmoji(emoji)) return err({ type: "EmojiInvalid" });
    return await act(deps, c, id, ({ ref, aggregate }, self) => {
      const own = aggregate.reactions.find(
        (it) => it.account === self.account && it.emoji === emoji,
      );
      if ((own?.on ?? false) === on) return NOTHING;
      return ok({ type: "reaction", target: ref, emoji, on });
    });
  },
  deleteForAll: (c, id) => act(deps, c, id, ({ ref }) => ok({ type: "delete", target: ref })),
  pin: (c, id, on) =>
    act(deps, c, id, ({ ref, aggregate }) =>
      (aggregate.pin?.value ?? false) === on ? NOTHING : ok({ type: "pin", target: ref, on }),
    ),
  star: (c, id, on) =>
    act(deps, c, id, ({ ref, aggregate }, _self, { id: about }) =>
      (aggregate.star?.value ?? false) === on
        ? NOTHING
        : ok({ type: "mark", what: "star", channel: bytesOf(about), target: ref, on }),
    ),
  // What was deleted for everyone can still be cleared away here.
  hide: (c, id) =>
    act(
      deps,
      c,
      id,
      ({ ref }, _self, { id: about }) =>
        ok({ type: "mark", what: "hide", channel: bytesOf(about), target: ref }),
      ({ hidden }) => hidden,
    ),
});

async function act(
  deps: CommandDeps,
  c: number,
  id: string,
  say: Say,
  isTooLate: (aggregate: Aggregate) => boolean = isGone,
  whole: OwnBlob | null = null,
): Promise<Result<void, ActError>> {
  const self = deps.self();
  if (self === undefined) return err({ type: "ChannelUnknown" });
  const done = await deps.lane.run(() =>
    deps.store.write(APPEND_TABLES, async (tx): Promise<Result<void, ActError>> => {
      const channel = await channelOf(tx, c);
      if (channel === undefined) return err({ type: "ChannelUnknown" });
      const target = await targetAt(tx, channel, id, isTooLate);
      if (!target.ok) return target;
      const words = say(target.value, self, channel);
      if (!words.ok || words.value === undefined) return words.ok ? ok(undefined) : words;
      const isNote = words.value.type === "mark";
      const refusal = isNote
        ? undefined
        : await refusalOf(tx, self, channel, target.value, words.value);
      if (refusal !== undefined) return err(refusal);
      const where = isNote ? await openAccountChannel(tx, self) : channel;
      const { timers, random } = deps;
      const input = { self, channel: where, nowMs: timers.now(), random };
      const { entry } = await append(tx, input, words.value);
      if (whole !== null) await putOwnBlob(tx, entry, self.account, whole, "text");
      return ok(undefined);
    }),
  );
  if (done.ok) deps.effects.wake();
  return done;
}

/** Rule [AC2]. Undefined: it may be said. */
async function refusalOf(
  tx: ReadTx,
  self: Self,
  channel: Channel,
  { row }: Target,
  { type }: Words,
): Promise<ActError | undefined> {
  if (!(await mayWrite(tx, self, channel))) return { type: "NotAllowed" };
  const isOthers = type === "delete" && !row.own;
  if (channel.kind !== "group") return isOthers ? { type: "NotYours" } : undefined;
  const { members } = await rosterOf(tx, channel.c);
  const isPin = type === "pin";
  if (isPin && !may(members, self.account, { type: "pin" }).ok) return { type: "NotAllowed" };
  const account = (await tx.get("logs", row.a))?.account ?? "";
  const mayDelete = !isOthers || may(members, self.account, { type: "delete", account }).ok;
  return mayDelete ? undefined : { type: "NotYours" };
}

/** Rule [AP7]: a stranger, somebody blocked, or an account without a device could never be given it. */
export async function mayWrite(tx: ReadTx, self: Self, channel: Channel): Promise<boolean> {
  if (!(await isInAccount(tx, self))) return false;
  if (channel.kind === "group") {
    return may((await rosterOf(tx, channel.c)).members, self.account, { type: "write" }).ok;
  }
  if (channel.kind !== "dm") return channel.kind === "self";
  const devices = await addresseesOf(tx, self, channel);
  return devices.some((it) => it.account !== self.account);
}

/** The message of this public id. */
export async function targetAt(
  tx: ReadTx,
  { c }: Channel,
  id: string,
  isTooLate: (aggregate: Aggregate) => boolean = isGone,
): Promise<Result<Target, TargetError>> {
  const named = parsePublicId(id);
  if (!named.ok) return err({ type: "MessageUnknown" });
  const { logHead, seq } = named.value;
  for (const log of await logsOf(tx, c)) {
    if (!log.log.startsWith(toHex(logHead))) continue;
    const row = await tx.get("entries", [c, log.a, seq]);
    if (row === undefined || row.id !== id) continue;
    if (row.kind !== KINDS.message.number) return err({ type: "NotAMessage" });
    const aggregate = await aggregateAt(tx, row);
    if (isTooLate(aggregate)) return err({ type: "MessageGone" });
    const { text, whole } = aggregate.content ?? messageOf(row) ?? { text: "", whole: null };
    const ref = refOf(entryOf(row).core.log, row.s, row.hash);
    return ok({ row, ref, aggregate, text, isWhole: whole === null });
  }
  return err({ type: "MessageUnknown" });
}
