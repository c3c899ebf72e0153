/**
 * Chance that can be had again: sfc32 (Chris Doty-Humphrey, PractRand), 128 bits of state, passes
 * BigCrush. A run has several streams, told apart by name, so that a plan which is made shorter
 * leaves the chance of everybody else as it was.
 */
import { assert } from "../../crypto/base/assert.ts";
import type { Random } from "../../crypto/base/random.ts";

export class Chance {
  #a: number;
  #b = 0x9e37_79b9 | 0;
  #c: number;
  #d = 1;

  constructor(seed: number, stream = "") {
    this.#a = seed | 0;
    this.#c = Math.trunc(seed / 2 ** 32) | 0;
    for (const character of stream) {
      this.#c = (Math.imul(this.#c, 0x0100_0193) ^ (character.codePointAt(0) ?? 0)) | 0;
    }
    for (let i = 0; i < 16; i += 1) this.u32();
  }

  u32(): number {
    const t = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  /** [0, 1). */
  fraction(): number {
    return this.u32() / 2 ** 32;
  }

  /** 0 to n - 1. */
  below(n: number): number {
    return this.u32() % n;
  }

  /** Both ends included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  happens(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)];
    assert(picked !== undefined, "something to pick from");
    return picked;
  }

  readonly bytes: Random = (length) => {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i += 1) bytes[i] = this.u32();
    return bytes;
  };
}
