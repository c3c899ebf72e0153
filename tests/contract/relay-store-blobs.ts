/** What relay/store/store.ts promises of blobs, for whoever implements it. */
import { expect, test } from "vitest";

import type { OpOf } from "../../relay/store/store.ts";
import type { BlobDeleteHash, BlobId } from "../../sync/wire/ids.ts";
import { BLOB_UPLOAD_MS_MAX } from "../../sync/wire/limits.ts";
import { bytes, type Keeper, mailboxId, tokenHash } from "./relay-store-keeper.ts";

const HOUR_MS = 3_600_000;
const blobId = (name: string): BlobId => bytes(32, name) as BlobId;
const blobOp = (
  mailbox: string,
  name: string,
  more: Partial<OpOf<"reserveBlob">> = {},
): OpOf<"reserveBlob"> => ({
  type: "reserveBlob",
  mailbox: mailboxId(mailbox),
  blob: blobId(name),
  bytes: 4_000,
  deleteHash: bytes(32, name) as BlobDeleteHash,
  ticketHash: tokenHash(name),
  ttlMs: HOUR_MS,
  ...more,
});

/** `opened`: a store with mailboxes a, b and c. */
export function relayBlobContract(
  name: string,
  opened: () => Promise<Keeper & AsyncDisposable>,
): void {
  test(`[RS15] ${name} finds a blob once it is finished, by its newest ticket, until it expires`, async () => {
    await using it = await opened();
    const view = async () => {
      const found = await it.store.blob(blobId("x"), it.clock.nowMs);
      return found.ok ? found.value : found;
    };
    const expired = async () => {
      const found = await it.store.expiredBlobs(it.clock.nowMs, 10);
      return found.ok ? found.value : found;
    };
    const finish = (ticket: string) =>
      it.one<"finishBlob">({
        type: "finishBlob",
        blob: blobId("x"),
        ticketHash: tokenHash(ticket),
      });
    expect(await it.one<"reserveBlob">(blobOp("z", "x"))).toBe("unknown");
    expect(await finish("1")).toBe("unknown");
    expect(await view()).toBe(null);
    expect(await it.one<"reserveBlob">(blobOp("a", "x", { ticketHash: tokenHash("1") }))).toBe(
      "reserved",
    );
    expect(await it.one<"reserveBlob">(blobOp("a", "x", { ticketHash: tokenHash("2") }))).toBe(
      "resumed",
    );
    expect(await finish("1")).toBe("unknown");
    expect(await view()).toEqual({
      bytes: 4_000,
      isFinished: false,
      ticketHash: tokenHash("2"),
    });
    expect(await finish("2")).toBe("done");
    expect(await finish("2")).toBe("done");
    expect(await view()).toMatchObject({ isFinished: true });
    // Somebody else needs it for longer: it is not sent again, and whose it is stays.
    it.clock.nowMs += HOUR_MS / 2;
    expect(await it.one<"reserveBlob">(blobOp("b", "x"))).toBe("finished");
    it.clock.nowMs += HOUR_MS - 1;
    expect([await view(), await expired()]).toMatchObject([{ isFinished: true }, []]);
    it.clock.nowMs += 1;
    expect([await view(), await expired()]).toEqual([null, [blobId("x")]]);
    await it.one({ type: "removeBlobs", blobs: [blobId("x")] });
    expect(await expired()).toEqual([]);
    expect(await it.one<"reserveBlob">(blobOp("b", "x"))).toBe("reserved");
    // A ticket that nobody used ends too.
    it.clock.nowMs += BLOB_UPLOAD_MS_MAX;
    expect(await expired()).toEqual([blobId("x")]);
  });

  test(`[RS21] ${name} keeps a blob as long as somebody who claimed it has not let go of it`, async () => {
    await using it = await opened();
    const claim = (mailbox: string, hash: string) =>
      it.one<"reserveBlob">(
        blobOp(mailbox, "x", { deleteHash: bytes(32, hash) as BlobDeleteHash }),
      );
    const release = (hash: string) =>
      it.one<"releaseBlob">({
        type: "releaseBlob",
        blob: blobId("x"),
        deleteHash: bytes(32, hash) as BlobDeleteHash,
      });
    // Whoever is quicker than its author does not have it alone, nor does who comes after them.
    expect(await claim("b", "mallory")).toBe("reserved");
    expect(await claim("a", "author")).toBe("reserved");
    const finish = { type: "finishBlob", blob: blobId("x"), ticketHash: tokenHash("x") } as const;
    expect(await it.one<"finishBlob">(finish)).toBe("done");
    expect(await claim("b", "mallory again")).toBe("finished");
    expect(await release("nobody")).toBe("unknown");
    expect(await release("mallory")).toBe("unknown");
    expect(await release("mallory again")).toBe("released");
    expect(await release("mallory again")).toBe("unknown");
    expect(await claim("b", "mallory")).toBe("finished");
    expect(await release("author")).toBe("released");
    // From then on it takes up the room of who keeps it.
    expect(await it.one<"reserveBlob">(blobOp("a", "y", { bytes: 9_999 }))).toBe("reserved");
    expect(await release("mallory")).toBe("last");
    await it.one({ type: "removeBlobs", blobs: [blobId("x")] });
    expect(await release("mallory")).toBe("unknown");
  });

  test(`[RS15] ${name} keeps each mailbox to its bytes of blobs, those on their way among them`, async () => {
    await using it = await opened();
    const reserve = (mailbox: string, blob: string, more: object = {}) =>
      it.one<"reserveBlob">(blobOp(mailbox, blob, more));
    expect(await reserve("a", "1")).toBe("reserved");
    expect(await reserve("a", "2", { bytes: 6_001 })).toBe("tooMany");
    expect(await reserve("a", "2", { bytes: 6_000 })).toBe("reserved");
    expect(await reserve("a", "3", { bytes: 1 })).toBe("tooMany");
    // Asked for again it counts once, also when it is another size.
    expect(await reserve("a", "1")).toBe("resumed");
    expect(await reserve("a", "1", { bytes: 3_999 })).toBe("reserved");
    expect(await reserve("a", "3", { bytes: 1 })).toBe("reserved");
    expect(await reserve("b", "4")).toBe("reserved");
    // The newest who asks sends it.
    expect(await reserve("b", "1")).toBe("reserved");
    expect(it.store.totals()).toMatchObject({ blobs: 4, blobBytes: 14_001 });
    await it.one({ type: "removeBlobs", blobs: [blobId("2"), blobId("none")] });
    expect(it.store.totals()).toMatchObject({ blobs: 3, blobBytes: 8_001 });
    expect(await reserve("a", "5", { bytes: 9_999 })).toBe("reserved");
  });
}
