/**
 * Reads foreign bytes without ever throwing or leaving its view. The first fault sticks: from then on
 * every read answers zeros, and the decoder asks once, at the end, whether `fault` is set.
 */
import { VARUINT_BYTES_MAX, VARUINT_MAX } from "./varuint.ts";

export type ReadFault =
  | { readonly type: "Truncated" }
  | { readonly type: "VaruintMalformed" }
  | { readonly type: "FieldOutOfBounds"; readonly field: string };

export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #fault: ReadFault | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get fault(): ReadFault | undefined {
    return this.#fault;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  u8(field: string, max = 0xff): number {
    const value = this.#bytes[this.#at];
    if (this.#fault !== undefined || value === undefined) return this.#fail({ type: "Truncated" });
    this.#at += 1;
    return value <= max ? value : this.#fail({ type: "FieldOutOfBounds", field });
  }

  varuint(field: string, max = VARUINT_MAX): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < VARUINT_BYTES_MAX; count += 1) {
      const byte = this.u8(field);
      if (this.#fault !== undefined) return 0;
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
      if (byte >= 0x80) continue;
      const isShortest = count === 0 || byte !== 0;
      if (!isShortest || value > VARUINT_MAX) return this.#fail({ type: "VaruintMalformed" });
      return value <= max ? value : this.#fail({ type: "FieldOutOfBounds", field });
    }
    return this.#fail({ type: "VaruintMalformed" });
  }

  /** A view of the next `count` bytes; zeros of that length when there are fewer. */
  fixed(count: number): Uint8Array {
    if (this.#fault !== undefined || this.remaining < count) {
      this.#fail({ type: "Truncated" });
      return new Uint8Array(count);
    }
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** A view of everything that is left, between `min` and `max` bytes. */
  tail(field: string, min: number, max: number): Uint8Array {
    if (this.#fault !== undefined) return new Uint8Array(0);
    if (this.remaining < min || this.remaining > max) {
      this.#fail({ type: "FieldOutOfBounds", field });
      return new Uint8Array(0);
    }
    return this.fixed(this.remaining);
  }

  /** For rules that a decoder checks itself. The first fault wins. */
  refuse(field: string): void {
    this.#fail({ type: "FieldOutOfBounds", field });
  }

  #fail(fault: ReadFault): 0 {
    this.#fault ??= fault;
    return 0;
  }
}
