/**
 * Where the log of a device ends that somebody put out of its account, and which entries up to there are the
 * ones that the account stands by. A function of the account's facts and of the closings that are here: no
 * clock and no order of arrival. docs/protocol/devices.md, [OD5] to [OD8] and [OD18].
 *
 * A closing names number and id of the last entry; from there each entry names the one before it. Forks of
 * that log decide nothing any more where that chain is here. A closing is worth what its author is: a device of
 * the same account that is in it, or left by itself. Where none of those has closed a log, one counts that a device
 * wrote before its own log was closed. Devices that do no more than close each other's logs settle nothing.
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { decodeFact } from "../../crypto/identity/facts.ts";
import type { Revocation } from "../../crypto/identity/revocation.ts";
import { bytesOf, type Log, logsOf } from "../channel/channels.ts";
import { decodeBody } from "../entry/bodies.ts";
import { decodeEntry } from "../entry/entry.ts";
import { KINDS } from "../entry/kinds.ts";
import type { EntryPlace } from "../group/rows.ts";
import { hasKnown, rangesIn } from "../log/known.ts";
import { tieOf } from "../log/order.ts";
import type { ChannelRow, ContactRow, EntryRow } from "../store/rows.ts";
import type { ReadTx } from "../store/store.ts";
import { CLOSING_TARGET, closingKeyOf } from "../thread/said.ts";

const NONE = new Uint8Array(0);
/** Name of the meta row that says where the logs end that are closed: an end by log id. */
const CLOSED_LOGS = "closedLogs";
/** Closings in one log that are read, the first: as many as an account can have logs in a channel. */
const CLOSINGS_READ_MAX = 1_024;
/** Of those that an earlier version kept by the log that is closed; the latest count. */
const EARLIER_READ_MAX = 256;
/** Those of one log that a newcomer is told. */
const CLOSINGS_TOLD_MAX = 8;

/** `hash`: hex32, the entryId of the last entry; null: an earlier version noted the number alone. */
export type End = { readonly seq: number; readonly hash: Hex | null };
export type Ends = Readonly<Record<Hex, End>>;

export async function endsOf(tx: ReadTx): Promise<Ends> {
  const row = await tx.get("meta", CLOSED_LOGS);
  const ends = (row?.v ?? {}) as Readonly<Record<Hex, End | number>>;
  return Object.fromEntries(
    Object.entries(ends).map(([log, it]) => [
      log,
      typeof it === "number" ? { seq: it, hash: null } : it,
    ]),
  );
}

/** Logs of which an earlier version noted the number of the last entry alone. */
export const endedBefore = (ends: Ends): readonly Hex[] =>
  Object.entries(ends).flatMap(([log, { hash }]) => (hash === null ? [log] : []));

export const endsRow = (ends: Ends): { readonly k: string; readonly v: unknown } => ({
  k: CLOSED_LOGS,
  v: ends,
});

/** Was the device put out by another, or by the account key? Who left by themselves wrote in good faith. */
export function isPutOut({ live, facts }: ContactRow, device: Hex): boolean {
  if (live.includes(device)) return false;
  const theirs = revocationsIn(facts).filter((it) => isOf(it, device));
  return theirs.length === 0 || theirs.some(isByAnother);
}

/**
 * By the clocks of others who said so, in milliseconds since 1970, the first; of who is out since their certificate is
 * void, the first time that somebody was put out. Infinity: nobody was. What a device says of itself decides nothing.
 */
export function putOutAtMs({ facts }: ContactRow, device: Hex): number {
  const byOthers = revocationsIn(facts).filter(isByAnother);
  const theirs = byOthers.filter((it) => isOf(it, device));
  return Math.min(...(theirs.length === 0 ? byOthers : theirs).map(({ atMs }) => atMs));
}

const revocationsIn = (facts: readonly Uint8Array[]): readonly Revocation[] =>
  facts.flatMap((bytes) => {
    const fact = decodeFact(bytes);
    return fact.ok && fact.value.type === "device_revoke" ? [fact.value.revocation] : [];
  });

const isOf = (it: Revocation, device: Hex): boolean => toHex(it.device) === device;

const isByAnother = ({ issuer, device }: Revocation): boolean =>
  issuer === null || !equalBytes(issuer, device);

