/**
 * Ending the logs of devices that are out of their account: our own siblings say where, and every device
 * works out again what counts. docs/protocol/devices.md, [OD5] to [OD9].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import { applyAccountEntry } from "../account/address-book.ts";
import type { Self } from "../account/self.ts";
import { suppliersOf } from "../backfill/suppliers.ts";
import { append, type Words } from "../channel/append.ts";
import {
  bytesOf,
  type Channel,
  channelOf,
  type Log,
  logById,
  logsOf,
  numbered,
} from "../channel/channels.ts";
import { membersOf } from "../channel/members.ts";
import { entryOf } from "../channel/thread-rows.ts";
import { isInAccount, ownContact } from "../contact/contacts.ts";
import { isRevocation } from "../contact/devices.ts";
import { isRoster } from "../entry/kinds.ts";
import { isHeldBack, judgeLog } from "../group/counting.ts";
import { followEnds, followEntry } from "../group/follow.ts";
import { isParted } from "../group/rosters.ts";
import { lastWithoutHole, maxKnown } from "../log/known.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { EntryRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { isOfBranch, unravel } from "./branch.ts";
import {
  closingOf,
  type End,
  endedBefore,
  endsAmong,
  endsOf,
  endsRow,
  isPutOut,
  putOutAtMs,
  settledFrom,
} from "./closed.ts";

/** So long after a device was put out who has still to be told what it wrote waits for all of that to come. */
export const HISTORY_AWAITED_MS = 86_400_000;
/** Rows that are read at once. */
const PAGE_ROWS = 500;

/**
 * Closes the logs of our devices that were put out, in every channel, where they have said anything as
 * far as we know, and nobody has closed them. A log with a hole waits for what is missing, unless `isLate`.
 */
export async function closeLogs(tx: WriteTx, context: OpenContext, isLate: boolean): Promise<void> {
  const { self } = context;
  for (const log of await openLogsOfOut(tx, context)) {
    const channel = await channelOf(tx, log.c);
    if (channel === undefined) continue;
    const members = await membersOf(tx, self, channel);
    if (!members.includes(self.account)) continue;
    const last = await lastHeard(tx, log, isLate);
    if (last === undefined) continue;
    await append(tx, { ...context, channel }, closeOf(log, last));
    await settleEnds(tx, context, log.c, self.account);
  }
  // What is left is looked at again in a while.
  if (!isLate && (await openLogsOfOut(tx, context)).length > 0) context.effects.devices();
}

const closeOf = ({ log }: Log, { s, hash }: Pick<EntryRow, "s" | "hash">): Words => ({
  type: "logClose",
  log: bytesOf(log),
  seq: s,
  hash,
});

/**
 * The last entry that was here when we heard that its device is out: what came later nobody of us had seen. What
 * stands behind a hole may stand on another branch: `isLate`: it is given up. Of a log of which nothing was here,
 * the first, which says no more than whose it is, and which the second names. Undefined: it cannot be said yet.
 */
async function lastHeard(
  tx: ReadTx,
  log: Log,
  isLate: boolean,
): Promise<Pick<EntryRow, "s" | "hash"> | undefined> {
  const start = (await tx.get("rosters", log.c))?.starts[log.log] ?? 1;
  const whole = lastWithoutHole(log.known, start);
  const last = await lastNotHeldBack(tx, log, maxKnown(log.known));
  if (last === undefined) return firstOf(tx, log);
  if (last.s <= whole) return last;
  return isLate ? ((await lastNotHeldBack(tx, log, whole)) ?? last) : undefined;
}

async function firstOf(
  tx: ReadTx,
  { c, a }: Log,
): Promise<Pick<EntryRow, "s" | "hash"> | undefined> {
  const first = await tx.get("entries", [c, a, 1]);
  const second = await tx.get("entries", [c, a, 2]);
  const hash = first?.hash ?? (second && entryOf(second).core.prev);
  return hash ? { s: 1, hash } : undefined;
}

async function lastNotHeldBack(
  tx: ReadTx,
  { c, a }: Log,
  from: number,
): Promise<EntryRow | undefined> {
  for (let upTo = from; upTo > 0;) {
    const rows = await tx.range("entries", "primary", {
      lower: [c, a, 1],
      upper: [c, a, upTo],
      reverse: true,
      limit: PAGE_ROWS,
    });
    for (const row of rows) if (!(await isHeldBack(tx, row))) return row;
    upTo = rows.length < PAGE_ROWS ? 0 : (rows.at(-1)?.s ?? 1) - 1;
  }
  return undefined;
}

/**
 * Of our devices that were put out, and not closed by anybody. Not where the history is still to come: who is new there
 * does not know yet how far such a log goes. Rule [OD23].
 */
