/**
 * An entry that came in, by whatever way: checked against its log and its author, given its place, and
 * counted once. Runs inside the transaction that also moves the ratchet. docs/protocol/sync.md,
 * rules [RX5], [RX6], [RX11] to [RX13].
 */
import { compareBytes, equalBytes } from "../../crypto/base/bytes.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import type { Self } from "../account/self.ts";
import { bytesOf, type Channel, channelOf, type Log, logById } from "../channel/channels.ts";
import { previewOf } from "../channel/preview.ts";
import { accountChannelIdOf, takeIn } from "../channel/take-in.ts";
import { fieldsOf, isLine, saidOf } from "../channel/thread-rows.ts";
import { hEffOf, mergeHlc, msOf } from "../clock/hlc.ts";
import { makeWay } from "../devices/branch.ts";
import { awaitsHistory, closingOf, endsOf } from "../devices/closed.ts";
import { decodeBody } from "../entry/bodies.ts";
import { decodeEntry, type Dep, type Entry, entryIdOf, verifyEntry } from "../entry/entry.ts";
import { isRoster, isShown, KINDS } from "../entry/kinds.ts";
import { publicIdOf } from "../entry/public-id.ts";
import { runPlaced } from "../expiry/running.ts";
import { addKnown, countKnown, hasKnown } from "../log/known.ts";
import { tieOf } from "../log/order.ts";
import type { EntryRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";

/** Why an entry was not taken. Counted, never shown: none of it is the person's doing. */
export type EntryRefusal =
  | "malformed"
  | "otherChannel"
  | "unknownLog"
  | "signature"
  /** It does not follow from the entry before it, or the one after does not follow from it. */
  | "chain"
  /** Another entry of this log and number is here already: the author equivocates. */
  | "fork"
  /** Of the log that we write now, and we do not have it: our storage was rolled back. */
  | "own"
  | "clock"
  /** Of a removed device, and whether it counts is told with the history that is still to come: [OD23]. */
  | "early"
  /** Its log has so many holes that it could not be claimed. It is sent again when some are filled. */
  | "holes"
  /** Entry 1 must be `log.open` and name the account and incarnation of its log. */
  | "logOpen";

export type EntryOutcome =
  | {
      readonly type: "new";
      readonly entry: EntryRow;
      readonly channel: Channel;
      /** Something else had its place, or the one before it, and went: see [OD18]. */
      readonly replaced: boolean;
      /** What it names of other logs, which may not be here. */
      readonly deps: readonly Dep[];
    }
  | { readonly type: "held" }
  | {
      readonly type: "refused";
      readonly why: EntryRefusal;
      /** What is here in front of it is not what its author wrote there: perhaps that is there twice. */
      readonly before?: { readonly log: Hex; readonly seq: number };
    };

const refused = (why: EntryRefusal): EntryOutcome => ({ type: "refused", why });

/**
 * `c`: the channel that its envelope was for. The log must be known: it is, from the hand-over of its
 * author's chain. `isTold`: see `Placing`.
 */
export async function acceptEntry(
  tx: WriteTx,
  self: Self,
  c: number,
  bytes: Uint8Array,
  nowMs: number,
  isTold = false,
): Promise<EntryOutcome> {
  const decoded = decodeEntry(bytes);
  if (!decoded.ok) return refused("malformed");
  const entry = decoded.value;
  const named = await logById(tx, toHex(entry.core.log));
  if (named === undefined) return refused("unknownLog");
  const isHere = named.c === c && toHex(entry.core.channel) === (await channelOf(tx, c))?.id;
  if (!isHere) return refused("otherChannel");
  if (!verifyEntry(entry, named.key).ok) return refused("signature");
  const hash = entryIdOf(entry.coreBytes);
  const log = await makeWay(tx, self, named, entry, hash);
  const channel = await channelOf(tx, c);
  if (channel === undefined) return refused("otherChannel");
  const held = await heldAt(tx, log, entry.core.seq);
  if (held !== undefined) return equalBytes(held.hash, hash) ? { type: "held" } : refused("fork");
  // In the log that we go on writing it would leave a hole, or a fork.
  if (log.own && equalBytes(log.incarnation, self.incarnation)) return refused("own");
  if (!isTold && (await awaitsHistory(tx, channel, log))) return refused("early");
  const misfit = (await misfitOf(tx, log, entry, hash)) ?? (await openMisfit(tx, log, entry));
  if (misfit !== undefined) {
    const { seq } = entry.core;
    const isBeforeHere = misfit === "chain" && hasKnown(log.known, seq - 1);
    return { ...refused(misfit), ...(isBeforeHere && { before: { log: log.log, seq: seq - 1 } }) };
  }
  // Otherwise "not known" would not mean "not here".
  const known = addKnown(log.known, entry.core.seq);
  if (countKnown(known) <= countKnown(log.known)) return refused("holes");
  const placing = { self, channel, log, entry, hash, bytes, nowMs, isTold };
  return await placeEntry(tx, { ...placing, replaced: log !== named });
}

/** What is not known is not here: the database is not asked for it. */
const heldAt = async (tx: WriteTx, log: Log, seq: number): Promise<EntryRow | undefined> =>
  hasKnown(log.known, seq) ? await tx.get("entries", [log.c, log.a, seq]) : undefined;

/**
 * Does it join the entries before and after it that we hold? hlc must grow along a log. Behind a fork an op of a
 * roster need not: which half stands before it is chance, and what it takes from somebody stands. Rule [FK4].
 */
async function misfitOf(
  tx: WriteTx,
  log: Log,
  entry: Entry,
  hash: Uint8Array,
): Promise<EntryRefusal | undefined> {
  const misfit = await brokenAt(tx, log, entry, hash);
  const { kind, seq } = entry.core;
  if (misfit === undefined || !isRoster(kind)) return misfit;
  const forkedAt = (await tx.get("forks", log.a))?.s ?? Infinity;
  return forkedAt < seq ? undefined : misfit;
}

async function brokenAt(
  tx: WriteTx,
  log: Log,
  { core }: Entry,
  hash: Uint8Array,
): Promise<EntryRefusal | undefined> {
  const before = await heldAt(tx, log, core.seq - 1);
  if (before !== undefined) {
    if (core.prev === null || !equalBytes(core.prev, before.hash)) return "chain";
    if (core.hlc <= hlcOf(before)) return "clock";
  }
  const after = await heldAt(tx, log, core.seq + 1);
  // What stands behind the end may follow from anything: it does not count.
  const isEnd = after !== undefined && (await endsOf(tx))[log.log]?.seq === core.seq;
  if (after !== undefined && !isEnd) {
    const next = decodeEntry(after.bytes);
    if (!next.ok || next.value.core.prev === null) return "chain";
    if (compareBytes(next.value.core.prev, hash) !== 0) return "chain";
    if (next.value.core.hlc <= core.hlc) return "clock";
  }
  return undefined;
}

function hlcOf(row: EntryRow): number {
  const entry = decodeEntry(row.bytes);
  return entry.ok ? entry.value.core.hlc : 0;
}

async function openMisfit(
  tx: WriteTx,
  log: Log,
  { core, body }: Entry,
): Promise<EntryRefusal | undefined> {
  const isOpen = core.kind === KINDS.logOpen.number;
  if (isOpen !== (core.seq === 1)) return "logOpen";
  if (!isOpen) return undefined;
  const opened = body === null ? undefined : decodeBody(core.kind, body);
  if (opened === undefined || !opened.ok || opened.value.type !== "logOpen") return "logOpen";
  const contact = await tx.get("contacts", log.account);
  const names =
    contact !== undefined &&
    equalBytes(opened.value.accountKey, contact.accountKey) &&
    equalBytes(opened.value.incarnation, log.incarnation);
  return names ? undefined : "logOpen";
}

export type Placing = {
  readonly self: Self;
  readonly channel: Channel;
  readonly log: Log;
  readonly entry: Entry;
  readonly hash: Uint8Array;
  readonly bytes: Uint8Array;
  readonly nowMs: number;
  /** It came with the history that another device of ours has: nothing about it is late. */
  readonly isHistory?: true;
  /** What was before us, told to us: what its author's device wrote that was put out counts as with who tells it. */
  readonly isTold: boolean;
  readonly replaced: boolean;
};

/** Gives a verified entry its place, and counts it. Only what is not held. */
export async function placeEntry(
  tx: WriteTx,
  placing: Placing,
): Promise<Extract<EntryOutcome, { readonly type: "new" }>> {
  const { self, channel, log, entry, hash, bytes, nowMs } = placing;
  const { core } = entry;
  const logId = bytesOf(log.log);
  const merged = mergeHlc(channel.hlc, core.hlc, nowMs);
  const own = log.account === self.account;
  const h = hEffOf(core.hlc, core.floor);
  // What a device wrote that was put out is shown to its own account, as not accepted.
  const counts = await closingOf(tx, log, { s: core.seq, hash }, !placing.isTold);
  const shown = isLine(entry) && (own || counts === undefined) ? 1 : 0;
  const theirs = channel.theirs ?? { lastH: 0, seenH: 0 };
  const said = saidOf(entry, hash, h, log.account);
  const row: EntryRow = {
    c: channel.c,
    a: log.a,
    s: core.seq,
    h,
    b: tieOf(logId),
    arr: channel.arrivals + 1,
    bytes,
    hash,
    kind: core.kind,
    shown,
    own,
    id: publicIdOf(core.hlc, logId, core.seq),
    ...fieldsOf(entry, said, accountChannelIdOf(self)),
    writtenAtMs: msOf(core.hlc),
    late: await isLate(tx, placing, h, theirs.seenH),
    clockAhead: merged.clockAhead,
    ...(counts !== undefined && { counts }),
  };
  // Another device of ours may have read it before it came here.
  const isUnread = shown === 1 && !own && !hasKnown(log.read, core.seq);
  const grown: Channel = {
    ...channel,
    hlc: merged.channelMax,
    arrivals: row.arr,
    unread: channel.unread + (isUnread ? 1 : 0),
    receipts: channel.receipts + 1,
    theirs: isUnread ? { ...theirs, lastH: Math.max(theirs.lastH, h) } : theirs,
    ...(shown === 1 && h >= channel.lastH ? { lastH: h, preview: previewOf(row) } : {}),
  };
  await tx.put("entries", row);
  await runPlaced(tx, row, channel, log, nowMs);
  await tx.put("logs", {
    ...log,
    ...(row.lifetimeMs !== undefined && { expires: true }),
    known: addKnown(log.known, core.seq),
    hlc: Math.max(log.hlc, core.hlc),
    read: isUnread || counts !== undefined ? log.read : addKnown(log.read, core.seq),
  });
  await tx.put("channels", grown);
  if (counts === undefined) await takeIn(tx, self, said);
  const { deps } = core;
  const now = (await channelOf(tx, channel.c)) ?? grown;
  return { type: "new", entry: row, channel: now, replaced: placing.replaced, deps };
}

/** Is it put in above what the person has seen? A run of such is late once. Rule [RX12]. */
async function isLate(tx: WriteTx, placing: Placing, h: number, seenH: number): Promise<boolean> {
  const { self, log, entry, isHistory } = placing;
  const isTheirs = isShown(entry.core.kind) && log.account !== self.account;
  if (!isTheirs || isHistory === true || h >= seenH) return false;
  return !(await isRunOn(tx, placing, seenH));
}

/** Did the entry before it come just before it, above what was seen as well? Rule [RX12]. */
async function isRunOn(
  tx: WriteTx,
  { channel, log, entry }: Placing,
  seenH: number,
): Promise<boolean> {
  const before = await heldAt(tx, log, entry.core.seq - 1);
  return before !== undefined && before.arr === channel.arrivals && before.h < seenH;
}
