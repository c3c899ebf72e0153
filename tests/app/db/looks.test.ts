import "fake-indexeddb/auto";
import type { Dexie } from "dexie";
import { expect, test } from "vitest";

import { readLooks, readVersions } from "../../../app/db/looks.ts";
import { aggregatesOf, entriesOf, logsOf } from "../../../app/db/tables.ts";
import { plainMessage } from "../../../sync/entry/plain-message.ts";
import type { EntryRow } from "../../../sync/store/rows.ts";
import type { Aggregate } from "../../../sync/thread/aggregate.ts";
import { aggregateRowOf } from "../../../sync/thread/rows.ts";
import { UNTOUCHED } from "../../../sync/thread/untouched.ts";
import { entry, log, openRows, THEM, US } from "./rows.ts";

const THEIR_LOG = new Uint8Array(16).fill(0x22);
const stamp = (seq: number) => ({ hEff: seq, tie: 1, seq, id: "00" });
const { text: _, ...plain } = plainMessage("");
const reply = { target: { log: THEIR_LOG, seq: 1, id: new Uint8Array(16) }, quote: "then" };

const HELLO = Object.freeze(entry(1, { a: 2, text: "hello" }));
const OURS = Object.freeze(entry(2, { own: true }));
const ANSWER = Object.freeze(
  entry(4, { own: true, text: "an answer", extra: { ...plain, reply } }),
);

async function chat(): Promise<Dexie> {
  const db = await openRows();
  await logsOf(db).bulkAdd([log(1), log(2, { account: THEM })]);
  await entriesOf(db).bulkAdd([HELLO, OURS, ANSWER]);
  return db;
}

const became = async (db: Dexie, row: EntryRow, what: Partial<Aggregate>): Promise<void> => {
  await aggregatesOf(db).put(aggregateRowOf(row, { ...UNTOUCHED, ...what }));
};

test("[AVW1] a message that looks as before is the same object as before", async () => {
  const db = await chat();
  const before = await readLooks(db, 1, [HELLO, OURS], US);
  await became(db, OURS, { pin: { stamp: stamp(5), value: true } });
  const after = await readLooks(db, 1, [HELLO, OURS], US);
  expect(after.get(HELLO.id)).toBe(before.get(HELLO.id));
  expect(before.get(OURS.id)?.view.isPinned).toBe(false);
  expect(after.get(OURS.id)?.view.isPinned).toBe(true);
});

test("[AVW2] above an answer stands what the answered message says now, if it is here", async () => {
  const db = await chat();
  const quote = async () => (await readLooks(db, 1, [ANSWER], US)).get(ANSWER.id)?.quote;
  const target = { id: HELLO.id, h: 1, b: 2, s: 1, own: false, a: 2 };
  expect(await quote()).toEqual({ summary: { type: "text", text: "hello" }, target });
  await became(db, HELLO, { content: { text: "hello!", mentions: [], whole: null } });
  expect(await quote()).toEqual({ summary: { type: "text", text: "hello!" }, target });
  await became(db, HELLO, { deleted: { stamp: stamp(6), value: THEM } });
  expect(await quote()).toEqual({ summary: { type: "deleted" }, target });
  await became(db, HELLO, { hidden: true });
  expect(await quote()).toEqual({ summary: { type: "deleted" }, target: null });
  await entriesOf(db).delete([1, 2, 1]);
  expect(await quote()).toEqual({ summary: { type: "text", text: "then" }, target: null });
});

test("[AVW3] earlier versions are those that edits brought, and the first words last", async () => {
  const db = await chat();
  await entriesOf(db).bulkAdd([
    entry(7, { a: 2, kind: 2, shown: 0, text: "hello there" }),
    entry(8, { a: 2, kind: 2, shown: 0, text: "hello you" }),
  ]);
  const versions = [8, 7].map((seq) => ({ stamp: stamp(seq), log: THEIR_LOG }));
  await became(db, HELLO, { versions });
  const view = (await readLooks(db, 1, [HELLO], US)).get(HELLO.id)!.view;
  const texts = (await readVersions(db, HELLO, view)).map(({ text }) => text);
  expect(texts).toEqual(["hello you", "hello there", "hello"]);
});
