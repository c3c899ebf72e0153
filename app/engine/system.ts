/** The clock and the randomness of a browser, as sync/ and crypto/ take them. */
import type { Random } from "../../crypto/base/random.ts";
import type { Timers } from "../../sync/clock/timers.ts";

export const systemTimers: Timers = {
  now: () => Date.now(),
  after: (ms, fn) => {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
};

export const systemRandom: Random = (bytes) => crypto.getRandomValues(new Uint8Array(bytes));
