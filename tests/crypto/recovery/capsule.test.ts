import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { capsulePutHashOf } from "../../../crypto/public/relay-ids.ts";
import {
  CAPSULE_BYTES_MAX,
  capsuleKeysOf,
  capsulePutKeyOf,
  openCapsule,
  sealCapsule,
  SEALED_CAPSULE_BYTES_MAX,
} from "../../../crypto/recovery/capsule.ts";
import { answersAnything } from "../decoder.ts";
import { bytesOf, flipped, randomOf, textOf, unwrap } from "../people.ts";

beforeAll(() => ready);

/** A KEM key is made anew for each of 1,300 bytes, on a machine that may be busy. */
const SLOW_MS = 60_000;
const secret = bytesOf(32, 7);
const sealedOf = (content: Uint8Array): Uint8Array =>
  unwrap(sealCapsule(capsuleKeysOf(secret), content, randomOf(1)));

test("[CP1] who holds the secret opens what any device sealed without it", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 9_000 }), (content) => {
      expect(openCapsule(secret, sealedOf(content))).toEqual({ ok: true, value: content });
    }),
    { numRuns: 20 },
  );
  const keys = capsuleKeysOf(secret);
  expect(Object.keys(keys).toSorted()).toEqual(["place", "publicKey", "writeKey"]);
  expect([keys.publicKey.length, keys.place.length, keys.writeKey.length]).toEqual([1_216, 16, 32]);
  expect(secret).toEqual(bytesOf(32, 7));
});

test(
  "[CP2] another secret opens nothing, and every byte tampered with is refused",
  { timeout: SLOW_MS },
  () => {
    const sealed = sealedOf(textOf("who we are"));
    const failed = { ok: false, error: { type: "OpenFailed" } };
    expect(openCapsule(bytesOf(32, 8), sealed)).toEqual(failed);
    for (let i = 1; i < sealed.length; i++) {
      expect({ i, got: openCapsule(secret, flipped(sealed, i)) }).toEqual({ i, got: failed });
    }
    for (const length of [0, 1, 1_120, 1_121, 1_122, sealed.length - 1]) {
      expect(openCapsule(secret, sealed.subarray(0, length))).toEqual(failed);
    }
    answersAnything((bytes) => openCapsule(secret, bytes), sealed);
  },
);

test("[CP2] a capsule moved to another place of ours does not open", () => {
  const keys = capsuleKeysOf(secret);
  const moved = sealCapsule({ ...keys, place: bytesOf(16, 1) }, textOf("x"), randomOf(1));
  expect(openCapsule(secret, unwrap(moved))).toMatchObject({ error: { type: "OpenFailed" } });
});

test("[CP3] a version to come is named", () => {
  const sealed = sealedOf(textOf("x"));
  expect(openCapsule(secret, Uint8Array.from([2, ...sealed.subarray(1)]))).toEqual({
    ok: false,
    error: { type: "CapsuleVersionUnknown", version: 2 },
  });
});

test("[CP3] the longest that relays take is sealed, one byte more says its number", () => {
  expect(sealedOf(new Uint8Array(CAPSULE_BYTES_MAX)).length).toBeLessThanOrEqual(
    SEALED_CAPSULE_BYTES_MAX,
  );
  expect(
    sealCapsule(capsuleKeysOf(secret), new Uint8Array(CAPSULE_BYTES_MAX + 1), randomOf(1)),
  ).toEqual({
    ok: false,
    error: { type: "CapsuleTooLong", bytes: CAPSULE_BYTES_MAX + 1, limit: CAPSULE_BYTES_MAX },
  });
});

test("[CP4] each relay is shown a key of its own and keeps its hash", () => {
  const keys = capsuleKeysOf(secret);
  const [one, two] = [capsulePutKeyOf(keys, bytesOf(32, 1)), capsulePutKeyOf(keys, bytesOf(32, 2))];
  expect(one).toHaveLength(32);
  expect(one).not.toEqual(two);
  expect(one).not.toEqual(keys.writeKey);
  expect(capsulePutHashOf(one)).toHaveLength(32);
  expect(capsulePutHashOf(one)).not.toEqual(capsulePutHashOf(two));
  expect(capsulePutHashOf(one)).not.toEqual(one);
});
