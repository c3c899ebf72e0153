import { beforeAll, expect, test, vi } from "vitest";

import type { Result } from "../../../crypto/base/result.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import {
  CAPABILITY_LINK,
  certifyDevice,
  verifyCertificate,
} from "../../../crypto/identity/certificate.ts";
import { liveDevicesOf, revocationFactOf } from "../../../crypto/identity/facts.ts";
import { encodeRevocation } from "../../../crypto/identity/revocation.ts";
import {
  type Grant,
  type GrantContent,
  type GrantError,
  openGrant,
  sealGrant,
  SEALED_GRANT_BYTES_MAX,
} from "../../../crypto/link/grant.ts";
import { answersAnything } from "../decoder.ts";
import { bytesOf, certificateOf, flipped, NOW_MS, personOf, randomOf, unwrap } from "../people.ts";
import { grantContentOf, type Meeting, meetingOf, newcomerOf, NOW_S, SHOWERS } from "./linking.ts";

beforeAll(() => ready);

/** Thousands of KEM and signature operations, on a machine that may be busy. */
vi.setConfig({ testTimeout: 60_000 });

const random = randomOf(78);
const FAILED = { ok: false, error: { type: "OpenFailed" } };
const FORGED = { ok: false, error: { type: "GrantForged" } };

const contentOf = ({ member, newcomer }: Meeting): GrantContent =>
  grantContentOf(member, newcomer.device);
const sealedOf = (meeting: Meeting, content = contentOf(meeting)): Uint8Array =>
  unwrap(sealGrant(meeting.code, meeting.transcript, meeting.newcomer.hello, content, random));
function openedBy(
  { code, transcript, memberHello, newcomer }: Meeting,
  sealed: Uint8Array,
  nowS = NOW_S,
): Result<Grant, GrantError> {
  const own = { device: newcomer.device, kemSecret: newcomer.kem.secretKey };
  return openGrant(code, transcript, memberHello, own, sealed, nowS);
}

test.each(SHOWERS)("[LG1] the new device becomes a live one of the account: %s shows", (role) => {
  const meeting = meetingOf(role);
  const { member, newcomer } = meeting;
  const content = contentOf(meeting);
  const grant = unwrap(openedBy(meeting, sealedOf(meeting, content)));
  expect(grant).toMatchObject({
    recoverySecret: member.recovery,
    capsule: content.capsule,
    introduction: content.introduction,
    state: content.state,
  });
  const { certificate, facts } = grant;
  expect(certificate).toMatchObject({
    accountKey: member.accountKeys.publicKey,
    issuer: member.self.certificate.device,
    sigKey: newcomer.device.sigKey,
    dhKey: newcomer.device.dhKey,
  });
  expect(verifyCertificate(certificate, member.self.certificate.sigKey)).toBe(true);
  const live = liveDevicesOf(member.accountKeys.publicKey, facts).map((it) => it.device);
  expect(live).toContainEqual(certificate.device);
  expect(live).toContainEqual(member.self.certificate.device);
});

test("[LG2] the recovery secret goes along only while its words are not confirmed", () => {
  const meeting = meetingOf("member");
  const content = grantContentOf(meeting.member, meeting.newcomer.device, true);
  expect(unwrap(openedBy(meeting, sealedOf(meeting, content))).recoverySecret).toBeNull();
  const wrong = { ...content, recoverySecret: bytesOf(32, 1) };
  expect(openedBy(meeting, sealedOf(meeting, wrong))).toEqual(FORGED);
});

test("[LG3] the code's secret alone opens nothing: it takes the new device's KEM key", () => {
  const meeting = meetingOf("member");
  const sealed = sealedOf(meeting);
  const thief = { ...meeting, newcomer: newcomerOf(666) };
  expect(openedBy(thief, sealed)).toEqual(FAILED);
  // And the KEM key alone neither: another code, another transcript.
  const { code } = meeting;
  expect(openedBy({ ...meeting, code: { ...code, secret: bytesOf(32, 9) } }, sealed)).toEqual(
    FAILED,
  );
  expect(openedBy({ ...meeting, transcript: bytesOf(32, 9) }, sealed)).toEqual(FAILED);
});

