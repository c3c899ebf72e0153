/** The contract of relay/blobs/blob-files.ts, for whoever implements it. */
import { expect, test } from "vitest";

import { blobIdOf } from "../../crypto/public/blob-id.ts";
import type { BlobFiles } from "../../relay/blobs/blob-files.ts";
import { type BlobId, idOf } from "../../sync/wire/ids.ts";
import { streamOf } from "../relay/stream-of.ts";

const PIECE_BYTES = 100_000;
const SEALED = Uint8Array.from({ length: 3 * PIECE_BYTES }, (_, at) => (at * 7 + (at >> 8)) & 0xff);
const pieceAt = (index: number): Uint8Array =>
  SEALED.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES);
const blobOf = (bytes: Uint8Array): BlobId => idOf("BlobId", blobIdOf(bytes));

const breakingAfter = (...pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> =>
  streamOf(
    (async function* broken() {
      yield* pieces;
      throw new Error("the client went away");
    })(),
  );

export function blobFilesContract(name: string, openFiles: () => BlobFiles): void {
  const opened = () => {
    const files = openFiles();
    const blob = blobOf(SEALED);
    const append = async (stream: ReadableStream<Uint8Array> | null, bytesMax = SEALED.length) => {
      const done = await files.append(blob, bytesMax, stream);
      return done.ok ? done.value : done.error;
    };
    const read = async () => {
      const found = await files.read(blob);
      if (!found.ok || found.value === null) return found.ok ? null : found.error;
      const bytes = new Uint8Array(await new Response(found.value.stream).arrayBuffer());
      expect(found.value.bytes).toBe(bytes.length);
      return bytes;
    };
    return { files, blob, append, read };
  };

  test(`[BF1] ${name} gives back what it was given, once it is finished`, async () => {
    const { files, blob, append, read } = opened();
    expect(await files.lengthOf(blob)).toEqual({ ok: true, value: 0 });
    expect(await append(streamOf([pieceAt(0), pieceAt(1)]))).toEqual({
      length: 2 * PIECE_BYTES,
      ended: "whole",
    });
    expect(await append(streamOf([pieceAt(2)]))).toEqual({ length: SEALED.length, ended: "whole" });
    expect(await append(null)).toEqual({ length: SEALED.length, ended: "whole" });
    expect(await read()).toBe(null);
    expect(await files.finish(blob)).toEqual({ ok: true, value: true });
    expect(await read()).toEqual(SEALED);
    expect(await files.read(blobOf(pieceAt(0)))).toEqual({ ok: true, value: null });
  });

  test(`[BF2] ${name} keeps what came before a stream broke`, async () => {
    const { files, blob, append, read } = opened();
    expect(await append(breakingAfter(pieceAt(0)))).toEqual({
      length: PIECE_BYTES,
      ended: "broken",
    });
    expect(await files.lengthOf(blob)).toEqual({ ok: true, value: PIECE_BYTES });
    await append(streamOf([pieceAt(1), pieceAt(2)]));
    expect(await files.finish(blob)).toEqual({ ok: true, value: true });
    expect(await read()).toEqual(SEALED);
  });

  test(`[BF3] ${name} takes no other bytes under a blob's name, and forgets them`, async () => {
    const { files, blob, append, read } = opened();
    await append(streamOf([pieceAt(0), pieceAt(2), pieceAt(1)]));
    expect(await files.finish(blob)).toEqual({ ok: true, value: false });
    expect(await read()).toBe(null);
    expect(await files.lengthOf(blob)).toEqual({ ok: true, value: 0 });
    await append(streamOf([SEALED]));
    expect(await files.finish(blob)).toEqual({ ok: true, value: true });
  });

  test(`[BF4] ${name} says the same when it finishes again, and no of what never came`, async () => {
    const { files, blob, append } = opened();
    expect(await files.finish(blob)).toEqual({ ok: true, value: false });
    await append(streamOf([SEALED]));
    for (let count = 0; count < 2; count += 1) {
      expect(await files.finish(blob)).toEqual({ ok: true, value: true });
    }
  });

  test(`[BF5] ${name} takes no more than was asked for`, async () => {
    const { files, blob, append } = opened();
    expect(await append(streamOf([pieceAt(0), pieceAt(1)]), PIECE_BYTES + 1)).toEqual({
      length: PIECE_BYTES,
      ended: "tooLong",
    });
    expect(await files.lengthOf(blob)).toEqual({ ok: true, value: PIECE_BYTES });
  });

  test(`[BF6] ${name} removes what it has, and lets readers end`, async () => {
    const { files, blob, append, read } = opened();
    await append(streamOf([pieceAt(0)]));
    await files.remove(blob);
    expect(await files.lengthOf(blob)).toEqual({ ok: true, value: 0 });
    await append(streamOf([SEALED]));
    await files.finish(blob);
    const found = await files.read(blob);
    if (!found.ok || found.value === null) throw new Error("not there");
    const reader = found.value.stream.getReader();
    const first = await reader.read();
    expect(await files.remove(blob)).toMatchObject({ ok: true });
    expect(await read()).toBe(null);
    let length = first.value?.length ?? 0;
    for (;;) {
      const next = await reader.read();
      if (next.done) break;
      length += next.value.length;
    }
    expect(length).toBe(SEALED.length);
    expect(await files.remove(blob)).toMatchObject({ ok: true });
  });
}
