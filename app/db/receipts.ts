/** A chat's logs, the newest receipts of each device in it, and of a group who is in it. */
import { Dexie } from "dexie";

import type { MemberRow } from "../../sync/group/rows.ts";
import type { CursorRow, LogRow } from "../../sync/store/rows.ts";
import { cursorsOf, type Db, logsOf, rostersOf } from "./tables.ts";

const NOBODY: readonly MemberRow[] = [];

export type Receipts = {
  readonly logs: readonly LogRow[];
  readonly logByNumber: ReadonlyMap<number, LogRow>;
  readonly cursors: readonly CursorRow[];
  /** Of a group; else none. */
  readonly members: readonly MemberRow[];
};

export async function readReceipts(db: Db, c: number): Promise<Receipts> {
  const [logs, cursors, roster] = await Promise.all([
    logsOf(db).where("c").equals(c).toArray(),
    cursorsOf(db).where("[c+device]").between([c, Dexie.minKey], [c, Dexie.maxKey]).toArray(),
    rostersOf(db).get(c),
  ]);
  const logByNumber = new Map(logs.flatMap((log) => (log.a === undefined ? [] : [[log.a, log]])));
  return { logs, logByNumber, cursors, members: roster?.members ?? NOBODY };
}
