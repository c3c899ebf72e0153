import { beforeAll, expect, test } from "vitest";

import { err, ok } from "../../../crypto/base/result.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { openLane } from "../../../sync/lane.ts";
import type { DenialDeps } from "../../../sync/outbox/denials.ts";
import { type LiveDeps, putLive } from "../../../sync/receipts/put-live.ts";
import type { LinkTo } from "../../../sync/session/pool.ts";
import { openMemoryStore } from "../../../sync/store/memory-store.ts";
import type { DeviceRow } from "../../../sync/store/rows.ts";
import type { Store } from "../../../sync/store/store.ts";
import type { PutTarget } from "../../../sync/wire/put-frame.ts";
import { introduce, NOW_MS, sibling, type Someone, someone } from "../acquainted.ts";

beforeAll(() => ready);

const FRAME = { body: new Uint8Array(256), slot: new Uint8Array(8) };

/** The devices that Alice knows: hers, Bob's and Carol's, all at one relay. */
const known = async (): Promise<readonly DeviceRow[]> => rowsOf(await acquainted());

async function acquainted(): Promise<Someone> {
  const alice = await someone("alice");
  await sibling(alice, "laptop");
  for (const name of ["bob", "carol"]) await introduce(alice, await someone(name));
  return alice;
}

async function rowsOf(alice: Someone): Promise<readonly DeviceRow[]> {
  const devices = await alice.store.read(["devices"], (tx) => tx.range("devices", "primary", {}));
  return devices.filter((it) => it.card !== null);
}

const depsOf = (linkTo: LinkTo): LiveDeps => ({ ...depsWith(openMemoryStore(), []), linkTo });

/** `lost`: a name for each device that turned out to be elsewhere. */
const depsWith = (store: Store, lost: string[]): DenialDeps => ({
  store,
  lane: openLane(),
  timers: { now: () => NOW_MS, after: () => () => undefined },
  lost: () => void lost.push("lost"),
});

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
  expect(await putLive(depsOf(linkTo), FRAME, devices)).toBe("stored");
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
  expect(await putLive(depsOf(linkTo), FRAME, await known())).toBe(outcome);
});

test("[CU14] who has no relay that we may reach is told later, and nobody is nothing to do", async () => {
  expect(
    await putLive(
      depsOf(() => null),
      FRAME,
      await known(),
    ),
  ).toBe("away");
  expect(
    await putLive(
      depsOf(() => null),
      FRAME,
      [],
    ),
  ).toBe("stored");
});

test("[HE17] where a mailbox is gone is noted until something is taken there, and a full one says nothing", async () => {
  const alice = await acquainted();
  const lost: string[] = [];
  const tell = async (statuses: readonly string[]): Promise<readonly (number | undefined)[]> => {
    const { linkTo } = relayThat(statuses);
    await putLive({ ...depsWith(alice.store, lost), linkTo }, FRAME, await rowsOf(alice));
    return (await rowsOf(alice)).map((it) => it.deniedAtMs);
  };
  expect((await tell(["stored", "gone", "quota"])).slice(0, 3)).toEqual([
    undefined,
    NOW_MS,
    undefined,
  ]);
  expect(lost).toEqual(["lost"]);
  expect((await tell(["quota", "busy", "stored"])).slice(0, 3)).toEqual([
    undefined,
    NOW_MS,
    undefined,
  ]);
  expect((await tell(["denied", "stored"])).slice(0, 2)).toEqual([NOW_MS, undefined]);
  expect(lost).toEqual(["lost", "lost"]);
});
