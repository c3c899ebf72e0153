import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import {
  CAPABILITY_LINK,
  CERTIFICATE_BYTES,
  certificateToSign,
  certifyDevice,
  decodeCertificate,
  encodeCertificate,
  isClaimed,
  mayLink,
  signAsDevice,
  signAsIssuer,
  verifyCertificate,
} from "../../../crypto/identity/certificate.ts";
import { makeDevice } from "../../../crypto/identity/device.ts";
import { answersAnything, readsOnlyItsView, refusesOtherLengths } from "../decoder.ts";
import { certificateOf, flipped, NOW_MS, personOf, randomOf } from "../people.ts";

beforeAll(() => ready);

test("[CE1] says what it was told, and both signatures hold", () => {
  const { accountKeys, self } = personOf(1);
  const { certificate } = self;
  expect(certificate.bytes).toHaveLength(CERTIFICATE_BYTES);
  expect(certificate).toMatchObject({
    accountKey: accountKeys.publicKey,
    issuer: null,
    sigKey: self.keys.sigKey,
    dhKey: self.keys.dhKey,
    createdAtMs: NOW_MS,
  });
  expect(mayLink(certificate)).toBe(true);
  expect(verifyCertificate(certificate, accountKeys.publicKey)).toBe(true);
});

test("[CE2] no byte of it can be altered", () => {
  const { accountKeys, self } = personOf(1);
  for (let i = 0; i < CERTIFICATE_BYTES; i++) {
    const altered = decodeCertificate(flipped(self.certificate.bytes, i));
    const valid = altered.ok && verifyCertificate(altered.value, accountKeys.publicKey);
    expect({ i, valid }).toEqual({ i, valid: false });
  }
});

test("[CE3] nobody certifies a device that did not claim the account", () => {
  const [mallory, bob] = [personOf(1), personOf(2)];
  const toSign = certificateToSign({
    accountKey: mallory.accountKeys.publicKey,
    issuer: null,
    device: bob.self.keys,
    capabilities: 0,
    createdAtMs: NOW_MS,
  });
  const issued = signAsIssuer(mallory.accountKeys.secretKey, toSign);
  for (const claimed of [
    bob.self.certificate.bytes.slice(186),
    signAsDevice(mallory.self.keys, toSign),
    issued,
  ]) {
    const certificate = certificateOf(encodeCertificate(toSign, issued, claimed));
    expect(isClaimed(certificate)).toBe(false);
    expect(verifyCertificate(certificate, mallory.accountKeys.publicKey)).toBe(false);
  }
});

test("[CE4] two machines make one certificate: the device claims, its issuer signs", () => {
  const { accountKeys, self } = personOf(1);
  const device = makeDevice(randomOf(7));
  const request = {
    accountKey: accountKeys.publicKey,
    issuer: self.certificate.device,
    device,
    capabilities: 0,
    createdAtMs: NOW_MS,
  };
  const toSign = certificateToSign(request);
  const issued = signAsIssuer(self.keys.sigSecret, toSign);
  const bytes = encodeCertificate(toSign, issued, signAsDevice(device, toSign));
  expect(bytes).toEqual(certifyDevice(request, self.keys.sigSecret));
  const certificate = certificateOf(bytes);
  expect(certificate.issuer).toEqual(self.certificate.device);
  expect([
    verifyCertificate(certificate, self.keys.sigKey),
    verifyCertificate(certificate, accountKeys.publicKey),
    mayLink(certificate),
  ]).toEqual([true, false, false]);
});

test("[CE5] the decoder answers anything, and reads only its view", () => {
  const { bytes } = personOf(1).self.certificate;
  refusesOtherLengths(decodeCertificate, bytes);
  answersAnything(decodeCertificate, bytes);
  readsOnlyItsView(decodeCertificate, bytes);
  expect(decodeCertificate(flipped(bytes, 0, 3))).toEqual({
    ok: false,
    error: { type: "CertificateVersionUnknown", version: 2 },
  });
  // An unknown capability is refused: it might take rights away as well as give them.
  expect(decodeCertificate(flipped(bytes, 113, CAPABILITY_LINK << 1))).toEqual({
    ok: false,
    error: { type: "CertificateMalformed" },
  });
});
