/**
 * The embedded store of a relay: one SQLite file in a folder that one process owns (design figures and
 * the reasons for the layout: docs/decisions/0020-one-row-a-message.md).
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { err, ok, type Result } from "../../crypto/base/result.ts";
import { type DiskRoomOptions, FREE_BYTES_MIN, freeBytesAt, openDiskRoom } from "./disk-room.ts";
import { keepStore, type KeepBounds } from "./keep-store.ts";
import { SqliteBacking } from "./sqlite-backing.ts";
import { prepareSchema, SCHEMA_VERSION, schemaVersionOf } from "./sqlite-schema.ts";
import type { Store } from "./store.ts";

export const DATABASE_FILE = "relay.sqlite";
const BALLAST_FILE = "ballast";
/** SQLITE_BUSY and SQLITE_LOCKED. */
const LOCKED_ERRCODES: ReadonlySet<unknown> = new Set([5, 6]);

export type SqliteStoreOptions = {
  /** An existing folder. */
  readonly folder: string;
  readonly bounds: KeepBounds;
  /** Eight random bytes, asked for once in the life of a file. */
  readonly incarnation: () => Uint8Array;
  readonly disk?: Partial<Pick<DiskRoomOptions, "freeBytes" | "freeBytesMin">>;
  /** Of 16 KiB; SQLite refuses more as it refuses a full disk. */
  readonly pagesMax?: number;
};

/**
 * - `StoreInUse`: another process has the file.
 * - `StoreNewer`: a later version of this program wrote it.
 * - `StoreUnreadable`: no database, or the disk failed.
 */
export type OpenStoreError =
  | { readonly type: "StoreInUse" }
  | { readonly type: "StoreNewer"; readonly version: number }
  | { readonly type: "StoreUnreadable"; readonly reason: string };

export function openSqliteStore(options: SqliteStoreOptions): Result<Store, OpenStoreError> {
  const path = join(options.folder, DATABASE_FILE);
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { enableForeignKeyConstraints: false, timeout: 0 });
    const version = schemaVersionOf(db);
    if (typeof version === "number" && version > SCHEMA_VERSION) {
      db.close();
      return err({ type: "StoreNewer", version });
    }
    prepareSchema(db, options.incarnation);
    if (options.pagesMax !== undefined) db.exec(`PRAGMA max_page_count = ${options.pagesMax}`);
    const room = openDiskRoom({
      ballastPath: join(options.folder, BALLAST_FILE),
      freeBytes: options.disk?.freeBytes ?? (() => freeBytesAt(path)),
      freeBytesMin: options.disk?.freeBytesMin ?? FREE_BYTES_MIN,
    });
    return ok(keepStore(new SqliteBacking(db, room), options.bounds));
  } catch (thrown) {
    if (!(thrown instanceof Error) || !("errcode" in thrown)) throw thrown;
    db?.close();
    if (LOCKED_ERRCODES.has(thrown.errcode)) return err({ type: "StoreInUse" });
    return err({ type: "StoreUnreadable", reason: thrown.message });
  }
}
