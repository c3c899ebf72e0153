/**
 * The key that deletes a blob of ours at a relay. It follows from a secret that all devices of an account
 * share and nobody else has, so any of them can delete what another one sent, and there is nothing to keep.
 * A relay learns it when the blob goes, and from that one it learns no other. Rule [BL9] of
 * docs/protocol/crypto.md.
 */
import { kdf } from "../kdf.ts";
import { BLOB_DELETE_KEY_BYTES } from "../public/blob-id.ts";

/** `secret`: 32 bytes, the write key of the account's recovery capsule. */
export const blobDeleteKeyOf = (secret: Uint8Array, id: Uint8Array): Uint8Array =>
  kdf(BLOB_DELETE_KEY_BYTES, secret, "blob/owner", id);