/** A log of a channel, as far as is asked here. */
type Placed = Pick<Log, "log" | "c" | "a" | "account" | "device" | "known">;
type Named = Pick<EntryRow, "s" | "hash">;

/**
 * Does the entry count, as far as its device is concerned? `isNew`: it has just come. Of a device that is
 * out, and of whose log nobody has said yet where it ends, what is here stays, and what comes waits.
 */
export async function closingOf(
  tx: ReadTx,
  log: Placed,
  entry: Named,
  isNew: boolean,
): Promise<EntryRow["counts"]> {
  const end = (await endsOf(tx))[log.log];
  if (end !== undefined) {
    const isLastOther = entry.s === end.seq && end.hash !== null && end.hash !== toHex(entry.hash);
    return entry.s > end.seq || isLastOther ? "no" : undefined;
  }
  if (!isNew) return undefined;
  const contact = await tx.get("contacts", log.account);
  return contact !== undefined && isPutOut(contact, log.device) ? "waits" : undefined;
}

/**
 * Of a device that is out, in a log that nobody has closed yet, of a channel whose history we are still to be told: what
 * counts there is told with that history, and by nothing else. Rule [OD23].
 */
export async function awaitsHistory(
  tx: ReadTx,
  { history }: Pick<ChannelRow, "history">,
  log: Pick<Log, "log" | "account" | "device">,
): Promise<boolean> {
  if (history !== "wanted" || (await endsOf(tx))[log.log] !== undefined) return false;
  const contact = await tx.get("contacts", log.account);
  return contact !== undefined && isPutOut(contact, log.device);
}

/** Does it stand where its log forks, or behind that, and nothing tells whether its account stands by it? */
export async function isDoubtful(tx: ReadTx, log: Placed, entry: Named): Promise<boolean> {
  if (((await tx.get("forks", log.a))?.s ?? Infinity) > entry.s) return false;
  const end = (await endsOf(tx))[log.log];
  return end === undefined || !(await isStoodBy(tx, log, end, entry));
}

/** Is it the entry that the closing names, or does a chain lead from that one to this, of which all is here? */
export async function isStoodBy(
  tx: ReadTx,
  log: Placed,
  end: End,
  { s, hash }: Named,
): Promise<boolean> {
  if (s >= end.seq) return s === end.seq && end.hash === toHex(hash);
  if (s + 1 < (await settledFrom(tx, log, end))) return false;
  const after = await tx.get("entries", [log.c, log.a, s + 1]);
  const next = after && decodeEntry(after.bytes);
  return next?.ok === true && equalBytes(next.value.core.prev ?? NONE, hash);
}

/**
 * From this number on all is here up to the entry that the closing names. What is here side by side follows
 * from each other, so those are what the account stands by. Infinity: that entry is not here.
 */
export async function settledFrom(tx: ReadTx, log: Placed, end: End): Promise<number> {
  const last = hasKnown(log.known, end.seq)
    ? await tx.get("entries", [log.c, log.a, end.seq])
    : undefined;
  if (last === undefined || end.hash !== toHex(last.hash)) return Infinity;
  const range = rangesIn(log.known).find(([from, to]) => from <= end.seq && end.seq <= to);
  return range?.[0] ?? Infinity;
}

/** A closing of a log: by the author of log `a`, in its entry `s`. */
type Claim = { readonly a: number; readonly s: number; readonly end: End };

/**
 * Where the logs end that devices of the account, now put out of it, wrote in the channel; none for those
 * that nobody who is believed has closed. First those say so who are in good standing, of what they did not close
 * those whose own logs they have closed, as far as those count, and so on. Of several the highest number
 * holds, and of one number the least id: the same everywhere.
 */
