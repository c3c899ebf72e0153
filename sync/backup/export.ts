/**
 * What goes into a backup file, piece by piece: the account as a capsule has it, then each channel as it
 * would be supplied to a new device of ours. Stateless: the cursor of a piece says where the next one
 * begins, so nothing is held while a file is written. No ratchet, chain or prekey is in it.
 * docs/protocol/recovery.md, rules [BU3] and [BU4].
 */
import { assert } from "../../crypto/base/assert.ts";
import { concat } from "../../crypto/base/bytes.ts";
import type { Random } from "../../crypto/base/random.ts";
import { encodeCapsule } from "../../crypto/recovery/capsule-content.ts";
import type { Self } from "../account/self.ts";
import { entryOf, runsOf } from "../backfill/plan.ts";
import { encodeShaped } from "../cbor-shape.ts";
import { bytesOf, type Channel, type Log, logsOf, numbered } from "../channel/channels.ts";
import type { CardContext, TokenContext } from "../contact/contacts.ts";
import { decodeEntry } from "../entry/entry.ts";
import { welcomesFor } from "../group/welcome.ts";
import { countKnown, limitKnown, maxKnown } from "../log/known.ts";
import { BACKFILL_RANGES_MAX, CHUNK_RUNS_MAX } from "../payload/limits.ts";
import { encodePayload } from "../payload/payload.ts";
import { capsuleContentOf, CONTENT_TABLES } from "../recovery/content.ts";
import type { ChannelKind, EntryRow, TableName } from "../store/rows.ts";
import type { ReadTx, Store, WriteTx } from "../store/store.ts";
import { ACCOUNT_FRAME, endFrameOf, FRAME, frameOf } from "./format.ts";
import { vouchedFrames } from "./voucher.ts";

/** Rows that are read at once. */
const ROWS_AT_ONCE = 256;
/** Of a chunk, as history is supplied. */
const CHUNK_ROWS_BYTES_MAX = 64 * 1_024;
/** Of a piece, before it is handed to who writes the file; the last frame may go beyond it. */
const PIECE_BYTES_MAX = 256 * 1_024;

export const EXPORT_TABLES: readonly TableName[] = [
  ...new Set<TableName>([...CONTENT_TABLES, "logs", "entries", "forks", "rosters", "rosterOps"]),
];

/** Where the next piece begins. Plain data. */
export type BackupCursor = {
  /** Channels before this place are done. */
  readonly rank: number;
  readonly c: number;
  /** In it, logs before this number are done, and of this one all entries from `below` on. */
  readonly a: number;
  readonly below: number;
  readonly entries: number;
};
export const BACKUP_START: BackupCursor = { rank: 0, c: 0, a: 0, below: 0, entries: 0 };

/** `next` null: it was the last. `total`: entries that there are, for a progress bar. */
export type BackupPiece = {
  readonly bytes: Uint8Array;
  readonly next: BackupCursor | null;
  readonly done: number;
  readonly total: number;
};

type ExportDeps = { readonly store: Store; readonly random: Random; readonly self: Self };

/** The first frame. `secret`: goes along only into a file that nobody opens without a passphrase. */
export async function accountFrame(
  tx: WriteTx,
  self: Self,
  context: TokenContext & Omit<CardContext, "self">,
  hasSecret: boolean,
): Promise<Uint8Array> {
  const content = await capsuleContentOf(tx, self, context, 0);
  const encoded = encodeCapsule(content, self.keys.sigSecret);
  assert(encoded.ok, "names alone fit");
  return frameOf(
    FRAME.account,
    encodeShaped(ACCOUNT_FRAME, {
      account: bytesOf(self.account),
      writtenAtMs: context.nowMs,
      secret: hasSecret ? self.recoverySecret : null,
      capsule: encoded.value.bytes,
    }),
  );
}

/** The account's channel first: it says whom the others are with. */
const RANKS: { readonly [K in ChannelKind]: number } = { account: 1, self: 2, dm: 3, group: 4 };

export async function nextPiece(
  { store, self }: ExportDeps,
  from: BackupCursor,
): Promise<BackupPiece> {
  return await store.read(EXPORT_TABLES, async (tx) => {
    const frames: Uint8Array[] = [];
    const total = await totalOf(tx);
    let bytes = 0;
    let at: BackupCursor | null = from;
    let done = from.entries;
    while (at !== null && bytes < PIECE_BYTES_MAX) {
      const step: Step = await stepFrom(tx, self, at);
      frames.push(...step.frames);
      bytes += step.frames.reduce((sum, it) => sum + it.length, 0);
      at = step.next;
      done = step.entries;
    }
    if (at === null) frames.push(endFrameOf(done));
    return { bytes: concat(...frames), next: at, done, total };
  });
}

