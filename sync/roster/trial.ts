/**
 * Which ops of a group count. docs/protocol/roster.md, [RO13] to [RO20].
 *
 * Each op is judged in its own past. Then, while there is one: the highest-ranking valid ending of
 * somebody's rights voids what it finds beside it, and all that rests on that is judged again.
 * Voids never shrink, each round adds one, so it ends. (Strong removal as in Keyhive, and the
 * seniority of Matrix's state resolution, without a server to break ties.)
 */
import { assert } from "../../crypto/base/assert.ts";
import { type Graph, isBefore } from "./graph.ts";
import {
  type Action,
  compareRank,
  MEMBERS_MAX,
  rankOf,
  type Refusal,
  type Standing,
} from "./may.ts";
import type { RosterOp } from "./ops.ts";
import {
  type Effect,
  type Ledger,
  ledgerOf,
  mayIn,
  ranked,
  standingIn,
  targetOf,
} from "./standing.ts";

/** What is known about logs beyond their ops. By log id. */
export type Evidence = {
  /** Two entries have this number: the device lied, or was rolled back unnoticed. */
  readonly forkedAt: ReadonlyMap<string, number>;
  /** The last entry that the log's account stands by (log.close). */
  readonly closedAfter: ReadonlyMap<string, number>;
  /** From this number on, up to that end, it is known which entries those are: forks tell nothing there. */
  readonly settledFrom: ReadonlyMap<string, number>;
  /** Ids of ops in whose place the account stands by another entry. */
  readonly beside: ReadonlySet<string>;
};

export const NO_EVIDENCE: Evidence = {
  forkedAt: new Map(),
  closedAfter: new Map(),
  settledFrom: new Map(),
  beside: new Set(),
};

export type VoidReason =
  /** Its author might not, by all that they knew. */
  | { readonly type: "Refused"; readonly refusal: Refusal }
  /** Beside an op that ended the right to it. */
  | { readonly type: "Ended"; readonly by: string }
  | { readonly type: "Forked" }
  | { readonly type: "Closed" }
  /** The group is full: counts when there is room. */
  | { readonly type: "GroupFull"; readonly limit: number }
  | { readonly type: "TooManyOps"; readonly limit: number }
  /** Of a later version. */
  | { readonly type: "Unknown"; readonly kind: number };

/** What became of the ops. Lists are by place. */
export type Settlement = {
  readonly ledger: Ledger;
  /** Why an op has no effect. */
  readonly refusals: readonly (VoidReason | undefined)[];
  /** What counted at any time in between, and might have voided something. */
  readonly everCounted: readonly boolean[];
};

/** The creates in the graph are this group's own (`rosterOpOf`). */
export function settlementOf(graph: Graph, evidence: Evidence): Settlement {
  const trial = trialOf(graph, evidence);
  for (const place of trial.effects.keys()) judgeAt(trial, place);
  let victims: Voids | undefined;
  do {
    settle(trial);
    victims = overflow(trial);
    if (victims !== undefined) voidAll(trial, victims);
  } while (victims !== undefined);
  return trial;
}

/** By place. */
type Voids = ReadonlyMap<number, VoidReason>;

/** The work in hand. Lists are by place. */
type Trial = {
  readonly ledger: Ledger;
  readonly effects: (Effect | null)[];
  /** What each author stood as when they wrote. */
  readonly standings: (Standing | undefined)[];
  /** Why an op has no effect. */
  readonly refusals: (VoidReason | undefined)[];
  readonly everCounted: boolean[];
  /** Voided for good. */
  readonly voids: (VoidReason | undefined)[];
  readonly isForked: readonly boolean[];
  readonly rivals: (readonly number[] | undefined)[];
  readonly authoredBy: ReadonlyMap<string, readonly number[]>;
};

