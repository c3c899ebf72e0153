import { beforeAll, expect, test } from "vitest";

import { toHex } from "../../../crypto/base/hex.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { accountKeysOf } from "../../../crypto/identity/account.ts";
import { certifyDevice } from "../../../crypto/identity/certificate.ts";
import { deviceIdOf, makeDevice } from "../../../crypto/identity/device.ts";
import { certificateFactOf, DEVICES_PER_ACCOUNT_MAX } from "../../../crypto/identity/facts.ts";
import { CONTACT_FACTS_MAX, takeFacts } from "../../../sync/contact/devices.ts";
import type { ContactRow } from "../../../sync/store/rows.ts";
import { introduce, NOW_MS, type Someone, someone } from "../acquainted.ts";

beforeAll(() => ready);

async function pair(): Promise<{ alice: Someone; bob: Someone; contact: ContactRow }> {
  const [alice, bob] = [await someone("alice"), await someone("bob")];
  await introduce(alice, bob);
  const contact = await alice.change((tx) => tx.get("contacts", bob.self.account));
  if (contact === undefined) throw new Error("a contact");
  return { alice, bob, contact };
}

/** So many more devices of the account, certified by its own key. */
function certified(
  { self, random }: Someone,
  count: number,
): readonly (readonly [string, Uint8Array])[] {
  const { publicKey, secretKey } = accountKeysOf(self.recoverySecret);
  return Array.from({ length: count }, (_, n) => {
    const device = makeDevice(random);
    const base = { accountKey: publicKey, issuer: null, device, capabilities: 0 };
    const certificate = certifyDevice({ ...base, createdAtMs: NOW_MS + n }, secretKey);
    const id = toHex(deviceIdOf(device.sigKey, device.dhKey));
    return [id, certificateFactOf(certificate)] as const;
  });
}

test("[RX14] a new fact tells of a device, which is written beside the facts", async () => {
  const { alice, bob, contact } = await pair();
  const [[device, fact] = ["", new Uint8Array(0)]] = certified(bob, 1);
  const taken = await alice.change((tx) => takeFacts(tx, contact.accountKey, contact, [fact]));
  expect(taken.live.toSorted()).toEqual([bob.self.device, device].toSorted());
  expect(taken.facts).toHaveLength(2);
  expect(await alice.change((tx) => tx.get("devices", device))).toBeDefined();
});

test("[RX14] facts that are here already are not checked again", async () => {
  const { alice, contact } = await pair();
  // No check would let this one pass.
  const held = { ...contact, facts: [...contact.facts, Uint8Array.of(9)] };
  const taken = await alice.change((tx) => takeFacts(tx, held.accountKey, held, held.facts));
  expect(taken).toEqual({ facts: held.facts, live: held.live });
});

test("[RX14] of a contact's facts a bounded number is kept, and serves a bounded number of devices", async () => {
  const { alice, bob, contact } = await pair();
  const facts = certified(bob, CONTACT_FACTS_MAX + 10).map(([, fact]) => fact);
  const taken = await alice.change((tx) => takeFacts(tx, contact.accountKey, contact, facts));
  expect(taken.facts).toHaveLength(CONTACT_FACTS_MAX);
  expect(taken.live).toHaveLength(DEVICES_PER_ACCOUNT_MAX);
});
