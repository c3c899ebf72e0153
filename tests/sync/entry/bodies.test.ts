import fc from "fast-check";
import { expect, test } from "vitest";

import { encodeCbor } from "../../../sync/cbor.ts";
import {
  CERTIFICATE_BYTES_MAX,
  CERTIFICATE_CHAIN_MAX,
  decodeBody,
  encodeLogOpen,
  encodeMessage,
  LATER_FIELDS_MAX,
  type LogOpenBody,
  type MessageBody,
} from "../../../sync/entry/bodies.ts";
import { KINDS } from "../../../sync/entry/kinds.ts";
import { TEXT_BYTES_MAX } from "../../../sync/entry/text.ts";
import { ENTRY_BYTES_MAX } from "../../../sync/wire/limits.ts";
import { decoderContract } from "../decoder.contract.ts";
import { filled } from "./signed-entry.ts";

const MESSAGE = KINDS.message.number;
const LOG_OPEN = KINDS.logOpen.number;

decoderContract<MessageBody, unknown>("message", {
  values: fc.record({
    text: fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 200 })
      .filter((text) => !text.startsWith("\uFEFF")),
  }),
  encode: encodeMessage,
  decode: (bytes) => decodeBody(MESSAGE, bytes),
  expected: (body) => ({ type: "message", ...body }),
});

decoderContract<LogOpenBody, unknown>("log.open", {
  values: fc.record({
    accountKey: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    certificates: fc.array(fc.uint8Array({ minLength: 1, maxLength: 250 }), {
      minLength: 1,
      maxLength: CERTIFICATE_CHAIN_MAX,
    }),
    incarnation: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  }),
  encode: encodeLogOpen,
  decode: (bytes) => decodeBody(LOG_OPEN, bytes),
  expected: (body) => ({ type: "logOpen", ...body }),
});

const wrongAt = (at: string): unknown => ({ ok: false, error: { type: "ShapeWrong", at } });
const refusal = (kind: number, fields: Parameters<typeof encodeCbor>[0]): unknown =>
  decodeBody(kind, encodeCbor(fields));

test("[BO1] a message is its text, of 1 to 32,768 bytes", () => {
  expect(TEXT_BYTES_MAX).toBe(32_768);
  expect(decodeBody(MESSAGE, encodeMessage({ text: "a".repeat(TEXT_BYTES_MAX) })).ok).toBe(true);
  expect(refusal(MESSAGE, ["a".repeat(TEXT_BYTES_MAX + 1)])).toEqual(wrongAt("text"));
  expect(refusal(MESSAGE, ["é".repeat(TEXT_BYTES_MAX / 2 + 1)])).toEqual(wrongAt("text"));
  expect(refusal(MESSAGE, [""])).toEqual(wrongAt("text"));
  expect(refusal(MESSAGE, [1])).toEqual(wrongAt("text"));
});

test("[BO2] log.open names account, certificates and incarnation", () => {
  const [key, incarnation] = [filled(32, 1), filled(16, 2)];
  const certificate = filled(250, 3);
  const chain = Array.from({ length: CERTIFICATE_CHAIN_MAX + 1 }, () => certificate);
  expect(refusal(LOG_OPEN, [filled(31, 1), [certificate], incarnation])).toEqual(
    wrongAt("accountKey"),
  );
  expect(refusal(LOG_OPEN, [key, [], incarnation])).toEqual(wrongAt("certificates"));
  expect(refusal(LOG_OPEN, [key, chain, incarnation])).toEqual(wrongAt("certificates"));
  const long = filled(CERTIFICATE_BYTES_MAX + 1, 3);
  expect(refusal(LOG_OPEN, [key, [certificate, long], incarnation])).toEqual(
    wrongAt("certificates.1"),
  );
  expect(refusal(LOG_OPEN, [key, [certificate], filled(15, 2)])).toEqual(wrongAt("incarnation"));
});

test("[BO3] fields that a newer app added are passed over", () => {
  const later = Array.from({ length: LATER_FIELDS_MAX }, (_, i) => [i, "new"]);
  const read = { ok: true, value: { type: "message", text: "hi" } };
  expect(refusal(MESSAGE, ["hi", ...later])).toEqual(read);
  expect(refusal(MESSAGE, ["hi", ...later, 1])).toEqual(wrongAt(""));
});

test("[BO4] an entry of an unknown kind is no error, whatever its body", () => {
  for (const kind of [0, 2, 9, 16, 65_535]) {
    const unknown = { ok: true, value: { type: "unknown", kind } };
    expect(decodeBody(kind, Uint8Array.of(0xff, 0xff))).toEqual(unknown);
  }
});

test("[BO1] refuses a body over the bound of an entry", () => {
  const error = { type: "TooLarge", bytes: ENTRY_BYTES_MAX + 1, limit: ENTRY_BYTES_MAX };
  expect(decodeBody(MESSAGE, new Uint8Array(ENTRY_BYTES_MAX + 1))).toEqual({ ok: false, error });
});
