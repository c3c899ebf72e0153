import "fake-indexeddb/auto";
import type { Table } from "dexie";
import { expect, test } from "vitest";

import { channelsOf, entriesOf, logsOf } from "../../../app/db/tables.ts";
import { waitingMessages } from "../../../app/db/waiting.ts";
import type { OutboxRow } from "../../../sync/store/rows.ts";
import { channel, entry, log, openRows, THEM, US } from "./rows.ts";

const upTo = (floor: number) => ({ floor, ranges: [] });

test("[AWM1] counts own messages on their way, not notes to self nor what others wrote", async () => {
  const db = await openRows();
  await channelsOf(db).bulkAdd([channel(1), channel(2, { kind: "self", account: US })]);
  await logsOf(db).bulkAdd([
    log(1, { known: upTo(6), sent: { floor: 2, ranges: [[4, 4]] } }),
    log(2, { c: 2, known: upTo(9) }),
    log(3, { known: upTo(9), account: THEM }),
  ]);
  expect(await waitingMessages(db)).toBe(3);
});

test("[AWM2] does not count the entry that opens a log", async () => {
  const db = await openRows();
  await channelsOf(db).add(channel(1));
  await logsOf(db).add(log(1, { known: upTo(3) }));
  expect(await waitingMessages(db)).toBe(2);
});

test("[AWM3] in a group it counts messages that are for somebody, and no ops", async () => {
  const db = await openRows();
  await channelsOf(db).add(channel(1, { kind: "group", account: "" }));
  await logsOf(db).add(log(1, { known: upTo(6), sent: { floor: 1, ranges: [[4, 4]] } }));
  // 2: an op on its way. 3, 4: messages. 5: one that is for nobody. 6: one on its way.
  await entriesOf(db).bulkAdd([
    entry(2, { kind: 17 }),
    ...[3, 4, 5, 6].map((n) => entry(n, { own: true })),
  ]);
  const parcels: Table<Partial<OutboxRow>> = db.table("outbox");
  await parcels.bulkAdd([2, 3, 6].map((s) => ({ what: "entry" as const, c: 1, a: 1, s })));
  await parcels.add({ what: "control", c: 1, a: 1, s: 3 });
  expect(await waitingMessages(db)).toBe(2);
});
