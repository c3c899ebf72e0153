/** How we came out of a group. [AGO1] The last op that counts says so. */
import { Dexie } from "dexie";

import { type Db, entriesOf, rosterOpsOf } from "./tables.ts";

export type Exit =
  | { readonly type: "left" }
  /** `by`: account (hex). */
  | { readonly type: "removed"; readonly by: string };

/** `self`: our account. Null: no such op is here. */
export async function readExit(db: Db, c: number, self: string): Promise<Exit | null> {
  const ops = await rosterOpsOf(db)
    .where("[c+a+s]")
    .between([c, Dexie.minKey], [c, Dexie.maxKey])
    .filter(({ op: { act, author } }) =>
      act.type === "leave" ? author === self : act.type === "remove" && act.account === self,
    )
    .toArray();
  const rows = await entriesOf(db).bulkGet(ops.map(({ a, s }) => [c, a, s]));
  const exits = ops.flatMap(({ op }, i) => {
    const row = rows[i];
    return row === undefined || row.shown === 0 ? [] : [{ op, h: row.h }];
  });
  const last = exits.toSorted((x, y) => y.h - x.h)[0]?.op;
  if (last === undefined) return null;
  return last.act.type === "leave" ? { type: "left" } : { type: "removed", by: last.author };
}
