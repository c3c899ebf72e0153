import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { chainStep } from "../../../crypto/ratchet/keys.ts";
import { findSkipped, skipTo } from "../../../crypto/ratchet/skipped.ts";
import { bytesOf } from "../people.ts";

beforeAll(() => ready);

test("[RA14] skipping gives the keys that stepping gives, and keeps the last ones alone", () => {
  const stepped: Uint8Array[] = [];
  let chainKey = bytesOf(32, 1);
  for (let i = 0; i < 6; i++) {
    const step = chainStep(chainKey);
    stepped.push(step.messageKey);
    chainKey = step.chainKey;
  }
  const start = bytesOf(32, 1);
  const far = skipTo(start, 10, 16, 4);
  expect(far.chainKey).toEqual(chainKey);
  expect(far.skipped.map((it) => it.n)).toEqual([12, 13, 14, 15]);
  expect(far.skipped.map((it) => it.key)).toEqual(stepped.slice(2));
  expect(findSkipped(far.skipped, 13)).toEqual(stepped[3]);
  expect(findSkipped(far.skipped, 11)).toBeUndefined();
  expect(start).toEqual(bytesOf(32, 1));
});
