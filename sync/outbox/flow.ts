/**
 * How much a device's mailbox takes at a time: relays limit what comes under one token, and a backlog
 * that ignores it would be refused over and over. Additive increase, multiplicative decrease (Chiu and
 * Jain, "Analysis of the Increase and Decrease Algorithms", 1989). Known to memory alone.
 * docs/protocol/sync.md, rule [OB11].
 */
import type { Hex } from "../store/rows.ts";

/** Envelopes on their way to one device. */
export const FLOW_MAX = 64;

export class Flow {
  /** Of devices that were refused lately; all others take `FLOW_MAX`. */
  readonly #windows = new Map<Hex, number>();

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
