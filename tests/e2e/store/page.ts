/** What a spec can ask of the page, as `window.lab`. Every store is named, so specs do not meet. */
import { encode } from "cborg";
import { Dexie, liveQuery } from "dexie";
import fc from "fast-check";

import { compareBytes } from "../../../crypto/base/bytes.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { openDexieReader } from "../../../sync/store/dexie-reader.ts";
import { openDexieStore } from "../../../sync/store/dexie-store.ts";
import { openMemoryStore } from "../../../sync/store/memory-store.ts";
import { readerVaultOf } from "../../../sync/store/reader-vault.ts";
import type { EntryRow } from "../../../sync/store/rows.ts";
import { StorageError, type Store } from "../../../sync/store/store.ts";
import { anyWrites, historyOf } from "../../contract/store-histories.ts";
import { entryRow } from "../../sync/store/rows.ts";
import { dmkOf, engineVault } from "../../sync/store/vault.ts";
import { appendTimes, engineReadTimes, tabReadTimes } from "./measure.ts";
import type { WorkerRequest } from "./worker.ts";

/** As docs/…/app reads a chat. */
const WINDOW = 60;
const FILL_BYTES = 256 * 1024;
const FILL_ROWS_MAX = 1_000;
const STREAM_ROWS_MAX = 20_000;

const openStore = async (name: string): Promise<Store> => {
  await ready;
  return (await openDexieStore({ name, vault: engineVault() })).store;
};

const outcomeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "done",
    (error: unknown) => (error instanceof StorageError ? error.message : String(error)),
  );

const settled = async <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("no")));
  });

/** Null, or the sequence of writes to which memory and this browser answer differently. */
async function equalStores(runs: number): Promise<string | null> {
  await ready;
  const vault = engineVault();
  const property = fc.asyncProperty(anyWrites, async (writes) => {
    await using memory = openMemoryStore();
    const { store, db } = await openDexieStore({ name: "equal", vault });
    const expected = encode(await historyOf(memory, writes));
    const answered = encode(await historyOf(store, writes));
    await db.delete();
    return compareBytes(answered, expected) === 0;
  });
  const { failed, counterexample, seed } = await fc.check(property, { numRuns: runs });
  return failed ? `seed ${seed}: ${fc.stringify(counterexample)}` : null;
}

/** What the browser says of the transaction in which the store writes. */
async function durability(name: string): Promise<string | undefined> {
  const store = await openStore(name);
  return store.write(["meta"], async (tx) => {
    await tx.put("meta", { k: "a", v: 1 });
    return Dexie.currentTransaction?.idbtrans.durability;
  });
}

/** Appends so many entries, each in a write of its own; settles when the last is durable. */
async function append(name: string, count: number, text: string): Promise<void> {
  const store = await openStore(name);
  for (let s = 1; s <= count; s++) {
    const row = entryRow({ c: 1, a: 1, s, text, bytes: new TextEncoder().encode(text) });
    await store.write(["entries"], async (tx) => tx.put("entries", row));
  }
}

/** Appends without end, and counts the writes that have settled. */
async function stream(name: string, text: string): Promise<void> {
  const store = await openStore(name);
  for (let s = 1; s <= STREAM_ROWS_MAX; s++) {
    const row = entryRow({ c: 1, a: 1, s, text });
    await store.write(["entries"], async (tx) => tx.put("entries", row));
    settledWrites = s;
  }
}
let settledWrites = 0;

async function texts(name: string): Promise<readonly string[]> {
  const store = await openStore(name);
  return store.read(["entries"], async (tx) =>
    (await tx.range("entries", "primary", {})).map((it) => it.text),
  );
}

/** Everything in a database as the browser keeps it: bytes as characters of the same number. */
async function rawText(name: string): Promise<string> {
  const db = await settled(indexedDB.open(name));
  const tables = [...db.objectStoreNames];
  const rows = await Promise.all(
    tables.map(async (table) => settled(db.transaction(table).objectStore(table).getAll())),
  );
  db.close();
  return JSON.stringify(rows, (_, value: unknown) =>
    value instanceof Uint8Array ? String.fromCodePoint(...value) : value,
  );
}

/** A database beside the store in which the text lies open: so that a search can find something. */
async function plant(name: string, text: string): Promise<void> {
  const request = indexedDB.open(name);
  request.addEventListener("upgradeneeded", () => request.result.createObjectStore("open"));
  const db = await settled(request);
  await settled(db.transaction("open", "readwrite").objectStore("open").put({ text }, 1));
  db.close();
}

/** Gives one row the sealed part of another, behind the store's back, then reads each. */
async function swap(name: string): Promise<readonly string[]> {
  const store = await openStore(name);
  const db = await settled(indexedDB.open(name));
  const table = db.transaction("entries", "readwrite").objectStore("entries");
  const rows = (await settled(table.getAll())) as (EntryRow & { sealed: Uint8Array })[];
  const [first, second] = rows;
  if (!first || !second) throw new Error("two rows to swap");
  await settled(table.put({ ...first, sealed: second.sealed }));
  db.close();
  return Promise.all(
    [first, second].map(async ({ c, a, s }) =>
      outcomeOf(store.read(["entries"], async (tx) => tx.get("entries", [c, a, s]))),
    ),
  );
}

