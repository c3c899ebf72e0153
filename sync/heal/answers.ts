/**
 * Answering devices that lack something of ours: a chain they were never handed (NACK), entries that
 * did not reach them (WANT). Each answer is bounded, and a device is answered once in a while only.
 * docs/protocol/sync.md, rules [HE1] to [HE3].
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { liveTagOf } from "../../crypto/chain/live.ts";
import { entryOf, runsOf, writerOf } from "../backfill/plan.ts";
import { type Channel, channelById, channelOf, logById } from "../channel/channels.ts";
import { channelWith, membersOf } from "../channel/members.ts";
import { decodeEntry } from "../entry/entry.ts";
import { groupMembers } from "../group/rosters.ts";
import { isServable, mayBeAfterAnEnd, startsAnew, welcomesFor } from "../group/welcome.ts";
import { countKnown } from "../log/known.ts";
import { controlsWaiting, sendControl } from "../outbox/control.ts";
import { handOver, lentTo } from "../outbox/seal.ts";
import { withTargets } from "../outbox/targets.ts";
import { entriesThatFit } from "../payload/entries.ts";
import type { Nack } from "../payload/nack.ts";
import { encodePayload } from "../payload/payload.ts";
import type { Want } from "../payload/want.ts";
import type { RosterWant } from "../payload/welcome.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { OwnChainRow } from "../store/ratchet-rows.ts";
import type { DeviceRow, EntryRow, OutboxRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { isForFacts, tellFacts } from "./facts.ts";

/** A device is answered once in so long … */
export const ANSWER_EVERY_MS = 1_000;
/** … and so often at once: what it misses are several things, and it asks for all of them at a time. */
export const ANSWERS_AT_ONCE = 4;
/** … and is told a whole roster once in so long … */
const WELCOME_EVERY_MS = 10_000;
/** … and so often at once: what it was told last may be old already. */
const WELCOMES_AT_ONCE = 2;
/**
 * Entries sealed anew for one answer in a channel, the newest: they see that others lie before these, and ask for
 * them, which costs our chain nothing. After 25 entries it is begun anew, and handed to everybody.
 */
export const RESENT_MAX = 32;
/** … in so many channels. */
const CHAINS_TOLD_MAX = 16;
/** … and that is done for a device at most once in so long, when it was done ANSWERS_AT_ONCE times. */
export const RESEND_EVERY_MS = 10_000;
/** Entries are not supplied to a device for which so much waits: first it fetches that. */
export const SERVED_WAITING_MAX = 4;
/** Entries looked at for one answer. */
const SERVED_ENTRIES_MAX = 64;

/**
 * They cannot open what we sealed: our chain is handed to them again, as it is now, and whatever they
 * lack is sealed anew, behind it. What is on its way under earlier numbers may never open. A tag that is
 * of no chain of today may be of any channel that we share: then all in which they lack something.
 */
export async function answerNack(
  tx: WriteTx,
  context: OpenContext,
  from: DeviceRow,
  nack: Nack,
  isContact: boolean,
): Promise<void> {
  const asksForFacts = await isForFacts(tx, context, nack);
  const isAboutChains = !asksForFacts || nack.tags.length > 1;
  const lacks = isAboutChains ? await chainsLacked(tx, context, from, nack, isContact) : [];
  const isCostly = lacks.some(({ rows }) => rows.length > 0);
  // Whoever is put off asks again: without these the chain alone would tell them that they have all.
  const answered = isCostly && !(await takeResendTurn(tx, context, from)) ? [] : lacks;
  const isAnswer = asksForFacts || answered.length > 0;
  if (!isAnswer || !(await takeTurn(tx, context, from))) return;
  if (asksForFacts) await tellFacts(tx, context, from);
  for (const { channel, chain, rows, isHandedOver } of answered) {
    if (isHandedOver) {
      const payload = await handOver(tx, context, channel, chain, from.account);
      await lend(tx, context, chain, from, payload);
    }
    for (const row of rows) await sendAnew(tx, row, from.device);
  }
  context.effects.wake();
}

