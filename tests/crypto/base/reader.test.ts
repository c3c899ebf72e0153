import { expect, test } from "vitest";

import { readerOf } from "../../../crypto/base/reader.ts";

test("[BY5] a reader never reads past its view, and once failed gives nothing more", () => {
  const pool = new Uint8Array(64).fill(0xff);
  const r = readerOf(pool.subarray(8, 12));
  expect(r.u16()).toBe(0xffff);
  expect(r.bytes(3)).toHaveLength(0);
  expect([r.u8(), r.count(5), r.rest().length, r.finished()]).toEqual([0, 0, 0, false]);
});

test("[BY6] a reader refuses counts, lengths and integers over their bounds", () => {
  for (const read of [
    (r: ReturnType<typeof readerOf>) => r.count(4),
    (r: ReturnType<typeof readerOf>) => r.bytes16(3).length,
    (r: ReturnType<typeof readerOf>) => r.u53(),
  ]) {
    const r = readerOf(new Uint8Array(64).fill(0x20));
    expect(read(r)).toBe(0);
    r.rest();
    expect(r.finished()).toBe(false);
  }
});
