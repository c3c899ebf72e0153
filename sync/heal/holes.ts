/**
 * Asking for entries that are not here: holes in a log, what others say lies behind its end, and the
 * other one of two that seem to have one number. docs/protocol/sync.md, [HE4], [HE5] and [HE12] to [HE15].
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { type Self, wasPutBack } from "../account/self.ts";
import {
  bytesOf,
  type Channel,
  channelOf,
  type Log,
  logsOf,
  numbered,
} from "../channel/channels.ts";
import { membersOf, recipientsOf } from "../channel/members.ts";
import { ownContact } from "../contact/contacts.ts";
import { awaitsHistory, type End, endsOf } from "../devices/closed.ts";
import { DEP_HASH_BYTES } from "../entry/entry.ts";
import { groupMembers } from "../group/rosters.ts";
import {
  countKnown,
  hasKnown,
  holesOf,
  type Known,
  maxKnown,
  type SeqRange,
  withoutKnown,
} from "../log/known.ts";
import { WANT_RANGES_MAX } from "../payload/limits.ts";
import { encodePayload } from "../payload/payload.ts";
import { deliveredOf } from "../receipts/receipts.ts";
import type { CursorRow, DeviceRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { anyOpenOf, askAbout, type AskContext, type Round } from "./ask.ts";
import { HEAL_FIRST_MS, HEAL_LATE_MAX_MS, HEAL_TRIES_MAX } from "./asked.ts";
import type { Claim, Named } from "./claims.ts";
import { forksOf } from "./digest.ts";
import { type Gap, isProven, nameOf, peerOf } from "./gap.ts";

/** Questions for entries of one channel that wait for an answer. */
export const WANTS_IN_FLIGHT_MAX = 2;
/** After so many questions without an answer the person is told. */
export const MISSING_ROUNDS = 3;
/** Entries in front of a hole of a closed log that are asked for with it. */
const BEFORE_HOLE = 16;
/** What is only claimed of a channel is not counted beyond this: who claims more is mistaken, or lies. */
export const CLAIMED_SHOWN_MAX = 1_000;

export type HoleRound = Round & {
  /** By channel: entries that were asked for MISSING_ROUNDS times and are still not here. */
  readonly missing: ReadonlyMap<number, number>;
};

/** `cursors`: all that there are. */
export async function wantHoles(
  tx: WriteTx,
  context: AskContext,
  cursors: readonly CursorRow[],
): Promise<HoleRound> {
  await resolveNamed(tx, context);
  const byChannel = Map.groupBy(await gapsOf(tx, context, cursors), (it) => it.channel.c);
  const missing = new Map<number, number>();
  let sent = 0;
  let waitMs = Infinity;
  for (const [c, gaps] of byChannel) {
    // Who is out is not answered, and misses nothing.
    const [first] = gaps;
    const members = first === undefined ? [] : await membersOf(tx, context.self, first.channel);
    if (!members.includes(context.self.account)) continue;
    const round = await wantIn(tx, context, gaps);
    sent += round.sent;
    waitMs = Math.min(waitMs, round.waitMs);
    const count = missingIn(context, gaps);
    if (count > 0) missing.set(c, count);
  }
  const doubts = await wantDoubted(tx, context);
  return { sent: sent + doubts.sent, waitMs: Math.min(waitMs, doubts.waitMs), missing };
}

