import fc from "fast-check";
import { expect, test } from "vitest";

import { isSameRef, refKey, refOf } from "../../../sync/entry/entry-ref.ts";
import { refs } from "./any-body.ts";
import { filled } from "./signed-entry.ts";

test("[MB1] a reference holds log, number and the head of the id", () => {
  const id = Uint8Array.from({ length: 32 }, (_, i) => i);
  expect(refOf(filled(16, 1), 7, id)).toEqual({ log: filled(16, 1), seq: 7, id: id.slice(0, 16) });
});

test("[MB1] two references are one if log, number and id are", () => {
  fc.assert(
    fc.property(refs, refs, (a, b) => {
      expect(isSameRef(a, { ...a })).toBe(true);
      expect(isSameRef(a, { ...a, id: b.id })).toBe(refKey(a) === refKey({ ...a, id: b.id }));
      for (const other of [b, { ...a, seq: b.seq }, { ...a, log: b.log }, { ...a, id: b.id }]) {
        expect(isSameRef(a, other)).toBe(refKey(a) === refKey(other));
      }
    }),
  );
});
