import { beforeAll, expect, test } from "vitest";

import { toBase64url } from "../../../crypto/base/base64url.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { blobIdOf, deleteKeyHashOf } from "../../../crypto/public/blob-id.ts";
import {
  ADDRESS_BLOB_DOWNLOADS_MAX,
  ADDRESS_BLOB_UPLOADS_MAX,
  BLOB_DOWNLOADS_AT_ONCE,
} from "../../../relay/limits.ts";
import {
  type BlobProgress,
  type BlobTicketGiven,
  type DeleteBlob,
  PATHS,
  type PostBlob,
  type Problem,
  TICKET_SCHEME,
  UPLOAD_OFFSET_HEADER,
} from "../../../sync/wire/http.ts";
import { BLOB_BYTES_MAX, BLOB_UPLOAD_MS_MAX } from "../../../sync/wire/limits.ts";
import { DAY_MS, filled, openWorld, type Person, type World } from "../relay-world.ts";
import { streamOf } from "../stream-of.ts";

beforeAll(() => ready);

const SEALED = Uint8Array.from({ length: 5_000 }, (_, at) => at & 0xff);
const DELETE_KEY = filled(32, 3);
const HOUR_S = 3_600;

const claimOf = (bytes: Uint8Array, more: object = {}): PostBlob => ({
  blob: toBase64url(blobIdOf(bytes)),
  bytes: bytes.length,
  deleteKeyHash: toBase64url(deleteKeyHashOf(DELETE_KEY)),
  ttlSeconds: HOUR_S,
  ...more,
});
const pathOf = (bytes: Uint8Array): string => PATHS.blob(toBase64url(blobIdOf(bytes)));

const ask = (world: World, by: Person, bytes: Uint8Array, more: object = {}): Promise<Response> =>
  world.request("POST", PATHS.blobs, { by, body: claimOf(bytes, more) });
async function ticketOf(
  world: World,
  by: Person,
  bytes: Uint8Array,
  more: object = {},
): Promise<BlobTicketGiven> {
  const answer = await ask(world, by, bytes, more);
  expect(answer.status).toBe(201);
  return (await answer.json()) as BlobTicketGiven;
}
type Piece = {
  readonly ticket: string | null;
  readonly offset: number;
  readonly piece: Uint8Array | ReadableStream;
  readonly path?: string;
  readonly address?: string;
};
const send = async (
  world: World,
  { ticket, offset, piece, path = pathOf(SEALED), address }: Piece,
): Promise<Response> =>
  world.http.request(path, {
    method: "PATCH",
    headers: {
      authorization: `${TICKET_SCHEME} ${ticket}`,
      [UPLOAD_OFFSET_HEADER]: String(offset),
      ...from(address),
    },
    body: piece as Uint8Array<ArrayBuffer>,
    duplex: "half",
  } as RequestInit);
const progressOf = async (answer: Response): Promise<BlobProgress> => {
  expect(answer.status).toBe(200);
  return (await answer.json()) as BlobProgress;
};
const saidBy = async (answer: Response): Promise<readonly [number, string]> => [
  answer.status,
  ((await answer.json()) as Problem).type,
];
const from = (address: string | undefined): Readonly<Record<string, string>> =>
  address === undefined ? {} : { "x-forwarded-for": address };
const read = (world: World, bytes = SEALED, address?: string): Promise<Response> =>
  world.request("GET", pathOf(bytes), { headers: from(address) });
const remove = (world: World, deleteKey: Uint8Array, bytes = SEALED): Promise<Response> =>
  world.request("DELETE", pathOf(bytes), {
    body: { deleteKey: toBase64url(deleteKey) } satisfies DeleteBlob,
  });
const UNKNOWN = [404, "NotFound"];

/** Alice's blob is at the relay. */
async function withBlob(more: object = {}): Promise<{ world: World; alice: Person }> {
  const world = openWorld();
  const alice = await world.person(1);
  const { ticket } = await ticketOf(world, alice, SEALED, more);
  await progressOf(await send(world, { ticket, offset: 0, piece: SEALED }));
  return { world, alice };
}

test("[HB1] a blob comes in pieces under a ticket, and goes to who knows its id when it is whole", async () => {
  const world = openWorld();
  const alice = await world.person(1);
  const { ticket, offset } = await ticketOf(world, alice, SEALED);
  expect([ticket, offset]).toEqual([expect.stringMatching(/^[\w-]{22}$/u), 0]);
  const first = await send(world, { ticket, offset: 0, piece: SEALED.subarray(0, 2_000) });
  expect(await progressOf(first)).toEqual({ offset: 2_000, isComplete: false });
  expect(await saidBy(await read(world))).toEqual(UNKNOWN);
  const last = await send(world, { ticket, offset: 2_000, piece: SEALED.subarray(2_000) });
  expect(await progressOf(last)).toEqual({ offset: 5_000, isComplete: true });
  const answer = await read(world);
  expect(new Uint8Array(await answer.arrayBuffer())).toEqual(SEALED);
  expect([answer.status, answer.headers.get("content-length")]).toEqual([200, "5000"]);
});

