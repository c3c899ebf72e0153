/** Node's time, chance and event loop, as the core wants them (ports.ts). */
import { randomBytes } from "node:crypto";
import { totalmem } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";

import type { LogLevel } from "./config.ts";
import type { Log, Now, Random, Timers, Turn } from "./ports.ts";

export const nodeNow: Now = () => Date.now();

/** A plain array, not a view of Node's pool. */
export const nodeRandom: Random = (bytes) => new Uint8Array(randomBytes(bytes));

export const nodeTimers: Timers = {
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

/** After all input that is ready now was read. */
export const nodeTurn: Turn = (work) => void setImmediate(work);

const DELAY_RESOLUTION_MS = 20;
/** An event loop that is late by this much has no room for anybody new. */
const DELAY_MS_MAX = 250;
/** The share of the machine's memory at which a relay counts as full. */
const MEMORY_SHARE_MAX = 0.6;
const NS_PER_MS = 1e6;

/** Two seconds of samples: a slow start, or one long turn, is no pressure. */
const SAMPLES_MIN = 100;

/** 0 to 100: how late the event loop mostly is, and how much memory is taken. */
export function openPressure(): () => number {
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  delay.enable();
  let lateMs = 0;
  return () => {
    if (delay.count >= SAMPLES_MIN) {
      lateMs = Math.max(0, delay.percentile(50) / NS_PER_MS - DELAY_RESOLUTION_MS);
      delay.reset();
    }
    const memory = process.memoryUsage.rss() / (totalmem() * MEMORY_SHARE_MAX);
    return Math.min(100, 100 * Math.max(lateMs / DELAY_MS_MAX, memory));
  };
}

/** Events and counts as JSON lines on standard error. */
export const openLog =
  (level: LogLevel): Log =>
  (event, counts = {}) => {
    const isFault = event.startsWith("fault.");
    if (level === "quiet" && !isFault) return;
    process.stderr.write(
      `${JSON.stringify({ time: new Date().toISOString(), event, ...counts })}\n`,
    );
  };
