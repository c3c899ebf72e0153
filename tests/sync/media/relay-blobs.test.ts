import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { makeBlobKey, sealBlob } from "../../../crypto/media/blob.ts";
import { mailboxIdOf } from "../../../crypto/public/relay-ids.ts";
import { signKeyPairOf } from "../../../crypto/sign.ts";
import { BlobDepot } from "../../../relay/blobs/blob-depot.ts";
import { openMemoryBlobFiles } from "../../../relay/blobs/memory-blob-files.ts";
import { LOOPBACK } from "../../../relay/client-address.ts";
import { httpApp } from "../../../relay/http/http-app.ts";
import { DEFAULT_SETTINGS } from "../../../relay/limits.ts";
import { openRelay } from "../../../relay/relay.ts";
import { openMemoryStore } from "../../../relay/store/memory-store.ts";
import { deleteBlob, fetchBlob, PIECE_BYTES, sendBlob } from "../../../sync/media/relay-blobs.ts";
import { openRelayHttp, type RelayHttp } from "../../../sync/session/relay-http.ts";
import type { Transport } from "../../../sync/transport/transport.ts";
import { ID_BYTES, idOf } from "../../../sync/wire/ids.ts";
import { countingRandom } from "../session/real-relay.ts";

beforeAll(() => ready);

const NOW_MS = 1_767_225_600_000;
const UNREACHABLE = { ok: false, error: { type: "Unreachable" } } as const;

/** What becomes of one request. */
type Fate = "arrives" | "is lost" | "its answer is lost" | "breaks off" | "is refused";

type Rig = { readonly http: RelayHttp; readonly fates: Fate[]; readonly sent: () => number };

/** The relay's real routes and depot, and a way to them that does what `fates` say, one a request. */
async function open(): Promise<Rig> {
  const random = countingRandom();
  const timers = { now: () => NOW_MS, after: () => () => undefined };
  const bounds = { ...DEFAULT_SETTINGS, hotPlacesMax: 1_000, hotShelvesMax: 1_000 };
  const incarnation = idOf("StoreIncarnation", new Uint8Array(ID_BYTES.StoreIncarnation));
  const store = openMemoryStore({ incarnation, bounds });
  const relayId = idOf("RelayId", signKeyPairOf(random(32)).publicKey);
  const relay = openRelay({
    relayId,
    store,
    now: timers.now,
    random,
    timers,
    turn: (work) => queueMicrotask(work),
    settings: DEFAULT_SETTINGS,
    registration: "open",
    operatorTokenHash: null,
    pressure: () => 0,
  });
  const files = openMemoryBlobFiles();
  const { commits, counters } = relay;
  const blobs = new BlobDepot({
    files,
    store,
    commits,
    now: timers.now,
    random,
    count: counters.add,
  });
  const app = httpApp({ relay, files: null, blobs, addressOf: () => LOOPBACK });
  const fates: Fate[] = [];
  let sent = 0;
  const transport: Transport = {
    connect: () => {
      throw new Error("no sockets here");
    },
    request: async ({ method, url, headers, body }) => {
      const fate = fates.shift() ?? "arrives";
      if (fate === "is lost") return UNREACHABLE;
      if (fate === "is refused") {
        return { ok: true, value: { status: 503, body: '{"type":"Overloaded","retryAfterMs":1}' } };
      }
      const isCut = fate === "breaks off" && body instanceof Uint8Array;
      const arrived = isCut ? body.slice(0, body.length / 2) : body;
      if (method === "PATCH" && arrived instanceof Uint8Array) sent += arrived.length;
      const init = { method, headers, ...(arrived === undefined ? {} : { body: arrived }) };
      const response = await app.fetch(new Request(url, init));
      const text = await response.text();
      if (fate === "its answer is lost" || isCut) return UNREACHABLE;
      return { ok: true, value: { status: response.status, body: text } };
    },
    download: async (url) => {
      const response = await app.fetch(new Request(url));
      const bytes = new Uint8Array(await response.arrayBuffer());
      return { ok: true, value: { status: response.status, bytes } };
    },
  };
  const seed = random(32);
  const own = signKeyPairOf(seed).publicKey;
  const owner = {
    seed,
    publicKey: idOf("MailboxKey", own),
    mailbox: idOf("MailboxId", mailboxIdOf(own, relayId)),
    relayId,
  };
  const http = openRelayHttp({ url: "https://relay.example", owner, transport, timers });
  expect((await http.register({})).ok).toBe(true);
  return { http, fates, sent: () => sent };
}

const fate = fc.constantFrom<Fate>(
  "arrives",
  "is lost",
  "its answer is lost",
  "breaks off",
  "is refused",
);
const blobOf = (length: number) => {
  const content = Uint8Array.from({ length }, (_, i) => i % 251);
  const key = makeBlobKey(countingRandom());
  return { key, content, deleteKey: new Uint8Array(32).fill(9), ...sealBlob(key, content) };
};

test("[ME1] whatever becomes of each request, trying again brings all of it, and no byte twice for nothing", async () => {
  const blob = blobOf(3 * PIECE_BYTES);
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { maxLength: 12 }), async (plan) => {
      const { http, fates, sent } = await open();
      fates.push(...plan);
      let tries = 0;
      for (let isUp = false; !isUp; tries += 1) {
        expect(tries).toBeLessThanOrEqual(plan.length);
        isUp = (await sendBlob(http, blob)).ok;
      }
      const fetched = await fetchBlob(http, blob.reference);
      expect(fetched.ok && fetched.value).toEqual(blob.content);
      // What came before a break was kept, so nothing that arrived was sent again.
      expect(sent()).toBe(blob.sealed.length);
    }),
    { numRuns: 15 },
  );
});

test("[ME1] a blob that is there is not sent again, and its delete key alone deletes it", async () => {
  const { http, sent } = await open();
  const blob = blobOf(10);
  expect((await sendBlob(http, blob)).ok).toBe(true);
  expect((await sendBlob(http, blob)).ok).toBe(true);
  expect(sent()).toBe(blob.sealed.length);
  const { id } = blob.reference;
  expect((await deleteBlob(http, id, new Uint8Array(32).fill(8))).ok).toBe(true);
  expect((await fetchBlob(http, blob.reference)).ok).toBe(true);
  expect((await deleteBlob(http, id, blob.deleteKey)).ok).toBe(true);
  expect(await fetchBlob(http, blob.reference)).toMatchObject({ error: { problem: "NotFound" } });
});

test("[ME3] bytes of another blob, and a key or a length that is not its own, open nothing", async () => {
  const { http } = await open();
  const blob = blobOf(40_000);
  expect((await sendBlob(http, blob)).ok).toBe(true);
  const other = { ...blob.reference, key: new Uint8Array(32).fill(7) };
  expect(await fetchBlob(http, other)).toEqual({ ok: false, error: { type: "OpenFailed" } });
  const longer = { ...blob.reference, bytes: 39_999 };
  expect((await fetchBlob(http, longer)).ok).toBe(false);
});
