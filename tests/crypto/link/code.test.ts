import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { toBase64url } from "../../../crypto/base/base64url.ts";
import { concat, utf8 } from "../../../crypto/base/bytes.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { inviteLinkOf, parseInviteLink } from "../../../crypto/invite/link.ts";
import {
  isLinkExpired,
  LINK_VOUCHER_BYTES,
  type LinkCode,
  linkJoinedOf,
  linkOf,
  type LinkRole,
  linkTagsOf,
  linkVoucherOf,
  parseLink,
} from "../../../crypto/link/code.ts";
import { bytesOf } from "../people.ts";

beforeAll(() => ready);

const codeOf = (shower: LinkRole): LinkCode => ({
  shower,
  secret: bytesOf(32, 5),
  commitment: bytesOf(32, 6),
  expiresAtS: 1_800_000_000,
  relayUrl: "https://relay.example",
});

test("[LC1] comes back from either side's link, whole or as its fragment alone", () => {
  for (const shower of ["member", "new"] as const) {
    const link = linkOf("https://kith.example/", codeOf(shower));
    const [before, fragment] = link.split("#");
    expect(before).toBe("https://kith.example/");
    expect(fragment!.length).toBeLessThan(140);
    for (const text of [link, fragment!, ` ${fragment!}\n`, `${link} `]) {
      expect(parseLink(text)).toEqual({ ok: true, value: codeOf(shower) });
    }
  }
});

test("[LC2] says what is wrong with a link, and takes no invite for one", () => {
  const raw = (head: readonly number[], url: string): string =>
    toBase64url(concat(Uint8Array.from(head), bytesOf(68, 1), utf8(url)));
  const errorOf = (text: string): unknown => {
    const parsed = parseLink(text);
    return parsed.ok ? "parsed" : parsed.error.type;
  };
  const { secret, expiresAtS, relayUrl } = codeOf("new");
  const invite = inviteLinkOf("https://kith.example/", {
    leadsTo: "person",
    account: bytesOf(32, 1),
    secret,
    expiresAtS,
    relayUrl,
  });
  expect(errorOf(invite)).toBe("LinkCodeMalformed");
  expect(parseInviteLink(linkOf("https://kith.example/", codeOf("new"))).ok).toBe(false);
  expect(errorOf("")).toBe("LinkCodeMalformed");
  expect(errorOf("what is this")).toBe("LinkCodeMalformed");
  expect(errorOf(linkOf("", codeOf("new")).slice(0, 60))).toBe("LinkCodeMalformed");
  expect(errorOf("A".repeat(4_097))).toBe("LinkCodeMalformed");
  expect(errorOf(raw([2, 2, 1], relayUrl))).toBe("LinkCodeVersionUnknown");
  expect(errorOf(raw([2, 1, 3], relayUrl))).toBe("LinkCodeMalformed");
  expect(errorOf(raw([2, 1, 0], relayUrl))).toBe("LinkCodeMalformed");
  expect(errorOf(raw([2, 1, 1], "https://10.0.0.1"))).toBe("LinkCodeRelayInvalid");
  expect(errorOf(raw([2, 1, 1], relayUrl))).toBe("parsed");
  fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => void parseLink(text)));
  const bytes = fc.uint8Array({ maxLength: 120 });
  fc.assert(
    fc.property(bytes, (tail) => void parseLink(toBase64url(concat(Uint8Array.of(2, 1), tail)))),
  );
});

test("[LC3] expires by one's own clock, and each step has its own address", () => {
  const code = codeOf("new");
  expect(
    [1_799_999_999, 1_800_000_000, 1_800_000_001].map((at) => isLinkExpired(code, at)),
  ).toEqual([false, true, true]);
  const tags = Object.values(linkTagsOf(code)).map(String);
  expect(new Set(tags).size).toBe(4);
  const others = Object.values(linkTagsOf({ ...code, secret: bytesOf(32, 9) })).map(String);
  expect(new Set([...tags, ...others]).size).toBe(8);
});

test("[LC4] brings a voucher, which is none of its addresses and belongs to its secret alone", () => {
  const code = codeOf("member");
  const voucher = linkVoucherOf(code);
  expect(voucher.length).toBe(LINK_VOUCHER_BYTES);
  expect(linkVoucherOf({ ...codeOf("new"), expiresAtS: 1 })).toEqual(voucher);
  expect(linkVoucherOf({ ...code, secret: bytesOf(32, 9) })).not.toEqual(voucher);
  expect(Object.values(linkTagsOf(code)).map(String)).not.toContain(String(voucher));
});

test("[LC5] has a word for the end, which nobody knows without its secret", () => {
  const code = codeOf("new");
  const joined = linkJoinedOf(code);
  expect(joined.length).toBe(16);
  const others = [linkVoucherOf(code), ...Object.values(linkTagsOf(code))].map(String);
  expect(others).not.toContain(String(joined));
  expect(linkJoinedOf({ ...code, secret: bytesOf(32, 9) })).not.toEqual(joined);
});
