/**
 * Where accounts stand after a set of ops, of which some are void. docs/protocol/roster.md, [RO11]
 * and [RO12].
 *
 * Ops fold in any order to the same result: raising takes the higher role, lowering the lower, and
 * the resolver leaves no coming and going side by side.
 */
import { ok, type Result } from "../../crypto/base/result.ts";
import { fullSet, type Graph, hasOp, type OpSet } from "./graph.ts";
import { type Action, compareRank, may, rankOf, type Refusal, type Standing } from "./may.ts";
import type { RosterOp } from "./ops.ts";

/** What a valid op does to the account that it concerns. */
export type Effect = "enter" | "raise" | "lower" | "exit";

export type Ledger = {
  readonly graph: Graph;
  /** By place; null: void. Written by the resolver alone. */
  readonly effects: readonly (Effect | null)[];
  /** Ascending places of the ops that concern an account, or by which it made an owner. */
  readonly placesByAccount: ReadonlyMap<string, readonly number[]>;
  /** Accounts that some op shows as owners: one of them is, or nobody is. */
  readonly everOwners: readonly string[];
};

/** The account that an op brings, changes or takes away; undefined: none. */
export function targetOf({ author, act }: RosterOp): string | undefined {
  if (act.type === "leave") return author;
  return act.type === "unknown" ? undefined : act.account;
}

/** `effects`: kept by reference, so that the resolver's work shows through. */
export function ledgerOf(graph: Graph, effects: readonly (Effect | null)[]): Ledger {
  const placesByAccount = new Map<string, number[]>();
  const everOwners = new Set<string>();
  for (const [place, op] of graph.ops.entries()) {
    const isOwnerMade = roleGivenBy(op) === "owner";
    for (const account of new Set([targetOf(op), isOwnerMade ? op.author : undefined])) {
      if (account === undefined) continue;
      if (isOwnerMade) everOwners.add(account);
      const places = placesByAccount.get(account);
      if (places === undefined) placesByAccount.set(account, [place]);
      else places.push(place);
    }
  }
  return { graph, effects, placesByAccount, everOwners: [...everOwners] };
}

/** As the ops say: without the owner that [RO12] supplies. */
export function standingIn(
  { graph, effects, placesByAccount }: Ledger,
  past: OpSet,
  account: string,
): Standing | undefined {
  let standing: Standing | undefined;
  for (const place of placesByAccount.get(account) ?? []) {
    const effect = effects[place];
    const op = graph.ops[place];
    if (effect === null || effect === undefined || op === undefined) continue;
    if (!hasOp(past, place)) continue;
    if (targetOf(op) === account) standing = after(standing, effect, op, place);
    // Whoever makes an owner is one, were they so far but standing in.
    else if (standing !== undefined) standing = { ...standing, role: "owner" };
  }
  return standing;
}

/** Who is owner although nobody made them: the highest rank, while no owner is left. */
export function standInOf(ledger: Ledger, past: OpSet): string | undefined {
  const hasOwner = ledger.everOwners.some(
    (account) => standingIn(ledger, past, account)?.role === "owner",
  );
  if (hasOwner) return undefined;
  let best: { readonly account: string; readonly standing: Standing } | undefined;
  for (const account of ledger.placesByAccount.keys()) {
    const standing = standingIn(ledger, past, account);
    if (standing === undefined) continue;
    const isBest = best === undefined || compareRank(standing, best.standing) < 0;
    if (isBest) best = { account, standing };
  }
  return best?.account;
}

/** `may`, asked of a past. Answers what the actor stood as. */
export function mayIn(
  ledger: Ledger,
  past: OpSet,
  actor: string,
  action: Action,
): Result<Standing | undefined, Refusal> {
  const own = standingIn(ledger, past, actor);
  const asWritten = mayAs(ledger, past, actor, own, action);
  if (asWritten.ok) return ok(own);
  // A stand-in has the highest rank already, so it changes no answer but a refusal of their own.
  if (own === undefined || own.role === "owner") return asWritten;
  if (standInOf(ledger, past) !== actor) return asWritten;
  const owner: Standing = { ...own, role: "owner" };
  const asOwner = mayAs(ledger, past, actor, owner, action);
  return asOwner.ok ? ok(owner) : asOwner;
}

/** `may`, asked of a past in which the actor stands as `own`. Whether there is room is not asked. */
export const mayAs = (
  ledger: Ledger,
  past: OpSet,
  actor: string,
  own: Standing | undefined,
  action: Action,
): Result<undefined, Refusal> =>
  may({ get: (it) => (it === actor ? own : standingIn(ledger, past, it)), size: 0 }, actor, action);

/** Everybody in the group, the highest rank first. */
export function ranked(ledger: Ledger): readonly (readonly [account: string, Standing])[] {
  const all = fullSet(ledger.graph.ops.length);
  const standIn = standInOf(ledger, all);
  return [...ledger.placesByAccount.keys()]
    .flatMap((account) => {
      const standing = standingIn(ledger, all, account);
      if (standing === undefined) return [];
      const role = account === standIn ? "owner" : standing.role;
      return [[account, { ...standing, role }] as const];
    })
    .toSorted(([, a], [, b]) => compareRank(a, b));
}

function roleGivenBy({ act }: RosterOp): Standing["role"] | undefined {
  if (act.type === "create") return "owner";
  return act.type === "add" || act.type === "role" ? act.role : undefined;
}

function after(
  standing: Standing | undefined,
  effect: Effect,
  op: RosterOp,
  place: number,
): Standing | undefined {
  if (effect === "exit") return undefined;
  const role = roleGivenBy(op);
  if (role === undefined) return standing;
  if (effect === "enter") {
    const floor = op.act.type === "add" ? op.act.floor : 0;
    if (standing === undefined) return { role, since: place, floor };
    return {
      ...standing,
      role: higher(standing.role, role),
      floor: Math.min(standing.floor, floor),
    };
  }
  if (standing === undefined) return undefined;
  const isRaise = effect === "raise";
  return { ...standing, role: (isRaise ? higher : lower)(standing.role, role) };
}

const higher = <Role extends Standing["role"]>(a: Role, b: Role): Role =>
  rankOf(a) >= rankOf(b) ? a : b;
const lower = <Role extends Standing["role"]>(a: Role, b: Role): Role =>
  rankOf(a) <= rankOf(b) ? a : b;
