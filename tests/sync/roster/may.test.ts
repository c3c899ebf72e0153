import { expect, test } from "vitest";

import {
  type Action,
  compareRank,
  may,
  MEMBERS_MAX,
  outranks,
  type Role,
  ROLES,
  type Standing,
} from "../../../sync/roster/may.ts";

const stands = (role: Role, since: number): Standing => ({ role, since, floor: 0 });

/** Two of each role, the first of each the longer member; `old` is the longest of all. */
const GROUP: ReadonlyMap<string, Standing> = new Map([
  ["old", stands("member", 0)],
  ["owner", stands("owner", 1)],
  ["owner2", stands("owner", 2)],
  ["admin", stands("admin", 3)],
  ["admin2", stands("admin", 4)],
  ["member", stands("member", 5)],
]);

const answer = (actor: string, action: Action): string => {
  const verdict = may(GROUP, actor, action);
  return verdict.ok ? "may" : verdict.error.type;
};

test("[RO5] a higher role ranks above, and at the same role the longer membership", () => {
  const byRank = [...GROUP].toSorted(([, a], [, b]) => compareRank(a, b)).map(([name]) => name);
  expect(byRank).toEqual(["owner", "owner2", "admin", "admin2", "old", "member"]);
  expect(outranks(stands("admin", 9), stands("member", 1))).toBe(true);
  expect(outranks(stands("admin", 9), stands("admin", 9))).toBe(false);
});

const TABLE: readonly (readonly [actor: string, action: Action, wanted: string])[] = [
  ["stranger", { type: "write" }, "NotMember"],
  ["member", { type: "write" }, "may"],
  ["member", { type: "leave" }, "may"],
  ["owner", { type: "leave" }, "may"],
  ["member", { type: "meta" }, "RoleTooLow"],
  ["admin", { type: "meta" }, "may"],
  ["member", { type: "pin" }, "RoleTooLow"],
  ["admin", { type: "pin" }, "may"],
  ["member", { type: "invite" }, "RoleTooLow"],
  ["admin", { type: "invite" }, "may"],
  ["member", { type: "delete", account: "member" }, "may"],
  ["old", { type: "delete", account: "member" }, "RoleTooLow"],
  ["admin", { type: "delete", account: "member" }, "may"],
  ["admin2", { type: "delete", account: "admin" }, "RankTooLow"],
  ["admin2", { type: "delete", account: "gone" }, "may"],
  ["member", { type: "add", account: "new", role: "member" }, "RoleTooLow"],
  ["admin", { type: "add", account: "new", role: "admin" }, "may"],
  ["admin", { type: "add", account: "new", role: "owner" }, "RoleAboveOwn"],
  ["admin", { type: "add", account: "old", role: "member" }, "AlreadyMember"],
  ["member", { type: "remove", account: "old" }, "RoleTooLow"],
  ["admin", { type: "remove", account: "old" }, "may"],
  ["admin", { type: "remove", account: "admin2" }, "may"],
  ["admin2", { type: "remove", account: "admin" }, "RankTooLow"],
  ["admin", { type: "remove", account: "admin" }, "RankTooLow"],
  ["owner2", { type: "remove", account: "owner" }, "RankTooLow"],
  ["owner", { type: "remove", account: "owner2" }, "may"],
  ["admin", { type: "remove", account: "gone" }, "TargetNotMember"],
  ["admin", { type: "role", account: "old", role: "admin" }, "may"],
  ["admin", { type: "role", account: "old", role: "owner" }, "RoleAboveOwn"],
  ["admin", { type: "role", account: "old", role: "member" }, "SameRole"],
  ["admin", { type: "role", account: "gone", role: "member" }, "TargetNotMember"],
  ["member", { type: "role", account: "old", role: "admin" }, "RoleTooLow"],
  ["admin2", { type: "role", account: "admin", role: "member" }, "RankTooLow"],
  ["admin", { type: "role", account: "admin2", role: "member" }, "may"],
  ["owner2", { type: "role", account: "owner", role: "member" }, "RankTooLow"],
  ["owner2", { type: "role", account: "owner2", role: "member" }, "may"],
  ["admin", { type: "role", account: "admin", role: "owner" }, "RoleAboveOwn"],
];

test.each(TABLE)("[RO6] %s, %j: %s", (actor, action, wanted) => {
  expect(answer(actor, action)).toBe(wanted);
});

test("[RO7] the 501st is refused, with the number", () => {
  const names = Array.from({ length: MEMBERS_MAX }, (_, i) => `m${i}`);
  const full = new Map(names.map((name, i) => [name, stands(ROLES[i === 0 ? 2 : 0], i)]));
  const action: Action = { type: "add", account: "one more", role: "member" };
  const error = { type: "GroupFull", limit: 500 };
  expect(may(full, "m0", action)).toEqual({ ok: false, error });
  full.delete("m499");
  expect(may(full, "m0", action).ok).toBe(true);
});
