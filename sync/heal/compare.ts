/**
 * Digests of other devices, compared with ours when nothing more comes: whoever is behind asks the other
 * one where it is ahead. docs/protocol/sync.md, [DG3] to [DG5].
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import {
  bytesOf,
  type Channel,
  channelById,
  channelOf,
  type Log,
  logsOf,
} from "../channel/channels.ts";
import { channelWith, membersOf } from "../channel/members.ts";
import { endsOf } from "../devices/closed.ts";
import { decodeEntry, DEP_HASH_BYTES } from "../entry/entry.ts";
import { groupMembers } from "../group/rosters.ts";
import type { MemberRow } from "../group/rows.ts";
import { isServable, mayBeAfterAnEnd } from "../group/welcome.ts";
import {
  coversKnown,
  hasKnown,
  holesOf,
  type Known,
  KNOWN_NOTHING,
  limitKnown,
  maxKnown,
} from "../log/known.ts";
import { controlsWaiting, sendControl } from "../outbox/control.ts";
import { entriesThatFit } from "../payload/entries.ts";
import type { Hello } from "../payload/hello.ts";
import { BACKFILL_LOGS_MAX, BACKFILL_RANGES_MAX, ENTRIES_MAX } from "../payload/limits.ts";
import { encodePayload } from "../payload/payload.ts";
import type { LogHead, Vector } from "../payload/vector.ts";
import { tellCursor } from "../receipts/pull.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { CursorRow, DeviceRow, EntryRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { mayAsk, SERVED_WAITING_MAX, takeTurn } from "./answers.ts";
import { ask, type AskContext, type Round } from "./ask.ts";
import { HEAL_TRIES_MAX } from "./asked.ts";
import { type Digest, digestOf, type Head, openHeads } from "./digest.ts";
import { proofsFor, takeForkProof } from "./forks.ts";

/** Digests are compared when a channel was quiet for so long. */
export const QUIET_MS = 5_000;
/** Logs of which entries go along with an answer. */
const SERVED_LOGS_MAX = 16;

/** Keeps the newest digest of a device until it is compared. Its signature was checked. */
export async function keepHello(
  tx: WriteTx,
  from: Pick<CursorRow, "c" | "device" | "account">,
  { counter, digest, count, asks }: Hello,
): Promise<void> {
  const held = await tx.get("cursors", [from.c, from.device]);
  if (held?.hello !== undefined && held.hello.counter >= counter) return;
  const row: CursorRow = held ?? { ...from, counter: 0, delivered: [], read: [] };
  await tx.put("cursors", { ...row, hello: { counter, digest: toHex(digest), count, asks } });
}

/** What a round found out about copies of others. */
export type Compared = Round & {
  /** Devices that are behind us: they may not know. */
  readonly behind: readonly { readonly c: number; readonly device: Hex }[];
};

/** `cursors`: all that there are. `quietInMs`: how long until the channel will have been quiet, 0 when it is. */
export async function compareHellos(
  tx: WriteTx,
  context: AskContext,
  cursors: readonly CursorRow[],
  quietInMs: (c: number) => number,
): Promise<Compared> {
  const told = cursors.filter((it) => it.hello !== undefined);
  const behind: { c: number; device: Hex }[] = [];
  let sent = 0;
  let waitMs = Infinity;
  for (const [c, rows] of Map.groupBy(told, (it) => it.c)) {
    const channel = await channelOf(tx, c);
    const pauseMs = quietInMs(c);
    if (channel !== undefined && pauseMs > 0) {
      waitMs = Math.min(waitMs, pauseMs);
      continue;
    }
    const ours = channel === undefined ? undefined : await digestOf(tx, channel);
    for (const row of rows) {
      const verdict = compare(row, ours);
      if (verdict === "behind") behind.push({ c, device: row.device });
      if (channel === undefined || ours === undefined || (await isOut(tx, row))) {
        await dropHello(tx, row);
        continue;
      }
      if (row.hello?.asks === true) sent += await tellCursor(tx, context, channel, row.device);
      if (verdict !== "ahead") {
        await dropHello(tx, row);
        continue;
      }
      const round = await askWhere(tx, context, channel, row);
      sent += round.sent;
      waitMs = Math.min(waitMs, round.waitMs);
    }
  }
  return { sent, waitMs, behind };
}

