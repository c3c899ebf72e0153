import { beforeAll, expect, test } from "vitest";

import { ready } from "../../crypto/base/sodium.ts";
import {
  openPresence,
  PRESENCE_PAYLOAD_BYTES_MAX,
  presenceKeyOf,
  presenceTopicOf,
  presenceWeekOf,
  sealPresence,
} from "../../crypto/presence.ts";
import { bytesOf, flipped, NOW_MS, randomOf, textOf } from "./people.ts";

beforeAll(() => ready);

const key = bytesOf(32, 1);
const device = bytesOf(16, 2);
const week = presenceWeekOf(NOW_MS);

test("[PR1] a topic is 32 bytes and differs by key, device and week", () => {
  const topics = [
    presenceTopicOf(key, device, week),
    presenceTopicOf(bytesOf(32, 9), device, week),
    presenceTopicOf(key, bytesOf(16, 9), week),
    presenceTopicOf(key, device, week + 1),
  ].map((topic) => Buffer.from(topic).toString("hex"));
  expect(new Set(topics).size).toBe(4);
  expect(topics[0]).toHaveLength(64);
  expect(presenceWeekOf(NOW_MS + 7 * 86_400_000)).toBe(week + 1);
});

test("[PR4] the key is another one with each token, and with each secret", () => {
  const keys = [
    presenceKeyOf(key, bytesOf(16, 1)),
    presenceKeyOf(key, bytesOf(16, 2)),
    presenceKeyOf(bytesOf(32, 9), bytesOf(16, 1)),
  ].map((it) => Buffer.from(it).toString("hex"));
  expect(new Set([...keys, Buffer.from(key).toString("hex")]).size).toBe(4);
  expect(keys[0]).toHaveLength(64);
});

test("[PR2] only who has the key opens a payload, under its own topic alone", () => {
  const sealed = sealPresence(key, device, week, textOf("online"), randomOf(1));
  expect(openPresence(key, device, week, sealed)).toEqual({ ok: true, value: textOf("online") });
  const failed = { ok: false, error: { type: "OpenFailed" } };
  expect(openPresence(bytesOf(32, 9), device, week, sealed)).toEqual(failed);
  expect(openPresence(key, device, week + 1, sealed)).toEqual(failed);
  for (let i = 0; i < sealed.length; i++) {
    expect(openPresence(key, device, week, flipped(sealed, i))).toEqual(failed);
  }
});

test("[PR3] every payload is sealed in 200 bytes, and a longer one is refused", () => {
  const lengthOf = (bytes: number): number =>
    sealPresence(key, device, week, bytesOf(bytes, 1), randomOf(1)).length;
  expect([lengthOf(0), lengthOf(PRESENCE_PAYLOAD_BYTES_MAX)]).toEqual([200, 200]);
  expect(() => lengthOf(PRESENCE_PAYLOAD_BYTES_MAX + 1)).toThrow("bound");
});
