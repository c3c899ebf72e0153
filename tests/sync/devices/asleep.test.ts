import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { appendMessage } from "../../../sync/channel/append.ts";
import { openChannel } from "../../../sync/channel/channels.ts";
import { addresseesOf, recipientsOf } from "../../../sync/channel/members.ts";
import { ASLEEP_AFTER_MS, markAsleep } from "../../../sync/devices/asleep.ts";
import { heardOf } from "../../../sync/devices/heard.ts";
import { sealRow } from "../../../sync/outbox/seal.ts";
import { introduce, NOW_MS, type Someone, sibling, someone } from "../acquainted.ts";

beforeAll(() => ready);

/** Alice writes to Bob, who has a phone and a laptop. */
async function trio(): Promise<{ alice: Someone; phone: Someone; laptop: Someone }> {
  const alice = await someone("alice");
  const phone = await someone("bob");
  const laptop = await sibling(phone, "laptop");
  await introduce(alice, phone);
  const told = await phone.store.read(["contacts", "devices"], async (tx) => ({
    own: await tx.get("contacts", phone.self.account),
    laptop: await tx.get("devices", laptop.self.device),
  }));
  await alice.change(async (tx) => {
    const bob = await tx.get("contacts", phone.self.account);
    if (bob === undefined || told.own === undefined || told.laptop === undefined) return;
    await tx.put("contacts", { ...bob, facts: told.own.facts, live: told.own.live });
    await tx.put("devices", told.laptop);
  });
  return { alice, phone, laptop };
}

const served = ({ alice, phone }: { alice: Someone; phone: Someone }): Promise<readonly string[]> =>
  alice.change(async (tx) => {
    const channel = await openChannel(tx, alice.self, phone.self.account);
    const [recipients, addressees] = [
      await recipientsOf(tx, alice.self, channel),
      await addresseesOf(tx, alice.self, channel),
    ];
    expect(recipients.map((it) => it.device)).toEqual(addressees.map((it) => it.device));
    return recipients.map((it) => it.device).toSorted();
  });

const hears = (by: Someone, of: Someone, nowMs: number): Promise<void> =>
  by.change(async (tx) => {
    const row = await tx.get("devices", of.self.device);
    if (row !== undefined) await heardOf(tx, row, nowMs, false);
  });

test("[RT6] a device that was silent for 45 days, while another one spoke, is left out until it is back", async () => {
  const all = await trio();
  const { alice, phone, laptop } = all;
  const both = [phone.self.device, laptop.self.device].toSorted();
  const later = NOW_MS + ASLEEP_AFTER_MS;
  await hears(alice, phone, later);
  await alice.change((tx) => markAsleep(tx, later));
  expect(await served(all)).toEqual(both);
  await alice.change((tx) => markAsleep(tx, later + 1));
  expect(await served(all)).toEqual([phone.self.device]);
  await hears(alice, laptop, later + 2);
  expect(await served(all)).toEqual(both);
});

test("[RT6] where nobody was heard of, nobody is left out", async () => {
  const all = await trio();
  await all.alice.change((tx) => markAsleep(tx, NOW_MS + 3 * ASLEEP_AFTER_MS));
  expect(await served(all)).toHaveLength(2);
});

test("[RT6] who falls asleep keeps the chain, and no new one begins for that", async () => {
  const { alice, phone, laptop } = await trio();
  const seal = (nowMs: number): Promise<string | undefined> =>
    alice.change(async (tx) => {
      const channel = await openChannel(tx, alice.self, phone.self.account);
      const input = { ...alice.context, channel, nowMs };
      const { entry } = await appendMessage(tx, { ...input, text: "hello" });
      const row = await tx.find("outbox", "entry", [entry.c, entry.a, entry.s]);
      if (row !== undefined) await sealRow(tx, { ...alice.context, nowMs }, row);
      const chain = await tx.get("ownChains", channel.c);
      return chain && `${chain.state.tag.join()} ${chain.holders.length}`;
    });
  const before = await seal(NOW_MS);
  expect(before).toMatch(/ 2$/u);
  await alice.change(async (tx) => {
    const row = await tx.get("devices", laptop.self.device);
    if (row !== undefined) await tx.put("devices", { ...row, isAsleep: true });
  });
  expect(await seal(NOW_MS + 1)).toBe(before);
});
