/** Contacts who keep to no protocol: what they cannot make a device do, spend or tell. */
import { expect, test } from "vitest";

import { toHex } from "../../crypto/base/hex.ts";
import { makeChain, handOverOf } from "../../crypto/chain/sender-chain.ts";
import { accountIdOf, accountKeysOf } from "../../crypto/identity/account.ts";
import { encodeCard } from "../../crypto/identity/card.ts";
import { certifyDevice } from "../../crypto/identity/certificate.ts";
import { deviceIdOf, makeDevice } from "../../crypto/identity/device.ts";
import { certificateFactOf } from "../../crypto/identity/facts.ts";
import { bytesOf } from "../../sync/channel/channels.ts";
import { DECLINED_GROUPS_MAX } from "../../sync/group/bringers.ts";
import { UNANSWERED_GROUPS_MAX } from "../../sync/group/rows.ts";
import { BLOBS_FOR_ACCOUNT_MAX } from "../../sync/media/history.ts";
import { historyRow } from "../../sync/media/media-rows.ts";
import { owe } from "../../sync/media/owed.ts";
import { encodePayload } from "../../sync/payload/payload.ts";
import { KNOCKS_MAX } from "../../sync/session/knocks.ts";
import { overSession, selfOf } from "./forge.ts";
import { hears, members, tell } from "./group-talk.ts";
import type { Person } from "./person.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

test("[HY22] history for a contact who went takes a bounded part of our room, over all their devices", async () => {
  const { alice, bob, befriend, pass, nowMs } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await alice.say(bob, "hello");
  await pass(10 * SECOND_MS);
  await bob.sleep();
  const c = await alice.chatWith(bob);
  const channel = (await alice.rows("channels")).find((it) => it.c === c)?.id ?? "";
  const account = await bob.account();
  const device = (await alice.rows("devices")).find((it) => it.account === account)?.device ?? "";
  // So many lie there for other devices of theirs, but one.
  const lying = Array.from({ length: BLOBS_FOR_ACCOUNT_MAX - 1 }, (_, n) => {
    const blob = { id: new Uint8Array(32).fill(n), key: new Uint8Array(32), bytes: 9 };
    const row = historyRow({ c, s: n + 1 }, { account, device: `${n}` }, blob);
    return { ...row, state: "gone", nextAtMs: nowMs() + 60 * MINUTE_MS } as const;
  });
  await alice.change((tx) => tx.putAll("media", lying));
  const ask = async (): Promise<number> => {
    await alice.change((tx) => owe(tx, { device }, channel, [], nowMs()));
    alice.device.network(true);
    await pass(2 * MINUTE_MS);
    expect((await alice.rows("meta")).find((it) => it.k === "owedHistory")?.v).toEqual([]);
    return (await alice.rows("media")).filter((it) => it.peer?.device === device).length;
  };
  expect(await ask()).toBe(1);
  expect(await ask()).toBe(1);
  expect(alice.bugs).toEqual([]);
});

test("[GP30] whoever hands over chains of unknown groups draws one question, and not one for each", async () => {
  const { alice, mallory, befriend, pass } = await world(["alice", "mallory"]);
  await befriend(alice, mallory);
  const self = await selfOf(mallory);
  const random = (length: number): Uint8Array => new Uint8Array(length).fill(4);
  const chainOf = (n: number): Uint8Array => {
    const channel = new Uint8Array(16).fill(n + 1);
    const chain = handOverOf(makeChain(channel, bytesOf(self.device), random));
    const { incarnation } = self;
    return encodePayload("chain", {
      channel,
      chain,
      incarnation,
      card: null,
      acctState: new Uint8Array(32),
    });
  };
  const told = new Set<string>();
  alice.isFaultyAt = (table, row) => {
    if (table === "outbox" && "env" in row && "what" in row && row.what === "control") {
      told.add(row.env);
    }
    return false;
  };
  await overSession(mallory, alice, [Array.from({ length: 16 }, (_, n) => chainOf(n))]);
  await pass(5 * SECOND_MS);
  expect(alice.dropped.filter((it) => it === "chain of another channel")).toHaveLength(16);
  expect(told.size).toBe(1);
});

