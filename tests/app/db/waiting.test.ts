import "fake-indexeddb/auto";
import { expect, test } from "vitest";

import { channelsOf, logsOf } from "../../../app/db/tables.ts";
import { waitingMessages } from "../../../app/db/waiting.ts";
import { channel, log, openRows, THEM, US } from "./rows.ts";

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
