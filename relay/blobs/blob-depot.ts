/**
 * Blobs as a relay keeps them: a row in the store says that there is one, a file holds its bytes. All
 * that changes one blob goes through here, one thing at a time for each: whoever comes meanwhile is told
 * to come later.
 */
import { unreachable } from "../../crypto/base/assert.ts";
import { equalBytes } from "../../crypto/base/bytes.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { deleteKeyHashOf } from "../../crypto/public/blob-id.ts";
import { tokenHashOf } from "../../crypto/public/relay-ids.ts";
import type { BlobProgress, Problem } from "../../sync/wire/http.ts";
import {
  type BlobDeleteHash,
  type BlobDeleteKey,
  type BlobId,
  type BlobTicket,
  ID_BYTES,
  idOf,
  type MailboxId,
} from "../../sync/wire/ids.ts";
import { AtOnce } from "../admission/at-once.ts";
import type { CommitQueue } from "../commit-queue.ts";
import { latin1 } from "../latin1.ts";
import {
  ADDRESS_BLOB_DOWNLOADS_MAX,
  ADDRESS_BLOB_UPLOADS_MAX,
  BLOB_BUSY_MS,
  BLOB_DOWNLOADS_AT_ONCE,
  BLOB_FULL_MS,
  BLOB_SWEEP_SLICE,
  BLOB_UPLOADS_AT_ONCE,
} from "../limits.ts";
import type { Now, Random } from "../ports.ts";
import type { Store, StoreError } from "../store/store.ts";
import type { BlobFiles, BlobStream } from "./blob-files.ts";
import { UploadHolds } from "./upload-holds.ts";

export type BlobDepotOptions = {
  readonly files: BlobFiles;
  readonly store: Store;
  readonly commits: CommitQueue;
  readonly now: Now;
  readonly random: Random;
  readonly count: (name: string) => void;
};

export type BlobClaim = {
  readonly mailbox: MailboxId;
  readonly blob: BlobId;
  readonly bytes: number;
  readonly deleteHash: BlobDeleteHash;
  readonly ttlMs: number;
};

/** `ticket`: null when the relay has the blob. `offset`: bytes that it has. */
export type Reserved = { readonly ticket: BlobTicket | null; readonly offset: number };

export type BlobPiece = {
  readonly blob: BlobId;
  readonly ticket: BlobTicket;
  readonly offset: number;
  readonly stream: ReadableStream<Uint8Array> | null;
};

type Answer<Value> = Promise<Result<Value, Problem>>;

const NOT_FOUND = err({ type: "NotFound" } as const);
const BUSY = err({ type: "Overloaded", retryAfterMs: BLOB_BUSY_MS } as const);