export type Liveness = {
  /** From the worker's call to the page's query having the row. */
  readonly latenciesMs: readonly number[];
  /** How often the query ran again because of writes that do not concern it. */
  readonly idleRuns: number;
  readonly texts: readonly string[];
};

/** The page watches the newest entries of channel 1 while a SharedWorker appends. */
async function live(name: string, count: number): Promise<Liveness> {
  const { port } = new SharedWorker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const answers = new Map<number, (error?: string) => void>();
  port.addEventListener("message", ({ data }: MessageEvent<{ id: number; error?: string }>) =>
    answers.get(data.id)?.(data.error),
  );
  port.start();
  const ask = async (c: number, s: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const id = answers.size;
      answers.set(id, (error) => (error === undefined ? resolve() : reject(new Error(error))));
      port.postMessage({ id, name, c, s } satisfies WorkerRequest);
    });

  await ask(1, 1);
  const reader = await openDexieReader({ name, vault: readerVaultOf(dmkOf(7)) });
  let newest: readonly EntryRow[] = [];
  let runs = 0;
  let arrived = Promise.withResolvers<void>();
  const watch = liveQuery(async () =>
    reader
      .table<EntryRow>("entries")
      .where("[c+shown+h+b+s]")
      .between([1, 1, Dexie.minKey], [1, 1, Dexie.maxKey])
      .reverse()
      .limit(WINDOW)
      .toArray(),
  ).subscribe((rows) => {
    newest = rows;
    runs++;
    arrived.resolve();
  });
  await arrived.promise;

  const latenciesMs: number[] = [];
  for (let s = 2; s <= count; s++) {
    arrived = Promise.withResolvers();
    const from = performance.now();
    await ask(1, s);
    while (newest[0]?.s !== s) {
      await arrived.promise;
      arrived = Promise.withResolvers();
    }
    latenciesMs.push(performance.now() - from);
  }
  const before = runs;
  for (let s = 1; s <= count; s++) await ask(2, s);
  // A last one that it does concern: whatever the others made it do has happened by then.
  await ask(1, count + 1);
  while (newest[0]?.s !== count + 1) {
    arrived = Promise.withResolvers();
    await arrived.promise;
  }
  watch.unsubscribe();
  reader.close();
  return { latenciesMs, idleRuns: runs - before - 1, texts: newest.map((it) => it.text) };
}

/** How many rows are opened when three components ask the same, one after the other. */
async function opensOfThree(name: string): Promise<number> {
  await append(name, WINDOW, "x");
  let opens = 0;
  const { aead, keys } = readerVaultOf(dmkOf(7));
  const counting: typeof aead = {
    ...aead,
    decrypt: (...args) => {
      opens++;
      return aead.decrypt(...args);
    },
  };
  const reader = await openDexieReader({ name, vault: { aead: counting, keys } });
  const query = liveQuery(async () => reader.table("entries").orderBy("[c+arr]").toArray());
  for (let i = 0; i < 3; i++) {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    query.subscribe(resolve);
    await promise;
  }
  return opens;
}

/** Deletes the database beneath an open store, which then writes and reads. */
async function deleteBeneath(name: string): Promise<readonly unknown[]> {
  const store = await openStore(name);
  const put = async (): Promise<string> =>
    outcomeOf(store.write(["meta"], async (tx) => tx.put("meta", { k: "a", v: 1 })));
  const first = await put();
  await settled(indexedDB.deleteDatabase(name));
  return [first, await put(), await put(), await isThere(name)];
}

async function isThere(name: string): Promise<boolean> {
  return (await indexedDB.databases()).some((it) => it.name === name);
}

/** Writes until the browser has no more room; then what came before is read. */
async function fill(name: string): Promise<readonly unknown[]> {
  const store = await openStore(name);
  const body = crypto.getRandomValues(new Uint8Array(65_536));
  let rows = 0;
  let outcome = "done";
  while (outcome === "done" && rows < FILL_ROWS_MAX) {
    const parts = Array.from({ length: FILL_BYTES / body.length }, () => body.slice());
    outcome = await outcomeOf(
      store.write(["meta"], async (tx) => tx.put("meta", { k: String(rows), v: parts })),
    );
    if (outcome === "done") rows++;
  }
  const kept = await store.read(["meta"], async (tx) => tx.count("meta", "primary", {}));
  return [outcome, rows > 0, kept === rows];
}

/** The store stays open, for a spec that takes its database away from outside. */
async function hold(name: string): Promise<void> {
  held = await openStore(name);
  await held.write(["meta"], async (tx) => tx.put("meta", { k: "a", v: 1 }));
}
let held: Store | undefined;

async function writeHeld(): Promise<string> {
  const store = held;
  if (store === undefined) throw new Error("nothing is held");
  return outcomeOf(store.write(["meta"], async (tx) => tx.put("meta", { k: "b", v: 1 })));
}

const lab = {
  append,
  appendTimes,
  deleteBeneath,
  durability,
  engineReadTimes,
  equalStores,
  fill,
  hold,
  isThere,
  live,
  opensOfThree,
  plant,
  rawText,
  settledWrites: () => settledWrites,
  stream,
  swap,
  tabReadTimes,
  texts,
  writeHeld,
};
export type Lab = typeof lab;

declare global {
  interface Window {
    lab: Lab;
  }
}
window.lab = lab;
