import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { sendControl } from "../../../sync/outbox/control.ts";
import { settleFirstFlights } from "../../../sync/outbox/settle.ts";
import { encodePayload } from "../../../sync/payload/payload.ts";
import type { OutboxRow } from "../../../sync/store/rows.ts";
import { introduce, type Someone, someone } from "../acquainted.ts";

beforeAll(() => ready);

const flightsOf = (by: Someone): Promise<readonly OutboxRow[]> =>
  by.store.read(["outbox"], (tx) => tx.range("outbox", "primary", {}));

test("[OB7] a first flight that was sent is settled by a word of its device, another one still goes", async () => {
  const alice = await someone("alice");
  const bob = await someone("bob");
  await introduce(alice, bob);
  const payloads = [encodePayload("profile", { name: "Alice" })];
  for (let n = 0; n < 2; n += 1) {
    await alice.change(async (tx) => {
      const device = await tx.get("devices", bob.self.device);
      if (device === undefined) throw new Error("a device");
      await sendControl(tx, { ...alice.context, device, payloads, before: null, psk: null });
    });
  }
  const [sent, unsent] = await flightsOf(alice);
  if (sent === undefined || unsent === undefined) throw new Error("two flights");
  const stored = sent.targets.map((it) => ({ ...it, state: "stored" as const }));
  await alice.change((tx) => tx.put("outbox", { ...sent, targets: stored, waiting: 0 }));
  await alice.change((tx) => settleFirstFlights(tx, bob.self.device));
  expect(unsent.flightTo).toBe(bob.self.device);
  expect(await flightsOf(alice)).toEqual([{ ...unsent, flightTo: "" }]);
});
