/** Long texts and what else does not fit an entry: up, down, and brought back when a relay lost it. */
import { expect, test } from "vitest";

import { bytesOf, channelIdOf } from "../../sync/channel/channels.ts";
import { KINDS } from "../../sync/entry/kinds.ts";
import { plainMessage } from "../../sync/entry/plain-message.ts";
import { blobNamedBy } from "../../sync/media/media-rows.ts";
import { PIECE_BYTES } from "../../sync/media/relay-blobs.ts";
import type { MediaRow } from "../../sync/media/rows.ts";
import { encodePayload } from "../../sync/payload/payload.ts";
import type { Said } from "../../sync/thread/said.ts";
import { TEXT_CODE_POINTS_MAX } from "../../sync/thread/text-length.ts";
import { overSession, selfOf } from "./forge.ts";
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

test("[MO15] [ME5] an earlier version of a long text says where the whole of it is", async () => {
  const { alice, bob, befriend, pass } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  const id = await alice.say(bob, "short");
  const c = await alice.chatWith(bob);
  for (const text of [LONG, "short again"]) {
    expect((await alice.device.acts.edit(c, id, text)).ok).toBe(true);
    await pass(10 * SECOND_MS);
  }
  const edits = (await bob.rows("entries")).filter((it) => it.kind === KINDS.edit.number);
  expect(edits.map(({ text }) => text)).toEqual(["😀".repeat(1_000), "short again"]);
  expect(edits.map(({ extra }) => extra?.whole?.bytes)).toEqual([LONG.length * 2, undefined]);
  expect(await texts(bob)).toEqual([LONG]);
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

test("[ME9] in a group what the relay lost comes back from any member, the author away", async () => {
  const names = ["alice", "bob", "carol"] as const;
  const { alice, bob, carol, befriend, pass, relay, killRelay } = await world(names);
  await befriend(alice, bob);
  await befriend(alice, carol);
  const accounts = [await bob.account(), await carol.account()];
  const made = await alice.device.groups.create("Choir", accounts);
  if (!made.ok) throw new Error(made.error.type);
  await pass(20 * SECOND_MS);
  const carolsDoor = carol.transport.download;
  Object.assign(carol.transport, {
    download: () => ({ ok: false, error: { type: "Unreachable" } }),
  });
  await alice.device.send(made.value.c, LONG);
  await pass(20 * SECOND_MS);
  expect([await texts(bob), await texts(carol)]).toEqual([[LONG], [null]]);
  await alice.sleep();
  killRelay(relay, { forgets: true });
  Object.assign(carol.transport, { download: carolsDoor });
  relay.start();
  await pass(10 * MINUTE_MS);
  expect(await texts(carol)).toEqual([LONG]);
  expect([...bob.bugs, ...carol.bugs]).toEqual([]);
});

test("[ME9] what the relay lost comes back from its author", async () => {
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

test("[ME2] a relay without room is left alone for as long as it says, and told of to the person", async () => {
  const { alice, bob, befriend, pass, relay, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  let isFull = true;
  let tickets = 0;
  relay.between = (request, to) => {
    const isTicket = request.method === "POST" && request.url.endsWith("/v1/blobs");
    tickets += Number(isTicket);
    if (!isTicket || !isFull) return to(request);
    return Response.json({ type: "StorageFull", retryAfterMs: 60_000 }, { status: 507 });
  };
  await alice.say(bob, LONG);
  await pass(50 * SECOND_MS);
  expect(tickets).toBe(1);
  const [row] = await alice.rows("media");
  expect([row?.state, row?.trouble]).toEqual(["up", "full"]);
  isFull = false;
  await pass(MINUTE_MS);
  expect(await texts(bob)).toEqual([LONG]);
  expect((await alice.rows("media"))[0]).not.toHaveProperty("trouble");
  await atRest();
});

test("[ME8] a stranger whose request waits makes nobody ask any relay for anything", async () => {
  const names = ["alice", "bob", "carol"] as const;
  const { alice, bob, carol, befriend, pass, relay, otherRelay } = await world(names, {
    atOther: ["carol"],
  });
  const invite = await alice.invite();
  await bob.accept(invite);
  await pass(10 * SECOND_MS);
  await carol.accept(invite);
  await pass(10 * SECOND_MS);
  expect((await alice.contact(carol)).state).toBe("request");
  await carol.say(alice, LONG);
  await pass(MINUTE_MS);
  const asked = (): readonly string[] =>
    [...relay.asked, ...otherRelay.asked].filter((path) => path.startsWith("/v1/blobs/"));
  const before = asked().length;
  await pass(10 * MINUTE_MS);
  expect(asked()).toHaveLength(before);
  expect(await texts(alice)).not.toContain(LONG);
  await alice.decide(carol, "accept");
  await pass(15 * MINUTE_MS);
  expect(await texts(alice)).toEqual([LONG]);
  await befriend(bob, carol);
});

test("[ME9] who is not in the channel is given nothing, and who is, once a minute", async () => {
  const names = ["alice", "bob", "carol"] as const;
  const { alice, bob, carol, befriend, pass, relay, atRest } = await world(names);
  await befriend(alice, bob);
  await befriend(alice, carol);
  await alice.say(bob, LONG);
  await pass(10 * SECOND_MS);
  const id = bytesOf((await alice.rows("media"))[0]?.id ?? "");
  const channel = channelIdOf(await selfOf(alice), await bob.account());
  const wanted = [[encodePayload("blobWant", { channel, id })]];
  const tickets = (): number => relay.asked.filter((path) => path === "/v1/blobs").length;
  expect(tickets()).toBe(1);
  await pass(2 * MINUTE_MS);
  await overSession(carol, alice, wanted);
  await pass(5 * SECOND_MS);
  expect(alice.dropped).toContain("blob of another channel");
  expect(tickets()).toBe(1);
  for (let n = 0; n < 5; n += 1) await overSession(bob, alice, wanted);
  await pass(20 * SECOND_MS);
  expect(tickets()).toBe(2);
  await atRest();
});

test("[ME4] what names more than its kind may have is not fetched", async () => {
  const blob = { id: new Uint8Array(32), key: new Uint8Array(32), bytes: 400_001, relays: [] };
  const message = { type: "message", ...plainMessage("beginning"), whole: blob } as const;
  const said = { body: message } as unknown as Said;
  expect(blobNamedBy(said)).toBeUndefined();
  const fit = { body: { ...message, whole: { ...blob, bytes: 400_000 } } } as unknown as Said;
  expect(blobNamedBy(fit)).toMatchObject({ use: "text" });
});

/** A PNG of so many pixels each way, as far as anybody looks here. */
function pngOf(side: number): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  new DataView(bytes.buffer).setUint32(16, side);
  new DataView(bytes.buffer).setUint32(20, side);
  return bytes;
}

test("[ME11] admins set the picture of a group, all members get it, and it can go again", async () => {
  const { alice, bob, befriend, pass, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  const made = await alice.device.groups.create("Choir", [await bob.account()]);
  if (!made.ok) throw new Error(made.error.type);
  await pass(10 * SECOND_MS);
  const { c } = made.value;
  const inBob = (await bob.rows("channels")).find((it) => it.kind === "group")?.c ?? 0;
  const set = async (picture: Uint8Array | null) => await alice.device.media.setPicture(c, picture);
  const unfit = { ok: false, error: { type: "PictureUnfit" } };
  expect(await set(pngOf(255))).toEqual(unfit);
  expect(await set(new TextEncoder().encode("<svg></svg>"))).toEqual(unfit);
  expect(await set(new Uint8Array(300_000))).toMatchObject({ error: { type: "PictureTooLarge" } });
  expect(await bob.device.media.setPicture(inBob, pngOf(256))).toMatchObject({
    error: { type: "RoleTooLow" },
  });
  expect(await set(pngOf(256))).toEqual({ ok: true, value: undefined });
  await pass(10 * SECOND_MS);
  for (const person of [alice, bob]) {
    const [roster] = await person.rows("rosters");
    const held = (await person.rows("media")).find((it) => it.id === roster?.picture);
    expect(held?.content).toEqual(pngOf(256));
  }
  expect((await set(null)).ok).toBe(true);
  await pass(10 * SECOND_MS);
  for (const person of [alice, bob]) {
    expect((await person.rows("rosters"))[0]).not.toHaveProperty("picture");
  }
  await atRest();
});
