/** How long the disk under a folder takes to sync a small write: decides where the store lives. */
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

/** A commit above this would hold up every connection: the store moves to a thread of its own. */
export const FSYNC_MS_MAX = 3;
const SAMPLES = 15;
const SAMPLE_BYTES = 4_096;

/** The median of some syncs, in milliseconds; 0 on a disk that takes no file: it may be full. */
export function fsyncMsOf(folder: string, clock: () => number): number {
  const path = join(folder, "probe");
  try {
    return measure(path, clock);
  } catch {
    return 0;
  } finally {
    rmSync(path, { force: true });
  }
}

function measure(path: string, clock: () => number): number {
  const file = openSync(path, "w", 0o600);
  try {
    const times = Array.from({ length: SAMPLES }, () => {
      writeSync(file, new Uint8Array(SAMPLE_BYTES));
      const before = clock();
      fsyncSync(file);
      return clock() - before;
    });
    return times.toSorted((a, b) => a - b)[Math.floor(SAMPLES / 2)] ?? 0;
  } finally {
    closeSync(file);
  }
}
