import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { blobIdOf } from "../../../crypto/public/blob-id.ts";
import type { BlobFiles } from "../../../relay/blobs/blob-files.ts";
import { openDiskBlobFiles } from "../../../relay/blobs/disk-blob-files.ts";
import { idOf } from "../../../sync/wire/ids.ts";
import { blobFilesContract } from "../../contract/blob-files.ts";
import { streamOf } from "../stream-of.ts";

beforeAll(() => ready);

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "kith-blobs-"));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const disk = { free: 1_000 };
function openAt(folder: string, incarnation = 1): BlobFiles {
  const files = openDiskBlobFiles({
    folder,
    incarnation: idOf("StoreIncarnation", new Uint8Array(8).fill(incarnation)),
    freeBytes: () => disk.free,
    freeBytesMin: 500,
  });
  if (!files.ok) throw new Error(files.error.type);
  return files.value;
}

const sealed = new Uint8Array(200_000).fill(7);
const blob = () => idOf("BlobId", blobIdOf(sealed));
const stream = () => streamOf([sealed.subarray(0, 150_000), sealed.subarray(150_000)]);

blobFilesContract("disk", () => openAt(newFolder()));

test("[BF4] what came, and what was finished, is there when it is opened again", async () => {
  const folder = newFolder();
  await openAt(folder).append(blob(), sealed.length, stream());
  const again = openAt(folder);
  expect(await again.lengthOf(blob())).toEqual({ ok: true, value: sealed.length });
  expect(await again.finish(blob())).toEqual({ ok: true, value: true });
  expect(await openAt(folder).finish(blob())).toEqual({ ok: true, value: true });
  expect(await openAt(folder).read(blob())).toMatchObject({ value: { bytes: sealed.length } });
});

test("[BF7] a store that lost its rows keeps none of their files, and nothing else is touched", async () => {
  const folder = newFolder();
  const before = openAt(folder, 1);
  await before.append(blob(), sealed.length, stream());
  await before.finish(blob());
  mkdirSync(join(folder, "other"));
  writeFileSync(join(folder, "relay.key"), "");
  const after = openAt(folder, 2);
  expect(await after.read(blob())).toEqual({ ok: true, value: null });
  expect(readdirSync(folder).toSorted()).toEqual(["blobs-0202020202020202", "other", "relay.key"]);
});

test("[BF8] a disk with too little room takes nothing more, and what is there can be read and removed", async () => {
  const folder = newFolder();
  const files = openAt(folder);
  await files.append(blob(), sealed.length, stream());
  await files.finish(blob());
  disk.free = 499;
  const other = idOf("BlobId", new Uint8Array(32).fill(9));
  expect(await files.append(other, 10, streamOf([new Uint8Array(10)]))).toEqual({
    ok: false,
    error: { type: "StoreFailed", cause: "full" },
  });
  disk.free = 1_000;
  expect(await files.read(blob())).toMatchObject({ value: { bytes: sealed.length } });
  expect(await files.remove(blob())).toMatchObject({ ok: true });
});

test("[BF9] a folder that cannot be made is told, and a file that is away fails no other", async () => {
  const folder = newFolder();
  writeFileSync(join(folder, "file"), "");
  const options = {
    folder: join(folder, "file"),
    incarnation: idOf("StoreIncarnation", new Uint8Array(8)),
    freeBytes: () => 1_000,
    freeBytesMin: 1,
  };
  expect(openDiskBlobFiles(options)).toMatchObject({ error: { type: "FolderUnusable" } });
  const files = openAt(folder);
  const root = join(folder, "blobs-0101010101010101");
  rmSync(root, { recursive: true });
  expect(await files.append(blob(), 10, null)).toEqual({
    ok: false,
    error: { type: "StoreFailed", cause: "io" },
  });
  expect(existsSync(root)).toBe(false);
});

test("[BF10] its files and folders are for their user alone", async () => {
  const folder = newFolder();
  const files = openAt(folder);
  await files.append(blob(), sealed.length, stream());
  await files.finish(blob());
  const root = join(folder, "blobs-0101010101010101");
  for (const entry of ["", ...readdirSync(root, { recursive: true, encoding: "utf8" })]) {
    expect([entry, statSync(join(root, entry)).mode & 0o077]).toEqual([entry, 0]);
  }
});
