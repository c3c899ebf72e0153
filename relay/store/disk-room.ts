/**
 * Room on the disk. Below the high-water mark everything is stored; above it new rows are refused with
 * a typed error while removals go on, before SQLite meets ENOSPC. Because a removal needs room too (its
 * write-ahead log grows first), a ballast file is kept that can be given up for it.
 */
import { existsSync, rmSync, statfsSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** New rows stop when less than this is free. */
export const FREE_BYTES_MIN = 64 * 1024 * 1024;
export const BALLAST_BYTES = 8 * 1024 * 1024;
/** Asking the file system costs microseconds; once in so many questions is enough. */
const ASK_EVERY = 64;

export type DiskRoom = {
  readonly isFull: () => boolean;
  readonly giveUpBallast: () => void;
};

export type DiskRoomOptions = {
  readonly ballastPath: string;
  /** Free bytes for this process; tests hold their own. */
  readonly freeBytes: () => number;
  readonly freeBytesMin: number;
};

export const freeBytesAt = (path: string): number => {
  const { bavail, bsize } = statfsSync(dirname(path));
  return bavail * bsize;
};

export function openDiskRoom(options: DiskRoomOptions): DiskRoom {
  let asked = 0;
  let isFull = false;
  const layBallast = (): void => {
    if (existsSync(options.ballastPath) && statSync(options.ballastPath).size === BALLAST_BYTES)
      return;
    if (options.freeBytes() < options.freeBytesMin + BALLAST_BYTES) return;
    try {
      writeFileSync(options.ballastPath, Buffer.alloc(BALLAST_BYTES, 0x4b), { mode: 0o600 });
    } catch {
      // The disk filled meanwhile: without ballast the mark alone protects.
    }
  };
  layBallast();
  return {
    isFull: () => {
      if (asked % ASK_EVERY === 0 || isFull) {
        const wasFull = isFull;
        isFull = options.freeBytes() < options.freeBytesMin;
        if (wasFull && !isFull) layBallast();
      }
      asked += 1;
      return isFull;
    },
    giveUpBallast: () => rmSync(options.ballastPath, { force: true }),
  };
}
