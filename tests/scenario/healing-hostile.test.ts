/** Members who lie about what there is: nothing they say counts but what proves itself. */
import { expect, test } from "vitest";

import { sealLive } from "../../crypto/chain/live.ts";
import { envelopeOf } from "../../crypto/envelope.ts";
import { bytesOf } from "../../sync/channel/channels.ts";
import { encodeMessage } from "../../sync/entry/bodies.ts";
import { decodeEntry, signEntry } from "../../sync/entry/entry.ts";
import { signCursor } from "../../sync/payload/cursor.ts";
import { signHello } from "../../sync/payload/hello.ts";
import { encodePayload } from "../../sync/payload/payload.ts";
import type { EntryRow } from "../../sync/store/rows.ts";
import { overSession, post, selfOf } from "./forge.ts";
import { groupOf, hears, makeGroup, tell } from "./group-talk.ts";
import type { Person } from "./person.ts";
import { MINUTE_MS, SECOND_MS, type World, world } from "./world.ts";

const NAMES = ["alice", "bob", "mallory"] as const;

async function three(): Promise<World<(typeof NAMES)[number]>> {
  const w = await world(NAMES);
  const { alice, bob, mallory } = w;
  await w.befriend(alice, bob);
  await w.befriend(alice, mallory);
  await w.befriend(bob, mallory);
  await makeGroup(alice, [bob, mallory]);
  await w.pass(20 * SECOND_MS);
  for (const it of [alice, bob, mallory]) {
    await tell(it, `${it.name} is in`);
    await w.pass(5 * SECOND_MS);
  }
  await w.pass(2 * MINUTE_MS);
  return w;
}

let count = 0;
const random = (length: number): Uint8Array => {
  count += 1;
  return Uint8Array.from({ length }, (_, i) => (i * 31 + count * 17) & 0xff);
};

/** A live frame in the group, as a device says it that keeps to no protocol. */
async function live(author: Person, payload: Uint8Array): Promise<Uint8Array> {
  const c = await groupOf(author);
  const chain = (await author.rows("ownChains")).find((it) => it.c === c);
  if (chain === undefined) throw new Error("no chain");
  return envelopeOf(sealLive(chain.state, payload, random));
}

async function groupId(person: Person): Promise<Uint8Array> {
  const c = await groupOf(person);
  return bytesOf((await person.rows("channels")).find((it) => it.c === c)?.id ?? "");
}

/** The newest message of `author` in the group, as `holder` has it. */
async function newest(holder: Person, author: Person): Promise<EntryRow> {
  const c = await groupOf(holder);
  const account = await author.account();
  const logs = (await holder.rows("logs")).filter((it) => it.c === c && it.account === account);
  const row = (await holder.rows("entries")).findLast((it) => logs.some(({ a }) => a === it.a));
  if (row === undefined) throw new Error("no entry");
  return row;
}

test("[DG1] a digest is refused that its device did not sign", async () => {
  const w = await three();
  const { alice, bob, mallory } = w;
  const content = {
    channel: await groupId(mallory),
    device: bytesOf((await selfOf(alice)).device),
    counter: 1_000_000,
    digest: new Uint8Array(16),
    count: 1_000_000,
    asks: true,
  };
  const hello = signHello(content, (await selfOf(mallory)).keys.sigSecret);
  await post(w, mallory, bob, await live(mallory, encodePayload("hello", hello)));
  expect(bob.dropped).toContain("signature");
  expect((await bob.rows("cursors")).some((it) => it.hello !== undefined)).toBe(false);
});

