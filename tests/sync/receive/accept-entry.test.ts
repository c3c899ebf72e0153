import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { revocationFactOf } from "../../../crypto/identity/facts.ts";
import { encodeRevocation } from "../../../crypto/identity/revocation.ts";
import { firstFactsOf } from "../../../sync/account/begin.ts";
import { makeSelf, type Self } from "../../../sync/account/self.ts";
import { appendMessage } from "../../../sync/channel/append.ts";
import { bytesOf, type Channel, openChannel, openLog } from "../../../sync/channel/channels.ts";
import { KNOWN_RANGES_MAX } from "../../../sync/log/known.ts";
import { acceptEntry, type EntryOutcome } from "../../../sync/receive/accept-entry.ts";
import { openMemoryStore } from "../../../sync/store/memory-store.ts";
import type { TableName } from "../../../sync/store/rows.ts";
import type { WriteTx } from "../../../sync/store/store.ts";
import { Chance } from "../../sim/chance.ts";

beforeAll(() => ready);

const NOW_MS = 1_767_225_600_000;
const NOTHING = new Uint8Array();
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

/** As if Alice's account had put out the device of hers that wrote this. */
async function putOut(tx: WriteTx, alice: Self): Promise<void> {
  const contact = await tx.get("contacts", alice.account);
  if (contact === undefined) throw new Error("a contact");
  const { accountKey, device, keys } = makeSelf("Alice", NOW_MS, random);
  const of = { accountKey: alice.accountKey, device: bytesOf(alice.device), staying: [] };
  const statement = { ...of, issuer: bytesOf(device), atMs: NOW_MS };
  expect(accountKey).not.toEqual(alice.accountKey);
  const fact = revocationFactOf(encodeRevocation(statement, keys.sigSecret));
  await tx.put("contacts", { ...contact, facts: [...contact.facts, fact], live: [] });
}

test("[OD23] of what a removed device wrote nothing is taken but with the history that is still to come", async () => {
  const [alice, bob] = [makeSelf("Alice", NOW_MS, random), makeSelf("Bob", NOW_MS, random)];
  const [first, second] = await logOf(alice, bob, 2);
  const store = openMemoryStore();
  await store.write(TABLES, async (tx) => {
    const { c } = await expecting(tx, bob, alice);
    await putOut(tx, alice);
    const accept = (bytes: Uint8Array = NOTHING, isTold = false): Promise<EntryOutcome> =>
      acceptEntry(tx, bob, c, bytes, NOW_MS, isTold);
    const wants = async (history: "wanted" | undefined): Promise<void> => {
      const held = await tx.get("channels", c);
      if (held === undefined) throw new Error("a channel");
      const { history: _, ...row } = held;
      await tx.put("channels", { ...row, ...(history && { history }) });
    };
    await wants("wanted");
    expect(await accept(first)).toEqual({ type: "refused", why: "early" });
    // Told with it, it counts.
    const told = await accept(first, true);
    expect(told.type === "new" && told.entry.counts).toBe(undefined);
    // All of it came: what comes now waits for the word where that log ends.
    await wants(undefined);
    expect(await accept(second)).toMatchObject({ type: "new", entry: { counts: "waits" } });
  });
});
