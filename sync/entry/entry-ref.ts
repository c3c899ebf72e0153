/**
 * How one entry names another for good: `cbor [log, seq, id]`. Unlike a dep it is an authority: two
 * entries that an author put under one number are told apart. docs/protocol/messages.md, [MB1].
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import { toHex } from "../../crypto/base/hex.ts";
import { bytesShape, recordShape, type Shape, uintShape } from "../cbor-shape.ts";
import { SEQ_MAX } from "../log/known.ts";
import { LOG_ID_BYTES } from "./entry.ts";

export const REF_ID_BYTES = 16;

export type EntryRef = {
  readonly log: Uint8Array;
  readonly seq: number;
  /** The first 16 bytes of the entryId. */
  readonly id: Uint8Array;
};

export const REF_SHAPE: Shape<EntryRef> = recordShape<EntryRef>({
  log: bytesShape(LOG_ID_BYTES),
  seq: uintShape(SEQ_MAX, 1),
  id: bytesShape(REF_ID_BYTES),
});

/** `entryId`: all 32 bytes. */
export const refOf = (log: Uint8Array, seq: number, entryId: Uint8Array): EntryRef => ({
  log,
  seq,
  id: entryId.slice(0, REF_ID_BYTES),
});

export const isSameRef = (a: EntryRef, b: EntryRef): boolean =>
  a.seq === b.seq && equalBytes(a.log, b.log) && equalBytes(a.id, b.id);

/** A key for maps: the same for the same entry, and for no other. */
export const refKey = ({ log, seq, id }: EntryRef): string => `${toHex(log)}.${seq}.${toHex(id)}`;
