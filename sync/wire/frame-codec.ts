/** One struct of the wire: its type byte, and its payload's writer and reader. */
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

export type FrameCodec<Struct> = {
  readonly code: number;
  /** Our own frames are valid: a bound that does not hold is a Bug. */
  readonly write: (writer: ByteWriter, frame: Struct) => void;
  /** Faults stick to the reader; what is returned then is thrown away. Byte fields are views. */
  readonly read: (reader: ByteReader) => Struct;
};