type Lack = {
  readonly channel: Channel;
  readonly chain: OwnChainRow;
  readonly rows: readonly OutboxRow[];
  /** They lack the chain itself. */
  readonly isHandedOver: boolean;
};

async function chainsLacked(
  tx: WriteTx,
  context: OpenContext,
  from: DeviceRow,
  nack: Nack,
  isContact: boolean,
): Promise<readonly Lack[]> {
  const chains = await tx.range("ownChains", "primary", {});
  const named = chains.filter((it) => nack.tags.some((tag) => isTagOf(it, tag)));
  const lacks: Lack[] = [];
  for (const chain of named.length > 0 ? named : chains) {
    const channel = await channelOf(tx, chain.c);
    if (channel === undefined || !(await mayAsk(tx, context, from, channel, isContact))) continue;
    const rows = (await lackedBy(tx, channel, from.device)).slice(-RESENT_MAX);
    const isHolder = chain.holders.includes(from.device);
    const isHandedOver = named.length > 0 || (rows.length > 0 && !isHolder);
    if (isHandedOver || rows.length > 0) lacks.push({ channel, chain, rows, isHandedOver });
    if (lacks.length >= CHAINS_TOLD_MAX) break;
  }
  return lacks;
}

/** Who goes before anything is sealed for them has the chain all the same. Rule [RT1]. */
async function lend(
  tx: WriteTx,
  context: OpenContext,
  chain: OwnChainRow,
  device: DeviceRow,
  payload: Uint8Array,
): Promise<void> {
  const control = { ...context, device, payloads: [payload], before: null, psk: null };
  if (!(await sendControl(tx, control))) return;
  if (!chain.holders.includes(device.device)) {
    await tx.put("ownChains", lentTo(chain, [device.device]));
  }
}

/** A stranger is answered in groups alone, a contact in all channels that we share. */
export async function mayAsk(
  tx: WriteTx,
  { self }: OpenContext,
  { account }: DeviceRow,
  channel: Channel,
  isContact: boolean,
): Promise<boolean> {
  if (!isContact && channel.kind !== "group") return false;
  return (await membersOf(tx, self, channel)).includes(account);
}

/** Receipts and typing come under the chain's live key, which has a tag of its own. */
const isTagOf = ({ state }: OwnChainRow, tag: Uint8Array): boolean =>
  equalBytes(tag, state.tag) || equalBytes(tag, liveTagOf(state));

/** In the order in which they were written. */
export async function lackedBy(
  tx: WriteTx,
  { c }: Channel,
  device: Hex,
): Promise<readonly OutboxRow[]> {
  const rows = await tx.range("outbox", "entry", { lower: [c, 1], upper: [c, Infinity] });
  const isTheirs = (row: OutboxRow): boolean =>
    row.targets.some((it) => it.device === device && it.state !== "done");
  return rows.filter((row) => row.what === "entry" && isTheirs(row));
}

export const sendAnew = async (tx: WriteTx, row: OutboxRow, device: Hex): Promise<void> => {
  const next = withTargets(row, (it) =>
    it.device === device ? { ...it, state: "pending" as const } : it,
  );
  await tx.put("outbox", { ...next, body: null, env: "" });
};

