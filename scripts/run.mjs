/**
 * `node scripts/run.mjs FILE …` runs FILE under the Node that package-lock.json pins, after
 * bringing node_modules to what the lock says. Plain JavaScript and Node's own modules only: it is
 * the first program of a machine that has Node >= 20, npm and nothing else.
 *
 * It promises: nothing is installed when the lock is already met; FILE gets each stop signal once;
 * it stops when npm is told to stop; its exit code is FILE's.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const PARENT_LOOK_MS = 250;

const root = fileURLToPath(new URL("..", import.meta.url));
const modules = join(root, "node_modules");
const windows = process.platform === "win32";
const node = join(modules, "node/bin", windows ? "node.exe" : "node");

/** The `packages` of a lock file, path -> entry. npm keeps one of what is there in node_modules. */
function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, "utf8")).packages;
  } catch {
    return {};
  }
}

/** Is every package of the lock there? Optional ones may be missing: they are of other machines. */
function isInstalled() {
  const there = packagesOf(join(modules, ".package-lock.json"));
  return (
    existsSync(node) &&
    Object.entries(packagesOf(join(root, "package-lock.json"))).every(
      ([path, { version, optional }]) =>
        path === "" || optional === true || there[path]?.version === version,
    )
  );
}

function install() {
  if (isInstalled()) return;
  console.error("Installing what is missing (once, about a minute) …");
  // NODE_ENV=production would leave out the pinned Node and the build tools, ignore-scripts the
  // pinned Node's binary; a global or dry-run setting of the caller would install elsewhere or not.
  const args = [
    "ci",
    "--include=dev",
    "--ignore-scripts=false",
    "--global=false",
    "--dry-run=false",
  ];
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  const npm = process.env.npm_execpath;
  const options = { cwd: root, stdio: ["ignore", 2, 2] };
  const done = npm?.endsWith("js")
    ? spawnSync(process.execPath, [npm, ...args, ...quiet], options)
    : spawnSync("npm", [...args, ...quiet], { ...options, shell: windows });
  if (done.status === 0 && isInstalled()) return;
  console.error("The packages could not be installed. Can this machine reach the npm registry?");
  process.exit(done.status || 1);
}

/** The child has its own process group, so that Ctrl+C reaches it once, from here, not twice. */
function run() {
  const PATH = [join(modules, "node/bin"), join(modules, ".bin"), process.env.PATH ?? ""];
  const child = spawn(node, process.argv.slice(2), {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, PATH: PATH.join(delimiter) },
    detached: !windows,
  });
  let stopping = false;
  const stop = (signal) => {
    stopping = true;
    try {
      process.kill(windows ? child.pid : -child.pid, signal);
    } catch {
      // It has ended in the meantime.
    }
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stop(signal));
  // A signal to the whole group ends npm as well: FILE has been told then.
  stopWithNpm(() => stopping || stop("SIGTERM"));
  child.on("error", (error) => {
    console.error(`The pinned Node does not run: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

/** npm passes SIGTERM to `sh` alone, which dies of it; without this FILE would live on unseen. */
function stopWithNpm(stop) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    stop();
  }, PARENT_LOOK_MS);
}

install();
run();
