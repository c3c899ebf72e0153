import { beforeAll, expect, test } from "vitest";

import { type Call, perform } from "../../../../app/engine/calls.ts";
import type { RemoteDevice } from "../../../../app/engine/remote-device.ts";
import { systemRandom } from "../../../../app/engine/system.ts";
import {
  type Keys,
  lockKindOf,
  readBackup,
  writeBackup,
} from "../../../../app/features/recovery/backup-file.ts";
import { StretchFailed } from "../../../../app/features/recovery/worker-stretch.ts";
import type { FileSink } from "../../../../app/platform/save-file.ts";
import { stretched } from "../../../../crypto/backup/scrypt.ts";
import type { PassphraseKey, Stretch } from "../../../../crypto/backup/stretch.ts";
import { ready } from "../../../../crypto/base/sodium.ts";
import type { Device } from "../../../../sync/device.ts";
import { openDevice } from "../../../../sync/open-device.ts";
import { openMemoryStore } from "../../../../sync/store/memory-store.ts";
import type { Store } from "../../../../sync/store/store.ts";

beforeAll(() => ready);

const NOTES = 12;
/** Nobody stops it. */
const GOES_ON = new AbortController().signal;

const UNREACHABLE = { ok: false, error: { type: "Unreachable" } } as const;

/** A device without a network. */
async function openDeviceHere(): Promise<{ device: Device; store: Store }> {
  const store = openMemoryStore();
  const device = await openDevice({
    store,
    transport: {
      connect: () => ({ send: () => undefined, close: () => undefined, bufferedAmount: () => 0 }),
      request: () => Promise.resolve(UNREACHABLE),
      download: () => Promise.resolve(UNREACHABLE),
    },
    timers: { now: () => Date.UTC(2026, 10, 22), after: () => () => undefined },
    random: systemRandom,
    homeUrl: "https://relay.example",
    appUrl: "https://relay.example/",
    failed: (error) => {
      throw error;
    },
  });
  return { device, store };
}

/** The device behind the door, without the door. */
function doorTo(device: Device): Pick<RemoteDevice, "call"> {
  const call = async (part: Call["part"], method: string, ...args: unknown[]): Promise<unknown> =>
    await perform(device, { part, method, args });
  return { call: call as RemoteDevice["call"] };
}

async function alice(): Promise<{ device: Device; remote: RemoteDevice; store: Store }> {
  const { device, store } = await openDeviceHere();
  await device.start("Alice");
  const remote = doorTo(device) as RemoteDevice;
  const channels = await store.read(["channels"], (tx) => tx.range("channels", "primary", {}));
  const notes = channels.find((it) => it.kind === "self");
  for (let n = 0; n < NOTES; n += 1)
    await device.send(notes?.c ?? 0, `note ${n} ${"x".repeat(3_000)}`);
  return { device, remote, store };
}

type File = { readonly sink: FileSink; readonly blob: () => Blob | null };

function fileOf(): File {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let isClosed = false;
  return {
    sink: {
      write: (bytes) => void parts.push(new Uint8Array(bytes)),
      close: () => {
        isClosed = true;
      },
    },
    blob: () => (isClosed ? new Blob(parts) : null),
  };
}

async function written(remote: RemoteDevice): Promise<Uint8Array<ArrayBuffer>> {
  const file = fileOf();
  const shares: number[] = [];
  const done = await writeBackup(remote, null, file.sink, (share) => shares.push(share), GOES_ON);
  expect(done.ok && done.value).toBeGreaterThan(NOTES);
  expect(shares.at(-1)).toBe(1);
  const blob = file.blob();
  return new Uint8Array(await (blob ?? new Blob([])).arrayBuffer());
}

const secretOf = async (device: Device): Promise<Uint8Array> => {
  const secret = await device.recovery.secret();
  return (secret.ok ? secret.value : null) ?? new Uint8Array(32);
};
const entriesIn = async (store: Store): Promise<number> =>
  (await store.read(["entries"], (tx) => tx.range("entries", "primary", {}))).filter(
    (it) => it.shown === 1,
  ).length;
const said = async (
  remote: RemoteDevice,
  bytes: Uint8Array<ArrayBuffer>,
  keys: Keys,
): Promise<string> => {
  const done = await readBackup(remote, new Blob([bytes]), keys, () => undefined, GOES_ON);
  return done.ok ? "taken" : done.error.type;
};

test("[ABF1] [ABF2] what was written is taken in by a new device, and noted by the old one", async () => {
  const { device, remote, store } = await alice();
  const bytes = await written(remote);
  const meta = await store.read(["meta"], (tx) => tx.get("meta", "backedUpAtMs"));
  expect(meta?.v).toBeGreaterThan(0);
  expect(await lockKindOf(new Blob([bytes]))).toBe("words");
  const anew = await openDeviceHere();
  const shares: [number, boolean][] = [];
  const keys = { passphrase: null, secret: await secretOf(device) };
  const there = doorTo(anew.device) as RemoteDevice;
  const done = await readBackup(
    there,
    new Blob([bytes]),
    keys,
    (...it) => shares.push(it),
    GOES_ON,
  );
  expect(done).toEqual({ ok: true, value: undefined });
  expect(await entriesIn(anew.store)).toBe(NOTES);
  const checking = shares.filter(([, isChecking]) => isChecking);
  expect([checking.at(-1)?.[0], shares.at(-1)]).toEqual([1, [1, false]]);
});

