/**
 * Collects the frames of one batch in one growing buffer. A frame is written behind three reserved
 * bytes and moved up when its length is known, so no struct computes its size ahead.
 */
import { assert } from "../../crypto/base/assert.ts";
import { SOCKET_MESSAGE_BYTES_MAX } from "./limits.ts";
import { isVaruint, VARUINT_BYTES_MAX, varuintBytes, writeVaruint } from "./varuint.ts";

const FIRST_BYTES = 1_024;
/** From the first frame to a full batch in three steps. */
const GROWTH = 4;
/** What an idle writer holds: many sockets have one and say nothing. */
const NONE = new Uint8Array(0);
const LENGTH_BYTES_MAX = varuintBytes(SOCKET_MESSAGE_BYTES_MAX);

export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer> = NONE;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  u8(value: number): void {
    assert(isVaruint(value) && value <= 0xff, "a u8 is 0 to 255");
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  varuint(value: number): void {
    assert(isVaruint(value), "a varuint is a safe whole number");
    this.#room(VARUINT_BYTES_MAX);
    this.#length = writeVaruint(this.#bytes, this.#length, value);
  }

  /** A field of exactly `count` bytes. */
  fixed(value: Uint8Array, count: number): void {
    assert(value.length === count, "a fixed field has its length");
    this.tail(value);
  }

  /** Bytes that reach to the end of the frame, or whose length was written before. */
  tail(value: Uint8Array): void {
    this.#room(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** Writes what `payload` writes, preceded by its length as a varuint. */
  framed(payload: () => void): void {
    const start = this.#length;
    const body = start + LENGTH_BYTES_MAX;
    this.#room(LENGTH_BYTES_MAX);
    this.#length = body;
    payload();
    const behind = writeVaruint(this.#bytes, start, this.#length - body);
    this.#bytes.copyWithin(behind, body, this.#length);
    this.#length -= body - behind;
  }

  /** Everything so far, for the caller to keep; the writer starts again with nothing. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = NONE;
    this.#length = 0;
    return taken;
  }

  #room(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * GROWTH, FIRST_BYTES));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
