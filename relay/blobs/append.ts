/** Takes a stream piece by piece, and tells how it ended: nothing of it is held but one piece. */
import type { Appended } from "./blob-files.ts";

export type AppendOptions = {
  /** What is there already. */
  readonly length: number;
  readonly bytesMax: number;
  readonly stream: ReadableStream<Uint8Array> | null;
  /** Keeps the bytes; they are not touched before it settles. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
};

export async function appendTo({
  length,
  bytesMax,
  stream,
  write,
}: AppendOptions): Promise<Appended> {
  const reader = stream?.getReader();
  try {
    for (;;) {
      const next = await reader?.read().catch(() => null);
      // The client went away, or broke its own framing.
      if (next === null) return { length, ended: "broken" };
      if (next === undefined || next.done) return { length, ended: "whole" };
      if (length + next.value.length > bytesMax) return { length, ended: "tooLong" };
      await write(next.value);
      length += next.value.length;
    }
  } finally {
    reader?.releaseLock();
  }
}
