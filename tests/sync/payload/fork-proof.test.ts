import fc from "fast-check";
import { expect, test } from "vitest";

import { encodeCbor } from "../../../sync/cbor.ts";
import {
  decodeForkProof,
  encodeForkProof,
  type ForkProof,
} from "../../../sync/payload/fork-proof.ts";
import { FORK_PROOF_BYTES_MAX } from "../../../sync/payload/limits.ts";
import { bytesOf } from "../../crypto/people.ts";
import { decoderContract } from "../decoder.contract.ts";

const entry = fc.uint8Array({ minLength: 1, maxLength: 200 });

decoderContract<ForkProof, ForkProof>("fork proof", {
  values: fc.record({ first: entry, second: entry }),
  encode: encodeForkProof,
  decode: decodeForkProof,
});

test("[FK1] refuses one that is too long, unread, and one without a second entry", () => {
  const long = encodeCbor([bytesOf(FORK_PROOF_BYTES_MAX, 1), bytesOf(9, 2)]);
  expect(decodeForkProof(long)).toEqual({
    ok: false,
    error: { type: "TooLarge", bytes: long.length, limit: FORK_PROOF_BYTES_MAX },
  });
  expect(decodeForkProof(encodeCbor([bytesOf(9, 1), bytesOf(0, 2)]))).toEqual({
    ok: false,
    error: { type: "ShapeWrong", at: "second" },
  });
});
