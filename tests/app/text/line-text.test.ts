import { expect, test } from "vitest";

import type { Line } from "../../../app/db/lines.ts";
import { isSameDoing, linesText } from "../../../app/text/line-text.ts";
import { LANGUAGES } from "../../../app/text/texts.ts";
import type { MetaBody } from "../../../sync/entry/meta-body.ts";
import type { RosterAct } from "../../../sync/roster/ops.ts";

const PEOPLE = new Map([
  ["ann", "Ann"],
  ["bob", "Bob"],
  ["cleo", "Cleo"],
  ["dan", "Dan"],
]);
const op = (by: string, act: RosterAct): Line => ({ type: "op", by, act });
const add = (by: string, account: string, invite: string | null = null): Line =>
  op(by, { type: "add", account, role: "member", floor: 0, invite });
const remove = (by: string, account: string): Line => op(by, { type: "remove", account, cut: [] });
const role = (by: string, account: string, given: "owner" | "admin" | "member"): Line =>
  op(by, { type: "role", account, role: given, cut: [] });
const meta = (said: Partial<MetaBody>): Line => ({
  type: "meta",
  by: "ann",
  meta: { title: null, topic: null, picture: null, history: null, timer: null, ...said },
});
const BLOB = { id: new Uint8Array(32), key: new Uint8Array(32), bytes: 1, relays: [] };
/** Seen by Bob. */
const text = (...lines: readonly Line[]): string => linesText(lines, PEOPLE, "bob");

test("[ALT1] who did what to whom is said by name, and ourselves as you", () => {
  const create: RosterAct = { type: "create", account: "ann", name: "Ropes", policy: "none" };
  expect(text(op("ann", create))).toBe("Ann made the group “Ropes”");
  expect(text(add("ann", "bob"))).toBe("Ann added you");
  expect(text(add("bob", "cleo"))).toBe("You added Cleo");
  expect(text(add("ann", "cleo", "00"))).toBe("Cleo came in by a link of Ann’s");
  expect(text(add("bob", "cleo", "00"))).toBe("Cleo came in by your link");
  expect(text(remove("ann", "cleo"))).toBe("Ann removed Cleo");
  expect(text(op("bob", { type: "leave", cut: [] }))).toBe("You left");
  expect(text(role("ann", "bob", "admin"))).toBe("Ann made you an admin");
  expect(text(role("ann", "cleo", "owner"))).toBe("Ann made Cleo an owner");
  expect(text(role("bob", "cleo", "member"))).toBe("You made Cleo an ordinary member");
  expect(text(op("eve", { type: "unknown", kind: 30 }))).toBe(
    "? changed something that needs a newer Kith",
  );
});

test("[ALT1] several are told in one sentence, and many are counted", () => {
  expect(text(add("ann", "bob"), add("ann", "cleo"))).toBe("Ann added you and Cleo");
  const all = ["bob", "cleo", "dan", "eve", "fay"].map((it) => add("ann", it));
  expect(text(...all)).toBe("Ann added you, Cleo, and 3 others");
});

test("[ALT1] what the group is called, about and shows", () => {
  expect(text(meta({ title: "Ropes" }))).toBe("Ann called the group “Ropes”");
  expect(text(meta({ topic: "" }))).toBe("Ann removed the topic");
  expect(text(meta({ title: "Ropes", topic: "Who\nbelays" }))).toBe(
    "Ann called the group “Ropes”. Ann set the topic: Who belays",
  );
  expect(text(meta({ history: "week", picture: [] }))).toBe(
    "Ann removed the picture. Ann decided that newcomers read the last 7 days",
  );
  expect(text(meta({ picture: [BLOB] }))).toBe("Ann changed the picture");
  expect(text(meta({}))).toMatch(/needs a newer Kith/u);
});

test("[ALT2] what a group is called cannot reorder the line, and a long topic is cut", () => {
  expect(text(meta({ title: "Ropes\u202Eseporg" }))).toBe("Ann called the group “Ropesseporg”");
  expect(text(meta({ topic: "🧗".repeat(300) }))).toBe(`Ann set the topic: ${"🧗".repeat(200)}…`);
});

test("[AGR3] only what is alike is told together", () => {
  expect(isSameDoing(add("ann", "bob"), add("ann", "cleo"))).toBe(true);
  expect(isSameDoing(remove("ann", "bob"), remove("ann", "cleo"))).toBe(true);
  expect(isSameDoing(add("ann", "bob"), add("dan", "cleo"))).toBe(false);
  expect(isSameDoing(add("ann", "bob"), remove("ann", "cleo"))).toBe(false);
  expect(isSameDoing(add("ann", "bob"), add("ann", "cleo", "00"))).toBe(false);
  expect(isSameDoing(add("ann", "bob", "00"), add("ann", "cleo", "00"))).toBe(false);
  expect(isSameDoing(role("ann", "bob", "admin"), role("ann", "cleo", "admin"))).toBe(false);
  expect(isSameDoing(meta({}), meta({}))).toBe(false);
});

test("[ALT1] other languages say you, too", () => {
  const { lines, writing } = LANGUAGES.de.groups;
  expect(lines.added(null, ["Bob", null])).toBe("Du hast Bob und dich hinzugefügt");
  expect(lines.joined(null, "Ann")).toBe("Du bist über einen Link von Ann gekommen");
  expect(writing(["Ann"])).toBe("Ann schreibt…");
  expect(writing(["Ann", "Bob"])).toBe("Ann und Bob schreiben…");
});
