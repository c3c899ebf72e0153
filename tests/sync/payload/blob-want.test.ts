import fc from "fast-check";
import { expect, test } from "vitest";

import { encodeCbor } from "../../../sync/cbor.ts";
import { type BlobWant, decodeBlobWant, encodeBlobWant } from "../../../sync/payload/blob-want.ts";
import { bytesOf } from "../../crypto/people.ts";
import { decoderContract } from "../decoder.contract.ts";

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

decoderContract<BlobWant, BlobWant>("blobWant", {
  values: fc.record({ channel: bytes(16), id: bytes(32) }),
  encode: encodeBlobWant,
  decode: decodeBlobWant,
});

test.each([
  ["a channel of 15 bytes", [bytesOf(15, 1), bytesOf(32, 2)], "channel"],
  ["an id of 33 bytes", [bytesOf(16, 1), bytesOf(33, 2)], "id"],
])("[ME10] refuses %s", (_, body, at) => {
  expect(decodeBlobWant(encodeCbor(body))).toMatchObject({ ok: false, error: { at } });
});
