/**
 * How much a device's mailbox takes at a time: relays limit what comes under one token, and a backlog
 * that ignores it would be refused over and over. Additive increase, multiplicative decrease (Chiu and
 * Jain, "Analysis of the Increase and Decrease Algorithms", 1989). Known to memory alone.
 * docs/protocol/sync.md, rule [OB11].
 */
import type { Hex } from "../../crypto/base/hex.ts";

/** Envelopes on their way to one device. */
export const FLOW_MAX = 64;

/** Who did not answer is asked after all others for so long. */
export const SILENT_MS = 300_000;
/** Names that are remembered so; the oldest are forgotten. */
const SILENT_MAX = 2_048;

export class Flow {
  /** Of devices that were refused lately; all others take `FLOW_MAX`. */
  readonly #windows = new Map<Hex, number>();

  /** Relays, by address, that did not answer, and devices whose prekeys could not be had; since when. */
  readonly #silentSinceMs = new Map<string, number>();

  isSilent(name: string, nowMs: number): boolean {
    const ageMs = nowMs - (this.#silentSinceMs.get(name) ?? -Infinity);
    return ageMs >= 0 && ageMs < SILENT_MS;
  }

  /** True when that is news: what waits for this one may go to others at once. */
  silent(name: string, nowMs: number): boolean {
    const isNews = !this.isSilent(name, nowMs);
    if (!isNews) return false;
    this.#silentSinceMs.delete(name);
    this.#silentSinceMs.set(name, nowMs);
    const [oldest] = this.#silentSinceMs.keys();
    if (this.#silentSinceMs.size > SILENT_MAX && oldest !== undefined) this.heard(oldest);
    return true;
  }

  heard(name: string): void {
    this.#silentSinceMs.delete(name);
  }

  /** 1 to `FLOW_MAX`. */
  windowOf(device: Hex): number {
    return this.#windows.get(device) ?? FLOW_MAX;
  }

  isSlowed(device: Hex): boolean {
    return this.#windows.has(device);
  }

  taken(device: Hex): void {
    const window = this.#windows.get(device);
    if (window === undefined) return;
    if (window + 1 >= FLOW_MAX) this.#windows.delete(device);
    else this.#windows.set(device, window + 1);
  }

  refused(device: Hex): void {
    this.#windows.set(device, Math.max(1, Math.floor(this.windowOf(device) / 2)));
  }
}
