/**
 * What the messages of a window have become: edited, answered, reacted to, pinned, deleted
 * (docs/protocol/messages.md, "What is shown" and "Rows").
 *
 * [AVW1] A message that looks as before is the same object as before. [AVW2] Above an answer stands
 * what the answered message says now, if it is here. [AVW3] Earlier versions: the latest first.
 */
import { Dexie } from "dexie";

import { toHex } from "../../crypto/base/hex.ts";
import { KINDS } from "../../sync/entry/kinds.ts";
import type { Content, Reply } from "../../sync/entry/message-body.ts";
import type { EntryRow } from "../../sync/store/rows.ts";
import { type AggregateRow, aggregateRowOf, messageOf } from "../../sync/thread/rows.ts";
import { quoted, type Summary } from "../../sync/thread/summary.ts";
import { UNTOUCHED } from "../../sync/thread/untouched.ts";
import { type MessageView, viewOf } from "../../sync/thread/view.ts";
import { overdueAmong } from "./overdue.ts";
import { aggregatesOf, type Db, entriesOf, logsOf } from "./tables.ts";
import type { Place } from "./timeline.ts";

/** Where a message stands, so that one can go there. */
export type Spot = Place & { readonly id: string };

export type Quote = {
  readonly summary: Summary;
  /** Null: it is not here. */
  readonly target: (Spot & { readonly own: boolean; readonly a: number }) | null;
};

export type Look = { readonly view: MessageView; readonly quote: Quote | null };

/** By public id; none for what needs a newer app. */
export type Looks = ReadonlyMap<string, Look>;

export const spotOf = ({ id, h, b, s }: EntryRow): Spot => ({ id, h, b, s });

/** `rows`: one window, oldest first. `self`: our account. */
export async function readLooks(
  db: Db,
  c: number,
  rows: readonly EntryRow[],
  self: string,
): Promise<Looks> {
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const [touched, answered] = await Promise.all([
    aggregatesOf(db)
      .where("[c+h+b+s]")
      .between([c, first.h, first.b, first.s], [c, last.h, last.b, last.s], true, true)
      .toArray(),
    readAnswered(db, c, rows),
  ]);
  const byKey = new Map(touched.map((it) => [keyOf(it), it]));
  return new Map(
    rows.flatMap((row) => {
      const look = lookOf(row, byKey.get(keyOf(row)), answered, self);
      return look === null ? [] : [[row.id, look] as const];
    }),
  );
}

const keyOf = ({ a, s }: Pick<EntryRow, "a" | "s">): string => `${a}.${s}`;

type Answered = { readonly row: EntryRow; readonly aggregate: AggregateRow | undefined };
type Known = {
  /** Whose look it is. */
  readonly self: string;
  readonly aggregate: AggregateRow | undefined;
  readonly target: Answered | undefined;
  readonly look: Look | null;
};

/** Rows are frozen, and the same while nothing in them changes (store/opened-rows.ts). */
const known = new WeakMap<EntryRow, Known>();

function lookOf(
  row: EntryRow,
  aggregate: AggregateRow | undefined,
  answered: ReadonlyMap<string, Answered>,
  self: string,
): Look | null {
  if (row.kind !== KINDS.message.number) return null;
  const reply = row.extra?.reply ?? null;
  const target = reply === null ? undefined : answered.get(refText(reply));
  const before = known.get(row);
  const isSame =
    before?.self === self &&
    before?.aggregate === aggregate &&
    before?.target?.row === target?.row &&
    before?.target?.aggregate === target?.aggregate;
  if (before !== undefined && isSame) return before.look;
  const view = viewOf(messageOf(row), aggregate?.aggregate ?? UNTOUCHED, self);
  const answers = view?.reply ?? null;
  const quote = answers === null ? null : quoteOf(answers, target, self);
  const look = view && { view, quote };
  known.set(row, { self, aggregate, target, look });
  return look;
}

function quoteOf(reply: Reply, target: Answered | undefined, self: string): Quote {
  if (target === undefined) return { summary: quoted(reply, undefined), target: null };
  const { row, aggregate } = target;
  const view = viewOf(messageOf(row), aggregate?.aggregate ?? UNTOUCHED, self);
  // Deleted for me: what it said is not brought back by who answered it.
  if (view === null) return { summary: { type: "deleted" }, target: null };
  return { summary: quoted(reply, view), target: { ...spotOf(row), own: row.own, a: row.a } };
}

