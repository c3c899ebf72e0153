/**
 * A relay on a port: builds the parts from a configuration, and takes them down in order. Told apart from
 * main.ts so that it ends with a value instead of an exit code.
 */
import { once } from "node:events";
import type { Server } from "node:http";

import { err, ok, type Result } from "../crypto/base/result.ts";
import { ready } from "../crypto/base/sodium.ts";
import { ID_BYTES, type Token } from "../sync/wire/ids.ts";
import { addressReader } from "./client-address.ts";
import type { Config } from "./config.ts";
import { type FolderError, openDataFolder, openOperatorInvite } from "./data-folder.ts";
import { type AppFilesError, readAppFiles } from "./http/app-files.ts";
import { httpApp } from "./http/http-app.ts";
import { openHttpServer } from "./http/http-server.ts";
import { HOT_PLACES_MAX, HOT_SHELVES_MAX, LISTEN_BACKLOG } from "./limits.ts";
import {
  nodeNow,
  nodeRandom,
  nodeTimers,
  nodeTurn,
  openLog,
  openPressure,
} from "./node-runtime.ts";
import { openRelay, type Relay } from "./relay.ts";
import { attachSockets } from "./socket/ws-adapter.ts";
import { freeBytesAt } from "./store/disk-room.ts";
import { FSYNC_MS_MAX, fsyncMsOf } from "./store/fsync-probe.ts";
import { openSqliteStore, type OpenStoreError } from "./store/sqlite-store.ts";
import type { Store } from "./store/store.ts";
import { openThreadedStore } from "./store/threaded-store.ts";

export type ServeError =
  | FolderError
  | AppFilesError
  | OpenStoreError
  | { readonly type: "PortUnusable"; readonly code: string };

export type ServedRelay = {
  readonly relay: Relay;
  readonly dataPath: string;
  readonly isAppBuilt: boolean;
  /** Made at this start, in `invite` mode: to be shown once. */
  readonly operatorToken: Token | null;
  /** Says goodbye, commits, closes. */
  readonly stop: () => Promise<void>;
};

const REPORT_EVERY_MS = 60_000;

export async function serveRelay(config: Config): Promise<Result<ServedRelay, ServeError>> {
  await ready;
  const folder = openDataFolder(config.dataFolder, nodeRandom);
  if (!folder.ok) return folder;
  const { path, relayId } = folder.value;
  const isInvite = config.registration === "invite";
  const operator = isInvite ? openOperatorInvite(folder.value, nodeRandom) : ok(null);
  if (!operator.ok) return operator;
  const files = readAppFiles(config.appFolder);
  if (!files.ok) return files;
  const fsyncMs = fsyncMsOf(path, () => performance.now());
  const store = await openStoreAt(path, config, fsyncMs);
  if (!store.ok) return store;

  const log = openLog(config.log);
  const relay = openRelay({
    relayId,
    store: store.value,
    now: nodeNow,
    random: nodeRandom,
    timers: nodeTimers,
    turn: nodeTurn,
    settings: config.settings,
    registration: config.registration,
    operatorTokenHash: operator.value?.hash ?? null,
    pressure: openPressure(),
  });
  const addressOf = addressReader(config.proxies);
  const server = openHttpServer(httpApp({ relay, files: files.value, addressOf }), relay);
  attachSockets({ server, relay, addressOf });
  const listening = await listen(server, config);
  if (!listening.ok) {
    await relay.drain();
    await store.value[Symbol.asyncDispose]();
    return listening;
  }
  const report = setInterval(() => reportCounts(relay, log), REPORT_EVERY_MS);
  report.unref();
  log("started", { fsyncMicros: Math.round(fsyncMs * 1_000) });

  const stop = async (): Promise<void> => {
    clearInterval(report);
    const closed = once(server, "close");
    server.close();
    await relay.drain();
    server.closeIdleConnections();
    const cut = setTimeout(() => server.closeAllConnections(), HTTP_CLOSE_MS);
    await closed;
    clearTimeout(cut);
    reportCounts(relay, log);
    await store.value[Symbol.asyncDispose]();
    log("stopped");
  };
  const operatorToken = operator.value?.token ?? null;
  return ok({ relay, dataPath: path, isAppBuilt: files.value.isBuilt, operatorToken, stop });
}

/** Requests under way at the end get this long. */
const HTTP_CLOSE_MS = 1_000;

/** On a disk that syncs fast the store lives here, else in a thread of its own. */
async function openStoreAt(
  folder: string,
  config: Config,
  fsyncMs: number,
): Promise<Result<Store, OpenStoreError>> {
  const { settings, diskFreeBytesMin } = config;
  const bounds = { ...settings, hotPlacesMax: HOT_PLACES_MAX, hotShelvesMax: HOT_SHELVES_MAX };
  const incarnation = nodeRandom(ID_BYTES.StoreIncarnation);
  if (fsyncMs > FSYNC_MS_MAX) {
    return openThreadedStore({ folder, bounds, incarnation, diskFreeBytesMin });
  }
  return openSqliteStore({
    folder,
    bounds,
    incarnation: () => incarnation,
    disk: { freeBytes: () => freeBytesAt(`${folder}/.`), freeBytesMin: diskFreeBytesMin },
  });
}

async function listen(server: Server, { port, host }: Config): Promise<Result<void, ServeError>> {
  try {
    const bound = { port, backlog: LISTEN_BACKLOG, ...(host === null ? {} : { host }) };
    server.listen(bound);
    await once(server, "listening");
    return ok(undefined);
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "unknown";
    return err({ type: "PortUnusable", code });
  }
}

/** Counts since the last report, and what is held now. */
function reportCounts(relay: Relay, log: ReturnType<typeof openLog>): void {
  const counts = relay.counters.take();
  const names = Object.keys(counts);
  if (names.length === 0) return;
  const event = names.some((name) => FAULTS.has(name)) ? "fault.minute" : "minute";
  log(event, { ...counts, ...relay.status() });
}

/** What an operator wants to hear of, also when the log is quiet. */
const FAULTS: ReadonlySet<string> = new Set([
  "bugs",
  "commitsFailed",
  "commitsFull",
  "pagesFailed",
  "tendsFailed",
]);
