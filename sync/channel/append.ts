/**
 * Writing: one transaction makes the entry (next in our log, signed), its place in time, and the
 * outbox row that will carry it. Nothing is sealed here; that happens when it is sent.
 * docs/protocol/sync.md, rules [AP1] to [AP6].
 */
import { assert } from "../../crypto/base/assert.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import { certificateChainOf } from "../account/certificate-chain.ts";
import { readSelf, type Self } from "../account/self.ts";
import { floorOf, hEffOf, msOf, nextHlc } from "../clock/hlc.ts";
import { type Body, encodeBody } from "../entry/bodies.ts";
import { type Dep, DEPS_MAX, depOf, entryIdOf, SALT_BYTES, signEntry } from "../entry/entry.ts";
import { isRoster, isShown, KINDS } from "../entry/kinds.ts";
import { plainMessage } from "../entry/plain-message.ts";
import { publicIdOf } from "../entry/public-id.ts";
import { runPlaced } from "../expiry/running.ts";
import { lifetimeIn } from "../expiry/timer.ts";
import { encodeAddBody } from "../group/add-body.ts";
import {
  groupMembers,
  RECEIPTS_TO_AUTHORS_MAX,
  ROSTER_TABLES,
  rosterOf,
} from "../group/rosters.ts";
import { addKnown, maxKnown } from "../log/known.ts";
import { DUE_NOW, pendingTargets } from "../outbox/targets.ts";
import { authNameOf } from "../roster/graph.ts";
import { authOf } from "../roster/judge.ts";
import { encodeRosterBody, kindOf, type RosterAct } from "../roster/ops.ts";
import type { Roster } from "../roster/resolve.ts";
import type { DeviceRow, EntryRow, TableName, Target } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import type { Said } from "../thread/said.ts";
import {
  bytesOf,
  type Channel,
  channelOf,
  type Log,
  logById,
  logsOf,
  openOwnLog,
} from "./channels.ts";
import { addresseesOf } from "./members.ts";
import { previewOf } from "./preview.ts";
import { accountChannelIdOf, takeIn } from "./take-in.ts";
import { fieldsOf, saidOf } from "./thread-rows.ts";

/** Name of the meta row that holds the highest hlc that this device has signed. */
export const DEVICE_HLC = "hlc";

export type Appended = { readonly entry: EntryRow; readonly channel: Channel };

export type AppendInput = {
  readonly self: Self;
  readonly channel: Channel;
  readonly nowMs: number;
  readonly random: Random;
};

/** A change of a group's roster. `salt`: of a create, whose channel's id depends on it. */
export type RosterWords = {
  readonly type: "roster";
  readonly act: RosterAct;
  /** Of an add: who comes. */
  readonly introduction?: Uint8Array | undefined;
  readonly salt?: Uint8Array | undefined;
  /** It reaches everybody in their welcome: no parcel. */
  readonly isQuiet?: boolean | undefined;
  /** The op just written by us that it comes after, which the roster does not hold yet. */
  readonly after?: EntryRow | undefined;
};

/** What can be written: every kind that this version reads. */
export type Words = Exclude<Body, { readonly type: "unknown" }> | RosterWords;

/** Tables of all that follows from an entry of our own. */
export const APPEND_TABLES: readonly TableName[] = [
  "meta",
  "channels",
  "logs",
  "entries",
  "outbox",
  "contacts",
  "devices",
  "aggregates",
  "expiry",
  "media",
  "chatMarks",
  ...ROSTER_TABLES,
];

/** Appends a text. Opens our log first when this is its first entry. */
export const appendMessage = (
  tx: WriteTx,
  { text, ...input }: AppendInput & { readonly text: string },
): Promise<Appended> => append(tx, input, { type: "message", ...plainMessage(text) });

/** Appends words of any kind; the bounds of their bodies hold, or it is a Bug. */
export async function append(tx: WriteTx, input: AppendInput, words: Words): Promise<Appended> {
  const opened = await ensureOwnLog(tx, input);
  return await appendEntry(tx, opened, { ...input, words });
}

/** Our log in the channel with its `log.open`: the entry that says whose log it is. */
export async function ensureOwnLog(
  tx: WriteTx,
  given: AppendInput,
): Promise<{ readonly log: Log; readonly channel: Channel }> {
  // Whoever asks may have waited for their turn while a rollback was found, and new logs begun.
  const self = (await readSelf(tx)) ?? given.self;
  const input = { ...given, self };
  const log = await openOwnLog(tx, self, input.channel);
  if (log.known.floor > 0) return { log, channel: input.channel };
  const words: Words = {
    type: "logOpen",
    accountKey: self.accountKey,
    certificates: await certificateChainOf(tx, self),
    incarnation: self.incarnation,
  };
  const start = { log, channel: input.channel };
  const appended = await appendEntry(tx, start, { ...input, words });
  const known = addKnown(log.known, 1);
  return { log: { ...log, known, hlc: appended.hlc }, channel: appended.channel };
}

