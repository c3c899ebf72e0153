import "fake-indexeddb/auto";
import { expect, test } from "vitest";

import { contactsOf, forksOf, healedOf } from "../../../app/db/tables.ts";
import {
  lateAmong,
  missingMessages,
  readRelayLosses,
  readTroubles,
} from "../../../app/db/troubles.ts";
import { contact, entry, log, openRows, THEM, US } from "./rows.ts";

test("[AMM1] counts the holes in others' logs, not our own nor what may come yet", () => {
  const known = {
    floor: 2,
    ranges: [
      [5, 6],
      [9, 9],
    ] as const,
  };
  expect(missingMessages([log(1, { account: THEM, known })])).toBe(4);
  expect(missingMessages([log(1, { known }), log(2, { account: THEM })])).toBe(0);
});

test("[AMM2] what was written before one came is not missing", () => {
  const theirs = log(1, { account: THEM, known: { floor: 1, ranges: [[9, 9]] } });
  expect(missingMessages([theirs])).toBe(7);
  const from = (seq: number) => ({ starts: { [theirs.log]: seq }, forks: [] });
  expect(missingMessages([theirs], from(7))).toBe(2);
  expect(missingMessages([theirs], from(9))).toBe(0);
});

test("[AMM2] nor is what stands behind a fork", () => {
  const theirs = log(1, { account: THEM, known: { floor: 1, ranges: [[9, 9]] } });
  const none = new Uint8Array(0);
  const fork = { a: 1, c: 1, first: none, second: none, says: ["", ""] as const, foundAtMs: 1 };
  const at = (s: number) => ({ starts: {}, forks: [{ ...fork, s }] });
  expect(missingMessages([theirs], at(2))).toBe(0);
  expect(missingMessages([theirs], at(5))).toBe(3);
});

test("[AMM3] of a run the first is marked late, and all of it is counted", () => {
  const rows = [
    entry(1, { h: 10, late: true }),
    entry(2, { h: 11 }),
    entry(7, { a: 2, h: 12 }),
    entry(8, { a: 3, h: 13, late: true }),
    entry(3, { h: 90 }),
  ];
  expect(lateAmong(rows, 90).map(({ h }) => h)).toEqual([10, 11, 13]);
});

test("[AMM3] a message that goes on behind a late run, at the end of the chat, is not late", () => {
  const rows = [entry(1, { h: 10, late: true }), entry(2, { h: 90 })];
  expect(lateAmong(rows, 90)).toHaveLength(1);
});

test("[AMM1] a chat's troubles are its own", async () => {
  const db = await openRows();
  const back = { url: "https://relay.example", lately: 1, lastAtMs: 1 };
  await healedOf(db).bulkAdd([
    { c: 1, account: US, count: 1, ...back },
    { c: 1, account: THEM, count: 5, ...back },
    { c: 2, account: THEM, count: 9, ...back },
  ]);
  const none = new Uint8Array(0);
  const fork = { s: 3, first: none, second: none, says: ["", ""] as const, foundAtMs: 1 };
  await forksOf(db).bulkAdd([
    { a: 1, c: 1, ...fork },
    { a: 2, c: 2, ...fork },
  ]);
  const troubles = await readTroubles(db, 1);
  expect(troubles.healed.map(({ count }) => count)).toEqual([5, 1]);
  expect(troubles.forks.map(({ a }) => a)).toEqual([1]);
});

test("[AMM5] what relays had not delivered is counted by relay, over all chats", async () => {
  const db = await openRows();
  await contactsOf(db).add(contact(THEM));
  const [one, other] = ["https://relay.example", "https://other.example:8443"] as const;
  await healedOf(db).bulkAdd([
    { c: 1, account: THEM, count: 5, url: one, lately: 1, lastAtMs: 1 },
    { c: 2, account: THEM, count: 2, url: one, lately: 1, lastAtMs: 1 },
    { c: 1, account: US, count: 9, url: one, lately: 1, lastAtMs: 1 },
    { c: 3, account: THEM, count: 4, url: other, lately: 1, lastAtMs: 1 },
  ]);
  expect(await readRelayLosses(db, US)).toEqual([
    {
      relay: "relay.example",
      count: 16,
      by: [
        { name: null, count: 9 },
        { name: "Bob", count: 7 },
      ],
    },
    { relay: "other.example:8443", count: 4, by: [{ name: "Bob", count: 4 }] },
  ]);
});
