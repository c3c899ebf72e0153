/**
 * A log that its account closed and that parts somewhere: what the account stands by takes the place of what was
 * here first. docs/protocol/devices.md, [OD18] and [OD19].
 */
import { assert } from "../../crypto/base/assert.ts";
import { equalBytes } from "../../crypto/base/bytes.ts";
import { toHex } from "../../crypto/base/hex.ts";
import type { Self } from "../account/self.ts";
import { channelOf, type Log } from "../channel/channels.ts";
import { lineOf, opsWaitAgain } from "../channel/take-in.ts";
import { decodeEntry, type Entry } from "../entry/entry.ts";
import { isRoster, KINDS } from "../entry/kinds.ts";
import { discount } from "../group/counting.ts";
import { putBeside } from "../group/rosters.ts";
import { hasKnown, KNOWN_RANGES_MAX, withoutKnown } from "../log/known.ts";
import { dropBlob } from "../media/media-rows.ts";
import type { EntryRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { endsOf, isStoodBy } from "./closed.ts";

/**
 * An entry that is not here, and whose signature was checked: if the account of its closed log stands by it, what
 * is here in its place, or in front of it and is not what it follows, goes. Answers the log as it is then.
 */
export async function makeWay(
  tx: WriteTx,
  self: Self,
  log: Log,
  { core }: Pick<Entry, "core">,
  hash: Uint8Array,
): Promise<Log> {
  const { seq, prev } = core;
  if (!(await isOfBranch(tx, log, seq, hash))) return log;
  const now = await withdrawOther(tx, self, log, seq, hash);
  return prev === null ? now : await withdrawOther(tx, self, now, seq - 1, prev);
}

/** Is it certain that the account of this closed log stands by this entry? */
export async function isOfBranch(
  tx: ReadTx,
  log: Log,
  s: number,
  hash: Uint8Array,
): Promise<boolean> {
  const end = log.own ? undefined : (await endsOf(tx))[log.log];
  return end !== undefined && (await isStoodBy(tx, log, end, { s, hash }));
}

/**
 * What is here in front of this number, and is not what the account stands by, though that chain leads to it: behind
 * a fork ops are taken whatever stands before them ([FK4]). Down to `least`. Answers the log as it is then.
 */
export async function unravel(
  tx: WriteTx,
  self: Self,
  log: Log,
  from: number,
  least: number,
): Promise<Log> {
  for (let s = from; s > least && hasKnown(log.known, s) && hasKnown(log.known, s - 1); s -= 1) {
    const row = await tx.get("entries", [log.c, log.a, s]);
    const entry = row && decodeEntry(row.bytes);
    const prev = entry?.ok === true ? entry.value.core.prev : null;
    if (prev === null) return log;
    const now = await withdrawOther(tx, self, log, s - 1, prev);
    if (now !== log) return now;
  }
  return log;
}

/**
 * In the order in which they are taken: of closed logs last, and from the end down, since each vouches for the one
 * before it. `entries`: encoded, from anybody.
 */
export async function closedLast(
  tx: ReadTx,
  entries: readonly Uint8Array[],
): Promise<readonly Uint8Array[]> {
  const ends = await endsOf(tx);
  const seqOf = (bytes: Uint8Array): number => {
    const entry = decodeEntry(bytes);
    const isClosed = entry.ok && ends[toHex(entry.value.core.log)] !== undefined;
    return isClosed ? entry.value.core.seq : Infinity;
  };
  if (Object.keys(ends).length === 0) return entries;
  const placed = entries.map((bytes) => ({ bytes, seq: seqOf(bytes) }));
  const open = placed.filter(({ seq }) => seq === Infinity);
  const closed = placed.filter(({ seq }) => seq < Infinity).toSorted((x, y) => y.seq - x.seq);
  return [...open, ...closed].map(({ bytes }) => bytes);
}

/** Is something else in this place than the entry of this id? Then it goes. */
async function withdrawOther(
  tx: WriteTx,
  self: Self,
  log: Log,
  s: number,
  hash: Uint8Array,
): Promise<Log> {
  const row = hasKnown(log.known, s) ? await tx.get("entries", [log.c, log.a, s]) : undefined;
  const isRoom = log.known.ranges.length < KNOWN_RANGES_MAX;
  if (row === undefined || equalBytes(row.hash, hash) || !isRoom) return log;
  return await withdraw(tx, self, row);
}

/** Nothing follows from it any more, and its place is a hole. An op of a roster may be what others built upon. */
async function withdraw(tx: WriteTx, self: Self, row: EntryRow): Promise<Log> {
  const { c, a, s } = row;
  await discount(tx, self, row);
  if (row.kind === KINDS.message.number) await opsWaitAgain(tx, self, row);
  if (isRoster(row.kind)) await putBeside(tx, row);
  await tx.delete("entries", [c, a, s]);
  await tx.delete("aggregates", [c, a, s]);
  const running = await tx.find("expiry", "entry", [c, a, s]);
  if (running?.n !== undefined) await tx.delete("expiry", running.n);
  await dropBlob(tx, row, false);
  const log = await tx.get("logs", a);
  const channel = await channelOf(tx, c);
  assert(log !== undefined && channel !== undefined, "an entry stands in a log of a channel");
  const [known, read] = [withoutKnown(log.known, s), withoutKnown(log.read, s)];
  const now: Log = { ...log, a, known, read };
  await tx.put("logs", now);
  const line = row.h >= channel.lastH ? await lineOf(tx, channel) : {};
  await tx.put("channels", { ...channel, ...line, receipts: channel.receipts + 1 });
  return now;
}
