/**
 * The relay as a program: `node relay/main.ts`. Settings come from the environment (docs/self-hosting.md);
 * what to do comes in sentences on standard output, faults on standard error, counts as JSON lines there.
 *
 * Exit codes: 0 stopped when asked, 1 it could not start or stop, 2 a setting is wrong.
 */
import { encodeQR } from "qr";

import { unreachable } from "../crypto/base/assert.ts";
import { toBase64url } from "../crypto/base/base64url.ts";
import { type Config, printConfig, readConfig } from "./config.ts";
import { DRAIN_MS_MAX } from "./limits.ts";
import { type ServedRelay, type ServeError, serveRelay } from "./serve.ts";

/** After the drain everything is closed; what still hangs then is cut. */
const STOP_MS_MAX = DRAIN_MS_MAX + 5_000;

/** The relay itself speaks no TLS: what is reached by https has something in front. */
const PROXY_HINT =
  "If a proxy in front speaks https, name it in KITH_TRUSTED_PROXY (loopback, if it is on this machine): " +
  "else all people look like one address, and the limits for each address protect nobody.";

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const complain = (line: string): void => void process.stderr.write(`${line}\n`);

// Whatever is written here is for this user alone.
process.umask(0o077);

if (process.argv.includes("--print-config")) process.stdout.write(printConfig(process.env));
else void run();

async function run(): Promise<void> {
  const config = readConfig(process.env);
  if (!config.ok) {
    complain(config.error.message);
    process.exitCode = 2;
    return;
  }
  const served = await serveRelay(config.value);
  if (!served.ok) {
    complain(sentenceOf(served.error, config.value));
    process.exitCode = 1;
    return;
  }
  const { stop } = served.value;
  let isStopping = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      // A second Ctrl+C means now.
      if (isStopping) process.exit(1);
      isStopping = true;
      setTimeout(() => process.exit(1), STOP_MS_MAX).unref();
      void stop().then(() => process.exit(0));
    });
  }
  introduce(served.value, config.value);
}

/** The address stands alone on the last line: who waits for it has seen all the rest. */
function introduce(served: ServedRelay, config: Config): void {
  const { publicUrl, port } = config;
  const local = `http://localhost:${port}`;
  const lines: string[] = [];
  if (publicUrl !== null) {
    lines.push(`People reach this relay at ${publicUrl}`);
    if (publicUrl.startsWith("http:"))
      lines.push("Browsers need https there, but on this machine.");
    else if (config.proxies.rules.length === 0) lines.push(PROXY_HINT);
    lines.push(encodeQR(publicUrl, "ascii"));
  }
  if (served.operatorToken !== null) {
    const url = `${publicUrl ?? local}/#relay-invite=${toBase64url(served.operatorToken)}`;
    lines.push(
      "Registration is by invitation. Who has this one may register; it is shown only now:",
    );
    lines.push(url, encodeQR(url, "ascii"));
  }
  if (!served.isAppBuilt) {
    lines.push(`There is no built app in ${config.appFolder}: only the relay serves.`);
  }
  lines.push(
    `Data lies in ${served.dataPath}`,
    "Kith is ready. Open it in a browser:",
    "",
    local,
    "",
  );
  say(lines.join("\n"));
}

function sentenceOf(error: ServeError, { port, dataFolder }: Config): string {
  switch (error.type) {
    case "PortUnusable":
      return error.code === "EADDRINUSE"
        ? `Port ${port} is in use by another program. Set PORT to a free one.`
        : `The relay cannot listen at port ${port} (${error.code}). Set PORT or HOST.`;
    case "StoreInUse":
      return `Another relay uses ${dataFolder}. Stop it, or set KITH_DATA to another folder.`;
    case "StoreNewer":
      return `A newer version of Kith wrote ${dataFolder}. Update this one, or set KITH_DATA.`;
    case "StoreUnreadable":
      return `The database in ${dataFolder} cannot be read: ${error.reason}.`;
    case "FolderUnusable":
      return `The folder ${error.folder} cannot be used: ${error.reason}.`;
    case "AppUnreadable":
      return `The app in ${error.folder} cannot be read: ${error.reason}. Look at KITH_APP.`;
    case "KeyMalformed":
      return `${error.path} is damaged. Put it back from a backup, or remove it to start anew.`;
    default:
      return unreachable(error);
  }
}
