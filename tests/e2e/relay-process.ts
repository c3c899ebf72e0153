/**
 * A real relay for a spec: `node relay/main.ts` in a process of its own, on a free port of this
 * machine, with a data folder of its own. It can be killed and started again on the same data, or on
 * what a lost disk or a long time leaves of it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

const START_MAX_MS = 20_000;
/** A relay may drain for 35 s after SIGTERM. */
const STOP_MAX_MS = 40_000;
const OUTPUT_MAX_CHARS = 64 * 1024 * 1024;

const STORE_FILES = ["relay.sqlite", "relay.sqlite-wal", "relay.sqlite-shm"] as const;

export type RelayProcess = AsyncDisposable & {
  /** `http://localhost:PORT`, as the relay printed it. */
  readonly url: string;
  readonly port: number;
  /** Where its database lies; gone after `[Symbol.asyncDispose]`. */
  readonly dataPath: string;
  /** All that it wrote to standard output and standard error, over all its lives. */
  readonly output: () => string;
  /** kill -9: no goodbye. Settles when the process is gone. */
  readonly kill: () => Promise<void>;
  /** SIGTERM: drains and ends. Answers the exit code. */
  readonly stop: () => Promise<number>;
  /** A new process on the same port and data, after `kill` or `stop`. Settles when it serves. */
  readonly start: () => Promise<void>;
  /** The process dies, its store is deleted, its key is not, and it is back. */
  readonly loseStore: () => Promise<void>;
  /** For the owners of these mailboxes (the first made is 1) so many days pass in which they do not come. */
  readonly missFor: (days: number, mailboxes: readonly number[]) => Promise<void>;
};

/** `env` is set on top: KITH_… settings of the spec. */
export async function startRelay(
  env: Readonly<Record<string, string>> = {},
): Promise<RelayProcess> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const dataPath = await mkdtemp(join(tmpdir(), "kith-relay-"));
  let output = "";
  let child: ChildProcess | undefined;

  const end = async (signal: NodeJS.Signals): Promise<number> => {
    const ending = child;
    if (ending === undefined) throw new Error("the relay is not running");
    const exit = once(ending, "exit", { signal: AbortSignal.timeout(STOP_MAX_MS) });
    ending.kill(signal);
    const [code] = (await exit) as [number | null];
    return code ?? 128;
  };

  const start = async (): Promise<void> => {
    if (child !== undefined) throw new Error("the relay is running");
    child = spawn(process.execPath, ["relay/main.ts"], {
      cwd: join(import.meta.dirname, "../.."),
      env: {
        ...settingless(),
        PORT: `${port}`,
        KITH_DATA: dataPath,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const born = child;
    born.once("exit", () => {
      if (child === born) child = undefined;
    });
    const bornAt = output.length;
    await servesAt(url, born, (text) => {
      output += text;
      if (output.length > OUTPUT_MAX_CHARS) throw new Error("the relay writes without end");
      return output.slice(bornAt);
    });
  };

  const loseStore = async (): Promise<void> => {
    await end("SIGKILL");
    for (const name of STORE_FILES) await rm(join(dataPath, name), { force: true });
    await start();
  };

  // It tidies up when it starts (relay/store/keep-store.ts).
  const missFor = async (days: number, mailboxes: readonly number[]): Promise<void> => {
    await end("SIGTERM");
    using database = new DatabaseSync(join(dataPath, STORE_FILES[0]));
    const miss = database.prepare("UPDATE mailbox SET seen_day = seen_day - ? WHERE no = ?");
    for (const no of mailboxes) miss.run(days, no);
    database.close();
    await start();
  };

  const dispose = async (): Promise<void> => {
    if (child !== undefined) await end("SIGKILL");
    await rm(dataPath, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    url,
    port,
    dataPath,
    output: () => output,
    kill: async () => void (await end("SIGKILL")),
    stop: async () => await end("SIGTERM"),
    start,
    loseStore,
    missFor,
    [Symbol.asyncDispose]: dispose,
  };
}

/** Settles when the address stands alone on a line; `hear` keeps a piece and gives all so far. */
async function servesAt(
  url: string,
  child: ChildProcess,
  hear: (text: string) => string,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let said = "";
  const look = (text: string): void => {
    said = hear(text);
    if (said.split(/\r?\n/u).includes(url)) resolve();
  };
  child.stdout?.setEncoding("utf8").on("data", look);
  child.stderr?.setEncoding("utf8").on("data", look);
  child.once("error", reject);
  child.once("exit", (code) => reject(new Error(`the relay ended with ${code}:\n${said}`)));
  const late = setTimeout(() => {
    reject(new Error(`no line ${url} in ${START_MAX_MS} ms:\n${said}`));
  }, START_MAX_MS);
  await promise.finally(() => clearTimeout(late));
}

/** This shell's settings of a relay, or of the test runner, are none of the spec's. */
function settingless(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(?:KITH_|PORT$|NODE_|FORCE_COLOR$)/u.test(name),
    ),
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
