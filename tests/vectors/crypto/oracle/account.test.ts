/** crypto/ against the oracle, where an account's own devices, its recovery and its files are. */
import fc from "fast-check";
import { beforeAll, expect, test, vi } from "vitest";

import { ready } from "../../../../crypto/base/sodium.ts";
import { linkJoinedOf, linkVoucherOf } from "../../../../crypto/link/code.ts";
import { openGrant, sealGrant } from "../../../../crypto/link/grant.ts";
import { linkSasOf, openHello, sealHello } from "../../../../crypto/link/hello.ts";
import { openBlob, sealBlob } from "../../../../crypto/media/blob.ts";
import { chunkKeysOf, sealChunk } from "../../../../crypto/media/chunks.ts";
import { paddedLength } from "../../../../crypto/padding.ts";
import { capsuleKeysOf, openCapsule, sealCapsule } from "../../../../crypto/recovery/capsule.ts";
import { emojiOf } from "../../../../crypto/verify/emoji.ts";
import { safetyNumberOf } from "../../../../crypto/verify/safety-number.ts";
import { grantContentOf, meetingOf, NOW_S } from "../../../crypto/link/linking.ts";
import { bytesOf, personOf, randomOf, unwrap } from "../../../crypto/people.ts";
import * as oracle from "./account.ts";
import { cat } from "./primitives.ts";

beforeAll(() => ready);
vi.setConfig({ testTimeout: 60_000 });

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const bytes24 = fc.uint8Array({ minLength: 24, maxLength: 24 });
const short = fc.uint8Array({ maxLength: 300 });

test("[OC8] chunked encryption and blobs: equal bytes from equal keys", () => {
  const sizes = fc.oneof(fc.nat(50_000), fc.constantFrom(0, 16_383, 16_384, 16_385, 32_768));
  fc.assert(
    fc.property(bytes32, bytes24, short, sizes, (key, salt, context, size) => {
      const message = randomOf(size)(size);
      const keys = chunkKeysOf(key, salt, context);
      const chunks = Array.from({ length: Math.floor(size / 16_384) + 1 }, (_, i) =>
        sealChunk(keys, i, message.subarray(16_384 * i, 16_384 * (i + 1))),
      );
      const expected = oracle.chunked(key, salt, context, message);
      expect(Buffer.compare(cat(keys.head, ...chunks), expected)).toBe(0);

      const ours = sealBlob(key, message);
      const theirs = oracle.blob(key, message, paddedLength(Math.max(1, size)));
      expect(ours.reference.id).toEqual(theirs.id);
      expect(Buffer.compare(ours.sealed, theirs.sealed)).toBe(0);
      expect(Buffer.compare(unwrap(openBlob(ours.reference, theirs.sealed)), message)).toBe(0);
    }),
    { numRuns: 30 },
  );
});

test("[OC9] the recovery capsule: equal bytes, and each opens the other's", () => {
  fc.assert(
    fc.property(bytes32, short, fc.nat(1_000_000), (secret, content, seed) => {
      const ours = unwrap(sealCapsule(capsuleKeysOf(secret), content, randomOf(seed)));
      const random = randomOf(seed);
      const theirs = oracle.sealCapsule(secret, content, random(64), random(24));
      expect(Buffer.compare(ours, theirs)).toBe(0);
      expect(unwrap(openCapsule(secret, theirs))).toEqual(content);
      expect(oracle.openCapsule(secret, ours)).toEqual(content);
    }),
    { numRuns: 20 },
  );
});

test("[OC10] linking: hellos, transcript and pictures byte for byte, and the grant opens", () => {
  for (const role of ["member", "new"] as const) {
    const { code, shower, scanner, newcomer, member, memberHello, transcript } = meetingOf(role, 7);
    const { secret, expiresAtS, relayUrl } = code;
    const theirs = { showerRole: role === "member" ? 1 : 2, secret, expiresAtS, relayUrl } as const;
    const nonceOf = (bytes: Uint8Array): Uint8Array => bytes.slice(2, 34);
    const { sigKey, dhKey } = newcomer.device;
    const account = oracle.accountKeyOf(member.recovery);
    const { device } = member.self.certificate;
    const member1 = oracle.memberHello(nonceOf(memberHello.bytes), account, device, "Alice");
    const kemKey = newcomer.kem.publicKey;
    const new1 = oracle.newHello(nonceOf(newcomer.hello.bytes), sigKey, dhKey, kemKey, "Firefox");
    expect([memberHello.bytes, newcomer.hello.bytes]).toEqual([member1, new1]);

    const [first, second] = role === "member" ? [member1, new1] : [new1, member1];
    expect(oracle.transcript(theirs, first, second)).toEqual(transcript);
    const all = Array.from({ length: 64 }, (_, i) => emojiOf(bytesOf(6, i << 2))[0]!.name);
    expect(emojiOf(linkSasOf(transcript)).map((it) => all.indexOf(it.name))).toEqual(
      oracle.pictures(transcript),
    );
    expect(linkVoucherOf(code)).toEqual(oracle.linkVoucher(theirs));
    expect(linkJoinedOf(code)).toEqual(oracle.linkJoined(theirs));
    const sealed = oracle.sealHello(theirs, 1, second, bytesOf(24, 3));
    expect(sealHello(code, "scanner", scanner, () => bytesOf(24, 3))).toEqual(sealed);
    expect(unwrap(openHello(code, "scanner", sealed, NOW_S)).bytes).toEqual(second);
    const answer = oracle.sealHello(theirs, 2, first, bytesOf(24, 4));
    expect(sealHello(code, "shower", shower, () => bytesOf(24, 4))).toEqual(answer);

    const content = grantContentOf(member, newcomer.device);
    const grant = unwrap(sealGrant(code, transcript, newcomer.hello, content, randomOf(1)));
    const plain = oracle.openGrant(theirs, transcript, newcomer.kem.secretKey, grant);
    const { capsule, toSign, issued, state } = content;
    const begin = cat(Uint8Array.of(1), toSign, issued, Uint8Array.of(1), member.recovery);
    expect(plain.subarray(0, begin.length)).toEqual(begin);
    const keys = cat(capsule.publicKey, capsule.place, capsule.writeKey);
    expect(plain.subarray(begin.length, begin.length + keys.length)).toEqual(keys);
    expect(plain.subarray(plain.length - state.length)).toEqual(state);
    const own = { device: newcomer.device, kemSecret: newcomer.kem.secretKey };
    expect(openGrant(code, transcript, memberHello, own, grant, NOW_S).ok).toBe(true);
  }
});

test("[OC11] safety numbers: equal digits", () => {
  const [one, other] = [3, 4].map((seed) => personOf(seed).accountKeys.publicKey);
  expect(safetyNumberOf(one!, other!)).toBe(oracle.safetyNumber(one!, other!));
});