test("[ABF1] a file that was cut, altered or locked with something else changes nothing", async () => {
  const { device, remote } = await alice();
  const bytes = await written(remote);
  const keys = { passphrase: null, secret: await secretOf(device) };
  const anew = await openDeviceHere();
  const there = doorTo(anew.device) as RemoteDevice;
  const middle = Math.floor(bytes.length / 2);
  const flipped = bytes.map((byte, i) => (i === middle ? byte ^ 1 : byte));
  expect(await said(there, bytes.slice(0, middle), keys)).toBe("BackupDamaged");
  expect(await said(there, bytes.slice(0, -1), keys)).toBe("BackupDamaged");
  expect(await said(there, flipped, keys)).toBe("BackupDamaged");
  expect(await said(there, new Uint8Array([...bytes, 1]), keys)).toBe("BackupDamaged");
  const others = { ...keys, secret: new Uint8Array(32).fill(1) };
  expect(await said(there, bytes, others)).toBe("BackupLocked");
  expect(await said(there, bytes, { passphrase: null, secret: null })).toBe("BackupNeedsWords");
  expect(await said(there, new Uint8Array(600), keys)).toBe("BackupNotAge");
  expect(await anew.store.read(["meta"], (tx) => tx.get("meta", "self"))).toBeUndefined();
  expect(await said(there, bytes, keys)).toBe("taken");
});

/** `times`: how often work was done. */
function passphrase(typed: string): { readonly key: PassphraseKey; readonly times: () => number } {
  let times = 0;
  const stretch: Stretch = async (ask) => {
    times += 1;
    return stretched(ask);
  };
  return { key: { passphrase: typed, stretch }, times: () => times };
}

test("[ABF1] a passphrase opens what it sealed, and no other does", async () => {
  const { remote } = await alice();
  const file = fileOf();
  const right = passphrase("correct horse battery staple");
  const done = await writeBackup(remote, right.key, file.sink, () => undefined, GOES_ON);
  expect(done.ok).toBe(true);
  const bytes = new Uint8Array(await (file.blob() ?? new Blob([])).arrayBuffer());
  expect(await lockKindOf(new Blob([bytes]))).toBe("passphrase");
  const anew = await openDeviceHere();
  const there = doorTo(anew.device) as RemoteDevice;
  const wrong = { passphrase: passphrase("correct horse").key, secret: null };
  expect(await said(there, bytes, wrong)).toBe("BackupLocked");
  expect(await said(there, bytes, { passphrase: right.key, secret: null })).toBe("taken");
  expect(await entriesIn(anew.store)).toBe(NOTES);
});

test("[ABF3] a passphrase that nothing could be made of is not called wrong", async () => {
  const { remote } = await alice();
  const key = { passphrase: "x".repeat(12), stretch: () => Promise.reject(new StretchFailed()) };
  const scrypt = `age-encryption.org/v1\n-> scrypt ${"A".repeat(22)} 17\n${"A".repeat(43)}\n--- ${"A".repeat(43)}\n`;
  const bytes = new TextEncoder().encode(scrypt);
  expect(await said(remote, bytes, { passphrase: key, secret: null })).toBe("PassphraseNotTried");
  const file = fileOf();
  const none = { ok: false, error: { type: "PassphraseNotTried" } };
  expect(await writeBackup(remote, key, file.sink, () => undefined, GOES_ON)).toEqual(none);
  expect(file.blob()).toBeNull();
});

test("[ABF3] what is stopped leaves no file, and takes nothing more", async () => {
  const { device, remote } = await alice();
  const bytes = await written(remote);
  const stopped = { ok: false, error: { type: "Stopped" } };
  const file = fileOf();
  const writing = new AbortController();
  const stop = (): void => writing.abort();
  expect(await writeBackup(remote, null, file.sink, stop, writing.signal)).toEqual(stopped);
  expect(file.blob()).toBeNull();

  const anew = await openDeviceHere();
  const there = doorTo(anew.device) as RemoteDevice;
  const keys = { passphrase: null, secret: await secretOf(device) };
  const self = () => anew.store.read(["meta"], (tx) => tx.get("meta", "self"));
  const readUntil = async (phase: boolean): Promise<unknown> => {
    const reading = new AbortController();
    const progress = (_: number, isChecking: boolean): void => {
      if (isChecking === phase) reading.abort();
    };
    return await readBackup(there, new Blob([bytes]), keys, progress, reading.signal);
  };
  expect(await readUntil(true)).toEqual(stopped);
  expect(await self()).toBeUndefined();
  expect(await readUntil(false)).toEqual(stopped);
  expect(await said(there, bytes, keys)).toBe("taken");
  expect(await entriesIn(anew.store)).toBe(NOTES);
});

test("[ABF1] what is no backup is told before anything is asked for", async () => {
  expect(await lockKindOf(new Blob(["hello"]))).toBeNull();
  const scrypt = "age-encryption.org/v1\n-> scrypt abc 17\nx\n--- y\n";
  expect(await lockKindOf(new Blob([scrypt]))).toBe("passphrase");
});