/** They miss entries of a channel that we share: we supply what we hold, whoever wrote it. */
export async function answerWant(
  tx: WriteTx,
  context: OpenContext,
  from: DeviceRow,
  want: Want,
  isContact: boolean,
): Promise<void> {
  const channel = await sharedWith(tx, context, from, want.channel);
  const log = await logById(tx, toHex(want.log));
  if (channel === undefined || log === undefined || log.c !== channel.c) return;
  if (!(await mayAsk(tx, context, from, channel, isContact))) return;
  if ((await controlsWaiting(tx, from.device, null)) >= SERVED_WAITING_MAX) return;
  const member = (await groupMembers(tx, channel)).find((it) => it.account === from.account);
  const isTheirs = (it: EntryRow): boolean =>
    it.withheld !== true && (member === undefined || isServable(it, member));
  const isOwn = from.account === context.self.account;
  const found: EntryRow[] = [];
  let isRefused = false;
  for (const [first, last] of want.ranges) {
    const rows = await tx.range("entries", "primary", {
      lower: [channel.c, log.a, first],
      upper: [channel.c, log.a, last],
      limit: SERVED_ENTRIES_MAX - found.length,
    });
    found.push(...rows.filter((it) => isTheirs(it) && (isOwn || !mayBeAfterAnEnd(it))));
    if (rows.some((it) => !isTheirs(it))) isRefused = true;
    if (found.length >= SERVED_ENTRIES_MAX) break;
  }
  // Who lacks it from the first entry on may not know whose log it is.
  const writer = want.ranges[0]?.[0] === 1 ? await writerOf(tx, log) : null;
  const supplied = suppliedBy(want.channel, found, countKnown(log.known), writer);
  const isHost = member?.by === context.self.account;
  const starts = isRefused && isHost ? await startsAnew(tx, channel, member) : [];
  const answers = supplied === undefined ? starts : [supplied, ...starts];
  // What is not here takes no turn: the next question, which comes beside it, may be about what is.
  if (answers.length === 0 || !(await takeTurn(tx, context, from))) return;
  for (const payload of answers) {
    const control = { ...context, device: from, payloads: [payload], before: null, psk: null };
    await sendControl(tx, control);
  }
  context.effects.wake();
}

/** As they were signed; those that came in a run go as a run, which one signature covers. Rule [HY11]. */
function suppliedBy(
  channel: Uint8Array,
  rows: readonly EntryRow[],
  held: number,
  writer: Uint8Array | null,
): Uint8Array | undefined {
  const writers = writer === null ? [] : [writer];
  const fitting = entriesThatFit([...writers, ...rows.map((it) => it.bytes)]);
  const entries = fitting.slice(writers.length);
  if (entries.length === 0) return undefined;
  const isSigned = rows.slice(0, entries.length).every(({ bytes }) => {
    const entry = decodeEntry(bytes);
    return entry.ok && entry.value.signature !== null;
  });
  if (isSigned) return encodePayload("entries", { entries });
  const newestFirst = rows.slice(0, entries.length).toSorted((a, b) => b.s - a.s);
  const runs = runsOf(newestFirst.map(entryOf));
  // Never 0: to who wants all of the history it would say that this was the end of it.
  return encodePayload("chunk", { channel, read: [], writers, runs, left: held });
}

/** Somebody lacks ops of a group that we share: all of them are the answer. Rule [GP9]. */
export async function answerRosterWant(
  tx: WriteTx,
  context: OpenContext,
  from: DeviceRow,
  { channel: id }: RosterWant,
): Promise<void> {
  const channel = await sharedWith(tx, context, from, id);
  if (channel?.kind !== "group" || !(await takeWelcomeTurn(tx, context, from))) return;
  if ((await controlsWaiting(tx, from.device, null)) >= SERVED_WAITING_MAX) return;
  for (const payload of await welcomesFor(tx, context.self, channel, from.account)) {
    await sendControl(tx, {
      ...context,
      device: from,
      payloads: [payload],
      before: null,
      psk: null,
    });
  }
  // What could not be read without them is told again.
  const chain = await tx.get("ownChains", channel.c);
  if (chain !== undefined) {
    const payload = await handOver(tx, context, channel, chain, from.account);
    await lend(tx, context, chain, from, payload);
    for (const row of await lackedBy(tx, channel, from.device))
      await sendAnew(tx, row, from.device);
  }
  context.effects.wake();
}

/** The channel, when they are in it. Who asks in a group that they are out of has not heard of it. */
async function sharedWith(
  tx: WriteTx,
  context: OpenContext,
  from: DeviceRow,
  id: Uint8Array,
): Promise<Channel | undefined> {
  const shared = await channelWith(tx, context.self, from.account, id);
  const channel = shared === undefined ? await channelById(tx, toHex(id)) : undefined;
  if (channel !== undefined) await tellFormer(tx, context, channel, from);
  return shared;
}