const totalOf = async (tx: ReadTx): Promise<number> =>
  (await tx.range("logs", "primary", {})).reduce((sum, it) => sum + countKnown(it.known), 0);

type Step = {
  readonly frames: readonly Uint8Array[];
  readonly next: BackupCursor | null;
  readonly entries: number;
};

/** The next channel, or the next entries of the one that is under way. */
async function stepFrom(tx: ReadTx, self: Self, at: BackupCursor): Promise<Step> {
  const { rank, c, entries } = at;
  const channels = (await tx.range("channels", "primary", {})).map((it) => numbered(it, "c"));
  const ordered = channels.toSorted((x, y) => RANKS[x.kind] - RANKS[y.kind] || x.c - y.c);
  const isBefore = (it: Channel): boolean =>
    RANKS[it.kind] < rank || (RANKS[it.kind] === rank && it.c < c);
  const channel = ordered.find((it) => !isBefore(it));
  if (channel === undefined) return { frames: [], next: null, entries };
  const here = { rank: RANKS[channel.kind], c: channel.c };
  if (at.a === 0 || here.c !== c || here.rank !== rank) {
    const welcomes =
      channel.kind === "group" ? await welcomesFor(tx, self, channel, self.account) : [];
    const frames = welcomes.flatMap((it) => vouchedFrames(self, it));
    return { frames, next: { ...here, a: 1, below: 0, entries }, entries };
  }
  const log = (await logsOf(tx, c)).toSorted((x, y) => x.a - y.a).find((it) => it.a >= at.a);
  if (log === undefined)
    return { frames: [], next: { ...here, ...BEHIND, c: c + 1, entries }, entries };
  const below = log.a === at.a && at.below > 0 ? at.below : maxKnown(log.known) + 1;
  return logStep(tx, self, channel, log, { ...here, a: log.a, below, entries });
}

const BEHIND = { a: 0, below: 0 } as const;

/** Newest first, so that each run is vouched for by what stands behind it. */
async function logStep(
  tx: ReadTx,
  self: Self,
  channel: Channel,
  log: Log,
  at: BackupCursor,
): Promise<Step> {
  const rows = await tx.range("entries", "primary", {
    lower: [channel.c, log.a, 1],
    upper: [channel.c, log.a, at.below - 1],
    reverse: true,
    limit: ROWS_AT_ONCE,
  });
  const taken = thatFit(rows);
  const last = taken.at(-1);
  if (last === undefined) {
    return { frames: [], next: { ...at, a: log.a + 1, below: 0 }, entries: at.entries };
  }
  const kept = taken.filter((it) => it.withheld !== true);
  const entries = at.entries + kept.length;
  const writer = await tx.get("entries", [channel.c, log.a, 1]);
  const opened = writer === undefined ? undefined : decodeEntry(writer.bytes);
  const payload = encodePayload("chunk", {
    channel: bytesOf(channel.id),
    read: [{ log: bytesOf(log.log), known: limitKnown(log.read, BACKFILL_RANGES_MAX) }],
    writers: opened?.ok === true && opened.value.body !== null ? [opened.value.body] : [],
    runs: runsOf(kept.map(entryOf)).slice(0, CHUNK_RUNS_MAX),
    left: 0,
  });
  return {
    frames: vouchedFrames(self, payload),
    next: { ...at, below: last.s, entries },
    entries,
  };
}

/** The newest of them that fit a chunk: at least one, and never more runs than it takes. */
function thatFit(rows: readonly EntryRow[]): readonly EntryRow[] {
  const taken: EntryRow[] = [];
  let bytes = 0;
  let runs = 0;
  for (const row of rows) {
    const isNewRun = taken.at(-1)?.s !== row.s + 1;
    const isFull =
      bytes + row.bytes.length > CHUNK_ROWS_BYTES_MAX || (isNewRun && runs >= CHUNK_RUNS_MAX / 2);
    if (taken.length > 0 && isFull) break;
    runs += Number(isNewRun);
    bytes += row.bytes.length;
    taken.push(row);
  }
  return taken;
}
