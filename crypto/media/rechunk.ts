/** Cuts a stream that comes in pieces of any size into pieces of one size. */
import { assert } from "../base/assert.ts";

export interface Rechunker {
  /** The full pieces that are there now; what is left waits, always less than one. */
  readonly push: (bytes: Uint8Array) => readonly Uint8Array[];
  /** What is left. */
  readonly rest: () => Uint8Array;
}

/** Views into what is pushed come back where nothing waits, copies elsewhere. */
export function rechunkerOf(size: number): Rechunker {
  assert(size > 0, "pieces hold something");
  const waiting = new Uint8Array(size);
  let held = 0;
  return {
    push: (bytes) => {
      const full: Uint8Array[] = [];
      let at = 0;
      if (held > 0) {
        at = Math.min(size - held, bytes.length);
        waiting.set(bytes.subarray(0, at), held);
        held += at;
        if (held < size) return full;
        full.push(waiting.slice());
        held = 0;
      }
      for (; at + size <= bytes.length; at += size) full.push(bytes.subarray(at, at + size));
      waiting.set(bytes.subarray(at));
      held = bytes.length - at;
      return full;
    },
    rest: () => waiting.slice(0, held),
  };
}
