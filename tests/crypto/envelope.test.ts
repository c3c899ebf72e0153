import { expect, test } from "vitest";

import { envelopeOf, splitEnvelope } from "../../crypto/envelope.ts";
import { answersAnything, readsOnlyItsView } from "./decoder.ts";
import { bytesOf } from "./people.ts";

test("[EV1] suite, id and rest come back as they were put together", () => {
  const body = envelopeOf(Uint8Array.from([...bytesOf(16, 2), 9, 9]));
  expect(body[0]).toBe(1);
  expect(splitEnvelope(body)).toEqual({
    ok: true,
    value: { id: bytesOf(16, 2), rest: Uint8Array.of(9, 9), message: body.subarray(1) },
  });
});

test("[EV2] an unknown suite is named, and nothing is tried instead", () => {
  const body = bytesOf(40, 2);
  expect(splitEnvelope(body)).toEqual({ ok: false, error: { type: "SuiteUnknown", suite: 2 } });
});

test("[EV3] what holds no more than an id is refused", () => {
  for (const length of [0, 1, 17]) {
    expect(splitEnvelope(bytesOf(length, 1))).toEqual({
      ok: false,
      error: { type: "EnvelopeTooShort", bytes: length },
    });
  }
  answersAnything(splitEnvelope, bytesOf(40, 1));
  const wrapped = (bytes: Uint8Array): { ok: boolean } => structuredClone(splitEnvelope(bytes));
  readsOnlyItsView(wrapped, bytesOf(40, 1));
});
