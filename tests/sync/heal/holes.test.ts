import { beforeAll, expect, test } from "vitest";

import { toHex } from "../../../crypto/base/hex.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { revocationFactOf } from "../../../crypto/identity/facts.ts";
import { encodeRevocation } from "../../../crypto/identity/revocation.ts";
import { bytesOf, type Channel, openChannel } from "../../../sync/channel/channels.ts";
import { ownContact } from "../../../sync/contact/contacts.ts";
import { Asked, HEAL_FIRST_MS, HEAL_RETRY_FIRST_MS } from "../../../sync/heal/asked.ts";
import { Claims } from "../../../sync/heal/claims.ts";
import {
  CLAIMED_SHOWN_MAX,
  type HoleRound,
  MISSING_ROUNDS,
  wantHoles,
  WANTS_IN_FLIGHT_MAX,
} from "../../../sync/heal/holes.ts";
import type { Known } from "../../../sync/log/known.ts";
import type { CursorRow } from "../../../sync/store/rows.ts";
import { log } from "../../app/db/rows.ts";
import { introduce, NOW_MS, sibling, type Someone, someone } from "../acquainted.ts";

beforeAll(() => ready);

const unopened = (device: string): never => expect.fail(`${device} could not be asked`);
const HOLED: Known = { floor: 1, ranges: [[5, 6]] };

type Stage = {
  readonly alice: Someone;
  readonly channel: Channel;
  readonly asked: Asked;
  readonly claims: Claims;
  readonly bob: Someone;
  readonly round: (atMs: number, cursors?: readonly CursorRow[]) => Promise<HoleRound>;
};

/** Alice in her chat with Bob, of which so many logs have a hole of three entries. */
async function stage(holed: number): Promise<Stage> {
  const [alice, bob] = [await someone("alice"), await someone("bob")];
  await introduce(alice, bob);
  const channel = await alice.change((tx) => openChannel(tx, alice.self, bob.self.account));
  await alice.change(async (tx) => {
    for (let n = 1; n <= holed; n += 1) {
      const { a: _, ...row } = log(n, { account: bob.self.account, known: HOLED });
      const id = n.toString(16).padStart(32, "0");
      await tx.put("logs", { ...row, log: id, c: channel.c, own: false });
    }
  });
  const [asked, claims] = [new Asked(), new Claims()];
  const round = (atMs: number, cursors: readonly CursorRow[] = []): Promise<HoleRound> =>
    alice.change((tx) =>
      wantHoles(tx, { ...alice.context, nowMs: NOW_MS + atMs, asked, claims, unopened }, cursors),
    );
  return { alice, bob, channel, asked, claims, round };
}

test("[HE4] [HE13] after three seconds two questions are on their way, and the others wait", async () => {
  const { round } = await stage(5);
  expect(await round(0)).toMatchObject({ sent: 0, waitMs: HEAL_FIRST_MS });
  expect((await round(HEAL_FIRST_MS)).sent).toBe(WANTS_IN_FLIGHT_MAX);
  expect((await round(HEAL_FIRST_MS + 1_000)).sent).toBe(0);
  // Nobody answered: the next two have their turn.
  expect((await round(HEAL_FIRST_MS + HEAL_RETRY_FIRST_MS)).sent).toBe(WANTS_IN_FLIGHT_MAX);
});

test("[OD23] what a removed device wrote is not asked for while the history is still to come", async () => {
  const { alice, bob, channel, round } = await stage(1);
  const wants = (history: "wanted" | undefined): Promise<void> =>
    alice.change(async (tx) => {
      const held = await tx.get("channels", channel.c);
      const contact = await tx.get("contacts", bob.self.account);
      const [first] = await tx.range("logs", "primary", {});
      if (held === undefined || contact === undefined || first === undefined) throw new Error("");
      const { history: _, ...row } = held;
      await tx.put("channels", { ...row, ...(history && { history }) });
      const { accountKey } = bob.self;
      const device = bytesOf("ee".repeat(16));
      await tx.put("logs", { ...first, device: toHex(device) });
      const issuer = bytesOf(bob.self.device);
      const statement = { accountKey, device, issuer, atMs: 1, staying: [] };
      const fact = revocationFactOf(encodeRevocation(statement, bob.self.keys.sigSecret));
      await tx.put("contacts", { ...contact, facts: [...contact.facts, fact] });
    });
  await wants("wanted");
  await round(0);
  expect((await round(HEAL_FIRST_MS)).sent).toBe(0);
  await wants(undefined);
  await round(HEAL_FIRST_MS);
  expect((await round(2 * HEAL_FIRST_MS)).sent).toBe(1);
});

