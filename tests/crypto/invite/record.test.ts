import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { dayOf, encodeCard } from "../../../crypto/identity/card.ts";
import { certificateFactOf } from "../../../crypto/identity/facts.ts";
import {
  invitePskOf,
  type InviteRecordContent,
  inviteTagOf,
  openInviteRecord,
  SEALED_RECORD_BYTES_MAX,
  sealInviteRecord,
} from "../../../crypto/invite/record.ts";
import { answersAnything } from "../decoder.ts";
import { bytesOf, flipped, NOW_MS, personOf, randomOf, unwrap } from "../people.ts";

beforeAll(() => ready);

const secret = bytesOf(32, 5);

function recordOf(seed: number, cardSeed = seed): InviteRecordContent {
  const { accountKeys, self } = personOf(seed);
  const { certificate, keys } = personOf(cardSeed).self;
  const card = {
    device: certificate.device,
    counter: 1,
    relays: [],
    lastSeenDay: dayOf(NOW_MS),
    receipts: true,
  };
  return {
    expiresAtS: 1_800_000_000,
    voucher: bytesOf(16, 6),
    introduction: {
      accountKey: accountKeys.publicKey,
      name: "Alice",
      facts: [certificateFactOf(self.certificate.bytes)],
      cards: [encodeCard(card, keys.sigSecret)],
    },
  };
}
const sealedOf = (content: InviteRecordContent): Uint8Array =>
  unwrap(sealInviteRecord(secret, content, randomOf(1)));

test("[RC1] opens for who has the link, and shows the inviter's devices", () => {
  const content = recordOf(1);
  const record = unwrap(openInviteRecord(secret, personOf(1).account, sealedOf(content)));
  expect(record).toMatchObject(content);
  expect(record.introduction.devices[0]!.certificate).toEqual(personOf(1).self.certificate);
});

test("[RC2] refuses another account's keys, however well they are signed", () => {
  const forged = { ok: false, error: { type: "RecordForged" } };
  const { account } = personOf(1);
  expect(openInviteRecord(secret, account, sealedOf(recordOf(2)))).toEqual(forged);
  expect(openInviteRecord(secret, account, sealedOf(recordOf(1, 2)))).toEqual(forged);
  const { introduction } = recordOf(1);
  const none = { ...recordOf(1), introduction: { ...introduction, cards: [] } };
  expect(openInviteRecord(secret, account, sealedOf(none))).toEqual(forged);
});

test("[RC3] every byte tampered with is refused, and so is another link's secret", () => {
  const sealed = sealedOf(recordOf(1));
  const { account } = personOf(1);
  const failed = { ok: false, error: { type: "OpenFailed" } };
  for (let i = 0; i < sealed.length; i++) {
    expect({ i, got: openInviteRecord(secret, account, flipped(sealed, i)) }).toEqual({
      i,
      got: failed,
    });
  }
  expect(openInviteRecord(bytesOf(32, 6), account, sealed)).toEqual(failed);
  answersAnything((bytes) => openInviteRecord(secret, account, bytes), sealed);
});

test("[RC4] a record that no relay would take says so", () => {
  const content = recordOf(1);
  const facts = Array.from({ length: 80 }, () => content.introduction.facts[0]!);
  const long = { ...content, introduction: { ...content.introduction, facts } };
  expect(sealInviteRecord(secret, long, randomOf(1))).toMatchObject({
    error: { type: "RecordTooLong", limit: SEALED_RECORD_BYTES_MAX },
  });
});

test("[RC5] address, pre-shared key and record key are independent", () => {
  const { account } = personOf(1);
  expect(inviteTagOf(secret)).toHaveLength(16);
  expect(invitePskOf(secret, account)).toHaveLength(32);
  expect(invitePskOf(secret, account)).not.toEqual(invitePskOf(secret, personOf(2).account));
  expect(invitePskOf(secret, account).subarray(0, 16)).not.toEqual(inviteTagOf(secret));
});
