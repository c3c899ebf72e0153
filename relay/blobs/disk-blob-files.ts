/**
 * Blobs as files: `new/` for what is still coming, a folder for each first byte for what is finished.
 * A file gets its name there after its bytes were checked and synced, so whatever has such a name is whole.
 */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import { equalBytes } from "../../crypto/base/bytes.ts";
import { toHex } from "../../crypto/base/hex.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { blobHasher } from "../../crypto/public/blob-id.ts";
import type { BlobId, StoreIncarnation } from "../../sync/wire/ids.ts";
import type { FolderError } from "../data-folder.ts";
import type { StoreError } from "../store/store.ts";
import { appendTo } from "./append.ts";
import type { BlobFiles, BlobStream } from "./blob-files.ts";

export type DiskBlobsOptions = {
  /** The relay's data folder. */
  readonly folder: string;
  /** Blobs belong to one store: those of one that was lost are removed. */
  readonly incarnation: StoreIncarnation;
  readonly freeBytes: () => number;
  /** Nothing more is taken when less is free. */
  readonly freeBytesMin: number;
};

const READ_BYTES = 64 * 1024;
const MARK = "blobs-";
const FULL_CODES: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT"]);

export function openDiskBlobFiles(options: DiskBlobsOptions): Result<BlobFiles, FolderError> {
  const name = `${MARK}${toHex(options.incarnation)}`;
  const root = join(options.folder, name);
  try {
    for (const other of readdirSync(options.folder)) {
      if (!other.startsWith(MARK) || other === name) continue;
      rmSync(join(options.folder, other), { recursive: true });
    }
    mkdirSync(join(root, "new"), { recursive: true, mode: 0o700 });
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : "unknown";
    return err({ type: "FolderUnusable", folder: root, reason });
  }
  const draftOf = (blob: BlobId): string => join(root, "new", toHex(blob));
  const folderOf = (blob: BlobId): string => join(root, toHex(blob.subarray(0, 1)));
  const placeOf = (blob: BlobId): string => join(folderOf(blob), toHex(blob));
  const isFull = (): boolean => options.freeBytes() < options.freeBytesMin;

  return ok({
    lengthOf: (blob) => attempt(async () => (await bytesAt(draftOf(blob))) ?? 0),
    append: (blob, bytesMax, stream) =>
      attempt(async () => {
        await using file = await open(draftOf(blob), "a", 0o600);
        const { size } = await file.stat();
        return await appendTo({
          length: size,
          bytesMax,
          stream,
          write: async (bytes) => {
            if (isFull()) throw Object.assign(new Error("no room"), { code: "ENOSPC" });
            await file.writeFile(bytes);
          },
        });
      }),
    finish: (blob) =>
      attempt(async () => {
        const [draft, place] = [draftOf(blob), placeOf(blob)];
        const isThere = (await bytesAt(draft)) !== null;
        // Finished before a crash, and not told.
        if (!isThere && (await bytesAt(place)) === null) return false;
        if (isThere) {
          if (!(await orGone(draft, () => isNamed(draft, blob)))) {
            await rm(draft, { force: true });
            return false;
          }
          await mkdir(folderOf(blob), { recursive: true, mode: 0o700 });
          await rename(draft, place);
        }
        await orGone(place, async () => {
          for (const folder of [folderOf(blob), root]) await syncFolder(folder);
        });
        return true;
      }),
    read: (blob) =>
      attempt(async () => {
        const bytes = await bytesAt(placeOf(blob));
        return bytes === null ? null : { bytes, stream: streamOf(placeOf(blob)) };
      }),
    remove: (blob) =>
      attempt(async () => {
        for (const path of [draftOf(blob), placeOf(blob)]) await rm(path, { force: true });
      }),
  });
}

async function attempt<Value>(work: () => Promise<Value>): Promise<Result<Value, StoreError>> {
  try {
    return ok(await work());
  } catch (thrown) {
    return err(failureOf(thrown));
  }
}

/** Throws what no file system says. */
function failureOf(thrown: unknown): StoreError {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  if (typeof code !== "string") throw thrown;
  return { type: "StoreFailed", cause: FULL_CODES.has(code) ? "full" : "io" };
}

async function bytesAt(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return null;
    throw thrown;
  }
}

/**
 * A sync that failed cannot be repeated: the kernel may have dropped what it could not write, and says
 * yes the next time. What it was about is sent anew.
 */
async function orGone<Value>(path: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (thrown) {
    await rm(path, { force: true });
    throw thrown;
  }
}

/** On the disk, and of bytes that hash to the id. */
async function isNamed(path: string, blob: BlobId): Promise<boolean> {
  await using file = await open(path, "r+");
  await file.sync();
  const hasher = blobHasher();
  try {
    for await (const piece of piecesOf(file)) hasher.update(piece);
  } catch (thrown) {
    // One that is not asked for its digest keeps its memory.
    hasher.digest();
    throw thrown;
  }
  return equalBytes(hasher.digest(), blob);
}

async function* piecesOf(file: FileHandle): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (;;) {
    const piece = new Uint8Array(READ_BYTES);
    const { bytesRead } = await file.read(piece, 0, READ_BYTES, null);
    if (bytesRead === 0) return;
    yield piece.subarray(0, bytesRead);
  }
}

/** Opens the file when it is first read: nobody may ever do it. */
const streamOf = (path: string): BlobStream =>
  ReadableStream.from(
    (async function* pieces() {
      await using file = await open(path, "r");
      yield* piecesOf(file);
    })(),
  );

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, "r");
  await folder.sync();
}
