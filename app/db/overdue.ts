/**
 * Messages whose time is over and that are still on the disk: the app was closed, and the engine erases
 * nothing before it knows that the clock is right. [AOV1] They are shown nowhere.
 */
import type { EntryRow } from "../../sync/store/rows.ts";
import { type Db, expiryOf } from "./tables.ts";

/** The engine erases them by itself; no more than these can be seen for a moment. */
const OVERDUE_MAX = 2_000;

/** Places as `c.a.s`. */
export async function readOverdue(db: Db): Promise<ReadonlySet<string>> {
  const rows = await expiryOf(db).where("at").belowOrEqual(Date.now()).limit(OVERDUE_MAX).toArray();
  return new Set(rows.map(({ c, a, s }) => `${c}.${a}.${s}`));
}

/** Tells which of these rows are over; costs nothing where none disappears. */
export async function overdueAmong(
  db: Db,
  rows: readonly (EntryRow | undefined)[],
): Promise<(row: EntryRow) => boolean> {
  if (rows.every((it) => it?.lifetimeMs === undefined)) return () => false;
  const overdue = await readOverdue(db);
  return ({ c, a, s }) => overdue.has(`${c}.${a}.${s}`);
}

/** When a message disappears here; undefined: its time does not run. */
export const readExpiry = async (
  db: Db,
  place: readonly [c: number, a: number, s: number],
): Promise<number | undefined> =>
  (
    await expiryOf(db)
      .where("[c+a+s]")
      .equals([...place])
      .first()
  )?.at;
