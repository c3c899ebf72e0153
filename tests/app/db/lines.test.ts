import "fake-indexeddb/auto";
import { expect, test } from "vitest";

import { isLine, readLines } from "../../../app/db/lines.ts";
import { logsOf, rosterOpsOf } from "../../../app/db/tables.ts";
import { isRoster, KINDS } from "../../../sync/entry/kinds.ts";
import { entry, log, openRows, rosterOp, THEM, US } from "./rows.ts";

const META = { title: "Climbing", topic: null, picture: null, history: null, timer: null };

test("[ALI1] a line says who did what; of what is not here there is none", async () => {
  const db = await openRows();
  await logsOf(db).bulkAdd([log(1), log(2, { account: THEM })]);
  const act = { type: "remove", account: THEM, cut: [] } as const;
  await rosterOpsOf(db).add(rosterOp(3, act));
  const rows = [
    entry(1),
    entry(2, { a: 2, kind: KINDS.meta.number, meta: META }),
    entry(3, { kind: 18 }),
    entry(4, { kind: 18 }),
  ];
  expect([...(await readLines(db, rows))]).toEqual([
    ["ID1-2-2", { type: "meta", by: THEM, meta: META }],
    ["ID1-1-3", { type: "op", by: US, act }],
  ]);
  expect((await readLines(db, [entry(1)])).size).toBe(0);
});

test("[ALI1] messages and what needs a newer app are no lines", () => {
  expect([1, 7, 8, 16, 20, 31, 32, 99].map((kind) => isLine({ kind }))).toEqual([
    false,
    true,
    false,
    true,
    true,
    true,
    false,
    false,
  ]);
  expect(isRoster(31)).toBe(true);
});
