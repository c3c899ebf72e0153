/** Contacts who keep to no protocol: what they cannot make a device do, spend or tell. */
import { expect, test } from "vitest";

import { makeChain, handOverOf } from "../../crypto/chain/sender-chain.ts";
import { bytesOf } from "../../sync/channel/channels.ts";
import { BLOBS_FOR_ACCOUNT_MAX } from "../../sync/media/history.ts";
import { historyRow } from "../../sync/media/media-rows.ts";
import { owe } from "../../sync/media/owed.ts";
import { encodePayload } from "../../sync/payload/payload.ts";
import { overSession, selfOf } from "./forge.ts";
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
