import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { openDexieReader } from "../../../sync/store/dexie-reader.ts";
import { type DexieStore, openDexieStore } from "../../../sync/store/dexie-store.ts";
import { readerVaultOf } from "../../../sync/store/reader-vault.ts";
import type { TableName } from "../../../sync/store/rows.ts";
import { readableFields } from "../../../sync/store/sealing.ts";
import { StorageError } from "../../../sync/store/store.ts";
import { channelRow, entryRow, heldRow, metaRow, peerChainRow } from "./rows.ts";
import { dmkOf, engineVault } from "./vault.ts";

beforeAll(() => ready);

const CANARY = "canary 4711";
const NAME = "sealing";

type Raw = Record<string, unknown>;
type World = DexieStore & {
  readonly indexedDB: { readonly indexedDB: IDBFactory; readonly IDBKeyRange: typeof IDBKeyRange };
  /** Everything in a table as the disk has it. */
  readonly rawRows: (table: TableName) => Promise<readonly Raw[]>;
  readonly putRaw: (table: TableName, row: Raw) => Promise<void>;
};

const settled = async <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("no")));
  });

async function openWorld(): Promise<World> {
  const factory = new IDBFactory();
  const indexedDB = { indexedDB: factory, IDBKeyRange };
  const opened = await openDexieStore({ name: NAME, vault: engineVault(), indexedDB });
  const storeOf = async (table: TableName): Promise<IDBObjectStore> => {
    const raw = await settled(factory.open(NAME));
    return raw.transaction(table, "readwrite").objectStore(table);
  };
  return {
    ...opened,
    indexedDB,
    rawRows: async (table) => settled((await storeOf(table)).getAll()),
    putRaw: async (table, row) => void (await settled((await storeOf(table)).put(row))),
  };
}

const failed = new StorageError("failed");
const textOf = (value: unknown): string => {
  const text = JSON.stringify(value, (_, it: unknown) =>
    it instanceof Uint8Array ? Buffer.from(it).toString("latin1") : it,
  );
  return text.toLowerCase();
};

test("[SL1] at rest a row has its key, its index fields and one sealed field", async () => {
  const { store, rawRows } = await openWorld();
  await store.write(["entries", "channels", "meta", "peerChains"], async (tx) => {
    const op = { tb: 1, ts: 1, rank: 1 } as const;
    const entry = { c: 1, a: 1, s: 1, text: CANARY, bytes: bytesOf(CANARY) };
    await tx.put("entries", entryRow({ ...entry, ...op }));
    await tx.put("channels", channelRow("01", { preview: { text: CANARY, own: true } }));
    await tx.put("meta", metaRow("self", { name: CANARY, [CANARY]: 1 }));
    await tx.put("peerChains", peerChainRow(["t"], { account: CANARY }));
  });
  for (const table of ["entries", "channels", "meta", "peerChains"] as const) {
    const rows = await rawRows(table);
    expect(rows).toHaveLength(1);
    expect(Object.keys(rows[0]!).toSorted()).toEqual(
      [...readableFields(table), "sealed"].toSorted(),
    );
    expect(textOf(rows)).not.toContain(CANARY);
    expect(textOf(rows)).not.toContain(textOf(bytesOf(CANARY)).slice(1, -1));
  }
});

test("[SL1] the search for the canary finds one that lies open", () => {
  expect(textOf([{ deep: [bytesOf(CANARY)] }])).toContain(CANARY);
});

test("[SL2] a row that was moved to another key does not open", async () => {
  const { store, rawRows, putRaw } = await openWorld();
  await store.write(["entries"], async (tx) => {
    await tx.put("entries", entryRow({ c: 1, a: 1, s: 1 }));
    await tx.put("entries", entryRow({ c: 1, a: 1, s: 2 }));
  });
  const [first, second] = await rawRows("entries");
  await putRaw("entries", { ...second, sealed: first!["sealed"] });
  await putRaw("entries", { ...first, s: 3 });
  const read = async (s: number): Promise<unknown> =>
    store.read(["entries"], async (tx) => tx.get("entries", [1, 1, s]));
  expect(await read(1)).toEqual(entryRow({ c: 1, a: 1, s: 1 }));
  await expect(read(2)).rejects.toEqual(failed);
  await expect(read(3)).rejects.toEqual(failed);
});

test("[SL2] a numbered row that was moved to another number does not open", async () => {
  const { store, rawRows, putRaw } = await openWorld();
  await store.write(["channels"], async (tx) => tx.put("channels", channelRow("01")));
  const [row] = await rawRows("channels");
  await store.write(["channels"], async (tx) => tx.delete("channels", 1));
  await putRaw("channels", { ...row, c: 2 });
  const read = store.read(["channels"], async (tx) => tx.get("channels", 2));
  await expect(read).rejects.toEqual(failed);
});

