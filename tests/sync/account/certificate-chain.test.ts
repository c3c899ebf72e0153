import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { CAPABILITY_LINK, certifyDevice } from "../../../crypto/identity/certificate.ts";
import { deviceIdOf, type DeviceKeys, makeDevice } from "../../../crypto/identity/device.ts";
import { certificateFactOf } from "../../../crypto/identity/facts.ts";
import { certificateChainOf, chainIn } from "../../../sync/account/certificate-chain.ts";
import { ownContact } from "../../../sync/contact/contacts.ts";
import { CERTIFICATE_CHAIN_MAX } from "../../../sync/entry/bodies.ts";
import { NOW_MS, personOf, randomOf } from "../../crypto/people.ts";
import { someone } from "../acquainted.ts";

beforeAll(() => ready);

/** `by`: null: the account key. */
function certificate(of: DeviceKeys, by: DeviceKeys | null): Uint8Array {
  const { accountKeys } = personOf(1);
  const content = {
    accountKey: accountKeys.publicKey,
    issuer: by === null ? null : deviceIdOf(by.sigKey, by.dhKey),
    device: of,
    capabilities: CAPABILITY_LINK,
    createdAtMs: NOW_MS,
  };
  return certifyDevice(content, by?.sigSecret ?? accountKeys.secretKey);
}

test("[HY13] what leads to the account key is found though devices certify each other in a circle", () => {
  const [a, b, c] = [1, 2, 3].map((seed) => makeDevice(randomOf(500 + seed)));
  const chain = [certificate(c!, b!), certificate(b!, a!), certificate(a!, null)];
  const circle = [certificate(a!, b!), certificate(a!, c!), certificate(b!, c!)];
  const facts = [...circle, ...chain].map(certificateFactOf);
  const idOfC = deviceIdOf(c!.sigKey, c!.dhKey);
  for (const all of [facts, facts.toReversed()]) expect(chainIn(all, idOfC)).toEqual(chain);
  expect(chainIn(circle.map(certificateFactOf), idOfC)).toBeUndefined();
});

test("[HY13] a device that hangs below too many others goes on all the same", async () => {
  const one = await someone("alice");
  const devices = Array.from({ length: CERTIFICATE_CHAIN_MAX + 2 }, (_, n) =>
    makeDevice(randomOf(600 + n)),
  );
  const certificates = devices.map((it, n) => certificate(it, devices[n - 1] ?? null));
  const own = certificates.at(-1)!;
  const found = await one.change(async (tx) => {
    const contact = await ownContact(tx, one.self);
    await tx.put("contacts", { ...contact, facts: certificates.map(certificateFactOf) });
    return certificateChainOf(tx, { ...one.self, certificate: own });
  });
  expect(found).toEqual([own]);
});
