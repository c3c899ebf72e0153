/**
 * What comes after what among roster ops: a pure function of their set. docs/protocol/roster.md,
 * [RO8] to [RO10].
 *
 * An op counts as soon as everything that it names, directly or not, is here. The order is by depth
 * (the longest way from the create), then by id: whatever an op comes after stands before it.
 */
import { assert } from "../../crypto/base/assert.ts";
import type { RosterOp } from "./ops.ts";

/** Of one account's ops that nobody else has built upon, so many count: the first in the order. */
export const OPS_PER_ACCOUNT_MAX = 4_096;

/** A set of ops by their place in the order, one bit each. */
export type OpSet = Uint32Array;

export type Graph = {
  /** In the order. */
  readonly ops: readonly RosterOp[];
  /** By place: all that the op comes after. */
  readonly pasts: readonly OpSet[];
  /** By place: the places of what it names. */
  readonly causes: readonly (readonly number[])[];
  /** By place: has another account written an op that comes after this one? */
  readonly isBuiltUpon: readonly boolean[];
  /** By `authNameOf` of an op's id. */
  readonly placeByName: ReadonlyMap<string, number>;
  /** Ops beyond OPS_PER_ACCOUNT_MAX. */
  readonly excess: readonly RosterOp[];
  /** Ops that wait for what they name. */
  readonly waiting: readonly RosterOp[];
  /** Ids that are named and not here. */
  readonly missing: readonly string[];
};

/** How entries name an op in `auth`: the first 16 bytes of its id. */
export const authNameOf = (id: string): string => id.slice(0, 32);

export const hasOp = (set: OpSet, place: number): boolean =>
  (((set[place >>> 5] ?? 0) >>> (place & 31)) & 1) === 1;

/** Both are places of the graph. */
export const isBefore = ({ pasts }: Graph, earlier: number, later: number): boolean => {
  const past = pasts[later];
  return past !== undefined && hasOp(past, earlier);
};

/** `other` has no place beyond those of `set`. */
export function addAll(set: OpSet, other: OpSet): void {
  assert(other.length <= set.length, "a smaller set");
  for (let i = 0; i < other.length; i++) set[i] = (set[i] ?? 0) | (other[i] ?? 0);
}

/** Room for the first `count` places. */
export const emptySet = (count: number): OpSet => new Uint32Array((count + 31) >>> 5);

export const fullSet = (count: number): OpSet => emptySet(count).fill(0xffff_ffff);

/** The ops at these places, all below `count`, and all that they come after. */
export function unionOf(places: readonly number[], pasts: readonly OpSet[], count: number): OpSet {
  const union = emptySet(count);
  for (const [i, place] of places.entries()) {
    const past = pasts[place];
    assert(past !== undefined && place < count, "the order of causes");
    if (i === 0) union.set(past);
    else addAll(union, past);
    union[place >>> 5] = (union[place >>> 5] ?? 0) | (1 << (place & 31));
  }
  return union;
}

/** The ops' ids differ. */
export function graphOf(set: Iterable<RosterOp>): Graph {
  const opById = new Map([...set].map((op) => [op.id, op]));
  const { complete, waiting } = inOrder(opById);
  const built = builtUpon(complete);
  const { ops, excess } = withinBudget(complete, built);
  const placeById = new Map(ops.map((op, place) => [op.id, place]));
  const pasts: OpSet[] = [];
  const causes: (readonly number[])[] = [];
  for (const [place, { heads }] of ops.entries()) {
    const named = heads.map((head) => placeById.get(head) ?? place);
    causes.push(named);
    pasts.push(unionOf(named, pasts, place));
  }
  const missing = waiting.flatMap(({ heads }) => heads.filter((head) => !opById.has(head)));
  return {
    ops,
    pasts,
    causes,
    placeByName: new Map(ops.map(({ id }, place) => [authNameOf(id), place])),
    isBuiltUpon: ops.map(({ id }) => built.has(id)),
    excess,
    waiting,
    missing: [...new Set(missing)].toSorted(),
  };
}

/** Of the chosen ops those that no other chosen op comes after, the last in the order first. */
export function headsAmong(
  { ops, pasts }: Graph,
  isChosen: readonly boolean[],
): readonly RosterOp[] {
  const covered = emptySet(ops.length);
  return ops
    .map((op, place) => ({ op, place }))
    .toReversed()
    .flatMap(({ op, place }) => {
      if (isChosen[place] !== true || hasOp(covered, place)) return [];
      addAll(covered, pasts[place] ?? covered);
      return [op];
    });
}

/** Kahn's algorithm: whatever is left over names something that is not here. */
function inOrder(opById: ReadonlyMap<string, RosterOp>): {
  readonly complete: readonly RosterOp[];
  readonly waiting: readonly RosterOp[];
} {
  const nextById = new Map<string, RosterOp[]>();
  const openById = new Map<string, number>();
  const depthById = new Map<string, number>();
  const ready: RosterOp[] = [];
  for (const op of opById.values()) {
    openById.set(op.id, op.heads.length);
    if (op.heads.length === 0) ready.push(op);
    for (const head of op.heads) {
      const next = nextById.get(head);
      if (next === undefined) nextById.set(head, [op]);
      else next.push(op);
    }
  }
  // Grows while it is walked.
  for (const { id, heads } of ready) {
    depthById.set(id, 1 + Math.max(-1, ...heads.map((head) => depthById.get(head) ?? 0)));
    for (const next of nextById.get(id) ?? []) {
      const open = (openById.get(next.id) ?? 0) - 1;
      openById.set(next.id, open);
      if (open === 0) ready.push(next);
    }
  }
  const depthOf = ({ id }: RosterOp): number => depthById.get(id) ?? 0;
  return {
    complete: ready.toSorted((a, b) => depthOf(a) - depthOf(b) || (a.id < b.id ? -1 : 1)),
    waiting: [...opById.values()].filter(({ id }) => !depthById.has(id)).toSorted(byId),
  };
}

/** Ids of ops with an op of another account after them. */
function builtUpon(ordered: readonly RosterOp[]): ReadonlySet<string> {
  const authorById = new Map(ordered.map(({ id, author }) => [id, author]));
  const built = new Set<string>();
  for (const { id, author, heads } of ordered.toReversed()) {
    for (const head of heads) {
      if (built.has(id) || authorById.get(head) !== author) built.add(head);
    }
  }
  return built;
}

/** Nobody else names what is left out, and its author's later ops come later in the order. */
function withinBudget(
  ordered: readonly RosterOp[],
  built: ReadonlySet<string>,
): { readonly ops: readonly RosterOp[]; readonly excess: readonly RosterOp[] } {
  const countByAuthor = new Map<string, number>();
  const excess = ordered.filter(({ id, author }) => {
    if (built.has(id)) return false;
    const count = (countByAuthor.get(author) ?? 0) + 1;
    countByAuthor.set(author, count);
    return count > OPS_PER_ACCOUNT_MAX;
  });
  if (excess.length === 0) return { ops: ordered, excess };
  const out = new Set(excess);
  return { ops: ordered.filter((op) => !out.has(op)), excess };
}

const byId = (a: RosterOp, b: RosterOp): number => (a.id < b.id ? -1 : 1);
