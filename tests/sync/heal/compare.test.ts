import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { appendMessage } from "../../../sync/channel/append.ts";
import { bytesOf, type Channel } from "../../../sync/channel/channels.ts";
import { Asked } from "../../../sync/heal/asked.ts";
import { Claims } from "../../../sync/heal/claims.ts";
import { compareHellos, keepHello } from "../../../sync/heal/compare.ts";
import { digestOf } from "../../../sync/heal/digest.ts";
import { CONTROLS_WAITING_MAX } from "../../../sync/outbox/control.ts";
import { sealRow } from "../../../sync/outbox/seal.ts";
import { signHello } from "../../../sync/payload/hello.ts";
import type { OutboxRow } from "../../../sync/store/rows.ts";
import { introduce, NOW_MS, type Someone, someone } from "../acquainted.ts";

beforeAll(() => ready);

type Pair = { readonly alice: Someone; readonly bob: Someone; readonly channel: Channel };

/** Bob holds Alice's chain. */
async function pair(): Promise<Pair> {
  const alice = await someone("alice");
  const bob = await someone("bob");
  const channel = await introduce(alice, bob);
  await alice.change((tx) => appendMessage(tx, { ...alice.context, channel, text: "hello" }));
  for (const row of await outboxOf(alice)) {
    await alice.change((tx) => sealRow(tx, alice.context, row));
  }
  return { alice, bob, channel };
}

/** Bob tells that his copy is like Alice's, and asks what she has of his. */
async function ask({ alice, bob, channel }: Pair, counter: number): Promise<void> {
  const { account, device, keys } = bob.self;
  await alice.change(async (tx) => {
    const { digest, count } = await digestOf(tx, channel);
    const said = { channel: bytesOf(channel.id), device: bytesOf(device), counter };
    const hello = signHello({ ...said, digest, count, asks: true }, keys.sigSecret);
    await keepHello(tx, { c: channel.c, account, device }, hello);
  });
}

const compare = ({ alice }: Pair): Promise<number> =>
  alice.change(async (tx) => {
    const asking = { asked: new Asked(), claims: new Claims(), unopened: () => undefined };
    const context = { ...alice.context, ...asking, nowMs: NOW_MS };
    const cursors = await tx.range("cursors", "primary", {});
    return (await compareHellos(tx, context, cursors, () => 0)).sent;
  });

const outboxOf = (by: Someone): Promise<readonly OutboxRow[]> =>
  by.store.read(["outbox"], (tx) => tx.range("outbox", "primary", {}));
const answersFor = async ({ alice, bob }: Pair): Promise<number> =>
  (await outboxOf(alice)).filter((it) => it.to === bob.self.device && it.s === 0).length;

test("[DG7] who asks with a digest gets our cursor, once", async () => {
  const it = await pair();
  await ask(it, 1);
  expect(await compare(it)).toBe(1);
  expect(await answersFor(it)).toBe(1);
  expect(await compare(it)).toBe(0);
});

test("[DG7] a device that is out of its account since is answered nothing", async () => {
  const it = await pair();
  await ask(it, 1);
  await it.alice.change(async (tx) => {
    const contact = await tx.get("contacts", it.bob.self.account);
    if (contact !== undefined) await tx.put("contacts", { ...contact, live: [] });
  });
  expect(await compare(it)).toBe(0);
  expect(await answersFor(it)).toBe(0);
  const [cursor] = await it.alice.store.read(["cursors"], (tx) =>
    tx.range("cursors", "primary", {}),
  );
  expect(cursor?.hello).toBeUndefined();
});

test("[OB13] cursors that are asked for are written for a device as long as few wait for it", async () => {
  const it = await pair();
  for (let counter = 1; counter <= CONTROLS_WAITING_MAX + 6; counter += 1) {
    await ask(it, counter);
    await compare(it);
  }
  expect(await answersFor(it)).toBe(CONTROLS_WAITING_MAX);
});
