import "fake-indexeddb/auto";
import { expect, test } from "vitest";

import { entriesOf, expiryOf } from "../../../app/db/tables.ts";
import { placeAfter, placeOf, timeline } from "../../../app/db/timeline.ts";
import { entry, openRows } from "./rows.ts";

async function filled() {
  const db = await openRows();
  await entriesOf(db).bulkAdd([
    ...Array.from({ length: 10 }, (_, i) => entry(i + 1)),
    // Two logs with one clock: the tie decides.
    entry(5, { a: 2, b: 0, id: "tie before" }),
    entry(1, { a: 3, h: 11, shown: 0, id: "protocol" }),
    entry(1, { c: 2, id: "another chat" }),
  ]);
  return db;
}
const idsOf = (rows: readonly { readonly id: string }[]): readonly string[] =>
  rows.map(({ id }) => id);

test("[ATL1] gives the newest, oldest first, by hybrid time and tie", async () => {
  const db = await filled();
  const newest = await timeline(db, 1, { upTo: null, count: 7 });
  expect(idsOf(newest)).toEqual([
    "tie before",
    "ID1-1-5",
    "ID1-1-6",
    "ID1-1-7",
    "ID1-1-8",
    "ID1-1-9",
    "ID1-1-10",
  ]);
  const earlier = await timeline(db, 1, { upTo: placeOf(entry(4)), count: 2 });
  expect(idsOf(earlier)).toEqual(["ID1-1-3", "ID1-1-4"]);
});

test("[ATL2] shows no protocol entry and nothing of another chat", async () => {
  const all = idsOf(await timeline(await filled(), 1, { upTo: null, count: 100 }));
  expect(all).toHaveLength(11);
  expect(all).not.toContain("protocol");
  expect(all).not.toContain("another chat");
});

test("[ATL3] finds the place some messages later, and the newest end", async () => {
  const db = await filled();
  expect(await placeAfter(db, 1, placeOf(entry(6)), 3)).toEqual({ h: 9, b: 1, s: 9 });
  expect(await placeAfter(db, 1, placeOf(entry(6)), 4)).toEqual({ h: 10, b: 1, s: 10 });
  expect(await placeAfter(db, 1, placeOf(entry(6)), 5)).toBeNull();
});

test("[ATL4] [AOV1] what should have disappeared is not shown before it is erased", async () => {
  const db = await filled();
  const { c, a, s } = entry(4);
  await entriesOf(db).update([c, a, s], { lifetimeMs: 1_000 });
  const shown = async () => idsOf(await timeline(db, 1, { upTo: null, count: 100 }));
  await expiryOf(db).put({ c, a, s, at: Date.now() + 3_600_000, lifetimeMs: 1_000 });
  expect(await shown()).toContain("ID1-1-4");
  await expiryOf(db).put({ c, a, s, at: 1_000, lifetimeMs: 1_000 });
  expect(await shown()).not.toContain("ID1-1-4");
  expect(await shown()).toHaveLength(10);
});