function trialOf(graph: Graph, evidence: Evidence): Trial {
  const effects: (Effect | null)[] = graph.ops.map(() => null);
  const authoredBy = Map.groupBy(graph.ops.keys(), (place) => graph.ops[place]?.author ?? "");
  const forkedAt = forksAmong(graph, evidence.forkedAt);
  const isAfter = (numbers: ReadonlyMap<string, number>, op: RosterOp): boolean =>
    op.seq > (numbers.get(op.log) ?? Infinity);
  const isAlone = (place: number): boolean => graph.isBuiltUpon[place] !== true;
  const isClosed = (op: RosterOp): boolean =>
    evidence.beside.has(op.id) || isAfter(evidence.closedAfter, op);
  const isDoubtful = ({ log, seq }: RosterOp): boolean =>
    seq >= (forkedAt.get(log) ?? Infinity) && seq < (evidence.settledFrom.get(log) ?? Infinity);
  return {
    ledger: ledgerOf(graph, effects),
    effects,
    standings: graph.ops.map(() => undefined),
    refusals: graph.ops.map(() => undefined),
    everCounted: graph.ops.map(() => false),
    voids: graph.ops.map((op, place) =>
      isAlone(place) && isClosed(op) ? { type: "Closed" } : undefined,
    ),
    isForked: graph.ops.map((op, place) => isAlone(place) && isDoubtful(op)),
    rivals: graph.ops.map(() => undefined),
    authoredBy,
  };
}

/** The lowest number of each log that two ops have, or that the evidence names. */
function forksAmong(
  { ops }: Graph,
  known: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const forkedAt = new Map(known);
  const seen = new Set<string>();
  for (const { log, seq } of ops) {
    const at = `${log}:${seq}`;
    if (seen.has(at)) forkedAt.set(log, Math.min(seq, forkedAt.get(log) ?? Infinity));
    seen.add(at);
  }
  return forkedAt;
}

/** Judges an op in its own past; what stands before it is judged already. True: it changed. */
function judgeAt(trial: Trial, place: number): boolean {
  const { effects, standings, refusals, voids, ledger } = trial;
  const op = ledger.graph.ops[place];
  assert(op !== undefined, "a place of the graph");
  const effect = effects[place];
  const standing = standings[place];
  const verdict = voids[place] ?? judgeOp(trial, op, place);
  const isValid = "effect" in verdict;
  const now = isValid ? verdict.effect : null;
  const standsNow = isValid ? verdict.standing : undefined;
  effects[place] = now;
  standings[place] = standsNow;
  refusals[place] = isValid ? undefined : verdict;
  if (isValid) trial.everCounted[place] = true;
  return (
    effect !== now || standing?.role !== standsNow?.role || standing?.since !== standsNow?.since
  );
}

/** Judges anew all that comes after what is voided. True: that changed something, too. */
function voidAll(trial: Trial, victims: Voids): boolean {
  const { effects, voids, ledger } = trial;
  const isTouched = new Uint8Array(effects.length);
  let isMore = false;
  for (const [place, reason] of victims) {
    voids[place] = reason;
    isTouched[place] = 1;
  }
  for (let place = Math.min(...victims.keys()); place < effects.length; place++) {
    const isVictim = victims.has(place);
    if (!isVictim && !ledger.graph.causes[place]?.some((it) => isTouched[it] === 1)) continue;
    isTouched[place] = 1;
    if (judgeAt(trial, place) && !isVictim) isMore = true;
  }
  return isMore;
}

type Valid = { readonly effect: Effect; readonly standing: Standing | undefined };

function judgeOp(trial: Trial, op: RosterOp, place: number): Valid | VoidReason {
  const { ledger } = trial;
  const { act } = op;
  if (act.type === "unknown") return { type: "Unknown", kind: act.kind };
  // A second create by the same hands says what the first said.
  if (act.type === "create") return { effect: "enter", standing: undefined };
  const past = ledger.graph.pasts[place];
  assert(past !== undefined, "a place of the graph");
  const allowed = mayIn(ledger, past, op.author, act satisfies Action);
  if (!allowed.ok) return { type: "Refused", refusal: allowed.error };
  const standing = allowed.value;
  if (act.type === "leave" || act.type === "remove") return { effect: "exit", standing };
  const isSelf = act.account === op.author;
  const before = isSelf ? standing : standingIn(ledger, past, act.account);
  const isGrant = before === undefined || rankOf(act.role) > rankOf(before.role);
  if (isGrant && trial.isForked[place] === true) return { type: "Forked" };
  if (act.type === "add") return { effect: "enter", standing };
  return { effect: isGrant ? "raise" : "lower", standing };
}

