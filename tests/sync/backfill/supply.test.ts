import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { revocationFactOf } from "../../../crypto/identity/facts.ts";
import { encodeRevocation } from "../../../crypto/identity/revocation.ts";
import { historyChunks } from "../../../sync/backfill/supply.ts";
import { takeChunk } from "../../../sync/backfill/take-chunk.ts";
import { appendMessage } from "../../../sync/channel/append.ts";
import {
  bytesOf,
  type Channel,
  channelOf,
  logsOf,
  openChannel,
} from "../../../sync/channel/channels.ts";
import { ownContact } from "../../../sync/contact/contacts.ts";
import { endsRow } from "../../../sync/devices/closed.ts";
import { createGroup } from "../../../sync/group/acts.ts";
import { rosterRowOf } from "../../../sync/group/rosters.ts";
import { answerWant } from "../../../sync/heal/answers.ts";
import { takeVector } from "../../../sync/heal/compare.ts";
import { KNOWN_NOTHING } from "../../../sync/log/known.ts";
import { controlsWaiting } from "../../../sync/outbox/control.ts";
import type { DeviceRow } from "../../../sync/store/rows.ts";
import { introduce, sibling, type Someone, someone } from "../acquainted.ts";

beforeAll(() => ready);

type Hut = {
  readonly alice: Someone;
  readonly channel: Channel;
  /** The number of what waits. */
  readonly waiting: number;
  readonly deviceOf: (who: Someone) => Promise<DeviceRow>;
};

/** Alice's group with Bob: of three messages the second names an op that is not here. */
async function hut(alice: Someone, bob: Someone): Promise<Hut> {
  await introduce(alice, bob);
  const made = await alice.change((tx) =>
    createGroup(tx, alice.context, "Hut", [bob.self.account], "all"),
  );
  if (!made.ok) throw new Error(made.error.type);
  const told = await alice.change(async (tx) => {
    const places: number[] = [];
    const channel = await channelOf(tx, made.value.c);
    if (channel === undefined) throw new Error("a group");
    for (const text of ["one", "two", "three"]) {
      const { entry } = await appendMessage(tx, { ...alice.context, channel, text });
      places.push(entry.s);
      if (text !== "two") continue;
      await tx.put("entries", { ...entry, counts: "waits" });
      await tx.put("rosters", {
        ...(await rosterRowOf(tx, channel.c)),
        waits: [[entry.a, entry.s]],
      });
    }
    return { channel, waiting: places[1] ?? 0 };
  });
  const deviceOf = async ({ self }: Someone): Promise<DeviceRow> => {
    const row = await alice.store.read(["devices"], (tx) => tx.get("devices", self.device));
    if (row === undefined) throw new Error("a device");
    return row;
  };
  return { alice, ...told, deviceOf };
}

/** The numbers that are supplied to them as history. */
async function suppliedTo(who: Someone, it: Hut): Promise<readonly number[]> {
  const { alice, channel } = it;
  const device = await it.deviceOf(who);
  const { chunks, left } = await alice.change((tx) =>
    historyChunks(tx, alice.self, device, channel, [], 4),
  );
  expect(left).toBe(0);
  return chunks
    .flatMap(({ runs }) => runs)
    .flatMap(({ first, items }) => items.map((_, i) => first + i))
    .toSorted((a, b) => a - b);
}

test("[HY26] [HE2] what waits for ops is given to our own devices, and to no other member", async () => {
  const alice = await someone("alice");
  const laptop = await sibling(alice, "laptop");
  const bob = await someone("bob");
  const it = await hut(alice, bob);
  const { channel, waiting } = it;
  const all = await suppliedTo(laptop, it);
  expect(all).toContain(waiting);
  expect(await suppliedTo(bob, it)).toEqual(all.filter((s) => s !== waiting));
  const [log] = await alice.change((tx) => logsOf(tx, channel.c));
  const want = {
    channel: bytesOf(channel.id),
    log: bytesOf(log?.log ?? ""),
    ranges: [[waiting, waiting] as const],
  };
  const answersTo = async (who: Someone): Promise<number> => {
    const device = await it.deviceOf(who);
    return alice.change(async (tx) => {
      const before = await controlsWaiting(tx, device.device, null);
      await answerWant(tx, alice.context, device, want, true);
      return (await controlsWaiting(tx, device.device, null)) - before;
    });
  };
  expect(await answersTo(bob)).toBe(0);
  expect(await answersTo(laptop)).toBe(1);
});

