/**
 * What a copy of a channel comes to: equal for two devices that hold the same, so that 16 bytes tell
 * whether anything is missing, or forked. docs/protocol/sync.md, [DG1] and [DG2].
 */
import { concat, u32le } from "../../crypto/base/bytes.ts";
import { hash16 } from "../../crypto/public/hash.ts";
import { bytesOf, type Channel, type Log, logsOf } from "../channel/channels.ts";
import { endsOf } from "../devices/closed.ts";
import { lastWithoutHole } from "../log/known.ts";
import type { TableName } from "../store/rows.ts";
import type { ReadTx } from "../store/store.ts";

/** What `digestOf` reads. */
export const DIGEST_TABLES: readonly TableName[] = ["logs", "entries", "rosters", "forks", "meta"];

/** `count`: the sum of the heads, so that a part of a log that one may not read makes no difference. */
export type Digest = { readonly digest: Uint8Array; readonly count: number };

/** The last entry of a log before its first hole, of what one may read. `hash`: its entryId. */
export type Head = { readonly seq: number; readonly hash: Uint8Array };

/** Answers for each log of the channel; undefined: nothing of it is here from its beginning on. */
export async function openHeads(
  tx: ReadTx,
  channel: Channel,
): Promise<(log: Log) => Promise<Head | undefined>> {
  const starts = (await tx.get("rosters", channel.c))?.starts ?? {};
  const lastOf = await openLasts(tx, channel.c);
  return async (log) => {
    const seq = Math.min(lastWithoutHole(log.known, starts[log.log] ?? 1), lastOf(log));
    const entry = seq === 0 ? undefined : await tx.get("entries", [log.c, log.a, seq]);
    return entry === undefined ? undefined : { seq, hash: entry.hash };
  };
}

/**
 * Over the logs in the order of their ids: id, number of the last entry before the first hole, and its
 * entryId. A log ends where its account closed it; else, when it forks, before the fork.
 */
export async function digestOf(tx: ReadTx, channel: Channel): Promise<Digest> {
  const headOfLog = await openHeads(tx, channel);
  const parts: Uint8Array[] = [];
  let count = 0;
  const logs = (await logsOf(tx, channel.c)).toSorted((a, b) => (a.log < b.log ? -1 : 1));
  for (const log of logs) {
    const head = await headOfLog(log);
    if (head === undefined) continue;
    parts.push(bytesOf(log.log), u32le(head.seq), head.hash);
    count += head.seq;
  }
  return { digest: hash16("digest", bytesOf(channel.id), concat(...parts)), count };
}

/** The last number of each log that can count: Infinity where nothing is known. */
export async function openLasts(
  tx: ReadTx,
  c: number,
): Promise<(log: Pick<Log, "a" | "log">) => number> {
  const forks = await forksOf(tx, c);
  const ends = await endsOf(tx);
  return ({ a, log }) => ends[log]?.seq ?? (forks.get(a) ?? Infinity) - 1;
}

/** By log number: where it forks. */
export async function forksOf(tx: ReadTx, c: number): Promise<ReadonlyMap<number, number>> {
  const rows = await tx.range("forks", "channel", { lower: c, upper: c });
  return new Map(rows.map((it) => [it.a, it.s]));
}
