import { beforeAll, expect, test } from "vitest";

import { fromHex, toHex } from "../../../crypto/base/hex.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import {
  checkSafetyCode,
  codeOf,
  fingerprintOf,
  numberOf,
  safetyCodeOf,
  safetyNumberOf,
} from "../../../crypto/verify/safety-number.ts";
import { flipped, personOf, textOf, unwrap } from "../people.ts";

beforeAll(() => ready);

/** libsignal's own test vectors (rust/protocol/src/fingerprint.rs, "fingerprint_encodings"). */
const ALICE = fingerprint(
  "+14152222222",
  "06863bc66d02b40d27b8d49ca7c09e9239236f9d7d25d6fcca5ce13c7064d868",
);
const BOB = fingerprint(
  "+14153333333",
  "f781b6fb32fed9ba1cf2de978d4d5da28dc34046ae814402b5c0dbd96fda907b",
);
function fingerprint(id: string, key: string): () => Uint8Array {
  return () => fingerprintOf(textOf(id), unwrap(fromHex(key)));
}

test("[SN1] the digits are libsignal's for libsignal's keys", () => {
  const number = "300354477692869396892869876765458257569162576843440918079131";
  expect(numberOf(ALICE(), BOB())).toBe(number);
  expect(numberOf(BOB(), ALICE())).toBe(number);
});

test("[SN2] the code to scan is libsignal's", () => {
  const alices = "1e301a0353dce3dbe7684cb8336e85136cdc0ee96219494ada305d62a7bd61df";
  const bobs = "d62cbf73a11592015b6b9f1682ac306fea3aaf3885b84d12bca631e9d4fb3a4d";
  expect(toHex(codeOf(ALICE(), BOB()))).toBe(`080212220a20${alices}1a220a20${bobs}`);
});

test("[SN3] both sides see one number; another key on either side is another number", () => {
  const [alice, bob, eve] = [1, 2, 3].map((seed) => personOf(seed).accountKeys.publicKey);
  const number = safetyNumberOf(alice!, bob!);
  expect(number).toMatch(/^\d{60}$/u);
  expect(safetyNumberOf(bob!, alice!)).toBe(number);
  expect(safetyNumberOf(alice!, eve!)).not.toBe(number);
  expect(safetyNumberOf(eve!, bob!)).not.toBe(number);
});

test("[SN4] a scanned code agrees, differs, or is none", () => {
  const [alice, bob, eve] = [1, 2, 3].map((seed) => personOf(seed).accountKeys.publicKey);
  const shown = safetyCodeOf(bob!, alice!);
  expect(checkSafetyCode(alice!, bob!, shown)).toEqual({ ok: true, value: true });
  expect(checkSafetyCode(alice!, bob!, safetyCodeOf(alice!, bob!))).toEqual({
    ok: true,
    value: false,
  });
  expect(checkSafetyCode(alice!, bob!, safetyCodeOf(eve!, alice!))).toEqual({
    ok: true,
    value: false,
  });
  const malformed = { ok: false, error: { type: "SafetyCodeMalformed" } };
  expect(checkSafetyCode(alice!, bob!, textOf("https://kith.example"))).toEqual(malformed);
  expect(checkSafetyCode(alice!, bob!, new Uint8Array(0))).toEqual(malformed);
  expect(checkSafetyCode(alice!, bob!, shown.subarray(0, 50))).toEqual(malformed);
  expect(checkSafetyCode(alice!, bob!, flipped(shown, 1))).toEqual({
    ok: false,
    error: { type: "SafetyCodeVersionUnknown", version: 3 },
  });
});
