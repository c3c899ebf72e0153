import fc from "fast-check";
import { expect, test } from "vitest";

import { encodeCbor } from "../../../sync/cbor.ts";
import {
  decodeChunks,
  decodeHistoryBlob,
  encodeChunks,
  encodeHistoryBlob,
  type HistoryBlob,
} from "../../../sync/payload/history-blob.ts";
import {
  HISTORY_BYTES_MAX,
  HISTORY_CHUNKS_MAX,
  SESSION_BYTES_MAX,
} from "../../../sync/payload/limits.ts";
import { bytesOf } from "../../crypto/people.ts";
import { decoderContract } from "../decoder.contract.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

decoderContract<HistoryBlob, HistoryBlob>("historyBlob", {
  values: fc.record({
    channel: bytes(16),
    id: bytes(32),
    key: bytes(32),
    bytes: fc.integer({ min: 1, max: HISTORY_BYTES_MAX }),
  }),
  encode: encodeHistoryBlob,
  decode: decodeHistoryBlob,
});

decoderContract<readonly Uint8Array[], readonly Uint8Array[]>("chunks of history", {
  values: fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 9 }),
  encode: encodeChunks,
  decode: decodeChunks,
});

const part = [bytesOf(16, 1), bytesOf(32, 2), bytesOf(32, 3)];

test.each([
  ["no bytes", [...part, 0], "bytes"],
  ["more than a blob of history holds", [...part, HISTORY_BYTES_MAX + 1], "bytes"],
  ["a key of 31 bytes", [bytesOf(16, 1), bytesOf(32, 2), bytesOf(31, 3), 9], "key"],
])("[HY23] refuses %s", (_, body, at) => {
  expect(decodeHistoryBlob(encodeCbor(body))).toMatchObject({ ok: false, error: { at } });
});

test.each([
  ["no chunk", []],
  ["an empty chunk", [new Uint8Array(0)]],
  ["too many chunks", Array.from({ length: HISTORY_CHUNKS_MAX + 1 }, () => bytesOf(1, 1))],
  ["a chunk that is too large", [new Uint8Array(SESSION_BYTES_MAX + 1)]],
])("[HY23] a blob of %s is refused", (_, chunks) => {
  expect(decodeChunks(encodeCbor(chunks)).ok).toBe(false);
});