/** What they are. Where both hold as many and not the same, both ask. */
function compare({ hello }: CursorRow, ours: Digest | undefined): "equal" | "behind" | "ahead" {
  if (hello === undefined || ours === undefined) return "equal";
  if (hello.digest === toHex(ours.digest)) return "equal";
  return hello.count < ours.count ? "behind" : "ahead";
}

/** A device that is out of its account since then is told nothing, and asked nothing. */
async function isOut(tx: ReadTx, { account, device }: CursorRow): Promise<boolean> {
  return (await tx.get("contacts", account))?.live.includes(device) !== true;
}

async function dropHello(tx: WriteTx, row: CursorRow): Promise<void> {
  const { hello: _, ...rest } = row;
  await tx.put("cursors", rest);
}

async function askWhere(
  tx: WriteTx,
  context: AskContext,
  channel: Channel,
  row: CursorRow,
): Promise<Round> {
  const { asked, nowMs, self } = context;
  const device = await tx.get("devices", row.device);
  const members = await membersOf(tx, self, channel);
  // Who left is not answered either.
  const isMember = [row.account, self.account].every((it) => members.includes(it));
  const name = `vector ${channel.id} ${row.device} ${row.hello?.digest ?? ""}`;
  if (device === undefined || !isMember || asked.times(name) >= HEAL_TRIES_MAX) {
    await dropHello(tx, row);
    return { sent: 0, waitMs: Infinity };
  }
  const pauseMs = asked.waitMs(name, nowMs);
  if (pauseMs > 0) return { sent: 0, waitMs: pauseMs };
  const sent = await askVector(tx, context, channel, device);
  if (sent === 0) asked.unsent(name);
  return { sent, waitMs: sent === 0 ? asked.dueInMs(name, nowMs) : Infinity };
}

/** "This is what I have, where are you ahead?" */
export async function askVector(
  tx: WriteTx,
  context: AskContext,
  channel: Channel,
  device: DeviceRow,
): Promise<number> {
  const vector: Vector = {
    channel: bytesOf(channel.id),
    asks: true,
    logs: await vectorOf(tx, channel),
    forks: await proofsFor(tx, channel),
  };
  return ask(tx, context, [device], encodePayload("vector", vector));
}

/** Newest logs first: of what does not fit nobody writes any more. */
async function vectorOf(tx: ReadTx, channel: Channel): Promise<readonly LogHead[]> {
  const headOf = await openHeads(tx, channel);
  const logs = (await logsOf(tx, channel.c))
    .filter((it) => maxKnown(it.known) > 0)
    .toSorted((a, b) => b.hlc - a.hlc)
    .slice(0, BACKFILL_LOGS_MAX);
  return Promise.all(logs.map(async (log) => logHead(log, await headOf(log))));
}

const logHead = ({ log, known }: Log, head: Head | undefined): LogHead => ({
  log: bytesOf(log),
  known: limitKnown(known, BACKFILL_RANGES_MAX),
  head: head?.seq ?? 0,
  hash8: (head?.hash ?? new Uint8Array(DEP_HASH_BYTES)).slice(0, DEP_HASH_BYTES),
});

/** Do they have another entry than we where this log ends for them? Then both of us look for it. */
async function isForked(tx: ReadTx, log: Log, { head, hash8 }: LogHead): Promise<boolean> {
  const held = hasKnown(log.known, head)
    ? await tx.get("entries", [log.c, log.a, head])
    : undefined;
  if (held === undefined || equalBytes(held.hash.subarray(0, DEP_HASH_BYTES), hash8)) return false;
  // Which of two counts the account has said: ours is that one, or it is a hole, or neither matters.
  if ((await endsOf(tx))[log.log] !== undefined) return false;
  return ((await tx.get("forks", log.a))?.s ?? Infinity) > head;
}

async function doubtForks(
  tx: ReadTx,
  { effects }: OpenContext,
  { device }: DeviceRow,
  c: number,
  heads: readonly LogHead[],
): Promise<void> {
  const byId = new Map((await logsOf(tx, c)).map((it) => [it.log, it]));
  for (const head of heads) {
    const log = byId.get(toHex(head.log));
    if (log === undefined || !(await isForked(tx, log, head))) continue;
    effects.doubted({ c, log: log.log, seq: head.head, device });
  }
}

