import fc from "fast-check";
import { expect, test } from "vitest";

import { RETRY_FIRST_MS, RETRY_MAX_MS, retryDelayMs } from "../../../sync/session/backoff.ts";

const filled = (fill: number) => (bytes: number) => new Uint8Array(bytes).fill(fill);

test("[SE3] every wait lies between none and the ceiling, which doubles up to a minute", () => {
  fc.assert(
    fc.property(fc.nat(5_000), fc.uint8Array({ minLength: 4, maxLength: 4 }), (attempt, bytes) => {
      const delayMs = retryDelayMs(attempt, () => bytes);
      expect(Number.isInteger(delayMs)).toBe(true);
      expect(delayMs).toBeGreaterThanOrEqual(0);
      expect(delayMs).toBeLessThanOrEqual(Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** attempt));
    }),
  );
});

test("[SE3] devices are spread over the whole wait", () => {
  expect(retryDelayMs(3, filled(0))).toBe(0);
  expect(retryDelayMs(3, () => Uint8Array.of(0, 0, 0, 128))).toBe(4_000);
  expect(retryDelayMs(3, filled(255))).toBe(8_000);
});