test("[FK1] a proof is of two entries of one number that their device signed, and of nothing else", async () => {
  const w = await three();
  const { alice, bob, mallory } = w;
  const genuine = await newest(bob, alice);
  const entry = decodeEntry(genuine.bytes);
  if (!entry.ok) throw new Error("an entry");
  const { bodyHash: _, bodyLength: __, ...draft } = entry.value.core;
  const salt = new Uint8Array(16).fill(5);
  const body = encodeMessage({ text: "never said" });
  const forged = signEntry(draft, body, salt, (await selfOf(mallory)).keys.sigSecret).bytes;
  const other = await newest(bob, mallory);
  const lies = [
    { first: genuine.bytes, second: forged },
    { first: forged, second: genuine.bytes },
    { first: genuine.bytes, second: genuine.bytes },
    { first: genuine.bytes, second: other.bytes },
    { first: new Uint8Array(40), second: new Uint8Array(40) },
  ];
  for (const lie of lies) {
    await post(w, mallory, bob, await live(mallory, encodePayload("forkProof", lie)));
  }
  expect(bob.dropped.filter((it) => it === "fork proof")).toHaveLength(lies.length);
  expect(await bob.rows("forks")).toEqual([]);
  expect(await hears(bob)).toContain("alice is in");
  // The real thing, which Alice's device did sign twice, is taken from anybody.
  const real = signEntry(draft, body, salt, (await selfOf(alice)).keys.sigSecret).bytes;
  const proof = { first: genuine.bytes, second: real };
  await post(w, mallory, bob, await live(mallory, encodePayload("forkProof", proof)));
  expect((await bob.rows("forks")).map(({ says }) => says)).toEqual([
    ["alice is in", "never said"],
  ]);
  expect(await hears(bob)).not.toContain("alice is in");
});

test("[HE12] [HE14] what a liar claims is asked for some times, said to nobody and let go", async () => {
  const w = await three();
  const { alice, bob, mallory, relay } = w;
  const c = await groupOf(bob);
  const account = await alice.account();
  const log = (await bob.rows("logs")).find((it) => it.c === c && it.account === account);
  const self = await selfOf(mallory);
  const all = [{ log: bytesOf(log?.log ?? ""), known: { floor: 4_000_000_000, ranges: [] } }];
  const content = { counter: 2_000_000, delivered: all, read: [] };
  const named = { channel: await groupId(mallory), device: bytesOf(self.device) };
  const cursor = signCursor({ ...named, ...content }, self.keys.sigSecret);
  relay.counted();
  await post(w, mallory, bob, await live(mallory, encodePayload("cursor", cursor)));
  // Logs that nobody ever opened, as many as a vector can name.
  const logs = Array.from({ length: 128 }, (_, n) => ({
    log: new Uint8Array(16).fill(n),
    known: { floor: 500, ranges: [] },
    head: 0,
    hash8: new Uint8Array(8),
  }));
  const vector = { channel: named.channel, asks: false, logs, forks: [] };
  await overSession(mallory, bob, [[encodePayload("vector", vector)]]);
  for (let hour = 0; hour < 6; hour += 1) {
    await w.pass(60 * MINUTE_MS);
    expect(bob.status?.missing[c]).toBeUndefined();
  }
  expect(bob.dropped).toContain("vector unasked");
  const asked = relay.counted()["put.stored"] ?? 0;
  expect(asked).toBeGreaterThan(2);
  expect(asked).toBeLessThan(60);
  await tell(alice, "still here");
  await w.pass(30 * SECOND_MS);
  expect((await hears(bob)).at(-1)).toBe("still here");
  expect(bob.bugs).toEqual([]);
});

test("[HE18] where somebody is reached is told to nobody who shares no group with them", async () => {
  const w = await world(["alice", "bob", "mallory"]);
  const { alice, bob, mallory, relay } = w;
  await w.befriend(alice, bob);
  await w.befriend(alice, mallory);
  await w.pass(10 * SECOND_MS);
  relay.counted();
  const accounts = [bytesOf(await bob.account())];
  await overSession(mallory, alice, [[encodePayload("cardWant", { accounts })]]);
  await w.pass(MINUTE_MS);
  expect(relay.counted()["put.stored"]).toBe(1);
  expect((await mallory.others()).map((it) => it.account)).not.toContain(await bob.account());
});
