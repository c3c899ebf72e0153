import fc from "fast-check";
import { expect, test } from "vitest";

import { plainMessage } from "../../../sync/entry/plain-message.ts";
import { aggregateRowOf, messageFields, messageOf } from "../../../sync/thread/rows.ts";
import { UNTOUCHED } from "../../../sync/thread/untouched.ts";
import { anyBody } from "../entry/any-body.ts";

const AT = { c: 1, a: 2, s: 3, h: 4, b: 5 };
const kept = { stamp: { hEff: 1, tie: 1, seq: 1, id: "" } };

test("[MO36] the row of a message tells its body without being decoded, or that it is gone", () => {
  fc.assert(
    fc.property(anyBody.message, (body) => {
      expect(messageOf({ a: 1, s: 1, ...messageFields(body) })).toEqual(body);
    }),
  );
  const forwarded = { ...plainMessage("hi"), forwarded: true };
  expect(messageOf({ a: 1, s: 1, ...messageFields(forwarded) })).toEqual(forwarded);
  expect(messageOf({ a: 1, s: 1, ...messageFields(null) })).toBeNull();
});

test("[MO36] a plain text adds nothing to its row", () => {
  expect(messageOf({ a: 1, s: 1, text: "hi" })?.text).toBe("hi");
  const body = messageOf({ a: 1, s: 1, text: "hi" });
  expect(body && messageFields(body)).toEqual({ text: "hi" });
});

test("[MO36] pinned and starred messages are in the indexes of such, and no others", () => {
  const on = { ...kept, value: true };
  const off = { ...kept, value: false };
  expect(aggregateRowOf(AT, { ...UNTOUCHED, pin: on })).toMatchObject({ ...AT, pinned: 1 });
  expect(aggregateRowOf(AT, { ...UNTOUCHED, star: on })).toMatchObject({ ...AT, starred: 1 });
  expect(aggregateRowOf(AT, { ...UNTOUCHED, pin: off, star: off })).toEqual({
    ...AT,
    aggregate: { ...UNTOUCHED, pin: off, star: off },
  });
});
