/**
 * Asking for words that a deletion took away which counts no more, and putting them back: Core and hash are
 * here, so that what comes is what was signed. docs/protocol/messages.md, [MO42].
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import { toHex } from "../../crypto/base/hex.ts";
import type { Self } from "../account/self.ts";
import { bytesOf, channelOf, type Log, logById, numbered } from "../channel/channels.ts";
import { dropLost, isLost, type LostWord, lostWordsOf } from "../channel/lost-words.ts";
import { recipientsOf } from "../channel/members.ts";
import { accountChannelIdOf, aggregateAt, applyChange, takeIn } from "../channel/take-in.ts";
import { entryOf, fieldsOf, saidOf } from "../channel/thread-rows.ts";
import { encodeEntry, type Entry, entryIdOf } from "../entry/entry.ts";
import { KINDS } from "../entry/kinds.ts";
import type { SeqRange } from "../log/known.ts";
import { WANT_RANGES_MAX } from "../payload/limits.ts";
import { encodePayload } from "../payload/payload.ts";
import type { DeviceRow, EntryRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { isGone } from "../thread/aggregate.ts";
import { anyOpenOf, askAbout, type AskContext, type Round } from "./ask.ts";
import { HEAL_TRIES_MAX } from "./asked.ts";

/** One question for each log. Who was asked HEAL_TRIES_MAX times has not got them. */
export async function wantWords(tx: WriteTx, context: AskContext): Promise<Round> {
  const { asked, nowMs } = context;
  let sent = 0;
  let waitMs = Infinity;
  for (const places of Map.groupBy(await lostWordsOf(tx), ([, a]) => a).values()) {
    const [first] = places;
    const log = first === undefined ? undefined : await tx.get("logs", first[1]);
    if (log === undefined || !(await isAnyShown(tx, places))) continue;
    const name = `words ${log.log}`;
    const pauseMs = asked.waitMs(name, nowMs);
    waitMs = Math.min(waitMs, pauseMs);
    if (pauseMs > 0) continue;
    if (asked.times(name) > HEAL_TRIES_MAX) {
      await dropLost(
        tx,
        places.map(([c, a, s]) => ({ c, a, s })),
      );
      continue;
    }
    sent += await askFor(tx, context, numbered(log, "a"), name, places);
  }
  return { sent, waitMs };
}

/** What does not count is shown to its author's account alone: nobody else misses its words. */
async function isAnyShown(tx: ReadTx, places: readonly LostWord[]): Promise<boolean> {
  for (const place of places) {
    const row = await tx.get("entries", place);
    if (row !== undefined && (row.own || row.counts === undefined)) return true;
  }
  return false;
}

async function askFor(
  tx: WriteTx,
  context: AskContext,
  log: Log,
  name: string,
  places: readonly LostWord[],
): Promise<number> {
  const channel = await channelOf(tx, log.c);
  if (channel === undefined) return 0;
  const all = await recipientsOf(tx, context.self, channel);
  const ranges = rangesOf(places.map(([, , s]) => s)).slice(0, WANT_RANGES_MAX);
  const want = { channel: bytesOf(channel.id), log: bytesOf(log.log), ranges };
  const devices = await whomToAsk(tx, context, log, all);
  return askAbout(tx, context, [name], devices, encodePayload("want", want));
}

/** Our own devices, the author's, and one of somebody else. */
async function whomToAsk(
  tx: ReadTx,
  context: AskContext,
  { account }: Log,
  all: readonly DeviceRow[],
): Promise<readonly DeviceRow[]> {
  const near = new Set([account, context.self.account]);
  const others = all.filter((it) => !near.has(it.account));
  return [...all.filter((it) => near.has(it.account)), ...(await anyOpenOf(tx, context, others))];
}

/** Ascending, and none touches another. */
function rangesOf(numbers: readonly number[]): readonly SeqRange[] {
  const ranges: [from: number, to: number][] = [];
  for (const s of numbers.toSorted((x, y) => x - y)) {
    const last = ranges.at(-1);
    if (last !== undefined && s <= last[1] + 1) last[1] = s;
    else ranges.push([s, s]);
  }
  return ranges;
}

/** `entry`: verified, and here. */
export async function takeWordsOf(tx: WriteTx, self: Self, entry: Entry): Promise<void> {
  const log = await logById(tx, toHex(entry.core.log));
  if (log === undefined) return;
  const at = { c: log.c, a: log.a, s: entry.core.seq };
  await takeWords(tx, self, at, entryIdOf(entry.coreBytes), entry);
}

/** `entry`: verified, of this id; another one may be here. */
export async function takeWords(
  tx: WriteTx,
  self: Self,
  at: Pick<EntryRow, "c" | "a" | "s">,
  id: Uint8Array,
  entry: Entry,
): Promise<void> {
  if (entry.body === null || !(await isLost(tx, at))) return;
  const row = await tx.get("entries", [at.c, at.a, at.s]);
  const log = await tx.get("logs", at.a);
  if (row === undefined || log === undefined || !equalBytes(row.hash, id)) return;
  await dropLost(tx, [at]);
  const before = await aggregateAt(tx, row);
  if (isGone(before) || entryOf(row).body !== null) return;
  const whole = { ...entry, signature: entryOf(row).signature ?? entry.signature };
  const said = saidOf(whole, row.hash, row.h, log.account);
  const { erased: _, withheld: __, ...kept } = row;
  const bytes = encodeEntry(whole);
  await tx.put("entries", { ...kept, bytes, ...fieldsOf(whole, said, accountChannelIdOf(self)) });
  await takeIn(tx, self, said);
  // The line below the chat's name may speak of it.
  if (row.kind === KINDS.message.number) {
    const now = await aggregateAt(tx, row);
    await applyChange(tx, { target: said, before: now, after: now });
  }
}
