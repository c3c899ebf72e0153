import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { SMALL_CHAIN_MESSAGES_MAX, SMALL_CHAIN_MS_MAX } from "../../../crypto/chain/renewal.ts";
import { SEALED_BODY_MS_MAX } from "../../../crypto/lifetimes.ts";
import { appendMessage } from "../../../sync/channel/append.ts";
import { openChannel } from "../../../sync/channel/channels.ts";
import { sealRow } from "../../../sync/outbox/seal.ts";
import type { OwnChainRow } from "../../../sync/store/ratchet-rows.ts";
import type { OutboxRow } from "../../../sync/store/rows.ts";
import { introduce, NOW_MS, type Someone, someone } from "../acquainted.ts";

beforeAll(() => ready);

/** Alice knows Bob and writes so many messages to him. */
async function written(count: number): Promise<{ alice: Someone; bob: Someone }> {
  const alice = await someone("alice");
  const bob = await someone("bob");
  await introduce(alice, bob);
  await alice.change(async (tx) => {
    for (let n = 0; n < count; n += 1) {
      const channel = await openChannel(tx, alice.self, bob.self.account);
      await appendMessage(tx, {
        ...alice.context,
        channel,
        text: `${n}`,
      });
    }
  });
  return { alice, bob };
}

const parcelsOf = async (by: Someone, what: OutboxRow["what"]): Promise<readonly OutboxRow[]> => {
  const rows = await by.store.read(["outbox"], (tx) => tx.range("outbox", "primary", {}));
  return rows.filter((it) => it.what === what);
};
const chainOf = async (by: Someone): Promise<OwnChainRow | undefined> =>
  (await by.store.read(["ownChains"], (tx) => tx.range("ownChains", "primary", {})))[0];

const sealAll = async (by: Someone, nowMs = NOW_MS): Promise<void> => {
  for (const row of await parcelsOf(by, "entry")) {
    await by.change((tx) => sealRow(tx, { ...by.context, nowMs }, row));
  }
};

test("[OB2] an entry is sealed once: chain, body and parcel move in one transaction", async () => {
  const { alice } = await written(1);
  await sealAll(alice);
  const sealed = await parcelsOf(alice, "entry");
  expect(sealed.map((it) => [it.env.length, it.sealedAtMs])).toEqual([
    [32, NOW_MS],
    [32, NOW_MS],
  ]);
  expect((await chainOf(alice))?.state.n).toBe(2);
  // As it is: the same bytes, whatever is asked.
  await sealAll(alice);
  expect(await parcelsOf(alice, "entry")).toEqual(sealed);
  expect((await chainOf(alice))?.state.n).toBe(2);
});

test("[OB2] nothing moves when the transaction fails after sealing", async () => {
  const { alice } = await written(1);
  const [row] = await parcelsOf(alice, "entry");
  const failing = alice.change(async (tx) => {
    if (row !== undefined) await sealRow(tx, alice.context, row);
    throw new Error("the power went");
  });
  await expect(failing).rejects.toThrow("the power went");
  expect(await chainOf(alice)).toBeUndefined();
  expect(await parcelsOf(alice, "control")).toEqual([]);
  expect((await parcelsOf(alice, "entry"))[0]?.body).toBe(null);
});

test("[OB3] the chain is handed over once to each device, before the entry that it opens", async () => {
  const { alice, bob } = await written(2);
  await sealAll(alice);
  const handOvers = await parcelsOf(alice, "control");
  expect(handOvers.map((it) => [it.s, it.targets.map((to) => to.device)])).toEqual([
    [1, [bob.self.device]],
  ]);
  expect((await chainOf(alice))?.holders).toEqual([bob.self.device]);
});