export async function openLogsOfOut(
  tx: ReadTx,
  { self, nowMs }: Pick<OpenContext, "self" | "nowMs">,
): Promise<readonly Log[]> {
  const own = await ownContact(tx, self);
  // Mostly nobody was ever put out: then no log is looked at.
  if (!own.facts.some(isRevocation)) return [];
  const ends = await endsOf(tx);
  const logs = (await tx.range("logs", "primary", {})).map((it) => numbered(it, "a"));
  const open = logs.filter(
    (it) =>
      it.account === self.account &&
      maxKnown(it.known) > 0 &&
      ends[it.log] === undefined &&
      isPutOut(own, it.device),
  );
  const told: Log[] = [];
  for (const log of open) {
    const sinceMs = nowMs - putOutAtMs(own, log.device);
    if (!(await isToCome(tx, self, log, sinceMs))) told.push(log);
  }
  return told;
}

/** Is what the device wrote there still to be told, by anybody? Who tells it without end is not waited for. */
async function isToCome(tx: ReadTx, self: Self, log: Log, sinceMs: number): Promise<boolean> {
  const channel = await channelOf(tx, log.c);
  if (channel?.history !== "wanted") return false;
  if ((await suppliersOf(tx, self, channel)).length === 0) return false;
  if (sinceMs < HISTORY_AWAITED_MS) return true;
  return (await lastNotHeldBack(tx, log, maxKnown(log.known))) === undefined;
}

/**
 * Somebody's devices are others than before: whatever they wrote anywhere is looked at again. `news`: of whom it has
 * turned out that they are in the account, though their entries may have come before.
 */
export async function settleAccount(
  tx: WriteTx,
  context: OpenContext,
  account: Hex,
  news: ReadonlySet<Hex>,
): Promise<void> {
  const logs = await tx.range("logs", "primary", {});
  const theirs = logs.filter((it) => it.account === account).map((it) => numbered(it, "a"));
  for (const c of new Set(theirs.map((it) => it.c))) await settleEnds(tx, context, c, account);
  for (const log of theirs.filter((it) => news.has(it.device))) {
    await judgeAnew(tx, context, await channelOf(tx, log.c), log);
  }
}

/** What an earlier version noted of ends is worked out again: it says less than the closings do. */
export async function settleBefore(tx: WriteTx, context: OpenContext): Promise<void> {
  for (const id of endedBefore(await endsOf(tx))) {
    const log = await logById(tx, id);
    if (log !== undefined) await settleEnds(tx, context, log.c, log.account);
    const { [id]: end, ...rest } = await endsOf(tx);
    // Nothing of that log is here any more.
    if (end?.hash === null) await tx.put("meta", endsRow(rest));
  }
}

/** Works out where the account's logs in the channel end, and judges anew what that changes. `isAgain`: we said so, too. */
export async function settleEnds(
  tx: WriteTx,
  context: OpenContext,
  c: number,
  account: Hex,
  isAgain = false,
): Promise<void> {
  const found = await endsAmong(tx, c, account);
  const before = await endsOf(tx);
  const theirs = (await logsOf(tx, c)).filter((it) => it.account === account);
  const changed = theirs.filter((it) => !isSame(found.get(it.log), before[it.log]));
  if (changed.length === 0) return;
  const closed = changed.filter(({ log }) => before[log] === undefined);
  if (!isAgain && (await closeFarther(tx, context, c, account, closed, found))) {
    return await settleEnds(tx, context, c, account, true);
  }
  const now = new Map(Object.entries(before));
  for (const { log } of changed) {
    const end = found.get(log);
    if (end === undefined) now.delete(log);
    else now.set(log, end);
  }
  const write = async (): Promise<void> => {
    await tx.put("meta", endsRow(Object.fromEntries(now)));
    for (const log of changed) {
      const end = found.get(log.log);
      const from = end === undefined ? Infinity : await settledFrom(tx, log, end);
      // Whether what stood behind an earlier end follows from it was not asked.
      if (end !== undefined && from < end.seq && !log.own)
        await unravelFork(tx, context, log, end.seq, before[log.log]?.seq);
    }
  };
  const channel = await channelOf(tx, c);
  if (channel?.kind === "group") await followEnds(tx, context, c, write);
  else await write();
  for (const log of changed) await judgeAnew(tx, context, channel, log);
}

/**
 * Another device of ours says where these logs end, and had heard less than we when we heard that their device is out:
 * what we had, and what follows without a hole from its last entry, counts as well. Rule [OD22].
 */
async function closeFarther(
  tx: WriteTx,
  context: OpenContext,
  c: number,
  account: Hex,
  closed: readonly Log[],
  ends: ReadonlyMap<Hex, End>,
): Promise<boolean> {
  const { self } = context;
  const channel = account === self.account ? await channelOf(tx, c) : undefined;
  if (channel === undefined || channel.history === "wanted") return false;
  const isIn =
    (await isInAccount(tx, self)) && (await membersOf(tx, self, channel)).includes(account);
  let isFarther = false;
  for (const log of isIn ? closed : []) {
    const end = ends.get(log.log);
    const last = end && (await lastHeardBehind(tx, log, end));
    if (last === undefined) continue;
    const now = (await channelOf(tx, c)) ?? channel;
    await append(tx, { ...context, channel: now }, closeOf(log, last));
    isFarther = true;
  }
  return isFarther;
}

