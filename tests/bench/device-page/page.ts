/**
 * Works on the app's own database (same name, same key, same sealing) without the app: moves a device
 * into a browser profile, and measures what its store takes. It is served beside the app, because
 * IndexedDB belongs to an origin, and never runs together with it.
 */
import { decode } from "cborg";

import { DB_NAME } from "../../../app/db/tables.ts";
import { systemRandom, systemTimers } from "../../../app/engine/system.ts";
import { openVaultKey } from "../../../app/platform/vault-key.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { sodiumAead, subKeysOf } from "../../../crypto/vault/sub-keys.ts";
import { nonceSourceOf } from "../../../crypto/vault/vault.ts";
import { readSelf } from "../../../sync/account/self.ts";
import type { Device } from "../../../sync/device.ts";
import { openDevice } from "../../../sync/open-device.ts";
import type { Effects } from "../../../sync/receive/effects.ts";
import { receiveBatch } from "../../../sync/receive/receive.ts";
import { type DexieStore, openDexieStore } from "../../../sync/store/dexie-store.ts";
import type { TableName } from "../../../sync/store/rows.ts";
import { openMemoryTransport } from "../../../sync/transport/memory-transport.ts";
import type { MsgFrame } from "../../../sync/wire/message-frames.ts";

let opened: Promise<DexieStore> | undefined;

const open = (): Promise<DexieStore> => (opened ??= openStore());

async function openStore(): Promise<DexieStore> {
  await ready;
  const key = await openVaultKey();
  if (!key.ok) throw new Error(key.error.type);
  const keys = subKeysOf(key.value);
  const vault = { aead: sodiumAead, keys, nonces: nonceSourceOf(systemRandom) };
  return openDexieStore({ name: DB_NAME, vault });
}

/** `rows`: a CBOR list, in base64. */
async function put(table: TableName, rows: string): Promise<void> {
  const { db } = await open();
  await db.table(table).bulkPut(fromText(rows) as readonly unknown[]);
}

/** Milliseconds from asking to durable, for each of `count` messages to chat `c`. Nobody is reached. */
async function appendTimes(c: number, count: number): Promise<readonly number[]> {
  await using device = await offlineDevice();
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const from = performance.now();
    const sent = await device.send(c, `The next train leaves at ${i}.`);
    times.push(performance.now() - from);
    if (!sent.ok) throw new Error(sent.error.type);
  }
  return times;
}

async function offlineDevice(): Promise<Device> {
  const { store } = await open();
  return openDevice({
    store,
    transport: openMemoryTransport({ relayAt: () => undefined, timers: systemTimers }),
    timers: systemTimers,
    random: systemRandom,
    homeUrl: location.origin,
    appUrl: `${location.origin}/`,
    failed: reportError,
  });
}

/** Milliseconds until all of `mail` (a CBOR list of MSG frames, in base64) is committed. */
async function receiveMs(mail: string, batch: number): Promise<number> {
  const { store } = await open();
  const self = await store.read(["meta"], readSelf);
  if (self === undefined) throw new Error("nobody has started here");
  const frames = fromText(mail) as readonly MsgFrame[];
  const parts = { timers: systemTimers, random: systemRandom, effects: EFFECTS };
  const deps = { ...parts, store, failed: reportError };
  const from = performance.now();
  for (let at = 0; at < frames.length; at += batch) {
    await receiveBatch(deps, self, frames.slice(at, at + batch));
  }
  return performance.now() - from;
}

/** Whatever there is to be told, there is nobody to tell it to; but nothing may be dropped. */
const EFFECTS = new Proxy({} as Effects, {
  get: (_, name) => (name === "dropped" ? refuse : () => undefined),
});

function refuse(reason: string): never {
  throw new Error(reason);
}

const fromText = (text: string): unknown => decode(Uint8Array.fromBase64(text));

const lab = { appendTimes, put, receiveMs };

declare global {
  interface Window {
    deviceLab: typeof lab;
  }
}
window.deviceLab = lab;
