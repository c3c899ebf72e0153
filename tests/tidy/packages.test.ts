/** What package.json and package-lock.json promise to whoever installs Kith. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { ROOT } from "./files.ts";

/** Direct and indirect packages that a person or a relay runs. Raise it with a decision. */
const RUNTIME_PACKAGES_MAX = 51;

type Locked = {
  readonly version?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
  readonly peer?: boolean;
  readonly hasInstallScript?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

type Manifest = {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
};

const read = (name: string): unknown => JSON.parse(readFileSync(join(ROOT, name), "utf8"));
const manifest = read("package.json") as Manifest;
const lock = read("package-lock.json") as { readonly packages: Readonly<Record<string, Locked>> };
const packages = Object.entries(lock.packages).filter(([path]) => path !== "");

test("[PG1] the lock holds every optional platform package", () => {
  // npm drops them silently when it locks from a filled node_modules, and `npm ci` refuses then.
  const missing = packages.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !foldersUpFrom(path).some((at) => lock.packages[at + name] !== undefined))
      .map((name) => `${path} names ${name}`),
  );
  expect(missing).toEqual([]);
  expect(packages.some(([path]) => path.includes("win32"))).toBe(true);
});

/** Where Node looks for a package that `path` names: its own node_modules, then each above. */
function foldersUpFrom(path: string): readonly string[] {
  const parts = path.split("/node_modules/");
  return parts
    .map((_, count) => `${parts.slice(0, count + 1).join("/node_modules/")}/node_modules/`)
    .concat("node_modules/");
}

test("[PG2] every locked package has the hash of its bytes", () => {
  expect(packages.filter(([, it]) => it.integrity === undefined).map(([path]) => path)).toEqual([]);
});

test("[PG3] what people run stays a short list", () => {
  const runtime = packages
    .filter(([, it]) => !(it.dev || it.devOptional || it.optional || it.peer))
    .map(([path]) => path.replace(/^node_modules\//u, ""));
  expect(runtime).toContain("libsodium");
  expect(runtime.slice(RUNTIME_PACKAGES_MAX)).toEqual([]);
});

test("[PG4] versions are exact, and only named packages run a script when installed", () => {
  const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/u.test(version))).toEqual([]);
  const scripts = packages.filter(([, it]) => it.hasInstallScript === true && !it.optional);
  expect(scripts.map(([path]) => path)).toEqual(
    Object.keys(manifest.allowScripts).map((name) => `node_modules/${name}`),
  );
});
