/**
 * The only file that imports libsodium. Everything else in `crypto/` asks this one, so the version,
 * the build (plain, not -sumo) and the start-up wait live in one place.
 *
 * Whoever starts a program (worker, relay, test) awaits `ready` once, before the first call. There is
 * no top-level await here: a SharedWorker whose static imports await loses its first `connect`.
 */
import sodium from "libsodium-wrappers";

/** Settles when the WebAssembly module is loaded. Every other function of crypto/ needs it done. */
export const ready: Promise<void> = sodium.ready;

export { sodium };
