import { decodeEntry } from "../../sync/entry/entry.ts";
/** What must be true when it has become quiet: the end-to-end promises. */
import { coversKnown, KNOWN_NOTHING, maxKnown, unionKnown } from "../../sync/log/known.ts";
import type { ContactRow, CursorRow, EntryRow, LogRow, OutboxRow } from "../../sync/store/rows.ts";
import { type Aggregate, isGone } from "../../sync/thread/aggregate.ts";
import { type AggregateRow, messageOf } from "../../sync/thread/rows.ts";
import { UNTOUCHED } from "../../sync/thread/untouched.ts";
import { viewOf } from "../../sync/thread/view.ts";
import type { Person } from "./person.ts";
import type { World } from "./world.ts";

/**
 * From the last fault to the moment when everything must be in order, in virtual time. A connection that
 * failed often is tried again after up to a minute (session/backoff.ts), must then be open, and
 * receipts, the outbox and healing come behind it.
 */
const PATIENCE_MS = 150_000;
/** Who was refused tries again after up to five minutes (outbox/attempts.ts, receipt-sender.ts). */
const REFUSED_PATIENCE_MS = 400_000;
/** For what opens an envelope its author is asked eight times, in about 20 minutes (heal/asked.ts). */
const UNOPENED_PATIENCE_MS = 1_500_000;

export type Wrong = {
  readonly what: string;
  /** How long after the last fault it may be so. */
  readonly patienceMs: number;
};

/** Null: everything is as it must be. Else what is not yet, or never will be. */
export async function wrongIn(world: World): Promise<Wrong | null> {
  const what = await whatIsWrong(world);
  return what === null ? null : { what, patienceMs: patienceFor(world, what) };
}

function patienceFor({ people, witness }: World, what: string): number {
  if (people.some(({ name }) => witness.holdsBack(name) > 0)) return UNOPENED_PATIENCE_MS;
  const isRefused = people.some(({ name }) => witness.outboxOf(name).some((it) => it.isRefused));
  return isRefused || what.includes(UNTOLD) ? REFUSED_PATIENCE_MS : PATIENCE_MS;
}

const UNTOLD = "news that nobody was told";

async function whatIsWrong(world: World): Promise<string | null> {
  if (world.wishes > 0) return "[INV11] somebody still waits for an invite";
  const totals = world.node.relay?.status();
  if (totals === undefined) return "[INV11] the relay is down";
  if (totals.messages > 0) return `[INV13] ${totals.messages} messages are left at the relay`;
  for (const person of world.people) {
    const wrong = await wrongAt(world, person);
    if (wrong !== null) return wrong;
  }
  for (const [who, to] of world.acquainted) {
    const wrong = (await wrongBetween(world, who, to)) ?? (await wrongBetween(world, to, who));
    if (wrong !== null) return wrong;
  }
  return null;
}

async function wrongAt({ witness }: World, person: Person): Promise<string | null> {
  const { name, store, connection } = person;
  if (store === undefined || connection !== "connected") return `[INV11] ${name} is ${connection}`;
  const [left] = witness.outboxOf(name);
  if (left !== undefined) return `[INV13] ${name} has an outbox row left: ${describe(left)}`;
  const held = witness.holdsBack(name);
  if (held > 0) return `[INV13] ${name} holds ${held} envelopes that cannot be opened`;
  const channels = await store.read(["channels"], (tx) => tx.range("channels", "primary", {}));
  const untold = channels.find((it) => it.kind === "dm" && it.receipts > it.receiptsSent);
  return untold === undefined ? null : `[INV14] ${name} has ${UNTOLD}`;
}

const describe = ({ what, c, a, s, env, flightTo, attempts, targets }: OutboxRow): string =>
  `${what} ${env.slice(0, 8)} ${c}/${a}/${s} ${targets.map((it) => it.state).join(" ")}` +
  `${flightTo === "" ? "" : " first flight"}, tried ${attempts} times`;