test("[HB2] an upload goes on where it broke off, and says where that is", async () => {
  const world = openWorld();
  const alice = await world.person(1);
  const { ticket } = await ticketOf(world, alice, SEALED);
  const broken = streamOf(
    (async function* half() {
      yield SEALED.subarray(0, 1_500);
      throw new Error("the train went into a tunnel");
    })(),
  );
  expect(await saidBy(await send(world, { ticket, offset: 0, piece: broken }))).toEqual([
    400,
    "BodyMalformed",
  ]);
  const wrong = await send(world, { ticket, offset: 0, piece: SEALED });
  expect([wrong.status, await wrong.json()]).toEqual([409, { type: "OffsetWrong", offset: 1_500 }]);
  // A new ticket, after the device was started again: the old one ends.
  const again = await ticketOf(world, alice, SEALED);
  expect(again.offset).toBe(1_500);
  const rest = SEALED.subarray(1_500);
  expect(await saidBy(await send(world, { ticket, offset: 1_500, piece: rest }))).toEqual(UNKNOWN);
  const done = await send(world, { ...again, piece: rest });
  expect(await progressOf(done)).toEqual({ offset: 5_000, isComplete: true });
  // The answer was lost: asked again, it is the same.
  expect(await progressOf(await send(world, { ...again, piece: rest }))).toMatchObject({
    isComplete: true,
  });
});

test("[HB3] other bytes are refused, forgotten, and may be sent anew", async () => {
  const world = openWorld();
  const alice = await world.person(1);
  const { ticket } = await ticketOf(world, alice, SEALED);
  const other = SEALED.toReversed();
  expect(await saidBy(await send(world, { ticket, offset: 0, piece: other }))).toEqual([
    422,
    "BlobDiffers",
  ]);
  expect(await saidBy(await read(world))).toEqual(UNKNOWN);
  const longer = new Uint8Array(5_001);
  expect(await saidBy(await send(world, { ticket, offset: 0, piece: longer }))).toEqual([
    413,
    "BodyTooLarge",
  ]);
  const done = await send(world, { ticket, offset: 0, piece: SEALED });
  expect(await progressOf(done)).toEqual({ offset: 5_000, isComplete: true });
});

test("[HB4] nobody sends without a mailbox here and the ticket of this blob", async () => {
  const world = openWorld();
  const alice = await world.person(1);
  expect(await saidBy(await ask(world, world.stranger(9), SEALED))).toEqual([
    401,
    "SignatureInvalid",
  ]);
  const { ticket } = await ticketOf(world, alice, SEALED);
  const other = SEALED.subarray(1);
  await ticketOf(world, alice, other);
  const refused = [
    send(world, { ticket: "A".repeat(22), offset: 0, piece: SEALED }),
    send(world, { ticket: "no", offset: 0, piece: SEALED }),
    send(world, { ticket, offset: 0, piece: other, path: pathOf(other) }),
    send(world, { ticket, offset: 0, piece: SEALED, path: PATHS.blob("short") }),
  ];
  for (const answer of await Promise.all(refused)) expect(await saidBy(answer)).toEqual(UNKNOWN);
  const headless = await world.http.request(pathOf(SEALED), {
    method: "PATCH",
    headers: { authorization: `${TICKET_SCHEME} ${ticket}` },
    body: SEALED,
  });
  expect(await saidBy(headless)).toEqual([400, "BodyMalformed"]);
});

test.each([
  ["no bytes", { bytes: 0 }],
  ["more than any blob has", { bytes: BLOB_BYTES_MAX + 1 }],
  ["half a byte", { bytes: 1.5 }],
  ["a life too long", { ttlSeconds: 31 * 86_400 }],
  ["no life", { ttlSeconds: 0 }],
  ["a short id", { blob: "AAAA" }],
  ["a field too much", { path: "../../relay.key" }],
])("[HB5] a claim with %s is refused", async (_, more) => {
  const world = openWorld();
  const said = await saidBy(await ask(world, await world.person(1), SEALED, more));
  expect(said).toEqual([400, "BodyMalformed"]);
});

