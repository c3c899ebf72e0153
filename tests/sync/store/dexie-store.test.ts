import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { beforeAll } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { openDexieStore } from "../../../sync/store/dexie-store.ts";
import { storeContract } from "../../contract/store.contract.ts";
import { engineVault } from "./vault.ts";

beforeAll(() => ready);

storeContract("the Dexie store", async () => {
  const indexedDB = { indexedDB: new IDBFactory(), IDBKeyRange };
  const open = async () => openDexieStore({ name: "contract", vault: engineVault(), indexedDB });
  const { store } = await open();
  return {
    store,
    reopen: async () => {
      await store[Symbol.asyncDispose]();
      return (await open()).store;
    },
  };
});
