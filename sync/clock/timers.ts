/**
 * The only clock that sync/ knows. Programs pass the system's, the simulator a virtual one; nothing
 * else in this room tells time or waits.
 */
export interface Timers {
  /** Milliseconds since 1970 by the device's own clock, which may jump either way. */
  readonly now: () => number;
  /**
   * Calls `fn` once, `ms` >= 0 from now, never before `after` returned; equal times fire in the order
   * they were asked for. Answers what cancels it, which may be called at any time and twice.
   */
  readonly after: (ms: number, fn: () => void) => () => void;
}
