/** What the columns of the SQLite store come to. */
import { assert } from "../../crypto/base/assert.ts";
import { idOf } from "../../sync/wire/ids.ts";
import { latin1 } from "../latin1.ts";
import type { BlobCount, CapsuleRow, InviteRow } from "./backing.ts";
import type { Message } from "./shelf.ts";

export type Row = Record<string, unknown>;
export const bytesAt = (row: Row, column: string): Uint8Array => {
  const value = row[column];
  assert(value instanceof Uint8Array, "a column of bytes");
  return value;
};
export const numberAt = (row: Row, column: string): number => {
  const value = row[column];
  assert(typeof value === "number", "a column of numbers");
  return value;
};

export const messageOf = (row: Row, isSpilled: boolean, isShared: boolean): Message => ({
  id: numberAt(row, "id"),
  expiresAtMs: numberAt(row, "exp"),
  bytes: numberAt(row, "bytes"),
  isUrgent: row["urgent"] === 1,
  envelope: latin1(bytesAt(row, "env")),
  slot: row["slot"] === null ? null : latin1(bytesAt(row, "slot")),
  left: 1,
  isSpilled,
  isShared,
  places: [],
});

export const blobCountOf = (row: Row): BlobCount => ({
  count: numberAt(row, "n"),
  bytes: numberAt(row, "bytes"),
});

export const capsuleRowOf = (row: Row): CapsuleRow => ({
  mailboxNo: numberAt(row, "mb"),
  putHash: idOf("CapsulePutHash", bytesAt(row, "put")),
  counter: numberAt(row, "counter"),
  expiresAtMs: numberAt(row, "exp"),
  capsule: bytesAt(row, "capsule"),
});

export const inviteRowOf = (row: Row): InviteRow => ({
  mailboxNo: numberAt(row, "mb"),
  record: bytesAt(row, "record"),
  expiresAtMs: numberAt(row, "exp"),
  voucherHash: idOf("TokenHash", bytesAt(row, "voucher")),
  isSpent: row["spent"] === 1,
});
