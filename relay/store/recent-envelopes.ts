/**
 * Envelopes that were removed a short while ago, so that a sender who missed the OK and repeats a PUT
 * does not have it delivered twice. Soft: a restart forgets it, and receivers dedupe for themselves.
 * Two generations of at most `RECENT_ENVELOPES_MAX`, each for `RECENT_ENVELOPES_MS`.
 */
import { RECENT_ENVELOPES_MAX, RECENT_ENVELOPES_MS } from "../limits.ts";

const keyOf = (mailboxNo: number, envelope: string): string => `${mailboxNo}/${envelope}`;

export class RecentEnvelopes {
  #young = new Set<string>();
  #old = new Set<string>();
  #youngSinceMs = 0;

  add(mailboxNo: number, envelope: string): void {
    if (this.#young.size >= RECENT_ENVELOPES_MAX) this.#turn();
    this.#young.add(keyOf(mailboxNo, envelope));
  }

  has(mailboxNo: number, envelope: string): boolean {
    const key = keyOf(mailboxNo, envelope);
    return this.#young.has(key) || this.#old.has(key);
  }

  /** Call before a commit: time passes only here. */
  age(nowMs: number): void {
    if (Math.abs(nowMs - this.#youngSinceMs) < RECENT_ENVELOPES_MS) return;
    this.#youngSinceMs = nowMs;
    this.#turn();
  }

  #turn(): void {
    this.#old = this.#young;
    this.#young = new Set();
  }
}
