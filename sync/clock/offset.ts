/**
 * How far the device's clock is off, judged by the relays it talks to. A relay that lies cannot move
 * the clock by more than five minutes, and not at all against another relay.
 * docs/protocol/sync.md, [CL8] to [CL10].
 */

import { CLOCK_MS_MAX } from "./hlc.ts";

/** Newest samples that are kept of one relay. */
export const OFFSET_SAMPLES_MAX = 32;
export const OFFSET_RELAYS_MAX = 16;
/** Samples further than this from their relay's median are network weather. */
export const OFFSET_OUTLIER_MS = 2_000;
/** From 1970 to 2100: no clock is further off, and with more no time could be written down. */
export const OFFSET_MS_MAX = CLOCK_MS_MAX;
/** A larger offset needs a second relay that says so too. */
export const OFFSET_ALONE_MS_MAX = 300_000;

/** Offsets in ms, oldest first, by relay operator (the host of its url). Plain data. */
export type OffsetSamples = Readonly<Record<string, readonly number[]>>;

export type ClockOffset = {
  /** Add it to the device's clock. */
  readonly offsetMs: number;
  /** The device's clock seems to be wrong by more than may be adopted: tell the person. */
  readonly warning: boolean;
};

export const NO_SAMPLES: OffsetSamples = {};

/** The relay's clock against the middle of the exchange that told it. */
export const offsetSampleOf = (sample: {
  readonly serverTimeMs: number;
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
}): number => sample.serverTimeMs - (sample.sentAtMs + sample.receivedAtMs) / 2;

/** Samples that are no time difference, and relays beyond OFFSET_RELAYS_MAX, change nothing. */
export function addOffsetSample(
  samples: OffsetSamples,
  relay: string,
  offsetMs: number,
): OffsetSamples {
  const earlier = Object.hasOwn(samples, relay) ? samples[relay] : undefined;
  const isFull = earlier === undefined && Object.keys(samples).length >= OFFSET_RELAYS_MAX;
  const isOne = Number.isFinite(offsetMs) && Math.abs(offsetMs) <= OFFSET_MS_MAX;
  if (isFull || !isOne) return samples;
  return { ...samples, [relay]: [...(earlier ?? []), offsetMs].slice(-OFFSET_SAMPLES_MAX) };
}

/** Median over relays, each counting once by the median of its own samples. */
export function offsetOf(samples: OffsetSamples): ClockOffset {
  const offsets = Object.values(samples).flatMap((own) => {
    const middle = medianOf(own);
    return own.length === 0
      ? []
      : [medianOf(own.filter((each) => Math.abs(each - middle) <= OFFSET_OUTLIER_MS))];
  });
  const offsetMs = Math.round(medianOf(offsets));
  const agree = offsets.filter((each) => Math.abs(each - offsetMs) <= OFFSET_OUTLIER_MS).length;
  return Math.abs(offsetMs) <= OFFSET_ALONE_MS_MAX || agree >= 2
    ? { offsetMs, warning: false }
    : { offsetMs: 0, warning: true };
}

/** Of two middle values the one nearer to zero: in doubt the device's own clock stands. */
function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? 0;
  const lower = sorted[(sorted.length - 1) >> 1] ?? 0;
  return Math.abs(lower) <= Math.abs(upper) ? lower : upper;
}
