/**
 * An entry whose row was just stored, ours or theirs: what it means for messages, for the count of what
 * is unread and for the line in the list. docs/protocol/messages.md, "Arrival" and "Rows".
 */
import { assert } from "../../crypto/base/assert.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { accountChannelOf } from "../../crypto/identity/channel-id.ts";
import type { Self } from "../account/self.ts";
import { KINDS } from "../entry/kinds.ts";
import { keepTimer } from "../expiry/timer.ts";
import { rosterOf } from "../group/rosters.ts";
import { hasKnown } from "../log/known.ts";
import { blobNamedBy, wantBlob } from "../media/media-rows.ts";
import type { EntryRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { type Aggregate, isGone } from "../thread/aggregate.ts";
import { type ChannelMeta, NO_META, withMeta } from "../thread/channel-meta.ts";
import { isChatMark, NO_MARKS, withMark } from "../thread/chat-marks.ts";
import { type Change, fileEntry, OPS_READ_MAX, refile } from "../thread/file-entry.ts";
import { EQUALS, type Judge } from "../thread/judge.ts";
import { rosterJudge } from "../thread/roster-judge.ts";
import { opOf, type Said } from "../thread/said.ts";
import { UNTOUCHED } from "../thread/untouched.ts";
import { bytesOf, type Channel, channelById, channelOf } from "./channels.ts";
import { noteLost } from "./lost-words.ts";
import { previewOf } from "./preview.ts";
import { entryOf, openThread, rowAt, rowSaid } from "./thread-rows.ts";

/**
 * Name of the meta row that counts the ops whose message is not here. While it is 0, and mostly it is,
 * a message that comes costs nothing.
 */
const WAITING_OPS = "waitingOps";

/** Edits and reactions that went with one message and are looked for when its deletion counts no more. */
const LOST_OPS_MAX = 63;

export const accountChannelIdOf = ({ account }: Pick<Self, "account">): Hex =>
  toHex(accountChannelOf(bytesOf(account)));

/** `said`: the entry, of which `row` is stored already. */
export async function takeIn(tx: WriteTx, self: Self, said: Said): Promise<void> {
  const accountChannel = accountChannelIdOf(self);
  if (said.channel === accountChannel) await takeChatMark(tx, said);
  await takeBlob(tx, said);
  await takeTimer(tx, said);
  const waiting = await waitingOps(tx);
  const isMessage = said.kind === KINDS.message.number;
  if (isMessage && waiting === 0) return;
  const thread = openThread(tx, accountChannel);
  let found = 0;
  const counting: typeof thread = {
    ...thread,
    opsOn: async (at, limit) => {
      const ops = await thread.opsOn(at, limit);
      found += ops.length;
      return ops;
    },
  };
  const judge = await judgeOf(tx, said);
  const change = await fileEntry(counting, { judge, accountChannel }, said);
  if (isMessage) await putWaitingOps(tx, waiting, waiting - found);
  else await putWaitingOps(tx, waiting, waiting + (await waitsFor(tx, said, accountChannel)));
  if (change !== undefined) await applyChange(tx, change);
}

/** What a person settled about a chat, which may not be here yet. */
async function takeChatMark(tx: WriteTx, said: Said): Promise<void> {
  if (said.body?.type !== "mark" || !isChatMark(said.body)) return;
  const id = toHex(said.body.channel);
  const before = (await tx.get("chatMarks", id))?.marks ?? NO_MARKS;
  await tx.put("chatMarks", { id, marks: withMark(before, said, said.body) });
}

/** What the entry names and does not hold is to be fetched. */
async function takeBlob(tx: WriteTx, said: Said): Promise<void> {
  const named = blobNamedBy(said);
  const row = named === undefined ? undefined : await rowAt(tx, said.ref);
  if (named !== undefined && row !== undefined) await wantBlob(tx, row, said.account, named);
}

/** Outside groups everybody sets the timer alike, and a line tells who did. In groups counting.ts does it. */
async function takeTimer(tx: WriteTx, said: Said): Promise<void> {
  if (said.body?.type !== "meta" || said.body.timer === null) return;
  const channel = await channelById(tx, said.channel);
  const row = await rowAt(tx, said.ref);
  if (channel === undefined || row === undefined || channel.kind === "group") return;
  const before: ChannelMeta = { ...NO_META, timer: channel.timer ?? null };
  await keepTimer(tx, channel.c, withMeta(before, said, EQUALS));
  await tx.put("entries", { ...row, shown: 1 });
  const now = await channelOf(tx, channel.c);
  if (now !== undefined && row.h >= now.lastH) {
    await tx.put("channels", { ...now, ...(await lineOf(tx, now)) });
  }
}

/** Who decides what: in a group its roster, elsewhere everybody alike. */
async function judgeOf(tx: ReadTx, { channel: id }: Said): Promise<Judge> {
  const channel = await channelById(tx, id);
  return channel?.kind === "group" ? rosterJudge(await rosterOf(tx, channel.c)) : EQUALS;
}

/** The roster changed whose words count: the message that this op speaks of is worked out anew. */
export async function refileAt(tx: WriteTx, self: Self, row: EntryRow): Promise<void> {
  const accountChannel = accountChannelIdOf(self);
  const op = opOf(await rowSaid(tx, row), accountChannel);
  const thread = openThread(tx, accountChannel);
  const target = op === undefined ? undefined : await thread.said(op.target);
  if (target === undefined) return;
  const change = await refile(thread, { judge: await judgeOf(tx, target), accountChannel }, target);
  if (change !== undefined) await applyChange(tx, change);
}

/** The message counts from now on: what is here about it is worked out. */
export async function refileMessage(tx: WriteTx, self: Self, row: EntryRow): Promise<void> {
  const accountChannel = accountChannelIdOf(self);
  const said = await rowSaid(tx, row);
  await takeBlob(tx, said);
  const reader = { judge: await judgeOf(tx, said), accountChannel };
  const change = await refile(openThread(tx, accountChannel), reader, said);
  if (change !== undefined) await applyChange(tx, change);
}

/** The message goes as if it had not come: what is here about it waits again. */
export async function opsWaitAgain(tx: WriteTx, self: Self, row: EntryRow): Promise<void> {
  const { ref } = await rowSaid(tx, row);
  const ops = await openThread(tx, accountChannelIdOf(self)).opsOn(ref, OPS_READ_MAX);
  const waiting = await waitingOps(tx);
  await putWaitingOps(tx, waiting, waiting + ops.length);
}

/** 1 when the entry is an op whose message is not here. */
async function waitsFor(tx: WriteTx, said: Said, accountChannel: Hex): Promise<0 | 1> {
  const op = opOf(said, accountChannel);
  return op !== undefined && (await rowAt(tx, op.target)) === undefined ? 1 : 0;
}

async function waitingOps(tx: ReadTx): Promise<number> {
  const row = await tx.get("meta", WAITING_OPS);
  return typeof row?.v === "number" ? row.v : 0;
}

async function putWaitingOps(tx: WriteTx, before: number, after: number): Promise<void> {
  if (after !== before) await tx.put("meta", { k: WAITING_OPS, v: Math.max(0, after) });
}

/** The message looks different: so may the count beside its chat and the line below its name. */
export async function applyChange(tx: WriteTx, { target, before, after }: Change): Promise<void> {
  const row = await rowAt(tx, target.ref);
  const channel = row === undefined ? undefined : await channelOf(tx, row.c);
  assert(row !== undefined && channel !== undefined, "what changed is here");
  const log = await tx.get("logs", row.a);
  const isUnread = row.shown === 1 && !row.own && log && !hasKnown(log.read, row.s);
  // What was deleted by somebody whose word does not count any more is there again, be it without its words.
  const more = Number(isGone(before)) - Number(isGone(after));
  if (after.hidden && row.shown === 1) await tx.put("entries", { ...row, shown: 0 });
  const isBack = isGone(before) && !isGone(after);
  if (isBack && row.erased === true) await noteLost(tx, [row, ...(await erasedOpsOn(tx, row))]);
  const unread = channel.unread + (isUnread === true ? more : 0);
  // Also when a message went that was the newest until now.
  const isNewest = row.h >= channel.lastH;
  const line = isNewest ? await lineOf(tx, channel) : {};
  await tx.put("channels", { ...channel, unread: Math.max(0, unread), ...line });
}

/** What went with the message that it was about. */
async function erasedOpsOn(tx: ReadTx, { c, b, s }: EntryRow): Promise<readonly EntryRow[]> {
  const key = [b, s];
  const range = { lower: key, upper: key, reverse: true, limit: OPS_READ_MAX };
  const rows = await tx.range("entries", "target", range);
  return rows.filter((it) => it.c === c && entryOf(it).body === null).slice(0, LOST_OPS_MAX);
}

/** Of the newest message that is shown. */
export async function lineOf(
  tx: ReadTx,
  { c }: Channel,
): Promise<Pick<Channel, "lastH" | "preview">> {
  const range = { lower: [c, 1], upper: [c, 1], reverse: true, limit: 1 };
  const [newest] = await tx.range("entries", "timeline", range);
  if (newest === undefined) return { lastH: 0, preview: null };
  return { lastH: newest.h, preview: previewOf(newest, await aggregateAt(tx, newest)) };
}

/** What was said about the message of this row comes to. */
export const aggregateAt = async (tx: ReadTx, { c, a, s }: EntryRow): Promise<Aggregate> =>
  (await tx.get("aggregates", [c, a, s]))?.aggregate ?? UNTOUCHED;