async function wantIn(tx: WriteTx, context: AskContext, gaps: readonly Gap[]): Promise<Round> {
  const { asked, claims, nowMs, self } = context;
  const [first] = gaps;
  const all = first === undefined ? [] : await recipientsOf(tx, self, first.channel);
  if (all.length === 0) return { sent: 0, waitMs: Infinity };
  let inFlight = gaps.filter((it) => asked.isInFlight(nameOf(it), nowMs)).length;
  let sent = 0;
  let waitMs = Infinity;
  for (const gap of gaps) {
    const { channel, log } = gap;
    const peer = peerOf(gap);
    const name = nameOf(gap);
    asked.heldNow(log, gap.held, peer, nowMs);
    asked.heldBy(name, gap.holders.size);
    const pauseMs = asked.peerWaitMs(peer, nowMs) || asked.dueInMs(name, nowMs);
    if (pauseMs === 0 && inFlight >= WANTS_IN_FLIGHT_MAX) {
      waitMs = Math.min(waitMs, HEAL_FIRST_MS);
      continue;
    }
    const dueMs = pauseMs || asked.waitMs(name, nowMs, HEAL_LATE_MAX_MS);
    waitMs = Math.min(waitMs, dueMs);
    if (dueMs > 0) continue;
    const claim = claims.claimOf(channel.c, log);
    // Nobody has it who was asked: whoever said so may say it again.
    if (!isProven(gap) && claim !== undefined && asked.times(name) > HEAL_TRIES_MAX) {
      claims.drop(claim);
      continue;
    }
    inFlight += 1;
    const ranges = gap.ranges.slice(0, WANT_RANGES_MAX);
    const want = { channel: bytesOf(channel.id), log: bytesOf(log), ranges };
    const devices = await whomToAsk(tx, context, gap, all);
    const told = await askAbout(tx, context, [name], devices, encodePayload("want", want));
    if (told > 0) asked.spend(peer, nowMs);
    sent += told;
  }
  return { sent, waitMs };
}

/**
 * Nobody who is known to lack it. In a group not everybody is asked what anybody can answer: first our own devices
 * that have it, then the author's and one of somebody else, if possible of who is known to have it. Rule [HE13].
 */
async function whomToAsk(
  tx: ReadTx,
  context: AskContext,
  gap: Gap,
  all: readonly DeviceRow[],
): Promise<readonly DeviceRow[]> {
  const { self, asked } = context;
  const { channel, account, holders, lackers } = gap;
  if (channel.kind !== "group") return all.filter((it) => !lackers.has(it.device));
  const holding = all.filter((it) => holders.has(it.device));
  const own = holding.filter((it) => it.account === self.account);
  if (asked.times(nameOf(gap)) === 1 && own.length > 0) return own;
  const authors = all.filter((it) => it.account === account);
  const isOther = (it: DeviceRow): boolean => it.account !== account;
  const others = holding.filter(isOther);
  const hopes = all.filter((it) => isOther(it) && !lackers.has(it.device));
  return [...authors, ...(await anyOpenOf(tx, context, others.length > 0 ? others : hopes))];
}

function missingIn({ asked }: AskContext, gaps: readonly Gap[]): number {
  let proven = 0;
  let claimed = 0;
  for (const gap of gaps) {
    const times = asked.times(nameOf(gap));
    if (times < MISSING_ROUNDS) continue;
    for (const [from, to] of gap.ranges) {
      if (to < gap.top) proven += to - from + 1;
      else if (times <= HEAL_TRIES_MAX) claimed += to - from + 1;
    }
  }
  return claimed > CLAIMED_SHOWN_MAX ? proven : proven + claimed;
}

async function gapsOf(
  tx: ReadTx,
  { claims, self }: AskContext,
  cursors: readonly CursorRow[],
): Promise<readonly Gap[]> {
  const gaps: Gap[] = [];
  const told = toldOf(await ofMembers(tx, cursors));
  const here = new Set<string>();
  const ends = await endsOf(tx);
  for (const row of await tx.range("logs", "primary", {})) {
    const log = numbered(row, "a");
    const key = `${log.c} ${log.log}`;
    here.add(key);
    const upTo = Math.max(told.get(key) ?? 0, claims.claimOf(log.c, log.log)?.upTo ?? 0);
    const end = log.own ? undefined : ends[log.log];
    const sure = end === undefined ? log.known : await sureOf(tx, log, end);
    const holes = holesOf(sure, Math.max(maxKnown(log.known), upTo, end?.seq ?? 0));
    const channel = holes.length === 0 ? undefined : await channelOf(tx, log.c);
    const ranges = channel === undefined ? [] : await ownPart(tx, channel, log, holes, end);
    const [first] = ranges;
    if (!channel || first === undefined || (await awaitsHistory(tx, channel, log))) continue;
    const { log: id, account, known } = log;
    const holders = holdersOf(cursors, claims.claimOf(log.c, id)?.devices, log, first[0]);
    const lackers = lackersOf(cursors, log, ranges);
    const held = countKnown(known);
    const top = Math.max(maxKnown(known), provenBy(end, known));
    gaps.push({ channel, log: id, account, ranges, top, held, holders, lackers });
  }
  const lost = await lostLogs(tx, self, cursors, here);
  for (const { c, log, upTo, devices } of [...claims.all(), ...lost]) {
    const channel = here.has(`${c} ${log}`) ? undefined : await channelOf(tx, c);
    here.add(`${c} ${log}`);
    if (channel === undefined) continue;
    const ranges = [[1, upTo]] as const;
    const [holders, lackers] = [new Set(devices), new Set<Hex>()];
    gaps.push({ channel, log, account: undefined, ranges, top: 0, held: 0, holders, lackers });
  }
  return gaps;
}