/** One chat, as `who` has it, held against the other side. */
async function wrongBetween(world: World, who: Person, to: Person): Promise<string | null> {
  const [ours, theirs] = [await chatOf(world, who, to), await chatOf(world, to, who)];
  if (ours === null || theirs === null) return `[INV11] ${who.name} and ${to.name} have no chat`;
  if (ours.contact.state !== "accepted") {
    return `[INV11] ${to.name} is still "${ours.contact.state}" to ${who.name}`;
  }
  const [own, other] = [idsOf(ours.timeline), idsOf(theirs.timeline)];
  if (own.length !== other.length) {
    return `[INV11] ${who.name} shows ${own.length} messages, ${to.name} ${other.length}`;
  }
  const at = own.findIndex((id, i) => id !== other[i]);
  if (at >= 0) return `[INV12] ${who.name} and ${to.name} differ in order at message ${at + 1}`;
  const changed = changedOtherwise(ours, theirs);
  if (changed !== null) return `[INV16] ${who.name} and ${to.name} differ: ${changed}`;
  if (ours.unread !== ours.timeline.filter((it) => isUnread(ours, it)).length) {
    return `[INV14] ${who.name} is shown ${ours.unread} unread messages`;
  }
  for (const log of ours.logs.filter((it) => it.own && maxKnown(it.known) > 0)) {
    const cursors = ours.cursors.flatMap((cursor) => [
      { kind: "delivered", known: cursor.delivered.find((it) => it.log === log.log)?.known },
      { kind: "read", known: cursor.read.find((it) => it.log === log.log)?.known },
    ]);
    const truth = theirs.logs.find((it) => it.log === log.log);
    for (const { kind, known } of cursors) {
      const has = (kind === "read" ? truth?.read : truth?.known) ?? KNOWN_NOTHING;
      if (!coversKnown(known ?? KNOWN_NOTHING, has)) {
        return `[INV14] ${who.name} was not told what ${to.name} has ${kind}`;
      }
    }
    if (cursors.length === 0) return `[INV14] ${who.name} has no receipt of ${to.name}`;
    const told = cursors
      .filter((it) => it.kind === "delivered")
      .map((it) => it.known ?? KNOWN_NOTHING)
      .reduce(unionKnown, log.sent);
    if (!coversKnown(told, log.known)) return `[INV14] ${who.name} sees sent messages as waiting`;
  }
  return null;
}

/** What messages have become is the same at both, and what was deleted has no words left. */
function changedOtherwise(ours: Chat, theirs: Chat): string | null {
  const [a, b] = [looksOf(ours), looksOf(theirs)];
  const at = a.findIndex((look, i) => look !== b[i]);
  if (at >= 0) return `message ${at + 1} is ${a[at]} and ${b[at]}`;
  const left = ours.timeline.find((it) => isGoneIn(ours, it) && bodyOf(it) !== null);
  return left === undefined ? null : `${left.id} was deleted and still has its words`;
}

const looksOf = (chat: Chat): readonly string[] =>
  chat.timeline.map((row) => {
    const view = viewOf(messageOf(row), aggregateOf(chat, row), "");
    const { versions, isStarred: _, ...rest } = view ?? { versions: [], isStarred: false };
    return JSON.stringify({ ...rest, versions: versions.map(({ stamp }) => stamp.id) });
  });

const aggregateOf = ({ aggregates }: Chat, { a, s }: EntryRow): Aggregate =>
  aggregates.find((it) => it.a === a && it.s === s)?.aggregate ?? UNTOUCHED;

const isGoneIn = (chat: Chat, row: EntryRow): boolean => isGone(aggregateOf(chat, row));

function bodyOf(row: EntryRow): Uint8Array | null {
  const entry = decodeEntry(row.bytes);
  return entry.ok ? entry.value.body : null;
}

type Chat = {
  readonly contact: ContactRow;
  readonly unread: number;
  readonly timeline: readonly EntryRow[];
  readonly aggregates: readonly AggregateRow[];
  readonly logs: readonly LogRow[];
  readonly cursors: readonly CursorRow[];
};

const idsOf = (timeline: readonly EntryRow[]): readonly string[] => timeline.map((it) => it.id);

const isUnread = (chat: Chat, entry: EntryRow): boolean => {
  if (entry.own || isGoneIn(chat, entry)) return false;
  const read = chat.logs.find((it) => it.a === entry.a)?.read ?? KNOWN_NOTHING;
  return !coversKnown(read, { floor: 0, ranges: [[entry.s, entry.s]] });
};

const chatOf = (world: World, who: Person, to: Person): Promise<Chat | null> =>
  readChat(who, world.witness.accountOf(to.name));

async function readChat({ store }: Person, account: string): Promise<Chat | null> {
  const tables = ["contacts", "channels", "entries", "logs", "cursors", "aggregates"] as const;
  const chat = await store?.read(tables, async (tx) => {
    const contact = await tx.get("contacts", account);
    const channels = await tx.range("channels", "primary", {});
    const channel = channels.find((it) => it.account === account);
    if (contact === undefined || channel?.c === undefined) return null;
    const { c, unread } = channel;
    return {
      contact,
      unread,
      timeline: await tx.range("entries", "timeline", { lower: [c, 1], upper: [c, 1, Infinity] }),
      aggregates: await tx.range("aggregates", "timeline", { lower: [c], upper: [c] }),
      logs: await tx.range("logs", "channel", { lower: c, upper: c }),
      cursors: (await tx.range("cursors", "primary", {})).filter((it) => it.c === c),
    };
  });
  return chat ?? null;
}
