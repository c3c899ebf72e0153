import "fake-indexeddb/auto";
import { expect, test } from "vitest";

import { readNews } from "../../../app/db/news.ts";
import { channelsOf, contactsOf, logsOf, rostersOf } from "../../../app/db/tables.ts";
import { channel, contact, DAY, log, member, openRows, roster, THEM, US } from "./rows.ts";

const HLC_PER_MS = 2_048;
const said = (text: string, own = false) => ({ preview: { text, own }, unread: own ? 0 : 2 });

test("[ANW1] [ANW2] tells of each chat with something unread once, and of strangers only that they ask", async () => {
  const db = await openRows();
  const [stranger, blocked, silent] = ["cc".repeat(32), "dd".repeat(32), "ee".repeat(32)];
  await contactsOf(db).bulkAdd([
    contact(THEM, { name: "Bob\u202E" }),
    contact(stranger, { name: "Eve", state: "request" }),
    contact(blocked, { name: "Mallory", state: "blocked" }),
    contact(silent, { name: "Carol" }),
  ]);
  await channelsOf(db).bulkAdd([
    channel(1, { kind: "self", account: US, ...said("milk") }),
    channel(2, { ...said("hello"), arrivals: 7, lastH: DAY * HLC_PER_MS }),
    channel(3, { account: stranger, ...said("buy this"), lastH: 8 }),
    channel(4, { account: blocked, ...said("again"), lastH: 7 }),
    channel(5, { account: silent, ...said("bye", true), lastH: 6 }),
  ]);
  expect(await readNews(db, DAY)).toEqual([
    {
      c: 2,
      name: "Bob",
      author: null,
      text: "hello",
      isRequest: false,
      isMuted: false,
      newestMs: DAY,
      unread: 2,
    },
    expect.objectContaining({ c: 3, name: "Eve", text: null, isRequest: true }),
  ]);
});

test("[ANW5] of a group it is told who wrote", async () => {
  const db = await openRows();
  await contactsOf(db).add(contact(THEM, { name: "Bob" }));
  await channelsOf(db).add(
    channel(1, {
      kind: "group",
      account: "",
      lastH: DAY * HLC_PER_MS,
      unread: 1,
      preview: { text: "hello all", own: false, at: [2, 3] },
    }),
  );
  await rostersOf(db).add(roster(1, [member(THEM, "owner"), member(US)]));
  await logsOf(db).add(log(2, { account: THEM }));
  expect(await readNews(db, DAY)).toEqual([
    expect.objectContaining({ name: "Climbing", author: "Bob", text: "hello all" }),
  ]);
});
