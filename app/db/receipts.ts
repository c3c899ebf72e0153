/** A chat's logs and the newest receipts of each device in it. */
import { Dexie } from "dexie";

import type { CursorRow, LogRow } from "../../sync/store/rows.ts";
import { cursorsOf, type Db, logsOf } from "./tables.ts";

export type Receipts = {
  readonly logs: readonly LogRow[];
  readonly logByNumber: ReadonlyMap<number, LogRow>;
  readonly cursors: readonly CursorRow[];
};

export async function readReceipts(db: Db, c: number): Promise<Receipts> {
  const [logs, cursors] = await Promise.all([
    logsOf(db).where("c").equals(c).toArray(),
    cursorsOf(db).where("[c+device]").between([c, Dexie.minKey], [c, Dexie.maxKey]).toArray(),
  ]);
  const logByNumber = new Map(logs.flatMap((log) => (log.a === undefined ? [] : [[log.a, log]])));
  return { logs, logByNumber, cursors };
}
