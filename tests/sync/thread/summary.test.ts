import fc from "fast-check";
import { expect, test } from "vitest";

import { plainMessage, QUOTE_CHARS_MAX } from "../../../sync/entry/plain-message.ts";
import { oneLine, quoted, summaryOf } from "../../../sync/thread/summary.ts";
import { UNTOUCHED } from "../../../sync/thread/untouched.ts";
import { type MessageView, viewOf } from "../../../sync/thread/view.ts";
import { ada, message } from "./talk.ts";

function view(text: string, change: Partial<MessageView> = {}): MessageView {
  const is = viewOf(plainMessage(text), UNTOUCHED, ada.account);
  if (is === null) throw new Error("nothing hides it");
  return { ...is, ...change };
}

test("[MO34] a line says what the message says now, or why it says nothing", () => {
  expect(summaryOf(view("two\n\n lines "))).toEqual({ type: "text", text: "two lines" });
  expect(summaryOf(view("x", { state: "deleted" }))).toEqual({ type: "deleted" });
  expect(summaryOf(view("", { state: "missing" }))).toEqual({ type: "missing" });
  const blob = { id: new Uint8Array(32), key: new Uint8Array(32), bytes: 1, relays: [] };
  const attachments = [{ blob, type: "image/png", name: "" }];
  expect(summaryOf(view("", { attachments }))).toEqual({ type: "attachments", count: 1 });
});

test("[MO34] a line has at most 200 units, and ends with a whole character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 150, maxLength: 400 }), (text) => {
      const line = oneLine(text);
      expect(line.length).toBeLessThanOrEqual(QUOTE_CHARS_MAX);
      expect(line.isWellFormed() || !text.isWellFormed()).toBe(true);
      expect(line).not.toMatch(/[\n\t]/u);
    }),
  );
  expect(oneLine("a".repeat(199) + "😀")).toBe("a".repeat(199));
});

test("[MO35] above an answer stands what its message says now; the quotation only if it is not here", () => {
  const reply = { target: message(ada, 1).ref, quote: "as it was" };
  expect(quoted(reply, undefined)).toEqual({ type: "text", text: "as it was" });
  expect(quoted(reply, view("", { state: "missing" }))).toMatchObject({ text: "as it was" });
  expect(quoted(reply, view("as it is"))).toEqual({ type: "text", text: "as it is" });
});

test("[MO35] a quotation does not bring back what was deleted", () => {
  const reply = { target: message(ada, 1).ref, quote: "regretted" };
  expect(quoted(reply, view("", { state: "deleted" }))).toEqual({ type: "deleted" });
});
