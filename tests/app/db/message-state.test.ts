import { expect, test } from "vitest";

import { messageStateOf } from "../../../app/db/message-state.ts";
import type { Known } from "../../../sync/log/known.ts";
import { cursor, log, US } from "./rows.ts";

const upTo = (floor: number): Known => ({ floor, ranges: [] });
const own = log(1, { known: upTo(9), sent: upTo(5) });
const receipt = (delivered: Known, read: Known = upTo(0)) =>
  cursor({
    delivered: [{ log: own.log, known: delivered }],
    read: [{ log: own.log, known: read }],
  });

test("[AMS1] is waiting while a relay has not stored it", () => {
  expect(messageStateOf(6, own, [], "dm")).toBe("waiting");
});

test("[AMS2] is sent when every relay has", () => {
  expect(messageStateOf(5, own, [], "dm")).toBe("sent");
  expect(messageStateOf(5, own, [receipt(upTo(4))], "dm")).toBe("sent");
});

test("[AMS3] is delivered when any device of theirs has it, hole or not", () => {
  expect(messageStateOf(5, own, [receipt(upTo(5))], "dm")).toBe("delivered");
  const beyondHole = receipt({ floor: 2, ranges: [[5, 5]] });
  expect(messageStateOf(5, own, [beyondHole], "dm")).toBe("delivered");
  expect(messageStateOf(4, own, [beyondHole], "dm")).toBe("sent");
});

test("[AMS4] is read when any device of theirs says so", () => {
  const two = [receipt(upTo(5)), { ...receipt(upTo(0), upTo(5)), device: "ff".repeat(16) }];
  expect(messageStateOf(5, own, two, "dm")).toBe("read");
  expect(messageStateOf(6, own, two, "dm")).toBe("waiting");
});

test("[AMS5] a receipt counts although the relay's word never came", () => {
  expect(messageStateOf(6, own, [receipt(upTo(6))], "dm")).toBe("delivered");
});

test("[AMS6] is saved in a note to self, until another device of ours has it", () => {
  expect(messageStateOf(1, own, [], "self")).toBe("saved");
  expect(messageStateOf(1, own, [{ ...receipt(upTo(1)), account: US }], "self")).toBe("delivered");
});

test("[AMS7] receipts of our own devices and of other logs say nothing", () => {
  expect(messageStateOf(6, own, [{ ...receipt(upTo(9), upTo(9)), account: US }], "dm")).toBe(
    "waiting",
  );
  const other = cursor({ delivered: [{ log: "other", known: upTo(9) }] });
  expect(messageStateOf(6, own, [other], "dm")).toBe("waiting");
});
