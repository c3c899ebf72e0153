/**
 * Presence between two contacts, one direction: a topic at the relay that changes every week and
 * that only they can compute, and a sealed payload on it. Rules [PR1] to [PR4] of
 * docs/protocol/crypto.md.
 */
import { open, seal } from "./aead.ts";
import { assert } from "./base/assert.ts";
import { u32le, wipe } from "./base/bytes.ts";
import type { Random } from "./base/random.ts";
import type { Result } from "./base/result.ts";
import { kdf32 } from "./kdf.ts";
import type { OpenFailed } from "./xchacha.ts";

/** So that it is sealed in 200 bytes, whatever it says. */
export const PRESENCE_PAYLOAD_BYTES_MAX = 127;
const WEEK_MS = 604_800_000;

/** Weeks since 1970. At the turn publisher and subscriber use this one and its neighbour. */
export const presenceWeekOf = (nowMs: number): number => Math.floor(nowMs / WEEK_MS);

/**
 * The key of topics and payloads, 32 bytes. `secret`: what the publisher's account gave to the one who may
 * watch; `token`: what the publishing device's card lets them write with. It is followed by another one when
 * a device of theirs is put out, and with it goes the sight of us.
 */
export const presenceKeyOf = (secret: Uint8Array, token: Uint8Array): Uint8Array =>
  kdf32(secret, "presence/pair", token);

/** 32 bytes. `key`: of `presenceKeyOf`. */
export const presenceTopicOf = (key: Uint8Array, device: Uint8Array, week: number): Uint8Array =>
  kdf32(key, "presence", device, u32le(week));

export function sealPresence(
  key: Uint8Array,
  device: Uint8Array,
  week: number,
  payload: Uint8Array,
  random: Random,
): Uint8Array {
  assert(payload.length <= PRESENCE_PAYLOAD_BYTES_MAX, "presence payload within its bound");
  const payloadKey = kdf32(key, "presence/key", device, u32le(week));
  try {
    return seal(payloadKey, presenceTopicOf(key, device, week), payload, random);
  } finally {
    wipe(payloadKey);
  }
}

export function openPresence(
  key: Uint8Array,
  device: Uint8Array,
  week: number,
  sealed: Uint8Array,
): Result<Uint8Array, OpenFailed> {
  const payloadKey = kdf32(key, "presence/key", device, u32le(week));
  try {
    return open(payloadKey, presenceTopicOf(key, device, week), sealed);
  } finally {
    wipe(payloadKey);
  }
}
