/**
 * A relay on a port: builds the parts from a configuration, and takes them down in order. Told apart from
 * main.ts so that it ends with a value instead of an exit code.
 */
import { lookup } from "node:dns";
import { once } from "node:events";
import type { Server } from "node:http";

import { err, ok, type Result } from "../crypto/base/result.ts";
import { ready } from "../crypto/base/sodium.ts";
import { ID_BYTES, type Token } from "../sync/wire/ids.ts";
import { BlobDepot } from "./blobs/blob-depot.ts";
import type { BlobFiles } from "./blobs/blob-files.ts";
import { openDiskBlobFiles } from "./blobs/disk-blob-files.ts";
import { addressReader } from "./client-address.ts";
import type { Config } from "./config.ts";
import { type FolderError, openDataFolder, openOperatorInvite } from "./data-folder.ts";
import { type AppFilesError, readAppFiles } from "./http/app-files.ts";
import { httpApp } from "./http/http-app.ts";
import { openHttpServer } from "./http/http-server.ts";
import { BLOB_SWEEP_EVERY_MS, HOT_PLACES_MAX, HOT_SHELVES_MAX, LISTEN_BACKLOG } from "./limits.ts";
import {
  nodeNow,
  nodeRandom,
  nodeTimers,
  nodeTurn,
  openLog,
  openPressure,
} from "./node-runtime.ts";
import { openPushService, type PushService, type Resolve } from "./push/push-service.ts";
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
  const kept = await openKept(path, config);
  if (!kept.ok) return kept;
  const { store, blobFiles, fsyncMs } = kept.value;

  const log = openLog(config.log);
  const relay = openRelay({
    relayId,
    store,
    now: nodeNow,
    random: nodeRandom,
    timers: nodeTimers,
    turn: nodeTurn,
    settings: config.settings,
    registration: config.registration,
    operatorTokenHash: operator.value?.hash ?? null,
    pushService: pushServiceOf(config),
    pressure: openPressure(),
  });
  const blobs = new BlobDepot({
    files: blobFiles,
    store,
    commits: relay.commits,
    now: nodeNow,
    random: nodeRandom,
    count: relay.counters.add,
  });
  const addressOf = addressReader(config.proxies);
  const app = httpApp({ relay, files: files.value, blobs, addressOf });
  const server = openHttpServer(app, relay);
  attachSockets({ server, relay, addressOf });
  const listening = await listen(server, config);
  if (!listening.ok) {
    await relay.drain();
    await store[Symbol.asyncDispose]();
    return listening;
  }
  const report = setInterval(() => reportCounts(relay, log), REPORT_EVERY_MS);
  report.unref();
  void blobs.sweep();
  void relay.waker.resume();
  const sweep = setInterval(() => void blobs.sweep(), BLOB_SWEEP_EVERY_MS);
  sweep.unref();
  log("started", { fsyncMicros: Math.round(fsyncMs * 1_000) });

  const stop = async (): Promise<void> => {
    clearInterval(report);
    clearInterval(sweep);
    const closed = once(server, "close");
    server.close();
    await relay.drain();
    server.closeIdleConnections();
    const cut = setTimeout(() => server.closeAllConnections(), HTTP_CLOSE_MS);
    await closed;
    clearTimeout(cut);
    reportCounts(relay, log);
    await store[Symbol.asyncDispose]();
    log("stopped");
  };
  const operatorToken = operator.value?.token ?? null;
  return ok({ relay, dataPath: path, isAppBuilt: files.value.isBuilt, operatorToken, stop });
}

const pushServiceOf = ({ pushHosts: hosts, publicUrl }: Config): PushService => {
  const subject = publicUrl?.startsWith("https:") === true ? publicUrl : NO_SUBJECT;
  const resolve: Resolve = (name, done) =>
    lookup(name, { all: true }, (error, addresses) => done(error, addresses ?? []));
  return openPushService({ hosts, subject, now: nodeNow, resolve });
};

/** Who runs a relay without a name of its own cannot be reached (RFC 2606). */
const NO_SUBJECT = "mailto:operator@kith.invalid";

/** Requests under way at the end get this long. */
const HTTP_CLOSE_MS = 1_000;

/** All that outlives the process. */
type Kept = { readonly store: Store; readonly blobFiles: BlobFiles; readonly fsyncMs: number };

async function openKept(folder: string, config: Config): Promise<Result<Kept, ServeError>> {
  const fsyncMs = fsyncMsOf(folder, () => performance.now());
  const store = await openStoreAt(folder, config, fsyncMs);
  if (!store.ok) return store;
  const blobFiles = openDiskBlobFiles({
    folder,
    incarnation: store.value.incarnation,
    freeBytes: () => freeBytesAt(`${folder}/.`),
    freeBytesMin: config.diskFreeBytesMin,
  });
  if (blobFiles.ok) return ok({ store: store.value, blobFiles: blobFiles.value, fsyncMs });
  await store.value[Symbol.asyncDispose]();
  return blobFiles;
}

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