const refText = ({ target }: Reply): string => `${toHex(target.log)}.${target.seq}`;

/** What the rows answer, by `refText`, as far as it is here. */
async function readAnswered(
  db: Db,
  c: number,
  rows: readonly EntryRow[],
): Promise<ReadonlyMap<string, Answered>> {
  const replies = rows.flatMap((row) => row.extra?.reply ?? []);
  if (replies.length === 0) return new Map();
  const logs = await logsOf(db)
    .where("log")
    .anyOf([...new Set(replies.map((it) => toHex(it.target.log)))])
    .toArray();
  const numbers = new Map(logs.map(({ log, a }) => [log, a ?? 0]));
  const asked = replies.map((reply) => {
    const key: [number, number, number] = [
      c,
      numbers.get(toHex(reply.target.log)) ?? 0,
      reply.target.seq,
    ];
    return { reply, key };
  });
  const keys = asked.map(({ key }) => key);
  const [entries, aggregates] = await Promise.all([
    entriesOf(db).bulkGet(keys),
    aggregatesOf(db).bulkGet(keys),
  ]);
  const over = await overdueAmong(db, entries);
  return new Map(
    asked.flatMap(({ reply }, i) => {
      const row = entries[i];
      const id = toHex(reply.target.id);
      if (row === undefined || toHex(row.hash.slice(0, reply.target.id.length)) !== id) return [];
      const aggregate = over(row) ? hiddenRow(row) : aggregates[i];
      return [[refText(reply), { row, aggregate }] as const];
    }),
  );
}

/** What should have disappeared is as what was deleted for ourselves. */
const hiddenRow = (row: EntryRow): AggregateRow =>
  aggregateRowOf(row, { ...UNTOUCHED, hidden: true });

/** Nobody looks at more of them in one list. */
export const MARKED_MAX = 100;

export type Marked = { readonly row: EntryRow; readonly view: MessageView };

/** The chat's pinned messages, the newest first. */
export const readPinned = async (db: Db, c: number, self: string): Promise<readonly Marked[]> =>
  markedOf(
    db,
    await aggregatesOf(db)
      .where("[c+pinned+h]")
      .between([c, 1, Dexie.minKey], [c, 1, Dexie.maxKey])
      .reverse()
      .limit(MARKED_MAX)
      .toArray(),
    self,
  );

/** Starred messages of this chat, the newest first. */
export const readStarred = async (db: Db, c: number, self: string): Promise<readonly Marked[]> =>
  markedOf(
    db,
    await aggregatesOf(db)
      .where("[starred+h]")
      .between([1, Dexie.minKey], [1, Dexie.maxKey])
      .reverse()
      .filter((it) => it.c === c)
      .limit(MARKED_MAX)
      .toArray(),
    self,
  );

async function markedOf(
  db: Db,
  aggregates: readonly AggregateRow[],
  self: string,
): Promise<readonly Marked[]> {
  const rows = await entriesOf(db).bulkGet(aggregates.map(({ c, a, s }) => [c, a, s]));
  const over = await overdueAmong(db, rows);
  return aggregates.flatMap(({ aggregate }, i) => {
    const row = rows[i];
    if (row === undefined || over(row)) return [];
    const view = viewOf(messageOf(row), aggregate, self);
    return view === null ? [] : [{ row, view }];
  });
}

export type Version = Content & Pick<EntryRow, "id" | "writtenAtMs">;

/** What a message said before, and when, the latest first; its first words are the last. */
export async function readVersions(
  db: Db,
  row: EntryRow,
  { versions }: MessageView,
): Promise<readonly Version[]> {
  if (versions.length === 0) return [];
  const logs = await logsOf(db).where("c").equals(row.c).toArray();
  const numbers = new Map(logs.map(({ log, a }) => [log, a ?? 0]));
  const edits = await entriesOf(db).bulkGet(
    versions.map(({ log, stamp }) => [row.c, numbers.get(toHex(log)) ?? 0, stamp.seq]),
  );
  return [...edits.filter((it) => it !== undefined), row].map(
    ({ id, text, extra, writtenAtMs }) => ({
      id,
      text,
      mentions: extra?.mentions ?? [],
      whole: extra?.whole ?? null,
      writtenAtMs,
    }),
  );
}
