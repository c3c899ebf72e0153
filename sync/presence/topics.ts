/**
 * Which topics are in use at a moment. They change with the week, and nobody's clock is right: around
 * the change both weeks count, for publisher and follower alike, so that two clocks that differ by
 * less than a day always have a topic in common. Rule [PS2].
 */
import { assert } from "../../crypto/base/assert.ts";
import { presenceTopicOf, presenceWeekOf } from "../../crypto/presence.ts";
import { parseTopic, type Topic } from "../wire/ids.ts";

/** Before and after the change of week. */
export const TURN_MS = 43_200_000;

/** One week, or the two on both sides of a change. */
export function weeksAt(nowMs: number): readonly number[] {
  const from = presenceWeekOf(Math.max(0, nowMs - TURN_MS));
  const to = presenceWeekOf(Math.max(0, nowMs + TURN_MS));
  return from === to ? [from] : [from, to];
}

export function topicOf(key: Uint8Array, device: Uint8Array, week: number): Topic {
  const topic = parseTopic(presenceTopicOf(key, device, week));
  assert(topic.ok, "a topic has 32 bytes");
  return topic.value;
}