export class BlobDepot {
  readonly #options: BlobDepotOptions;
  readonly #busy = new Set<string>();
  readonly #holds = new UploadHolds();
  readonly #uploads = new AtOnce({ all: BLOB_UPLOADS_AT_ONCE, each: ADDRESS_BLOB_UPLOADS_MAX });
  readonly #downloads = new AtOnce({
    all: BLOB_DOWNLOADS_AT_ONCE,
    each: ADDRESS_BLOB_DOWNLOADS_MAX,
  });

  constructor(options: BlobDepotOptions) {
    this.#options = options;
  }

  reserve(claim: BlobClaim): Answer<Reserved> {
    return this.#alone(claim.blob, () => this.#reserve(claim));
  }

  async #reserve(claim: BlobClaim): Answer<Reserved> {
    const { commits, files, random, count, store, now } = this.#options;
    const { blob, mailbox } = claim;
    if (!this.#holds.isFree(blob, mailbox, now())) {
      const view = await store.blob(blob, now());
      const isUnderWay = view.ok && view.value?.isFinished === false;
      if (isUnderWay) return err({ type: "Overloaded", retryAfterMs: BLOB_FULL_MS });
    }
    const ticket = idOf("BlobTicket", random(ID_BYTES.BlobTicket));
    const ticketHash = idOf("TokenHash", tokenHashOf(ticket));
    const done = await commits.execute<"reserveBlob">({
      type: "reserveBlob",
      ...claim,
      ticketHash,
    });
    if (!done.ok) return err(problemOf(done.error));
    count(`blob.${done.value}`);
    switch (done.value) {
      case "finished":
        return ok({ ticket: null, offset: claim.bytes });
      case "unknown":
        return err({ type: "SignatureInvalid" });
      case "full":
        return err({ type: "StorageFull", retryAfterMs: BLOB_FULL_MS });
      case "tooMany":
        return err({ type: "TooMany" });
      case "resumed":
        break;
      case "reserved": {
        const cleared = await files.remove(claim.blob);
        if (!cleared.ok) return err(problemOf(cleared.error));
        break;
      }
      default:
        return unreachable(done.value);
    }
    this.#holds.reserved(blob, mailbox, now());
    const length = await files.lengthOf(claim.blob);
    return length.ok ? ok({ ticket, offset: length.value }) : err(problemOf(length.error));
  }

  /** `address`: where it comes from, as relay/client-address.ts says it. */
  append(piece: BlobPiece, address: string): Answer<BlobProgress> {
    if (!this.#uploads.hasRoom(address)) return Promise.resolve(BUSY);
    this.#uploads.came(address);
    const done = this.#alone(piece.blob, () => this.#append(piece));
    return done.finally(() => this.#uploads.left(address));
  }

  async #append({ blob, ticket, offset, stream }: BlobPiece): Answer<BlobProgress> {
    const { store, files, now, count } = this.#options;
    const view = await store.blob(blob, now());
    if (!view.ok) return err(problemOf(view.error));
    const ticketHash = idOf("TokenHash", tokenHashOf(ticket));
    if (view.value === null || !equalBytes(view.value.ticketHash, ticketHash)) return NOT_FOUND;
    const { bytes, isFinished } = view.value;
    // The answer to the last piece was lost.
    if (isFinished) return ok({ offset: bytes, isComplete: true });
    const length = await files.lengthOf(blob);
    if (!length.ok) return err(problemOf(length.error));
    if (offset !== length.value) return err({ type: "OffsetWrong", offset: length.value });
    const appended = await files.append(blob, bytes, stream);
    this.#holds.moved(blob, now());
    if (!appended.ok) return err(problemOf(appended.error));
    if (appended.value.ended === "broken") return err({ type: "BodyMalformed" });
    if (appended.value.ended === "tooLong") return err({ type: "BodyTooLarge" });
    if (appended.value.length < bytes) {
      return ok({ offset: appended.value.length, isComplete: false });
    }
    const finished = await files.finish(blob);
    if (!finished.ok) return err(problemOf(finished.error));
    this.#holds.over(blob);
    if (!finished.value) {
      count("blob.differs");
      return err({ type: "BlobDiffers" });
    }
    const done = await this.#options.commits.execute<"finishBlob">({
      type: "finishBlob",
      blob,
      ticketHash,
    });
    if (!done.ok) return err(problemOf(done.error));
    return done.value === "done" ? ok({ offset: bytes, isComplete: true }) : NOT_FOUND;
  }

  /** `address`: where it goes, as relay/client-address.ts says it. */
  async read(
    blob: BlobId,
    address: string,
  ): Answer<{ readonly bytes: number; readonly stream: BlobStream }> {
    const { store, files, now, count } = this.#options;
    if (!this.#downloads.hasRoom(address)) return BUSY;
    const view = await store.blob(blob, now());
    if (!view.ok) return err(problemOf(view.error));
    if (view.value === null || !view.value.isFinished) return NOT_FOUND;
    const file = await files.read(blob);
    if (!file.ok) return err(problemOf(file.error));
    if (file.value === null) {
      count("blob.missing");
      return NOT_FOUND;
    }
    const { bytes, stream } = file.value;
    return ok({ bytes, stream: ReadableStream.from(this.#counted(stream, address)) });
  }

  /** From the first piece that is asked for to the last. */
  async *#counted(stream: BlobStream, address: string): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    this.#downloads.came(address);
    try {
      yield* stream;
    } finally {
      this.#downloads.left(address);
    }
  }

  /** An unknown blob looks like a wrong key. It goes when nobody else wants it kept. */
  remove(blob: BlobId, deleteKey: BlobDeleteKey): Answer<void> {
    return this.#alone(blob, async () => {
      const deleteHash = idOf("BlobDeleteHash", deleteKeyHashOf(deleteKey));
      const op = { type: "releaseBlob", blob, deleteHash } as const;
      const done = await this.#options.commits.execute<"releaseBlob">(op);
      if (!done.ok) return err(problemOf(done.error));
      if (done.value === "unknown") return NOT_FOUND;
      return done.value === "last" ? this.#forget(blob) : ok(undefined);
    });
  }

  /** Removes what has expired. What fails is tried again the next time. */
  async sweep(): Promise<void> {
    let swept = ok(BLOB_SWEEP_SLICE) as Result<number, Problem>;
    while (swept.ok && swept.value === BLOB_SWEEP_SLICE) swept = await this.#sweepSlice();
  }

  /** How many went. */
  async #sweepSlice(): Answer<number> {
    const { store, now, count } = this.#options;
    const expired = await store.expiredBlobs(now(), BLOB_SWEEP_SLICE);
    if (!expired.ok) return err(problemOf(expired.error));
    let swept = 0;
    for (const blob of expired.value) {
      const done = await this.#alone(blob, async () => {
        const view = await store.blob(blob, now());
        // Somebody began to send it anew.
        if (view.ok && view.value !== null) return ok(undefined);
        return this.#forget(blob);
      });
      if (!done.ok) continue;
      swept += 1;
      count("blob.expired");
    }
    return ok(swept);
  }

  /** The file first: a row without one is found again, a file without a row never. */
  async #forget(blob: BlobId): Answer<void> {
    const { files, commits } = this.#options;
    this.#holds.over(blob);
    const removed = await files.remove(blob);
    if (!removed.ok) return err(problemOf(removed.error));
    const done = await commits.execute<"removeBlobs">({ type: "removeBlobs", blobs: [blob] });
    return done.ok ? ok(undefined) : err(problemOf(done.error));
  }

  async #alone<Value>(blob: BlobId, work: () => Answer<Value>): Answer<Value> {
    const key = latin1(blob);
    if (this.#busy.has(key)) return BUSY;
    this.#busy.add(key);
    try {
      return await work();
    } finally {
      this.#busy.delete(key);
    }
  }
}

const problemOf = ({ cause }: StoreError): Problem => ({
  type: cause === "full" ? "StorageFull" : "StorageFailed",
  retryAfterMs: BLOB_FULL_MS,
});
