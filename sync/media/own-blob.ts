/** Content of our own that is too large for an entry, sealed before anything is written. [ME5]. */
import type { Random } from "../../crypto/base/random.ts";
import { makeBlobKey, sealBlob } from "../../crypto/media/blob.ts";
import type { BlobRef } from "../entry/blob-ref.ts";

/** `ref`: for the entry; it names no relay (docs/decisions/0098-blobs-are-found-by-cards.md). */
export type OwnBlob = { readonly ref: BlobRef; readonly content: Uint8Array };

export function ownBlobOf(content: Uint8Array, random: Random): OwnBlob {
  const { reference } = sealBlob(makeBlobKey(random), content);
  return { ref: { ...reference, relays: [] }, content };
}
