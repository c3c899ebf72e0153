/**
 * Follows what a query of the database answers: now, and again whenever rows that it touched change.
 *
 * Dexie's live queries alone ask again at every commit, and throw away an answer that a commit
 * overtook. While the engine takes in thousands of messages that is work without end, and a screen
 * that stands still. Here
 *   [AFO1] what changes after a quiet time is read at once;
 *   [AFO2] reading takes no more than a share of the time, however often rows change: after it comes
 *          a pause REST_SHARE times as long, of REST_MS_MIN to REST_MS_MAX;
 *   [AFO3] every reading is told, and the last change is always read.
 */
import { liveQuery } from "dexie";

const REST_SHARE = 4;
/** One frame. */
const REST_MS_MIN = 16;
export const REST_MS_MAX = 250;

/** `read` asks the database and awaits nothing else. Answers what ends it. */
export function follow<Value>(
  read: () => Promise<Value>,
  heard: (value: Value) => void,
  failed: (error: unknown) => void,
): () => void {
  let unfollow = (): void => undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** One reading, up to the first change after it began. */
  const look = (): void => {
    let untold: { readonly value: Value } | undefined;
    let restedAtMs: number | undefined;
    const query = async (): Promise<"read" | "changed"> => {
      if (restedAtMs !== undefined) return "changed";
      const fromMs = performance.now();
      untold = { value: await read() };
      const toMs = performance.now();
      restedAtMs = toMs + restMsAfter(toMs - fromMs);
      return "read";
    };
    const subscription = liveQuery(query).subscribe({
      next: (what) => {
        // A change while it was read comes instead of the answer.
        if (untold !== undefined) heard(untold.value);
        untold = undefined;
        if (what === "read") return;
        unfollow();
        timer = setTimeout(look, Math.max(0, (restedAtMs ?? 0) - performance.now()));
      },
      error: failed,
    });
    unfollow = () => subscription.unsubscribe();
  };
  look();
  return () => {
    clearTimeout(timer);
    unfollow();
  };
}

const restMsAfter = (readMs: number): number =>
  Math.min(Math.max(readMs * REST_SHARE, REST_MS_MIN), REST_MS_MAX);
