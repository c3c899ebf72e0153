import { expect, test } from "vitest";

import { messageStateOf, RECEIPTS_MEMBERS_MAX } from "../../../app/db/message-state.ts";
import type { Receipts } from "../../../app/db/receipts.ts";
import { fromHex } from "../../../crypto/base/hex.ts";
import { RECEIPTS_TO_AUTHORS_MAX } from "../../../sync/group/rosters.ts";
import type { MemberRow } from "../../../sync/group/rows.ts";
import type { Known } from "../../../sync/log/known.ts";
import type { CursorRow, EntryRow } from "../../../sync/store/rows.ts";
import { cursor, entry, log, member, THEM, US } from "./rows.ts";

const upTo = (floor: number): Known => ({ floor, ranges: [] });
const own = log(1, { known: upTo(9), sent: upTo(5) });
const receipt = (delivered: Known, read: Known = upTo(0)) =>
  cursor({
    delivered: [{ log: own.log, known: delivered }],
    read: [{ log: own.log, known: read }],
  });

const receiptsOf = (
  cursors: readonly CursorRow[],
  members: readonly MemberRow[] = [],
): Receipts => ({
  logs: [own],
  logByNumber: new Map([[1, own]]),
  cursors,
  members,
});
const stateOf = (s: number, cursors: readonly CursorRow[], kind: "self" | "dm") =>
  messageStateOf(entry(s, { own: true }), undefined, receiptsOf(cursors), kind);

test("[AMS1] is waiting while a relay has not stored it", () => {
  expect(stateOf(6, [], "dm")).toBe("waiting");
});

test("[AMS2] is sent when every relay has", () => {
  expect(stateOf(5, [], "dm")).toBe("sent");
  expect(stateOf(5, [receipt(upTo(4))], "dm")).toBe("sent");
});

test("[AMS3] is delivered when any device of theirs has it, hole or not", () => {
  expect(stateOf(5, [receipt(upTo(5))], "dm")).toBe("delivered");
  const beyondHole = receipt({ floor: 2, ranges: [[5, 5]] });
  expect(stateOf(5, [beyondHole], "dm")).toBe("delivered");
  expect(stateOf(4, [beyondHole], "dm")).toBe("sent");
});

test("[AMS4] is read when any device of theirs says so", () => {
  const two = [receipt(upTo(5)), { ...receipt(upTo(0), upTo(5)), device: "ff".repeat(16) }];
  expect(stateOf(5, two, "dm")).toBe("read");
  expect(stateOf(6, two, "dm")).toBe("waiting");
});

test("[AMS5] a receipt counts although the relay's word never came", () => {
  expect(stateOf(6, [receipt(upTo(6))], "dm")).toBe("delivered");
});

test("[AMS6] is saved in a note to self, until another device of ours has it", () => {
  expect(stateOf(1, [], "self")).toBe("saved");
  expect(stateOf(1, [{ ...receipt(upTo(1)), account: US }], "self")).toBe("delivered");
});

test("[AMS7] receipts of our own devices and of other logs say nothing", () => {
  expect(stateOf(6, [{ ...receipt(upTo(9), upTo(9)), account: US }], "dm")).toBe("waiting");
  const other = cursor({ delivered: [{ log: "other", known: upTo(9) }] });
  expect(stateOf(6, [other], "dm")).toBe("waiting");
});

const CAROL = "cc".repeat(32);
const TRIO = [member(US, "owner"), member(THEM), member(CAROL)];
const inGroup = (
  cursors: readonly CursorRow[],
  members = TRIO,
  row: Partial<EntryRow> = {},
): string | null =>
  messageStateOf(entry(5, { own: true, ...row }), undefined, receiptsOf(cursors, members), "group");

test("[AMS8] in a group it has got as far as with the last of those who may read it", () => {
  const bob = receipt(upTo(5), upTo(5));
  const carol = { ...receipt(upTo(5)), account: CAROL, device: "cc".repeat(16) };
  expect(inGroup([])).toBe("sent");
  expect(inGroup([bob])).toBe("sent");
  expect(inGroup([bob, carol])).toBe("delivered");
  expect(inGroup([bob, { ...carol, read: carol.delivered }])).toBe("read");
  // Carol came later, and is not served what was before her.
  expect(inGroup([bob], [...TRIO.slice(0, 2), member(CAROL, "member", 6)])).toBe("read");
  // Who has gone is not waited for.
  expect(inGroup([bob], TRIO.slice(0, 2))).toBe("read");
});

test("[AMS6] in a group of nobody else it is saved", () => {
  expect(inGroup([], [member(US, "owner")])).toBe("saved");
});

test("[AMS9] what the group did not accept is that, although somebody has it", () => {
  expect(inGroup([receipt(upTo(5))], TRIO, { counts: "no" })).toBe("notAccepted");
  expect(
    messageStateOf(entry(5, { own: true, a: 7 }), undefined, receiptsOf([]), "group"),
  ).toBeNull();
});

test("[AMS11] what another device of ours wrote does not wait on this one", () => {
  const elsewhere = log(1, { own: false, account: US, known: upTo(9) });
  const receipts = (cursors: readonly CursorRow[]): Receipts => ({
    ...receiptsOf(cursors),
    logByNumber: new Map([[1, elsewhere]]),
  });
  expect(messageStateOf(entry(6, { own: true }), undefined, receipts([]), "dm")).toBe("sent");
  expect(
    messageStateOf(entry(6, { own: true }), undefined, receipts([receipt(upTo(6))]), "dm"),
  ).toBe("delivered");
  expect(messageStateOf(entry(6, { own: true }), undefined, receipts([]), "self")).toBe("saved");
});

test("[AMS8] nobody is asked in groups where nobody tells", () => {
  expect(RECEIPTS_MEMBERS_MAX).toBe(RECEIPTS_TO_AUTHORS_MAX);
});

test("[AMS10] what was changed waits while the change does, and no longer", () => {
  const bytes = fromHex(own.log);
  if (!bytes.ok) throw new Error("the log of the test has an id");
  const changed = (seq: number, cursors: readonly CursorRow[], kind: "self" | "dm" = "dm") => {
    const versions = [{ log: bytes.value, stamp: { hEff: seq, tie: 1, seq, id: "00" } }];
    return messageStateOf(entry(2, { own: true }), { versions }, receiptsOf(cursors), kind);
  };
  const read = receipt(upTo(4), upTo(4));
  expect(changed(4, [read])).toBe("read");
  expect(changed(5, [read])).toBe("read");
  expect(changed(6, [read])).toBe("waiting");
  expect(changed(6, [receipt(upTo(6), upTo(4))])).toBe("read");
  expect(changed(6, [], "self")).toBe("saved");
});
