/**
 * A socket that does not read makes us hold its bytes. It is closed when it has too much for too long, or
 * when nothing at all left for longer; what it did not acknowledge stays in its mailbox.
 */
import { SLOW_READER_BYTES, SLOW_READER_MS, STUCK_READER_MS } from "../limits.ts";
import type { Wheel } from "../wheel.ts";

/** What is watched: a socket that has bytes to write. */
export type Reader = {
  readonly buffered: () => number;
  readonly isClosed: () => boolean;
  /** It reads too slowly. */
  readonly close: () => void;
  /** All has left: nobody looks any more. */
  readonly emptied: () => void;
};

/** Looks each second until everything has left: an idle socket is not watched. */
export function watchReader(wheel: Wheel, reader: Reader): void {
  let slowSinceMs: number | null = null;
  let lastBytes = 0;
  let movedAtMs = wheel.nowMs;
  wheel.at(wheel.nowMs + 1, (nowMs) => {
    if (reader.isClosed()) return null;
    const bytes = reader.buffered();
    if (bytes === 0) {
      reader.emptied();
      return null;
    }
    if (bytes < lastBytes) movedAtMs = nowMs;
    lastBytes = bytes;
    slowSinceMs = bytes >= SLOW_READER_BYTES ? (slowSinceMs ?? nowMs) : null;
    const isSlow = slowSinceMs !== null && nowMs - slowSinceMs >= SLOW_READER_MS;
    if (!isSlow && nowMs - movedAtMs < STUCK_READER_MS) return nowMs + 1;
    reader.close();
    return null;
  });
}
