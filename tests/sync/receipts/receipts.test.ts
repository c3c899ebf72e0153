import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { appendMessage } from "../../../sync/channel/append.ts";
import {
  bytesOf,
  type Channel,
  channelOf,
  openChannel,
  openLog,
} from "../../../sync/channel/channels.ts";
import { addKnown, hasKnown, type Known, KNOWN_NOTHING } from "../../../sync/log/known.ts";
import { sealRow } from "../../../sync/outbox/seal.ts";
import { type Cursor, signCursor } from "../../../sync/payload/cursor.ts";
import {
  applyCursor,
  markChannelRead,
  sealCursor,
  type Settled,
  takeRead,
} from "../../../sync/receipts/receipts.ts";
import { acceptEntry } from "../../../sync/receive/accept-entry.ts";
import type { OutboxRow, Target } from "../../../sync/store/rows.ts";
import { introduce, NOW_MS, sibling, type Someone, someone } from "../acquainted.ts";

beforeAll(() => ready);

type Pair = { readonly alice: Someone; readonly bob: Someone; readonly channel: Channel };

/** Alice has written so many messages; log.open has number 1. A relay has stored them all. */
async function pair(count: number): Promise<Pair> {
  const alice = await someone("alice");
  const bob = await someone("bob");
  const channel = await introduce(alice, bob);
  await alice.change(async (tx) => {
    for (let n = 0; n < count; n += 1) {
      await appendMessage(tx, {
        ...alice.context,
        channel: await openChannel(tx, alice.self, bob.self.account),
        text: `${n}`,
      });
    }
    for (const row of await tx.range("outbox", "primary", {})) {
      const targets = row.targets.map(
        (it) => ({ ...it, state: "stored", storedAtMs: NOW_MS }) as const,
      );
      await tx.put("outbox", { ...row, targets, waiting: 0 });
    }
  });
  return { alice, bob, channel };
}

async function cursorOf(it: Pair, counter: number, delivered: Known): Promise<Cursor> {
  const [log] = await it.alice.store.read(["logs"], (tx) => tx.range("logs", "primary", {}));
  const known = [{ log: bytesOf(log?.log ?? ""), known: delivered }];
  const content = { channel: bytesOf(it.channel.id), device: bytesOf(it.bob.self.device) };
  return signCursor(
    { ...content, counter, delivered: known, read: known },
    it.bob.self.keys.sigSecret,
  );
}

const apply = async (it: Pair, cursor: Cursor, atMs = NOW_MS + 60_000): Promise<Settled> => {
  const { account, device } = it.bob.self;
  const from = { c: it.channel.c, device, account };
  return it.alice.change((tx) => applyCursor(tx, from, cursor, { wasPutBack: false, nowMs: atMs }));
};
const outboxOf = (by: Someone): Promise<readonly OutboxRow[]> =>
  by.store.read(["outbox"], (tx) => tx.range("outbox", "primary", {}));
const upTo = (floor: number): Known => ({ floor, ranges: [] });

test("[CU7] what a cursor covers is done; what is missing behind something later goes again", async () => {
  const it = await pair(4);
  const settled = await apply(it, await cursorOf(it, 1, { floor: 2, ranges: [[4, 4]] }));
  expect(settled).toMatchObject({ settled: 3, lost: 1, isAheadOfUs: false });
  const left = (await outboxOf(it.alice)).map((row) => [row.s, row.targets[0]?.state]);
  // 3 was lost on the way; of 5 nothing is known yet.
  expect(left).toEqual([
    [3, "pending"],
    [5, "stored"],
  ]);
});

test("[CU7] what was stored a moment ago is on its way, not lost", async () => {
  const it = await pair(2);
  const cursor = await cursorOf(it, 1, { floor: 0, ranges: [[3, 3]] });
  expect(await apply(it, cursor, NOW_MS + 4_999)).toMatchObject({ lost: 0 });
  expect(await apply(it, cursor, NOW_MS + 5_000)).toMatchObject({ lost: 2 });
});

test("[CU7] after any cursors in any order exactly what the newest covers is settled", async () => {
  const seqs = fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.array(seqs, { minLength: 1, maxLength: 4 }), async (claims) => {
      const it = await pair(5);
      let held: Known = KNOWN_NOTHING;
      for (const [n, claim] of claims.entries()) {
        // A device never holds less than before.
        held = claim.reduce(addKnown, held);
        await apply(it, await cursorOf(it, n + 1, held));
      }
      const left = (await outboxOf(it.alice)).map((row) => row.s);
      expect(left).toEqual([1, 2, 3, 4, 5, 6].filter((seq) => !hasKnown(held, seq)));
    }),
    { numRuns: 20 },
  );
});

test("[CU8] an older cursor changes nothing, and tells that its device lost something", async () => {
  const it = await pair(2);
  await apply(it, await cursorOf(it, 7, upTo(3)));
  const rows = await it.alice.store.read(["cursors"], (tx) => tx.range("cursors", "primary", {}));
  const old = await apply(it, await cursorOf(it, 6, upTo(1)));
  expect(old).toMatchObject({ settled: 0, lost: 0, isAheadOfUs: false, isBehindItself: true });
  expect(
    await it.alice.store.read(["cursors"], (tx) => tx.range("cursors", "primary", {})),
  ).toEqual(rows);
  // The same again is the same; a newer one that claims less is a device that was put back.
  expect((await apply(it, await cursorOf(it, 7, upTo(3)))).isBehindItself).toBe(false);
  expect((await apply(it, await cursorOf(it, 8, upTo(2)))).isBehindItself).toBe(true);
});

