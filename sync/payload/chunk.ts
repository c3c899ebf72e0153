/**
 * CHUNK: a part of a channel's history, newest first from chunk to chunk. Nothing of it is verified
 * here. docs/protocol/backfill.md, [HY7].
 *
 *     cbor [channel, read, writers, runs, left]
 *
 * | field   | meaning                                                                         |
 * | ------- | ------------------------------------------------------------------------------- |
 * | read    | [[log, known] …]: what our account has read, as the supplier knows              |
 * | writers | bodies of log.open, of the logs in `runs` that the asker did not name           |
 * | runs    | sync/backfill/run.ts                                                            |
 * | left    | entries that the supplier has more; 0: this was all                             |
 */
import type { Result } from "../../crypto/base/result.ts";
import { CHANNEL_ID_BYTES } from "../../crypto/identity/channel-id.ts";
import { type Run, RUN_SHAPE } from "../backfill/run.ts";
import {
  bytesShape,
  bytesUpTo,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  listShape,
  recordShape,
  type Shape,
  uintShape,
} from "../cbor-shape.ts";
import { HELD_SHAPE, type LogKnown } from "./backfill.ts";
import { CHUNK_RUNS_MAX, SESSION_BYTES_MAX, WRITER_BYTES_MAX } from "./limits.ts";

export type Chunk = {
  readonly channel: Uint8Array;
  readonly read: readonly LogKnown[];
  readonly writers: readonly Uint8Array[];
  readonly runs: readonly Run[];
  readonly left: number;
};

const CHUNK: Shape<Chunk> = recordShape<Chunk>({
  channel: bytesShape(CHANNEL_ID_BYTES),
  read: HELD_SHAPE,
  writers: listShape(bytesUpTo(WRITER_BYTES_MAX, 1), CHUNK_RUNS_MAX),
  runs: listShape(RUN_SHAPE, CHUNK_RUNS_MAX),
  left: uintShape(),
});

export const encodeChunk = (chunk: Chunk): Uint8Array => encodeShaped(CHUNK, chunk);

export const decodeChunk = (bytes: Uint8Array): Result<Chunk, DecodeError> =>
  decodeShaped(CHUNK, bytes, SESSION_BYTES_MAX);
