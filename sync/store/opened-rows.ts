/**
 * Rows that a reader has opened lately. A live query asks for sixty rows again when one of them is
 * new, and in JavaScript a row costs more to open than all else that is done with it.
 *
 *   [SL6] A row comes out of here only for the very bytes, in the very place, that it was opened from.
 *   [SL7] It is the same object as before, frozen: who compares rows sees at once which ones changed.
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import type { Fields } from "./keys.ts";

/** Of one table; the oldest go first. Several windows of messages (app/features/conversation/). */
export const OPENED_ROWS_MAX = 1_000;

type Opened = { readonly record: Uint8Array; readonly row: Fields };

export class OpenedRows {
  readonly #byPlace = new Map<string, Opened>();

  /** `place` is all of the row that is readable, `record` the rest as it was found. */
  get(place: string, record: Uint8Array): Fields | undefined {
    const opened = this.#byPlace.get(place);
    return opened !== undefined && equalBytes(opened.record, record) ? opened.row : undefined;
  }

  keep(place: string, record: Uint8Array, row: Fields): Fields {
    this.#byPlace.delete(place);
    this.#byPlace.set(place, { record, row: Object.freeze(row) });
    const [oldest] = this.#byPlace.keys();
    if (this.#byPlace.size > OPENED_ROWS_MAX && oldest !== undefined) this.#byPlace.delete(oldest);
    return row;
  }
}
