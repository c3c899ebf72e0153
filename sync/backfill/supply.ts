/**
 * Supplying history: what a device lacks of a channel, newest first over all its logs, in chunks that
 * fit an envelope. Who is asked holds no state: the next question says what arrived.
 * docs/protocol/backfill.md, rules [HY8] to [HY11] and [HY26].
 */
import { assert } from "../../crypto/base/assert.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import type { Self } from "../account/self.ts";
import { bytesOf, type Channel, type Log, logsOf } from "../channel/channels.ts";
import { channelWith } from "../channel/members.ts";
import { endsOf } from "../devices/closed.ts";
import { heldBackIn } from "../group/counting.ts";
import { groupMembers } from "../group/rosters.ts";
import { mayBeAfterAnEnd, startsFor } from "../group/welcome.ts";
import { countKnown, KNOWN_NOTHING, limitKnown, unionKnown } from "../log/known.ts";
import { owe } from "../media/owed.ts";
import { controlsWaiting, sendControl } from "../outbox/control.ts";
import type { Backfill, LogKnown } from "../payload/backfill.ts";
import type { Chunk } from "../payload/chunk.ts";
import {
  BACKFILL_LOGS_MAX,
  BACKFILL_RANGES_MAX,
  SESSION_BYTES_MAX,
  WRITER_BYTES_MAX,
} from "../payload/limits.ts";
import { encodePayload } from "../payload/payload.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { DeviceRow, EntryRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { ENTRY_BYTES_MAX } from "../wire/limits.ts";
import { PART_BYTES_MAX, Plan } from "./plan.ts";
import { tellPresync } from "./presync.ts";

/** Chunks of one answer: the next question is on its way while they are. */
export const CHUNKS_PER_ANSWER = 4;
/** Answers wait while a device has not fetched so many messages. */
const SUPPLIED_WAITING_MAX = 2 * CHUNKS_PER_ANSWER;
/** Of a chunk: what our account has read. */
const READ_BYTES_MAX = 24 * 1_024;
/** The most that a log and its floor take there, and each of its ranges. */
const READ_LOG_BYTES = 32;
const READ_RANGE_BYTES = 16;

assert(
  READ_BYTES_MAX + Math.max(PART_BYTES_MAX, ENTRY_BYTES_MAX + WRITER_BYTES_MAX) + 1_024 <
    SESSION_BYTES_MAX,
  "the largest chunk fits a session message",
);

/**
 * To our own other devices, and in a 1:1 chat to the other side: they may read all that we have of it. In a
 * group to its members, from where they may read on.
 */
export async function answerBackfill(
  tx: WriteTx,
  context: OpenContext,
  from: DeviceRow,
  asked: Backfill,
): Promise<void> {
  const { self } = context;
  const channel = await channelWith(tx, self, from.account, asked.channel);
  const isOwn = from.account === self.account;
  const isGroup = channel?.kind === "group";
  if (channel === undefined || !(isOwn || isGroup || channel.kind === "dm")) {
    return context.effects.dropped("backfill of a stranger");
  }
  const asker = await tx.get("contacts", from.account);
  const isAnswered = isOwn || isGroup || asker?.state === "accepted";
  if (!isAnswered) return context.effects.dropped("backfill unanswered");
  if ((await controlsWaiting(tx, from.device, null)) >= SUPPLIED_WAITING_MAX) return;
  if (channel.kind === "account") await tellPresync(tx, context, from);
  const part = await historyChunks(tx, self, from, channel, asked.held, CHUNKS_PER_ANSWER);
  for (const chunk of part.chunks) {
    const payloads = [encodePayload("chunk", chunk)];
    await sendControl(tx, { ...context, device: from, payloads, before: null, psk: null });
  }
  // Who does not ask on has gone, and gets the rest another way.
  await owe(tx, from, channel.id, part.left > 0 ? part.held : null, context.nowMs);
  context.effects.wake();
}

export type HistoryPart = {
  readonly chunks: readonly Chunk[];
  readonly left: number;
  /** What the asker has when it took these in. */
  readonly held: readonly LogKnown[];
};

