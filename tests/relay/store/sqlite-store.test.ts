import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { afterEach, expect, test } from "vitest";

import type { KeepBounds } from "../../../relay/store/keep-store.ts";
import { openSqliteStore, type SqliteStoreOptions } from "../../../relay/store/sqlite-store.ts";
import type { Store } from "../../../relay/store/store.ts";
import {
  CONTRACT_BOUNDS,
  keeper,
  mailboxId,
  putOp,
  START_MS,
} from "../../contract/relay-store-keeper.ts";
import { relayStoreContract } from "../../contract/relay-store.ts";

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "kith-store-"));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const optionsAt = (folder: string, bounds: KeepBounds = CONTRACT_BOUNDS): SqliteStoreOptions => ({
  folder,
  bounds,
  incarnation: () => new Uint8Array(8).fill(7),
});
const openAt = (folder: string, more: Partial<SqliteStoreOptions> = {}): Store => {
  const opened = openSqliteStore({ ...optionsAt(folder), ...more });
  if (!opened.ok) throw new Error(opened.error.type);
  return opened.value;
};

relayStoreContract("sqlite", async () => openAt(newFolder()));
relayStoreContract("sqlite, with nothing kept hot", async () =>
  openAt(newFolder(), { bounds: { ...CONTRACT_BOUNDS, hotPlacesMax: 0, hotShelvesMax: 0 } }),
);

const WIDE_BOUNDS = {
  ...CONTRACT_BOUNDS,
  mailboxMessagesMax: 10_000,
  mailboxBytesMax: 100_000_000,
};

/** Opens, works, closes, and opens the same folder again. */
async function reopened(folder: string, work: (it: ReturnType<typeof keeper>) => Promise<void>) {
  const store = openAt(folder);
  await work(keeper(store));
  await store[Symbol.asyncDispose]();
  return keeper(openAt(folder));
}

test("[RS1] has everything again when it is opened again, from memory and from spilled rows", async () => {
  const it = await reopened(newFolder(), async (before) => {
    await before.open("a", "b");
    await before.put("1", ["a", "b"]);
    await before.put("2", ["a"]);
    await before.settle();
    await before.put("3", ["a", "b"]);
    const [first] = await before.page("a");
    await before.one<"ack">({ type: "ack", mailbox: mailboxId("a"), ids: [first!.id] });
    await before.store.tend(before.clock.nowMs);
  });
  expect(await it.namesIn("a")).toEqual(["2", "3"]);
  expect(await it.namesIn("b")).toEqual(["1", "3"]);
  expect((await it.page("a")).map((m) => m.counter)).toEqual([2, 3]);
  expect(it.store.totals()).toMatchObject({ mailboxes: 2, messages: 4, bytes: 400 });
  expect([...it.store.incarnation]).toEqual(Array.from({ length: 8 }, () => 7));
  await it.store[Symbol.asyncDispose]();
});

test("[RS3] goes on counting where it stopped, though nothing waits any more", async () => {
  const it = await reopened(newFolder(), async (before) => {
    await before.open("a");
    await before.put("1", ["a"]);
    await before.put("2", ["a"]);
    const ids = (await before.page("a")).map((m) => m.id);
    await before.one<"ack">({ type: "ack", mailbox: mailboxId("a"), ids });
    await before.settle();
  });
  expect(it.store.totals().messages).toBe(0);
  const [stored] = await it.put("3", ["a"]);
  expect(stored).toMatchObject({ status: "stored", counter: 3 });
  await it.store[Symbol.asyncDispose]();
});

test("[RS4] never gives an id of an earlier run, though the clock went back", async () => {
  let last = 0;
  const it = await reopened(newFolder(), async (before) => {
    await before.open("a");
    const [stored] = await before.put("1", ["a"]);
    last = stored?.status === "stored" ? stored.id : 0;
    await before.one<"ack">({ type: "ack", mailbox: mailboxId("a"), ids: [last] });
    await before.settle();
  });
  it.clock.nowMs = START_MS - 86_400_000;
  const [stored] = await it.put("2", ["a"]);
  expect(stored?.status === "stored" && stored.id > last).toBe(true);
  await it.store[Symbol.asyncDispose]();
});

test("[RS1] refuses a folder that another process has", async () => {
  const folder = newFolder();
  await using store = openAt(folder);
  expect(store.totals().mailboxes).toBe(0);
  expect(openSqliteStore(optionsAt(folder))).toEqual({ ok: false, error: { type: "StoreInUse" } });
});