test("[HB6] a mailbox has so many bytes, counted from the ticket until they are gone", async () => {
  const world = openWorld({ settings: { mailboxBlobBytesMax: 9_000 } });
  const [alice, bob] = [await world.person(1), await world.person(2)];
  const other = SEALED.subarray(1);
  await ticketOf(world, alice, SEALED);
  expect(await saidBy(await ask(world, alice, other))).toEqual([507, "TooMany"]);
  await ticketOf(world, bob, other);
  await world.advance(BLOB_UPLOAD_MS_MAX);
  await world.blobs.sweep();
  await ticketOf(world, alice, other);
});

test("[HB7] a blob that is here is not sent again, and stays as long as anybody needs it", async () => {
  const { world } = await withBlob();
  const bob = await world.person(2);
  await world.advance((HOUR_S / 2) * 1_000);
  expect(await ticketOf(world, bob, SEALED)).toEqual({ ticket: null, offset: 5_000 });
  await world.advance(HOUR_S * 1_000 - 1);
  expect((await read(world)).status).toBe(200);
  await world.advance(1);
  expect(await saidBy(await read(world))).toEqual(UNKNOWN);
});

test("[HB8] what expired is removed, and can come again", async () => {
  const { world, alice } = await withBlob();
  await world.advance(DAY_MS);
  await world.blobs.sweep();
  expect(await world.store.expiredBlobs(world.clock.nowMs, 10)).toEqual({ ok: true, value: [] });
  const { ticket, offset } = await ticketOf(world, alice, SEALED);
  expect(offset).toBe(0);
  await progressOf(await send(world, { ticket, offset, piece: SEALED }));
  expect((await read(world)).status).toBe(200);
});

test("[HB8] a blob is kept no longer than the operator keeps anything", async () => {
  const world = openWorld({ settings: { messageTtlMs: HOUR_S * 1_000 } });
  const alice = await world.person(1);
  const { ticket } = await ticketOf(world, alice, SEALED, { ttlSeconds: 2 * HOUR_S });
  await progressOf(await send(world, { ticket, offset: 0, piece: SEALED }));
  expect(world.relay.status()).toMatchObject({ blobs: 1, blobBytes: 5_000 });
  await world.advance(HOUR_S * 1_000 - 1);
  expect((await read(world)).status).toBe(200);
  await world.advance(1);
  expect(await saidBy(await read(world))).toEqual(UNKNOWN);
  await world.blobs.sweep();
  expect(world.relay.status()).toMatchObject({ blobs: 0, blobBytes: 0 });
});

test("[HB9] who has the delete key deletes it; a wrong key looks like an unknown blob", async () => {
  const { world } = await withBlob();
  expect(await saidBy(await remove(world, filled(32, 4)))).toEqual(UNKNOWN);
  expect(await saidBy(await remove(world, DELETE_KEY, SEALED.subarray(1)))).toEqual(UNKNOWN);
  expect((await read(world)).status).toBe(200);
  expect((await remove(world, DELETE_KEY)).status).toBe(204);
  expect(await saidBy(await read(world))).toEqual(UNKNOWN);
  expect(await saidBy(await remove(world, DELETE_KEY))).toEqual(UNKNOWN);
});

test("[HB13] whoever claims a blob too neither takes it from others nor keeps its author from letting go", async () => {
  const { world, alice } = await withBlob();
  const mallory = await world.person(2);
  const key = filled(32, 9);
  const deleteKeyHash = toBase64url(deleteKeyHashOf(key));
  await ticketOf(world, mallory, SEALED, { deleteKeyHash });
  expect((await remove(world, key)).status).toBe(204);
  expect((await read(world)).status).toBe(200);
  expect(await saidBy(await remove(world, key))).toEqual(UNKNOWN);
  expect((await remove(world, DELETE_KEY)).status).toBe(204);
  expect(await saidBy(await read(world))).toEqual(UNKNOWN);
  // Whoever is quicker than the author has no more of it.
  await ticketOf(world, mallory, SEALED, { deleteKeyHash });
  const { ticket } = await ticketOf(world, alice, SEALED);
  await progressOf(await send(world, { ticket, offset: 0, piece: SEALED }));
  expect((await remove(world, key)).status).toBe(204);
  expect((await read(world)).status).toBe(200);
  expect((await remove(world, DELETE_KEY)).status).toBe(204);
  expect(await saidBy(await read(world))).toEqual(UNKNOWN);
});

test("[HB10] a browser that is led to a blob neither shows nor runs it", async () => {
  const { world } = await withBlob();
  const { headers } = await read(world);
  expect(
    ["content-type", "content-disposition", "content-security-policy", "cache-control"].map((it) =>
      headers.get(it),
    ),
  ).toEqual(["application/octet-stream", "attachment", "default-src 'none'; sandbox", "no-store"]);
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("access-control-allow-origin")).toBe("*");
});

