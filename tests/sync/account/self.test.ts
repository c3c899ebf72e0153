import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { liveDevicesOf } from "../../../crypto/identity/facts.ts";
import { firstFactsOf } from "../../../sync/account/begin.ts";
import { forgetRegistration, newMailbox } from "../../../sync/account/mailboxes.ts";
import { nextCardCounter, readSelf, renewIncarnation } from "../../../sync/account/self.ts";
import { bytesOf } from "../../../sync/channel/channels.ts";
import { introduce, NOW_MS, RELAY_URL, someone } from "../acquainted.ts";

beforeAll(() => ready);
const HOUR_MS = 3_600_000;

test("[DV4] an account is made without a network, and certifies its own device", async () => {
  const { self, change } = await someone("alice");
  expect(await change(readSelf)).toEqual(self);
  const live = liveDevicesOf(self.accountKey, firstFactsOf(self));
  expect(live.map((it) => it.device)).toEqual([bytesOf(self.device)]);
});

test("[HE8] [CU10] a new incarnation has new chains and higher counters, at most once an hour", async () => {
  const alice = await someone("alice");
  const bob = await someone("bob");
  const channel = await introduce(alice, bob);
  await alice.change(async (tx) => {
    await tx.put("channels", { ...channel, receipts: 7 });
    await nextCardCounter(tx);
  });
  const renew = (nowMs: number): Promise<typeof alice.self> =>
    alice.change(async (tx) => {
      const self = (await readSelf(tx)) ?? alice.self;
      return renewIncarnation(tx, self, nowMs, alice.random);
    });
  const renewed = await renew(NOW_MS);
  expect(renewed.incarnation).not.toEqual(alice.self.incarnation);
  expect(renewed.device).toBe(alice.self.device);
  const rows = await alice.store.read(["channels"], (tx) => tx.range("channels", "primary", {}));
  expect(rows.find((it) => it.c === channel.c)?.receipts).toBe(1_000_007);
  expect(await alice.change(nextCardCounter)).toBe(1_000_002);
  expect((await renew(NOW_MS + HOUR_MS - 1)).incarnation).toEqual(renewed.incarnation);
  expect((await renew(NOW_MS + HOUR_MS)).incarnation).not.toEqual(renewed.incarnation);
  expect(await alice.store.read(["ownChains"], (tx) => tx.count("ownChains", "primary", {}))).toBe(
    0,
  );
});

test("[UP2] what a relay was told is forgotten with it, at that relay alone", async () => {
  const alice = await someone("alice");
  const other = "https://other.example";
  const left = await alice.change(async (tx) => {
    const row = { ...newMailbox(RELAY_URL, alice.random), registered: true, prekeysAtMs: NOW_MS };
    await tx.put("mailboxes", row);
    await tx.put("tokens", {
      label: "00000000",
      token: new Uint8Array(16),
      class: "contact",
      account: null,
      invite: null,
      expiresAtMs: NOW_MS,
      registeredAt: [RELAY_URL, other],
    });
    await forgetRegistration(tx, RELAY_URL);
    await forgetRegistration(tx, "https://never-met.example");
    return [await tx.get("mailboxes", RELAY_URL), await tx.get("tokens", "00000000")] as const;
  });
  expect(left[0]).toMatchObject({ registered: false, prekeysAtMs: 0 });
  expect(left[1]?.registeredAt).toEqual([other]);
});