test("[RS2] refuses new rows at the high-water mark, and goes on deleting", async () => {
  const folder = newFolder();
  const disk = { freeBytes: 2 ** 30 };
  await using store = openAt(folder, {
    disk: { freeBytes: () => disk.freeBytes, freeBytesMin: 2 ** 20 },
    bounds: WIDE_BOUNDS,
  });
  const it = keeper(store);
  await it.open("a");
  await it.put("0", ["a"]);
  disk.freeBytes = 0;
  const statuses = new Set<string | undefined>();
  for (let round = 0; round < 100; round += 1) {
    statuses.add((await it.put(String.fromCharCode(1_000 + round), ["a"]))[0]?.status);
  }
  expect(statuses).toEqual(new Set(["stored", "full"]));
  const ids = (await it.page("a")).map((m) => m.id);
  await it.one<"ack">({ type: "ack", mailbox: mailboxId("a"), ids });
  await it.settle();
  expect(store.totals().messages).toBe(0);
  disk.freeBytes = 2 ** 30;
  expect((await it.put("1", ["a"]))[0]?.status).toBe("stored");
});

test("[RS2] a full disk fails a commit whole, keeps what was stored, and still deletes", async () => {
  const folder = newFolder();
  await using store = openAt(folder, { pagesMax: 60, bounds: WIDE_BOUNDS });
  const it = keeper(store);
  await it.open("a");
  const body = new Uint8Array(10_000);
  let stored = 0;
  let failed: unknown;
  for (let round = 0; round < 200 && failed === undefined; round += 1) {
    const op = putOp(String.fromCharCode(1_000 + round), ["a"], { body });
    const done = await store.commit([{ ...op, envelope: op.envelope }], it.clock.nowMs);
    if (done.ok) stored += 1;
    else failed = done.error;
  }
  expect(failed).toEqual({ type: "StoreFailed", cause: "full" });
  expect(stored).toBeGreaterThan(10);
  expect(store.totals().messages).toBe(stored);
  const ids = (await it.page("a", 0, 1_000)).map((m) => m.id);
  expect(ids).toHaveLength(stored);
  await it.one<"ack">({ type: "ack", mailbox: mailboxId("a"), ids: ids.slice(0, 20) });
  await it.store.tend(it.clock.nowMs);
  expect((await it.put("~", ["a"], { body }))[0]?.status).toBe("stored");
  expect(store.totals().messages).toBe(stored - 20 + 1);
});

test("[RS1] refuses a file of a later version, and one that is no database", async () => {
  const newer = newFolder();
  const db = new DatabaseSync(join(newer, "relay.sqlite"));
  db.exec("PRAGMA user_version = 99");
  db.close();
  expect(openSqliteStore(optionsAt(newer))).toEqual({
    ok: false,
    error: { type: "StoreNewer", version: 99 },
  });
  const broken = newFolder();
  writeFileSync(join(broken, "relay.sqlite"), "no database ".repeat(1_000));
  expect(openSqliteStore(optionsAt(broken))).toMatchObject({
    ok: false,
    error: { type: "StoreUnreadable" },
  });
});

test("[RS1] takes over a file of version 1, which knew no blobs, pushes and capsules, with all that it held", async () => {
  const folder = newFolder();
  const before = keeper(openAt(folder));
  await before.open("a");
  await before.put("1", ["a"]);
  await before.store[Symbol.asyncDispose]();
  const db = new DatabaseSync(join(folder, "relay.sqlite"));
  db.exec("DROP TABLE blob; DROP TABLE push; DROP TABLE capsule; PRAGMA user_version = 1");
  db.close();
  for (let opening = 0; opening < 2; opening += 1) {
    await using store = openAt(folder);
    const it = keeper(store);
    expect(await it.namesIn("a")).toEqual(["1"]);
    expect(store.incarnation).toEqual(new Uint8Array(8).fill(7));
    expect(await store.expiredBlobs(it.clock.nowMs, 1)).toEqual({ ok: true, value: [] });
    expect(await store.subscribed(1)).toEqual({ ok: true, value: [] });
  }
});

test("[RS2] keeps a ballast beside the database", async () => {
  const folder = newFolder();
  await using store = openAt(folder, { disk: { freeBytes: () => 2 ** 40 } });
  expect(store.totals().mailboxes).toBe(0);
  expect(existsSync(join(folder, "ballast"))).toBe(true);
});
