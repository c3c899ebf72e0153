/**
 * What a device lacks of a channel, newest first over all its logs, cut into parts that fit a chunk.
 * docs/protocol/backfill.md, rule [HY9].
 */
import { assert } from "../../crypto/base/assert.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { chainIn } from "../account/certificate-chain.ts";
import { bytesOf, type Log } from "../channel/channels.ts";
import { encodeLogOpen } from "../entry/bodies.ts";
import { decodeEntry, type Entry } from "../entry/entry.ts";
import {
  countKnown,
  hasKnown,
  type Known,
  KNOWN_NOTHING,
  maxKnown,
  unionKnown,
} from "../log/known.ts";
import type { LogKnown } from "../payload/backfill.ts";
import { CHUNK_RUNS_MAX } from "../payload/limits.ts";
import type { EntryRow } from "../store/rows.ts";
import type { ReadTx } from "../store/store.ts";
import { RUN_ITEMS_MAX, type Run, runOf } from "./run.ts";

/** Runs and writers of one part. A single entry may be larger. */
export const PART_BYTES_MAX = 64 * 1_024;
/** Rows of one log that are read at a time. */
const ROWS_AT_ONCE = 128;
/** The most that is written of a run beside its items, of an item beside its body and causes … */
const RUN_BYTES = 160;
const ITEM_BYTES = 56;
/** … of a body that is gone, and of each cause and roster head. */
const GONE_BYTES = 40;
const DEP_BYTES = 28;
const AUTH_BYTES = 17;

export type Part = {
  readonly runs: readonly Run[];
  /** What log.open says, of logs that the asker did not name; each is told once. */
  readonly writers: readonly Uint8Array[];
};

/** One log on its way down. `rows`: the next ones that the asker lacks, newest first. */
type Source = {
  readonly log: Log;
  readonly theirs: Known;
  /** The first that they may read. */
  readonly first: number;
  /** Does the asker know who signs it, or was it told? */
  isNamed: boolean;
  /** Every number from here on upwards was dealt with. */
  below: number;
  rows: EntryRow[];
};

export class Plan {
  /** Entries that are still to be supplied. */
  left: number;
  readonly #tx: ReadTx;
  readonly #sources: readonly Source[];
  readonly #isTheirs: (row: EntryRow) => boolean;

  /**
   * `starts`: by log id, the first entry that the asker may read, where that is not the first. `isTheirs`: may
   * this one be given to them?
   */
  constructor(
    tx: ReadTx,
    logs: readonly Log[],
    held: readonly LogKnown[],
    starts: ReadonlyMap<Hex, number>,
    isTheirs: (row: EntryRow) => boolean,
  ) {
    this.#tx = tx;
    this.#isTheirs = isTheirs;
    const known = new Map(held.map((it) => [toHex(it.log), it.known]));
    this.#sources = logs.map((log) => ({
      log,
      theirs: withStart(known.get(log.log) ?? KNOWN_NOTHING, starts.get(log.log) ?? 1),
      first: starts.get(log.log) ?? 1,
      isNamed: known.has(log.log),
      below: maxKnown(log.known) + 1,
      rows: [],
    }));
    this.left = this.#sources.reduce((sum, it) => sum + lackedOf(it), 0);
  }

  /** The newest entries that fit, as runs. Empty when nothing is left. */
  async next(): Promise<Part> {
    const taken = new Map<Source, Entry[]>();
    const writers: Uint8Array[] = [];
    let bytes = 0;
    let runs = 0;
    while (runs < CHUNK_RUNS_MAX) {
      const source = await this.#newest();
      const row = source?.rows[0];
      if (source === undefined || row === undefined) {
        // What is not given to them was counted, and is not supplied.
        this.left = 0;
        break;
      }
      const entries = taken.get(source) ?? [];
      const isNewRun = entries.at(-1)?.core.seq !== row.s + 1;
      const writer = source.isNamed ? null : await writerOf(this.#tx, source.log);
      const entry = entryOf(row);
      bytes += itemBytesOf(entry) + (isNewRun ? RUN_BYTES : 0) + (writer?.length ?? 0);
      const isFull = bytes > PART_BYTES_MAX || entries.length >= RUN_ITEMS_MAX;
      if (isFull && taken.size > 0) break;
      runs += Number(isNewRun);
      source.rows.shift();
      source.below = row.s;
      source.isNamed = true;
      if (writer !== null) writers.push(writer);
      taken.set(source, [...entries, entry]);
      this.left -= 1;
    }
    return { runs: [...taken.values()].flatMap(runsOf), writers };
  }

  /** The log whose next entry is the newest of all. */
  async #newest(): Promise<Source | undefined> {
    let newest: Source | undefined;
    for (const source of this.#sources) {
      await this.#fill(source);
      const h = source.rows[0]?.h ?? -1;
      if (h > (newest?.rows[0]?.h ?? -1)) newest = source;
    }
    return newest;
  }

  async #fill(source: Source): Promise<void> {
    const { c, a } = source.log;
    while (source.rows.length === 0 && source.below > source.first) {
      const rows = await this.#tx.range("entries", "primary", {
        lower: [c, a, source.first],
        upper: [c, a, source.below - 1],
        reverse: true,
        limit: ROWS_AT_ONCE,
      });
      source.below = rows.at(-1)?.s ?? source.first;
      const isDue = (it: EntryRow): boolean => this.#isTheirs(it) && !hasKnown(source.theirs, it.s);
      source.rows = rows.filter(isDue);
    }
  }
}

/**
 * What log.open says, of whose log it is. Where that entry was lost with its author's storage the account's facts
 * tell the same. Rule [HY13].
 */
export async function writerOf(
  tx: ReadTx,
  { c, a, account, device, incarnation }: Log,
): Promise<Uint8Array | null> {
  const first = await tx.get("entries", [c, a, 1]);
  if (first !== undefined) return entryOf(first).body;
  const contact = await tx.get("contacts", account);
  const certificates = contact && chainIn(contact.facts, bytesOf(device));
  if (contact === undefined || certificates === undefined) return null;
  return encodeLogOpen({ accountKey: contact.accountKey, certificates, incarnation });
}

/** As if they had what they may not read. */
const withStart = (known: Known, first: number): Known =>
  unionKnown(known, { ...KNOWN_NOTHING, floor: first - 1 });

const lackedOf = ({ log, theirs }: Source): number => {
  const lacked = countKnown(log.known) - countKnown(theirs);
  return Math.max(0, lacked);
};

/** The most that the entry takes in a run. */
const itemBytesOf = ({ core, body }: Entry): number =>
  ITEM_BYTES +
  (body?.length ?? GONE_BYTES) +
  core.deps.length * DEP_BYTES +
  core.auth.length * AUTH_BYTES;

export function entryOf(row: EntryRow): Entry {
  const entry = decodeEntry(row.bytes);
  assert(entry.ok, "an entry that we keep");
  return entry.value;
}

/** Entries of one log, newest first, as runs without holes. */
export function runsOf(entries: readonly Entry[]): readonly Run[] {
  const runs: Entry[][] = [];
  let next = 0;
  for (const entry of entries) {
    const last = runs.at(-1);
    if (last !== undefined && entry.core.seq === next - 1) last.push(entry);
    else runs.push([entry]);
    next = entry.core.seq;
  }
  return runs.map((run) => runOf(run.toReversed()));
}