test("[OB3] after 25 messages, a day, or when somebody is gone, a new chain begins", async () => {
  const { alice, bob } = await written(SMALL_CHAIN_MESSAGES_MAX);
  await sealAll(alice);
  // log.open was sealed first, so the last message is under a second chain.
  expect(await parcelsOf(alice, "control")).toHaveLength(2);
  const second = (await chainOf(alice))?.state.tag;

  const write = async (nowMs: number): Promise<void> => {
    await alice.change(async (tx) => {
      const channel = await openChannel(tx, alice.self, bob.self.account);
      const input = { ...alice.context, channel, text: "more" };
      await appendMessage(tx, { ...input, nowMs });
    });
    await sealAll(alice, nowMs);
  };
  await write(NOW_MS + SMALL_CHAIN_MS_MAX);
  expect((await chainOf(alice))?.state.tag).toEqual(second);
  await write(NOW_MS + SMALL_CHAIN_MS_MAX + 1);
  expect((await chainOf(alice))?.state.tag).not.toEqual(second);

  const third = await chainOf(alice);
  await alice.change(async (tx) => {
    if (third !== undefined) await tx.put("ownChains", { ...third, holders: ["gone"] });
  });
  await write(NOW_MS + SMALL_CHAIN_MS_MAX + 2);
  const fourth = await chainOf(alice);
  expect(fourth?.state.tag).not.toEqual(third?.state.tag);

  // Whoever has it counts, also when they are handed it once more before something is for them. Rule [RT1].
  await alice.change(async (tx) => {
    if (fourth !== undefined) await tx.put("ownChains", { ...fourth, lent: ["gone"] });
  });
  await write(NOW_MS + SMALL_CHAIN_MS_MAX + 3);
  const fifth = await chainOf(alice);
  expect(fifth?.state.tag).not.toEqual(fourth?.state.tag);
  expect(fifth?.lent).toBeUndefined();
});

test("[OB4] a body older than 20 days is sealed anew; a hand-over goes as it is", async () => {
  const { alice } = await written(1);
  await sealAll(alice);
  const [before] = await parcelsOf(alice, "entry");
  const [control] = await parcelsOf(alice, "control");
  await sealAll(alice, NOW_MS + SEALED_BODY_MS_MAX - 1);
  expect((await parcelsOf(alice, "entry"))[0]?.env).toBe(before?.env);
  await sealAll(alice, NOW_MS + SEALED_BODY_MS_MAX);
  expect((await parcelsOf(alice, "entry"))[0]?.env).not.toBe(before?.env);
  if (control === undefined) throw new Error("a hand-over");
  const nowMs = NOW_MS + SEALED_BODY_MS_MAX;
  const same = await alice.change((tx) => sealRow(tx, { ...alice.context, nowMs }, control));
  expect(same).toEqual(control);
});

test("[OB3] without session and prekeys nothing can be sealed yet", async () => {
  const { alice, bob } = await written(1);
  await alice.change(async (tx) => {
    const device = await tx.get("devices", bob.self.device);
    if (device !== undefined) await tx.put("devices", { ...device, prekeyBundle: null });
  });
  const [row] = await parcelsOf(alice, "entry");
  if (row === undefined) throw new Error("a parcel");
  expect(await alice.change((tx) => sealRow(tx, alice.context, row))).toBeUndefined();
  expect(await chainOf(alice)).toBeUndefined();
});

test("[CU13] who holds our chain later is told what we hold, though nothing changed since", async () => {
  const { alice, bob } = await written(2);
  await sealAll(alice);
  const told = await alice.change(async (tx) => {
    const channel = await openChannel(tx, alice.self, bob.self.account);
    // What there was to tell was told to those who held the chain then.
    await tx.put("channels", { ...channel, receipts: 3, receiptsSent: 3 });
    return channel.c;
  });
  const receipts = async (): Promise<number | undefined> =>
    (await alice.store.read(["channels"], (tx) => tx.get("channels", told)))?.receipts;
  const asked: number[] = [];
  const effects = { ...alice.context.effects, receipt: (c: number) => void asked.push(c) };
  const sealAnew = async (): Promise<void> => {
    for (const row of await parcelsOf(alice, "entry")) {
      const fresh = { ...row, body: null, env: "" };
      await alice.change((tx) => sealRow(tx, { ...alice.context, effects }, fresh));
    }
  };
  await sealAnew();
  expect([await receipts(), asked]).toEqual([3, []]);
  const chain = await chainOf(alice);
  await alice.change(async (tx) => {
    if (chain !== undefined) await tx.put("ownChains", { ...chain, holders: [] });
  });
  await sealAnew();
  expect([await receipts(), asked]).toEqual([4, [told]]);
});
