/**
 * How long ago something was noted, by a device's own clock: that may have been set back or years ahead
 * meanwhile, and may say that it is a minute past 1970.
 */

/**
 * Was `atMs` less than `forMs` before `nowMs`? Nothing and 0 stand for "never", a later time for a clock that
 * was set back: neither was.
 */
export const isWithin = (atMs: number | undefined, nowMs: number, forMs: number): boolean =>
  atMs !== undefined && atMs > 0 && nowMs >= atMs && nowMs - atMs < forMs;
