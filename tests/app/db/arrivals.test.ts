import "fake-indexeddb/auto";
import { expect, test } from "vitest";

import { arrivedAfter } from "../../../app/db/arrivals.ts";
import { entriesOf } from "../../../app/db/tables.ts";
import { entry, openRows } from "./rows.ts";

test("[AAV1] gives others' messages after an arrival, in the order they came", async () => {
  const db = await openRows();
  await entriesOf(db).bulkAdd([
    entry(1),
    entry(2, { own: true }),
    entry(3, { arr: 5 }),
    entry(4, { arr: 4 }),
    entry(5, { arr: 3, shown: 0 }),
  ]);
  expect((await arrivedAfter(db, 1, 1)).map(({ s }) => s)).toEqual([4, 3]);
});
