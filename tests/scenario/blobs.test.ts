/** Long texts and what else does not fit an entry: up, down, and brought back when a relay lost it. */
import { expect, test } from "vitest";

import { PIECE_BYTES } from "../../sync/media/relay-blobs.ts";
import type { MediaRow } from "../../sync/media/rows.ts";
import { TEXT_CODE_POINTS_MAX } from "../../sync/thread/text-length.ts";
import type { Person } from "./person.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

const LONG = "😀".repeat(TEXT_CODE_POINTS_MAX);

/** The long texts that are here. */
async function texts(person: Person): Promise<readonly (string | null)[]> {
  const rows = (await person.rows("media")).filter((it) => it.use === "text");
  return rows.map(({ content }) => content && new TextDecoder().decode(content));
}
const states = async (person: Person): Promise<readonly MediaRow["state"][]> =>
  (await person.rows("media")).map((it) => it.state);

test("[ME5] 100,000 characters reach the other side, and their beginning comes with the entry", async () => {
  const { alice, bob, befriend, pass, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await alice.say(bob, LONG);
  await pass(10 * SECOND_MS);
  expect(await bob.sees(alice)).toEqual(["😀".repeat(1_000)]);
  expect(await texts(bob)).toEqual([LONG]);
  expect(await texts(alice)).toEqual([LONG]);
  expect([await states(alice), await states(bob)]).toEqual([["here"], ["here"]]);
  expect(await bob.device.send(await bob.chatWith(alice), `${LONG}x`)).toEqual({
    ok: false,
    error: {
      type: "TextTooManyCharacters",
      characters: TEXT_CODE_POINTS_MAX + 1,
      limit: TEXT_CODE_POINTS_MAX,
    },
  });
  await atRest();
});

test("[ME1] an upload that breaks off goes on from what the relay has", async () => {
  const { alice, bob, befriend, pass, relay, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  const offsets: string[] = [];
  relay.between = (request, to) => {
    if (request.method !== "PATCH") return to(request);
    offsets.push(request.headers.get("upload-offset") ?? "");
    if (offsets.length === 2) return new Response(null, { status: 502 });
    return to(request);
  };
  await alice.say(bob, LONG);
  await pass(MINUTE_MS);
  expect(offsets).toEqual(["0", String(PIECE_BYTES), String(PIECE_BYTES)]);
  expect(await texts(bob)).toEqual([LONG]);
  await atRest();
});

test("[ME6] written without a network it goes when there is one, also after the app was closed", async () => {
  const { alice, bob, befriend, pass, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  alice.disconnect();
  await alice.say(bob, LONG);
  await pass(10 * SECOND_MS);
  alice.crash();
  await alice.wake();
  await pass(10 * SECOND_MS);
  expect(await texts(bob)).toEqual([]);
  alice.reconnect();
  await pass(30 * SECOND_MS);
  expect(await texts(bob)).toEqual([LONG]);
  await atRest();
});

test("[ME7] what is deleted for everyone is gone from the relay, and from the other side", async () => {
  const { alice, bob, befriend, pass, relay, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  const id = await alice.say(bob, LONG);
  await pass(10 * SECOND_MS);
  const [row] = await alice.rows("media");
  const at = `${relay.url}/v1/blobs/${Buffer.from(row!.id, "hex").toString("base64url")}`;
  const fetched = async (): Promise<number> => (await relay.door!.fetch(new Request(at))).status;
  expect(await fetched()).toBe(200);
  await alice.device.acts.deleteForAll(await alice.chatWith(bob), id);
  await pass(10 * SECOND_MS);
  expect(await fetched()).toBe(404);
  expect([await texts(alice), await texts(bob)]).toEqual([[], []]);
  await atRest();
});

test("[ME9] what the relay lost comes back from whoever holds it, the author away", async () => {
  const { alice, bob, befriend, pass, relay, killRelay, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  // Nothing comes down before the relay loses it.
  relay.between = (request, to) =>
    request.method === "GET" && request.url.includes("/v1/blobs/")
      ? new Response(null, { status: 503 })
      : to(request);
  await alice.say(bob, LONG);
  await pass(10 * SECOND_MS);
  expect(await texts(bob)).toEqual([null]);
  killRelay(relay, { forgets: true });
  relay.between = (request, to) => to(request);
  relay.start();
  await pass(5 * MINUTE_MS);
  expect(await texts(bob)).toEqual([LONG]);
  await atRest();
});

test.each(["a flipped byte", "cut short", "another blob", "without end"])(
  "[ME3] a relay that answers with %s brings nothing in, and is asked again",
  async (how) => {
    const { alice, bob, befriend, pass, relay, atRest } = await world(["alice", "bob"]);
    await befriend(alice, bob);
    let isWicked = true;
    relay.between = async (request, to) => {
      const response = await to(request);
      const isBlob = request.method === "GET" && request.url.includes("/v1/blobs/");
      if (!isBlob || !isWicked || !response.ok) return response;
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (how === "a flipped byte") bytes[100_000]! ^= 1;
      const other = new Uint8Array(bytes.length);
      const longer = new Uint8Array(bytes.length + 1);
      const cut = bytes.slice(0, -1);
      const body = { "cut short": cut, "another blob": other, "without end": longer }[how];
      return new Response(body ?? bytes);
    };
    await alice.say(bob, LONG);
    await pass(30 * SECOND_MS);
    expect(await texts(bob)).toEqual([null]);
    isWicked = false;
    await pass(15 * MINUTE_MS);
    expect(await texts(bob)).toEqual([LONG]);
    await atRest();
  },
);
