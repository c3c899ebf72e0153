import fc from "fast-check";
import { expect, test } from "vitest";

import {
  type ChatMarks,
  mergedMarks,
  NO_MARKS,
  withMark,
} from "../../../sync/thread/chat-marks.ts";
import { anyBody } from "../entry/any-body.ts";
import { filled } from "../entry/signed-entry.ts";
import { ada, adasPhone, message } from "./talk.ts";

const CHAT = { channel: filled(16, 1) };

test("[MO19] of each mark on a chat the last word holds, from whichever device", () => {
  const is = [
    withMark(NO_MARKS, message(ada, 2), { ...CHAT, what: "mute", untilMs: 5 }),
    withMark(NO_MARKS, message(adasPhone, 3), { ...CHAT, what: "mute", untilMs: 0 }),
    withMark(NO_MARKS, message(ada, 4), { ...CHAT, what: "pinChat", on: true }),
    withMark(NO_MARKS, message(ada, 5), { ...CHAT, what: "archive", on: true }),
    withMark(NO_MARKS, message(ada, 6), { ...CHAT, what: "archive", on: false }),
  ].reduce(mergedMarks);
  expect(is.mutedUntilMs?.value).toBe(0);
  expect(is.pinned?.value).toBe(true);
  expect(is.archived?.value).toBe(false);
});

test("[MO19] marks merge alike in any order", () => {
  const list = fc
    .array(fc.record({ mark: anyBody.mark, hEff: fc.nat(5) }), { maxLength: 12 })
    .map((all) =>
      all.map(({ mark, hEff }, i) => withMark(NO_MARKS, message(ada, i + 2, "", { hEff }), mark)),
    );
  fc.assert(
    fc.property(
      list.chain((all) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
      ),
      ([all, order]) => {
        const fold = (these: readonly ChatMarks[]): ChatMarks =>
          these.reduce(mergedMarks, NO_MARKS);
        expect(fold([...order, ...order])).toEqual(fold(all));
      },
    ),
  );
});

test("[MO19] marks on messages, read vectors and what a newer app notes are no marks on the chat", () => {
  const target = message(ada, 1).ref;
  const at = message(ada, 2);
  expect(withMark(NO_MARKS, at, { ...CHAT, what: "star", target, on: true })).toEqual(NO_MARKS);
  expect(withMark(NO_MARKS, at, { ...CHAT, what: "readVector", logs: [] })).toEqual(NO_MARKS);
  expect(withMark(NO_MARKS, at, { ...CHAT, what: "unknown", number: 9 })).toEqual(NO_MARKS);
});