test("[HB15] nobody begins a blob anew while another one's upload moves", async () => {
  const world = openWorld();
  const [alice, mallory] = [await world.person(1), await world.person(2)];
  const { ticket } = await ticketOf(world, alice, SEALED);
  const piece = SEALED.subarray(0, 1_000);
  expect((await send(world, { ticket, offset: 0, piece })).status).toBe(200);
  expect(await saidBy(await ask(world, mallory, SEALED))).toEqual([503, "Overloaded"]);
  const rest = { ticket, offset: 1_000, piece: SEALED.subarray(1_000) };
  expect(await progressOf(await send(world, rest))).toMatchObject({ isComplete: true });
  expect(await ticketOf(world, mallory, SEALED)).toMatchObject({ ticket: null });
});

test("[HB11] one thing at a time is done to a blob; who comes meanwhile is told to come later", async () => {
  const { world, alice } = await withBlob();
  const sealed = SEALED.subarray(2);
  const path = pathOf(sealed);
  const { ticket } = await ticketOf(world, alice, sealed);
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = streamOf(
    (async function* slowly() {
      yield sealed.subarray(0, 10);
      await promise;
      yield sealed.subarray(10);
    })(),
  );
  const sending = send(world, { ticket, offset: 0, piece: slow, path });
  await world.settle();
  const busy = await send(world, { ticket, offset: 10, piece: sealed.subarray(10), path });
  expect(busy.headers.get("retry-after")).toBe("2");
  expect(await saidBy(busy)).toEqual([503, "Overloaded"]);
  expect(await saidBy(await remove(world, DELETE_KEY, sealed))).toEqual([503, "Overloaded"]);
  // Others are not held up.
  expect((await read(world)).status).toBe(200);
  resolve();
  expect(await progressOf(await sending)).toMatchObject({ isComplete: true });
});

test("[HB12] so many are read at a time, and one that is not read any more makes room", async () => {
  const { world } = await withBlob();
  const readers = await Promise.all(
    Array.from({ length: BLOB_DOWNLOADS_AT_ONCE }, async () => {
      const reader = (await read(world)).body!.getReader();
      await reader.read();
      return reader;
    }),
  );
  expect(await saidBy(await read(world))).toEqual([503, "Overloaded"]);
  await readers[0]?.cancel();
  const answer = await read(world);
  expect(answer.status).toBe(200);
  expect((await answer.arrayBuffer()).byteLength).toBe(5_000);
});

test("[HB14] who reads slowly keeps others from reading no more than a part of the room", async () => {
  const { world } = await withBlob();
  const readers = await Promise.all(
    Array.from({ length: ADDRESS_BLOB_DOWNLOADS_MAX }, async () => {
      const reader = (await read(world, SEALED, "192.0.2")).body!.getReader();
      await reader.read();
      return reader;
    }),
  );
  expect(await saidBy(await read(world, SEALED, "192.0.2"))).toEqual([503, "Overloaded"]);
  expect((await read(world, SEALED, "198.51.100")).status).toBe(200);
  await readers[0]?.cancel();
  expect((await read(world, SEALED, "192.0.2")).status).toBe(200);
});

test("[HB14] who sends slowly keeps others from sending no more than a part of the room", async () => {
  const world = openWorld();
  const alice = await world.person(1);
  const blobs = Array.from({ length: ADDRESS_BLOB_UPLOADS_MAX }, (_, at) => SEALED.subarray(at));
  const { promise, resolve } = Promise.withResolvers<void>();
  const sending: Promise<Response>[] = [];
  for (const bytes of blobs) {
    const { ticket } = await ticketOf(world, alice, bytes);
    const slow = streamOf(
      (async function* slowly() {
        await promise;
        yield bytes;
      })(),
    );
    const piece = { ticket, offset: 0, piece: slow, path: pathOf(bytes), address: "192.0.2" };
    sending.push(send(world, piece));
  }
  await world.settle();
  const more = SEALED.subarray(100);
  const { ticket } = await ticketOf(world, alice, more);
  const piece = { ticket, offset: 0, piece: more, path: pathOf(more) };
  expect(await saidBy(await send(world, { ...piece, address: "192.0.2" }))).toEqual([
    503,
    "Overloaded",
  ]);
  await progressOf(await send(world, { ...piece, address: "198.51.100" }));
  resolve();
  for (const answer of await Promise.all(sending)) await progressOf(answer);
});
