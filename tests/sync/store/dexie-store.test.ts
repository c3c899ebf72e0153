import { IDBFactory, IDBKeyRange, IDBObjectStore } from "fake-indexeddb";
import { afterEach, beforeAll, describe, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { type DexieStore, openDexieStore } from "../../../sync/store/dexie-store.ts";
import { SCHEMA_VERSION } from "../../../sync/store/schema.ts";
import { StorageError } from "../../../sync/store/store.ts";
import { storeContract } from "../../contract/store.contract.ts";
import { metaRow } from "./rows.ts";
import { engineVault } from "./vault.ts";

const NAME = "device";

beforeAll(() => ready);

const openIn = async (factory: IDBFactory): Promise<DexieStore> => {
  const indexedDB = { indexedDB: factory, IDBKeyRange };
  return openDexieStore({ name: NAME, vault: engineVault(), indexedDB });
};

storeContract("the Dexie store", async () => {
  const factory = new IDBFactory();
  const { store } = await openIn(factory);
  return {
    store,
    reopen: async () => {
      await store[Symbol.asyncDispose]();
      return (await openIn(factory)).store;
    },
  };
});

describe("a connection that is lost, as WebKit does", () => {
  const get = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, "get")!;
  afterEach(() => {
    Object.defineProperty(IDBObjectStore.prototype, "get", get);
  });
  /** The medium fails at these calls of `get`, counted from 1. */
  const failGetAt = (...calls: readonly number[]): void => {
    let count = 0;
    IDBObjectStore.prototype.get = function failing(key): IDBRequest {
      count++;
      if (calls.includes(count)) throw new DOMException("connection lost", "UnknownError");
      return Reflect.apply(get.value as (key: unknown) => IDBRequest, this, [key]);
    };
  };
  const readTwice = async ({ store }: DexieStore, seen: string[]): Promise<unknown> =>
    store.write(["meta"], async (tx) => {
      seen.push("begins");
      await tx.get("meta", "a");
      await tx.get("meta", "a");
      await tx.put("meta", metaRow("a", seen.length));
    });

  test("[ST8] at the first operation: it is opened again, and the work runs again", async () => {
    const opened = await openIn(new IDBFactory());
    const seen: string[] = [];
    failGetAt(1);
    await readTwice(opened, seen);
    expect(seen).toEqual(["begins", "begins"]);
    const row = await opened.store.read(["meta"], async (tx) => tx.get("meta", "a"));
    expect(row).toEqual(metaRow("a", 2));
  });

  test("[ST8] later: the work, which has seen something, does not run again", async () => {
    const opened = await openIn(new IDBFactory());
    const seen: string[] = [];
    failGetAt(2);
    await expect(readTwice(opened, seen)).rejects.toEqual(new StorageError("failed"));
    expect(seen).toEqual(["begins"]);
    await readTwice(opened, seen);
  });

  test("[ST8] over and over: it is tried twice, then said", async () => {
    const opened = await openIn(new IDBFactory());
    const seen: string[] = [];
    failGetAt(1, 2, 3, 4);
    await expect(readTwice(opened, seen)).rejects.toEqual(new StorageError("failed"));
    expect(seen).toEqual(["begins", "begins"]);
  });
});

test("[ST8] [DV6] beneath a newer version of the app, an old one stops", async () => {
  const factory = new IDBFactory();
  const { store } = await openIn(factory);
  await store.write(["meta"], async (tx) => tx.put("meta", metaRow("a", 1)));
  const upgraded = Promise.withResolvers<void>();
  const request = factory.open(NAME, 10 * (SCHEMA_VERSION + 1));
  request.addEventListener("success", () => {
    request.result.close();
    upgraded.resolve();
  });
  await upgraded.promise;
  const gone = new StorageError("gone");
  const write = store.write(["meta"], async (tx) => tx.put("meta", metaRow("a", 2)));
  await expect(write).rejects.toEqual(gone);
  await expect(openIn(factory)).rejects.toEqual(gone);
});

test("[ST8] what cannot be opened at all rejects, typed", async () => {
  const factory = new IDBFactory();
  factory.open = () => {
    throw new DOMException("no storage in this mode", "SecurityError");
  };
  await expect(openIn(factory)).rejects.toEqual(new StorageError("failed"));
});