test("[HE2] [DG4] what waits for ops goes along with no answer to another member's vector", async () => {
  const alice = await someone("alice");
  const laptop = await sibling(alice, "laptop");
  const bob = await someone("bob");
  const it = await hut(alice, bob);
  const { channel, waiting } = it;
  const [log] = await alice.change((tx) => logsOf(tx, channel.c));
  if (log === undefined) throw new Error("a log");
  const known = { floor: waiting - 1, ranges: [[waiting + 1, log.known.floor] as const] };
  const head = { log: bytesOf(log.log), known, head: 0, hash8: new Uint8Array(8) };
  const asks = { channel: bytesOf(channel.id), asks: true, logs: [head], forks: [] };
  /** Entries, if there are any, and where we are ahead. */
  const answersTo = async (who: Someone): Promise<number> => {
    const device = await it.deviceOf(who);
    return alice.change(async (tx) => {
      const before = await controlsWaiting(tx, device.device, null);
      await takeVector(tx, alice.context, device, asks, true);
      return (await controlsWaiting(tx, device.device, null)) - before;
    });
  };
  expect(await answersTo(laptop)).toBe(2);
  expect(await answersTo(bob)).toBe(1);
});

test("[HY26] [OD23] what waits for the word where its log ends, or stands behind it, is supplied to nobody", async () => {
  const alice = await someone("alice");
  const laptop = await sibling(alice, "laptop");
  const bob = await someone("bob");
  const it = await hut(alice, bob);
  const { c } = it.channel;
  const all = await suppliedTo(laptop, it);
  await alice.change(async (tx) => {
    await tx.put("rosters", { ...(await rosterRowOf(tx, c)), waits: [] });
  });
  for (const who of [laptop, bob]) {
    expect(await suppliedTo(who, it)).toEqual(all.filter((s) => s !== it.waiting));
  }
  await alice.change(async (tx) => {
    const [log] = await logsOf(tx, c);
    const end = { seq: it.waiting - 1, hash: "ab".repeat(32) };
    await tx.put("meta", endsRow({ [log?.log ?? ""]: end }));
  });
  for (const who of [laptop, bob]) {
    expect(await suppliedTo(who, it)).toEqual(all.filter((s) => s < it.waiting));
  }
});

test("[HY27] what a backup file brings is no answer, and what may be none does not say what is left", async () => {
  const alice = await someone("alice");
  const laptop = await sibling(alice, "laptop");
  const { c, id } = await alice.change((tx) => openChannel(tx, alice.self, alice.self.account));
  const { self, called, context } = alice;
  const nothing = { channel: bytesOf(id), read: [], writers: [], runs: [] };
  const log = { log: new Uint8Array(16), known: KNOWN_NOTHING };
  const run = { log: log.log, first: 1, prev: null, hlcBefore: 0, items: [], signature: null };
  const takeAll = async (from: Someone): Promise<readonly string[]> => {
    called.length = 0;
    for (const chunk of [
      { ...nothing, left: 0 },
      { ...nothing, read: [log], runs: [run], left: 0 },
      { ...nothing, runs: [run], left: 7 },
      { ...nothing, runs: [run], left: 0 },
    ]) {
      await alice.change((tx) => takeChunk(tx, context, from.self, chunk));
    }
    return called.filter((it) => it.startsWith("backfilled"));
  };
  const { device } = laptop.self;
  expect(await takeAll(laptop)).toEqual(
    ["0", "0", "7", "null"].map((left) => `backfilled ${c} ${left} ${device}`),
  );
  expect(await takeAll({ ...laptop, self })).toEqual([]);
});

test("[OD23] what a sibling tells of a removed device waits for the closing, which it tells, too", async () => {
  const alice = await someone("alice");
  const [laptop, tablet] = [await sibling(alice, "laptop"), await sibling(alice, "tablet")];
  const { account, accountKey } = alice.self;
  const deviceIn = (who: Someone, of: Someone): Promise<DeviceRow> =>
    who.change(async (tx) => {
      const row = await tx.get("devices", of.self.device);
      if (row === undefined) throw new Error("a device");
      return row;
    });
  const to = await deviceIn(laptop, alice);
  const [chunk] = await laptop.change(async (tx) => {
    const channel = await openChannel(tx, laptop.self, account);
    await appendMessage(tx, { ...laptop.context, channel, text: "a note" });
    return (await historyChunks(tx, laptop.self, to, channel, [], 1)).chunks;
  });
  if (chunk === undefined) throw new Error("a chunk");
  const from = await deviceIn(tablet, alice);
  const counts = await tablet.change(async (tx) => {
    const channel = await openChannel(tx, tablet.self, account);
    await tx.put("channels", { ...channel, history: "wanted" });
    const own = await ownContact(tx, tablet.self);
    const [device, issuer] = [laptop, alice].map((it) => bytesOf(it.self.device));
    if (device === undefined || issuer === undefined) throw new Error("devices");
    const statement = { accountKey, device, issuer, atMs: 1, staying: [] };
    const fact = revocationFactOf(encodeRevocation(statement, alice.self.keys.sigSecret));
    const live = own.live.filter((it) => it !== laptop.self.device);
    await tx.put("contacts", { ...own, facts: [...own.facts, fact], live });
    await takeChunk(tx, tablet.context, from, chunk);
    return (await tx.range("entries", "primary", {})).map((it) => it.counts);
  });
  expect(counts).toEqual(["waits", "waits"]);
});
