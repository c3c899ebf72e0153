import fc from "fast-check";
import { expect, test } from "vitest";

import { publicIdOf } from "../../../sync/entry/public-id.ts";
import { messageLinkOf, parseMessageLink } from "../../../sync/thread/message-link.ts";
import { filled } from "../entry/signed-entry.ts";

const APP = "https://kith.example/";
const ID = publicIdOf(1_795_262_400_000 * 2_048, filled(16, 2), 7);

test("[MO22] a link leads to its message", () => {
  const link = messageLinkOf(APP, ID);
  expect(link).toBe(`https://kith.example/#m/${ID}`);
  const seen = { hlc: 1_795_262_400_000 * 2_048, logHead: filled(5, 2), seq: 7 };
  expect(parseMessageLink(APP, link)).toEqual({ ok: true, value: seen });
});

test.each([
  ["of another place", `https://other.example/#m/${ID}`],
  ["that is an invite", `${APP}#${ID}`],
  ["with more behind it", `${APP}#m/${ID}0`],
  ["without an id", `${APP}#m/`],
])("[MO22] a link %s is none to a message here", (_, link) => {
  expect(parseMessageLink(APP, link)).toEqual({ ok: false, error: { type: "PublicIdInvalid" } });
});

test("[MO22] no text makes it throw", () => {
  fc.assert(
    fc.property(fc.string(), (end) => {
      expect(typeof parseMessageLink(APP, `${APP}#m/${end}`).ok).toBe("boolean");
    }),
  );
});
