/**
 * Presence topics: one opaque 32-byte name for each direction of each pair of people.
 *
 * | frame  | way    | payload                                                             |
 * | ------ | ------ | ------------------------------------------------------------------- |
 * | TSUB   | C to R | 1 to `TOPICS_PER_FRAME_MAX` topics; each is answered by a TEVT       |
 * | TUNSUB | C to R | the same                                                            |
 * | TPUB   | C to R | topic, then 0 to `TOPIC_PAYLOAD_BYTES_MAX` sealed bytes              |
 * | TEVT   | R to C | topic, u8 online (0 or 1), the newest payload                       |
 * | TWANT  | R to C | topic, u8 wanted (0 or 1): whether anybody looks                     |
 *
 * TEVT comes on transitions only: a changed payload, online, offline. The one that says offline carries
 * the last payload, so last seen travels in it.
 */
import { assert } from "../../crypto/base/assert.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import type { FrameCodec } from "./frame-codec.ts";
import { ID_BYTES, type Topic } from "./ids.ts";
import { TOPIC_PAYLOAD_BYTES_MAX, TOPICS_PER_FRAME_MAX } from "./limits.ts";

export type TsubFrame = { readonly type: "tsub"; readonly topics: readonly Topic[] };
export type TunsubFrame = { readonly type: "tunsub"; readonly topics: readonly Topic[] };
export type TpubFrame = {
  readonly type: "tpub";
  readonly topic: Topic;
  readonly payload: Uint8Array;
};
export type TevtFrame = {
  readonly type: "tevt";
  readonly topic: Topic;
  readonly isOnline: boolean;
  readonly payload: Uint8Array;
};
export type TwantFrame = {
  readonly type: "twant";
  readonly topic: Topic;
  readonly isWanted: boolean;
};

export const tsubCodec: FrameCodec<TsubFrame> = {
  code: 0x30,
  write: (writer, frame) => writeTopics(writer, frame.topics),
  read: (reader) => ({ type: "tsub", topics: readTopics(reader) }),
};

export const tunsubCodec: FrameCodec<TunsubFrame> = {
  code: 0x31,
  write: (writer, frame) => writeTopics(writer, frame.topics),
  read: (reader) => ({ type: "tunsub", topics: readTopics(reader) }),
};

export const tpubCodec: FrameCodec<TpubFrame> = {
  code: 0x32,
  write: (writer, frame) => {
    writer.fixed(frame.topic, ID_BYTES.Topic);
    writePayload(writer, frame.payload);
  },
  read: (reader) => ({
    type: "tpub",
    topic: reader.fixed(ID_BYTES.Topic) as Topic,
    payload: reader.tail("payload", 0, TOPIC_PAYLOAD_BYTES_MAX),
  }),
};

export const tevtCodec: FrameCodec<TevtFrame> = {
  code: 0x33,
  write: (writer, frame) => {
    writer.fixed(frame.topic, ID_BYTES.Topic);
    writer.u8(frame.isOnline ? 1 : 0);
    writePayload(writer, frame.payload);
  },
  read: (reader) => ({
    type: "tevt",
    topic: reader.fixed(ID_BYTES.Topic) as Topic,
    isOnline: reader.u8("online", 1) === 1,
    payload: reader.tail("payload", 0, TOPIC_PAYLOAD_BYTES_MAX),
  }),
};

export const twantCodec: FrameCodec<TwantFrame> = {
  code: 0x34,
  write: (writer, frame) => {
    writer.fixed(frame.topic, ID_BYTES.Topic);
    writer.u8(frame.isWanted ? 1 : 0);
  },
  read: (reader) => ({
    type: "twant",
    topic: reader.fixed(ID_BYTES.Topic) as Topic,
    isWanted: reader.u8("wanted", 1) === 1,
  }),
};

function writeTopics(writer: ByteWriter, topics: readonly Topic[]): void {
  assert(topics.length >= 1 && topics.length <= TOPICS_PER_FRAME_MAX, "topics within their bound");
  for (const topic of topics) writer.fixed(topic, ID_BYTES.Topic);
}

function readTopics(reader: ByteReader): readonly Topic[] {
  if (reader.remaining === 0 || reader.remaining > TOPICS_PER_FRAME_MAX * ID_BYTES.Topic) {
    reader.refuse("topics");
  }
  const topics: Topic[] = [];
  while (reader.remaining > 0 && reader.fault === undefined) {
    topics.push(reader.fixed(ID_BYTES.Topic) as Topic);
  }
  return topics;
}

function writePayload(writer: ByteWriter, payload: Uint8Array): void {
  assert(payload.length <= TOPIC_PAYLOAD_BYTES_MAX, "a topic's payload within its bound");
  writer.tail(payload);
}
