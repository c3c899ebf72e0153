/**
 * `npm start`: builds the app if its sources changed, then is the relay. The relay reads its
 * settings from the environment, prints its address and where its data lies, and stops by itself
 * on SIGINT and SIGTERM.
 */
import { buildApp } from "./build-app.ts";

/** A program of its own, not a part of scripts/: loaded by name, compiled in its own room. */
const RELAY = "../relay/main.ts";

if (await buildApp()) await import(RELAY);
else process.exitCode = 1;
