import { expect, test } from "vitest";

import { encodeAddBody, introductionIn } from "../../../sync/group/add-body.ts";
import { INTRODUCTION_BYTES_MAX } from "../../../sync/payload/limits.ts";
import {
  decodeRosterBody,
  encodeRosterBody,
  type RosterBody,
  ROSTER_KINDS,
} from "../../../sync/roster/ops.ts";

const add: RosterBody = {
  heads: ["11".repeat(32)],
  act: { type: "add", account: "22".repeat(32), role: "admin", floor: 7, invite: null },
};

test("[GP6] an add says who comes, and the roster reads the same", () => {
  const introduction = new Uint8Array(300).fill(5);
  const body = encodeAddBody(add, introduction);
  expect(introductionIn(body)).toEqual(introduction);
  expect(decodeRosterBody(ROSTER_KINDS.add, body)).toEqual({ ok: true, value: add });
});

test("[GP6] an introduction that is too large, or none, is left out", () => {
  const large = new Uint8Array(INTRODUCTION_BYTES_MAX + 1);
  expect(encodeAddBody(add, large)).toEqual(encodeRosterBody(add));
  expect(introductionIn(encodeAddBody(add, undefined))).toBeUndefined();
  expect(introductionIn(new Uint8Array([0xff]))).toBeUndefined();
});
