/** Every SQL sentence that the store speaks while it runs, prepared once. */
import type { DatabaseSync, StatementSync } from "node:sqlite";

const SQL = {
  begin: "BEGIN IMMEDIATE",
  commit: "COMMIT",
  rollback: "ROLLBACK",
  /** Pages of 16 KiB given back to the disk in one go. */
  shrink: "PRAGMA incremental_vacuum(64)",
  meta: "SELECT v FROM meta WHERE k = ?",
  putMeta: "INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (k) DO UPDATE SET v = ?2",

  mailbox: "SELECT no, key, counter, seen_day FROM mailbox WHERE id = ?",
  counter: "SELECT counter FROM mailbox WHERE no = ?",
  insertMailbox: "INSERT INTO mailbox (id, key, counter, seen_day) VALUES (?, ?, 0, ?)",
  writeCounter: "UPDATE mailbox SET counter = ? WHERE no = ?",
  writeSeen: "UPDATE mailbox SET seen_day = ? WHERE no = ?",
  deleteMailbox: "DELETE FROM mailbox WHERE no = ?",
  countMailboxes: "SELECT count(*) AS n FROM mailbox",
  notSeen: "SELECT id FROM mailbox WHERE seen_day < ? LIMIT ?",

  token: "SELECT no, mb, class, label, push, exp, gone FROM cap WHERE mailbox = ? AND hash = ?",
  countTokens: "SELECT count(*) AS n FROM cap WHERE mailbox = ?",
  putToken: "INSERT OR REPLACE INTO cap VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
  deleteToken: "DELETE FROM cap WHERE mailbox = ? AND hash = ?",
  goneTokens: "UPDATE cap SET gone = 1, exp = ? WHERE mailbox = ?",
  deleteExpiredTokens:
    "DELETE FROM cap WHERE (mailbox, hash) IN (SELECT mailbox, hash FROM cap WHERE exp <= ? LIMIT ?)",

  bundle: "SELECT bundle FROM prekey WHERE mb = ?",
  putBundle: "INSERT OR REPLACE INTO prekey VALUES (?, ?)",
  deleteBundle: "DELETE FROM prekey WHERE mb = ?",

  push: "SELECT subscription FROM push WHERE mb = ?",
  putPush: "INSERT OR REPLACE INTO push VALUES (?, ?)",
  deletePush: "DELETE FROM push WHERE mb = ?",
  subscribed: "SELECT id FROM push JOIN mailbox ON no = mb ORDER BY mb LIMIT ?",

  invite: "SELECT tag, mb, record, exp, voucher, spent FROM invite WHERE tag = ?",
  inviteByVoucher: "SELECT tag, mb, record, exp, voucher, spent FROM invite WHERE voucher = ?",
  countInvites: "SELECT count(*) AS n FROM invite WHERE mb = ?",
  putInvite: "INSERT OR REPLACE INTO invite VALUES (?, ?, ?, ?, ?, ?)",
  deleteInvite: "DELETE FROM invite WHERE tag = ?",
  deleteInvites: "DELETE FROM invite WHERE mb = ?",
  deleteExpiredInvites:
    "DELETE FROM invite WHERE tag IN (SELECT tag FROM invite WHERE exp <= ? LIMIT ?)",

  capsule: "SELECT mb, put, counter, exp, capsule FROM capsule WHERE place = ?",
  countCapsules: "SELECT count(*) AS n FROM capsule WHERE mb = ?",
  putCapsule: "INSERT OR REPLACE INTO capsule VALUES (?, ?, ?, ?, ?, ?)",
  deleteExpiredCapsules:
    "DELETE FROM capsule WHERE place IN (SELECT place FROM capsule WHERE exp <= ? LIMIT ?)",

  blob: "SELECT mb, bytes, done, del, ticket, ttl, exp FROM blob WHERE id = ?",
  putBlob: "INSERT OR REPLACE INTO blob VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  deleteBlob: "DELETE FROM blob WHERE id = ?",
  countBlobs: "SELECT count(*) AS n, coalesce(sum(bytes), 0) AS bytes FROM blob WHERE mb = ?",
  countAllBlobs: "SELECT count(*) AS n, coalesce(sum(bytes), 0) AS bytes FROM blob",
  expiredBlobs: "SELECT id FROM blob WHERE exp <= ? ORDER BY exp LIMIT ?",

  insertMessage: "INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  body: "SELECT body FROM log WHERE id = ?",
  deleteMessage: "DELETE FROM log WHERE id = ?",
  oldest: "SELECT id FROM log ORDER BY id LIMIT 1",
  unspilled:
    "SELECT id, exp, urgent, slot, env, t, length(body) AS bytes FROM log WHERE id > ? ORDER BY id",
  spill: "INSERT INTO spill VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  spilledOf: "SELECT * FROM spill WHERE mb = ? ORDER BY id",
  deleteSpill: "DELETE FROM spill WHERE mb = ? AND id = ?",
  putShared: "INSERT INTO shared VALUES (?, ?)",
  leaveShared: "UPDATE shared SET places_left = places_left - 1 WHERE id = ? RETURNING places_left",
  deleteShared: "DELETE FROM shared WHERE id = ?",
  expiredBrief: "SELECT id, t FROM log WHERE is_brief = 1 AND exp <= ? LIMIT ?",
  expiredOld: "SELECT id, t FROM log WHERE is_brief = 0 AND id <= ? AND exp <= ? LIMIT ?",
} as const;

export type Statements = Readonly<Record<keyof typeof SQL, StatementSync>>;

export const prepareStatements = (db: DatabaseSync): Statements =>
  Object.fromEntries(
    Object.entries(SQL).map(([name, text]) => [name, db.prepare(text)]),
  ) as unknown as Statements;
