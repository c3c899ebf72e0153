/**
 * The hybrid logical clock: time that never goes back and never contradicts cause and effect,
 * whatever the devices' clocks do (Kulkarni et al., "Logical Physical Clocks", OPODIS 2014), bounded
 * so that nobody's wrong or lying clock carries a channel away. docs/protocol/sync.md, [CL1] to [CL7].
 *
 *     hlc = milliseconds since 1970 × 2048 + counter            a safe integer until the year 2109
 *
 * The counter is no field: adding one to a full counter carries into the milliseconds.
 */
import { assert } from "../../crypto/base/assert.ts";

const TICKS_PER_MS = 2_048;
export const HLC_MAX = Number.MAX_SAFE_INTEGER;
/** How far a remote clock may be ahead of ours and still move ours. */
export const CLOCK_AHEAD_MS_MAX = 60_000;
/** How far beyond its causes an entry may place itself. */
export const HEFF_AHEAD_MS_MAX = 86_400_000;
/** 2100-01-01. A later clock counts as this, which leaves nine years of counter: no send can fail. */
export const CLOCK_MS_MAX = 4_102_444_800_000;

assert(CLOCK_MS_MAX * TICKS_PER_MS < HLC_MAX, "the latest clock fits");

/** Milliseconds since 1970, rounded down. */
export const msOf = (hlc: number): number => Math.floor(hlc / TICKS_PER_MS);

/** The first hlc of a millisecond. Takes any number: clocks say 1970, 2200 and worse. */
export const hlcOfMs = (ms: number): number =>
  Number.isNaN(ms) ? 0 : Math.min(Math.max(Math.floor(ms), 0), CLOCK_MS_MAX) * TICKS_PER_MS;

export type Clock = {
  /** Highest hlc that this device has signed, in any log: its public ids then sort as written. */
  readonly last: number;
  /** Highest hlc of the channel, after `mergeHlc`; 0 = none. */
  readonly channelMax: number;
  /** The device's clock, corrected (offset.ts). */
  readonly nowMs: number;
};

/** The hlc of the next entry to sign: greater than `last` and `channelMax`, at least 1. */
export function nextHlc({ last, channelMax, nowMs }: Clock): number {
  const next = Math.max(last + 1, channelMax + 1, hlcOfMs(nowMs));
  assert(next <= HLC_MAX, "clocks of remote entries are bounded before they are merged");
  return next;
}

/**
 * What a remote entry's clock does to the channel's. `clockAhead`: over CLOCK_AHEAD_MS_MAX ahead of
 * ours; the entry is good and keeps its place, but moves no clock.
 */
export function mergeHlc(
  channelMax: number,
  remote: number,
  nowMs: number,
): { readonly channelMax: number; readonly clockAhead: boolean } {
  const clockAhead = msOf(remote) > msOf(hlcOfMs(nowMs)) + CLOCK_AHEAD_MS_MAX;
  return { channelMax: clockAhead ? channelMax : Math.max(channelMax, remote), clockAhead };
}

/** The floor that an entry signs: the highest hEff of the entries it names; 0 = it names none. */
export const floorOf = (causes: readonly number[]): number => Math.max(0, ...causes);

/**
 * An entry's place in time: its hlc, but after everything it names, and at most a day after. Without
 * causes (floor 0) there is nothing to measure by, and the hlc stands. Stays within HLC_MAX.
 */
export function hEffOf(hlc: number, floor: number): number {
  if (floor === 0) return hlc;
  const latest = floor + HEFF_AHEAD_MS_MAX * TICKS_PER_MS;
  return Math.min(Math.max(hlc, floor + 1), latest, HLC_MAX);
}
