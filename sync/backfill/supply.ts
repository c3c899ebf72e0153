/**
 * Supplying history: what a device lacks of a channel, newest first over all its logs, in chunks that
 * fit an envelope. Who is asked holds no state: the next question says what arrived.
 * docs/protocol/backfill.md, rules [HY8] to [HY11].
 */
import { assert } from "../../crypto/base/assert.ts";
import { toHex } from "../../crypto/base/hex.ts";
import type { Self } from "../account/self.ts";
import { bytesOf, type Channel, type Log, logsOf } from "../channel/channels.ts";
import { channelWith } from "../channel/members.ts";
import { decodeEntry, type Entry } from "../entry/entry.ts";
import { groupMembers } from "../group/rosters.ts";
import { startsFor } from "../group/welcome.ts";
import {
  countKnown,
  hasKnown,
  type Known,
  KNOWN_NOTHING,
  limitKnown,
  maxKnown,
  unionKnown,
} from "../log/known.ts";
import { owe } from "../media/owed.ts";
import { controlsWaiting, sendControl } from "../outbox/control.ts";
import type { Backfill, LogKnown } from "../payload/backfill.ts";
import type { Chunk } from "../payload/chunk.ts";
import { BACKFILL_LOGS_MAX, BACKFILL_RANGES_MAX, CHUNK_RUNS_MAX } from "../payload/limits.ts";
import { encodePayload } from "../payload/payload.ts";
import type { OpenContext } from "../receive/open-envelope.ts";
import type { DeviceRow, EntryRow, Hex } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { tellPresync } from "./presync.ts";
import { RUN_ITEMS_MAX, type Run, runOf } from "./run.ts";

/** Chunks of one answer: the next question is on its way while they are. */
export const CHUNKS_PER_ANSWER = 4;
/** Answers wait while a device has not fetched so many messages. */
const SUPPLIED_WAITING_MAX = 2 * CHUNKS_PER_ANSWER;
/** Rows of one log that are read at a time. */
const ROWS_AT_ONCE = 128;
/** Of a chunk: room for vectors and writers stays. */
const RUNS_BYTES_MAX = 64 * 1_024;
/** An item without its body and causes, with some room. */
const ITEM_BYTES = 48;

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
  const plan = new Plan(tx, logs, held, await startsOf(tx, channel, from.account));
  const named = new Set(held.map((it) => toHex(it.log)));
  const isOwn = from.account === self.account;
  const read = isOwn ? readOf(logs) : await readBy(tx, self, logs, from.account);
  const chunks: Chunk[] = [];
  const known = new Map(held.map((it) => [toHex(it.log), it.known]));
  do {
    const runs = await plan.next();
    chunks.push({
      channel: bytesOf(channel.id),
      read: chunks.length === 0 ? read : [],
      writers: await writersOf(tx, logs, runs, named),
      runs,
      left: plan.left,
    });
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
const readOf = (logs: readonly Log[]): readonly LogKnown[] =>
  logs
    .filter((it) => countKnown(it.read) > 0)
    .toSorted((a, b) => b.hlc - a.hlc)
    .slice(0, BACKFILL_LOGS_MAX)
    .map((it) => ({ log: bytesOf(it.log), known: limitKnown(it.read, BACKFILL_RANGES_MAX) }));

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

/** What log.open says, of logs that the asker may not know; each is told once in an answer. */
async function writersOf(
  tx: ReadTx,
  logs: readonly Log[],
  runs: readonly Run[],
  named: Set<Hex>,
): Promise<readonly Uint8Array[]> {
  const writers: Uint8Array[] = [];
  for (const run of runs) {
    const id = toHex(run.log);
    const log = logs.find((it) => it.log === id);
    if (log === undefined || named.has(id)) continue;
    named.add(id);
    const first = await tx.get("entries", [log.c, log.a, 1]);
    const body = first === undefined ? null : entryOf(first).body;
    if (body !== null) writers.push(body);
  }
  return writers;
}

function entryOf(row: EntryRow): Entry {
  const entry = decodeEntry(row.bytes);
  assert(entry.ok, "an entry that we keep");
  return entry.value;
}

/** One log on its way down. `rows`: the next ones that the asker lacks, newest first. */
type Source = {
  readonly log: Log;
  readonly theirs: Known;
  /** The first that they may read. */
  readonly first: number;
  /** Every number from here on upwards was dealt with. */
  below: number;
  rows: EntryRow[];
};

class Plan {
  left: number;
  readonly #tx: ReadTx;
  readonly #sources: readonly Source[];

  constructor(
    tx: ReadTx,
    logs: readonly Log[],
    held: readonly LogKnown[],
    starts: ReadonlyMap<Hex, number>,
  ) {
    this.#tx = tx;
    const known = new Map(held.map((it) => [toHex(it.log), it.known]));
    this.#sources = logs.map((log) => ({
      log,
      theirs: withStart(known.get(log.log) ?? KNOWN_NOTHING, starts.get(log.log) ?? 1),
      first: starts.get(log.log) ?? 1,
      below: maxKnown(log.known) + 1,
      rows: [],
    }));
    this.left = this.#sources.reduce((sum, it) => sum + lackedOf(it), 0);
  }

  /** The newest entries that fit a chunk, as runs. Empty when nothing is left. */
  async next(): Promise<readonly Run[]> {
    const taken = new Map<Source, EntryRow[]>();
    let bytes = 0;
    let runs = 0;
    while (bytes < RUNS_BYTES_MAX && runs < CHUNK_RUNS_MAX) {
      const source = await this.#newest();
      const row = source?.rows[0];
      if (source === undefined || row === undefined) {
        // What is withheld was counted, and is not supplied.
        this.left = 0;
        break;
      }
      const rows = taken.get(source) ?? [];
      const isNewRun = rows.length === 0 || rows.at(-1)?.s !== row.s + 1;
      const isFull = rows.length >= RUN_ITEMS_MAX;
      if (bytes > 0 && (isFull || bytes + row.bytes.length > RUNS_BYTES_MAX)) break;
      runs += Number(isNewRun);
      bytes += Math.max(ITEM_BYTES, row.bytes.length - ITEM_BYTES);
      source.rows.shift();
      source.below = row.s;
      taken.set(source, [...rows, row]);
      this.left -= 1;
    }
    return [...taken.values()].flatMap(runsOf);
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
      const isDue = (it: EntryRow): boolean =>
        it.withheld !== true && !hasKnown(source.theirs, it.s);
      source.rows = rows.filter(isDue);
    }
  }
}

/** As if they had what they may not read. */
const withStart = (known: Known, first: number): Known =>
  unionKnown(known, { ...KNOWN_NOTHING, floor: first - 1 });

const lackedOf = ({ log, theirs }: Source): number => {
  const lacked = countKnown(log.known) - countKnown(theirs);
  return Math.max(0, lacked);
};

/** Rows of one log, newest first, as runs without holes. */
export function runsOf(rows: readonly EntryRow[]): readonly Run[] {
  const runs: Entry[][] = [];
  let next = 0;
  for (const row of rows) {
    const last = runs.at(-1);
    if (last !== undefined && row.s === next - 1) last.unshift(entryOf(row));
    else runs.push([entryOf(row)]);
    next = row.s;
  }
  return runs.map(runOf);
}
