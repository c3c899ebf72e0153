import { expect, test } from "vitest";

import { nextChat } from "../../../app/shell/next-chat.ts";

const chats = [0, 2, 0, 1].map((unread, i) => ({ c: i + 1, unread }));
const next = (openC: number | null, by: 1 | -1, unreadOnly = false): number | undefined =>
  nextChat(chats, openC, { by, unreadOnly })?.c;

test("[ANX1] goes one up or down, and not round the ends", () => {
  expect([next(2, 1), next(2, -1)]).toEqual([3, 1]);
  expect([next(4, 1), next(1, -1)]).toEqual([undefined, undefined]);
});

test("[ANX2] with no chat open, begins at the first or the last", () => {
  expect([next(null, 1), next(null, -1)]).toEqual([1, 4]);
  expect(nextChat([], null, { by: 1, unreadOnly: false })).toBeUndefined();
});

test("[ANX3] passes over chats where all is read", () => {
  expect([next(1, 1, true), next(2, 1, true), next(4, 1, true)]).toEqual([2, 4, undefined]);
  expect([next(4, -1, true), next(2, -1, true), next(null, -1, true)]).toEqual([2, undefined, 4]);
});
