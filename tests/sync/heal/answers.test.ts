import { beforeAll, expect, test } from "vitest";

import { toHex } from "../../../crypto/base/hex.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { liveTagOf } from "../../../crypto/chain/live.ts";
import { appendMessage } from "../../../sync/channel/append.ts";
import { bytesOf, channelIdOf, channelOf, openChannel } from "../../../sync/channel/channels.ts";
import { createGroup } from "../../../sync/group/acts.ts";
import {
  ANSWER_EVERY_MS,
  answerNack,
  ANSWERS_AT_ONCE,
  RESENT_MAX,
  answerWant,
  takeAskTurn,
  takeWelcomeTurn,
} from "../../../sync/heal/answers.ts";
import type { SeqRange } from "../../../sync/log/known.ts";
import { sealRow } from "../../../sync/outbox/seal.ts";
import { QUESTIONS_AT_ONCE } from "../../../sync/receive/questions.ts";
import { takeSessionPayloads } from "../../../sync/receive/session-payloads.ts";
import type { OwnChainRow } from "../../../sync/store/ratchet-rows.ts";
import type { DeviceRow, OutboxRow } from "../../../sync/store/rows.ts";
import type { WriteTx } from "../../../sync/store/store.ts";
import { introduce, NOW_MS, type Someone, someone } from "../acquainted.ts";

beforeAll(() => ready);

type Pair = { readonly alice: Someone; readonly bob: Someone; readonly log: Uint8Array };

/** Alice has written so many messages to Bob, all sealed. */
async function pair(count: number, text = "hello"): Promise<Pair> {
  const alice = await someone("alice");
  const bob = await someone("bob");
  await introduce(alice, bob);
  await alice.change(async (tx) => {
    for (let n = 0; n < count; n += 1) {
      const channel = await openChannel(tx, alice.self, bob.self.account);
      await appendMessage(tx, { ...alice.context, channel, text });
    }
  });
  for (const row of await outboxOf(alice)) {
    await alice.change((tx) => sealRow(tx, alice.context, row));
  }
  const [log] = await alice.store.read(["logs"], (tx) => tx.range("logs", "primary", {}));
  return { alice, bob, log: bytesOf(log?.log ?? "") };
}

const outboxOf = (by: Someone): Promise<readonly OutboxRow[]> =>
  by.store.read(["outbox"], (tx) => tx.range("outbox", "primary", {}));
const answersOf = async (by: Someone): Promise<number> =>
  (await outboxOf(by)).filter((it) => it.what === "control" && it.s === 0).length;
/** Nothing is on its way any more. */
const settleAll = (by: Someone): Promise<void> =>
  by.change(async (tx) => {
    for (const row of await tx.range("outbox", "primary", {}))
      await tx.delete("outbox", row.n ?? 0);
  });
const chainOf = async (by: Someone): Promise<OwnChainRow> => {
  const chains = await by.store.read(["ownChains"], (tx) => tx.range("ownChains", "primary", {}));
  if (chains[0] === undefined) throw new Error("a chain");
  return chains[0];
};
const deviceOf = async ({ alice, bob }: Pair): Promise<DeviceRow> => {
  const row = await alice.store.read(["devices"], (tx) => tx.get("devices", bob.self.device));
  if (row === undefined) throw new Error("a device");
  return row;
};

async function want(it: Pair, ranges: readonly SeqRange[], atMs = NOW_MS): Promise<void> {
  const { alice, bob, log } = it;
  const channel = channelIdOf(alice.self, bob.self.account);
  const device = await deviceOf(it);
  const context = { ...alice.context, nowMs: atMs };
  await alice.change((tx) => answerWant(tx, context, device, { channel, log, ranges }, true));
}

test("[HE2] what is asked for and held is supplied, within what fits one answer", async () => {
  const it = await pair(2);
  await want(it, [[1, 3]]);
  expect(await answersOf(it.alice)).toBe(1);
  const isAnswer = (row: OutboxRow): boolean => row.what === "control" && row.s === 0;
  const answer = (await outboxOf(it.alice)).find(isAnswer);
  const three = answer?.body?.length ?? 0;
  const large = await pair(9, "x".repeat(30_000));
  await want(large, [[1, 1_000]]);
  const bounded = (await outboxOf(large.alice)).find(isAnswer);
  expect(three).toBeGreaterThan(500);
  expect(bounded?.body?.length).toBeGreaterThan(60_000);
  expect(bounded?.body?.length).toBeLessThan(128 * 1_024);
});

