/**
 * What many small edits came to, said once: a snapshot holds all that some editors of a log ever did, so the
 * earlier entries of that log which are theirs alone need no body any more. docs/protocol/rooms.md, [YR19]
 * and [YR20].
 */
import { decodeBody } from "../entry/bodies.ts";
import { decodeEntry, encodeEntry, withoutBody } from "../entry/entry.ts";
import { KINDS } from "../entry/kinds.ts";
import type { RoomUpdate } from "../entry/room-body.ts";
import type { EntryRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";

/** So many edits, or so much of them, make a snapshot worth its bytes. */
export const SNAPSHOT_EDITS = 500;
export const SNAPSHOT_BYTES = 256 * 1_024;
/** Entries of a log before a snapshot that are looked at; what is further back stays as it is. */
const LOOKED_AT_MAX = 4 * SNAPSHOT_EDITS;

type Place = Pick<EntryRow, "c" | "a" | "s">;
type Edit = { readonly row: EntryRow; readonly body: RoomUpdate };

/** Edits of one room before `place` in its log, the latest first, that still have their bodies. */
export async function editsBefore(
  tx: ReadTx,
  room: string,
  { c, a, s }: Place,
): Promise<readonly Edit[]> {
  const rows = await tx.range("entries", "primary", {
    lower: [c, a, 1],
    upper: [c, a, s - 1],
    reverse: true,
    limit: LOOKED_AT_MAX,
  });
  return rows.flatMap((row) => {
    const body = row.kind === KINDS.ydoc.number ? bodyOf(row) : undefined;
    return body?.room === room ? [{ row, body }] : [];
  });
}

/** `snapshot`: what the entry at `place` says. */
export async function eraseCovered(
  tx: WriteTx,
  place: Place,
  snapshot: Pick<RoomUpdate, "room" | "nonces">,
): Promise<void> {
  const covered = new Set(snapshot.nonces);
  for (const { row, body } of await editsBefore(tx, snapshot.room, place)) {
    const entry = decodeEntry(row.bytes);
    if (!entry.ok || !body.nonces.every((it) => covered.has(it))) continue;
    await tx.put("entries", { ...row, bytes: encodeEntry(withoutBody(entry.value)) });
  }
}

function bodyOf({ kind, bytes }: EntryRow): RoomUpdate | undefined {
  const entry = decodeEntry(bytes);
  const body = entry.ok && entry.value.body !== null ? decodeBody(kind, entry.value.body) : null;
  return body?.ok === true && body.value.type === "ydoc" ? body.value : undefined;
}
