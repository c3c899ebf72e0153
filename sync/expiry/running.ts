/**
 * Messages that disappear: from when on their time runs. A row of the table `expiry` says until when;
 * a message without one waits to be read. docs/protocol/messages.md, [MO23] and [MO38].
 */
import { hasKnown, holesOf, type Known, maxKnown } from "../log/known.ts";
import type { ChannelRow, EntryRow, LogRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { expiryOf } from "../thread/expiry.ts";
import { aggregateRowOf } from "../thread/rows.ts";
import { UNTOUCHED } from "../thread/untouched.ts";

/** 2020-01-01: what is said to be written earlier was written by a clock that was wrong by years. */
const FIRST_STAMP_MS = 1_577_836_800_000;
/** Rows that are read at once. */
const PAGE_ROWS = 500;

/** A message that was just placed, ours or theirs. */
export async function runPlaced(
  tx: WriteTx,
  row: EntryRow,
  channel: Pick<ChannelRow, "timer">,
  log: Pick<LogRow, "read">,
  nowMs: number,
): Promise<void> {
  if (row.lifetimeMs === undefined) return;
  if (row.erased === true) {
    // It went before it came: nothing that speaks of it shows it.
    await tx.put("aggregates", aggregateRowOf(row, { ...UNTOUCHED, hidden: true }));
    return;
  }
  const readAtMs = hasKnown(log.read, row.s) ? writtenHere(row, nowMs) : null;
  await run(tx, row, channel, { hereSinceMs: row.own ? writtenHere(row, nowMs) : nowMs, readAtMs });
}

/** Our account has read these of a log; `elsewhere`: on another device, some time before. */
export async function runRead(
  tx: WriteTx,
  channel: Pick<ChannelRow, "timer">,
  { c, a, read, expires }: LogRow,
  now: Known,
  { nowMs, elsewhere }: { readonly nowMs: number; readonly elsewhere: boolean },
): Promise<void> {
  if (expires !== true || a === undefined) return;
  for (const [from, to] of holesOf(read, maxKnown(now))) {
    for (let at = from; at <= to;) {
      const rows = await tx.range("entries", "primary", {
        lower: [c, a, at],
        upper: [c, a, to],
        limit: PAGE_ROWS,
      });
      for (const row of rows.filter((it) => it.erased !== true && hasKnown(now, it.s))) {
        const readAtMs = elsewhere ? writtenHere(row, nowMs) : nowMs;
        await run(tx, row, channel, { hereSinceMs: nowMs, readAtMs });
      }
      at = rows.length < PAGE_ROWS ? to + 1 : (rows.at(-1)?.s ?? to) + 1;
    }
  }
}

async function run(
  tx: WriteTx,
  { c, a, s, own, lifetimeMs }: EntryRow,
  { timer }: Pick<ChannelRow, "timer">,
  times: { readonly hereSinceMs: number; readonly readAtMs: number | null },
): Promise<void> {
  if (lifetimeMs === undefined) return;
  const from = timer?.value.from ?? "read";
  const expiry = expiryOf({ lifetimeMs, from, own, ...times });
  if (expiry === null || (await tx.find("expiry", "entry", [c, a, s])) !== undefined) return;
  await tx.put("expiry", { c, a, s, ...expiry });
}

/** When it was written, on our clock: never in the future, and now for a clock that is known to be wrong. */
const writtenHere = ({ writtenAtMs }: EntryRow, nowMs: number): number =>
  writtenAtMs < FIRST_STAMP_MS ? nowMs : Math.min(writtenAtMs, nowMs);
