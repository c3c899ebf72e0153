/**
 * Databases as version 1 wrote them (commit a1106cb): two people who have written to each other, with
 * rows sealed as they lie on the disk. Alice has not read the last message and has one to send.
 */
import { readFileSync } from "node:fs";

import { IDBFactory, IDBKeyRange } from "fake-indexeddb";

import { type DexieStore, openDexieStore } from "../../../sync/store/dexie-store.ts";
import { dmkOf, engineVault } from "./vault.ts";

type Stored = {
  readonly version: number;
  readonly stores: Readonly<
    Record<
      string,
      {
        readonly keyPath: string | string[];
        readonly autoIncrement: boolean;
        readonly indexes: readonly (IDBIndexParameters & {
          readonly name: string;
          readonly keyPath: string | string[];
        })[];
        readonly rows: readonly object[];
      }
    >
  >;
};

const NAME = "device";
const DMK_FILL = { alice: 1, bob: 2 } as const;

const isBytes = (value: unknown): value is { readonly base64: string } =>
  typeof value === "object" && value !== null && "base64" in value;

const people = (): Readonly<Record<string, Stored>> =>
  JSON.parse(
    readFileSync(new URL("version-1.json", import.meta.url), "utf8"),
    (_, value: unknown) =>
      isBytes(value) ? Uint8Array.from(Buffer.from(value.base64, "base64")) : value,
  ) as Record<string, Stored>;

/** The database on a disk of its own, never touched by today's code. */
export async function version1Of(who: keyof typeof DMK_FILL): Promise<IDBFactory> {
  const stored = people()[who]!;
  const factory = new IDBFactory();
  const request = factory.open(NAME, stored.version);
  request.addEventListener("upgradeneeded", () => {
    for (const [name, store] of Object.entries(stored.stores)) {
      const { keyPath, autoIncrement, indexes, rows } = store;
      const made = request.result.createObjectStore(name, { keyPath, autoIncrement });
      for (const index of indexes) made.createIndex(index.name, index.keyPath, index);
      for (const row of rows) made.put(row);
    }
  });
  await new Promise((resolve) => request.addEventListener("success", resolve));
  request.result.close();
  return factory;
}

/** Opened by today's code. */
export const openUpgraded = (
  who: keyof typeof DMK_FILL,
  factory: IDBFactory,
): Promise<DexieStore> =>
  openDexieStore({
    name: NAME,
    vault: engineVault(dmkOf(DMK_FILL[who])),
    indexedDB: { indexedDB: factory, IDBKeyRange },
  });
