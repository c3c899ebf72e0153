/**
 * The roster of a group in the store: its ops as rows, and what they come to, worked out once for each
 * set of them. docs/protocol/groups.md, [GP4] and [GP5].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import type { Self } from "../account/self.ts";
import { type Channel, type Log, logsOf } from "../channel/channels.ts";
import { type Ends, endsOf, settledFrom } from "../devices/closed.ts";
import { forksOf } from "../heal/digest.ts";
import type { RosterOp } from "../roster/ops.ts";
import { resolve, type Roster } from "../roster/resolve.ts";
import { type Evidence, NO_EVIDENCE } from "../roster/trial.ts";
import type { TableName } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import type { MemberRow, RosterOpRow, RosterRow } from "./rows.ts";

/** What reading and changing a roster touches. */
export const ROSTER_TABLES: readonly TableName[] = [
  "rosters",
  "rosterOps",
  "forks",
  "logs",
  "meta",
];

/**
 * In groups of up to so many members everybody is told what we hold and have read, and everybody's log is opened at
 * once. In larger ones those are told who wrote what is new.
 */
export const RECEIPTS_TO_ALL_MAX = 32;
/** Beyond this number nobody is but our own devices, and a relay's word settles what was sent. */
export const RECEIPTS_TO_AUTHORS_MAX = 128;

/** Rosters that are remembered: each is a pure function of what its digest names. */
const REMEMBERED_MAX = 64;
const rosterByDigest = new Map<string, Roster>();

/** Of a channel whose ops are not here: one without members. */
export async function rosterOf(tx: ReadTx, c: number): Promise<Roster> {
  const row = await tx.get("rosters", c);
  const known = row === undefined ? undefined : rosterByDigest.get(row.digest);
  if (known !== undefined) return remembered(known);
  const rows = await tx.range("rosterOps", "primary", { lower: [c], upper: [c] });
  return remembered(
    resolve(
      rows.map(({ op }) => op),
      await evidenceOf(tx, c),
    ),
  );
}

/** What is known of the group's logs beyond their ops: rules [RO18] and [RO19]. */
async function evidenceOf(tx: ReadTx, c: number): Promise<Evidence> {
  const forks = await forksOf(tx, c);
  const ends = await endsOf(tx);
  if (forks.size === 0 && Object.keys(ends).length === 0) return NO_EVIDENCE;
  const logs = await logsOf(tx, c);
  const idByNumber = new Map(logs.map((it) => [it.a, it.log]));
  const closed = logs.flatMap(({ log }) => {
    const end = ends[log];
    return end === undefined ? [] : [[log, end.seq] as const];
  });
  return {
    forkedAt: new Map([...forks].map(([a, s]) => [idByNumber.get(a) ?? "", s])),
    closedAfter: new Map(closed),
    ...(await settledIn(tx, c, logs, ends)),
  };
}

/** Of logs that part and end: which ops are known to be those that their account stands by, and which are others. */
async function settledIn(
  tx: ReadTx,
  c: number,
  logs: readonly Log[],
  ends: Ends,
): Promise<Pick<Evidence, "settledFrom" | "beside">> {
  const settled = new Map<Hex, number>();
  const beside = new Set<Hex>();
  const { starts } = await rosterRowOf(tx, c);
  for (const log of logs) {
    const end = ends[log.log];
    if (end === undefined || !(await isParted(tx, log))) continue;
    const from = await settledFrom(tx, log, end);
    // What lies before where it begins for us we cannot tell by, and forks tell nothing of it either.
    const start = starts[log.log] ?? 1;
    const first = from <= start || end.seq < start ? 0 : from;
    const ops = await opsOf(tx, log);
    const held = new Set(ops.flatMap(({ s, op }) => (s > 0 ? [op.id] : [])));
    for (const { op } of ops) {
      const isLast = op.seq === end.seq && end.hash !== null;
      const isOther = isLast ? op.id !== end.hash : op.seq >= first && !held.has(op.id);
      if (isOther) beside.add(op.id);
      // The number of an op, so that this changes when it changes what counts.
      if (op.seq >= first) settled.set(log.log, Math.min(op.seq, settled.get(log.log) ?? Infinity));
    }
  }
  return { settledFrom: settled, beside };
}

/** Is something known to stand beside what is here of the log? */
export const isParted = async (tx: ReadTx, { c, a }: Log): Promise<boolean> =>
  (await tx.get("forks", a)) !== undefined ||
  (await tx.range("rosterOps", "primary", { lower: [c, a], upper: [c, a, 0], limit: 1 })).length >
    0;

const opsOf = (tx: ReadTx, { c, a }: Log): Promise<readonly RosterOpRow[]> =>
  tx.range("rosterOps", "primary", { lower: [c, a], upper: [c, a] });

/** What was used last is forgotten last. */
function remembered(roster: Roster): Roster {
  rosterByDigest.delete(roster.digest);
  rosterByDigest.set(roster.digest, roster);
  const [oldest] = rosterByDigest.keys();
  if (rosterByDigest.size > REMEMBERED_MAX && oldest !== undefined) rosterByDigest.delete(oldest);
  return roster;
}

