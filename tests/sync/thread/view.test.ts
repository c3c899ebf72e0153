import { expect, test } from "vitest";

import type { MessageBody } from "../../../sync/entry/message-body.ts";
import { plainMessage } from "../../../sync/entry/plain-message.ts";
import { type Aggregate, withOps } from "../../../sync/thread/aggregate.ts";
import { EQUALS } from "../../../sync/thread/judge.ts";
import { aggregateRowOf, messageFields } from "../../../sync/thread/rows.ts";
import { opOf, type Said } from "../../../sync/thread/said.ts";
import { UNTOUCHED } from "../../../sync/thread/untouched.ts";
import { type MessageView, viewOf, viewsOf } from "../../../sync/thread/view.ts";
import {
  ACCOUNT_CHANNEL,
  ada,
  bea,
  cy,
  edit,
  hide,
  message,
  pin,
  react,
  remove,
  star,
} from "./talk.ts";

const IT = message(ada, 1, "first");
const SELF = ada.account;

const of = (...said: readonly Said[]): Aggregate =>
  withOps(
    UNTOUCHED,
    IT,
    said.flatMap((it) => opOf(it, ACCOUNT_CHANNEL) ?? []),
    EQUALS,
  );

const REPLY = { target: message(bea, 1).ref, quote: "what?" };
const BODY: MessageBody = { ...plainMessage("first"), reply: REPLY, forwarded: true };
const seen = (aggregate: Aggregate, body: MessageBody | null = BODY): MessageView | null =>
  viewOf(body, aggregate, SELF);

test("[MO29] a message says what it says now, and keeps what an edit does not touch", () => {
  expect(seen(UNTOUCHED)).toMatchObject({ state: "here", text: "first", versions: [] });
  const is = seen(of(edit(ada, 2, IT, "second"), edit(ada, 3, IT, "third")));
  expect(is).toMatchObject({ state: "here", text: "third", reply: REPLY, forwarded: true });
  expect(is?.versions.map(({ stamp }) => stamp.seq)).toEqual([3, 2]);
});

test("[MO29] pin and star show as they are now", () => {
  expect(seen(of(pin(bea, 2, IT), star(ada, 3, IT)))).toMatchObject({
    isPinned: true,
    isStarred: true,
  });
  const off = of(
    pin(bea, 2, IT),
    pin(ada, 3, IT, false),
    star(ada, 3, IT),
    star(ada, 4, IT, false),
  );
  expect(seen(off)).toMatchObject({ isPinned: false, isStarred: false });
});

test("[MO30] a deleted message says that it was, by whom, and nothing else", () => {
  const is = seen(of(edit(ada, 2, IT, "x"), react(bea, 2, IT, "👍"), remove(ada, 3, IT)));
  expect(is).toMatchObject({ state: "deleted", deletedBy: ada.account, text: "", reply: null });
  expect(is).toMatchObject({ versions: [], reactions: [], forwarded: false });
  expect(seen(of(remove(ada, 3, IT)), null)?.state).toBe("deleted");
});

test("[MO31] what was deleted for this account is not painted, nor is its room", () => {
  expect(seen(of(hide(ada, 2, IT)))).toBeNull();
  expect(seen(of(hide(ada, 2, IT), remove(ada, 3, IT)))).toBeNull();
});

test("[MO32] reactions are counted by emoji, in the order in which they were first given", () => {
  const is = seen(
    of(
      react(bea, 2, IT, "🎉", true, { hEff: 10 }),
      react(cy, 2, IT, "👍", true, { hEff: 11 }),
      react(ada, 2, IT, "👍", true, { hEff: 12 }),
      react(cy, 3, IT, "🎉", true, { hEff: 13 }),
      react(cy, 4, IT, "😀", true, { hEff: 14 }),
      react(cy, 5, IT, "😀", false, { hEff: 15 }),
    ),
  );
  expect(is?.reactions).toEqual([
    { emoji: "🎉", accounts: [bea.account, cy.account], own: false },
    { emoji: "👍", accounts: [cy.account, ada.account], own: true },
  ]);
});

test("[MO33] words that were erased although nobody had the right to are missing, until they are back", () => {
  expect(seen(of(react(bea, 2, IT, "👍")), null)).toMatchObject({ state: "missing", text: "" });
  expect(seen(of(edit(ada, 2, IT, "x")), null)).toMatchObject({ state: "here", text: "x" });
});

test("[MO29] a window is painted by one call", () => {
  const at = (s: number): { c: number; a: number; s: number; h: number; b: number } => ({
    c: 1,
    a: 4,
    s,
    h: s,
    b: 7,
  });
  const rows = [1, 2, 3].map((s) => ({ ...at(s), ...messageFields(plainMessage(`m${s}`)) }));
  const aggregates = [
    aggregateRowOf(at(1), of(edit(ada, 9, IT, "edited"))),
    aggregateRowOf(at(2), of(hide(ada, 9, IT))),
    aggregateRowOf({ ...at(3), a: 5 }, of(remove(ada, 9, IT))),
  ];
  const window = viewsOf(rows, aggregates, SELF);
  expect(window.map(({ row, view }) => [row.s, view.text])).toEqual([
    [1, "edited"],
    [3, "m3"],
  ]);
});