/**
 * Who is out of a group may hold what was written too late: it is with nobody who is asked. What counts was
 * known to whoever put them out.
 */
async function ofMembers(tx: ReadTx, cursors: readonly CursorRow[]): Promise<readonly CursorRow[]> {
  const heard: CursorRow[] = [];
  for (const [c, all] of Map.groupBy(cursors, (it) => it.c)) {
    const channel = await channelOf(tx, c);
    const members = new Set((await groupMembers(tx, { c })).map((it) => it.account));
    heard.push(...all.filter((it) => channel?.kind !== "group" || members.has(it.account)));
  }
  return heard;
}

/**
 * Logs that cursors of our other devices name and that are not here; of who had their storage put back between two
 * people also those that the others name. Rules [HE21] and [HE24].
 */
async function lostLogs(
  tx: ReadTx,
  self: Self,
  cursors: readonly CursorRow[],
  here: ReadonlySet<string>,
): Promise<readonly Claim[]> {
  const lost: Claim[] = [];
  // What a device told that was put out is still here.
  const { live } = await ownContact(tx, self);
  for (const { c, device, account, delivered } of cursors) {
    if (account === self.account && !live.includes(device)) continue;
    const away = delivered.filter(({ log }) => !here.has(`${c} ${log}`));
    if (away.length === 0) continue;
    const channel = await channelOf(tx, c);
    const isGroup = channel?.kind === "group";
    if (account !== self.account && (isGroup || !wasPutBack(self))) continue;
    // All of its history is being asked for.
    if (isGroup && channel.history === "wanted") continue;
    for (const { log, known } of away) {
      lost.push({ c, log, upTo: maxKnown(known), devices: [device] });
    }
  }
  return lost;
}

/** By channel and log: how far it goes, by what others say that they hold. */
function toldOf(cursors: readonly CursorRow[]): ReadonlyMap<string, number> {
  const told = new Map<string, number>();
  for (const { c, delivered } of cursors) {
    for (const { log, known } of delivered) {
      const key = `${c} ${log}`;
      told.set(key, Math.max(told.get(key) ?? 0, maxKnown(known)));
    }
  }
  return told;
}

function holdersOf(
  cursors: readonly CursorRow[],
  claimants: readonly Hex[] | undefined,
  { c, log }: Log,
  seq: number,
): ReadonlySet<Hex> {
  const holding = cursors.filter((it) => it.c === c && hasKnown(deliveredOf(it, log), seq));
  return new Set([...holding.map((it) => it.device), ...(claimants ?? [])]);
}

/** What a cursor leaves out for want of room is beyond all that it names: rule [CU3]. */
function lackersOf(
  cursors: readonly CursorRow[],
  { c, log }: Log,
  ranges: readonly SeqRange[],
): ReadonlySet<Hex> {
  const [first] = ranges;
  const lacking = cursors.filter((it) => {
    const told = deliveredOf(it, log);
    const isBeyond = it.c === c && (first?.[0] ?? Infinity) < maxKnown(told);
    return isBeyond && !ranges.some((range) => holdsAnyOf(told, range));
  });
  return new Set(lacking.map((it) => it.device));
}

const holdsAnyOf = ({ floor, ranges }: Known, [from, to]: SeqRange): boolean =>
  floor >= from || ranges.some(([first, last]) => first <= to && last >= from);

/** Of what is missing what may be asked for: nothing from before we came, or behind a fork. */
async function ownPart(
  tx: ReadTx,
  { c, kind }: Channel,
  { log, a }: Log,
  holes: readonly SeqRange[],
  end: End | undefined,
): Promise<readonly SeqRange[]> {
  const start = kind === "group" ? ((await tx.get("rosters", c))?.starts[log] ?? 1) : 1;
  const last = end?.seq ?? ((await forksOf(tx, c)).get(a) ?? Infinity) - 1;
  const ranges = holes.flatMap(([from, to]) => {
    const range = [Math.max(from, start), Math.min(to, last)] as const;
    return range[0] > range[1] ? [] : [range];
  });
  return end === undefined ? ranges : withWhatIsBefore(ranges, start);
}

