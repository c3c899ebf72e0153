/**
 * Proof of work for new mailboxes under load. A challenge is a keyed hash of the new mailbox's key and of
 * the time window: nothing is kept for it, it serves this one key, and it ends by itself.
 */
import { createHmac } from "node:crypto";

import { equalBytes } from "../../crypto/base/bytes.ts";
import { POW_CHALLENGE_BYTES, powOf } from "../../crypto/public/relay-ids.ts";
import { POW_BITS, POW_WINDOW_MS } from "../limits.ts";

export class ProofOfWork {
  readonly #secret: Uint8Array;

  /** `secret`: 32 bytes of this process. */
  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  challengeOf(publicKey: Uint8Array, nowMs: number): Uint8Array {
    return this.#challenge(publicKey, windowOf(nowMs));
  }

  isDone(
    publicKey: Uint8Array,
    pow: { readonly challenge: Uint8Array; readonly nonce: Uint8Array },
    nowMs: number,
  ): boolean {
    const window = windowOf(nowMs);
    const isOurs = [window, window - 1].some((it) =>
      equalBytes(this.#challenge(publicKey, it), pow.challenge),
    );
    return isOurs && powOf(pow.challenge, pow.nonce) >= POW_BITS;
  }

  #challenge(publicKey: Uint8Array, window: number): Uint8Array {
    const mac = createHmac("sha256", this.#secret).update(`${window}/`).update(publicKey);
    return new Uint8Array(mac.digest().subarray(0, POW_CHALLENGE_BYTES));
  }
}

const windowOf = (nowMs: number): number => Math.floor(nowMs / POW_WINDOW_MS);
