import fc from "fast-check";
import { expect, test } from "vitest";

import { isDeviceLink, isGroupLink } from "../../../app/platform/invite-fragment.ts";
import { isSafetyLink, readSafetyLink, safetyLinkOf } from "../../../app/platform/safety-link.ts";

const ACCOUNT = "ab".repeat(32);

test("[ASL1] what was made is read back, and is no other link", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 256 }), (code) => {
      const link = safetyLinkOf("https://kith.example", { account: ACCOUNT, code });
      expect(isSafetyLink(link)).toBe(true);
      expect(isDeviceLink(link) || isGroupLink(link)).toBe(false);
      expect(readSafetyLink(link)).toEqual({ account: ACCOUNT, code });
    }),
  );
});

test("[ASL1] anything else is none", () => {
  fc.assert(fc.property(fc.string(), (text) => void readSafetyLink(text)));
  const link = safetyLinkOf("https://kith.example", { account: ACCOUNT, code: Uint8Array.of(1) });
  expect(readSafetyLink(link.slice(0, -3))).toBeNull();
  expect(readSafetyLink(link.replace("#B", "#A"))).toBeNull();
  expect(isSafetyLink("https://kith.example/#AQAB")).toBe(false);
  const long = { account: ACCOUNT, code: new Uint8Array(257) };
  expect(readSafetyLink(safetyLinkOf("https://kith.example", long))).toBeNull();
});
