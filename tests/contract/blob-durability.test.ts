/** A blob that a relay said it has is there after kill -9, and one that was on its way goes on. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { beforeAll, expect, test } from "vitest";

import { toBase64url } from "../../crypto/base/base64url.ts";
import { ready } from "../../crypto/base/sodium.ts";
import { blobIdOf, deleteKeyHashOf } from "../../crypto/public/blob-id.ts";
import {
  type BlobProgress,
  type BlobTicketGiven,
  PATHS,
  TICKET_SCHEME,
  UPLOAD_OFFSET_HEADER,
} from "../../sync/wire/http.ts";
import { type RelayProcess, startRelay } from "../e2e/relay-process.ts";
import { LivePerson } from "../relay/live-client.ts";
import { canTrace, hasStruck, relayUnder } from "./faulty-relay.ts";

beforeAll(() => ready);

const KILLS = 8;
const PIECE_BYTES = 256 * 1024;
const BLOB_BYTES = KILLS * PIECE_BYTES + 12_345;
const SEALED = Uint8Array.from({ length: BLOB_BYTES }, (_, at) => (at * 31 + (at >> 9)) & 0xff);

const ticketFor = async (person: LivePerson, sealed = SEALED): Promise<BlobTicketGiven> => {
  const answer = await person.call("POST", PATHS.blobs, {
    blob: toBase64url(blobIdOf(sealed)),
    bytes: sealed.length,
    deleteKeyHash: toBase64url(deleteKeyHashOf(new Uint8Array(32))),
    ttlSeconds: 3_600,
  });
  return (await answer.json()) as BlobTicketGiven;
};
const send = (
  { url }: { readonly url: string },
  { ticket, offset }: BlobTicketGiven,
  { sealed = SEALED, end }: { readonly sealed?: typeof SEALED; readonly end?: number } = {},
): Promise<Response> =>
  fetch(`${url}${PATHS.blob(toBase64url(blobIdOf(sealed)))}`, {
    method: "PATCH",
    headers: {
      authorization: `${TICKET_SCHEME} ${ticket}`,
      [UPLOAD_OFFSET_HEADER]: String(offset),
    },
    body: sealed.subarray(offset, end),
  });
const blobAt = async (relay: RelayProcess, sealed = SEALED): Promise<Uint8Array> => {
  const answer = await fetch(`${relay.url}${PATHS.blob(toBase64url(blobIdOf(sealed)))}`);
  expect(answer.status).toBe(200);
  return new Uint8Array(await answer.arrayBuffer());
};

test("[DU3] an upload survives a relay that is killed in the middle of each piece, and its end for good", async () => {
  await using relay = await startRelay();
  const alice = await LivePerson.register(relay.url, new Uint8Array(32).fill(1));
  let reached = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const given = await ticketFor(alice);
    expect(given.offset).toBeGreaterThanOrEqual(reached);
    // What was answered is a lower bound: it may have more.
    const answered = await send(relay, given, { end: given.offset + PIECE_BYTES / 2 });
    reached = ((await answered.json()) as BlobProgress).offset;
    const next = { ...given, offset: reached };
    const cut = send(relay, next, { end: reached + PIECE_BYTES / 2 }).catch(() => null);
    await relay.kill();
    await cut;
    await relay.start();
  }
  const given = await ticketFor(alice);
  const done = await send(relay, given);
  expect(await done.json()).toEqual({ offset: SEALED.length, isComplete: true });
  await relay.kill();
  await relay.start();
  expect(Buffer.compare(await blobAt(relay), SEALED)).toBe(0);
  expect(await ticketFor(alice)).toEqual({ ticket: null, offset: SEALED.length });
  const folder = readdirSync(relay.dataPath).find((it) => it.startsWith("blobs-"));
  expect(readdirSync(join(relay.dataPath, folder!, "new"))).toEqual([]);
}, 120_000);

test.skipIf(!canTrace).each([
  ["fails to sync from some moment on", "error=EIO:when=60+"],
  ["fails to sync now and then", "error=EIO:when=40+5"],
])(
  "[DU4] has every blob that it said it has when its disk %s",
  { timeout: 60_000 },
  async (_, inject) => {
    const folder = mkdtempSync(join(tmpdir(), "kith-strace-"));
    try {
      const faulty = await relayUnder(inject, folder);
      const alice = await LivePerson.register(faulty.url, new Uint8Array(32).fill(1));
      const kept: Uint8Array<ArrayBuffer>[] = [];
      let refused = 0;
      for (let count = 0; count < 200 && refused < 10; count += 1) {
        const sealed = new Uint8Array(1_000).fill(count);
        const given = await ticketFor(alice, sealed).catch(() => null);
        const sent = given === null ? null : await send(faulty, given, { sealed });
        if (sent?.status === 200) kept.push(sealed);
        else refused += 1;
      }
      faulty.kill();
      expect(hasStruck(faulty.trace())).toBe(true);
      expect([kept.length > 0, refused]).toEqual([true, 10]);

      await using relay = await startRelay({ KITH_DATA: join(folder, "data") });
      for (const sealed of kept) expect(await blobAt(relay, sealed)).toEqual(sealed);
      // Any of the others may be sent again.
      const again = await LivePerson.register(relay.url, new Uint8Array(32).fill(1));
      for (let count = 0; count < kept.length + refused; count += 1) {
        const sealed = new Uint8Array(1_000).fill(count);
        const given = await ticketFor(again, sealed);
        const isHere = given.ticket === null || (await send(relay, given, { sealed })).ok;
        expect([count, isHere]).toEqual([count, true]);
        expect(await blobAt(relay, sealed)).toEqual(sealed);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
