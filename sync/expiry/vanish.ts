/**
 * A message whose time is over: its words, its versions, what was said about it and what it brought go in
 * one transaction, on this device. Core and signature stay: to others it is passed on as what it is, an
 * entry that has disappeared. docs/protocol/messages.md, [MO25] and [MO39].
 */
import type { Self } from "../account/self.ts";
import { accountChannelIdOf, aggregateAt, applyChange } from "../channel/take-in.ts";
import { entryOf, openThread, rowAt, rowSaid } from "../channel/thread-rows.ts";
import { encodeEntry, withoutBody } from "../entry/entry.ts";
import { KINDS } from "../entry/kinds.ts";
import { dropBlob } from "../media/media-rows.ts";
import type { EntryRow, TableName } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { OPS_READ_MAX } from "../thread/file-entry.ts";
import { aggregateRowOf } from "../thread/rows.ts";
import { UNTOUCHED } from "../thread/untouched.ts";

export const VANISH_TABLES: readonly TableName[] = [
  "channels",
  "logs",
  "entries",
  "aggregates",
  "expiry",
  "media",
  "outbox",
];

export async function vanish(tx: WriteTx, self: Self, row: EntryRow): Promise<void> {
  const before = await aggregateAt(tx, row);
  const said = await rowSaid(tx, row);
  const ops = await openThread(tx, accountChannelIdOf(self)).opsOn(said.ref, OPS_READ_MAX);
  for (const { ref, deed } of ops) {
    const op = await rowAt(tx, ref);
    if (op !== undefined && (deed.type === "edit" || deed.type === "reaction")) await strip(tx, op);
  }
  await strip(tx, row);
  const after = { ...UNTOUCHED, hidden: true };
  await tx.put("aggregates", aggregateRowOf(row, after));
  // This takes it off the screen, and off what is unread.
  await applyChange(tx, { target: said, before, after });
}

/** Nothing stays that it said, in whatever form. */
async function strip(tx: WriteTx, row: EntryRow): Promise<void> {
  const { extra: _extra, tb: _tb, ts: _ts, rank: _rank, ...kept } = row;
  await dropBlob(tx, row, row.own);
  await tx.put("entries", {
    ...kept,
    text: "",
    bytes: encodeEntry(withoutBody(entryOf(row))),
    ...(row.kind === KINDS.message.number ? { erased: true } : {}),
  });
}
