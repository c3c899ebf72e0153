/** Roster ops without entries around them: accounts by name, ids as a hash of what the op says. */
import { createHash } from "node:crypto";

import type { RosterAct, RosterOp } from "../../../sync/roster/ops.ts";

/** What tests seldom care about: a log and a number of its own for each op, unless they say so. */
export type Where = { readonly log?: string; readonly seq?: number };

export function opOf(
  author: string,
  act: RosterAct,
  after: readonly RosterOp[],
  where: Where = {},
): RosterOp {
  const heads = [...new Set(after.map(({ id }) => id))].toSorted();
  const said = { author, act, heads, ...where };
  const id = createHash("sha256").update(JSON.stringify(said)).digest("hex");
  return { id, author, log: where.log ?? `log ${id}`, seq: where.seq ?? 2, heads, act };
}

type By = readonly RosterOp[];
type Role = "member" | "admin" | "owner";

export const create = (author: string, where?: Where): RosterOp =>
  opOf(author, { type: "create", account: author, name: "Hut", policy: "all" }, [], where);

export const add = (
  author: string,
  account: string,
  role: Role,
  after: By,
  where?: Where & { readonly floor?: number },
): RosterOp =>
  opOf(
    author,
    { type: "add", account, role, floor: where?.floor ?? 0, invite: null },
    after,
    where,
  );

export const remove = (
  author: string,
  account: string,
  after: By,
  cut: Readonly<Record<string, number>> = {},
  where?: Where,
): RosterOp => opOf(author, { type: "remove", account, cut: cutOf(cut) }, after, where);

export const role = (
  author: string,
  account: string,
  given: Role,
  after: By,
  cut: Readonly<Record<string, number>> = {},
  where?: Where,
): RosterOp => opOf(author, { type: "role", account, role: given, cut: cutOf(cut) }, after, where);

export const leave = (
  author: string,
  after: By,
  cut: Readonly<Record<string, number>> = {},
  where?: Where,
): RosterOp => opOf(author, { type: "leave", cut: cutOf(cut) }, after, where);

const cutOf = (cut: Readonly<Record<string, number>>): { log: string; seq: number }[] =>
  Object.entries(cut).map(([log, seq]) => ({ log, seq }));