/** Everything that it was made of, whether it counts or not. */
export const opsIn = ({ ledger: { graph } }: Roster): readonly RosterOp[] => [
  ...graph.ops,
  ...graph.excess,
  ...graph.waiting,
];

export const rosterRowOf = async (tx: ReadTx, c: number): Promise<RosterRow> =>
  (await tx.get("rosters", c)) ?? { ...NO_ROSTER, c };

const NO_ROSTER: Omit<RosterRow, "c"> = {
  digest: "",
  members: [],
  isBehind: false,
  waits: [],
  metas: [],
  title: "",
  topic: "",
  starts: {},
};

/** Ops of one number beside the one that came first. Its author alone can make more. */
const OTHER_HALVES_MAX = 16;
/** Above every number of an entry that a log comes to. */
const HALF_STEP = 2 ** 40;

type Place = Pick<RosterOpRow, "c" | "a" | "s">;

/** The number of a row of `rosterOps` that no entry has. Undefined: it is here, or there are too many. */
export async function placeBeside(
  tx: ReadTx,
  { c, a, s }: Place,
  id: Hex,
  max = OTHER_HALVES_MAX,
): Promise<number | undefined> {
  for (let n = 0; n < max; n += 1) {
    const place = -(s + n * HALF_STEP);
    const row = await tx.get("rosterOps", [c, a, place]);
    if (row === undefined) return place;
    if (row.op.id === id) return undefined;
  }
  return undefined;
}

/** An op whose place another entry takes: others may have built upon it. */
export async function putBeside(tx: WriteTx, { c, a, s }: Place): Promise<void> {
  const row = await tx.get("rosterOps", [c, a, s]);
  if (row === undefined) return;
  await tx.delete("rosterOps", [c, a, s]);
  const place = await placeBeside(tx, row, row.op.id, 2 * OTHER_HALVES_MAX);
  if (place !== undefined) await tx.put("rosterOps", { ...row, s: place });
}

export type Turn = { readonly before: Roster; readonly after: Roster };

/** Adds ops of one group. Answers the roster without them and with them. */
export async function putOps(tx: WriteTx, c: number, rows: readonly RosterOpRow[]): Promise<Turn> {
  const before = await rosterOf(tx, c);
  await tx.putAll("rosterOps", rows);
  const ops = [...opsIn(before), ...rows.map(({ op }) => op)];
  return { before, after: await resolveAnew(tx, c, ops) };
}

/** Other evidence is here than `before` rests on. */
export async function reweigh(tx: WriteTx, c: number, before: Roster): Promise<Turn> {
  return { before, after: await resolveAnew(tx, c, opsIn(before)) };
}

async function resolveAnew(tx: WriteTx, c: number, ops: readonly RosterOp[]): Promise<Roster> {
  const after = remembered(resolve(ops, await evidenceOf(tx, c)));
  await tx.put("rosters", {
    ...(await rosterRowOf(tx, c)),
    digest: after.digest,
    members: membersIn(after),
    isBehind: after.waiting.length > 0,
  });
  return after;
}

const membersIn = ({ members }: Roster): readonly MemberRow[] =>
  [...members].map(([account, { role, floor, by }]) => ({ account, role, floor, by }));

/** Are they out by their own will? */
export const hasLeft = ({ former }: Roster, account: Hex): boolean =>
  former.get(account)?.by === account;

/** In larger groups nobody is told who is writing. */
export const TYPING_MEMBERS_MAX = 32;

/** Is it a group in which this account is heard typing? Rule [TY7]. */
export async function isTypingGroup(
  tx: ReadTx,
  channel: Pick<Channel, "c">,
  account: Hex,
): Promise<boolean> {
  const members = await groupMembers(tx, channel);
  return members.length <= TYPING_MEMBERS_MAX && members.some((it) => it.account === account);
}

/** A group in which those alone meet who have something to tell each other. Rule [GP10]. */
export const isLargeGroup = async (
  tx: ReadTx,
  channel: Pick<Channel, "c" | "kind">,
): Promise<boolean> =>
  channel.kind === "group" && (await groupMembers(tx, channel)).length > RECEIPTS_TO_ALL_MAX;

/** The accounts of a group. Cheap: nothing is worked out. */
export const groupMembers = async (
  tx: ReadTx,
  { c }: Pick<Channel, "c">,
): Promise<readonly MemberRow[]> => (await tx.get("rosters", c))?.members ?? [];

/** Is there a group that this account and ours are in? */
export async function isFellow(
  tx: ReadTx,
  { account: own }: Pick<Self, "account">,
  account: Hex,
): Promise<boolean> {
  const rosters = await tx.range("rosters", "primary", {});
  return rosters.some(({ members }) =>
    [own, account].every((it) => members.some((member) => member.account === it)),
  );
}
