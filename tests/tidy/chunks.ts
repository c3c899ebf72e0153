/** What a browser fetches before an entry runs: the bundler finds it as the browser would. */
import { build, type Rolldown } from "vite";

import { ROOT } from "./files.ts";

/** `modules`: paths of the sources in it, of packages too. */
export type Chunk = {
  readonly fileName: string;
  readonly code: string;
  readonly modules: readonly string[];
};

/** The entry's own chunk and all that it imports statically, in any depth. */
export async function staticChunks(entry: string): Promise<readonly Chunk[]> {
  const built = (await build({
    configFile: false,
    root: ROOT,
    logLevel: "silent",
    build: { write: false, minify: false, target: "es2024", lib: { entry, formats: ["es"] } },
  })) as readonly Rolldown.RolldownOutput[];
  const chunks = built.flatMap(({ output }) => output.filter((file) => file.type === "chunk"));
  const reached = new Set(chunks.filter((chunk) => chunk.isEntry));
  for (const { imports } of reached) {
    for (const chunk of chunks) if (imports.includes(chunk.fileName)) reached.add(chunk);
  }
  return [...reached].map(({ fileName, code, moduleIds }) => ({
    fileName,
    code,
    modules: moduleIds,
  }));
}