/** Accounts of `author`'s making, as if they were contacts, each reached at an origin of its own. */
async function puppetsOf(author: Person, count: number): Promise<readonly string[]> {
  const [like] = await author.others();
  if (like === undefined) throw new Error("a contact");
  const accounts: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const seed = new Uint8Array(32).fill(7).fill(n, 16);
    const keys = accountKeysOf(seed);
    const device = makeDevice((length) => seed.slice(0, length));
    const request = { accountKey: keys.publicKey, issuer: null, device, capabilities: 0 };
    const certificate = certifyDevice({ ...request, createdAtMs: 1 }, keys.secretKey);
    const account = toHex(accountIdOf(keys.publicKey));
    const deviceId = deviceIdOf(device.sigKey, device.dhKey);
    const id = toHex(deviceId);
    const relay = {
      url: `https://puppet-${n}.example`,
      relayId: new Uint8Array(32).fill(n),
      mailbox: new Uint8Array(16).fill(n),
      token: new Uint8Array(16).fill(n),
    };
    const card = encodeCard(
      { device: deviceId, counter: 1, relays: [relay], lastSeenDay: 1, receipts: true },
      device.sigSecret,
    );
    await author.change(async (tx) => {
      const facts = [certificateFactOf(certificate)];
      const accountKey = keys.publicKey;
      await tx.put("contacts", { ...like, account, accountKey, facts, live: [id], token: "" });
      await tx.put("devices", {
        device: id,
        account,
        sigKey: device.sigKey,
        certificate,
        card,
        cardCounter: 1,
        cardAtMs: 1,
        prekeyBundle: null,
        healedAtMs: 0,
        resetAtMs: 0,
      });
    });
    accounts.push(account);
  }
  return accounts;
}

test("[SE30] a group full of made-up people makes nobody's device knock at all their doors", async () => {
  const { alice, mallory, befriend, pass, relay } = await world(["alice", "mallory"]);
  await befriend(alice, mallory);
  const puppets = await puppetsOf(mallory, 3 * KNOCKS_MAX);
  const accounts = [await alice.account(), ...puppets];
  expect(await mallory.device.groups.create("Hut", accounts)).toMatchObject({ ok: true });
  await pass(MINUTE_MS);
  expect(await members(alice, [alice])).toHaveLength(accounts.length + 1);
  // In a group of so many nobody is met before one says something.
  expect([...alice.asked].filter((it) => it !== relay.url)).toEqual([]);
  await tell(alice, "who are you all?");
  await pass(10 * MINUTE_MS);
  const knocked = [...alice.asked].filter((it) => it !== relay.url);
  expect(knocked).toHaveLength(KNOCKS_MAX);
  expect(alice.bugs).toEqual([]);
});

test("[OB15] who cannot be reached at all keeps nobody else of a group from being reached", async () => {
  const people = ["alice", "bob", "mallory"] as const;
  const { alice, bob, mallory, befriend, pass } = await world(people, { atOther: ["mallory"] });
  for (const it of [alice, bob]) await befriend(mallory, it);
  const puppets = await puppetsOf(mallory, 40);
  const accounts = [...puppets, await alice.account(), await bob.account()];
  expect(await mallory.device.groups.create("Hut", accounts)).toMatchObject({ ok: true });
  await pass(MINUTE_MS);
  await mallory.sleep();
  await pass(10 * MINUTE_MS);
  await tell(alice, "is anybody here?");
  await pass(10 * MINUTE_MS);
  expect(await hears(bob)).toEqual(["is anybody here?"]);
});

test("[GP31] a contact puts nobody into groups without end, and what was answered or left does not count", async () => {
  const { alice, bob, mallory, befriend, pass } = await world(["alice", "bob", "mallory"]);
  for (const it of [bob, mallory]) await befriend(alice, it);
  const groupsOf = async (it: Person): Promise<readonly number[]> =>
    (await it.rows("channels")).flatMap(({ kind, c = 0 }) => (kind === "group" ? [c] : []));
  const make = async (by: Person, count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      const made = await by.device.groups.create("Hut", [await alice.account()]);
      expect(made).toMatchObject({ ok: true });
      await pass(5 * SECOND_MS);
    }
    await pass(MINUTE_MS);
  };
  await make(mallory, UNANSWERED_GROUPS_MAX + 3);
  expect(await groupsOf(alice)).toHaveLength(UNANSWERED_GROUPS_MAX);
  await make(bob, 1);
  expect(await groupsOf(alice)).toHaveLength(UNANSWERED_GROUPS_MAX + 1);
  expect((await alice.contact(mallory)).groupsDeclined).toHaveLength(3);
  const [first = 0, second = 0] = await groupsOf(alice);
  expect(await alice.device.send(first, "what is this?")).toMatchObject({ ok: true });
  expect(await alice.device.groups.leave(second)).toMatchObject({ ok: true });
  // What was not taken is asked for as soon as there is room, though nobody says anything there.
  await pass(5 * MINUTE_MS);
  expect(await groupsOf(alice)).toHaveLength(UNANSWERED_GROUPS_MAX + 3);
  expect((await alice.contact(mallory)).groupsDeclined).toHaveLength(1);
  await make(mallory, DECLINED_GROUPS_MAX + 2);
  expect((await alice.contact(mallory)).groupsDeclined).toHaveLength(DECLINED_GROUPS_MAX);
  expect([...alice.bugs, ...mallory.bugs]).toEqual([]);
});
