import "fake-indexeddb/auto";
import { expect, test } from "vitest";

import { readExit } from "../../../app/db/exit.ts";
import { entriesOf, rosterOpsOf } from "../../../app/db/tables.ts";
import type { RosterAct } from "../../../sync/roster/ops.ts";
import { entry, openRows, rosterOp, THEM, US } from "./rows.ts";

const REMOVE: RosterAct = { type: "remove", account: US, cut: [] };
const LEAVE: RosterAct = { type: "leave", cut: [] };

test("[AGO1] the last op about us that counts says how we came out", async () => {
  const db = await openRows();
  expect(await readExit(db, 1, US)).toBeNull();
  await rosterOpsOf(db).bulkAdd([
    rosterOp(2, LEAVE, THEM),
    rosterOp(3, { type: "remove", account: THEM, cut: [] }, US),
    rosterOp(4, LEAVE, US),
  ]);
  await entriesOf(db).bulkAdd([2, 3, 4].map((n) => entry(n, { kind: 20 })));
  expect(await readExit(db, 1, US)).toEqual({ type: "left" });
  await rosterOpsOf(db).add(rosterOp(9, REMOVE, THEM));
  await entriesOf(db).add(entry(9, { kind: 18 }));
  expect(await readExit(db, 1, US)).toEqual({ type: "removed", by: THEM });
  // It turned out not to count.
  await entriesOf(db).update([1, 1, 9], { shown: 0 });
  expect(await readExit(db, 1, US)).toEqual({ type: "left" });
});
