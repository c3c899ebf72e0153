/**
 * Faults planted in the real sources while they are loaded, for one thread: `find` is replaced, and must
 * be there exactly once. So a mutant that no longer fits the code fails by itself, and no source has a
 * switch that only a simulator turns.
 */
import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export type Edit = {
  /** From the project's root. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
};

const ROOT = join(import.meta.dirname, "../..");

/** Before the first import of what is edited. Answers what tells whether everything was planted. */
export function plant(edits: readonly Edit[]): () => void {
  const byUrl = Map.groupBy(edits, (it) => pathToFileURL(join(ROOT, it.file)).href);
  const left = new Set(byUrl.keys());
  if (edits.length > 0) {
    registerHooks({
      load: (url, context, nextLoad) => {
        const loaded = nextLoad(url, context);
        const here = byUrl.get(url);
        if (here === undefined) return loaded;
        left.delete(url);
        return { ...loaded, source: here.reduce(edited, textOf(loaded.source)) };
      },
    });
  }
  return () => {
    if (left.size > 0) throw new Error(`never loaded: ${[...left].join(", ")}`);
  };
}

function edited(source: string, { file, find, replace }: Edit): string {
  const parts = source.split(find);
  if (parts.length !== 2) {
    throw new Error(`${file}: found ${parts.length - 1} times, not once: ${find}`);
  }
  return parts.join(replace);
}

function textOf(source: unknown): string {
  if (typeof source === "string") return source;
  if (source instanceof Uint8Array || source instanceof ArrayBuffer) {
    return new TextDecoder().decode(source);
  }
  throw new Error("a module has a source");
}
