import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import {
  decodePrekeyBundle,
  makePrekeys,
  PREKEY_BUNDLE_BYTES,
  verifyPrekeyBundle,
} from "../../../crypto/handshake/prekeys.ts";
import { certifyDevice } from "../../../crypto/identity/certificate.ts";
import { makeDevice } from "../../../crypto/identity/device.ts";
import { answersAnything, readsOnlyItsView, refusesOtherLengths } from "../decoder.ts";
import { certificateOf, flipped, NOW_MS, personOf, randomOf, unwrap } from "../people.ts";

beforeAll(() => ready);

test("[PK1] a bundle says what its secrets hold, signed by the device", () => {
  const bob = personOf(2);
  const { secrets, bundle } = makePrekeys(bob.self, 9, NOW_MS, randomOf(3));
  expect(bundle).toHaveLength(PREKEY_BUNDLE_BYTES);
  const decoded = unwrap(decodePrekeyBundle(bundle));
  expect(decoded).toMatchObject({
    id: secrets.id,
    spkId: 9,
    spk: secrets.spk,
    xpk: secrets.xpk,
    createdAtMs: NOW_MS,
    certificate: bob.self.certificate,
  });
  expect(verifyPrekeyBundle(decoded, bob.self.certificate)).toBe(true);
});

test("[PK2] no byte of it can be altered, and it counts for its own device alone", () => {
  const bob = personOf(2);
  const { bytes } = bob.bundle;
  for (let i = 0; i < bytes.length; i += i > 60 && i < 1_240 ? 29 : 1) {
    const altered = decodePrekeyBundle(flipped(bytes, i));
    const valid = altered.ok && verifyPrekeyBundle(altered.value, bob.self.certificate);
    expect({ i, valid }).toEqual({ i, valid: false });
  }
  const alice = personOf(1);
  expect(verifyPrekeyBundle(bob.bundle, alice.self.certificate)).toBe(false);
  // Bob's signature over a bundle that carries the certificate of another device of his account.
  const sibling = certifyDevice(
    {
      accountKey: bob.accountKeys.publicKey,
      issuer: null,
      device: makeDevice(randomOf(8)),
      capabilities: 0,
      createdAtMs: NOW_MS,
    },
    bob.accountKeys.secretKey,
  );
  const misnamed = { keys: bob.self.keys, certificate: certificateOf(sibling) };
  const { bundle } = makePrekeys(misnamed, 9, NOW_MS, randomOf(3));
  expect(verifyPrekeyBundle(unwrap(decodePrekeyBundle(bundle)), bob.self.certificate)).toBe(false);
});

test("[PK3] an id is a hash of the keys: renewed keys arrive under another id", () => {
  const bob = personOf(2);
  const [one, two] = [3, 4].map((seed) => makePrekeys(bob.self, 9, NOW_MS, randomOf(seed)));
  expect(one!.secrets.id).toHaveLength(16);
  expect(one!.secrets.id).not.toEqual(two!.secrets.id);
});

test("[PK4] the decoder answers anything, and reads only its view", () => {
  const { bytes } = personOf(2).bundle;
  refusesOtherLengths(decodePrekeyBundle, bytes);
  answersAnything(decodePrekeyBundle, bytes);
  readsOnlyItsView(decodePrekeyBundle, bytes);
  expect(decodePrekeyBundle(flipped(bytes, 0, 3))).toEqual({
    ok: false,
    error: { type: "PrekeyBundleVersionUnknown", version: 2 },
  });
});
