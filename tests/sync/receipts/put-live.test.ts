import { beforeAll, expect, test } from "vitest";

import { err, ok } from "../../../crypto/base/result.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { putLive } from "../../../sync/receipts/put-live.ts";
import type { LinkTo } from "../../../sync/session/pool.ts";
import type { DeviceRow } from "../../../sync/store/rows.ts";
import type { PutTarget } from "../../../sync/wire/put-frame.ts";
import { introduce, sibling, someone } from "../acquainted.ts";

beforeAll(() => ready);

const FRAME = { body: new Uint8Array(256), slot: new Uint8Array(8) };

/** The devices that Alice knows: hers, Bob's and Carol's, all at one relay. */
async function known(): Promise<readonly DeviceRow[]> {
  const alice = await someone("alice");
  await sibling(alice, "laptop");
  for (const name of ["bob", "carol"]) await introduce(alice, await someone(name));
  const devices = await alice.store.read(["devices"], (tx) => tx.range("devices", "primary", {}));
  return devices.filter((it) => it.card !== null);
}

/** A relay that answers each target with the next of `statuses`; null: it does not answer. */
function relayThat(statuses: readonly string[] | null) {
  const puts: (readonly PutTarget[])[] = [];
  const link = {
    put: async ({ targets }: { readonly targets: readonly PutTarget[] }) => {
      puts.push(targets);
      return statuses === null
        ? err({ type: "LinkDown" })
        : ok(targets.map((_, i) => ({ status: statuses[i] ?? "stored" })));
    },
  };
  const linkTo: LinkTo = () => link as never;
  return { puts, linkTo };
}

test("[CU14] whoever shares a relay is told by one PUT", async () => {
  const devices = await known();
  expect(devices.length).toBeGreaterThanOrEqual(3);
  const { puts, linkTo } = relayThat([]);
  expect(await putLive(linkTo, FRAME, devices)).toBe("stored");
  expect(puts.map((it) => it.length)).toEqual([devices.length]);
  expect(new Set(puts[0]?.map(({ mailbox }) => mailbox)).size).toBe(devices.length);
});

test.each([
  ["stored", ["stored", "duplicate"]],
  ["refused", ["stored", "denied"]],
  ["refused", ["busy", "denied"]],
  ["away", ["stored", "busy"]],
  ["away", null],
] as const)("[CU14] tells the worst that became of it: %s", async (outcome, statuses) => {
  const { linkTo } = relayThat(statuses);
  expect(await putLive(linkTo, FRAME, await known())).toBe(outcome);
});

test("[CU14] who has no relay that we may reach is told later, and nobody is nothing to do", async () => {
  expect(await putLive(() => null, FRAME, await known())).toBe("away");
  expect(await putLive(() => null, FRAME, [])).toBe("stored");
});
