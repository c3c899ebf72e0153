/**
 * Taking in a chunk of history: each run is verified against its log's key,
 * and placed as if it had always been here. docs/protocol/backfill.md, rules [HY12] to [HY15] and [HY21].
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import { toHex } from "../../crypto/base/hex.ts";
import { accountIdOf } from "../../crypto/identity/account.ts";
import { certificateFactOf } from "../../crypto/identity/facts.ts";
import type { Self } from "../account/self.ts";
import {
  bytesOf,
  type Channel,
  channelById,
  channelOf,
  type Log,
  logById,
  openLog,
} from "../channel/channels.ts";
import { openFormerLog } from "../channel/former-logs.ts";
import { channelWith } from "../channel/members.ts";
import { hasRoomForWriter, writersOf } from "../channel/writers.ts";
import { hEffOf } from "../clock/hlc.ts";
import { certifiedBy } from "../contact/certified.ts";
import { isOfBranch, makeWay } from "../devices/branch.ts";
import { heedEntry } from "../devices/heed.ts";
import { decodeBody } from "../entry/bodies.ts";
import { decodeEntry, encodeEntry } from "../entry/entry.ts";
import { KINDS } from "../entry/kinds.ts";
import { followEntry } from "../group/follow.ts";
import { cameAt } from "../group/history.ts";
import { learnWriter } from "../group/members-known.ts";
import { groupMembers } from "../group/rosters.ts";
import type { MemberRow } from "../group/rows.ts";
import { isServable } from "../group/welcome.ts";
import { noteHealed } from "../heal/healed.ts";
import { takeWords } from "../heal/words.ts";
import { addKnown, hasKnown } from "../log/known.ts";
import type { Chunk } from "../payload/chunk.ts";
import { takeRead } from "../receipts/receipts.ts";
import { placeEntry } from "../receive/accept-entry.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { DeviceRow, EntryRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { openRun, type Run, type RunEntry } from "./run.ts";

/** A device of somebody in the channel; ourselves, for what comes from a backup. */
type Supplier = Pick<DeviceRow, "account" | "device">;
type Supplied = {
  readonly from: Supplier;
  readonly standing: Standing | undefined;
  /** See `Placing`. Our own devices know where logs end, and tell it with the rest. Rule [OD23]. */
  readonly isTold: boolean;
};

/**
 * From anybody in the channel: each entry proves itself. What was read is our own devices' to say, and the
 * other side's of what they wrote themselves.
 */
export async function takeChunk(
  tx: WriteTx,
  context: OpenContext,
  from: Supplier,
  chunk: Chunk,
): Promise<void> {
  const { self, effects, nowMs } = context;
  const isOwn = from.account === self.account;
  // A file answers no question, and may bring what we had in a group that we are out of.
  const isFile = from.device === self.device;
  const channel = isFile
    ? await channelById(tx, toHex(chunk.channel))
    : await channelWith(tx, self, from.account, chunk.channel);
  if (channel === undefined) return effects.dropped("chunk of another channel");
  for (const writer of chunk.writers) await openWriter(tx, context, channel, writer);
  const read = isOwn ? chunk.read : await ofTheirs(tx, from, chunk.read);
  await takeRead(tx, channel, read, nowMs);
  const standing = await standingIn(tx, self, channel, isFile);
  const isTold = channel.history === "wanted" && (isFile || !isOwn);
  const supplied = { from, standing, isTold };
  for (const run of chunk.runs) await takeRun(tx, context, channel.c, run, supplied);
  if (!isFile) effects.backfilled(channel.c, isAnswer(chunk) ? chunk.left : null, from.device);
  effects.receipt(channel.c);
}

/**
 * Does it say by its shape that history was asked for? Devices of an earlier version answer WANT by runs
 * alone, of which none is left, though there may be more before them.
 */
const isAnswer = ({ left, read, writers, runs }: Chunk): boolean =>
  left > 0 || read.length > 0 || writers.length > 0 || runs.length === 0;

/** Rule [HY20]: of nobody else's logs they have anything to say. */
async function ofTheirs(
  tx: WriteTx,
  { account }: Supplier,
  read: Chunk["read"],
): Promise<Chunk["read"]> {
  const logs = await Promise.all(read.map((it) => logById(tx, toHex(it.log))));
  return read.filter((_, i) => logs[i]?.account === account);
}

/** The log of whom a `log.open` names, if they are in the channel and their account certified them. */
async function openWriter(
  tx: WriteTx,
  context: OpenContext,
  channel: Channel,
  body: Uint8Array,
): Promise<void> {
  const { self, effects } = context;
  const opened = decodeBody(KINDS.logOpen.number, body);
  if (!opened.ok || opened.value.type !== "logOpen") return effects.dropped("writer malformed");
  const { accountKey, certificates, incarnation } = opened.value;
  const account = toHex(accountIdOf(accountKey));
  const certificate = certifiedBy(accountKey, certificates);
  const isMember = (await writersOf(tx, self, channel)).has(account);
  if (certificate === undefined || !isMember) return effects.dropped("writer forged");
  if (!(await hasRoomForWriter(tx, self, channel, account)))
    return effects.dropped("too many logs");
  if (channel.kind === "group") {
    const facts = certificates.map(certificateFactOf);
    if (!(await learnWriter(tx, context, accountKey, facts, account))) return;
  }
  const device = toHex(certificate.device);
  await openLog(tx, self, channel, { account, device, key: certificate.sigKey, incarnation });
}

