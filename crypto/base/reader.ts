/**
 * Reading fixed layouts from foreign bytes. A reader never throws and never reads past its view:
 * the first read that finds too little makes it fail for good, and each later read gives zeros or
 * nothing. So a decoder reads straight down its table and asks `finished()` once, before it
 * believes anything it read.
 */
export type Reader = {
  /** Exactly `length` bytes, copied; empty after a failure. */
  readonly bytes: (length: number) => Uint8Array;
  /** A u16 length of at most `max`, then so many bytes. */
  readonly bytes16: (max: number) => Uint8Array;
  readonly u8: () => number;
  readonly u16: () => number;
  readonly u32: () => number;
  /** Eight bytes; fails over 2^53 - 1. */
  readonly u53: () => number;
  /** A u8 count of at most `max`; 0 after a failure, so a loop over it ends. */
  readonly count: (max: number) => number;
  /** Everything that is left. */
  readonly rest: () => Uint8Array;
  /** Fails for good: the decoder found a rule of its own broken. */
  readonly fail: () => void;
  /** True when nothing failed and nothing is left over. */
  readonly finished: () => boolean;
};

export function readerOf(view: Uint8Array): Reader {
  let at = 0;
  let failed = false;

  const bytes = (length: number): Uint8Array => {
    if (failed || length > view.length - at) {
      failed = true;
      return new Uint8Array(0);
    }
    at += length;
    return view.slice(at - length, at);
  };
  const integer = (width: number): number => {
    let value = 0;
    for (const byte of bytes(width).reverse()) value = value * 256 + byte;
    return value;
  };
  const bounded = (value: number, max: number): number => {
    if (value <= max) return value;
    failed = true;
    return 0;
  };
  return {
    bytes,
    bytes16: (max) => bytes(bounded(integer(2), max)),
    u8: () => integer(1),
    u16: () => integer(2),
    u32: () => integer(4),
    u53: () => bounded(integer(8), Number.MAX_SAFE_INTEGER),
    count: (max) => bounded(integer(1), max),
    rest: () => bytes(view.length - at),
    fail: () => {
      failed = true;
    },
    finished: () => !failed && at === view.length,
  };
}
