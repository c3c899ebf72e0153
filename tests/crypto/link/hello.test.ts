import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import {
  commitmentOf,
  decodeHello,
  linkEmojiOf,
  linkTranscriptOf,
  makeHello,
  type NewHello,
  openHello,
  sealHello,
} from "../../../crypto/link/hello.ts";
import { answersAnything, readsOnlyItsView, refusesOtherLengths } from "../decoder.ts";
import { bytesOf, flipped, randomOf, unwrap } from "../people.ts";
import { meetingOf, memberHelloOf, newcomerOf, NOW_S, SHOWERS } from "./linking.ts";

beforeAll(() => ready);

const random = randomOf(77);
const FAILED = { ok: false, error: { type: "OpenFailed" } };
const FORGED = { ok: false, error: { type: "HelloForged" } };

test.each(SHOWERS)("[LH1] each reads the other, both see the same pictures: %s shows", (role) => {
  const { code, shower, scanner, transcript } = meetingOf(role);
  const first = openHello(code, "scanner", sealHello(code, "scanner", scanner, random), NOW_S);
  expect(unwrap(first)).toEqual(scanner);
  const second = openHello(code, "shower", sealHello(code, "shower", shower, random), NOW_S);
  expect(unwrap(second)).toEqual(shower);
  const seen = linkTranscriptOf(code, unwrap(second), unwrap(first));
  expect(linkEmojiOf(seen)).toEqual(linkEmojiOf(transcript));
  expect(linkEmojiOf(seen)).toHaveLength(7);
});

test("[LH2] a relay reads none of it and changes none of it; another code's secret opens nothing", () => {
  const { code, scanner, shower } = meetingOf("member");
  const sealed = sealHello(code, "scanner", scanner, random);
  for (let i = 0; i < sealed.length; i += 3) {
    expect(openHello(code, "scanner", flipped(sealed, i), NOW_S)).toEqual(FAILED);
  }
  const other = { ...code, secret: bytesOf(32, 99) };
  expect(openHello(other, "scanner", sealed, NOW_S)).toEqual(FAILED);
  expect(openHello({ ...code, relayUrl: "https://a.example" }, "scanner", sealed, NOW_S)).toEqual(
    FAILED,
  );
  // Nor does it play one side's hello back as the other's, or an old link's.
  expect(openHello(code, "shower", sealed, NOW_S)).toEqual(FAILED);
  const before = { ...code, expiresAtS: code.expiresAtS - 60 };
  const replayed = sealHello(before, "scanner", scanner, random);
  expect(openHello(code, "scanner", replayed, NOW_S)).toEqual(FAILED);
  const text = Buffer.from(sealHello(code, "shower", shower, random)).toString("latin1");
  expect(text.includes("Alice")).toBe(false);
  answersAnything((bytes) => openHello(code, "scanner", bytes, NOW_S), sealed);
});

test("[LH3] who has the secret and swaps the shower's keys is found out by the code", () => {
  for (const role of ["member", "new"] as const) {
    const { code, member } = meetingOf(role);
    const swapped = role === "member" ? memberHelloOf(member, 999) : newcomerOf(999).hello;
    expect(openHello(code, "shower", sealHello(code, "shower", swapped, random), NOW_S)).toEqual(
      FORGED,
    );
  }
});

test("[LH3] two devices of one role do not link", () => {
  const { code } = meetingOf("new");
  const sealed = sealHello(code, "scanner", newcomerOf(5).hello, random);
  expect(openHello(code, "scanner", sealed, NOW_S)).toEqual(FORGED);
});

test("[LH4] who has the secret and swaps the scanner's keys shows other pictures", () => {
  for (const role of ["member", "new"] as const) {
    const { code, shower, scanner, member, transcript } = meetingOf(role);
    const swapped = role === "member" ? newcomerOf(999).hello : memberHelloOf(member, 999);
    const seen = linkTranscriptOf(code, shower, swapped);
    expect(linkEmojiOf(seen)).not.toEqual(linkEmojiOf(transcript));
    expect(linkTranscriptOf(code, scanner, shower)).not.toEqual(transcript);
    expect(linkTranscriptOf({ ...code, commitment: bytesOf(32, 0) }, shower, scanner)).not.toEqual(
      transcript,
    );
  }
});

test("[LH4] a commitment hides a nonce: the same keys said twice are promised differently", () => {
  const { hello } = newcomerOf(5);
  const { bytes, ...said } = hello;
  const again = makeHello<NewHello>(said, random);
  expect(again.bytes).not.toEqual(bytes);
  expect(commitmentOf(again)).not.toEqual(commitmentOf(hello));
  expect(commitmentOf(hello)).toHaveLength(32);
});

test("[LH5] an expired code opens nothing", () => {
  const { code, scanner } = meetingOf("member");
  const sealed = sealHello(code, "scanner", scanner, random);
  expect(openHello(code, "scanner", sealed, code.expiresAtS)).toEqual({
    ok: false,
    error: { type: "LinkExpired" },
  });
  expect(openHello(code, "scanner", sealed, code.expiresAtS - 1).ok).toBe(true);
});

test.each(SHOWERS)("[LH5] every foreign form of a %s hello gets its answer", (role) => {
  const { bytes } = meetingOf(role).shower;
  refusesOtherLengths(decodeHello, bytes);
  readsOnlyItsView(decodeHello, bytes);
  answersAnything(decodeHello, bytes);
  expect(decodeHello(Uint8Array.from([2, ...bytes.subarray(1)]))).toEqual({
    ok: false,
    error: { type: "HelloVersionUnknown", version: 2 },
  });
  const malformed = { ok: false, error: { type: "HelloMalformed" } };
  expect(decodeHello(Uint8Array.from([1, 3, ...bytes.subarray(2)]))).toEqual(malformed);
});

test("[LH5] a hello with a KEM key that cannot be used is refused on sight", () => {
  const { bytes } = newcomerOf(5).hello;
  const bad = bytes.slice();
  bad.fill(0xff, 2 + 32 + 64, 2 + 32 + 64 + 1_184);
  expect(decodeHello(bad)).toEqual({ ok: false, error: { type: "HelloMalformed" } });
});
