/**
 * Which entries of a group count, as its roster says now: written with each entry, and worked out anew
 * where the roster changed. docs/protocol/groups.md, [GP14] to [GP17].
 */
import { assert } from "../../crypto/base/assert.ts";
import { toHex } from "../../crypto/base/hex.ts";
import type { Self } from "../account/self.ts";
import { channelOf, type Log, logById, logsOf } from "../channel/channels.ts";
import { lineOf, refileAt, refileMessage, takeIn } from "../channel/take-in.ts";
import { entryOf, rowSaid } from "../channel/thread-rows.ts";
import { closingOf, endsOf, isDoubtful, isPutOut } from "../devices/closed.ts";
import { isRoster, isShown, KINDS } from "../entry/kinds.ts";
import { keepTimer } from "../expiry/timer.ts";
import { hasKnown, SEQ_MAX, type SeqRange } from "../log/known.ts";
import { judge } from "../roster/judge.ts";
import type { RosterOp } from "../roster/ops.ts";
import type { Roster } from "../roster/resolve.ts";
import { type Effect, targetOf } from "../roster/standing.ts";
import type { EntryRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { isGone } from "../thread/aggregate.ts";
import { NO_META, withMeta } from "../thread/channel-meta.ts";
import { rosterJudge } from "../thread/roster-judge.ts";
import { isLink, workOutLinks } from "./links.ts";
import { rosterOf, rosterRowOf, type Turn } from "./rosters.ts";
import type { EntryPlace } from "./rows.ts";
import { hasForgotten, noteWord } from "./words.ts";

/** Entries that wait for a roster; more are taken for ones that do not count. */
const WAITS_MAX = 1_000;
/** … and of one account, so that nobody drives out what others wrote. */
const WAITS_OF_ACCOUNT_MAX = 100;
/** Rows that are judged anew at once. */
const PAGE_ROWS = 500;

type Counts = EntryRow["counts"];

const countsIn = (roster: Roster, row: EntryRow, log: Log): Counts => {
  const { core } = entryOf(row);
  const claim = {
    author: log.account,
    log: log.log,
    seq: row.s,
    auth: core.auth.map((it) => toHex(it)),
  };
  const type = isMeta(row) ? "meta" : isLink(row) ? "invite" : "write";
  const judged = judge(roster, claim, { type });
  // Who is told where a log ends may be out, and need not hear of what its closing rests on: [OD20].
  const isClosing = row.kind === KINDS.logClose.number;
  if (judged.ok || (isClosing && judged.error.type === "Waits")) return undefined;
  return judged.error.type === "Waits" ? "waits" : "no";
};

const isMeta = ({ kind }: EntryRow): boolean => kind === KINDS.meta.number;

/** Of log.open and ops the roster itself says what they are worth. */
const isJudged = ({ kind }: EntryRow): boolean => kind !== KINDS.logOpen.number && !isRoster(kind);

/** Judges an entry that was just placed. */
export async function judgePlaced(tx: WriteTx, self: Self, placed: EntryRow): Promise<void> {
  // What followed from its coming may have judged it already.
  const row = await tx.get("entries", [placed.c, placed.a, placed.s]);
  if (row === undefined || !isJudged(row)) return;
  await judgeRow(tx, self, await rosterOf(tx, row.c), row);
  if (isMeta(row)) await describe(tx, row.c);
  if (isLink(row)) await workOutLinks(tx, row.c);
}

/** What the group is called now: of what counts the last word. */
async function describe(tx: WriteTx, c: number): Promise<void> {
  const row = await rosterRowOf(tx, c);
  const roster = await rosterOf(tx, c);
  const judged = rosterJudge(roster);
  let meta = NO_META;
  for (const [a, s] of row.metas) {
    const entry = await tx.get("entries", [c, a, s]);
    if (entry !== undefined) meta = withMeta(meta, await rowSaid(tx, entry), judged);
  }
  const [picture] = meta.picture?.value ?? [];
  const { picture: _, ...rest } = row;
  await tx.put("rosters", {
    ...rest,
    title: meta.title?.value ?? roster.founded?.name ?? "",
    topic: meta.topic?.value ?? "",
    history: meta.history?.value ?? roster.founded?.policy ?? "none",
    ...(picture === undefined ? {} : { picture: toHex(picture.id) }),
  });
  await keepTimer(tx, c, meta);
}

/** `roster`: undefined outside groups. */
async function judgeRow(
  tx: WriteTx,
  self: Self,
  roster: Roster | undefined,
  row: EntryRow,
): Promise<void> {
  const log = await tx.get("logs", row.a);
  assert(log !== undefined, "an entry stands in a log");
  const placed = { ...log, a: row.a };
  const isHeld = await isHeldBack(tx, row);
  const isForked = await isDoubtful(tx, placed, row);
  const ended = isForked ? "no" : await closingOf(tx, placed, row, isHeld);
  // Who is out of the group closes no log there: what they said before they went counts. Rule [OD21].
  const isLeft = ended === "waits" && roster?.former.has(log.account) === true;
  const judged = { roster, row, log: placed, isHeld };
  await settleCounts(tx, self, judged, isLeft ? undefined : ended);
}

/** Does it wait for the word where its log ends, and for nothing else? */
export const isHeldBack = async (tx: ReadTx, row: EntryRow): Promise<boolean> =>
  row.counts === "waits" && (await heldBackIn(tx, row.c))(row);

/** The same of entries of one channel, as things stand. */
export async function heldBackIn(tx: ReadTx, c: number): Promise<(row: EntryRow) => boolean> {
  const waits = (await tx.get("rosters", c))?.waits ?? [];
  return ({ a, s, counts }) =>
    counts === "waits" && !waits.some((it) => it[0] === a && it[1] === s);
}

/** It is here no longer: nothing follows from it. */
export async function discount(tx: WriteTx, self: Self, row: EntryRow): Promise<void> {
  if (!isJudged(row)) return;
  const channel = await channelOf(tx, row.c);
  const log = await tx.get("logs", row.a);
  assert(log !== undefined, "an entry stands in a log");
  const roster = channel?.kind === "group" ? await rosterOf(tx, row.c) : undefined;
  if (roster !== undefined) await noteWait(tx, row, "no");
  const judged = { roster, row, log: { ...log, a: row.a }, isHeld: false };
  await settleCounts(tx, self, judged, "no");
  if (isMeta(row) && roster !== undefined) await describe(tx, row.c);
  if (isLink(row)) await workOutLinks(tx, row.c);
}

type Judged = {
  readonly roster: Roster | undefined;
  readonly row: EntryRow;
  readonly log: Log;
  /** Until now it waited for the word where the log ends, and nothing followed from it. */
  readonly isHeld: boolean;
};

/** `ended`: what is known of its log; what that leaves open the roster says. */
async function settleCounts(
  tx: WriteTx,
  self: Self,
  { roster, row, log, isHeld }: Judged,
  ended: Counts,
): Promise<void> {
  const counts = ended ?? (roster && countsIn(roster, row, log));
  // What ends with its log waits for no roster any more. What waits for the end is not noted: see `isHeldBack`.
  if (roster !== undefined && ended !== "waits") await noteWait(tx, row, counts);
  if (roster !== undefined && (isMeta(row) || isLink(row)))
    await noteWord(tx, row, log.account, counts === undefined);
  const isLine = roster !== undefined && isMeta(row) && row.shown === 0 && counts === undefined;
  if (counts === row.counts && !isLine) return;
  const { counts: _, ...rest } = row;
  const judged: EntryRow = counts === undefined ? rest : { ...rest, counts };
  await show(tx, judged, log.read, isShownNow(judged));
  // What waited for the end of its log may have waited for an op since, and its long text was not asked for yet.
  const isUnfiled = isHeld || (row.counts === "waits" && row.kind === KINDS.message.number);
  if ((roster === undefined || isUnfiled) && counts === undefined) await fileNow(tx, self, judged);
  else if (!isMeta(row) && !isShown(row.kind)) await refileAt(tx, self, row);
}

/** It did not count when it came, so nothing followed from it. */
async function fileNow(tx: WriteTx, self: Self, row: EntryRow): Promise<void> {
  if (row.kind === KINDS.message.number) await refileMessage(tx, self, row);
  else await takeIn(tx, self, await rowSaid(tx, row));
}

/** It is known anew where the log ends, or what stands in it: all of it is judged again, or a part. */
export async function judgeLog(
  tx: WriteTx,
  self: Self,
  log: Log,
  [first, last]: SeqRange = [1, SEQ_MAX],
): Promise<void> {
  const channel = await channelOf(tx, log.c);
  const roster = channel?.kind === "group" ? await rosterOf(tx, log.c) : undefined;
  await judgeFrom(tx, self, roster, log, first, last);
  if (roster === undefined) return;
  await describe(tx, log.c);
  await workOutLinks(tx, log.c);
}

/** What does not count is shown to its author alone; what was deleted or hidden stays so. */
function isShownNow(row: EntryRow): 0 | 1 {
  if (isMeta(row)) return row.counts === undefined ? 1 : 0;
  if (row.own) return row.shown;
  const isErased = row.withheld === true || (row.erased === true && row.lifetimeMs !== undefined);
  return isShown(row.kind) && !isErased && row.counts === undefined ? 1 : 0;
}

async function noteWait(tx: WriteTx, { c, a, s }: EntryRow, counts: Counts): Promise<void> {
  const roster = await rosterRowOf(tx, c);
  const isNoted = roster.waits.some((it) => it[0] === a && it[1] === s);
  if (isNoted === (counts === "waits")) return;
  if (!isNoted && !(await hasRoomToWait(tx, a, roster.waits))) return;
  const waits = isNoted
    ? roster.waits.filter((it) => it[0] !== a || it[1] !== s)
    : [...roster.waits, [a, s] as const];
  await tx.put("rosters", { ...roster, waits });
}

async function hasRoomToWait(
  tx: WriteTx,
  a: number,
  waits: readonly EntryPlace[],
): Promise<boolean> {
  if (waits.length < WAITS_OF_ACCOUNT_MAX) return true;
  const accountOf = async (log: number): Promise<string | undefined> =>
    (await tx.get("logs", log))?.account;
  const account = await accountOf(a);
  const authors = await Promise.all(waits.map((it) => accountOf(it[0])));
  const theirs = authors.filter((it) => it === account).length;
  return waits.length < WAITS_MAX && theirs < WAITS_OF_ACCOUNT_MAX;
}

/** Writes the row, and what follows from it for the count beside the chat and the line below its name. */
async function show(tx: WriteTx, row: EntryRow, read: Log["read"], shown: 0 | 1): Promise<void> {
  await tx.put("entries", { ...row, shown });
  const channel = await channelOf(tx, row.c);
  assert(channel !== undefined, "an entry stands in a channel");
  const filed = (await tx.get("aggregates", [row.c, row.a, row.s]))?.aggregate;
  // What was deleted before it was read is not counted any more. Rule [MO41].
  const isHere = row.kind === KINDS.message.number && (filed === undefined || !isGone(filed));
  const isCounted = isHere && !row.own && !hasKnown(read, row.s);
  const more = isCounted && shown !== row.shown ? (shown === 1 ? 1 : -1) : 0;
  const line = row.h >= channel.lastH ? await lineOf(tx, channel) : {};
  await tx.put("channels", { ...channel, unread: Math.max(0, channel.unread + more), ...line });
}

/** The roster changed: entries whose right to be heard rests on what changed are judged anew. */
export async function judgeAnew(tx: WriteTx, self: Self, c: number, turn: Turn): Promise<void> {
  const { after } = turn;
  const changed = changedOps(turn);
  const { waits } = await rosterRowOf(tx, c);
  // Ops that come to nothing are many when somebody likes: they change nothing else.
  if (changed.length === 0 && waits.length === 0) return;
  for (const { op, effect } of changed) await showLine(tx, c, op, effect);
  for (const [a, s] of waits) await judgeAt(tx, self, after, c, [a, s]);
  const logs = await logsOf(tx, c);
  for (const { op, effect, was } of changed) {
    const target = targetOf(op);
    const isEnding = [effect, was].some((it) => it === "exit" || it === "lower");
    // Whoever has just come has written nothing that does not wait for this.
    if (target === undefined || (!isEnding && was === undefined)) continue;
    const hasLost = await hasForgotten(tx, c, target);
    const theirs = logs.filter((it) => it.account === target);
    for (const log of theirs) {
      const isOpen = await isUnclosed(tx, log);
      await judgeFrom(tx, self, after, log, isEnding && !isOpen ? lastSeqIn(op, log.log) + 1 : 1);
    }
    // What counts of theirs has its place again where later words had taken it.
    if (hasLost) for (const log of theirs) await judgeFrom(tx, self, after, log, 1);
  }
  await describe(tx, c);
  await workOutLinks(tx, c);
}

/** Of a device that is out, and nobody has said where it ends? */
async function isUnclosed(tx: ReadTx, { log, account, device }: Log): Promise<boolean> {
  const contact = await tx.get("contacts", account);
  const isOut = contact !== undefined && isPutOut(contact, device);
  return isOut && (await endsOf(tx))[log] === undefined;
}

type ChangedOp = {
  readonly op: RosterOp;
  /** Null: void. Undefined: it was not here, or waited. */
  readonly was: Effect | null | undefined;
  readonly effect: Effect | null;
};

function changedOps({ before, after }: Turn): readonly ChangedOp[] {
  const effectsBefore = effectsIn(before);
  return after.ledger.graph.ops.flatMap((op, place) => {
    const effect = after.ledger.effects[place] ?? null;
    const was = effectsBefore.get(op.id);
    return was === effect ? [] : [{ op, was, effect }];
  });
}

const effectsIn = ({ ledger: { graph, effects } }: Roster): ReadonlyMap<string, Effect | null> =>
  new Map(graph.ops.map(({ id }, place) => [id, effects[place] ?? null]));

const lastSeqIn = (op: RosterOp, log: string): number =>
  "cut" in op.act ? (op.act.cut.find((it) => it.log === log)?.seq ?? 0) : 0;

/** Who came, went or was raised is told in the conversation, once it counts. */
async function showLine(
  tx: WriteTx,
  c: number,
  op: RosterOp,
  effect: Effect | null,
): Promise<void> {
  const log = await logById(tx, op.log);
  const row = log === undefined ? undefined : await tx.get("entries", [c, log.a, op.seq]);
  // The other half of a fork may have its place.
  if (log === undefined || row === undefined || toHex(row.hash) !== op.id) return;
  await show(tx, row, log.read, effect === null ? 0 : 1);
}

async function judgeAt(
  tx: WriteTx,
  self: Self,
  roster: Roster,
  c: number,
  [a, s]: EntryPlace,
): Promise<void> {
  const row = await tx.get("entries", [c, a, s]);
  if (row !== undefined) await judgeRow(tx, self, roster, row);
}

async function judgeFrom(
  tx: WriteTx,
  self: Self,
  roster: Roster | undefined,
  { c, a }: Log,
  first: number,
  last = SEQ_MAX,
): Promise<void> {
  for (let from = first; ;) {
    const rows = await tx.range("entries", "primary", {
      lower: [c, a, from],
      upper: [c, a, last],
      limit: PAGE_ROWS,
    });
    for (const row of rows.filter(isJudged)) await judgeRow(tx, self, roster, row);
    if (rows.length < PAGE_ROWS) return;
    from = (rows.at(-1)?.s ?? from) + 1;
  }
}
