/**
 * Bringing a device into a group: all ops of its roster, who its members are, and from where on it may
 * read. Made for a device that has said nothing there yet, or that asks. docs/protocol/groups.md, [GP9].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import type { Self } from "../account/self.ts";
import { bytesOf, type Channel, type Log, logById, logsOf } from "../channel/channels.ts";
import { closingsIn } from "../devices/closed.ts";
import { decodeEntry } from "../entry/entry.ts";
import { isRoster, KINDS } from "../entry/kinds.ts";
import { halvesOf } from "../heal/halves.ts";
import { maxKnown } from "../log/known.ts";
import { entriesThatFit } from "../payload/entries.ts";
import { ENTRIES_BYTES_MAX, WELCOME_ITEMS_MAX } from "../payload/limits.ts";
import { encodePayload } from "../payload/payload.ts";
import type { Introduced, Start, Welcome } from "../payload/welcome.ts";
import { decodeRosterBody, ROSTER_KINDS, type RosterOp } from "../roster/ops.ts";
import { opsForFormer, wasLetIn } from "../roster/out.ts";
import type { EntryRow } from "../store/rows.ts";
import type { ReadTx } from "../store/store.ts";
import { introductionIn } from "./add-body.ts";
import { isLink, liveLinkPlaces } from "./links.ts";
import { introductionFor } from "./members-known.ts";
import { groupMembers, opsIn, RECEIPTS_TO_AUTHORS_MAX, rosterOf, rosterRowOf } from "./rosters.ts";
import type { EntryPlace, MemberRow } from "./rows.ts";
import { metasByWeight } from "./words.ts";

/** A newcomer is told so many of the words that name the group. */
const METAS_TOLD_MAX = 16;
/** … and who so many were that wrote here and left. */
const FORMER_TOLD_MAX = 32;
/** The first in the roster's order is what made the group, and the first of its log stands before it. */
const FOUNDING_ENTRIES = 2;

/**
 * Payloads, each of a size for one session message. Who was a member is shown why they are none; others
 * are shown nothing.
 */
export async function welcomesFor(
  tx: ReadTx,
  self: Self,
  channel: Channel,
  account: Hex,
): Promise<readonly Uint8Array[]> {
  const members = await groupMembers(tx, channel);
  const member = members.find((it) => it.account === account);
  if (member === undefined && !wasLetIn(await rosterOf(tx, channel.c), account)) return [];
  if (member === undefined) return opsAlone(tx, channel, account);
  const { ops, people } = await commonPartsOf(tx, self, channel);
  const parts = new Parts(bytesOf(channel.id));
  for (const start of await startsFor(tx, channel, member)) parts.addStart(start);
  return [...ops, ...people, ...parts.payloads()];
}

/**
 * Why they are no member any more, and that it counts where its device is out; not who came since, what the group is
 * called, and none of its links. Rule [OD20].
 */
async function opsAlone(
  tx: ReadTx,
  channel: Channel,
  account: Hex,
): Promise<readonly Uint8Array[]> {
  const parts = new Parts(bytesOf(channel.id));
  const ops = opsForFormer(await rosterOf(tx, channel.c), account);
  const places = [...(await placesOf(tx, ops)), ...(await closingsIn(tx, channel.c, logsIn(ops)))];
  for (const entry of await entriesAt(tx, channel, places)) parts.addEntry(entry);
  return parts.payloads();
}

const logsIn = (ops: readonly RosterOp[]): ReadonlySet<Hex> => new Set(ops.map(({ log }) => log));

/**
 * A short one for each of many who come at once: the op that made the group, who is not told of by an add,
 * and from where on they may read. The ops come under the chain (`rosterParts`). Rule [GP22].
 */
export async function shortWelcomeFor(
  tx: ReadTx,
  self: Self,
  channel: Channel,
  account: Hex,
): Promise<readonly Uint8Array[]> {
  const members = await groupMembers(tx, channel);
  const member = members.find((it) => it.account === account);
  if (member === undefined) return [];
  const { founding, strangers } = await commonPartsOf(tx, self, channel);
  const parts = new Parts(bytesOf(channel.id));
  for (const entry of founding) parts.addEntry(entry);
  for (const it of strangers) parts.addIntroduction(it);
  for (const start of await startsFor(tx, channel, member)) parts.addStart(start);
  return parts.payloads();
}

/** All ops, as payloads of the chain: one ciphertext each for everybody who comes. */
export async function rosterParts(
  tx: ReadTx,
  self: Self,
  channel: Channel,
): Promise<readonly Uint8Array[]> {
  const { entries } = await commonPartsOf(tx, self, channel);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < entries.length;) {
    const some = entriesThatFit(entries.slice(at));
    parts.push(encodePayload("rosterPart", { entries: some }));
    at += some.length;
  }
  return parts;
}

