/** One chat as one device has it, held against the same chat of another. */
import { endsOf } from "../../sync/devices/closed.ts";
import { decodeEntry } from "../../sync/entry/entry.ts";
import { KINDS } from "../../sync/entry/kinds.ts";
import { rosterOf } from "../../sync/group/rosters.ts";
import type { RosterRow } from "../../sync/group/rows.ts";
import { forksOf } from "../../sync/heal/digest.ts";
import {
  coversKnown,
  hasKnown,
  KNOWN_NOTHING,
  maxKnown,
  unionKnown,
} from "../../sync/log/known.ts";
import type {
  ChannelKind,
  ContactRow,
  CursorRow,
  EntryRow,
  LogRow,
  TableName,
} from "../../sync/store/rows.ts";
import type { ReadTx } from "../../sync/store/store.ts";
import { type Aggregate, isGone } from "../../sync/thread/aggregate.ts";
import { type AggregateRow, messageOf } from "../../sync/thread/rows.ts";
import { UNTOUCHED } from "../../sync/thread/untouched.ts";
import { viewOf } from "../../sync/thread/view.ts";
import type { Person } from "./person.ts";
import type { World } from "./world.ts";

export type Chat = {
  readonly who: Person;
  readonly c: number;
  readonly id: string;
  readonly kind: ChannelKind;
  readonly account: string;
  readonly contact: ContactRow | undefined;
  readonly roster: RosterRow | undefined;
  /** What its ops come to, and what is known of forks and ends: see `outcomeOf`. */
  readonly outcome: string;
  readonly unread: number;
  /** News of it that nobody was told yet. */
  readonly isUntold: boolean;
  /** What is shown, in its order. */
  readonly timeline: readonly EntryRow[];
  /** Somebody in it may have forked their log. */
  readonly isForked: boolean;
  /** The same of those who fork their log: what of it counts here. */
  readonly ofLiars: readonly EntryRow[];
  readonly aggregates: readonly AggregateRow[];
  readonly logs: readonly LogRow[];
  readonly cursors: readonly CursorRow[];
};

const TABLES: readonly TableName[] = [
  "contacts",
  "channels",
  "entries",
  "logs",
  "cursors",
  "aggregates",
  "rosters",
  "rosterOps",
  "forks",
  "meta",
];

export async function chatsOf({ isHonestDevice }: World, who: Person): Promise<readonly Chat[]> {
  const chats = await who.store?.read(TABLES, async (tx) => {
    const cursors = await tx.range("cursors", "primary", {});
    const found: Chat[] = [];
    for (const channel of await tx.range("channels", "primary", {})) {
      const { c = 0, id, kind, account, unread, receipts, receiptsSent } = channel;
      const logs = await tx.range("logs", "channel", { lower: c, upper: c });
      const lying = new Set(logs.filter((it) => !isHonestDevice(it.device)).map((it) => it.a));
      const timeline = await tx.range("entries", "timeline", {
        lower: [c, 1],
        upper: [c, 1, Infinity],
      });
      found.push({
        who,
        c,
        id,
        kind,
        account,
        unread: lying.size > 0 ? -1 : unread,
        isUntold: receipts > receiptsSent,
        contact: await tx.get("contacts", account),
        roster: await tx.get("rosters", c),
        outcome: await outcomeOf(tx, c, logs),
        timeline: timeline.filter((it) => !lying.has(it.a)),
        isForked: lying.size > 0,
        ofLiars: timeline.filter((it) => lying.has(it.a) && it.counts === undefined),
        aggregates: await tx.range("aggregates", "timeline", { lower: [c], upper: [c] }),
        logs: logs.filter((it) => !lying.has(it.a)),
        cursors: cursors.filter((it) => it.c === c),
      });
    }
    return found;
  });
  return chats ?? [];
}

/**
 * Without ops that stand behind the end of their log, and that nobody else has built upon: those count nowhere, and
 * who lacks them does not ask for them ([OD6], [HE15]).
 */
async function outcomeOf(tx: ReadTx, c: number, logs: readonly LogRow[]): Promise<string> {
  const { voids, ledger } = await rosterOf(tx, c);
  const { ops, excess, waiting } = ledger.graph;
  const forks = await forksOf(tx, c);
  const ends = await endsOf(tx);
  return [
    ...[...ops, ...excess, ...waiting]
      .map(({ id }) => `${id} ${voids.get(id)?.type ?? ""}`)
      .filter((it) => !it.endsWith(" Closed")),
    ...logs.map(({ a = 0, log }) => `${log} ${forks.get(a) ?? ""} ${ends[log]?.seq ?? ""}`),
  ]
    .filter((it) => !it.endsWith("  "))
    .toSorted()
    .join("\n");
}

/** What must be true of it without looking at anybody else. */
export function wrongIn(chat: Chat): string | null {
  const unread = chat.timeline.filter((it) => isUnread(chat, it)).length;
  if (chat.unread >= 0 && chat.unread !== unread) {
    return `[INV14] ${chat.who.name} is shown ${chat.unread} unread messages, there are ${unread}`;
  }
  const left = chat.timeline.find((it) => isGoneIn(chat, it) && bodyOf(it) !== null);
  return left === undefined ? null : `[INV16] ${left.id} was deleted and still has its words`;
}

