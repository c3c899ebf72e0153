import fc from "fast-check";
import { expect, test } from "vitest";

import { HAND_OVER_BYTES } from "../../../crypto/chain/sender-chain.ts";
import { type CborValue, encodeCbor } from "../../../sync/cbor.ts";
import { type ChainHandOver, decodeChain, encodeChain } from "../../../sync/payload/chain.ts";
import { CARD_BYTES_MAX } from "../../../sync/payload/limits.ts";
import { bytesOf } from "../../crypto/people.ts";
import { decoderContract } from "../decoder.contract.ts";

const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });

decoderContract<ChainHandOver, ChainHandOver>("chain", {
  values: fc.record({
    channel: bytes(16),
    chain: bytes(HAND_OVER_BYTES),
    incarnation: bytes(16),
    card: fc.option(fc.uint8Array({ minLength: 1, maxLength: 300 })),
    acctState: bytes(32),
  }),
  encode: encodeChain,
  decode: decodeChain,
});

const FIELDS: readonly CborValue[] = [
  bytesOf(16, 1),
  bytesOf(HAND_OVER_BYTES, 2),
  bytesOf(16, 3),
  null,
  bytesOf(32, 5),
];

test.each<[string, number, CborValue, string]>([
  ["a channel of 32 bytes", 0, bytesOf(32, 1), "channel"],
  ["a chain that is cut short", 1, bytesOf(HAND_OVER_BYTES - 1, 2), "chain"],
  ["no incarnation", 2, null, "incarnation"],
  ["an empty card", 3, bytesOf(0, 0), "card"],
  ["a card over its bound", 3, bytesOf(CARD_BYTES_MAX + 1, 0), "card"],
  ["an account state of 16 bytes", 4, bytesOf(16, 5), "acctState"],
])("[PL4] refuses %s", (_, position, value, at) => {
  const fields = FIELDS.map((field, i) => (i === position ? value : field));
  const error = { type: "ShapeWrong", at };
  expect(decodeChain(encodeCbor(fields))).toEqual({ ok: false, error });
  expect(decodeChain(encodeCbor(FIELDS)).ok).toBe(true);
});
