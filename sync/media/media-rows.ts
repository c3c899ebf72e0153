/**
 * Blobs as entries name them: noted when an entry has its place, given content when it is ours, gone with
 * their entry. Runs inside the transaction that does the rest. docs/protocol/media.md, [ME5] to [ME7].
 */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import type { BlobReference } from "../../crypto/media/blob.ts";
import { HISTORY_BYTES_MAX } from "../payload/limits.ts";
import type { DeviceRow, EntryRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { WHOLE_BYTES_MAX } from "../thread/long-text.ts";
import type { Said } from "../thread/said.ts";
import type { OwnBlob } from "./own-blob.ts";
import type { MediaRow, MediaUse } from "./rows.ts";

/** A picture of 256 x 256, as our own app makes it, has a tenth of it. */
export const PICTURE_BYTES_MAX = 262_144;

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

/** History, which no entry names. `peer`: whom it is for, or whom it is from. */
export const historyRow = (
  { c, s }: Pick<Place, "c" | "s">,
  { account, device }: Pick<DeviceRow, "account" | "device">,
  blob: BlobReference,
): MediaRow => ({
  ...rowOf({ c, a: HISTORY, s }, account, blob, "history"),
  peer: { account, device },
});

/** In place of a log's number. */
const HISTORY = 0;

/** The number of the next blob of history of a channel. */
export async function nextHistory(tx: ReadTx, c: number): Promise<number> {
  const range = { ...historyOf(c), reverse: true, limit: 1 };
  const [last] = await tx.range("media", "primary", range);
  return (last?.s ?? 0) + 1;
}

/** The first blob of history of a channel that is to be fetched: they are taken in order. */
export async function firstHistory(tx: ReadTx, c: number): Promise<MediaRow | undefined> {
  const rows = await tx.range("media", "primary", historyOf(c));
  return rows.find((it) => it.state === "wanted");
}

/** Blobs of history of a channel that are for others, on their way to our relay or there. */
export async function historyOut(tx: ReadTx, c: number): Promise<readonly MediaRow[]> {
  const rows = await tx.range("media", "primary", historyOf(c));
  return rows.filter((it) => it.state !== "wanted");
}

/** Those that this device put at its relay for us. */
export async function historyFrom(
  tx: ReadTx,
  c: number,
  device: Hex,
): Promise<readonly MediaRow[]> {
  const rows = await tx.range("media", "primary", historyOf(c));
  return rows.filter((it) => it.peer?.device === device && it.state === "wanted");
}

const historyOf = (c: number) => ({ lower: [c, HISTORY, 0], upper: [c, HISTORY, Infinity] });

/**
 * Its entry was erased: so is what it brought. `isOurs`: our account wrote it, and it goes at our relays as well; so
 * does what we gave to ours for others.
 */
export async function dropBlob(tx: WriteTx, place: Place, isOurs: boolean): Promise<void> {
  const held = await tx.get("media", keyOf(place));
  if (held === undefined) return;
  if (!isOurs && held.upAtMs === undefined) return tx.delete("media", keyOf(place));
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
