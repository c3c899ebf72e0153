/**
 * What a PUT must pass before it reaches the store: the envelope names its body, the socket has not too
 * many under way, the commit queue has room, and each token keeps its rate. All of it is soft state, and
 * asked in the same way for tokens that exist and tokens that do not.
 */
import { envelopeIdOf, tokenHashOf } from "../crypto/public/relay-ids.ts";
import { idOf, type TokenHash } from "../sync/wire/ids.ts";
import { PUTS_OUTSTANDING_MAX } from "../sync/wire/limits.ts";
import type { PutStatus } from "../sync/wire/ok-frame.ts";
import type { PutFrame, PutTarget } from "../sync/wire/put-frame.ts";
import { RateLimiter } from "./admission/rate.ts";
import { latin1 } from "./latin1.ts";
import { BUSY_FAILED_MS, type RelaySettings, TOKEN_BURST, TOKEN_BYTES_BURST } from "./limits.ts";

export type AdmittedTarget = PutTarget & { readonly tokenHash: TokenHash };

/** One entry a target: its hash when it may go on, else what it is answered. */
export type Gated = AdmittedTarget | PutStatus;

export const isAdmitted = (gated: Gated): gated is AdmittedTarget => "tokenHash" in gated;

export class PutGate {
  readonly #puts: RateLimiter<string>;
  readonly #bytes: RateLimiter<string>;

  constructor(settings: RelaySettings) {
    const { tokenPutsPerSecond, tokenBytesPerSecond } = settings;
    this.#puts = new RateLimiter({
      perSecond: tokenPutsPerSecond,
      burst: Math.max(TOKEN_BURST, tokenPutsPerSecond),
    });
    this.#bytes = new RateLimiter({
      perSecond: tokenBytesPerSecond,
      burst: Math.max(TOKEN_BYTES_BURST, tokenBytesPerSecond),
    });
  }

  pass(
    frame: PutFrame,
    at: { readonly outstanding: number; readonly isQueueFull: boolean; readonly nowMs: number },
  ): readonly Gated[] {
    if (at.outstanding >= PUTS_OUTSTANDING_MAX || at.isQueueFull) {
      return frame.targets.map(() => ({ status: "busy", retryAfterMs: BUSY_FAILED_MS }));
    }
    if (Buffer.compare(envelopeIdOf(frame.body), frame.envelope) !== 0) {
      return frame.targets.map(() => ({ status: "badEnvelope" }));
    }
    return frame.targets.map((target) => this.#target(target, frame.body.length, at.nowMs));
  }

  #target(target: PutTarget, bytes: number, nowMs: number): Gated {
    const tokenHash = idOf("TokenHash", tokenHashOf(target.token));
    const key = latin1(tokenHash);
    const retryAfterMs = this.#puts.take(key, 1, nowMs) || this.#bytes.take(key, bytes, nowMs);
    return retryAfterMs > 0 ? { status: "busy", retryAfterMs } : { ...target, tokenHash };
  }
}