type EntryInput = AppendInput & { readonly words: Words };

async function appendEntry(
  tx: WriteTx,
  at: { readonly log: Log; readonly channel: Channel },
  input: EntryInput,
): Promise<Appended & { readonly hlc: number }> {
  const { self, nowMs, random, words } = input;
  const { log, channel } = at;
  const kind = kindIn(words);
  const roster = channel.kind === "group" ? await rosterOf(tx, channel.c) : undefined;
  const seq = log.known.floor + 1;
  assert(maxKnown(log.known) === seq - 1, "our own log has no holes");
  const prev = seq === 1 ? undefined : await tx.get("entries", [log.c, log.a, seq - 1]);
  assert(seq === 1 || prev !== undefined, "the entry before ours is here");
  const causes = await causesOf(tx, words, log, roster);
  const { deps, floor } = await pastOf(tx, causes, prev);
  const hlc = await tickHlc(tx, channel.hlc, nowMs);
  const signed = signEntry(
    {
      channel: bytesOf(channel.id),
      log: bytesOf(log.log),
      seq,
      prev: prev?.hash ?? null,
      hlc,
      kind,
      deps,
      auth: roster === undefined ? [] : authIn(words, roster, self),
      floor,
      expire: words.type === "message" ? lifetimeIn(channel) : null,
    },
    bodyIn(words, roster),
    (words.type === "roster" ? words.salt : undefined) ?? random(SALT_BYTES),
    self.keys.sigSecret,
  );
  const { entry, said } = rowOf({ ...input, channel }, log, signed);
  const { shown } = entry;
  const grown: Channel = {
    ...channel,
    hlc: Math.max(channel.hlc, hlc),
    arrivals: entry.arr,
    ...(shown === 1 && entry.h >= channel.lastH
      ? { lastH: entry.h, preview: previewOf(entry) }
      : {}),
  };
  const known = addKnown(log.known, seq);
  await tx.put("entries", entry);
  await runPlaced(tx, entry, channel, log, nowMs);
  const sent = (await isAlone(tx, self, channel, words)) ? addKnown(log.sent, seq) : log.sent;
  await tx.put("logs", { ...log, known, hlc, sent, read: addKnown(log.read, seq) });
  await tx.put("channels", grown);
  const isQuiet = words.type === "roster" && words.isQuiet === true;
  const devices = isQuiet ? [] : await addresseesOf(tx, self, channel);
  if (devices.length > 0) {
    await enqueueEntry(tx, channel, entry, pendingTargets(self, devices), nowMs);
  }
  // Nobody can have said anything about a message of this moment.
  if (shown === 1) return { entry, channel: grown, hlc };
  await takeIn(tx, self, said);
  return { entry, channel: (await channelOf(tx, channel.c)) ?? grown, hlc };
}

/** Who is alone in a group says it to nobody, and no relay's word is waited for. Rule [MM2]. */
const isAlone = async (tx: WriteTx, self: Self, channel: Channel, words: Words): Promise<boolean> =>
  channel.kind === "group" &&
  words.type !== "roster" &&
  (await groupMembers(tx, channel)).every(({ account }) => account === self.account);

function rowOf(
  { self, channel, words }: EntryInput,
  log: Log,
  { bytes, entry }: ReturnType<typeof signEntry>,
): { readonly entry: EntryRow; readonly said: Said } {
  const { seq, hlc, floor } = entry.core;
  const h = hEffOf(hlc, floor);
  const hash = entryIdOf(entry.coreBytes);
  const said = saidOf(entry, hash, h, self.account);
  const kind = kindIn(words);
  return {
    said,
    entry: {
      c: channel.c,
      a: log.a,
      s: seq,
      h,
      b: said.place.tie,
      arr: channel.arrivals + 1,
      bytes,
      hash,
      kind,
      shown: isShown(kind) ? 1 : 0,
      own: true,
      id: publicIdOf(hlc, entry.core.log, seq),
      ...fieldsOf(entry, said, accountChannelIdOf(self)),
      writtenAtMs: msOf(hlc),
      late: false,
      clockAhead: false,
    },
  };
}

const kindIn = (words: Words): number =>
  words.type === "roster" ? kindOf(words.act) : KINDS[words.type].number;

function bodyIn(words: Words, roster: Roster | undefined): Uint8Array {
  if (words.type !== "roster") return encodeBody(words.type, words as never);
  const { after } = words;
  const heads = after === undefined ? (roster?.heads ?? []) : [toHex(after.hash)];
  const body = { heads, act: words.act };
  return words.act.type === "add"
    ? encodeAddBody(body, words.introduction)
    : encodeRosterBody(body);
}

/** The roster that it is written under, as it is named in a Core. */
function authIn(words: Words, roster: Roster, self: Self): readonly Uint8Array[] {
  const after = words.type === "roster" ? words.after : undefined;
  const names =
    after === undefined ? authOf(roster, self.account) : [authNameOf(toHex(after.hash))];
  return names.map(bytesOf);
}

