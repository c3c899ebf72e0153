/**
 * Where the log of a device ends that somebody put out of its account. A pure function of the account's
 * facts and of the closings that are here: no clock and no order of arrival. docs/protocol/devices.md,
 * [OD5] to [OD8].
 *
 * A closing is worth what its author is: a device of the same account that is in it, or left by itself,
 * or wrote the closing before its own log was closed. Of several the highest number holds, so nobody can
 * take back what a device in good standing has seen. Devices that do no more than close each other's logs
 * settle nothing.
 */
import { toHex } from "../../crypto/base/hex.ts";
import { decodeFact } from "../../crypto/identity/facts.ts";
import { bytesOf, type Log, logsOf } from "../channel/channels.ts";
import { decodeBody } from "../entry/bodies.ts";
import { decodeEntry } from "../entry/entry.ts";
import { KINDS } from "../entry/kinds.ts";
import { tieOf } from "../log/order.ts";
import type { ContactRow, EntryRow, Hex, LogRow } from "../store/rows.ts";
import type { ReadTx } from "../store/store.ts";
import { CLOSING_TARGET } from "../thread/said.ts";

/** Name of the meta row that says where the logs end that are closed: `seq` by log id. */
const CLOSED_LOGS = "closedLogs";
/** Closings of one log that are read; the latest count. */
const CLOSINGS_READ_MAX = 256;

export type Ends = Readonly<Record<Hex, number>>;

export async function endsOf(tx: ReadTx): Promise<Ends> {
  const row = await tx.get("meta", CLOSED_LOGS);
  return (row?.v ?? {}) as Ends;
}

export const endsRow = (ends: Ends): { readonly k: string; readonly v: unknown } => ({
  k: CLOSED_LOGS,
  v: ends,
});

/** Was the device put out by another, or by the account key? Who left by themselves wrote in good faith. */
export function isPutOut({ live, facts }: ContactRow, device: Hex): boolean {
  if (live.includes(device)) return false;
  const issuers = facts.flatMap((bytes) => {
    const fact = decodeFact(bytes);
    if (!fact.ok || fact.value.type !== "device_revoke") return [];
    const { revocation } = fact.value;
    return toHex(revocation.device) === device ? [revocation.issuer] : [];
  });
  return issuers.length === 0 || issuers.some((it) => it === null || toHex(it) !== device);
}

/**
 * Does the entry count, as far as its device is concerned? `isNew`: it has just come. Of a device that is
 * out, and of whose log nobody has said yet where it ends, what is here stays, and what comes waits.
 */
export async function closingOf(
  tx: ReadTx,
  { log, account, device }: Pick<LogRow, "log" | "account" | "device">,
  s: number,
  isNew: boolean,
): Promise<EntryRow["counts"]> {
  const end = (await endsOf(tx))[log];
  if (end !== undefined) return s > end ? "no" : undefined;
  if (!isNew) return undefined;
  const contact = await tx.get("contacts", account);
  return contact !== undefined && isPutOut(contact, device) ? "waits" : undefined;
}

/** A closing of a log: by the author of log `a`, in its entry `s`. */
type Claim = { readonly a: number; readonly s: number; readonly seq: number; readonly hash: Hex };

/**
 * Where the logs end that devices of the account, now put out of it, wrote in the channel; none for those
 * that nobody who is believed has closed. Whoever is in good standing is believed first, then whoever
 * wrote before the end that they set, and so on: the least answer that holds, and so the same everywhere.
 */
export async function endsAmong(
  tx: ReadTx,
  c: number,
  account: Hex,
): Promise<ReadonlyMap<Hex, number>> {
  const ends = new Map<Hex, number>();
  const contact = await tx.get("contacts", account);
  if (contact === undefined) return ends;
  const theirs = (await logsOf(tx, c)).filter((it) => it.account === account);
  const out = theirs.filter((it) => isPutOut(contact, it.device));
  const byNumber = new Map(theirs.map((it) => [it.a, it]));
  const outNumbers = new Set(out.map((it) => it.a));
  const claims = await Promise.all(
    out.map(async (log) => ({ log, claims: await claimsOn(tx, log, byNumber) })),
  );
  const isBelieved = ({ a, s }: Claim): boolean =>
    !outNumbers.has(a) || s <= (ends.get(byNumber.get(a)?.log ?? "") ?? 0);
  // Each round but the last raises an end, and each end is one of finitely many claims.
  for (let isMore = true; isMore;) {
    isMore = false;
    for (const { log, claims: on } of claims) {
      const end = Math.max(-1, ...on.filter(isBelieved).map(({ seq }) => seq));
      if (end <= (ends.get(log.log) ?? -1)) continue;
      ends.set(log.log, end);
      isMore = true;
    }
  }
  return ends;
}

/**
 * Is the log closed, and the entry at its end the one that a closing names? Then what is here of it is what its
 * device had said when it was put out, and nothing that it signs afterwards has a place in it.
 */
export async function isClosedAsHeld(tx: ReadTx, log: Log): Promise<boolean> {
  const end = (await endsOf(tx))[log.log];
  if (end === undefined) return false;
  const held = await tx.get("entries", [log.c, log.a, end]);
  if (held === undefined) return false;
  const theirs = (await logsOf(tx, log.c)).filter((it) => it.account === log.account);
  const claims = await claimsOn(tx, log, new Map(theirs.map((it) => [it.a, it])));
  return claims.some(({ seq, hash }) => seq === end && hash === toHex(held.hash));
}

/** By other devices of the account; what they are worth is asked later. */
async function claimsOn(
  tx: ReadTx,
  log: Log,
  theirs: ReadonlyMap<number, Log>,
): Promise<readonly Claim[]> {
  const key = [tieOf(bytesOf(log.log)), CLOSING_TARGET];
  const range = { lower: key, upper: key, reverse: true, limit: CLOSINGS_READ_MAX };
  const rows = await tx.range("entries", "target", range);
  return rows.flatMap((row) => {
    const author = theirs.get(row.a);
    if (author === undefined || author.device === log.device) return [];
    const closing = closingIn(row, log.log);
    return closing === undefined ? [] : [{ a: row.a, s: row.s, ...closing }];
  });
}

function closingIn({ kind, bytes }: EntryRow, log: Hex): Pick<Claim, "seq" | "hash"> | undefined {
  if (kind !== KINDS.logClose.number) return undefined;
  const entry = decodeEntry(bytes);
  const body =
    entry.ok && entry.value.body !== null ? decodeBody(kind, entry.value.body) : undefined;
  if (body?.ok !== true || body.value.type !== "logClose") return undefined;
  const { log: closed, seq, hash } = body.value;
  return toHex(closed) === log ? { seq, hash: toHex(hash) } : undefined;
}
