import "fake-indexeddb/auto";
import { expect, test } from "vitest";

import { cleanName, readChat, readChats } from "../../../app/db/chats.ts";
import { channelsOf, contactsOf } from "../../../app/db/tables.ts";
import { channel, contact, DAY, openRows, THEM, US } from "./rows.ts";

const HLC_PER_MS = 2_048;

test("[ACH1] lists the newest chat first; one without messages stands by its contact's age", async () => {
  const db = await openRows();
  const [old, fresh] = ["cc".repeat(32), "dd".repeat(32)];
  await contactsOf(db).bulkAdd([
    contact(THEM, { name: "Bob" }),
    contact(old, { name: "Old", addedAtMs: DAY - 9_000 }),
    contact(fresh, { name: "Fresh", addedAtMs: DAY + 5_000, state: "request" }),
  ]);
  await channelsOf(db).bulkAdd([
    channel(1, { kind: "self", account: US, lastH: (DAY - 1_000) * HLC_PER_MS }),
    channel(2, { lastH: (DAY + 1_000) * HLC_PER_MS, unread: 3 }),
    channel(3, { account: old }),
    channel(4, { account: fresh }),
  ]);
  const list = await readChats(db);
  expect(list.map(({ c }) => c)).toEqual([4, 2, 1, 3]);
  expect(list[1]).toMatchObject({
    name: "Bob",
    unread: 3,
    state: "accepted",
    recentMs: DAY + 1_000,
  });
  expect(list[2]).toMatchObject({ kind: "self", name: "", state: null });
  expect(await readChat(db, 4)).toMatchObject({ name: "Fresh", state: "request" });
  expect(await readChat(db, 5)).toBeUndefined();
});

test("[ACH2] a name cannot reorder, hide or blank what stands beside it", () => {
  expect(cleanName("Eve\u202Eecila")).toBe("Eveecila");
  expect(cleanName(" A\u0000l\u200Bi\nce ")).toBe("Ali ce");
  for (const blank of ["", "   ", "\u3164", "\u2800\u115F", "\u200D", "\u2066\u2069"]) {
    expect(cleanName(blank)).toBe("?");
  }
  // Written with joiners: a family, and a Persian name.
  expect(cleanName("👨‍👩‍👧 Nima‌zad")).toBe("👨‍👩‍👧 Nima‌zad");
});
