import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { firstFactsOf } from "../../../sync/account/begin.ts";
import { makeSelf, type Self } from "../../../sync/account/self.ts";
import { appendMessage } from "../../../sync/channel/append.ts";
import { type Channel, openChannel, openLog } from "../../../sync/channel/channels.ts";
import { KNOWN_RANGES_MAX } from "../../../sync/log/known.ts";
import { acceptEntry, type EntryOutcome } from "../../../sync/receive/accept-entry.ts";
import { openMemoryStore } from "../../../sync/store/memory-store.ts";
import type { TableName } from "../../../sync/store/rows.ts";
import type { WriteTx } from "../../../sync/store/store.ts";
import { Chance } from "../../sim/chance.ts";

beforeAll(() => ready);

const NOW_MS = 1_767_225_600_000;
const TABLES: readonly TableName[] = [
  "meta",
  "channels",
  "logs",
  "entries",
  "outbox",
  "contacts",
  "forks",
];
const random = new Chance(5, "accept").bytes;

/** The first `count` entries of Alice's log in her chat with Bob, encoded. */
async function logOf(alice: Self, bob: Self, count: number): Promise<readonly Uint8Array[]> {
  const store = openMemoryStore();
  return await store.write(TABLES, async (tx) => {
    let channel = await openChannel(tx, alice, bob.account);
    while (channel.arrivals < count) {
      const input = { self: alice, channel, text: "hello", nowMs: NOW_MS, random, targets: [] };
      channel = (await appendMessage(tx, input)).channel;
    }
    return (await tx.range("entries", "primary", {})).map((it) => it.bytes);
  });
}

/** Bob's chat with Alice, whose chain he was handed. */
async function expecting(tx: WriteTx, bob: Self, alice: Self): Promise<Channel> {
  const channel = await openChannel(tx, bob, alice.account);
  const { account, device, incarnation, keys } = alice;
  await openLog(tx, bob, channel, { account, device, key: keys.sigKey, incarnation });
  await tx.put("contacts", {
    account,
    accountKey: alice.accountKey,
    name: "Alice",
    state: "accepted",
    facts: firstFactsOf(alice),
    live: [alice.device],
    presenceOut: random(32),
    presenceIn: null,
    token: "",
    addedAtMs: NOW_MS,
    lastSeenMs: 0,
  });
  return channel;
}

test("[RX13] an entry that its log cannot claim is not kept, and is taken when it can", async () => {
  const [alice, bob] = [makeSelf("Alice", NOW_MS, random), makeSelf("Bob", NOW_MS, random)];
  // Entry 1, then every other one, each a range of its own.
  const last = 2 * KNOWN_RANGES_MAX + 3;
  const log = await logOf(alice, bob, last);
  const store = openMemoryStore();
  await store.write(TABLES, async (tx) => {
    const { c } = await expecting(tx, bob, alice);
    const accept = (seq: number): Promise<EntryOutcome> =>
      acceptEntry(tx, bob, c, log[seq - 1]!, NOW_MS);
    const isHere = async (seq: number): Promise<boolean> =>
      (await tx.range("entries", "primary", {})).some((it) => it.s === seq);
    for (let seq = 1; seq < last; seq += 2) expect((await accept(seq)).type).toBe("new");

    expect(await accept(last)).toEqual({ type: "refused", why: "holes" });
    expect(await isHere(last)).toBe(false);
    // What lies between two ranges makes them one.
    expect((await accept(4)).type).toBe("new");
    expect((await accept(last)).type).toBe("new");
    expect((await accept(last)).type).toBe("held");
  });
});
