/**
 * Blobs as entries name them: noted when an entry has its place, given content when it is ours, gone with
 * their entry. Runs inside the transaction that does the rest. docs/protocol/media.md, [ME5] to [ME7].
 */
import { toHex } from "../../crypto/base/hex.ts";
import type { BlobReference } from "../../crypto/media/blob.ts";
import type { EntryRow, Hex } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { WHOLE_BYTES_MAX } from "../thread/long-text.ts";
import type { Said } from "../thread/said.ts";
import type { OwnBlob } from "./own-blob.ts";
import type { MediaRow, MediaUse } from "./rows.ts";

/** A picture of 256 x 256, as our own app makes it, has a tenth of it. */
export const PICTURE_BYTES_MAX = 262_144;
/** A chunk of history and what stands around it. */
export const HISTORY_BYTES_MAX = 1_048_576;

const BYTES_MAX: { readonly [U in MediaUse]: number } = {
  text: WHOLE_BYTES_MAX,
  picture: PICTURE_BYTES_MAX,
  history: HISTORY_BYTES_MAX,
};

type Named = { readonly blob: BlobReference; readonly use: MediaUse };

/** The blob that belongs to what an entry says; undefined: none, or one that is too large to be it. */
export function blobNamedBy({ body }: Said): Named | undefined {
  const named = namedIn(body);
  return named !== undefined && named.blob.bytes <= BYTES_MAX[named.use] ? named : undefined;
}

function namedIn(body: Said["body"]): Named | undefined {
  if (body?.type === "message" || body?.type === "edit") {
    return body.whole === null ? undefined : { blob: body.whole, use: "text" };
  }
  const picture = body?.type === "meta" ? body.picture?.[0] : undefined;
  return picture && { blob: picture, use: "picture" };
}

type Place = Pick<EntryRow, "c" | "a" | "s">;

/** It is to be fetched, unless it is here. `author`: whose entry names it. */
export async function wantBlob(
  tx: WriteTx,
  place: Place,
  author: Hex,
  { blob, use }: Named,
): Promise<void> {
  const held = await tx.get("media", keyOf(place));
  if (held === undefined) await tx.put("media", rowOf(place, author, blob, use));
}

/** Content of our own, on its way to our relay. */
export async function putOwnBlob(
  tx: WriteTx,
  place: Place,
  author: Hex,
  { ref, content }: OwnBlob,
  use: MediaUse,
): Promise<void> {
  await tx.put("media", { ...rowOf(place, author, ref, use), state: "up", content });
}

function rowOf({ c, a, s }: Place, author: Hex, blob: BlobReference, use: MediaUse): MediaRow {
  return {
    c,
    a,
    s,
    id: toHex(blob.id),
    author,
    key: blob.key,
    bytes: blob.bytes,
    use,
    state: "wanted",
    content: null,
    waiting: 1,
    nextAtMs: 0,
    attempts: 0,
  };
}

/** Its entry was erased: so is what it brought. `isAtRelays`: it is our account's, and goes there as well. */
export async function dropBlob(tx: WriteTx, place: Place, isAtRelays: boolean): Promise<void> {
  const held = await tx.get("media", keyOf(place));
  if (held === undefined) return;
  if (!isAtRelays) return tx.delete("media", keyOf(place));
  const { trouble: _, ...rest } = held;
  await tx.put("media", {
    ...rest,
    state: "gone",
    content: null,
    waiting: 1,
    nextAtMs: 0,
    attempts: 0,
  });
}

export const keyOf = ({ c, a, s }: Place): readonly number[] => [c, a, s];
