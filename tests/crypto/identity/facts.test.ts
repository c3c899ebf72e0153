import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";

import { toHex } from "../../../crypto/base/hex.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import {
  CAPABILITY_LINK,
  certifyDevice,
  type DeviceCertificate,
} from "../../../crypto/identity/certificate.ts";
import { type DeviceKeys, makeDevice } from "../../../crypto/identity/device.ts";
import {
  acctStateOf,
  certificateFactOf,
  decodeFact,
  DEVICES_PER_ACCOUNT_MAX,
  factIdOf,
  FACTS_MAX,
  liveDevicesOf,
  mergeFacts,
  revocationFactOf,
  weighFacts,
} from "../../../crypto/identity/facts.ts";
import {
  decodeRevocation,
  encodeRevocation,
  STAYING_MAX,
  verifyRevocation,
} from "../../../crypto/identity/revocation.ts";
import { answersAnything, readsOnlyItsView, refusesOtherLengths } from "../decoder.ts";
import { bytesOf, certificateOf, flipped, NOW_MS, personOf, randomOf, unwrap } from "../people.ts";

beforeAll(() => ready);

type Dev = { readonly keys: DeviceKeys; readonly certificate: DeviceCertificate };

/** Alice's account, and what its key and devices may sign. */
function account(seed = 1) {
  const { accountKeys: ak, self } = personOf(seed);
  const link = (issuer: Dev | null, deviceSeed: number, capabilities = CAPABILITY_LINK): Dev => {
    const keys = makeDevice(randomOf(500 + deviceSeed));
    const certificate = certifyDevice(
      {
        accountKey: ak.publicKey,
        issuer: issuer?.certificate.device ?? null,
        device: keys,
        capabilities,
        createdAtMs: NOW_MS + deviceSeed,
      },
      issuer?.keys.sigSecret ?? ak.secretKey,
    );
    return { keys, certificate: certificateOf(certificate) };
  };
  const revoke = (issuer: Dev | null, out: Dev, staying: readonly Dev[] = []): Uint8Array =>
    revocationFactOf(
      encodeRevocation(
        {
          accountKey: ak.publicKey,
          device: out.certificate.device,
          issuer: issuer?.certificate.device ?? null,
          atMs: NOW_MS,
          staying: staying.map((it) => factIdOf(fact(it))),
        },
        issuer?.keys.sigSecret ?? ak.secretKey,
      ),
    );
  return { key: ak.publicKey, first: self, link, revoke };
}

const fact = (device: Dev): Uint8Array => certificateFactOf(device.certificate.bytes);
const idsOf = (devices: readonly Dev[]): string[] =>
  devices.map((it) => toHex(it.certificate.device)).toSorted();
const liveIds = (key: Uint8Array, facts: readonly Uint8Array[]): string[] =>
  liveDevicesOf(key, facts).map((it) => toHex(it.device));

