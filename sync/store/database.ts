/**
 * Opening the database of a device, for the engine that writes it and for the tabs that read it.
 *
 * A connection that was lost (storage cleared, WebKit in the background, a page out of the
 * back/forward cache) is opened again by Dexie. Two things it must not do then: make a new, empty
 * database where ours was, and go on beneath a newer version of the app.
 */
import { Dexie, type DexieOptions } from "dexie";

import type { RowVault } from "./row-vault.ts";
import { SCHEMA_VERSION, schemaOf } from "./schema.ts";
import { sealing } from "./sealing.ts";
import { storageErrorOf } from "./storage-failure.ts";
import { StorageError } from "./store.ts";

export type DatabaseOptions = {
  readonly name: string;
  readonly vault: RowVault;
  /** The browser's, unless a test brings another. */
  readonly indexedDB?: NonNullable<Pick<DexieOptions, "indexedDB" | "IDBKeyRange">>;
};

/** What is on disk is `SCHEMA_VERSION` times this; Dexie counts the last digit up by itself. */
const NATIVE_VERSION_FACTOR = 10;

/** Makes the database when there is none. Rejects with a `StorageError`. */
export async function openDatabase(
  { name, vault, indexedDB }: DatabaseOptions,
  cache: NonNullable<DexieOptions["cache"]>,
): Promise<Dexie> {
  const db = new Dexie(name, {
    ...indexedDB,
    addons: [],
    cache,
    // A commit is followed by an acknowledgement, upon which the relay forgets its copy.
    chromeTransactionDurability: "strict",
  });
  db.version(SCHEMA_VERSION).stores(schemaOf());
  db.use(sealing(vault));

  let opened = false;
  db.on("populate", () => {
    // Throwing aborts the upgrade, and with it the making of the database.
    if (opened) throw new StorageError("gone");
  });
  const sticky = true;
  db.on(
    "ready",
    () => {
      opened = true;
      const version = Math.floor(db.backendDB().version / NATIVE_VERSION_FACTOR);
      if (version > SCHEMA_VERSION) throw new StorageError("gone");
    },
    sticky,
  );
  try {
    await db.open();
  } catch (error) {
    db.close();
    throw storageErrorOf(error, true);
  }
  return db;
}
