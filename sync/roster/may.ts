/**
 * Who may do what in a group: the one table, asked by the app before it shows a button, and by the
 * judge of what others did. docs/protocol/roster.md, [RO5] to [RO7].
 */
import { unreachable } from "../../crypto/base/assert.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";

export const MEMBERS_MAX = 500;

/** Ascending; encoded as 1, 2, 3. */
export const ROLES = ["member", "admin", "owner"] as const;
export type Role = (typeof ROLES)[number];

/** What of the past a newcomer is served; encoded as 1, 2, 3. */
export const HISTORY_POLICIES = ["none", "week", "all"] as const;
export type HistoryPolicy = (typeof HISTORY_POLICIES)[number];

export type Standing = {
  readonly role: Role;
  /** Who came earlier has the smaller one. Compares within one roster alone. */
  readonly since: number;
  /** hEff from which on this member is served history. */
  readonly floor: number;
};

/** Who stands where: a map of members, or the same question asked of an op's past. */
export type Standings = {
  readonly get: (account: string) => Standing | undefined;
  /** Members; 0 where the question is not whether there is room. */
  readonly size: number;
};

export type Action =
  | { readonly type: "write" }
  /** Title, topic, picture, history policy. */
  | { readonly type: "meta" }
  | { readonly type: "pin" }
  /** To make or revoke a link, to let somebody in who used one. */
  | { readonly type: "invite" }
  /** `account`: who wrote what is deleted for everyone. */
  | { readonly type: "delete"; readonly account: string }
  | { readonly type: "leave" }
  | { readonly type: "add"; readonly account: string; readonly role: Role }
  | { readonly type: "remove"; readonly account: string }
  | { readonly type: "role"; readonly account: string; readonly role: Role };

export type Refusal =
  /** Who asks is no member. */
  | { readonly type: "NotMember" }
  | { readonly type: "RoleTooLow"; readonly needed: Role }
  /** Nobody gives a role above their own. */
  | { readonly type: "RoleAboveOwn" }
  /** Only a strictly higher rank may: a higher role, or the same and longer a member. */
  | { readonly type: "RankTooLow" }
  | { readonly type: "TargetNotMember" }
  | { readonly type: "AlreadyMember" }
  | { readonly type: "SameRole" }
  | { readonly type: "GroupFull"; readonly limit: number };

/** The least role for each action; the rest of the rule is in `may`. */
const LEAST_ROLE = {
  write: "member",
  leave: "member",
  // One's own messages; others' take an admin who outranks them.
  delete: "member",
  meta: "admin",
  pin: "admin",
  invite: "admin",
  add: "admin",
  remove: "admin",
  role: "admin",
} as const satisfies Record<Action["type"], Role>;

const ALLOWED = ok(undefined);

export function may(
  standings: Standings,
  actor: string,
  action: Action,
): Result<undefined, Refusal> {
  const own = standings.get(actor);
  if (own === undefined) return err({ type: "NotMember" });
  const needed = LEAST_ROLE[action.type];
  if (rankOf(own.role) < rankOf(needed)) return err({ type: "RoleTooLow", needed });
  switch (action.type) {
    case "delete":
      return action.account === actor ? ALLOWED : mayDelete(own, standings.get(action.account));
    case "add":
      return mayAdd(own, standings, action);
    case "remove": {
      const target = standings.get(action.account);
      if (target === undefined) return err({ type: "TargetNotMember" });
      return outranks(own, target) ? ALLOWED : err({ type: "RankTooLow" });
    }
    case "role":
      return maySetRole(own, standings.get(action.account), action.role, action.account === actor);
    case "write":
    case "leave":
    case "meta":
    case "pin":
    case "invite":
      return ALLOWED;
    default:
      return unreachable(action);
  }
}

export const rankOf = (role: Role): number => ROLES.indexOf(role);

/** Strictly: nobody outranks themselves. */
export const outranks = (a: Standing, b: Standing): boolean => compareRank(a, b) < 0;

/** The highest rank first, as `Array.prototype.sort` wants it. */
export const compareRank = (a: Standing, b: Standing): number =>
  rankOf(b.role) - rankOf(a.role) || a.since - b.since;

/** Those who left outrank nobody. */
function mayDelete(own: Standing, target: Standing | undefined): Result<undefined, Refusal> {
  if (rankOf(own.role) < rankOf("admin")) return err({ type: "RoleTooLow", needed: "admin" });
  if (target === undefined || outranks(own, target)) return ALLOWED;
  return err({ type: "RankTooLow" });
}

function mayAdd(
  own: Standing,
  standings: Standings,
  { account, role }: { readonly account: string; readonly role: Role },
): Result<undefined, Refusal> {
  if (standings.get(account) !== undefined) return err({ type: "AlreadyMember" });
  if (rankOf(role) > rankOf(own.role)) return err({ type: "RoleAboveOwn" });
  return standings.size >= MEMBERS_MAX ? err({ type: "GroupFull", limit: MEMBERS_MAX }) : ALLOWED;
}

function maySetRole(
  own: Standing,
  target: Standing | undefined,
  role: Role,
  isSelf: boolean,
): Result<undefined, Refusal> {
  if (target === undefined) return err({ type: "TargetNotMember" });
  if (role === target.role) return err({ type: "SameRole" });
  if (rankOf(role) > rankOf(own.role)) return err({ type: "RoleAboveOwn" });
  // Whoever is below the role that they are given is below its giver, too.
  return isSelf || outranks(own, target) ? ALLOWED : err({ type: "RankTooLow" });
}