type CommonParts = {
  readonly entries: readonly Uint8Array[];
  /** The op that made the group, behind the entry that says whose log it is in. */
  readonly founding: readonly Uint8Array[];
  /** Members and former ones of whom no add tells. */
  readonly strangers: readonly Introduced[];
  readonly ops: readonly Uint8Array[];
  readonly people: readonly Uint8Array[];
};

/** What is alike for everybody, worked out once in a transaction: many may come at once. */
const commonParts = new WeakMap<ReadTx, Map<string, CommonParts>>();

async function commonPartsOf(tx: ReadTx, self: Self, channel: Channel): Promise<CommonParts> {
  const name = `${channel.c} ${(await rosterOf(tx, channel.c)).digest}`;
  const known = commonParts.get(tx) ?? new Map<string, CommonParts>();
  const held = known.get(name);
  if (held !== undefined) return held;
  const entries = await opEntries(tx, channel);
  const strangers: Introduced[] = [];
  const people = new Parts(bytesOf(channel.id));
  const told = new Set(entries.flatMap((it) => addedIn(it) ?? []));
  const members = await groupMembers(tx, channel);
  // Where they went since they were added is asked for, in a large group, when it matters.
  const isLarge = members.length > RECEIPTS_TO_AUTHORS_MAX;
  for (const account of [
    ...members.map((it) => it.account),
    ...(await writersWhoLeft(tx, channel)),
  ]) {
    if (isLarge && told.has(account)) continue;
    const introduction = await introductionFor(tx, self, account);
    if (introduction === undefined) continue;
    const introduced = { account: bytesOf(account), introduction };
    people.addIntroduction(introduced);
    if (!told.has(account)) strangers.push(introduced);
  }
  const ops = new Parts(bytesOf(channel.id));
  for (const entry of entries) ops.addEntry(entry);
  const made = {
    entries,
    founding: entries.slice(0, FOUNDING_ENTRIES),
    strangers,
    ops: ops.payloads(),
    people: people.payloads(),
  };
  commonParts.set(tx, known.set(name, made));
  return made;
}

/** Whom an add brings, if it says who that is. */
function addedIn(bytes: Uint8Array): Hex | undefined {
  const entry = decodeEntry(bytes);
  if (!entry.ok || entry.value.core.kind !== ROSTER_KINDS.add) return undefined;
  const { body } = entry.value;
  if (body === null || introductionIn(body) === undefined) return undefined;
  const said = decodeRosterBody(ROSTER_KINDS.add, body);
  return said.ok && said.value.act.type === "add" ? said.value.act.account : undefined;
}

/**
 * Where each log begins for a member whom we let in, said anew: when they came we may not have had what stands
 * before it, and nobody would give it to them. Rule [GP20].
 */
export async function startsAnew(
  tx: ReadTx,
  channel: Channel,
  member: MemberRow,
): Promise<readonly Uint8Array[]> {
  const parts = new Parts(bytesOf(channel.id));
  for (const start of await startsFor(tx, channel, member)) parts.addStart(start);
  return parts.payloads();
}

/** Who wrote here and is no member any more: history shows their names. The latest of them. */
async function writersWhoLeft(tx: ReadTx, channel: Channel): Promise<readonly Hex[]> {
  const { former } = await rosterOf(tx, channel.c);
  if (former.size === 0) return [];
  const logs = (await logsOf(tx, channel.c)).toSorted((a, b) => b.hlc - a.hlc);
  const written = logs.filter((it) => former.has(it.account) && maxKnown(it.known) > 1);
  return [...new Set(written.map((it) => it.account))].slice(0, FORMER_TOLD_MAX);
}

/** In the roster's order, and then what the group was called last, the links that live, and where logs end. */
async function opEntries(tx: ReadTx, channel: Channel): Promise<readonly Uint8Array[]> {
  const { c } = channel;
  const told = [
    ...(await lastMetas(tx, c)),
    ...(await liveLinkPlaces(tx, c)),
    ...(await closingsIn(tx, c)),
  ];
  return entriesAt(tx, channel, [...(await opPlaces(tx, channel)), ...told]);
}

const opPlaces = async (tx: ReadTx, { c }: Channel): Promise<readonly EntryPlace[]> =>
  placesOf(tx, opsIn(await rosterOf(tx, c)));

async function placesOf(
  tx: ReadTx,
  ops: readonly Pick<RosterOp, "log" | "seq">[],
): Promise<readonly EntryPlace[]> {
  const places: EntryPlace[] = [];
  for (const { log: id, seq } of ops) {
    const log = await logById(tx, id);
    if (log !== undefined) places.push([log.a, seq]);
  }
  return places;
}

