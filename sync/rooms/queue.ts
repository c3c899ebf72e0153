/**
 * An edit of a shared document that another device of ours made: its entry is here for good, and the
 * document takes it in when there is a host. docs/protocol/rooms.md, [YR17].
 */
import { decodeBody } from "../entry/bodies.ts";
import { decodeEntry } from "../entry/entry.ts";
import { KINDS } from "../entry/kinds.ts";
import type { Effects } from "../receive/effects.ts";
import type { EntryRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { ACCOUNT_ROOMS } from "./names.ts";

export const isEdit = ({ kind }: Pick<EntryRow, "kind">): boolean =>
  kind === KINDS.ydoc.number || kind === KINDS.ydocSnapshot.number;

/** `row`: an entry of the account channel that was just placed. */
export async function queueEdit(tx: WriteTx, effects: Effects, row: EntryRow): Promise<void> {
  const room = roomOf(row);
  // Of a newer app, or nobody's: the entry is kept all the same.
  if (!ACCOUNT_ROOMS.some((it) => it === room)) return;
  await tx.put("yups", { room, c: row.c, a: row.a, s: row.s });
  effects.edited();
}

function roomOf({ kind, bytes }: EntryRow): string {
  const entry = decodeEntry(bytes);
  const body = entry.ok && entry.value.body !== null ? decodeBody(kind, entry.value.body) : null;
  if (body === null || !body.ok) return "";
  const is = body.value;
  return is.type === "ydoc" || is.type === "ydocSnapshot" ? is.room : "";
}
