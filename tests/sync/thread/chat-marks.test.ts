import fc from "fast-check";
import { expect, test } from "vitest";

import {
  ALWAYS_MS,
  type ChatMarks,
  isPutAway,
  mergedMarks,
  NO_MARKS,
  toldOf,
  withMark,
} from "../../../sync/thread/chat-marks.ts";
import { anyBody } from "../entry/any-body.ts";
import { filled } from "../entry/signed-entry.ts";
import { ada, adasPhone, message } from "./talk.ts";

const CHAT = { channel: filled(16, 1) };

test("[MO19] of each mark on a chat the last word holds, from whichever device", () => {
  const is = [
    withMark(NO_MARKS, message(ada, 2), { ...CHAT, what: "mute", untilMs: 5, level: 0 }),
    withMark(NO_MARKS, message(adasPhone, 3), { ...CHAT, what: "mute", untilMs: 0, level: 1 }),
    withMark(NO_MARKS, message(ada, 4), { ...CHAT, what: "pinChat", on: true }),
    withMark(NO_MARKS, message(ada, 5), { ...CHAT, what: "archive", on: true, upToH: 9 }),
    withMark(NO_MARKS, message(ada, 6), { ...CHAT, what: "archive", on: false, upToH: 9 }),
  ].reduce(mergedMarks);
  expect(is.muted?.value).toEqual({ untilMs: 0, level: 1 });
  expect(is.pinned?.value).toBe(true);
  expect(is.archived?.value).toEqual({ on: false, upToH: 9 });
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

test("[CM1] a muted chat tells nothing, or messages that name the person, until the time is over", () => {
  const muted = (level: number, untilMs = 5): ChatMarks =>
    withMark(NO_MARKS, message(ada, 2), { ...CHAT, what: "mute", untilMs, level });
  expect(toldOf(NO_MARKS, 0)).toBe("all");
  expect(toldOf(muted(0), 4)).toBe("nothing");
  expect(toldOf(muted(1), 4)).toBe("mentions");
  expect(toldOf(muted(1), 5)).toBe("all");
  expect(toldOf(muted(7), 4)).toBe("nothing");
  expect(toldOf(muted(0, ALWAYS_MS), Number.MAX_SAFE_INTEGER - 1)).toBe("nothing");
});

test("[CM2] an archived chat comes back with a newer message, unless it is muted", () => {
  const at = message(ada, 2, "", { hEff: 20 });
  const archived = withMark(NO_MARKS, at, { ...CHAT, what: "archive", on: true, upToH: 30 });
  expect(isPutAway(NO_MARKS, 30, 0)).toBe(false);
  expect(isPutAway(archived, 30, 0)).toBe(true);
  expect(isPutAway(archived, 31, 0)).toBe(false);
  const muted = withMark(archived, at, { ...CHAT, what: "mute", untilMs: 5, level: 1 });
  expect(isPutAway(muted, 31, 4)).toBe(true);
  expect(isPutAway(muted, 31, 5)).toBe(false);
  const back = withMark(archived, message(ada, 3, "", { hEff: 21 }), {
    ...CHAT,
    what: "archive",
    on: false,
    upToH: 30,
  });
  expect(isPutAway(back, 30, 0)).toBe(false);
  const older = withMark(NO_MARKS, at, { ...CHAT, what: "archive", on: true, upToH: 0 });
  expect(isPutAway(older, 20, 0)).toBe(true);
  expect(isPutAway(older, 21, 0)).toBe(false);
});
