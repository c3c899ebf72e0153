/**
 * A small IndexedDB of its own for what must exist before the vault is open: the wrapped vault key
 * (vault-key.ts) and sealed drafts (drafts.ts). Plain IndexedDB: its values are CryptoKeys and bytes.
 */

const NAME = "kith-keys";
const VERSION = 1;

export type KeyTable = "keys" | "drafts";
const TABLES: readonly KeyTable[] = ["keys", "drafts"];

const settled = <Value>(request: IDBRequest<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("IndexedDB failed")));
  });

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, VERSION);
  request.addEventListener("upgradeneeded", () => {
    for (const table of TABLES) request.result.createObjectStore(table);
  });
  return settled(request);
}

/** One request in a transaction of its own; settles when that is committed, durably. */
async function run<Value>(
  table: KeyTable,
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<Value>,
): Promise<Value> {
  const db = await open();
  try {
    const transaction = db.transaction(table, mode, { durability: "strict" });
    const committed = new Promise<void>((resolve, reject) => {
      transaction.addEventListener("complete", () => resolve());
      transaction.addEventListener("abort", () =>
        reject(transaction.error ?? new Error("IndexedDB gave up")),
      );
    });
    const [value] = await Promise.all([settled(ask(transaction.objectStore(table))), committed]);
    return value;
  } finally {
    db.close();
  }
}

/** Rejects when the browser has no storage for us (a private window of some, a broken profile). */
export const keyStore = {
  read: (table: KeyTable, key: string | number): Promise<unknown> =>
    run<unknown>(table, "readonly", (store) => store.get(key)),
  /** The first `max` of them in their order. */
  keys: (table: KeyTable, max: number): Promise<readonly IDBValidKey[]> =>
    run(table, "readonly", (store) => store.getAllKeys(null, max)),
  write: async (table: KeyTable, key: string | number, value: unknown): Promise<void> => {
    await run(table, "readwrite", (store) => store.put(value, key));
  },
  remove: async (table: KeyTable, key: string | number): Promise<void> => {
    await run(table, "readwrite", (store) => store.delete(key));
  },
  /** Deletes all of it. */
  erase: async (): Promise<void> => {
    await settled(indexedDB.deleteDatabase(NAME));
  },
} as const;