/** The device has one clock for all its logs, so that its public ids sort as they were written. */
async function tickHlc(tx: WriteTx, channelMax: number, nowMs: number): Promise<number> {
  const row = await tx.get("meta", DEVICE_HLC);
  const hlc = nextHlc({ last: typeof row?.v === "number" ? row.v : 0, channelMax, nowMs });
  await tx.put("meta", { k: DEVICE_HLC, v: hlc });
  return hlc;
}

/**
 * What the new entry comes after: the heads of the other logs as hints, and the highest place in time
 * of those and of our own last entry, below which it cannot be ordered.
 */
async function pastOf(
  tx: WriteTx,
  places: readonly Cause[],
  prev: EntryRow | undefined,
): Promise<{ readonly deps: readonly Dep[]; readonly floor: number }> {
  const causes = prev === undefined ? [] : [prev.h];
  const deps: Dep[] = [];
  for (const { log, seq } of places) {
    const head = await tx.get("entries", [log.c, log.a, seq]);
    assert(head !== undefined, "a known entry is here");
    causes.push(head.h);
    deps.push(depOf(bytesOf(log.log), head.s, head.hash));
  }
  return { deps, floor: floorOf(causes) };
}

type Cause = { readonly log: Log; readonly seq: number };

async function causesOf(
  tx: WriteTx,
  words: Words,
  own: Log,
  roster: Roster | undefined,
): Promise<readonly Cause[]> {
  if (words.type !== "roster") return newestLogs(tx, own);
  const { after } = words;
  return after === undefined ? headLogs(tx, roster) : [{ log: own, seq: after.s }];
}

async function newestLogs(tx: WriteTx, own: Log): Promise<readonly Cause[]> {
  const others = (await logsOf(tx, own.c)).filter((it) => it.a !== own.a && maxKnown(it.known) > 0);
  const newest = others.toSorted((a, b) => b.hlc - a.hlc).slice(0, DEPS_MAX);
  return newest.map((log) => ({ log, seq: maxKnown(log.known) }));
}

/** An op comes after all heads of the roster: where they stand, for who lacks one. */
async function headLogs(tx: WriteTx, roster: Roster | undefined): Promise<readonly Cause[]> {
  const causes: Cause[] = [];
  for (const id of roster?.heads ?? []) {
    const op = roster?.ledger.graph.ops.find((it) => it.id === id);
    const log = op === undefined ? undefined : await logById(tx, op.log);
    if (op !== undefined && log !== undefined) causes.push({ log, seq: op.seq });
  }
  return causes;
}

/**
 * A change of the roster, when it is made: who comes by it gets its entry as well, and who goes need not
 * confirm it. `devices`: whom entries are for now.
 */
export async function sendTo(
  tx: WriteTx,
  self: Self,
  { entry, channel }: Appended,
  devices: readonly DeviceRow[],
  nowMs: number,
): Promise<void> {
  const place = [entry.c, entry.a, entry.s];
  const rows = await tx.range("outbox", "entry", { lower: place, upper: place });
  const row = rows.find((it) => it.what === "entry");
  const ids = new Set(devices.map((it) => it.device));
  const before = row?.targets ?? [];
  const fresh = pendingTargets(
    self,
    devices.filter((it) => !before.some(({ device }) => device === it.device)),
  );
  const isGoing = (id: Hex): boolean => isRoster(entry.kind) && !ids.has(id);
  const targets = [
    ...before.map((it) => (isGoing(it.device) ? { ...it, isLast: true as const } : it)),
    ...fresh,
  ];
  if (targets.length === 0) return;
  if (row === undefined) return enqueueEntry(tx, channel, entry, targets, nowMs);
  const waiting = targets.some((it) => it.state === "pending") ? 1 : 0;
  await tx.put("outbox", { ...row, targets, waiting });
}

/** In a large group nobody tells that something arrived. */
const isUnconfirmed = async (tx: WriteTx, channel: Channel): Promise<boolean> =>
  channel.kind === "group" && (await groupMembers(tx, channel)).length > RECEIPTS_TO_AUTHORS_MAX;

async function enqueueEntry(
  tx: WriteTx,
  channel: Channel,
  entry: EntryRow,
  targets: readonly Target[],
  nowMs: number,
): Promise<void> {
  await tx.put("outbox", {
    what: "entry",
    flightTo: "",
    c: entry.c,
    a: entry.a,
    s: entry.s,
    env: "",
    body: null,
    sealedAtMs: 0,
    targets,
    waiting: 1,
    attempts: 0,
    nextAtMs: DUE_NOW.entry,
    isRefused: false,
    ...((await isUnconfirmed(tx, channel)) && { isUnconfirmed: true }),
    createdAtMs: nowMs,
  });
}
