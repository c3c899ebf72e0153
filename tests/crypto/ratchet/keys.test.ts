import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { kdf, kdf32 } from "../../../crypto/kdf.ts";
import { chainStep, rootStep, tagOf } from "../../../crypto/ratchet/keys.ts";
import { bytesOf, textOf } from "../people.ts";

beforeAll(() => ready);

const key = bytesOf(32, 1);

test("[RA1] a root step hashes secret and transcript into three independent keys", () => {
  const step = rootStep(key, bytesOf(32, 2), textOf("ct"), textOf("pk"));
  const made = kdf(64, key, "root", bytesOf(32, 2), textOf("ct"), textOf("pk"));
  const seed = made.slice(32);
  expect(step).toEqual({
    rootKey: made.slice(0, 32),
    chainKey: kdf32(seed, "ck"),
    nextHeaderKey: kdf32(seed, "nhk"),
  });
  expect(rootStep(key, bytesOf(32, 2), textOf("ctp"), textOf("k")).rootKey).not.toEqual(
    step.rootKey,
  );
});

test("[RA2] a chain step gives the next chain key and a message key, and keeps its input", () => {
  const step = chainStep(key);
  const made = kdf(64, key, "step");
  expect(step).toEqual({ chainKey: made.slice(0, 32), messageKey: made.slice(32) });
  expect(key).toEqual(bytesOf(32, 1));
});

test("[RA3] a tag is 16 bytes of the header key alone", () => {
  expect(tagOf(key)).toEqual(kdf(16, key, "tag"));
});