test("[HE13] whose cursor says that they lack it is not asked, and is when it says no more than that", async () => {
  const { round, bob, channel } = await stage(1);
  const told = (known: Known): readonly CursorRow[] => [
    {
      c: channel.c,
      device: bob.self.device,
      account: bob.self.account,
      counter: 1,
      delivered: [{ log: "1".padStart(32, "0"), known }],
      read: [],
    },
  ];
  await round(0);
  expect((await round(HEAL_FIRST_MS, told(HOLED))).sent).toBe(0);
  // What it leaves out for want of room is beyond all that it names.
  expect((await round(HEAL_FIRST_MS + 600_000, told({ floor: 1, ranges: [] }))).sent).toBe(1);
});

/** Rounds at which everything is due, for so long. */
async function rounds({ round }: Stage, count: number): Promise<HoleRound> {
  let last = await round(0);
  for (let n = 1; n <= count; n += 1) last = await round(n * 1_000_000);
  return last;
}

test("[HE14] what was asked for three times is missing, and not before", async () => {
  const it = await stage(1);
  expect((await rounds(it, MISSING_ROUNDS - 1)).missing.size).toBe(0);
  const told = await rounds(await stage(1), MISSING_ROUNDS);
  expect([...told.missing.values()]).toEqual([3]);
});

test("[HE12] what is claimed counts as far as it is likely", async () => {
  const [likely, unlikely] = [await stage(0), await stage(0)];
  likely.claims.claim(likely.channel.c, "ab".repeat(16), CLAIMED_SHOWN_MAX, "dd".repeat(16));
  expect([...(await rounds(likely, MISSING_ROUNDS)).missing.values()]).toEqual([CLAIMED_SHOWN_MAX]);
  unlikely.claims.claim(
    unlikely.channel.c,
    "ab".repeat(16),
    CLAIMED_SHOWN_MAX + 1,
    "dd".repeat(16),
  );
  expect((await rounds(unlikely, MISSING_ROUNDS)).missing.size).toBe(0);
  // Nobody had it: it is let go.
  await rounds(likely, 20);
  expect(likely.claims.all()).toEqual([]);
});

test("[HE13] who says that they lack what is missing is not asked for it, who has a part of it is", async () => {
  for (const [told, asks] of [
    [HOLED, 0],
    [{ floor: 1, ranges: [[3, 6]] }, 1],
  ] as const) {
    const { alice, channel, asked, claims } = await stage(1);
    const [device] = await alice.store.read(["devices"], (tx) =>
      tx.range("devices", "primary", {}),
    );
    if (device === undefined) throw new Error("a device");
    const id = "1".padStart(32, "0");
    const from = { c: channel.c, device: device.device, account: device.account };
    const cursor = { ...from, counter: 1, delivered: [{ log: id, known: told }], read: [] };
    const round = (atMs: number): Promise<HoleRound> =>
      alice.change((tx) =>
        wantHoles(tx, { ...alice.context, nowMs: NOW_MS + atMs, asked, claims, unopened }, [
          cursor,
        ]),
      );
    await round(0);
    expect((await round(HEAL_FIRST_MS)).sent).toBe(asks);
  }
});

test("[HE21] a log that another device of ours has is asked for, and not what one told that is out", async () => {
  for (const isOut of [false, true]) {
    const alice = await someone("alice");
    const laptop = await sibling(alice, "laptop");
    // One more is there to be asked.
    await sibling(alice, "tablet");
    const { account, device } = laptop.self;
    const { c } = await alice.change(async (tx) => {
      const own = await ownContact(tx, alice.self);
      const live = own.live.filter((it) => !isOut || it !== device);
      await tx.put("contacts", { ...own, live });
      return openChannel(tx, alice.self, account);
    });
    const delivered = [{ log: "9".repeat(32), known: { floor: 3, ranges: [] } }];
    const cursor = { c, device, account, counter: 1, delivered, read: [] };
    const [asked, claims] = [new Asked(), new Claims()];
    const round = (atMs: number): Promise<HoleRound> =>
      alice.change((tx) => {
        const context = { ...alice.context, nowMs: NOW_MS + atMs, asked, claims, unopened };
        return wantHoles(tx, context, [cursor]);
      });
    const first = await round(0);
    expect(first.waitMs).toBe(isOut ? Infinity : HEAL_FIRST_MS);
    expect((await round(HEAL_FIRST_MS)).sent).toBe(isOut ? 0 : 2);
  }
});
