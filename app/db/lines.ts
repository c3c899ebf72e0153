/**
 * What stands in a conversation and is no message: what a group tells of itself, who came and went, what
 * it is called. [ALI1] A line says who did what to whom, in the order of the messages.
 */
import { isRoster, KINDS } from "../../sync/entry/kinds.ts";
import type { MetaBody } from "../../sync/entry/meta-body.ts";
import type { RosterOpRow } from "../../sync/group/rows.ts";
import type { RosterAct } from "../../sync/roster/ops.ts";
import type { EntryRow } from "../../sync/store/rows.ts";
import { type Db, logsOf, rosterOpsOf } from "./tables.ts";

/** `by`: account (hex) of whoever did it. */
export type Line = { readonly by: string } & (
  | { readonly type: "op"; readonly act: RosterAct }
  | { readonly type: "meta"; readonly meta: MetaBody }
);

/** By public id. */
export type Lines = ReadonlyMap<string, Line>;

type Row = Pick<EntryRow, "c" | "a" | "s" | "id" | "kind" | "meta">;

/** Has it no words of its own? */
export const isLine = ({ kind }: Pick<EntryRow, "kind">): boolean =>
  isRoster(kind) || kind === KINDS.meta.number;

const NO_LINES: Lines = new Map();

/** Of those of `rows` that are lines. */
export async function readLines(db: Db, rows: readonly Row[]): Promise<Lines> {
  const lines = rows.filter(isLine);
  if (lines.length === 0) return NO_LINES;
  const [ops, logs] = await Promise.all([
    rosterOpsOf(db).bulkGet(lines.map(({ c, a, s }) => [c, a, s])),
    logsOf(db).bulkGet(lines.map(({ a }) => a)),
  ]);
  return new Map(
    lines.flatMap((row, i) => {
      const line = lineOf(row, ops[i], logs[i]?.account);
      return line === null ? [] : [[row.id, line] as const];
    }),
  );
}

function lineOf({ meta }: Row, op: RosterOpRow | undefined, author = ""): Line | null {
  if (op !== undefined) return { type: "op", by: op.op.author, act: op.op.act };
  return meta === undefined ? null : { type: "meta", by: author, meta };
}
