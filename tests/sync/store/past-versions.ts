/**
 * Databases as earlier versions wrote them, with rows sealed as they lie on the disk: version 1 (commit
 * a1106cb) and version 2 (commit f84638a). Alice and Bob have written to each other; Alice has not read
 * Bob's last message and has one to send. In version 2 Alice has a laptop too.
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
const DMK_FILL = { alice: 1, bob: 2, laptop: 3 } as const;
/** `laptop`: in version 2 alone. */
export type Owner = keyof typeof DMK_FILL;
export type PastVersion = 1 | 2;

const isBytes = (value: unknown): value is { readonly base64: string } =>
  typeof value === "object" && value !== null && "base64" in value;

const people = (version: PastVersion): Readonly<Record<string, Stored>> =>
  JSON.parse(
    readFileSync(new URL(`version-${version}.json`, import.meta.url), "utf8"),
    (_, value: unknown) =>
      isBytes(value) ? Uint8Array.from(Buffer.from(value.base64, "base64")) : value,
  ) as Record<string, Stored>;

/** The database on a disk of its own, never touched by today's code. */
export async function diskOf(version: PastVersion, who: Owner): Promise<IDBFactory> {
  const stored = people(version)[who]!;
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
export const openUpgraded = (who: Owner, factory: IDBFactory): Promise<DexieStore> =>
  openDexieStore({
    name: NAME,
    vault: engineVault(dmkOf(DMK_FILL[who])),
    indexedDB: { indexedDB: factory, IDBKeyRange },
  });
