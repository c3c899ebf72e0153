/**
 * Envelopes that were removed a short while ago, so that a sender who missed the OK and repeats a PUT
 * does not have it delivered twice. Soft: a restart forgets it, and receivers dedupe for themselves.
 * Two generations of at most `RECENT_ENVELOPES_MAX`, each for `RECENT_ENVELOPES_MS`.
 */
import { RECENT_ENVELOPES_MAX, RECENT_ENVELOPES_MS } from "../limits.ts";

/** Numbers of the mailboxes it was removed from, by envelope. */
type Generation = Map<string, number[]>;

export class RecentEnvelopes {
  #young: Generation = new Map();
  #old: Generation = new Map();
  #count = 0;
  #youngSinceMs = 0;

  add(mailboxNo: number, envelope: string): void {
    if (this.#count >= RECENT_ENVELOPES_MAX) this.#turn();
    this.#count += 1;
    const known = this.#young.get(envelope);
    if (known === undefined) this.#young.set(envelope, [mailboxNo]);
    else known.push(mailboxNo);
  }

  has(mailboxNo: number, envelope: string): boolean {
    return (
      this.#young.get(envelope)?.includes(mailboxNo) === true ||
      this.#old.get(envelope)?.includes(mailboxNo) === true
    );
  }

  /** Call before a commit: time passes only here. */
  age(nowMs: number): void {
    if (Math.abs(nowMs - this.#youngSinceMs) < RECENT_ENVELOPES_MS) return;
    this.#youngSinceMs = nowMs;
    this.#turn();
  }

  #turn(): void {
    this.#old = this.#young;
    this.#young = new Map();
    this.#count = 0;
  }
}
