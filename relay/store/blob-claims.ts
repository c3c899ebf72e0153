/**
 * Who wants a blob kept, as bytes of its row: a claim after the other, `u32 mailbox | 32 bytes hash`. One claim, of the
 * mailbox in whose room the blob lies, is the hash alone: so all rows were written before there could be more.
 */
import { assert } from "../../crypto/base/assert.ts";
import { concat, u32le } from "../../crypto/base/bytes.ts";
import { readerOf } from "../../crypto/base/reader.ts";
import { ID_BYTES, idOf } from "../../sync/wire/ids.ts";
import type { BlobClaimRow, BlobRow } from "./backing.ts";

const HASH_BYTES = ID_BYTES.BlobDeleteHash;
const CLAIM_BYTES = 4 + HASH_BYTES;

export function encodeBlobClaims({ claims, mailboxNo }: BlobRow): Uint8Array {
  const [first] = claims;
  assert(first !== undefined, "a blob that somebody wants kept");
  if (claims.length === 1 && first.mailboxNo === mailboxNo) return first.deleteHash;
  return concat(...claims.flatMap((it) => [u32le(it.mailboxNo), it.deleteHash]));
}

export function blobClaimsIn(bytes: Uint8Array, mailboxNo: number): readonly BlobClaimRow[] {
  if (bytes.length === HASH_BYTES) return [{ mailboxNo, deleteHash: hashIn(bytes) }];
  const r = readerOf(bytes);
  return Array.from({ length: bytes.length / CLAIM_BYTES }, () => ({
    mailboxNo: r.u32(),
    deleteHash: hashIn(r.bytes(HASH_BYTES)),
  }));
}

const hashIn = (bytes: Uint8Array): BlobClaimRow["deleteHash"] => idOf("BlobDeleteHash", bytes);