/** Lets the highest-ranking ending void what it finds beside it, until none finds anything. */
function settle(trial: Trial): void {
  const { effects, ledger } = trial;
  let isSettled: boolean;
  do {
    // While nothing but victims changes, those that had none before have none now.
    isSettled = endingsOf(trial).every((place) => {
      if (effects[place] === null) return true;
      const by = ledger.graph.ops[place]?.id ?? "";
      const victims = rivalsOf(trial, place).filter((it) => isEndedBy(trial, it, place));
      if (victims.length === 0) return true;
      return !voidAll(trial, new Map(victims.map((it) => [it, { type: "Ended", by }])));
    });
  } while (!isSettled);
}

/** Valid ops that end somebody's rights, the highest-ranking authors first. */
function endingsOf({ effects, standings }: Trial): readonly number[] {
  const standingOf = (place: number): Standing => {
    const standing = standings[place];
    assert(standing !== undefined, "an ending has an author");
    return standing;
  };
  return [...effects.keys()]
    .filter((place) => effects[place] === "exit" || effects[place] === "lower")
    .toSorted((a, b) => compareRank(standingOf(a), standingOf(b)) || a - b);
}

/** Ops beside `ending` that are by or about the one whose rights it ends. */
function rivalsOf(trial: Trial, ending: number): readonly number[] {
  const { graph, placesByAccount } = trial.ledger;
  const op = graph.ops[ending];
  const target = op === undefined ? undefined : targetOf(op);
  if (target === undefined) return [];
  const isBeside = (place: number): boolean =>
    place !== ending && !isBefore(graph, place, ending) && !isBefore(graph, ending, place);
  const found = (trial.rivals[ending] ??= [
    ...new Set([...(trial.authoredBy.get(target) ?? []), ...(placesByAccount.get(target) ?? [])]),
  ].filter(isBeside));
  return found;
}

function isEndedBy({ ledger, effects }: Trial, place: number, ending: number): boolean {
  const op = ledger.graph.ops[place];
  const end = ledger.graph.ops[ending];
  const effect = effects[place];
  if (op === undefined || end === undefined || effect === null) return false;
  const target = targetOf(end);
  const isGrant = effect === "enter" || effect === "raise";
  if (op.author === target && op.act.type !== "leave") {
    // Whoever goes or steps down by themselves must not undo their own removals that way.
    if (isGrant || end.author !== target) return true;
  }
  if (targetOf(op) !== target || !isGrant) return false;
  if (end.act.type !== "role") return true;
  const { act } = op;
  return act.type !== "create" && "role" in act && rankOf(act.role) > rankOf(end.act.role);
}

/** Voids what brought those in for whom there is no room: the lowest ranks. */
function overflow({ ledger, effects }: Trial): Voids | undefined {
  if (ledger.placesByAccount.size <= MEMBERS_MAX) return undefined;
  const beyond = ranked(ledger).slice(MEMBERS_MAX);
  if (beyond.length === 0) return undefined;
  const reason: VoidReason = { type: "GroupFull", limit: MEMBERS_MAX };
  const entrances = beyond.flatMap(([account, { since }]) =>
    (ledger.placesByAccount.get(account) ?? []).filter((place) => {
      const op = ledger.graph.ops[place];
      return (
        place >= since && effects[place] === "enter" && op !== undefined && targetOf(op) === account
      );
    }),
  );
  return new Map(entrances.map((place) => [place, reason]));
}