async function takeRun(
  tx: WriteTx,
  context: OpenContext,
  c: number,
  run: Run,
  { from, standing, isTold }: Supplied,
): Promise<void> {
  const { effects } = context;
  const channel = await channelOf(tx, c);
  const log =
    (await logById(tx, toHex(run.log))) ??
    (channel && (await openFormerLog(tx, context.self, channel, run.log)));
  if (channel === undefined || log === undefined || log.c !== c) {
    return effects.dropped("run of an unknown log");
  }
  const opened = openRun(run, bytesOf(channel.id), log.key, await prevAfter(tx, log, run));
  if (!opened.ok) return effects.dropped(opened.error.type);
  // In the log that we go on writing it would leave a hole, or a fork.
  const isOurs = log.own && equalBytes(log.incarnation, context.self.incarnation);
  if (isOurs && run.first + run.items.length - 1 > log.known.floor) {
    effects.rolledBack();
    return effects.dropped("run own");
  }
  const before = await tx.get("entries", [c, log.a, run.first - 1]);
  const isFollowing = before === undefined || equalBytes(before.hash, run.prev ?? before.hash);
  const last = opened.value.at(-1);
  const isSure = last !== undefined && (await isOfBranch(tx, log, last.core.seq, last.id));
  if (!isFollowing && !isSure) return effects.dropped("run chain");
  // Newest first, so that what is interrupted leaves the newest.
  for (const entry of opened.value.toReversed()) {
    const placed = await takeRunEntry(tx, context, { c, a: log.a, standing, isTold }, entry);
    const isHealed = placed !== undefined && channel.history !== "wanted";
    if (isHealed) await noteHealed(tx, context, placed, from.account);
  }
}

/** The `prev` of the entry behind the run, if that is here. */
async function prevAfter(tx: WriteTx, log: Log, run: Run): Promise<Uint8Array | null> {
  const after = await tx.get("entries", [log.c, log.a, run.first + run.items.length]);
  const entry = after === undefined ? undefined : decodeEntry(after.bytes);
  return entry?.ok === true ? entry.value.core.prev : null;
}

type RunPlace = { readonly c: number; readonly a: number } & Omit<Supplied, "from">;

async function takeRunEntry(
  tx: WriteTx,
  context: OpenContext,
  { c, a, standing, isTold }: RunPlace,
  { id: hash, ...entry }: RunEntry,
): Promise<EntryRow | undefined> {
  const { self, nowMs } = context;
  const row = await tx.get("logs", a);
  if (row === undefined) return undefined;
  const held = { ...row, a };
  const log = await makeWay(tx, self, held, entry, hash);
  const channel = await channelOf(tx, c);
  if (channel === undefined) return undefined;
  if (hasKnown(log.known, entry.core.seq)) {
    await takeWords(tx, self, { c, a, s: entry.core.seq }, hash, entry);
    return undefined;
  }
  const isOpen = entry.core.kind === KINDS.logOpen.number;
  if (isOpen !== (entry.core.seq === 1)) {
    context.effects.dropped("run logOpen");
    return undefined;
  }
  const seen = asSeen(standing, log, entry);
  if (seen === undefined) return undefined;
  const bytes = encodeEntry(entry);
  const placed = await placeEntry(tx, {
    self,
    channel,
    log: seen,
    entry,
    hash,
    bytes,
    nowMs,
    isHistory: true,
    isTold,
    replaced: log !== held,
  });
  await heedEntry(tx, context, placed);
  // Of a group that we are out of nobody is told anything by what we once heard.
  await followEntry(tx, context, placed, standing === undefined);
  return placed.entry;
}

/** Of a group: how we stand in it, and when we came (hEff). `mayBeOlder`: we had what is older once. Rule [BU8]. */
type Standing = {
  readonly own: MemberRow;
  readonly cameAt: number;
  readonly mayBeOlder: boolean;
};

async function standingIn(
  tx: ReadTx,
  { account }: Self,
  channel: Channel,
  mayBeOlder: boolean,
): Promise<Standing | undefined> {
  const own = (await groupMembers(tx, channel)).find((it) => it.account === account);
  return own && { own, cameAt: await cameAt(tx, channel.c, account), mayBeOlder };
}

/**
 * The entry's log, in a group with what was written before we came as read: history is not unread. Undefined:
 * it is not ours to read. Rule [HY21].
 */
function asSeen(
  standing: Standing | undefined,
  log: Log,
  { core }: Pick<RunEntry, "core">,
): Log | undefined {
  if (standing === undefined) return log;
  const h = hEffOf(core.hlc, core.floor);
  const { own, mayBeOlder } = standing;
  if (!mayBeOlder && !isServable({ h, kind: core.kind, s: core.seq }, own)) return undefined;
  return h < standing.cameAt ? { ...log, read: addKnown(log.read, core.seq) } : log;
}
