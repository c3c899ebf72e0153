import { expect, test } from "vitest";

import {
  codeOf,
  layerOf,
  PAYLOAD_TYPES,
  type PayloadType,
  parsePayloadType,
} from "../../../sync/wire/payload-types.ts";

const types = Object.keys(PAYLOAD_TYPES) as PayloadType[];

test("[PT1] a payload is known by its code on its own layer", () => {
  for (const type of types) {
    expect(parsePayloadType(codeOf(type), layerOf(type))).toEqual({ ok: true, value: type });
  }
  expect(new Set(types.map(codeOf)).size).toBe(types.length);
});

test("[PT2] a payload that arrives by another layer is refused", () => {
  for (const type of types) {
    for (const layer of ["session", "chain", "live"] as const) {
      if (layer === layerOf(type)) continue;
      const error = { type: "PayloadLayerWrong", payload: type, layer };
      expect(parsePayloadType(codeOf(type), layer)).toEqual({ ok: false, error });
    }
  }
});

test("[PT3] an unknown code is refused on every layer", () => {
  expect(parsePayloadType(0xff, "session")).toEqual({
    ok: false,
    error: { type: "PayloadTypeUnknown", code: 0xff },
  });
});