export function wrongBetween(world: World, ours: Chat, theirs: Chat): string | null {
  const names = `${ours.who.name} and ${theirs.who.name}`;
  const [own, other] = [idsOf(ours.timeline), idsOf(theirs.timeline)];
  if (own.length !== other.length) {
    return `[INV11] ${names} show ${own.length} and ${other.length} messages`;
  }
  const at = own.findIndex((id, i) => id !== other[i]);
  if (at >= 0) return `[INV12] ${names} differ in order at message ${at + 1}`;
  // In a chat of two the first entry of a fork stays, and nothing after the other one is taken: [RX6].
  const isForked = [ours, theirs].some((it) => it.isForked);
  const changed = isForked ? null : changedOtherwise(world, ours, theirs);
  return changed ?? wrongReceipts(world, ours, theirs);
}

/** What `ours` was told of what `theirs` holds and has read, by whichever device of that account. */
export function wrongReceipts(world: World, ours: Chat, theirs: Chat): string | null {
  const [who, to] = [ours.who, theirs.who];
  if (
    who.owner === to.owner ||
    ![who, to].every(world.isHonest) ||
    ours.kind === "self" ||
    ours.kind === "account"
  )
    return null;
  const account = world.witness.accountOf(to.name);
  const cursors = ours.cursors.filter((it) => it.account === account);
  for (const log of ours.logs.filter((it) => it.own && maxKnown(it.known) > 0)) {
    const truth = theirs.logs.find((it) => it.log === log.log);
    if (truth === undefined) continue;
    for (const kind of ["delivered", "read"] as const) {
      const has = (kind === "read" ? truth.read : truth.known) ?? KNOWN_NOTHING;
      const told = cursors
        .map((cursor) => cursor[kind].find((it) => it.log === log.log)?.known ?? KNOWN_NOTHING)
        .reduce(unionKnown, KNOWN_NOTHING);
      if (!coversKnown(told, has)) {
        return `[INV14] ${who.name} was not told what ${to.name} has ${kind}`;
      }
    }
    const told = ours.cursors
      .map((it) => it.delivered.find((held) => held.log === log.log)?.known ?? KNOWN_NOTHING)
      .reduce(unionKnown, log.sent);
    if (!coversKnown(told, log.known)) return `[INV14] ${who.name} sees sent messages as waiting`;
  }
  return null;
}

/** What messages that both have became is the same at both. */
export function changedOtherwise(world: World, ours: Chat, theirs: Chat): string | null {
  if (!world.knowsAll(ours.who) || !world.knowsAll(theirs.who)) return null;
  // Stars are told in the account channel, where no next word shows what a lying relay has lost.
  const isSameAccount = ours.who.owner === theirs.who.owner && world.areRelaysHonest;
  const others = looksOf(theirs);
  for (const [id, { look, isStarred }] of looksOf(ours)) {
    const other = others.get(id);
    if (other === undefined) continue;
    const isAlike = look === other.look && (!isSameAccount || isStarred === other.isStarred);
    if (isAlike) continue;
    const [a, b] = [`${look}${star(isStarred)}`, `${other.look}${star(other.isStarred)}`];
    return `[INV16] ${ours.who.name} and ${theirs.who.name} differ: ${id} is ${a} and ${b}`;
  }
  return null;
}

const star = (isStarred: boolean): string => (isStarred ? ", starred" : "");

/** Stars are one's own. */
type Look = {
  readonly look: string;
  readonly isStarred: boolean;
};

const looks = new WeakMap<Chat, ReadonlyMap<string, Look>>();

/** What each message has become, by its id: worked out once, and held against all other devices. */
function looksOf(chat: Chat): ReadonlyMap<string, Look> {
  const heard = chat.timeline.filter((it) => it.counts === undefined);
  const known = looks.get(chat) ?? new Map(heard.map((row) => [row.id, lookOf(chat, row)]));
  looks.set(chat, known);
  return known;
}

function lookOf(chat: Chat, row: EntryRow): Look {
  const view = viewOf(messageOf(row), aggregateOf(chat, row), "");
  if (view === null) return { look: "nothing", isStarred: false };
  const { versions, isStarred, ...rest } = view;
  const stamps = versions.map(({ stamp }) => stamp.id);
  const look = JSON.stringify({ ...rest, versions: stamps });
  return { look, isStarred };
}

const aggregateOf = ({ aggregates }: Chat, { a, s }: EntryRow): Aggregate =>
  aggregates.find((it) => it.a === a && it.s === s)?.aggregate ?? UNTOUCHED;

const isGoneIn = (chat: Chat, row: EntryRow): boolean => isGone(aggregateOf(chat, row));

function bodyOf(row: EntryRow): Uint8Array | null {
  const entry = decodeEntry(row.bytes);
  return entry.ok ? entry.value.body : null;
}

/** Of what counts: what a device wrote when it was out is shown to its own account, as not accepted. */
export const idsOf = (timeline: readonly EntryRow[]): readonly string[] =>
  timeline.filter((it) => it.counts === undefined).map((it) => it.id);

function isUnread(chat: Chat, entry: EntryRow): boolean {
  if (entry.kind !== KINDS.message.number || entry.own || isGoneIn(chat, entry)) return false;
  const read = chat.logs.find((it) => it.a === entry.a)?.read ?? KNOWN_NOTHING;
  return !hasKnown(read, entry.s);
}
