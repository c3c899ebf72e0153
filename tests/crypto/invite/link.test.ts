import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { fromBase64url, toBase64url } from "../../../crypto/base/base64url.ts";
import { concat, utf8 } from "../../../crypto/base/bytes.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { type Invite, inviteLinkOf, parseInviteLink } from "../../../crypto/invite/link.ts";
import { bytesOf, personOf } from "../people.ts";

beforeAll(() => ready);

const secret = bytesOf(32, 5);
const inviteOf = (seed: number, leadsTo: Invite["leadsTo"] = "person"): Invite => ({
  leadsTo,
  account: personOf(seed).account,
  secret,
  expiresAtS: 1_800_000_000,
  relayUrl: "https://relay.example",
});

test("[LI1] keeps everything in the fragment, and comes back whole or as the fragment alone", () => {
  const link = inviteLinkOf("https://kith.example/", inviteOf(1));
  const [before, fragment] = link.split("#");
  expect(before).toBe("https://kith.example/");
  expect(fragment!.length).toBeLessThan(140);
  for (const text of [link, fragment!, `${link} \n`]) {
    expect(parseInviteLink(text)).toEqual({ ok: true, value: inviteOf(1) });
  }
});

test("[LI3] a link into a group is told from one to a person, by its first byte alone", () => {
  const [person, group] = (["person", "group"] as const).map((leadsTo) =>
    inviteLinkOf("https://kith.example/", inviteOf(1, leadsTo)),
  );
  expect(parseInviteLink(group!)).toEqual({ ok: true, value: inviteOf(1, "group") });
  expect(fromBase64url(person!.split("#")[1]!)).toMatchObject({ ok: true, value: { 0: 1 } });
  expect(fromBase64url(group!.split("#")[1]!)).toMatchObject({ ok: true, value: { 0: 3 } });
});

test("[LI2] says what is wrong with a link", () => {
  const link = inviteLinkOf("https://kith.example/", inviteOf(1));
  const raw = (version: number, url: string): string =>
    toBase64url(concat(Uint8Array.of(version), bytesOf(68, 1), utf8(url)));
  const errorOf = (text: string): unknown => {
    const parsed = parseInviteLink(text);
    return parsed.ok ? "parsed" : parsed.error.type;
  };
  expect(errorOf("")).toBe("LinkMalformed");
  expect(errorOf("hello there")).toBe("LinkMalformed");
  expect(errorOf(link.slice(0, 60))).toBe("LinkMalformed");
  expect(errorOf("A".repeat(4_097))).toBe("LinkMalformed");
  expect(errorOf(raw(2, "https://relay.example"))).toBe("LinkVersionUnknown");
  expect(errorOf(raw(1, "https://me:secret@relay.example"))).toBe("LinkRelayInvalid");
  expect(errorOf(raw(1, "https://192.168.0.1"))).toBe("LinkRelayInvalid");
  expect(errorOf(raw(1, "https://relay.example"))).toBe("parsed");
  fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => void parseInviteLink(text)));
});