/**
 * Of a closed log: in front of the hole that its last entries leave may be what has to give way as well, an entry
 * each time that one more comes. So that is asked for with it. Rule [OD18].
 */
function withWhatIsBefore(ranges: readonly SeqRange[], start: number): readonly SeqRange[] {
  const last = ranges.at(-1);
  if (last === undefined) return ranges;
  // Ranges do not touch.
  const least = Math.max(start, (ranges.at(-2)?.[1] ?? -1) + 2);
  return [...ranges.slice(0, -1), [Math.max(least, last[0] - BEFORE_HOLE), last[1]]];
}

/** A closing tells that its log goes so far; one that leaves more to be sought than is believed only claims it. */
const provenBy = (end: End | undefined, known: Known): number =>
  end === undefined || end.seq - maxKnown(known) > CLAIMED_SHOWN_MAX ? 0 : end.seq + 1;

/** What is here of a closed log, without another entry in the place of its last one. */
async function sureOf(tx: ReadTx, log: Log, end: End): Promise<Known> {
  const last = hasKnown(log.known, end.seq)
    ? await tx.get("entries", [log.c, log.a, end.seq])
    : undefined;
  const isOther = last !== undefined && end.hash !== null && end.hash !== toHex(last.hash);
  return isOther ? withoutKnown(log.known, end.seq) : log.known;
}

/** What entries name, once there was time for it to come. Rule [HE12]. */
async function resolveNamed(tx: WriteTx, context: AskContext): Promise<void> {
  for (const [c, all] of Map.groupBy(context.claims.takeNamed(), (it) => it.c)) {
    const logs = await logsOf(tx, c);
    for (const named of all) await resolveOne(tx, context, logs, named);
  }
}

async function resolveOne(
  tx: WriteTx,
  { claims }: AskContext,
  logs: readonly Log[],
  { c, device, dep }: Named,
): Promise<void> {
  const tag = toHex(dep.tag);
  // Four bytes are cheap to collide with: all logs that it can mean are looked at.
  for (const log of logs.filter((it) => it.log.startsWith(tag))) {
    if (!hasKnown(log.known, dep.seq)) {
      claims.claim(c, log.log, dep.seq, device);
      continue;
    }
    const held = await tx.get("entries", [c, log.a, dep.seq]);
    const isOther =
      held !== undefined && !equalBytes(held.hash.subarray(0, DEP_HASH_BYTES), dep.hash8);
    if (isOther) claims.doubt({ c, log: log.log, seq: dep.seq, device });
  }
}

/** Whoever has another entry than we under one number is asked for it. Rule [FK2]. */
async function wantDoubted(tx: WriteTx, context: AskContext): Promise<Round> {
  const { asked, claims, nowMs, self } = context;
  let sent = 0;
  let waitMs = Infinity;
  for (const doubt of claims.doubts()) {
    const { c, log, seq, device } = doubt;
    const name = `doubt ${c} ${log} ${seq}`;
    const channel = await channelOf(tx, c);
    const row = await tx.find("logs", "log", log);
    const forkedAt = row?.a === undefined ? undefined : (await tx.get("forks", row.a))?.s;
    const isDecided = (await endsOf(tx))[log] !== undefined || (forkedAt ?? Infinity) <= seq;
    const isOver = asked.times(name) > HEAL_TRIES_MAX || isDecided;
    if (channel === undefined || row === undefined || isOver) {
      claims.settle(doubt);
      continue;
    }
    const pauseMs = asked.waitMs(name, nowMs);
    waitMs = Math.min(waitMs, pauseMs);
    if (pauseMs > 0) continue;
    const all = await recipientsOf(tx, self, channel);
    const theirs = all.filter((it) => it.device === device);
    const others = all.filter((it) => it.device !== device && it.account !== row.account);
    const want = { channel: bytesOf(channel.id), log: bytesOf(log), ranges: [[seq, seq] as const] };
    const devices = [...theirs, ...(await anyOpenOf(tx, context, others))];
    sent += await askAbout(tx, context, [name], devices, encodePayload("want", want));
  }
  return { sent, waitMs };
}
