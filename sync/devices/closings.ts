/**
 * Ending the logs of devices that are out of their account: our own siblings say where, and every device
 * works out again what counts. docs/protocol/devices.md, [OD5] to [OD9].
 */
import { assert } from "../../crypto/base/assert.ts";
import { applyAccountEntry } from "../account/address-book.ts";
import type { Self } from "../account/self.ts";
import { append } from "../channel/append.ts";
import {
  bytesOf,
  type Channel,
  channelOf,
  type Log,
  logsOf,
  numbered,
} from "../channel/channels.ts";
import { membersOf } from "../channel/members.ts";
import { ownContact } from "../contact/contacts.ts";
import { isRevocation } from "../contact/devices.ts";
import { isRoster } from "../entry/kinds.ts";
import { judgeLog } from "../group/counting.ts";
import { followEnds, followEntry } from "../group/follow.ts";
import { maxKnown } from "../log/known.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { EntryRow, Hex } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { closingOf, endsAmong, endsOf, endsRow, isPutOut } from "./closed.ts";

/** Rows that are read at once. */
const PAGE_ROWS = 500;

/**
 * Closes the logs of our devices that were put out, in every channel, where they have said anything as
 * far as we know, and nobody has closed them. Answers how many.
 */
export async function closeLogs(tx: WriteTx, context: OpenContext): Promise<number> {
  const { self } = context;
  let closed = 0;
  for (const log of await openLogsOfOut(tx, self)) {
    const channel = await channelOf(tx, log.c);
    if (channel === undefined) continue;
    const members = await membersOf(tx, self, channel);
    if (!members.includes(self.account)) continue;
    const seq = maxKnown(log.known);
    const head = await tx.get("entries", [log.c, log.a, seq]);
    assert(head !== undefined, "a known entry is here");
    const words = { type: "logClose", log: bytesOf(log.log), seq, hash: head.hash } as const;
    await append(tx, { ...context, channel }, words);
    await settleEnds(tx, context, log.c, self.account);
    closed += 1;
  }
  return closed;
}

/** Of our devices that were put out, and not closed by anybody. */
export async function openLogsOfOut(tx: ReadTx, self: Self): Promise<readonly Log[]> {
  const own = await ownContact(tx, self);
  // Mostly nobody was ever put out: then no log is looked at.
  if (!own.facts.some(isRevocation)) return [];
  const ends = await endsOf(tx);
  const logs = (await tx.range("logs", "primary", {})).map((it) => numbered(it, "a"));
  return logs.filter(
    (it) =>
      it.account === self.account &&
      maxKnown(it.known) > 0 &&
      ends[it.log] === undefined &&
      isPutOut(own, it.device),
  );
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

/** Works out where the account's logs in the channel end, and judges anew what that changes. */
export async function settleEnds(
  tx: WriteTx,
  context: OpenContext,
  c: number,
  account: Hex,
): Promise<void> {
  const found = await endsAmong(tx, c, account);
  const before = await endsOf(tx);
  const theirs = (await logsOf(tx, c)).filter((it) => it.account === account);
  const changed = theirs.filter((it) => found.get(it.log) !== before[it.log]);
  if (changed.length === 0) return;
  const now = new Map(Object.entries(before));
  for (const { log } of changed) {
    const end = found.get(log);
    if (end === undefined) now.delete(log);
    else now.set(log, end);
  }
  const write = async (): Promise<void> => {
    await tx.put("meta", endsRow(Object.fromEntries(now)));
  };
  const channel = await channelOf(tx, c);
  if (channel?.kind === "group") await followEnds(tx, context, c, write);
  else await write();
  for (const log of changed) await judgeAnew(tx, context, channel, log);
}

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
  if (row?.counts !== "waits" || (await closingOf(tx, log, 1, true)) !== undefined) return;
  const { counts: _, ...opened } = row;
  await tx.put("entries", opened);
}

/** Ops that waited for the word where the log ends: those behind it are void, and known to be. */
async function followOps(
  tx: WriteTx,
  context: OpenContext,
  channel: Channel,
  log: Log,
): Promise<void> {
  const isWaiting = ({ kind, counts }: EntryRow): boolean => isRoster(kind) && counts === "waits";
  for await (const row of rowsOf(tx, log)) {
    if (!isWaiting(row)) continue;
    const { counts: _, ...entry } = row;
    await tx.put("entries", entry);
    await followEntry(tx, context, { entry, channel });
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
