/** The project's own files, read once. Walks the folders: a downloaded copy has no git. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type SourceFile = {
  /** From the project's root, with `/`. */
  readonly path: string;
  readonly lines: readonly string[];
};

export const ROOT: string = join(import.meta.dirname, "../..");

const FOLDERS: readonly string[] = [
  ".ci",
  ".githooks",
  "app",
  "crypto",
  "docs",
  "relay",
  "scripts",
  "sync",
  "tests",
];
const TEXT = /(?:\.(?:[cm]?[jt]sx?|json|css|html|svg|md|webmanifest)|\/(?:run|pre-commit))$/u;

/** Every text file of ours: sources, tests, documents, settings. The lock file is npm's. */
export const textFiles: readonly SourceFile[] = [
  ...readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "package-lock.json")
    .map((entry) => entry.name),
  ...FOLDERS.flatMap(filesBelow),
]
  .filter((path) => TEXT.test(path))
  .map((path) => ({ path, lines: readFileSync(join(ROOT, path), "utf8").split("\n") }));

/** The TypeScript among them. */
export const sources: readonly SourceFile[] = textFiles.filter(({ path }) => /\.tsx?$/u.test(path));

/** `path:line: what to do` for each line about which `check` says something. */
export function findings(
  files: readonly SourceFile[],
  check: (line: string, path: string) => string | undefined,
): readonly string[] {
  return files.flatMap(({ path, lines }) =>
    lines.flatMap((line, index) => {
      const said = check(line, path);
      return said === undefined ? [] : [`${path}:${index + 1}: ${said}`];
    }),
  );
}

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .map((path) => path.replaceAll("\\", "/"));
}
