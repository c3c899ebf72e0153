import { readFileSync } from "node:fs";

import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { type Answers, knownAnswers } from "./known-answers.ts";

beforeAll(() => ready);

const written = JSON.parse(
  readFileSync(new URL("suite-1.json", import.meta.url), "utf8"),
) as Record<string, Answers>;

test.each(Object.keys(written))("[KA1] suite 1 still writes the bytes it shipped with: %s", (part) => {
  expect(knownAnswers()[part]).toMatchObject(written[part]!);
});

test("[KA2] every part that is made has its bytes written down", () => {
  expect(Object.keys(knownAnswers())).toEqual(Object.keys(written));
});
