/**
 * What entries of a group count for: may their author, by what they knew, and were they still in
 * time? docs/protocol/roster.md, [RO22] to [RO25].
 *
 * The answer is a function of roster and entry alone: neither clock nor arrival takes part.
 */
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { AUTH_MAX } from "../entry/entry.ts";
import { authNameOf, hasOp, headsAmong, isBefore, type OpSet, unionOf } from "./graph.ts";
import { type Action, rankOf, type Refusal, type Standing } from "./may.ts";
import type { RosterOp } from "./ops.ts";
import type { Roster } from "./resolve.ts";
import { type Effect, type Ledger, mayAs, mayIn, standingIn, targetOf } from "./standing.ts";

/** What an entry's Core and log say. */
export type Claim = {
  /** Account id of the log's author, log id. */
  readonly author: string;
  readonly log: string;
  readonly seq: number;
  /** `auth` of the Core, each in hexadecimal. */
  readonly auth: readonly string[];
};

export type ClaimRefusal =
  | Refusal
  /** Names no roster. */
  | { readonly type: "NoAuth" }
  /** Written after `by` ended the right to it, as far as whoever ended it knew the log. */
  | { readonly type: "Ended"; readonly by: string }
  /** Names ops that are not here: ask again when there are more. */
  | { readonly type: "Waits" };

/**
 * What the next entry of `account` names as `auth`: 16 bytes of each of AUTH_MAX heads among
 * what counts. First those that come after the last op about it, so that it stands there as it does
 * now, then the last in the order.
 */
export function authOf({ ledger }: Roster, account: string): readonly string[] {
  const { graph, effects, placesByAccount } = ledger;
  const own = placesByAccount.get(account)?.findLast((place) => effects[place] !== null);
  const isAfterOwn = (op: RosterOp): boolean => {
    const place = graph.placeByName.get(authNameOf(op.id));
    if (own === undefined || place === undefined) return false;
    return place === own || isBefore(graph, own, place);
  };
  const heads = headsAmong(
    graph,
    effects.map((effect) => effect !== null),
  );
  return [...heads.filter(isAfterOwn), ...heads.filter((op) => !isAfterOwn(op))]
    .slice(0, AUTH_MAX)
    .map(({ id }) => authNameOf(id));
}

/** May the entry do this? A message that does nothing else does `write`. */
export function judge(
  { ledger }: Roster,
  claim: Claim,
  action: Action,
): Result<undefined, ClaimRefusal> {
  if (claim.auth.length === 0) return err({ type: "NoAuth" });
  const past = pastOf(ledger, claim.auth);
  if (past === undefined) return err({ type: "Waits" });
  const endings = endingsOf(ledger, claim, past);
  const exit = endings.find(({ effect }) => effect === "exit");
  if (exit !== undefined) return err({ type: "Ended", by: exit.op.id });
  const standing = standingIn(ledger, past, claim.author);
  if (endings.length > 0 && standing !== undefined) {
    const left = endings.reduce((least, { op }) => atMost(least, op), standing);
    return mayAs(ledger, past, claim.author, left, action);
  }
  const allowed = mayIn(ledger, past, claim.author, action);
  return allowed.ok ? ok(undefined) : allowed;
}

/**
 * Has somebody been removed by another since the roster that `auth` names? Who was removed knew what was
 * said before. True also when that roster is not here.
 */
export function isOlderThanRemoval({ ledger }: Roster, auth: readonly string[]): boolean {
  const past = pastOf(ledger, auth);
  if (past === undefined) return true;
  return ledger.graph.ops.some(
    ({ act }, place) =>
      act.type === "remove" && ledger.effects[place] === "exit" && !hasOp(past, place),
  );
}

/** Is an entry at this place in time (hEff) for this account to be served? */
export function mayBeServed({ members }: Roster, account: string, hEff: number): boolean {
  const member = members.get(account);
  return member !== undefined && hEff >= member.floor;
}

/** Undefined: something of it is not here. Each name is 16 bytes of an id. */
function pastOf({ graph }: Ledger, auth: readonly string[]): OpSet | undefined {
  const places = auth.map((name) => graph.placeByName.get(name));
  if (!places.every((place) => place !== undefined)) return undefined;
  return unionOf(places, graph.pasts, graph.ops.length);
}

/** Valid ops that end rights of the author, that the entry does not know of, and is too late for. */
function endingsOf(
  { graph, effects, placesByAccount }: Ledger,
  { author, log, seq }: Claim,
  past: OpSet,
): readonly { readonly op: RosterOp; readonly effect: Effect }[] {
  return (placesByAccount.get(author) ?? []).flatMap((place) => {
    const [op, effect] = [graph.ops[place], effects[place]];
    if (op === undefined || (effect !== "exit" && effect !== "lower")) return [];
    return hasOp(past, place) || seq <= lastSeqOf(op, log) ? [] : [{ op, effect }];
  });
}

/** The last entry of the log that an ending lets stand; 0 = none. */
function lastSeqOf(op: RosterOp, log: string): number {
  if (op.log === log && targetOf(op) === op.author) return op.seq;
  return "cut" in op.act ? (op.act.cut.find((it) => it.log === log)?.seq ?? 0) : 0;
}

const atMost = (standing: Standing, { act }: RosterOp): Standing =>
  act.type === "role" && rankOf(act.role) < rankOf(standing.role)
    ? { ...standing, role: act.role }
    : standing;
