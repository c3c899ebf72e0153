/** A blob that a relay said it has is there after kill -9, and one that was on its way goes on. */
import { readdirSync } from "node:fs";
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

beforeAll(() => ready);

const KILLS = 8;
const PIECE_BYTES = 256 * 1024;
const BLOB_BYTES = KILLS * PIECE_BYTES + 12_345;
const SEALED = Uint8Array.from({ length: BLOB_BYTES }, (_, at) => (at * 31 + (at >> 9)) & 0xff);

const ticketFor = async (person: LivePerson): Promise<BlobTicketGiven> => {
  const answer = await person.call("POST", PATHS.blobs, {
    blob: toBase64url(blobIdOf(SEALED)),
    bytes: SEALED.length,
    deleteKeyHash: toBase64url(deleteKeyHashOf(new Uint8Array(32))),
    ttlSeconds: 3_600,
  });
  return (await answer.json()) as BlobTicketGiven;
};
const send = (
  relay: RelayProcess,
  { ticket, offset }: BlobTicketGiven,
  end: number,
): Promise<Response> =>
  fetch(`${relay.url}${PATHS.blob(toBase64url(blobIdOf(SEALED)))}`, {
    method: "PATCH",
    headers: {
      authorization: `${TICKET_SCHEME} ${ticket}`,
      [UPLOAD_OFFSET_HEADER]: String(offset),
    },
    body: SEALED.subarray(offset, end),
  });
const blobAt = async (relay: RelayProcess): Promise<Uint8Array> => {
  const answer = await fetch(`${relay.url}${PATHS.blob(toBase64url(blobIdOf(SEALED)))}`);
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
    const answered = await send(relay, given, given.offset + PIECE_BYTES / 2);
    reached = ((await answered.json()) as BlobProgress).offset;
    const cut = send(relay, { ...given, offset: reached }, reached + PIECE_BYTES / 2).catch(
      () => null,
    );
    await relay.kill();
    await cut;
    await relay.start();
  }
  const given = await ticketFor(alice);
  const done = await send(relay, given, SEALED.length);
  expect(await done.json()).toEqual({ offset: SEALED.length, isComplete: true });
  await relay.kill();
  await relay.start();
  expect(Buffer.compare(await blobAt(relay), SEALED)).toBe(0);
  expect(await ticketFor(alice)).toEqual({ ticket: null, offset: SEALED.length });
  const folder = readdirSync(relay.dataPath).find((it) => it.startsWith("blobs-"));
  expect(readdirSync(join(relay.dataPath, folder!, "new"))).toEqual([]);
}, 120_000);