test("[HE8] a cursor that covers more of our log than we have is told from others", async () => {
  const it = await pair(2);
  expect((await apply(it, await cursorOf(it, 1, upTo(3)))).isAheadOfUs).toBe(false);
  expect((await apply(it, await cursorOf(it, 2, upTo(4)))).isAheadOfUs).toBe(true);
});

test("[CU7] a hand-over that was not sent yet is still sent, whatever its first entry did", async () => {
  const it = await pair(1);
  const [row] = await outboxOf(it.alice);
  await it.alice.change(async (tx) => {
    if (row === undefined) throw new Error("a parcel");
    const { n: _, ...parcel } = row;
    await tx.put("outbox", {
      ...parcel,
      what: "control",
      waiting: 1,
      targets: parcel.targets.map((to) => ({ ...to, state: "pending" })),
    });
  });
  await apply(it, await cursorOf(it, 1, upTo(2)));
  const left = await outboxOf(it.alice);
  expect(left.map((it_) => [it_.what, it_.s, it_.waiting])).toEqual([["control", 0, 1]]);
});

test("[CU7] who has our last entry from elsewhere, and not our chain, is still sent it", async () => {
  const it = await pair(2);
  const put = (state: Target["state"]): Promise<void> =>
    it.alice.change(async (tx) => {
      for (const row of await tx.range("outbox", "primary", {})) {
        await tx.put("outbox", { ...row, targets: row.targets.map((to) => ({ ...to, state })) });
      }
    });
  await put("pending");
  await apply(it, await cursorOf(it, 1, upTo(3)));
  const [last, ...others] = await outboxOf(it.alice);
  expect(others).toEqual([]);
  expect(last).toMatchObject({ s: 3, what: "entry", targets: [{ state: "pending" }] });
  // Once it was sent it is like any other.
  await put("stored");
  await apply(it, await cursorOf(it, 2, upTo(3)));
  expect(await outboxOf(it.alice)).toEqual([]);
});

test("[CU5] reading marks what is here as read, once", async () => {
  const it = await pair(1);
  const read = (): Promise<boolean> =>
    it.alice.change(async (tx) => {
      const channel = await openChannel(tx, it.alice.self, it.bob.self.account);
      return markChannelRead(tx, channel, NOW_MS);
    });
  await it.alice.change(async (tx) => {
    const channel = await openChannel(tx, it.alice.self, it.bob.self.account);
    await tx.put("channels", { ...channel, unread: 3 });
    const [log] = await tx.range("logs", "primary", {});
    if (log !== undefined) await tx.put("logs", { ...log, own: false, read: KNOWN_NOTHING });
  });
  expect(await read()).toBe(true);
  expect(await read()).toBe(false);
  const rows = await it.alice.store.read(["channels"], (tx) => tx.range("channels", "primary", {}));
  const channel = rows.find((row) => row.kind === "dm");
  expect(channel).toMatchObject({ unread: 0, receipts: 1 });
  const [log] = await it.alice.store.read(["logs"], (tx) => tx.range("logs", "primary", {}));
  expect(log?.read).toEqual(log?.known);
});

test("[CU6] a device that was revoked since gets no cursor, though it holds our chain", async () => {
  const { alice, bob, channel } = await pair(1);
  const { self, random, context } = alice;
  const devicesOf = () =>
    alice.change(async (tx) => {
      const row = await channelOf(tx, channel.c);
      const cursor = row === undefined ? "nobody" : await sealCursor(tx, self, row, random);
      return typeof cursor === "string" ? cursor : cursor.devices;
    });
  const entry = (await outboxOf(alice)).find((it) => it.what === "entry");
  await alice.change((tx) => sealRow(tx, context, entry!));
  expect(await devicesOf()).toEqual([bob.self.device]);
  await alice.change(async (tx) => {
    const contact = await tx.get("contacts", bob.self.account);
    if (contact !== undefined) await tx.put("contacts", { ...contact, live: [] });
  });
  expect(await devicesOf()).toBe("nobody");
});

test("[MM5] what another device of ours has read is read here, before it comes and after", async () => {
  const it = await pair(3);
  const { alice, bob } = it;
  const laptop = await sibling(bob, "laptop");
  const channel = await introduce(laptop, alice);
  const sent = await alice.store.read(["entries"], (tx) => tx.range("entries", "primary", {}));
  const [log] = await alice.store.read(["logs"], (tx) => tx.range("logs", "primary", {}));
  const known = (floor: number): Cursor["read"] => [
    { log: bytesOf(log?.log ?? ""), known: { floor, ranges: [] } },
  ];
  const unread = await laptop.change(async (tx) => {
    const { self } = alice;
    await openLog(tx, laptop.self, channel, {
      account: self.account,
      device: self.device,
      key: self.keys.sigKey,
      incarnation: self.incarnation,
    });
    const counts: (number | undefined)[] = [];
    const receive = async (n: number): Promise<void> => {
      const bytes = sent[n]?.bytes ?? new Uint8Array(0);
      await acceptEntry(tx, laptop.self, channel.c, bytes, NOW_MS);
      counts.push((await channelOf(tx, channel.c))?.unread);
    };
    for (const n of [0, 1, 2]) await receive(n);
    // The phone has read up to number 4, of which the laptop has three.
    const now = await channelOf(tx, channel.c);
    expect(now && (await takeRead(tx, now, known(4), NOW_MS))).toBe(true);
    const then = await channelOf(tx, channel.c);
    counts.push(then?.unread);
    expect(then && (await takeRead(tx, then, known(2), NOW_MS))).toBe(false);
    await receive(3);
    return counts;
  });
  // Number 1 opens the log.
  expect(unread).toEqual([0, 1, 2, 0, 0]);
});
