import fc from "fast-check";
import { expect, test } from "vitest";

import { encodeCbor } from "../../../sync/cbor.ts";
import { cleanName } from "../../../sync/payload/name.ts";
import { decodeProfile, encodeProfile } from "../../../sync/payload/profile.ts";
import { decoderContract } from "../decoder.contract.ts";

decoderContract("profile", {
  values: fc
    .string({ unit: "grapheme", maxLength: 40 })
    .map(cleanName)
    .filter((name) => name.ok)
    .map(({ value }) => ({ name: value })),
  encode: encodeProfile,
  decode: decodeProfile,
});

test("[PL6] a new name is made harmless on arrival", () => {
  const decoded = decodeProfile(encodeCbor([" Ada\u202E\nLovelace"]));
  expect(decoded).toEqual({ ok: true, value: { name: "Ada Lovelace" } });
});

test.each([
  ["a name that shows nothing", "\u2060", { type: "NameEmpty" }],
  ["a name of too many characters", "a".repeat(65), { type: "NameTooLong", limit: 64 }],
  ["a name of too many bytes", "a".repeat(257), { type: "ShapeWrong", at: "name" }],
  ["no name", null, { type: "ShapeWrong", at: "name" }],
])("[PL6] refuses %s", (_, name, error) => {
  expect(decodeProfile(encodeCbor([name]))).toEqual({ ok: false, error });
});
