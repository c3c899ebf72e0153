/**
 * How long a device waits before it knocks again: exponential with full jitter, so that the devices
 * of a relay that came back do not all knock in the same second. Marc Brooker, "Exponential Backoff
 * And Jitter", AWS Architecture Blog 2015. docs/protocol/sync-session.md, rule [SE3].
 */
import { assert } from "../../crypto/base/assert.ts";
import type { Random } from "../../crypto/base/random.ts";

export const RETRY_FIRST_MS = 1_000;
export const RETRY_MAX_MS = 60_000;

/** 0 to twice as long as the last time, at most `RETRY_MAX_MS`. `attempt` counts from 0. */
export function retryDelayMs(attempt: number, random: Random): number {
  assert(Number.isSafeInteger(attempt) && attempt >= 0, "attempt counts from 0");
  const ceilingMs = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** attempt);
  return Math.round(fractionOf(random) * ceilingMs);
}

/** Even over [0, 1). */
function fractionOf(random: Random): number {
  let fraction = 0;
  for (const byte of random(4)) fraction = (fraction + byte) / 256;
  return fraction;
}