async function lastHeardBehind(tx: ReadTx, log: Log, end: End): Promise<EntryRow | undefined> {
  // Else it stands on another branch, or nobody knows.
  if ((await settledFrom(tx, log, end)) === Infinity) return undefined;
  const forkedAt = (await tx.get("forks", log.a))?.s ?? Infinity;
  const whole = Math.min(lastWithoutHole(log.known, end.seq), forkedAt - 1);
  const last = await lastNotHeldBack(tx, log, whole);
  return last !== undefined && last.s > end.seq ? last : undefined;
}

/**
 * More of a closed log is here that its account stands by: what that shows to stand beside it counts no more, and
 * what a fork had made doubtful does. `replaced`: something had to go for it already. Rule [OD18].
 */
export async function heedBranch(
  tx: WriteTx,
  context: OpenContext,
  { channel, entry }: { readonly channel: Channel; readonly entry: EntryRow },
  replaced: boolean,
): Promise<void> {
  const row = await tx.get("logs", entry.a);
  const end = row && (await endsOf(tx))[row.log];
  if (row === undefined || end === undefined || entry.s > end.seq) return;
  const log = { ...row, a: entry.a };
  if (!replaced && !(await isParted(tx, log))) return;
  if (!(await isOfBranch(tx, log, entry.s, entry.hash))) return;
  const work = (): Promise<void> => unravelFork(tx, context, log, entry.s);
  if (channel.kind === "group") await followEnds(tx, context, channel.c, work);
  else await work();
  const now = (await tx.get("logs", entry.a)) ?? row;
  const from = await settledFrom(tx, { ...now, a: entry.a }, end);
  await judgeLog(tx, context.self, log, [Math.min(from, entry.s), entry.s]);
  // What went may have closed a log.
  await settleEnds(tx, context, channel.c, row.account);
}

/** Behind a fork ops stand side by side that do not follow from each other. */
async function unravelFork(
  tx: WriteTx,
  { self }: OpenContext,
  log: Log,
  from: number,
  least = Infinity,
): Promise<void> {
  const fork = await tx.get("forks", log.a);
  await unravel(tx, self, log, from, Math.min(least, fork?.s ?? Infinity));
}

const isSame = (x: End | undefined, y: End | undefined): boolean =>
  x?.seq === y?.seq && x?.hash === y?.hash;

async function judgeAnew(
  tx: WriteTx,
  context: OpenContext,
  channel: Channel | undefined,
  log: Log,
): Promise<void> {
  await judgeLog(tx, context.self, log);
  await openAnew(tx, log);
  if (channel?.kind === "account") await applyNotes(tx, context, channel, log);
  if (channel?.kind === "group") await followOps(tx, context, channel, log);
}

/** Its first entry says whose the log is, and waits for nothing once that is settled. */
async function openAnew(tx: WriteTx, log: Log): Promise<void> {
  const row = await tx.get("entries", [log.c, log.a, 1]);
  if (row?.counts !== "waits" || (await closingOf(tx, log, row, true)) !== undefined) return;
  const { counts: _, ...opened } = row;
  await tx.put("entries", opened);
}

/** Ops that waited for the word where the log ends: those that do not count are void, and known to be. */
async function followOps(
  tx: WriteTx,
  context: OpenContext,
  channel: Channel,
  log: Log,
): Promise<void> {
  for await (const row of rowsOf(tx, log)) {
    if (!isRoster(row.kind)) continue;
    const { counts, ...rest } = row;
    const now = await closingOf(tx, log, row, false);
    const entry: EntryRow = now === undefined ? rest : { ...rest, counts: now };
    if (now !== counts) await tx.put("entries", entry);
    if (counts === "waits") await followEntry(tx, context, { entry, channel });
  }
}

/** What waited for the word that it counts is done now; what was done already is done again, and nothing changes. */
async function applyNotes(
  tx: WriteTx,
  context: OpenContext,
  channel: Channel,
  log: Log,
): Promise<void> {
  for await (const entry of rowsOf(tx, log)) {
    if (entry.counts === undefined) await applyAccountEntry(tx, context, { entry, channel });
  }
}

async function* rowsOf(tx: WriteTx, { c, a }: Log): AsyncGenerator<EntryRow> {
  for (let from = 1; ;) {
    const rows: readonly EntryRow[] = await tx.range("entries", "primary", {
      lower: [c, a, from],
      upper: [c, a, Number.MAX_SAFE_INTEGER],
      limit: PAGE_ROWS,
    });
    yield* rows;
    if (rows.length < PAGE_ROWS) return;
    from = (rows.at(-1)?.s ?? from) + 1;
  }
}
