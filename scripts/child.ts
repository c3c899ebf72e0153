/** Runs a program of node_modules/.bin (or of PATH) in the project's root and waits for its end. */
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";

/** The end of what a program said is kept, the rest is dropped: its errors are there. */
const OUTPUT_MAX_CHARS = 4 * 1024 * 1024;
/** Nothing here may hang for ever where nobody watches. */
const CHILD_MAX_MS = 30 * 60_000;

export const ROOT: string = join(import.meta.dirname, "..");

export type ChildOptions = {
  /** Set on top of this process' environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Shows what it says while it runs. Otherwise it is only returned. */
  readonly show?: boolean;
};

/** `code` is 127 when the program could not be started, 128 when a signal ended it. */
export type ChildEnd = { readonly code: number; readonly output: string };

export function runChild(
  command: string,
  args: readonly string[],
  { env = {}, show = false }: ChildOptions = {},
): Promise<ChildEnd> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: {
        ...process.env,
        // It writes into a pipe, so only this process knows whether somebody looks.
        ...(process.stdout.isTTY
          ? { FORCE_COLOR: "1" }
          : { NO_COLOR: "1", FORCE_COLOR: undefined }),
        PATH: [join(ROOT, "node_modules/.bin"), process.env["PATH"] ?? ""].join(delimiter),
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
      timeout: CHILD_MAX_MS,
    });
    let output = "";
    const keep = (text: string, screen: NodeJS.WriteStream): void => {
      output = (output + text).slice(-OUTPUT_MAX_CHARS);
      if (show) screen.write(text);
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => keep(text, process.stdout));
    child.stderr.setEncoding("utf8").on("data", (text: string) => keep(text, process.stderr));
    child.once("error", ({ message }) => resolve({ code: 127, output: `${command}: ${message}` }));
    child.once("close", (code) => resolve({ code: code ?? 128, output }));
  });
}
