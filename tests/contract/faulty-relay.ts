/** A relay whose disk fails: it runs under strace, which injects faults into its syncs. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
export const FAST = {
  KITH_TOKEN_PUTS_PER_SECOND: "1000000",
  KITH_TOKEN_KIB_PER_SECOND: "10000000",
  KITH_SOCKET_FRAMES_PER_SECOND: "1000000",
  KITH_MAILBOX_MESSAGES: "100000",
};

/** The trace says that the fault has come. */
export const hasStruck = (trace: string): boolean => /INJECTED|SIGKILL/u.test(trace);

/** Linux has it, `npm test` installs it (scripts/browsers.ts), and the kernel may forbid to trace. */
const TRACER = "strace";
export const canTrace = spawnSync(TRACER, ["-o", "/dev/null", process.execPath, "-v"]).status === 0;

/** A relay under strace, which injects a fault into its disk. */
export async function relayUnder(
  inject: string,
  folder: string,
): Promise<{ readonly url: string; readonly kill: () => void; readonly trace: () => string }> {
  const probe = createServer().listen(0);
  await once(probe, "listening");
  const address = probe.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  probe.close();
  await once(probe, "close");
  const tracePath = join(folder, "trace");
  const child = spawn(
    TRACER,
    [
      "-f",
      "-o",
      tracePath,
      "-e",
      "trace=fsync,fdatasync",
      "-e",
      `inject=fsync,fdatasync:${inject}`,
    ].concat([process.execPath, "relay/main.ts"]),
    {
      cwd: ROOT,
      env: {
        PATH: process.env["PATH"] ?? "",
        ...FAST,
        PORT: `${port}`,
        KITH_DATA: join(folder, "data"),
      },
      stdio: ["ignore", "pipe", "ignore"],
      // A group of its own: strace lets go of what it traces when it is killed.
      detached: true,
    },
  );
  const url = `http://localhost:${port}`;
  let said = "";
  while (!said.split("\n").includes(url)) {
    const [text] = (await once(child.stdout, "data", { signal: AbortSignal.timeout(20_000) })) as [
      Buffer,
    ];
    said += String(text);
  }
  const { pid = 0 } = child;
  return {
    url,
    kill: () => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-pid, "SIGKILL");
    },
    trace: () => readFileSync(tracePath, "utf8"),
  };
}