/** A vector that came: a question, or the answer to ours. */
export async function takeVector(
  tx: WriteTx,
  context: OpenContext,
  from: DeviceRow,
  vector: Vector,
  isContact: boolean,
): Promise<void> {
  const channel = await channelById(tx, toHex(vector.channel));
  const isMember =
    channel !== undefined &&
    (await channelWith(tx, context.self, from.account, vector.channel)) !== undefined;
  if (channel === undefined || !isMember)
    return context.effects.dropped("vector of another channel");
  if (!(await mayAsk(tx, context, from, channel, isContact))) return;
  for (const proof of vector.forks) await takeForkProof(tx, context, channel, proof);
  const row = await tx.get("cursors", [channel.c, from.device]);
  // An answer is taken from those whose digest made us ask.
  if (!vector.asks && row?.hello === undefined) return context.effects.dropped("vector unasked");
  await doubtForks(tx, context, from, channel.c, vector.logs);
  if (vector.asks) return answerVector(tx, context, from, channel, vector);
  // They are nowhere ahead of what we may read: it was compared.
  if (vector.logs.length === 0 && row?.hello !== undefined) await dropHello(tx, row);
  for (const { log, known } of vector.logs) {
    context.effects.claimed(channel.c, toHex(log), maxKnown(known), from.device);
  }
  context.effects.missing();
}

/** Where we are ahead, as far as they may read it, and the first of what they lack. */
async function answerVector(
  tx: WriteTx,
  context: OpenContext,
  from: DeviceRow,
  channel: Channel,
  asked: Vector,
): Promise<void> {
  if (!(await takeTurn(tx, context, from))) return;
  if ((await controlsWaiting(tx, from.device, null)) >= SERVED_WAITING_MAX) return;
  const member = (await groupMembers(tx, channel)).find((it) => it.account === from.account);
  const isOwn = from.account === context.self.account;
  const theirs = new Map(asked.logs.map((it) => [toHex(it.log), it]));
  const headOf = await openHeads(tx, channel);
  const logs: LogHead[] = [];
  const rows: EntryRow[] = [];
  const ours = (await logsOf(tx, channel.c)).toSorted((a, b) => b.hlc - a.hlc);
  for (const log of ours) {
    if (logs.length >= BACKFILL_LOGS_MAX) break;
    const their = theirs.get(log.log);
    const known = their?.known ?? KNOWN_NOTHING;
    const isOther = their !== undefined && (await isForked(tx, log, their));
    const isAhead = !coversKnown(known, log.known);
    const lacked = isAhead ? await lackedRows(tx, log, known, member, isOwn) : [];
    if (lacked.length === 0 && !isOther) continue;
    logs.push(logHead(log, await headOf(log)));
    if (logs.length <= SERVED_LOGS_MAX) rows.push(...lacked.filter(isProofInItself));
  }
  const entries = entriesThatFit(rows.slice(0, ENTRIES_MAX).map((it) => it.bytes));
  const payloads = [
    ...(entries.length === 0 ? [] : [encodePayload("entries", { entries })]),
    encodePayload("vector", {
      channel: asked.channel,
      asks: false,
      logs,
      forks: await proofsFor(tx, channel),
    }),
  ];
  for (const payload of payloads) {
    const control = { ...context, device: from, payloads: [payload], before: null, psk: null };
    await sendControl(tx, control);
  }
  context.effects.wake();
}

/** Entries of a log that they lack and may read, of each hole the last ones. `isOwn`: a device of ours asks. */
async function lackedRows(
  tx: ReadTx,
  { c, a, known }: { readonly c: number; readonly a: number; readonly known: Known },
  theirs: Known,
  member: MemberRow | undefined,
  isOwn: boolean,
): Promise<readonly EntryRow[]> {
  const found: EntryRow[] = [];
  for (const [from, to] of holesOf(theirs, maxKnown(known))) {
    const rows = await tx.range("entries", "primary", {
      lower: [c, a, from],
      upper: [c, a, to],
      reverse: true,
      limit: ENTRIES_MAX - found.length,
    });
    const isTheirs = (it: EntryRow): boolean =>
      it.withheld !== true &&
      !hasKnown(theirs, it.s) &&
      (member === undefined || isServable(it, member)) &&
      (isOwn || !mayBeAfterAnEnd(it));
    found.push(...rows.filter(isTheirs).toReversed());
    if (found.length >= ENTRIES_MAX) break;
  }
  return found;
}

/** One that came in a run proves nothing by itself, and is supplied as a run, by WANT. */
function isProofInItself({ bytes }: EntryRow): boolean {
  const entry = decodeEntry(bytes);
  return entry.ok && entry.value.signature !== null;
}