test("[HE2] nothing is said about what is not held, or of another channel", async () => {
  const it = await pair(1);
  await want(it, [[50, 60]]);
  expect(await answersOf(it.alice)).toBe(0);
  const { alice, bob, log } = it;
  const device = await deviceOf(it);
  const later = { ...alice.context, nowMs: NOW_MS + 10 * ANSWER_EVERY_MS };
  const ranges = [[1, 2]] as const;
  const channel = channelIdOf(alice.self, alice.self.account);
  await alice.change((tx) => answerWant(tx, later, device, { channel, log, ranges }, true));
  await alice.change((tx) =>
    answerWant(
      tx,
      later,
      device,
      {
        channel: channelIdOf(alice.self, bob.self.account),
        log: new Uint8Array(16),
        ranges,
      },
      true,
    ),
  );
  expect(await answersOf(alice)).toBe(0);
});

test("[HE3] a device is answered four times at once, and then once a second, whatever it asks", async () => {
  const it = await pair(1);
  const device = await deviceOf(it);
  for (let n = 0; n < 10; n += 1) await want(it, [[1, 2]]);
  const tags = [(await chainOf(it.alice)).state.tag];
  await it.alice.change((tx) => answerNack(tx, it.alice.context, device, { tags }, true));
  expect(await answersOf(it.alice)).toBe(ANSWERS_AT_ONCE);
  await settleAll(it.alice);
  await want(it, [[1, 2]], NOW_MS + ANSWER_EVERY_MS - 1);
  expect(await answersOf(it.alice)).toBe(0);
  for (let n = 0; n < 3; n += 1) await want(it, [[1, 2]], NOW_MS + ANSWER_EVERY_MS);
  expect(await answersOf(it.alice)).toBe(1);
  // A clock that was set back does not silence us.
  await want(it, [[1, 2]], NOW_MS - 1_000_000);
  expect(await answersOf(it.alice)).toBe(2);
});

test("[HE3] what cannot be answered takes nobody's turn", async () => {
  const it = await pair(2);
  const device = await deviceOf(it);
  await it.alice.change(async (tx) => {
    // Nothing of ours is on its way to them.
    for (const row of await tx.range("outbox", "primary", {}))
      await tx.delete("outbox", row.n ?? 0);
  });
  const tags = [new Uint8Array(16).fill(9)];
  await it.alice.change((tx) => answerNack(tx, it.alice.context, device, { tags }, true));
  for (let n = 0; n < ANSWERS_AT_ONCE; n += 1) await want(it, [[50, 60]]);
  await want(it, [[1, 3]]);
  expect(await answersOf(it.alice)).toBe(1);
});

test.each([
  ["the chain", (chain: OwnChainRow) => chain.state.tag],
  ["its live key", (chain: OwnChainRow) => liveTagOf(chain.state)],
])(
  "[HE1] who lacks %s gets it as it is now, and what they lack is sealed anew",
  async (_, tagOf) => {
    const it = await pair(2);
    const device = await deviceOf(it);
    const chain = await chainOf(it.alice);
    const tags = [new Uint8Array(16), tagOf(chain)];
    await it.alice.change((tx) => answerNack(tx, it.alice.context, device, { tags }, true));
    expect(await answersOf(it.alice)).toBe(1);
    const entries = (await outboxOf(it.alice)).filter((row) => row.what === "entry");
    expect(entries.map((row) => [row.body, row.env, row.targets[0]?.state])).toEqual([
      [null, "", "pending"],
      [null, "", "pending"],
      [null, "", "pending"],
    ]);
    expect(it.alice.called).toContain("wake");
  },
);

test("[HE1] [RT1] who is answered with a chain is remembered to have it, though nothing was sealed for them", async () => {
  const it = await pair(1);
  const device = await deviceOf(it);
  const chain = await chainOf(it.alice);
  await it.alice.change((tx) => tx.put("ownChains", { ...chain, holders: [] }));
  const tags = [chain.state.tag];
  await it.alice.change((tx) => answerNack(tx, it.alice.context, device, { tags }, true));
  expect(await answersOf(it.alice)).toBe(1);
  expect(await chainOf(it.alice)).toEqual({ ...chain, holders: [], lent: [device.device] });
});

