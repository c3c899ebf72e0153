import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { appendMessage } from "../../../sync/channel/append.ts";
import { openChannel } from "../../../sync/channel/channels.ts";
import { keepBundle } from "../../../sync/outbox/bundles.ts";
import { introduce, someone } from "../acquainted.ts";

beforeAll(() => ready);

const BUNDLE = new Uint8Array(40).fill(3);
const LATER_MS = Number.MAX_SAFE_INTEGER;

test("[SS5] what waits for prekeys is due when they come, and not when they come again", async () => {
  const alice = await someone("alice");
  const bob = await someone("bob");
  await introduce(alice, bob);
  await alice.change(async (tx) => {
    const channel = await openChannel(tx, alice.self, bob.self.account);
    await appendMessage(tx, { ...alice.context, channel, text: "hello" });
    const device = await tx.get("devices", bob.self.device);
    if (device !== undefined) await tx.put("devices", { ...device, prekeyBundle: null });
  });
  const putOff = (): Promise<void> =>
    alice.change(async (tx) => {
      for (const row of await tx.range("outbox", "primary", {})) {
        await tx.put("outbox", { ...row, nextAtMs: LATER_MS });
      }
    });
  const isPutOff = async (): Promise<boolean> => {
    const rows = await alice.store.read(["outbox"], (tx) => tx.range("outbox", "primary", {}));
    return rows.length > 0 && rows.every((it) => it.nextAtMs === LATER_MS);
  };
  await putOff();
  await alice.change((tx) => keepBundle(tx, bob.self.device, BUNDLE));
  expect(await isPutOff()).toBe(false);
  await putOff();
  await alice.change((tx) => keepBundle(tx, bob.self.device, BUNDLE));
  expect(await isPutOff()).toBe(true);
});
