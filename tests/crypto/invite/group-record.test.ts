import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { dayOf, encodeCard } from "../../../crypto/identity/card.ts";
import { certificateFactOf } from "../../../crypto/identity/facts.ts";
import {
  DOORS_MAX,
  doorSecretOf,
  type GroupRecordContent,
  joinProofOf,
  openGroupRecord,
  sealGroupRecord,
} from "../../../crypto/invite/group-record.ts";
import {
  inviteTagOf,
  openInviteRecord,
  SEALED_RECORD_BYTES_MAX,
} from "../../../crypto/invite/record.ts";
import { answersAnything } from "../decoder.ts";
import { bytesOf, flipped, NOW_MS, personOf, randomOf, unwrap } from "../people.ts";

beforeAll(() => ready);

const secret = bytesOf(32, 5);
const door = { account: bytesOf(32, 7), device: bytesOf(16, 8), relayUrl: "https://relay.example" };

function recordOf(seed: number, doors = [door]): GroupRecordContent {
  const { accountKeys, self } = personOf(seed);
  const card = {
    device: self.certificate.device,
    counter: 1,
    relays: [],
    lastSeenDay: dayOf(NOW_MS),
    receipts: true,
  };
  return {
    channel: bytesOf(16, 9),
    name: "The hut",
    doors,
    expiresAtS: 1_800_000_000,
    voucher: bytesOf(16, 6),
    introduction: {
      accountKey: accountKeys.publicKey,
      name: "Alice",
      facts: [certificateFactOf(self.certificate.bytes)],
      cards: [encodeCard(card, self.keys.sigSecret)],
    },
  };
}

const sealedBy = (content: GroupRecordContent, signer: number): Uint8Array =>
  unwrap(sealGroupRecord(secret, content, personOf(signer).self.keys.sigSecret, randomOf(1)));

const FORGED = { ok: false, error: { type: "RecordForged" } };

test("[GR1] opens for who has the link: the group, who made the link, and the doors of others", () => {
  const content = recordOf(1);
  const record = unwrap(openGroupRecord(secret, personOf(1).account, sealedBy(content, 1)));
  expect(record).toMatchObject(content);
  expect(record.introduction.devices[0]!.certificate).toEqual(personOf(1).self.certificate);
});

test("[GR2] who else has the link cannot put another group, or another maker, behind it", () => {
  const { account } = personOf(1);
  expect(openGroupRecord(secret, account, sealedBy(recordOf(1), 2))).toEqual(FORGED);
  expect(openGroupRecord(secret, account, sealedBy(recordOf(2), 2))).toEqual(FORGED);
});

test("[GR3] every byte tampered with is refused, and so are another link and a person's record", () => {
  const sealed = sealedBy(recordOf(1), 1);
  const { account } = personOf(1);
  const failed = { ok: false, error: { type: "OpenFailed" } };
  for (let i = 0; i < sealed.length; i += 7) {
    expect(openGroupRecord(secret, account, flipped(sealed, i))).toEqual(failed);
  }
  expect(openGroupRecord(bytesOf(32, 6), account, sealed)).toEqual(failed);
  expect(openInviteRecord(secret, account, sealed)).toEqual({
    ok: false,
    error: { type: "RecordVersionUnknown", version: 3 },
  });
  answersAnything((bytes) => openGroupRecord(secret, account, bytes), sealed);
});

test("[GR3] a full list of doors fits what a relay takes", () => {
  const doors = Array.from({ length: DOORS_MAX }, (_, n) => ({
    ...door,
    device: bytesOf(16, n),
    relayUrl: `https://${"a".repeat(60)}.example`,
  }));
  const sealed = sealedBy({ ...recordOf(1, doors), name: "é".repeat(128) }, 1);
  expect(sealed.length).toBeLessThan(SEALED_RECORD_BYTES_MAX);
  expect(openGroupRecord(secret, personOf(1).account, sealed)).toMatchObject({
    ok: true,
    value: { doors },
  });
});

test("[GR4] each door has a secret of its own, and each proof is for one account and one device", () => {
  const [one, two] = [bytesOf(16, 1), bytesOf(16, 2)];
  const account = bytesOf(32, 3);
  const all = [
    secret,
    doorSecretOf(secret, one),
    doorSecretOf(secret, two),
    joinProofOf(secret, account, one),
    joinProofOf(secret, account, two),
    joinProofOf(secret, bytesOf(32, 4), one),
    joinProofOf(bytesOf(32, 6), account, one),
  ].map(String);
  expect(new Set(all).size).toBe(all.length);
  const tags = [secret, doorSecretOf(secret, one), doorSecretOf(secret, two)].map((it) =>
    String(inviteTagOf(it)),
  );
  expect(new Set(tags).size).toBe(3);
});
