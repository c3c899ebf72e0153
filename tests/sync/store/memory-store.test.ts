import { expect, test } from "vitest";

import { openMemoryStore, type Snapshot } from "../../../sync/store/memory-store.ts";
import type { Store } from "../../../sync/store/store.ts";
import { storeContract } from "../../contract/store.contract.ts";
import { channelRow, metaRow } from "./rows.ts";

storeContract("the memory store", async () => {
  const store = openMemoryStore();
  return { store, reopen: async () => openMemoryStore(store.snapshot()) };
});

const keysIn = async (store: Store): Promise<readonly string[]> =>
  store.read(["meta"], async (tx) => (await tx.range("meta", "primary", {})).map((it) => it.k));

const put = async (store: Store, k: string): Promise<unknown> =>
  store.write(["meta"], async (tx) => tx.put("meta", metaRow(k, 1)));

test("[MS1] a snapshot and the store it came from go separate ways", async () => {
  const store = openMemoryStore();
  await put(store, "a");
  const snapshot = store.snapshot();
  await put(store, "b");
  const [one, other] = [openMemoryStore(snapshot), openMemoryStore(snapshot)];
  await put(one, "c");
  expect([await keysIn(store), await keysIn(one), await keysIn(other)]).toEqual([
    ["a", "b"],
    ["a", "c"],
    ["a"],
  ]);
});

test("[MS2] a snapshot in the middle of a write has what was committed, numbers included", async () => {
  const store = openMemoryStore();
  await put(store, "a");
  const middle: Snapshot[] = [];
  await store.write(["meta", "channels"], async (tx) => {
    await tx.put("meta", metaRow("b", 2));
    await tx.delete("meta", "a");
    await tx.put("channels", channelRow("01"));
    middle.push(store.snapshot());
  });
  const crashed = openMemoryStore(middle[0]);
  expect(await keysIn(crashed)).toEqual(["a"]);
  expect(await crashed.write(["channels"], (tx) => tx.put("channels", channelRow("02")))).toBe(1);
  expect(await keysIn(store)).toEqual(["b"]);
});

test("[MS3] a snapshot survives being cloned into another thread", async () => {
  const store = openMemoryStore();
  await store.write(["channels"], async (tx) => tx.put("channels", channelRow("01")));
  const clone = openMemoryStore(structuredClone(store.snapshot()));
  const c = await clone.write(["channels"], async (tx) => {
    await tx.put("channels", channelRow("01", { c: 1, lastH: 9 }));
    return (await tx.range("channels", "recent", { lower: 9 })).map((it) => it.c);
  });
  expect(c).toEqual([1]);
});

test("[MS4] equal calls make equal histories, in microtasks alone", async () => {
  let macrotask = false;
  const timer = setImmediate(() => (macrotask = true));
  const store = openMemoryStore();
  for (let i = 0; i < 20; i++) await put(store, String(i));
  expect([(await keysIn(store)).length, macrotask]).toEqual([20, false]);
  clearImmediate(timer);
});

test("[MS5] asked for its own rows it gives these, and still keeps a copy of what is put", async () => {
  const store = openMemoryStore(undefined, "rows");
  const row = { k: "a", v: { list: [1] } };
  await store.write(["meta"], async (tx) => tx.put("meta", row));
  row.v.list.push(2);
  const read = async (): Promise<unknown> =>
    store.read(["meta"], async (tx) => tx.get("meta", "a"));
  const found = await read();
  expect(found).toEqual({ k: "a", v: { list: [1] } });
  expect(await read()).toBe(found);
});
