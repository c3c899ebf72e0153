/**
 * How engines follow each other, and how the service worker speaks with the one that lives: names of
 * the lock and of two channels, nothing more, so that nothing heavy comes with them.
 */

/** The Web Lock that is held by whoever signs, seals and opens. */
export const ENGINE_LOCK = "kith-engine";

/** Says `YIELD` when an engine waits for the lock. */
export const SUCCESSION = "kith-engine-succession";
export const YIELD = "yield";

/** Says `WAKE` when a push came, `HEARD` that there is an engine, `AWAKE` that it has read all there was. */
export const WAKING = "kith-engine-waking";
export const WAKE = "wake";
export const HEARD = "heard";
export const AWAKE = "awake";