/** What a device that may read the channel, and has `held` of it, lacks: the newest, at most so many chunks. */
export async function historyChunks(
  tx: ReadTx,
  self: Self,
  from: DeviceRow,
  channel: Channel,
  held: readonly LogKnown[],
  max: number,
): Promise<HistoryPart> {
  const logs = await logsOf(tx, channel.c);
  const isOwn = from.account === self.account;
  const isHeld = await heldBackIn(tx, channel.c);
  const ends = await endsOf(tx);
  const lastIn = new Map(logs.map(({ a, log }) => [a, ends[log]?.seq ?? Infinity]));
  const isBeforeEnd = ({ a, s }: EntryRow): boolean => s <= (lastIn.get(a) ?? Infinity);
  const isTheirs = (it: EntryRow): boolean =>
    it.withheld !== true && isBeforeEnd(it) && !isHeld(it) && (isOwn || !mayBeAfterAnEnd(it));
  const plan = new Plan(tx, logs, held, await startsOf(tx, channel, from.account), isTheirs);
  const read = isOwn ? readOf(logs) : await readBy(tx, self, logs, from.account);
  const chunks: Chunk[] = [];
  const known = new Map(held.map((it) => [toHex(it.log), it.known]));
  do {
    const { runs, writers } = await plan.next();
    const { left } = plan;
    const told = chunks.length === 0 ? read : [];
    chunks.push({ channel: bytesOf(channel.id), read: told, writers, runs, left });
    for (const { log, first, items } of runs) {
      const range = [first, first + items.length - 1] as const;
      const before = known.get(toHex(log)) ?? KNOWN_NOTHING;
      known.set(toHex(log), unionKnown(before, { floor: 0, ranges: [range] }));
    }
  } while (plan.left > 0 && chunks.length < max);
  const now = [...known].map(([log, it]) => ({ log: bytesOf(log), known: it }));
  return { chunks, left: plan.left, held: now };
}

/** By log id: the first entry that the account may read, where that is not the first. Rule [HY21]. */
async function startsOf(
  tx: ReadTx,
  channel: Channel,
  account: Hex,
): Promise<ReadonlyMap<Hex, number>> {
  const members = channel.kind === "group" ? await groupMembers(tx, channel) : [];
  const member = members.find((it) => it.account === account);
  if (member === undefined) return new Map();
  const starts = await startsFor(tx, channel, member);
  return new Map(starts.map(({ log, seq }) => [toHex(log), seq]));
}

/** Newest logs first: of what does not fit, little is unread. */
function readOf(logs: readonly Log[]): readonly LogKnown[] {
  const read = logs
    .filter((it) => countKnown(it.read) > 0)
    .toSorted((a, b) => b.hlc - a.hlc)
    .slice(0, BACKFILL_LOGS_MAX)
    .map((it) => ({ log: bytesOf(it.log), known: limitKnown(it.read, BACKFILL_RANGES_MAX) }));
  let bytes = 0;
  return read.filter(({ known }) => {
    bytes += READ_LOG_BYTES + READ_RANGE_BYTES * known.ranges.length;
    return bytes <= READ_BYTES_MAX;
  });
}

/** Of our own logs what their receipts told us that they have read: they may have forgotten. Rule [HY20]. */
async function readBy(
  tx: ReadTx,
  self: Self,
  logs: readonly Log[],
  account: Hex,
): Promise<readonly LogKnown[]> {
  const c = logs[0]?.c ?? 0;
  const cursors = await tx.range("cursors", "primary", { lower: [c], upper: [c] });
  const theirs = cursors.filter((it) => it.account === account).flatMap((it) => it.read);
  const read = logs
    .filter((it) => it.account === self.account)
    .map((log) => {
      const told = theirs.filter((it) => it.log === log.log);
      return { ...log, read: told.reduce((sum, it) => unionKnown(sum, it.known), KNOWN_NOTHING) };
    });
  return readOf(read);
}
