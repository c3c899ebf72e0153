import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, expect, test } from "vitest";

import { openThreadedStore } from "../../../relay/store/threaded-store.ts";
import { CONTRACT_BOUNDS, keeper } from "../../contract/relay-store-keeper.ts";
import { relayStoreContract } from "../../contract/relay-store.ts";

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "kith-thread-"));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const open = (folder: string) =>
  openThreadedStore({
    folder,
    bounds: CONTRACT_BOUNDS,
    incarnation: new Uint8Array(8).fill(7),
    diskFreeBytesMin: 1,
  });
const opened = async (folder: string) => {
  const store = await open(folder);
  if (!store.ok) throw new Error(store.error.type);
  return store.value;
};

relayStoreContract("sqlite in a thread", async () => opened(newFolder()));

test("[RS1] a store in a thread has everything again when it is opened again", async () => {
  const folder = newFolder();
  const before = keeper(await opened(folder));
  await before.open("a");
  await before.put("1", ["a"]);
  await before.store[Symbol.asyncDispose]();
  await using store = await opened(folder);
  expect(await keeper(store).namesIn("a")).toEqual(["1"]);
  expect([...store.incarnation]).toEqual(Array.from({ length: 8 }, () => 7));
  expect(store.totals()).toMatchObject({ mailboxes: 1, messages: 1, bytes: 100 });
});

test("[RS1] a store in a thread refuses a folder that another has", async () => {
  const folder = newFolder();
  await using store = await opened(folder);
  expect(store.totals().mailboxes).toBe(0);
  expect(await open(folder)).toEqual({ ok: false, error: { type: "StoreInUse" } });
});