/** They were removed and go on as if they were in: the ops that say so did not reach them. Rule [DG8]. */
export async function tellFormer(
  tx: WriteTx,
  context: OpenContext,
  channel: Channel,
  device: DeviceRow,
): Promise<void> {
  if (channel.kind !== "group") return;
  if ((await membersOf(tx, context.self, channel)).includes(device.account)) return;
  if ((await controlsWaiting(tx, device.device, null)) >= SERVED_WAITING_MAX) return;
  await tellRoster(tx, context, channel, device);
}

/** As much of it as they may know, when it is their turn. To who never was in it that is nothing. */
export async function tellRoster(
  tx: WriteTx,
  context: OpenContext,
  channel: Channel,
  device: DeviceRow,
): Promise<void> {
  if (!(await takeWelcomeTurn(tx, context, device))) return;
  for (const payload of await welcomesFor(tx, context.self, channel, device.account)) {
    const payloads = [payload];
    await sendControl(tx, { ...context, device, payloads, before: null, psk: null });
  }
  context.effects.wake();
}

/** Not the turn of [HE3]: what shows that a roster is missing may be the answer to a question. */
export const takeWelcomeTurn = (
  tx: WriteTx,
  context: OpenContext,
  device: DeviceRow,
): Promise<boolean> => takeSlowTurn(tx, context, device, "welcomedAtMs", WELCOMES_AT_ONCE);

/** May it be asked for a roster? Rule [GP30]. */
export const takeAskTurn = (
  tx: WriteTx,
  context: OpenContext,
  device: DeviceRow,
): Promise<boolean> => takeSlowTurn(tx, context, device, "askedAtMs", 1);

const takeResendTurn = (tx: WriteTx, context: OpenContext, device: DeviceRow): Promise<boolean> =>
  takeSlowTurn(tx, context, device, "resentAtMs", ANSWERS_AT_ONCE);

const SLOW_TURNS = {
  welcomedAtMs: WELCOME_EVERY_MS,
  askedAtMs: WELCOME_EVERY_MS,
  resentAtMs: RESEND_EVERY_MS,
} as const;

async function takeSlowTurn(
  tx: WriteTx,
  { nowMs }: OpenContext,
  { device: id }: DeviceRow,
  turn: keyof typeof SLOW_TURNS,
  atOnce: number,
): Promise<boolean> {
  const device = await tx.get("devices", id);
  const paidAtMs = device && paidAfterTurn(device[turn] ?? 0, nowMs, SLOW_TURNS[turn], atOnce);
  if (device === undefined || paidAtMs === undefined) return false;
  await tx.put("devices", { ...device, [turn]: paidAtMs });
  return true;
}

/** Rule [HE3]: is it their turn to be answered? Then it is taken. */
export async function takeTurn(
  tx: WriteTx,
  { nowMs }: OpenContext,
  device: DeviceRow,
  atOnce = ANSWERS_AT_ONCE,
): Promise<boolean> {
  const fresh = (await tx.get("devices", device.device)) ?? device;
  const healedAtMs = paidAfterTurn(fresh.healedAtMs, nowMs, ANSWER_EVERY_MS, atOnce);
  if (healedAtMs === undefined) return false;
  await tx.put("devices", { ...fresh, healedAtMs });
  return true;
}

/**
 * When one more turn will be paid for, each with `everyMs`, those before it until `paidAtMs`. Undefined: so many as
 * may be taken at once are not (the generic cell rate algorithm, ITU-T I.371).
 */
function paidAfterTurn(
  paidAtMs: number,
  nowMs: number,
  everyMs: number,
  atOnce: number,
): number | undefined {
  const owedMs = Math.max(0, paidAtMs - nowMs);
  // More than they can owe: the clock was set back.
  const isOver = owedMs > ANSWERS_AT_ONCE * everyMs;
  if (!isOver && owedMs > (atOnce - 1) * everyMs) return undefined;
  return nowMs + (isOver ? 0 : owedMs) + everyMs;
}