test.each([
  ["a readable field", { h: 1 }],
  ["a readable field that is gone", { h: undefined }],
  ["no sealed field", { sealed: undefined }],
  ["a sealed field of another type", { sealed: "text" }],
  ["a sealed field that is too short", { sealed: new Uint8Array(3) }],
  ["a record of another version", { sealed: Uint8Array.of(2, ...new Uint8Array(60)) }],
])("[SL3] %s that was altered: the row does not open, in no way of reading", async (_, change) => {
  const { store, db, rawRows, putRaw } = await openWorld();
  await store.write(["entries"], async (tx) => tx.put("entries", entryRow({ c: 1, a: 1, s: 1 })));
  const [row] = await rawRows("entries");
  await putRaw("entries", { ...row, ...change });
  const reads = [
    store.read(["entries"], async (tx) => tx.get("entries", [1, 1, 1])),
    store.read(["entries"], async (tx) => tx.find("entries", "primary", [1, 1, 1])),
    store.read(["entries"], async (tx) => tx.range("entries", "primary", { reverse: true })),
    db.table("entries").bulkGet([[1, 1, 1]]),
    db
      .table("entries")
      .filter(() => true)
      .toArray(),
  ];
  for (const read of reads) await expect(read).rejects.toEqual(failed);
});

test("[SL3] every byte of a record is under seal", async () => {
  const { store, rawRows, putRaw } = await openWorld();
  await store.write(["held"], async (tx) => tx.put("held", heldRow("00")));
  const [row] = await rawRows("held");
  const record = row!["sealed"] as Uint8Array;
  for (let i = 0; i < record.length; i++) {
    const altered = record.slice();
    altered[i]! ^= 1;
    await putRaw("held", { ...row, sealed: altered });
    const read = store.read(["held"], async (tx) => tx.get("held", "00"));
    await expect(read).rejects.toEqual(failed);
  }
});

test("[SL3] another device's key opens nothing", async () => {
  const { store, indexedDB } = await openWorld();
  await store.write(["meta"], async (tx) => tx.put("meta", metaRow("a", 1)));
  const other = await openDexieStore({ name: NAME, vault: engineVault(dmkOf(8)), indexedDB });
  const read = other.store.read(["meta"], async (tx) => tx.get("meta", "a"));
  await expect(read).rejects.toEqual(failed);
});

test("[SL1] rows of one table sealed twice never share a nonce", async () => {
  const { store, rawRows } = await openWorld();
  await store.write(["meta"], async (tx) => {
    for (let i = 0; i < 200; i++) await tx.put("meta", metaRow(String(i), "same"));
  });
  const rows = await rawRows("meta");
  const nonces = rows.map((row) => Buffer.from(row["sealed"] as Uint8Array).toString("hex", 1, 25));
  expect(new Set(nonces).size).toBe(200);
});

test("[SL5] a tab opens, with its own cipher, what the engine sealed", async () => {
  const { store, indexedDB } = await openWorld();
  const rows = [1, 2, 3].map((s) => entryRow({ c: 1, a: 1, s, text: `${CANARY} ${s}` }));
  await store.write(["entries", "meta"], async (tx) => {
    for (const row of rows) await tx.put("entries", row);
    await tx.put("meta", metaRow("self", { name: "Alice" }));
  });
  const reader = await openDexieReader({ name: NAME, vault: readerVaultOf(dmkOf(7)), indexedDB });
  expect(await reader.table("entries").toArray()).toEqual(rows);
  expect(await reader.table("entries").orderBy("[c+arr]").reverse().first()).toEqual(rows[2]);
  const even = reader.table("entries").filter((it) => it.s % 2 === 0);
  expect(await even.toArray()).toEqual([rows[1]]);
  const seen: number[] = [];
  await reader.table("entries").each((row) => seen.push(row.s));
  expect(seen).toEqual([1, 2, 3]);
  expect(await reader.table("meta").get("self")).toEqual(metaRow("self", { name: "Alice" }));
  reader.close();
});

test("[SL6] a tab that has opened a row sees that it was altered since", async () => {
  const { store, indexedDB, rawRows, putRaw } = await openWorld();
  await store.write(["entries"], (tx) => tx.put("entries", entryRow({ c: 1, a: 1, s: 1 })));
  const reader = await openDexieReader({ name: NAME, vault: readerVaultOf(dmkOf(7)), indexedDB });
  const opened: unknown = await reader.table("entries").get([1, 1, 1]);
  expect(await reader.table("entries").get([1, 1, 1])).toBe(opened);
  const [raw] = await rawRows("entries");
  const sealed = (raw!["sealed"] as Uint8Array).slice();
  sealed[sealed.length - 1]! ^= 1;
  await putRaw("entries", { ...raw, sealed });
  await expect(reader.table("entries").get([1, 1, 1])).rejects.toThrow(failed);
  reader.close();
});

test("[SL4] a tab cannot write, and cannot open what is of the ratchets", async () => {
  const { store, indexedDB } = await openWorld();
  await store.write(["peerChains"], async (tx) => tx.put("peerChains", peerChainRow(["t"])));
  const reader = await openDexieReader({ name: NAME, vault: readerVaultOf(dmkOf(7)), indexedDB });
  await expect(reader.table("meta").put(metaRow("a", 1))).rejects.toThrow("writes nothing");
  await expect(reader.table("peerChains").clear()).rejects.toThrow("writes nothing");
  await expect(reader.table("peerChains").toArray()).rejects.toThrow("opens peerChains");
  expect(await store.read(["peerChains"], async (tx) => tx.get("peerChains", 1))).toBeDefined();
  reader.close();
});

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
