/**
 * Blobs as the screens read them: what came of a long text, and the bytes of a picture. The engine
 * verified them before they were written.
 */
import { toHex } from "../../crypto/base/hex.ts";
import type { BlobRef } from "../../sync/entry/blob-ref.ts";
import type { MediaRow } from "../../sync/media/rows.ts";
import { type Db, mediaOf } from "./tables.ts";

/** `text`: null while it is not here. */
export type Whole = Pick<MediaRow, "state" | "trouble"> & { readonly text: string | null };

/** Undefined: nothing is known of it. An id names one content: no blob opens under two keys. */
export async function readWhole(db: Db, { id }: BlobRef): Promise<Whole | undefined> {
  const rows = await mediaOf(db).where("id").equals(toHex(id)).toArray();
  const row = rows.find((it) => it.content !== null) ?? rows[0];
  if (row === undefined) return undefined;
  const { state, trouble, content } = row;
  const text = content === null ? null : new TextDecoder().decode(content);
  return { state, text, ...(trouble === undefined ? {} : { trouble }) };
}

/** The verified bytes of a blob, by its id (hex32); null: not here. */
export async function readPicture(db: Db, id: string): Promise<Uint8Array | null> {
  const rows = await mediaOf(db).where("id").equals(id).toArray();
  return rows.find((it) => it.use === "picture" && it.content !== null)?.content ?? null;
}
