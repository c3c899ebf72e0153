import { expect, test } from "vitest";

import {
  Asked,
  HEAL_FIRST_MS,
  HEAL_LATE_MAX_MS,
  HEAL_LATE_MS,
  HEAL_RETRY_FIRST_MS,
  HEAL_RETRY_MAX_MS,
  HEAL_TRIES_MAX,
  HEAL_UNSENT_MS,
  PEER_ASK_EVERY_MS,
  PEER_ASKS_MAX,
} from "../../../sync/heal/asked.ts";

const NOW = 1_000_000_000;

/** When it is asked for, in milliseconds after the first look, by somebody who keeps looking. */
function askedAt(untilMs: number): readonly number[] {
  const asked = new Asked();
  const times: number[] = [];
  for (let nowMs = 0; nowMs < untilMs;) {
    const waitMs = asked.waitMs("it", nowMs);
    if (waitMs === 0) times.push(nowMs);
    nowMs += waitMs === 0 ? 1 : waitMs;
  }
  return times;
}

test("[HE4] it is asked for after 3 s, then at pauses that double up to 10 minutes, then rarely", () => {
  const times = askedAt(2 * HEAL_LATE_MS);
  expect(times[0]).toBe(HEAL_FIRST_MS);
  const pauses = times.slice(1).map((at, n) => at - (times[n] ?? 0));
  const doubling = Array.from({ length: HEAL_TRIES_MAX }, (_, n) =>
    Math.min(HEAL_RETRY_MAX_MS, HEAL_RETRY_FIRST_MS * 2 ** n),
  );
  expect(pauses.slice(0, HEAL_TRIES_MAX)).toEqual(doubling);
  expect(pauses[HEAL_TRIES_MAX]).toBe(HEAL_LATE_MS);
});

test("[HE4] what is missing in a log is asked for at pauses that double up to a week, and at once when somebody says that they have it", () => {
  const asked = new Asked();
  const pauses: number[] = [];
  let nowMs = 0;
  for (let n = 0; n < HEAL_TRIES_MAX + 8; n += 1) {
    const look = (): number => asked.waitMs("it", nowMs, HEAL_LATE_MAX_MS);
    for (let waitMs = look(); waitMs > 0; waitMs = look()) nowMs += waitMs;
    pauses.push(asked.dueInMs("it", nowMs));
  }
  const late = pauses.slice(HEAL_TRIES_MAX);
  expect(late).toEqual(
    Array.from({ length: 8 }, (_, n) => Math.min(HEAL_LATE_MAX_MS, HEAL_LATE_MS * 2 ** n)),
  );
  expect(late.at(-1)).toBe(HEAL_LATE_MAX_MS);
  asked.heldBy("it", 1);
  expect(asked.dueInMs("it", nowMs)).toBe(0);
  expect(asked.waitMs("it", nowMs, HEAL_LATE_MAX_MS)).toBe(0);
  // It was asked for since; who says so no more, or again, is no news.
  asked.heldBy("it", 1);
  asked.heldBy("it", 0);
  expect(asked.dueInMs("it", nowMs)).toBe(HEAL_LATE_MAX_MS);
});

test("[HE4] each thing has pauses of its own, and is counted", () => {
  const asked = new Asked();
  asked.waitMs("one", 0);
  asked.waitMs("two", 1_000);
  expect(asked.waitMs("one", HEAL_FIRST_MS)).toBe(0);
  expect(asked.waitMs("two", HEAL_FIRST_MS)).toBe(1_000);
  expect([asked.times("one"), asked.times("two"), asked.times("three")]).toEqual([1, 0, 0]);
});

test("[HE4] what could not be put to anybody does not count, and is put again within a minute", () => {
  const asked = new Asked();
  let nowMs = 0;
  const pauses: number[] = [];
  for (let n = 0; n < 20; n += 1) {
    const waitMs = asked.waitMs("it", nowMs);
    if (waitMs === 0) asked.unsent("it");
    else pauses.push(waitMs);
    nowMs += Math.max(1, waitMs);
  }
  expect(asked.times("it")).toBe(0);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(HEAL_UNSENT_MS);
  expect(asked.waitMs("it", nowMs + HEAL_UNSENT_MS)).toBe(0);
  expect(asked.times("it")).toBe(1);
});

test("[HE4] a clock that is set back puts nothing off", () => {
  const asked = new Asked();
  asked.waitMs("one", 1_000_000);
  expect(asked.waitMs("one", 0)).toBe(0);
});

test("[HE4] of too many things the oldest are forgotten", () => {
  const asked = new Asked();
  for (let n = 0; n < 1_001; n += 1) {
    asked.waitMs(`${n}`, 0);
    asked.waitMs(`${n}`, HEAL_FIRST_MS);
  }
  expect([asked.times("0"), asked.times("1"), asked.times("1000")]).toEqual([0, 1, 1]);
});

test("[HE4] one contact is asked a bounded number of times, whatever names they make up", () => {
  const asked = new Asked();
  for (let n = 0; n < PEER_ASKS_MAX; n += 1) {
    expect(asked.peerWaitMs("mallory", NOW)).toBe(0);
    asked.spend("mallory", NOW);
  }
  expect(asked.peerWaitMs("mallory", NOW)).toBe(PEER_ASK_EVERY_MS);
  expect(asked.peerWaitMs("mallory", NOW + 4_000)).toBe(PEER_ASK_EVERY_MS - 4_000);
  expect(asked.peerWaitMs("bob", NOW)).toBe(0);
  // One more with time, and with each answer; a clock that is set back takes nothing away.
  expect(asked.peerWaitMs("mallory", NOW + PEER_ASK_EVERY_MS)).toBe(0);
  asked.spend("mallory", NOW + PEER_ASK_EVERY_MS);
  expect(asked.peerWaitMs("mallory", NOW + PEER_ASK_EVERY_MS)).toBe(PEER_ASK_EVERY_MS);
  expect(asked.peerWaitMs("mallory", NOW - 3_600_000)).toBe(PEER_ASK_EVERY_MS);
  asked.heldNow("log", 5, "mallory", NOW + PEER_ASK_EVERY_MS);
  asked.heldNow("log", 5, "mallory", NOW + PEER_ASK_EVERY_MS);
  expect(asked.peerWaitMs("mallory", NOW + PEER_ASK_EVERY_MS)).toBeGreaterThan(0);
  asked.heldNow("log", 6, "mallory", NOW + PEER_ASK_EVERY_MS);
  expect(asked.peerWaitMs("mallory", NOW + PEER_ASK_EVERY_MS)).toBe(0);
  // After a long while the allowance is what it was, and no more.
  const later = NOW + 1_000 * PEER_ASK_EVERY_MS;
  for (let n = 0; n < PEER_ASKS_MAX; n += 1) asked.spend("mallory", later);
  expect(asked.peerWaitMs("mallory", later)).toBe(PEER_ASK_EVERY_MS);
});