/** Each behind the entry that says whose log it is in. */
async function entriesAt(
  tx: ReadTx,
  { c }: Channel,
  places: readonly EntryPlace[],
): Promise<readonly Uint8Array[]> {
  const opened = new Set<number>();
  const entries: Uint8Array[] = [];
  const add = async (a: number, s: number): Promise<void> => {
    const row = await tx.get("entries", [c, a, s]);
    // One that came in a run proves nothing by itself.
    const entry = row === undefined ? undefined : decodeEntry(row.bytes);
    if (row !== undefined && entry?.ok === true && entry.value.signature !== null) {
      entries.push(row.bytes);
    }
  };
  for (const [a, seq] of places) {
    if (!opened.has(a)) {
      await add(a, 1);
      entries.push(...(await halvesOf(tx, a)));
    }
    await add(a, seq);
    opened.add(a);
  }
  return entries;
}

/** Those that count, METAS_TOLD_MAX of them: what holds now, and then the latest. */
async function lastMetas(tx: ReadTx, c: number): Promise<readonly EntryPlace[]> {
  const { metas } = await rosterRowOf(tx, c);
  const rows = await Promise.all(metas.map(([a, s]) => tx.get("entries", [c, a, s])));
  const counted = metas.filter((_, i) => rows[i] !== undefined && rows[i].counts === undefined);
  return (await metasByWeight(tx, c, counted)).slice(0, METAS_TOLD_MAX);
}

/** Where each log begins for a member. Along a log places in time grow, so it is searched by halves. */
export async function startsFor(
  tx: ReadTx,
  { c }: Pick<Channel, "c">,
  { floor }: MemberRow,
): Promise<readonly Start[]> {
  if (floor === 0) return [];
  const starts: Start[] = [];
  for (const log of await logsOf(tx, c)) {
    const seq = await firstFrom(tx, log, floor);
    if (seq > 1) starts.push({ log: bytesOf(log.log), seq });
  }
  return starts;
}

async function firstFrom(tx: ReadTx, log: Log, floor: number): Promise<number> {
  let low = 1;
  let high = maxKnown(log.known) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [row] = await tx.range("entries", "primary", {
      lower: [log.c, log.a, middle],
      upper: [log.c, log.a, high - 1],
      limit: 1,
    });
    if (row === undefined || row.h >= floor) high = middle;
    else low = row.s + 1;
  }
  return low;
}

/** Fills one welcome after the other. */
class Parts {
  readonly #channel: Uint8Array;
  readonly #done: Welcome[] = [];
  #entries: Uint8Array[] = [];
  #introductions: Introduced[] = [];
  #starts: Start[] = [];
  #bytes = 0;

  constructor(channel: Uint8Array) {
    this.#channel = channel;
  }

  addEntry(entry: Uint8Array): void {
    this.#room(this.#entries.length, entry.length);
    this.#entries.push(entry);
  }

  addIntroduction(introduced: Introduced): void {
    this.#room(this.#introductions.length, introduced.introduction.length + 64);
    this.#introductions.push(introduced);
  }

  addStart(start: Start): void {
    this.#room(this.#starts.length, 32);
    this.#starts.push(start);
  }

  payloads(): readonly Uint8Array[] {
    this.#close();
    return this.#done.map((it) => encodePayload("welcome", it));
  }

  #room(count: number, bytes: number): void {
    const isFull = count >= WELCOME_ITEMS_MAX || this.#bytes + bytes > ENTRIES_BYTES_MAX;
    if (isFull) this.#close();
    this.#bytes += bytes;
  }

  #close(): void {
    if (this.#bytes === 0) return;
    this.#done.push({
      channel: this.#channel,
      entries: this.#entries,
      introductions: this.#introductions,
      starts: this.#starts,
    });
    this.#entries = [];
    this.#introductions = [];
    this.#starts = [];
    this.#bytes = 0;
  }
}

/** Kinds that a member is given from whenever they are: what holds for the group and its logs. */
const HOLDING = new Set<number>([KINDS.meta.number, KINDS.logClose.number]);

/** May this entry be given to a member? Those, ops and whose log it is always, the rest from their floor on. */
export const isServable = (
  { h, kind, s }: { readonly h: number; readonly kind: number; readonly s: number },
  { floor }: MemberRow,
): boolean => h >= floor || s === 1 || isRoster(kind) || HOLDING.has(kind) || isLink({ kind });

/**
 * Does it name ops that are not here? Its author may know by them that a member who asks is out, so only our
 * own devices get it, which are out when we are. Rules [HE2] and [HY26].
 */
export const mayBeAfterAnEnd = ({ counts, kind }: EntryRow): boolean =>
  counts === "waits" && !isRoster(kind);
