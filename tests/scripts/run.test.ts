/** scripts/run.mjs in a small tree of its own, whose pinned Node is the one that runs this. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

const RUN = join(import.meta.dirname, "../../scripts/run.mjs");

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "kith-run-"));
  await mkdir(join(root, "scripts"));
  await mkdir(join(root, "node_modules/node/bin"), { recursive: true });
  await copyFile(RUN, join(root, "scripts/run.mjs"));
  await symlink(process.execPath, join(root, "node_modules/node/bin/node"));
  await lockOf({});
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

const lockOf = async (packages: Record<string, unknown>): Promise<void> =>
  await writeFile(join(root, "package-lock.json"), JSON.stringify({ packages }));

/** Runs `command` in the small tree as npm would; `said` is all of its output so far. */
function launch(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, npm_lifecycle_event: "start", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const listeners = new Set<() => void>();
  const hear = (text: string): void => {
    output += text;
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding("utf8").on("data", hear);
  child.stderr.setEncoding("utf8").on("data", hear);
  const says = async (words: string): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      if (output.includes(words)) resolve();
    };
    listeners.add(look);
    look();
    await promise;
  };
  return { child, says, said: () => output, closed: once(child, "close") };
}

const program = async (code: string): Promise<string> => {
  const file = join(root, "program.mjs");
  await writeFile(file, code);
  return file;
};

/** Runs until it is told to stop, but not for ever: a failed test leaves nothing behind. */
const DRAINING = `
  const alive = setTimeout(() => process.exit(5), 10_000);
  let told = 0;
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {
    console.log("told", ++told, signal);
    setTimeout(() => { clearTimeout(alive); console.log("drained"); }, 400);
  });
  console.log("up");
`;

test("[RN1] the exit code and the output are the program's", async () => {
  const file = await program("console.log(process.argv[2]); process.exitCode = 7;");
  const { said, closed } = launch(process.execPath, ["scripts/run.mjs", file, "word"]);
  expect(await closed).toEqual([7, null]);
  expect(said()).toBe("word\n");
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "[RN2] %s is told once and waited for",
  async (signal) => {
    const file = await program(DRAINING);
    const { child, says, said, closed } = launch(process.execPath, ["scripts/run.mjs", file]);
    await says("up");
    child.kill(signal);
    expect(await closed).toEqual([0, null]);
    expect(said()).toBe(`up\ntold 1 ${signal}\ndrained\n`);
  },
);

test("[RN3] the program is told to stop when the shell that npm started is gone", async () => {
  const file = await program(DRAINING);
  // The second command keeps the shell from becoming run.mjs itself.
  const { child, says, said, closed } = launch("sh", ["-c", `node scripts/run.mjs ${file}; true`]);
  await says("up");
  (child as ChildProcess).kill("SIGTERM");
  await closed;
  expect(said()).toBe("up\ntold 1 SIGTERM\ndrained\n");
});

test("[RN4] packages are installed when the lock names one that is not there, and only then", async () => {
  await lockOf({
    "": { version: "1.0.0" },
    "node_modules/a": { version: "1.2.3" },
    "node_modules/other-machine": { version: "1.0.0", optional: true },
  });
  const npm = join(root, "npm-cli.js");
  await writeFile(
    npm,
    `const fs = require("node:fs");
     fs.appendFileSync("calls", process.argv.slice(2).join(" ") + "\\n");
     const packages = { "node_modules/a": { version: "1.2.3" } };
     fs.writeFileSync("node_modules/.package-lock.json", JSON.stringify({ packages }));`,
  );
  await chmod(npm, 0o755);
  const file = await program("console.log('up')");
  const start = () =>
    launch(process.execPath, ["scripts/run.mjs", file], { npm_execpath: npm }).closed;
  expect(await start()).toEqual([0, null]);
  expect(await start()).toEqual([0, null]);
  const calls = (await readFile(join(root, "calls"), "utf8")).trimEnd().split("\n");
  expect(calls).toHaveLength(1);
  expect(calls[0]).toMatch(/^ci --include=dev --ignore-scripts=false /u);
});

test("[RN5] an installation that fails is said in a sentence", async () => {
  await lockOf({ "node_modules/a": { version: "1.2.3" } });
  const npm = join(root, "npm-cli.js");
  await writeFile(npm, "process.exitCode = 3;");
  const file = await program("console.log('up')");
  const { said, closed } = launch(process.execPath, ["scripts/run.mjs", file], {
    npm_execpath: npm,
  });
  expect(await closed).toEqual([3, null]);
  expect(said()).toContain("The packages could not be installed.");
  expect(said()).not.toContain("up\n");
});
