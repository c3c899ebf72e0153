/**
 * The work that a relay under load asks of a newcomer: a nonce whose hash with the challenge begins
 * with so many zero bits (crypto/public/relay-ids.ts). Done in slices with a turn of the timers in
 * between, so that nothing else waits for it. Rule [RH4].
 */
import { assert } from "../../crypto/base/assert.ts";
import { u53le } from "../../crypto/base/bytes.ts";
import { powOf } from "../../crypto/public/relay-ids.ts";
import type { Timers } from "../clock/timers.ts";

/** 12 s of a desktop, a minute of a phone (0.7 us a hash): more is no admission but a refusal. */
export const WORK_BITS_MAX = 24;
/** 3 ms of a desktop. */
const SLICE_HASHES = 4_000;

/** Answers the nonce, after 2^bits hashes on average. `bits` is 0 to `WORK_BITS_MAX`. */
export async function solveWork(
  challenge: Uint8Array,
  bits: number,
  timers: Timers,
): Promise<Uint8Array> {
  assert(bits >= 0 && bits <= WORK_BITS_MAX, "work within its bound");
  for (let count = 0; ; count += 1) {
    const nonce = u53le(count);
    if (powOf(challenge, nonce) >= bits) return nonce;
    if (count % SLICE_HASHES === SLICE_HASHES - 1) await turnOf(timers);
  }
}

const turnOf = (timers: Timers): Promise<void> =>
  new Promise((resolve) => {
    timers.after(0, resolve);
  });
