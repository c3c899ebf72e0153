/**
 * The device's clock, corrected by what relays say of theirs (docs/protocol/sync.md, Clock). One that was
 * set to 1970 is corrected as well: times are never negative, "at once" is 0.
 */
import { addOffsetSample, NO_SAMPLES, offsetOf } from "./offset.ts";
import type { Timers } from "./timers.ts";

/** Two clocks that run do not part by so much between two heartbeats. */
const CLOCK_SET_MS = 10_000;

export type RelayTime = {
  readonly timers: Timers;
  /** What `host` said: its clock is so much ahead of the device's, in milliseconds. */
  readonly sample: (host: string, offsetMs: number) => void;
  /** The device's clock differs by more than 5 minutes. */
  readonly isFarOff: () => boolean;
};

/** `moved`: the clock was set, or is corrected from now on, by so much; pauses are to follow it. */
export function openRelayTime(device: Timers, moved: (byMs: number) => void): RelayTime {
  let samples = NO_SAMPLES;
  /** What they come to: everybody asks for the time, and a sample is rare. */
  let offset = offsetOf(samples);
  /** Of the newest sample. */
  let newestMs: number | null = null;
  return {
    timers: {
      now: () => Math.max(0, device.now() + offset.offsetMs),
      after: device.after,
    },
    sample: (host, offsetMs) => {
      const before = offset.offsetMs;
      samples = addOffsetSample(samples, host, offsetMs);
      offset = offsetOf(samples);
      const correctedMs = Math.abs(offset.offsetMs - before);
      // By the way it shows whether the device's clock was set.
      const movedMs = Math.abs(offsetMs - (newestMs ?? offsetMs)) + correctedMs;
      newestMs = offsetMs;
      if (movedMs > CLOCK_SET_MS) moved(movedMs);
    },
    isFarOff: () => offset.warning,
  };
}
