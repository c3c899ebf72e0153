/**
 * GOAWAY, relay to client: this relay is about to close the socket. Unacknowledged deliveries stay.
 *
 * | bytes   | field        | rule                                                             |
 * | ------- | ------------ | ---------------------------------------------------------------- |
 * | u8      | reason       | 0 stopping, 1 overloaded                                         |
 * | varuint | afterMs      | come back no earlier than this                                   |
 * | varuint | count        | 0 to `ALTERNATIVES_MAX`                                          |
 * | each    | alternatives | varuint length, then ASCII: URL of another relay, same store     |
 */
import { assert } from "../../crypto/base/assert.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { FrameCodec } from "./frame-codec.ts";
import { ALTERNATIVES_MAX, RELAY_URL_BYTES_MAX } from "./limits.ts";

export const GOAWAY_REASONS = ["stopping", "overloaded"] as const;
export type GoawayReason = (typeof GOAWAY_REASONS)[number];

export type GoawayFrame = {
  readonly type: "goaway";
  readonly reason: GoawayReason;
  readonly afterMs: number;
  readonly alternatives: readonly string[];
};

const ASCII_FIRST = 0x21;
const ASCII_LAST = 0x7e;

export const goawayCodec: FrameCodec<GoawayFrame> = {
  code: 0x50,
  write: (writer, frame) => {
    assert(frame.alternatives.length <= ALTERNATIVES_MAX, "alternatives within their bound");
    writer.u8(GOAWAY_REASONS.indexOf(frame.reason));
    writer.varuint(frame.afterMs);
    writer.varuint(frame.alternatives.length);
    for (const url of frame.alternatives) {
      assert(url.length <= RELAY_URL_BYTES_MAX, "a relay's URL within its bound");
      writer.varuint(url.length);
      for (const char of url) {
        const code = char.codePointAt(0) ?? 0;
        assert(code >= ASCII_FIRST && code <= ASCII_LAST, "a URL is ASCII");
        writer.u8(code);
      }
    }
  },
  read: (reader) => {
    const reason = GOAWAY_REASONS[reader.u8("reason", GOAWAY_REASONS.length - 1)] ?? "stopping";
    const afterMs = reader.varuint("afterMs");
    const count = reader.varuint("alternatives", ALTERNATIVES_MAX);
    const alternatives: string[] = [];
    while (alternatives.length < count && reader.fault === undefined) {
      alternatives.push(readUrl(reader));
    }
    return { type: "goaway", reason, afterMs, alternatives };
  },
};

function readUrl(reader: ByteReader): string {
  const bytes = reader.fixed(reader.varuint("alternatives", RELAY_URL_BYTES_MAX));
  if (bytes.some((byte) => byte < ASCII_FIRST || byte > ASCII_LAST)) reader.refuse("alternatives");
  return String.fromCodePoint(...bytes);
}