test("[LG3] every byte tampered with is refused, and any bytes get an answer", () => {
  const meeting = meetingOf("new");
  const sealed = sealedOf(meeting);
  expect(openedBy(meeting, flipped(sealed, 0))).toMatchObject({
    error: { type: "GrantVersionUnknown", version: 0 },
  });
  for (let i = 1; i < sealed.length; i++) {
    const got = openedBy(meeting, flipped(sealed, i));
    expect({ i, got }).toEqual({ i, got: FAILED });
  }
  for (const length of [0, 1, 1_120, 1_121, 1_200, sealed.length - 1]) {
    expect(openedBy(meeting, sealed.subarray(0, length))).toEqual(FAILED);
  }
  answersAnything((bytes) => openedBy(meeting, bytes), sealed);
});

test("[LG4] a grant of an earlier link, or after its time, is none", () => {
  const meeting = meetingOf("member");
  const sealed = sealedOf(meeting);
  const next = { ...meetingOf("member", 2), newcomer: meeting.newcomer };
  expect(openedBy(next, sealed)).toEqual(FAILED);
  expect(openedBy(meeting, sealed, meeting.code.expiresAtS)).toEqual({
    ok: false,
    error: { type: "LinkExpired" },
  });
});

test("[LG5] no other account, no other device, no certificate that does not stand", () => {
  const meeting = meetingOf("member");
  const { member, newcomer } = meeting;
  const content = contentOf(meeting);
  const other = personOf(50);
  const stranger = grantContentOf(other, newcomer.device);
  const forElse = grantContentOf(member, newcomerOf(51).device);
  const { dhKey } = newcomerOf(51).device;
  const otherDh = grantContentOf(member, { sigKey: newcomer.device.sigKey, dhKey });
  const both = certifyDevice(
    {
      accountKey: other.accountKeys.publicKey,
      issuer: null,
      device: member.self.keys,
      capabilities: CAPABILITY_LINK,
      createdAtMs: NOW_MS,
    },
    other.accountKeys.secretKey,
  );
  const twoAccounts = { ...other, self: { ...member.self, certificate: certificateOf(both) } };
  const revoked = encodeRevocation(
    {
      accountKey: member.accountKeys.publicKey,
      device: member.self.certificate.device,
      issuer: null,
      atMs: NOW_MS,
      staying: [],
    },
    member.accountKeys.secretKey,
  );
  const { introduction } = content;
  const wrong: Readonly<Record<string, GrantContent>> = {
    "another account": stranger,
    "another account's certificate": {
      ...content,
      toSign: stranger.toSign,
      issued: stranger.issued,
    },
    "another account, of which the same device is": grantContentOf(twoAccounts, newcomer.device),
    "another device": forElse,
    "another key to agree by": otherDh,
    "not signed": { ...content, issued: bytesOf(64, 1) },
    "no device of the hello": { ...content, introduction: { ...introduction, cards: [] } },
    "issuer revoked": {
      ...content,
      introduction: {
        ...introduction,
        facts: [...introduction.facts, revocationFactOf(revoked)],
        cards: [],
      },
    },
    "foreign cards": {
      ...content,
      introduction: { ...introduction, cards: stranger.introduction.cards },
    },
  };
  for (const [what, forged] of Object.entries(wrong)) {
    expect({ what, got: openedBy(meeting, sealedOf(meeting, forged)) }).toEqual({
      what,
      got: FORGED,
    });
  }
});

test("[LG6] what no relay would take says so", () => {
  const meeting = meetingOf("member");
  const content = { ...contentOf(meeting), state: new Uint8Array(20_000) };
  expect(
    sealGrant(meeting.code, meeting.transcript, meeting.newcomer.hello, content, random),
  ).toMatchObject({ error: { type: "GrantTooLong", limit: SEALED_GRANT_BYTES_MAX } });
});
