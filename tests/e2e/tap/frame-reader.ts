/**
 * Reads the WebSocket messages out of one direction of a connection (RFC 6455, section 5.2), whatever
 * pieces its bytes come in, with the client's mask taken off.
 *
 *   offset | bytes     | field
 *   0      | 1         | FIN, RSV1 to RSV3, opcode (4 bits)
 *   1      | 1         | MASK, length (7 bits): 0 to 125; 126 and 127 announce the next field
 *   2      | 0, 2 or 8 | length, big endian
 *   …      | 0 or 4    | mask
 *   …      | length    | payload XOR mask
 */

/** More than a relay takes in one message: what announces more is not a frame. */
const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;
const FIN = 0x80;
/** RSV1 is permessage-deflate: compressed bytes would be searched, and nothing found. */
const RESERVED = 0x70;
const CONTROL = 0x08;
const MASK = 0x80;
const LENGTH = 0x7f;

type Frame = { readonly first: number; readonly payload: Buffer; readonly bytes: number };

export class FrameReader {
  readonly #hear: (message: Buffer) => void;
  #unread: Buffer = Buffer.alloc(0);
  #fragments: Buffer[] = [];

  /** `hear` gets each message whole, and the payload of each control frame. */
  constructor(hear: (message: Buffer) => void) {
    this.#hear = hear;
  }

  /** Throws on what is no uncompressed frame: a tap that cannot hear must not pass. */
  read(piece: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, piece]);
    for (let frame = frameAt(this.#unread); frame !== null; frame = frameAt(this.#unread)) {
      this.#unread = this.#unread.subarray(frame.bytes);
      this.#take(frame);
    }
  }

  #take({ first, payload }: Frame): void {
    if ((first & RESERVED) !== 0) throw new Error("a compressed frame: the tap would be blind");
    if ((first & CONTROL) !== 0) return this.#hear(payload);
    this.#fragments.push(payload);
    if ((first & FIN) === 0) return;
    this.#hear(Buffer.concat(this.#fragments));
    this.#fragments = [];
  }
}

/** The frame that `bytes` begin with; null: not all of it is there yet. */
function frameAt(bytes: Buffer): Frame | null {
  if (bytes.length < 2) return null;
  const short = bytes.readUInt8(1) & LENGTH;
  const lengthBytes = { 126: 2, 127: 8 }[short] ?? 0;
  const isMasked = (bytes.readUInt8(1) & MASK) !== 0;
  const start = 2 + lengthBytes + (isMasked ? 4 : 0);
  if (bytes.length < start) return null;
  const length =
    lengthBytes === 0
      ? short
      : bytes.subarray(2, 2 + lengthBytes).reduce((sum, byte) => sum * 256 + byte, 0);
  if (length > MESSAGE_BYTES_MAX) throw new Error(`a frame of ${length} bytes`);
  if (bytes.length < start + length) return null;
  const payload = Buffer.from(bytes.subarray(start, start + length));
  if (isMasked) unmask(payload, bytes.subarray(start - 4, start));
  return { first: bytes.readUInt8(0), payload, bytes: start + length };
}

function unmask(payload: Buffer, mask: Buffer): void {
  for (let i = 0; i < payload.length; i++) {
    payload.writeUInt8(payload.readUInt8(i) ^ mask.readUInt8(i % 4), i);
  }
}
