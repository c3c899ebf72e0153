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

/** Asks for a module as an older version has it: `?old` behind the name of its file. */
export const OLD = "?old";
const SYNC = pathToFileURL(join(ROOT, "sync/")).href;
/** Both versions of a device run on the same stores. */
const STORE = pathToFileURL(join(ROOT, "sync/store/")).href;

/**
 * Before the first import of what is edited. `old`: what makes an older version of sync/, for those who
 * import a module of it as OLD; what that imports of sync/ is old as well. Answers what tells whether
 * everything was planted.
 */
export function plant(edits: readonly Edit[], old: readonly Edit[] = []): () => void {
  const now = byUrlOf(edits);
  const before = byUrlOf([...edits, ...old]);
  const left = new Set(now.keys());
  if (edits.length + old.length > 0) {
    registerHooks({
      resolve: (specifier, context, nextResolve) => {
        const found = nextResolve(specifier, context);
        const isOld = specifier.endsWith(OLD) || context.parentURL?.endsWith(OLD) === true;
        const isSync = found.url.startsWith(SYNC) && !found.url.startsWith(STORE);
        return isOld && isSync && !found.url.endsWith(OLD)
          ? { ...found, url: found.url + OLD }
          : found;
      },
      load: (url, context, nextLoad) => {
        const isOld = url.endsWith(OLD);
        const file = isOld ? url.slice(0, -OLD.length) : url;
        const loaded = nextLoad(file, context);
        const here = (isOld ? before : now).get(file);
        if (here === undefined) return loaded;
        if (!isOld) left.delete(file);
        return { ...loaded, source: here.reduce(edited, textOf(loaded.source)) };
      },
    });
  }
  return () => {
    if (left.size > 0) throw new Error(`never loaded: ${[...left].join(", ")}`);
  };
}

const byUrlOf = (edits: readonly Edit[]): ReadonlyMap<string, readonly Edit[]> =>
  Map.groupBy(edits, (it) => pathToFileURL(join(ROOT, it.file)).href);

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
