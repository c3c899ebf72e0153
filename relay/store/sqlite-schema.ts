/**
 * The tables of the SQLite store. Ids of messages are times, so the log grows at its end and is deleted
 * from its front. Numbers of mailboxes and tokens are never reused.
 */
import type { DatabaseSync } from "node:sqlite";

/** `PRAGMA user_version`. A newer file is refused; an older one is migrated here, step by step. */
export const SCHEMA_VERSION = 4;

const SETTINGS = `
  PRAGMA page_size = 16384;
  PRAGMA auto_vacuum = INCREMENTAL;
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 1000;
  PRAGMA cache_size = -65536;
  PRAGMA temp_store = MEMORY;
  PRAGMA trusted_schema = OFF;
`;

/*
 * log      one row a message: targets packed in t (message-row.ts); is_brief: expires before the rest
 * spill    index rows of messages that waited longer than some seconds; shared: how many are left
 * cap      write tokens by hash; gone: of a deleted mailbox
 */
const TABLES = `
  CREATE TABLE meta (k TEXT PRIMARY KEY, v ANY) STRICT, WITHOUT ROWID;
  CREATE TABLE mailbox (
    no INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, key BLOB NOT NULL,
    counter INTEGER NOT NULL, seen_day INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX mailbox_seen ON mailbox (seen_day);
  CREATE TABLE cap (
    mailbox BLOB NOT NULL, hash BLOB NOT NULL, no INTEGER NOT NULL, mb INTEGER NOT NULL,
    class TEXT NOT NULL, label BLOB NOT NULL, push INTEGER NOT NULL, exp INTEGER NOT NULL,
    gone INTEGER NOT NULL, PRIMARY KEY (mailbox, hash)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX cap_exp ON cap (exp);
  CREATE TABLE prekey (mb INTEGER PRIMARY KEY, bundle BLOB NOT NULL) STRICT;
  CREATE TABLE invite (
    tag BLOB PRIMARY KEY, mb INTEGER NOT NULL, record BLOB NOT NULL, exp INTEGER NOT NULL,
    voucher BLOB NOT NULL, spent INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX invite_mb ON invite (mb);
  CREATE INDEX invite_voucher ON invite (voucher);
  CREATE INDEX invite_exp ON invite (exp);
  CREATE TABLE log (
    id INTEGER PRIMARY KEY, exp INTEGER NOT NULL, is_brief INTEGER NOT NULL,
    urgent INTEGER NOT NULL, slot BLOB, env BLOB NOT NULL, t BLOB NOT NULL, body BLOB NOT NULL
  ) STRICT;
  CREATE INDEX log_brief ON log (exp) WHERE is_brief = 1;
  CREATE TABLE spill (
    mb INTEGER NOT NULL, id INTEGER NOT NULL, counter INTEGER NOT NULL, token INTEGER NOT NULL,
    label BLOB NOT NULL, exp INTEGER NOT NULL, bytes INTEGER NOT NULL, urgent INTEGER NOT NULL,
    env BLOB NOT NULL, slot BLOB, shared INTEGER NOT NULL, PRIMARY KEY (mb, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE shared (id INTEGER PRIMARY KEY, places_left INTEGER NOT NULL) STRICT;
`;

/*
 * blob     ticket is a hash, del those who want it kept (blob-claims.ts); ttl counts from when it is finished (done), exp is when it goes
 */
const BLOBS = `
  CREATE TABLE blob (
    id BLOB PRIMARY KEY, mb INTEGER NOT NULL, bytes INTEGER NOT NULL, done INTEGER NOT NULL,
    del BLOB NOT NULL, ticket BLOB NOT NULL, ttl INTEGER NOT NULL, exp INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX blob_mb ON blob (mb);
  CREATE INDEX blob_exp ON blob (exp);
`;

const PUSHES = `
  CREATE TABLE push (mb INTEGER PRIMARY KEY, subscription BLOB NOT NULL) STRICT;
`;

/* capsule  put is the hash of the key that replaces it */
const CAPSULES = `
  CREATE TABLE capsule (
    place BLOB PRIMARY KEY, mb INTEGER NOT NULL, put BLOB NOT NULL, counter INTEGER NOT NULL,
    exp INTEGER NOT NULL, capsule BLOB NOT NULL
  ) STRICT;
  CREATE INDEX capsule_mb ON capsule (mb);
  CREATE INDEX capsule_exp ON capsule (exp);
`;

/** What leads from each version to the next. */
const STEPS: readonly string[] = [TABLES, BLOBS, PUSHES, CAPSULES];

/** Throws what SQLite throws, among it "database is locked" when another process has it. */
export function prepareSchema(db: DatabaseSync, incarnation: () => Uint8Array): void {
  db.exec(SETTINGS);
  db.exec("BEGIN IMMEDIATE");
  const version = Number(schemaVersionOf(db));
  for (const step of STEPS.slice(version)) db.exec(step);
  if (version === 0) {
    db.prepare("INSERT INTO meta VALUES ('incarnation', ?)").run(incarnation());
  }
  db.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
  db.exec("COMMIT");
}

export const schemaVersionOf = (db: DatabaseSync): unknown =>
  db.prepare("PRAGMA user_version").get()?.["user_version"];
