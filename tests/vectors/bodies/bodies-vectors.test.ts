/**
 * What entries say, as bytes that must never change. `bodies` are written and read by this version;
 * `newer` come from an app that knows more, and are read as far as this one goes.
 */
import { expect, test } from "vitest";

import { type Bodies, type BodyType, decodeBody, encodeBody } from "../../../sync/entry/bodies.ts";
import { KINDS } from "../../../sync/entry/kinds.ts";
import { bytesOf, type Json, jsonOf, valueOf } from "../sync/hex-json.ts";
import vectors from "./bodies.json" with { type: "json" };

type Vector = {
  readonly name: string;
  readonly type: string;
  readonly kind: number;
  readonly body: Json;
  readonly bytes: string;
};
const bodies = vectors.bodies as readonly Vector[];
const newer = vectors.newer as readonly Vector[];

test.each(bodies)("[MB4] writes $type ($name) as the frozen bytes, and reads them", (vector) => {
  const type = vector.type as BodyType;
  const body = valueOf(vector.body) as Bodies[typeof type];
  expect(KINDS[type].number).toBe(vector.kind);
  expect(jsonOf(encodeBody(type, body as never))).toEqual({ hex: vector.bytes });
  const read = decodeBody(vector.kind, bytesOf(vector.bytes));
  expect(read).toEqual({ ok: true, value: { type, ...body } });
});

test.each(newer)("[BO3] reads $type ($name) as far as it goes", (vector) => {
  const body = valueOf(vector.body) as object;
  const read = decodeBody(vector.kind, bytesOf(vector.bytes));
  expect(read).toEqual({ ok: true, value: { type: vector.type, ...body } });
});

test("[MB4] there is a vector of every body", () => {
  const types: readonly BodyType[] = [
    "delete",
    "deviceName",
    "edit",
    "link",
    "logClose",
    "logOpen",
    "mark",
    "message",
    "meta",
    "ownName",
    "pin",
    "reaction",
    "system",
    "wordsKept",
    "ydoc",
    "ydocSnapshot",
  ];
  expect([...new Set(bodies.map(({ type }) => type))].toSorted()).toEqual(types);
});
