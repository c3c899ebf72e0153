import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { ready } from "../../crypto/base/sodium.ts";
import { openDexieStore } from "../../sync/store/dexie-store.ts";
import { openMemoryStore } from "../../sync/store/memory-store.ts";
import { engineVault } from "../sync/store/vault.ts";
import { anyWrites, countToThree, historyOf } from "./store-histories.ts";

beforeAll(() => ready);

test("[ST4] memory and Dexie answer the same to any sequence of writes", async () => {
  const indexedDB = { indexedDB: new IDBFactory(), IDBKeyRange };
  const vault = engineVault();
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(anyWrites, async (writes) => {
      await using memory = openMemoryStore();
      const { store } = await openDexieStore({ name: `run ${runs++}`, vault, indexedDB });
      await using dexie = store;
      await Promise.all([countToThree(memory), countToThree(dexie)]);
      expect(await historyOf(dexie, writes)).toEqual(await historyOf(memory, writes));
    }),
    { numRuns: 150 },
  );
}, 60_000);