export async function endsAmong(
  tx: ReadTx,
  c: number,
  account: Hex,
): Promise<ReadonlyMap<Hex, End>> {
  const ends = new Map<Hex, End>();
  const contact = await tx.get("contacts", account);
  if (contact === undefined) return ends;
  const theirs = (await logsOf(tx, c)).filter((it) => it.account === account);
  const out = theirs.filter((it) => isPutOut(contact, it.device));
  const byNumber = new Map(theirs.map((it) => [it.a, it]));
  const outNumbers = new Set(out.map((it) => it.a));
  if (out.length === 0) return ends;
  const claims = await claimsOn(tx, out, byNumber);
  const forkedAt = new Map(
    (await tx.range("forks", "channel", { lower: c, upper: c })).map((it) => [it.a, it.s]),
  );
  const isBelieved = ({ a, s }: Claim): boolean =>
    outNumbers.has(a)
      ? s <= (ends.get(byNumber.get(a)?.log ?? "")?.seq ?? 0)
      : s < (forkedAt.get(a) ?? Infinity);
  for (let open = claims; ;) {
    const found = open.flatMap(({ log, on }) => {
      const end = highest(on.filter(isBelieved));
      return end === undefined ? [] : [[log.log, end] as const];
    });
    if (found.length === 0) return ends;
    for (const [log, end] of found) ends.set(log, end);
    open = open.filter(({ log }) => !ends.has(log.log));
  }
}

/**
 * Places of the closings by which logs of the channel end: of each log those that say where it does. `among`: of
 * these logs alone. Rule [OD20].
 */
export async function closingsIn(
  tx: ReadTx,
  c: number,
  among?: ReadonlySet<Hex>,
): Promise<readonly EntryPlace[]> {
  const ends = await endsOf(tx);
  const places: EntryPlace[] = [];
  for (const theirs of Map.groupBy(await logsOf(tx, c), (it) => it.account).values()) {
    const closed = theirs.filter(({ log }) => ends[log] !== undefined && among?.has(log) !== false);
    if (closed.length === 0) continue;
    for (const { log, on } of await claimsOn(tx, closed, new Map(theirs.map((it) => [it.a, it])))) {
      const end = ends[log.log];
      const alike = on.filter((it) => it.end.seq === end?.seq && it.end.hash === end.hash);
      // One of each author: nobody's stand in the way of those that are believed.
      const firsts = alike.filter((it, n) => alike.findIndex(({ a }) => a === it.a) === n);
      for (const { a, s } of firsts.slice(0, CLOSINGS_TOLD_MAX)) places.push([a, s]);
    }
  }
  return places;
}

const highest = (claims: readonly Claim[]): End | undefined =>
  claims
    .map(({ end }) => end)
    .toSorted((x, y) => y.seq - x.seq || ((x.hash ?? "") < (y.hash ?? "") ? -1 : 1))[0];

type ClaimsOn = { readonly log: Log; readonly on: readonly Claim[] };

/**
 * By other devices of the account; what they are worth is asked later. They are read log by log: nobody crowds out
 * another's, least of all who is out. `theirs`: the account's logs by number.
 */
async function claimsOn(
  tx: ReadTx,
  out: readonly Log[],
  theirs: ReadonlyMap<number, Log>,
): Promise<readonly ClaimsOn[]> {
  const rows: EntryRow[] = [];
  for (const { log } of theirs.values()) {
    const { tb, ts } = closingKeyOf(bytesOf(log));
    const range = { lower: [tb, ts], upper: [tb, ts], limit: CLOSINGS_READ_MAX };
    rows.push(...(await tx.range("entries", "target", range)));
  }
  for (const { log } of out) {
    const key = [tieOf(bytesOf(log)), CLOSING_TARGET];
    const range = { lower: key, upper: key, reverse: true, limit: EARLIER_READ_MAX };
    rows.push(...(await tx.range("entries", "target", range)));
  }
  const said = Map.groupBy(
    rows.flatMap((row) => {
      const author = theirs.get(row.a);
      const closing = closingIn(row);
      return author === undefined || closing === undefined ? [] : [{ author, row, ...closing }];
    }),
    ({ closed }) => closed,
  );
  return out.map((log) => {
    const byOthers = (said.get(log.log) ?? []).filter(({ author }) => author.device !== log.device);
    return { log, on: byOthers.map(({ row: { a, s }, end }) => ({ a, s, end })) };
  });
}

function closingIn({
  kind,
  bytes,
}: EntryRow): { readonly closed: Hex; readonly end: End } | undefined {
  if (kind !== KINDS.logClose.number) return undefined;
  const entry = decodeEntry(bytes);
  const body =
    entry.ok && entry.value.body !== null ? decodeBody(kind, entry.value.body) : undefined;
  if (body?.ok !== true || body.value.type !== "logClose") return undefined;
  const { log, seq, hash } = body.value;
  return { closed: toHex(log), end: { seq, hash: toHex(hash) } };
}