describe("account facts", () => {
  test("[FA1] a device is live when its certificate leads to the account key", () => {
    const { key, first, link } = account();
    const second = link(first, 1);
    const third = link(second, 2);
    const facts = [third, second, first].map(fact);
    expect(liveIds(key, facts)).toEqual(idsOf([first, second, third]));
    expect(liveIds(key, [fact(third), fact(first)])).toEqual(idsOf([first]));
  });

  test("[FA2] a device without the capability links nobody, and no foreign key counts", () => {
    const { key, first, link } = account();
    const plain = link(first, 1, 0);
    const foreign = account(2);
    const facts = [first, plain, link(plain, 2), foreign.first].map(fact);
    expect(liveIds(key, facts)).toEqual(idsOf([first, plain]));
    expect(liveIds(foreign.key, facts)).toEqual(idsOf([foreign.first]));
    expect(unwrap(mergeFacts(key, [], facts))).toHaveLength(2);
    expect(liveDevicesOf(key, [flipped(fact(first), 130), new Uint8Array(0)])).toEqual([]);
  });

  test("[FA2] a certificate that names another account counts for neither", () => {
    const { key } = account();
    const foreign = account(2);
    const misnamed = certifyDevice(
      {
        accountKey: foreign.key,
        issuer: null,
        device: makeDevice(randomOf(9)),
        capabilities: 0,
        createdAtMs: NOW_MS,
      },
      personOf(1).accountKeys.secretKey,
    );
    for (const of of [key, foreign.key]) {
      expect(liveIds(of, [certificateFactOf(misnamed)])).toEqual([]);
    }
  });

  test("[FA3] a revocation always wins, whatever came first and whoever certifies again", () => {
    const { key, first, link, revoke } = account();
    const second = link(first, 1);
    const again = link(null, 1);
    const facts = [fact(first), fact(second), revoke(first, second), fact(again)];
    expect(again.certificate.device).toEqual(second.certificate.device);
    expect(liveIds(key, facts)).toEqual(idsOf([first]));
    expect(liveIds(key, facts.toReversed())).toEqual(idsOf([first]));
  });

  test("[FA4] what a revoked device issued is void, except for what its revocations let stay", () => {
    const { key, first, link, revoke } = account();
    const thief = link(first, 1);
    const [kept, lost] = [link(thief, 2), link(thief, 3)];
    const later = link(kept, 4);
    const certificates = [first, thief, kept, lost, later].map(fact);
    const staying = [...certificates, revoke(first, thief, [kept])];
    expect(liveIds(key, staying)).toEqual(idsOf([first, kept, later]));
    expect(liveIds(key, [...staying, revoke(null, thief)])).toEqual(idsOf([first]));
  });

  test("[FA5] two devices that revoke each other are both out until the account key decides", () => {
    const { key, first, link, revoke } = account();
    const second = link(null, 1);
    const facts = [fact(first), fact(second), revoke(first, second), revoke(second, first)];
    expect(liveIds(key, facts)).toEqual([]);
    const fresh = link(null, 2);
    expect(liveIds(key, [...facts, fact(fresh)])).toEqual(idsOf([fresh]));
  });

  test("[FA6] a device may revoke itself, but without `link` no other", () => {
    const { key, first, link, revoke } = account();
    const plain = link(first, 1, 0);
    const facts = [fact(first), fact(plain)];
    expect(liveIds(key, [...facts, revoke(plain, first)])).toEqual(idsOf([first, plain]));
    expect(liveIds(key, [...facts, revoke(plain, plain)])).toEqual(idsOf([first]));
  });

  test("[FA7] merging is a union: in any order and grouping it gives one set and one state", () => {
    const { key, first, link, revoke } = account();
    const second = link(first, 1);
    const third = link(second, 2);
    const all = [
      fact(first),
      fact(second),
      fact(third),
      revoke(first, third),
      fact(account(2).first),
    ];
    const merged = unwrap(mergeFacts(key, [], all));
    expect(merged).toHaveLength(4);
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: 5 }), fc.nat(5), (order, cut) => {
        const part = unwrap(mergeFacts(key, [], order.slice(0, cut)));
        const whole = unwrap(mergeFacts(key, part, order));
        expect(whole).toEqual(merged);
        expect(acctStateOf(order.slice(0, 4).concat(order))).toEqual(acctStateOf(all));
        expect(liveIds(key, whole)).toEqual(idsOf([first, second]));
      }),
      { numRuns: 20 },
    );
    expect(acctStateOf(merged)).not.toEqual(acctStateOf(merged.slice(1)));
  });

  test("[FA8] a flood of certificates keeps out neither the account key's word nor a revocation", () => {
    const { key, first, link, revoke } = account();
    const thief = link(first, 1);
    const junk = Array.from({ length: FACTS_MAX - 2 }, (_, i) => fact(link(thief, 1_000 + i, 0)));
    const held = unwrap(mergeFacts(key, [fact(first), fact(thief)], junk));
    expect(held).toHaveLength(FACTS_MAX);
    const more = Array.from({ length: 200 }, (_, i) => fact(link(thief, 2_000 + i, 0)));
    for (const issuer of [null, first]) {
      const merged = unwrap(mergeFacts(key, held, [...more, revoke(issuer, thief)]));
      expect(merged).toHaveLength(FACTS_MAX);
      expect(liveIds(key, merged)).toEqual(idsOf([first]));
      const weighed = unwrap(weighFacts(key, held, [...more, revoke(issuer, thief)]));
      expect(weighed.facts).toEqual(merged);
      expect(weighed.live).toEqual(liveDevicesOf(key, merged));
    }
    // Of those who came over a device for which there was no room, nobody is live.
    const early = unwrap(weighFacts(key, [], [fact(first), ...junk, fact(thief)], 2));
    expect(early.live).toEqual(liveDevicesOf(key, early.facts));
    expect(mergeFacts(key, [], [...junk, ...junk])).toEqual({
      ok: false,
      error: { type: "FactsTooMany", limit: FACTS_MAX },
    });
    expect(liveDevicesOf(key, held)).toHaveLength(DEVICES_PER_ACCOUNT_MAX);
  });

  test("[FA9] the decoder names what it does not know", () => {
    const { first } = account();
    expect(decodeFact(Uint8Array.of(9, 1))).toEqual({
      ok: false,
      error: { type: "FactTypeUnknown", factType: 9 },
    });
    refusesOtherLengths(decodeFact, fact(first));
    answersAnything(decodeFact, fact(first));
  });
});

describe("revocation", () => {
  const made = (): Uint8Array => {
    const { first, link, revoke } = account();
    const second = link(first, 1);
    return revoke(first, second, [link(second, 2)]).slice(1);
  };

  test("[RE1] says what it was told, and its signature holds", () => {
    const revocation = unwrap(decodeRevocation(made()));
    const { key, first, link } = account();
    expect(revocation).toMatchObject({
      accountKey: key,
      device: link(first, 1).certificate.device,
      issuer: first.certificate.device,
      atMs: NOW_MS,
    });
    expect(revocation.staying).toHaveLength(1);
    expect(verifyRevocation(revocation, first.keys.sigKey)).toBe(true);
    expect(verifyRevocation(revocation, key)).toBe(false);
  });

  test("[RE2] no byte of it can be altered", () => {
    const bytes = made();
    for (let i = 0; i < bytes.length; i++) {
      const altered = decodeRevocation(flipped(bytes, i));
      const valid = altered.ok && verifyRevocation(altered.value, account().first.keys.sigKey);
      expect({ i, valid }).toEqual({ i, valid: false });
    }
  });

  test("[RE3] the decoder answers anything, reads only its view, and bounds its list", () => {
    const bytes = made();
    refusesOtherLengths(decodeRevocation, bytes);
    answersAnything(decodeRevocation, bytes);
    readsOnlyItsView(decodeRevocation, bytes);
    const long = new Uint8Array(74 + 32 * (STAYING_MAX + 1) + 64);
    long.set(bytes.subarray(0, 73));
    long[73] = STAYING_MAX + 1;
    expect(decodeRevocation(long)).toEqual({ ok: false, error: { type: "RevocationMalformed" } });
    expect(decodeRevocation(bytesOf(80, 2))).toMatchObject({
      error: { type: "RevocationVersionUnknown" },
    });
  });
});