test("[HE1] for a tag that is not ours nothing is handed over to who holds our chain", async () => {
  const it = await pair(1);
  const device = await deviceOf(it);
  const tags = [new Uint8Array(16).fill(9)];
  await it.alice.change((tx) => answerNack(tx, it.alice.context, device, { tags }, true));
  expect(await answersOf(it.alice)).toBe(0);
});

test("[HE3] who asks without end makes us look for little of it", async () => {
  const { alice, bob } = await pair(1);
  const { account, device } = bob.self;
  const tags = [new Uint8Array(16).fill(9)];
  const payload = { type: "nack", body: { tags } } as const;
  const message = { payloads: Array.from({ length: 16 }, () => payload), refused: [] };
  const from = { device, account, invite: undefined };
  const take = (tx: WriteTx): Promise<unknown> =>
    takeSessionPayloads(tx, alice.context, from, message);
  await alice.change(async (tx) => {
    for (let n = 0; n < 10; n += 1) await take(tx);
  });
  const leftAlone = (): number => alice.called.filter((it) => it.includes("questions")).length;
  expect(leftAlone()).toBe(160 - QUESTIONS_AT_ONCE);
  await alice.change(take);
  expect(leftAlone()).toBe(160 - QUESTIONS_AT_ONCE);
});

test("[GP9] [GP30] a roster is told twice at once and then once in 10 s, and asked for once in 10 s", async () => {
  const it = await pair(1);
  const turns = async (take: typeof takeAskTurn, atMs: number): Promise<number> => {
    const context = { ...it.alice.context, nowMs: NOW_MS + atMs };
    let taken = 0;
    for (let n = 0; n < 4; n += 1) {
      const device = await deviceOf(it);
      if (await it.alice.change((tx) => take(tx, context, device))) taken += 1;
    }
    return taken;
  };
  const atMs = [0, 9_999, 10_000, 19_999, 20_000, 100_000];
  const told = [];
  for (const ms of atMs) told.push(await turns(takeWelcomeTurn, ms));
  expect(told).toEqual([2, 0, 1, 0, 1, 2]);
  const asked = [];
  for (const ms of atMs) asked.push(await turns(takeAskTurn, ms));
  expect(asked).toEqual([1, 0, 1, 0, 1, 1]);
  // A clock that ran years ahead is set right.
  expect(await turns(takeWelcomeTurn, -100_000_000)).toBe(2);
});

test("[HE1] a member who confirms nothing and asks without end makes us begin few chains", async () => {
  const alice = await someone("alice");
  const [bob, mallory] = [await someone("bob"), await someone("mallory")];
  for (const it of [bob, mallory]) await introduce(alice, it);
  const accounts = [bob.self.account, mallory.self.account];
  const made = await alice.change((tx) => createGroup(tx, alice.context, "Hut", accounts, "none"));
  if (!made.ok) throw new Error(made.error.type);
  const { c } = made.value;
  for (let n = 0; n < 100; n += 1) {
    await alice.change(async (tx) => {
      const channel = await channelOf(tx, c);
      await appendMessage(tx, { ...alice.context, channel: channel!, text: `${n}` });
    });
  }
  const chains = new Set<string>();
  let sealed = 0;
  const seal = async (atMs: number): Promise<void> => {
    for (const row of (await outboxOf(alice)).filter(
      (it) => it.what === "entry" && it.env === "",
    )) {
      await alice.change((tx) => sealRow(tx, { ...alice.context, nowMs: atMs }, row));
      chains.add(toHex((await chainOf(alice)).state.tag));
      sealed += 1;
    }
  };
  await seal(NOW_MS);
  const before = { chains: chains.size, sealed };
  const device = await alice.store.read(["devices"], (tx) =>
    tx.get("devices", mallory.self.device),
  );
  for (let s = 1; s <= 60; s += 1) {
    const atMs = NOW_MS + s * ANSWER_EVERY_MS;
    const tags = [(await chainOf(alice)).state.tag];
    const context = { ...alice.context, nowMs: atMs };
    await alice.change((tx) => answerNack(tx, context, device!, { tags }, true));
    await seal(atMs);
  }
  // Without a bound there would be 240 more, each handed to everybody.
  expect(chains.size - before.chains).toBeLessThan(15);
  expect(sealed - before.sealed).toBeLessThanOrEqual(RESENT_MAX * (ANSWERS_AT_ONCE + 6));
});
