import { beforeAll, expect, test } from "vitest";

import { toHex } from "../../../crypto/base/hex.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { accountKeysOf } from "../../../crypto/identity/account.ts";
import { certifyDevice } from "../../../crypto/identity/certificate.ts";
import { deviceIdOf, makeDevice } from "../../../crypto/identity/device.ts";
import {
  certificateFactOf,
  DEVICES_PER_ACCOUNT_MAX,
  revocationFactOf,
} from "../../../crypto/identity/facts.ts";
import { encodeRevocation } from "../../../crypto/identity/revocation.ts";
import { bytesOf } from "../../../sync/channel/channels.ts";
import {
  CONTACT_FACTS_MAX,
  headOfFacts,
  NEW_FACTS_MAX,
  takeFacts,
} from "../../../sync/contact/devices.ts";
import type { ContactRow } from "../../../sync/store/rows.ts";
import { introduce, NOW_MS, type Someone, someone } from "../acquainted.ts";
import { parcel, target } from "../outbox/parcel.ts";

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
  const { publicKey, secretKey } = accountKeysOf(self.recoverySecret!);
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
  const taken = await alice.change((tx) =>
    takeFacts(tx, contact.accountKey, contact, [fact], bob.self.device),
  );
  expect(taken.said.live.toSorted()).toEqual([bob.self.device, device].toSorted());
  expect(taken.said.facts).toHaveLength(2);
  expect(await alice.change((tx) => tx.get("devices", device))).toBeDefined();
});

test("[HE11] what facts were before is remembered when they change, and not by facts that come to nothing", async () => {
  const { alice, bob, contact } = await pair();
  const [[, fact] = ["", new Uint8Array(0)]] = certified(bob, 1);
  const forged = fact.map((it, at) => (at === fact.length - 1 ? it ^ 1 : it));
  const taking = (facts: readonly Uint8Array[]) =>
    alice.change((tx) => takeFacts(tx, contact.accountKey, contact, facts, bob.self.device));
  expect((await taking([forged])).said.factsFormer).toBeUndefined();
  expect((await taking([fact])).said.factsFormer).toEqual([headOfFacts(contact.facts)]);
});

test("[RX14] facts that are here already are not checked again", async () => {
  const { alice, contact } = await pair();
  // No check would let this one pass.
  const held = { ...contact, facts: [...contact.facts, Uint8Array.of(9)] };
  const taken = await alice.change((tx) => takeFacts(tx, held.accountKey, held, held.facts, "by"));
  expect(taken).toEqual({ said: { facts: held.facts, live: held.live }, refused: [] });
});

test("[RX14] of a contact's facts a bounded number is kept, and serves a bounded number of devices", async () => {
  const { alice, bob, contact } = await pair();
  const facts = certified(bob, CONTACT_FACTS_MAX + 10).map(([, fact]) => fact);
  const taken = await alice.change((tx) =>
    takeFacts(tx, contact.accountKey, contact, facts, bob.self.device),
  );
  expect(taken.said.facts).toHaveLength(CONTACT_FACTS_MAX);
  expect(taken.said.live).toHaveLength(DEVICES_PER_ACCOUNT_MAX);
});

test("[RX16] a device that came with one account is not taken for another's", async () => {
  const { alice, bob } = await pair();
  const carol = await someone("carol");
  await introduce(alice, carol);
  const contact = await alice.change((tx) => tx.get("contacts", carol.self.account));
  // Two accounts in one hand: the device has signed for both.
  const { publicKey, secretKey } = accountKeysOf(carol.self.recoverySecret!);
  const base = { accountKey: publicKey, issuer: null, capabilities: 0, createdAtMs: NOW_MS };
  const fact = certificateFactOf(certifyDevice({ ...base, device: bob.self.keys }, secretKey));
  const taken = await alice.change((tx) =>
    takeFacts(tx, carol.self.accountKey, contact, [fact], carol.self.device),
  );
  expect(taken.refused).toEqual([{ type: "DeviceClaimed", device: bob.self.device }]);
  expect(taken.said.live).toEqual([carol.self.device]);
  const row = await alice.change((tx) => tx.get("devices", bob.self.device));
  expect(row?.account).toBe(bob.self.account);
});

test("[RX14] one device makes us check a bounded number of facts, revocations first", async () => {
  const { alice, bob, contact } = await pair();
  const { publicKey, secretKey } = accountKeysOf(bob.self.recoverySecret!);
  const junk = certified(bob, 2 * NEW_FACTS_MAX).map(([, fact]) => fact);
  const revoked = encodeRevocation(
    {
      accountKey: publicKey,
      issuer: null,
      device: bytesOf(bob.self.device),
      staying: [],
      atMs: NOW_MS,
    },
    secretKey,
  );
  await alice.change(async (tx) => {
    const flood = [...junk, revocationFactOf(revoked)];
    const first = await takeFacts(tx, publicKey, contact, flood, bob.self.device);
    expect(first.refused).toEqual([{ type: "FactsTooMany", limit: NEW_FACTS_MAX }]);
    expect(first.said.live).not.toContain(bob.self.device);
    const again = await takeFacts(tx, publicKey, contact, junk, bob.self.device);
    expect(again).toEqual({
      said: { facts: contact.facts, live: contact.live },
      refused: first.refused,
    });
    // Others are not kept from telling theirs.
    const other = await takeFacts(tx, publicKey, contact, junk.slice(0, 1), "another device");
    expect(other.refused).toEqual([]);
  });
  const later = await alice.change((tx) =>
    takeFacts(tx, publicKey, contact, junk.slice(-1), bob.self.device),
  );
  expect(later.said.facts).toHaveLength(2);
});

test("[RX18] what waits for a device is dropped when it turns out to be revoked", async () => {
  const { alice, bob, contact } = await pair();
  const { publicKey, secretKey } = accountKeysOf(bob.self.recoverySecret!);
  const [[other, fact] = ["", new Uint8Array(0)]] = certified(bob, 1);
  const revocation = encodeRevocation(
    {
      accountKey: publicKey,
      issuer: null,
      device: bytesOf(bob.self.device),
      staying: [],
      atMs: NOW_MS,
    },
    secretKey,
  );
  const rows = await alice.change(async (tx) => {
    const first = await takeFacts(tx, publicKey, contact, [fact], bob.self.device);
    await tx.put("outbox", parcel({ targets: [target(bob.self.device)] }));
    const both = [target(bob.self.device), target(other, { state: "stored" })];
    await tx.put("outbox", parcel({ targets: both }));
    const revoked = [revocationFactOf(revocation)];
    await takeFacts(tx, publicKey, { ...contact, ...first.said }, revoked, other);
    return tx.range("outbox", "primary", {});
  });
  expect(rows.map((it) => [it.waiting, it.targets.map(({ device }) => device)])).toEqual([
    [0, [other]],
  ]);
});
