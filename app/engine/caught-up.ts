/** When a device has read what waited for it. [AWK1] A push wakes a living engine, which then says so. */
import type { Device } from "../../sync/device.ts";
import { AWAKE, HEARD, WAKE, WAKING } from "./succession.ts";

/** Connected and nothing more to come for so long. */
const QUIET_MS = 1_000;
/** Channels are counted from 1. Whatever is asked of a device is done behind all that came before. */
const NO_CHANNEL = 0;

/** Settles when what came is committed, at the latest after `msMax`. */
export function caughtUp(device: Device, msMax: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let quiet: ReturnType<typeof setTimeout> | undefined;
  const unlisten = device.status(({ connection }) => {
    clearTimeout(quiet);
    if (connection.type !== "connected") return;
    quiet = setTimeout(() => void device.markRead(NO_CHANNEL).finally(resolve), QUIET_MS);
  });
  const late = setTimeout(resolve, msMax);
  return promise.finally(() => {
    unlisten();
    clearTimeout(quiet);
    clearTimeout(late);
  });
}

/** An engine answers so soon or not at all: its page may be frozen. */
export const AWAKE_MS_MAX = 10_000;

/** Until the answer is called. */
export function heedWakes(device: Device): () => void {
  const channel = new BroadcastChannel(WAKING);
  channel.addEventListener("message", ({ data }) => {
    if (data !== WAKE) return;
    channel.postMessage(HEARD);
    // A socket may have died unnoticed while nothing ran.
    device.network(true);
    void caughtUp(device, AWAKE_MS_MAX).then(() => channel.postMessage(AWAKE));
  });
  return () => channel.close();
}
