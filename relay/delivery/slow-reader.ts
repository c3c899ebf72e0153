/**
 * A socket that does not read makes us hold its bytes. It is closed when it has too much for too long, or
 * when nothing at all left for longer; what it did not acknowledge stays in its mailbox.
 */
import { SLOW_READER_BYTES, SLOW_READER_MS, STUCK_READER_MS } from "../limits.ts";
import type { Wheel } from "../wheel.ts";

export type SlowReaderOptions = {
  readonly wheel: Wheel;
  readonly buffered: () => number;
  readonly isClosed: () => boolean;
  readonly close: () => void;
};

/** Looks while there is anything to see: seldom at idle sockets, each second at slow ones. */
export function watchReader({ wheel, buffered, isClosed, close }: SlowReaderOptions): void {
  let slowSinceMs: number | null = null;
  let lastBytes = 0;
  let movedAtMs = wheel.nowMs;
  wheel.at(wheel.nowMs + SLOW_READER_MS, (nowMs) => {
    if (isClosed()) return null;
    const bytes = buffered();
    if (bytes === 0 || bytes < lastBytes) movedAtMs = nowMs;
    lastBytes = bytes;
    slowSinceMs = bytes >= SLOW_READER_BYTES ? (slowSinceMs ?? nowMs) : null;
    const isSlow = slowSinceMs !== null && nowMs - slowSinceMs >= SLOW_READER_MS;
    if (isSlow || nowMs - movedAtMs >= STUCK_READER_MS) {
      close();
      return null;
    }
    return bytes === 0 ? nowMs + SLOW_READER_MS : nowMs + 1;
  });
}
