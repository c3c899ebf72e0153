/**
 * `npm start` as an operator has it: npm, the shell between, scripts/run.mjs, the relay. It can be
 * stopped by whatever a terminal or a service manager sends, and starts again at once.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

import { ready } from "../../crypto/base/sodium.ts";
import { buildApp } from "../../scripts/build-app.ts";
import { LiveSocket } from "../relay/live-client.ts";

const BUILD_MAX_MS = 120_000;
const SERVES_MAX_MS = 5_000;
/** A relay that nobody holds up drains in much less. */
const STOPS_MAX_MS = 30_000;

let folder: string;
let port: number;
beforeAll(async () => {
  await ready;
  // From now on every start is one of an app that is built.
  if (!(await buildApp())) throw new Error("the app could not be built");
  folder = await mkdtemp(join(tmpdir(), "kith-start-"));
  port = await freePort();
}, BUILD_MAX_MS);
let group: number | undefined;
afterEach(() => {
  if (group === undefined) return;
  // What a failed test left behind; usually nothing is.
  try {
    process.kill(-group, "SIGTERM");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** As a shell has it: no setting of a relay, nor of the npm and the test runner that run this. */
function environment(): NodeJS.ProcessEnv {
  const foreign = /^(?:KITH_|PORT$|HOST$|NODE_|npm_|VITEST)/u;
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(own), PORT: `${port}`, KITH_DATA: join(folder, "data") };
}

/** In a process group of its own, as a terminal starts it. Settles when it serves. */
async function npmStart() {
  const npm = spawn("npm", ["start"], {
    cwd: join(import.meta.dirname, "../.."),
    env: environment(),
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  const { pid } = npm;
  if (pid === undefined) throw new Error("there is no npm");
  group = pid;
  // Ends when nobody holds the output any more: npm, the shell and the relay are gone.
  const over = once(npm, "close");
  const url = `http://localhost:${port}`;
  for await (const line of createInterface({ input: npm.stdout })) if (line === url) break;
  npm.stdout.resume();
  expect((await fetch(url)).status).toBe(200);
  return { pid, url, over };
}

const isTaken = async (): Promise<boolean> => {
  const socket = connect(port, "localhost");
  const outcome = await Promise.race([
    once(socket, "connect").then(() => true),
    once(socket, "close").then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return outcome;
};

test.each([
  ["SIGTERM to npm alone", (pid: number) => process.kill(pid, "SIGTERM")],
  ["Ctrl+C in its terminal", (pid: number) => process.kill(-pid, "SIGINT")],
])(
  "[RN6] serves in less than 5 s, and after %s has drained and freed the port",
  { timeout: SERVES_MAX_MS + STOPS_MAX_MS },
  async (_, stop) => {
    const beganAt = performance.now();
    const { pid, url, over } = await npmStart();
    expect(performance.now() - beganAt).toBeLessThan(SERVES_MAX_MS);
    const guest = await LiveSocket.open(url);
    const [said, closed] = [guest.next("goaway"), guest.closed()];
    stop(pid);
    expect([(await said).reason, await closed]).toEqual(["stopping", 1001]);
    await over;
    expect(await isTaken()).toBe(false);
  },
);
