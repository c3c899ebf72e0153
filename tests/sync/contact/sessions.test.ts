import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { decodeCard } from "../../../crypto/identity/card.ts";
import { SESSION_RESET_MS_MIN, SESSION_UNANSWERED_MS_MAX } from "../../../crypto/lifetimes.ts";
import { putCard } from "../../../sync/contact/devices.ts";
import {
  beginSession,
  giveUpSession,
  putSession,
  SESSIONS_PER_DEVICE_MAX,
  sessionWith,
} from "../../../sync/contact/sessions.ts";
import type { SessionRow } from "../../../sync/store/ratchet-rows.ts";
import type { DeviceRow } from "../../../sync/store/rows.ts";
import { introduce, NOW_MS, type Someone, someone } from "../acquainted.ts";

beforeAll(() => ready);

type Pair = { readonly alice: Someone; readonly device: () => Promise<DeviceRow> };

async function pair(): Promise<Pair> {
  const alice = await someone("alice");
  const bob = await someone("bob");
  await introduce(alice, bob);
  const device = async (): Promise<DeviceRow> => {
    const row = await alice.store.read(["devices"], (tx) => tx.get("devices", bob.self.device));
    if (row === undefined) throw new Error("a device");
    return row;
  };
  return { alice, device };
}

async function begin(it: Pair, of: Partial<SessionRow> = {}): Promise<SessionRow> {
  const { self, random } = it.alice;
  const session = beginSession(self, await it.device(), null, NOW_MS, random);
  if (session === undefined) throw new Error("a bundle");
  await it.alice.change((tx) => putSession(tx, { ...session, ...of }));
  return session;
}

const best = async (it: Pair, nowMs = NOW_MS): Promise<string | undefined> => {
  const device = await it.device();
  return it.alice.change(async (tx) => (await sessionWith(tx, device, nowMs))?.th);
};

test("[SS1] it sends on the session that last received, on a tie on the smaller transcript", async () => {
  const it = await pair();
  const [one, two, three] = [await begin(it), await begin(it), await begin(it)];
  expect(await best(it)).toBe([one.th, two.th, three.th].toSorted()[0]);
  const answered = await begin(it, { lastReceivedAtMs: 5 });
  expect(await best(it)).toBe(answered.th);
  const newer = await begin(it, { lastReceivedAtMs: 9 });
  expect(await best(it)).toBe(newer.th);
});

test("[SS2] of one device the sessions that were used last are kept", async () => {
  const it = await pair();
  for (let n = 0; n < 2 * SESSIONS_PER_DEVICE_MAX; n += 1) {
    await begin(it, { createdAtMs: NOW_MS + n, lastReceivedAtMs: n });
  }
  const rows = await it.alice.store.read(["sessions"], (tx) => tx.range("sessions", "primary", {}));
  expect(rows.map((row) => row.lastReceivedAtMs).toSorted((a, b) => a - b)).toEqual([
    5, 6, 7, 8, 9,
  ]);
});

test("[SS3] a session unanswered for a week, although its device was there, is begun again", async () => {
  const it = await pair();
  const session = await begin(it);
  const late = NOW_MS + SESSION_UNANSWERED_MS_MAX + 1;
  // The card is as old as the session: perhaps they were never there.
  expect(await best(it, late)).toBe(session.th);
  const device = await it.device();
  await it.alice.change((tx) => tx.put("devices", { ...device, cardAtMs: NOW_MS + 1 }));
  expect(await best(it, late - 2)).toBe(session.th);
  expect(await best(it, late)).toBeUndefined();
});

test("[SS3] it is begun again under prekeys that are fetched since their newer card came", async () => {
  const it = await pair();
  await begin(it);
  const device = await it.device();
  expect(device.prekeyBundle).not.toBeNull();
  const card = device.card === null ? undefined : decodeCard(device.card);
  if (card?.ok !== true) throw new Error("a card");
  const { value } = card;
  await it.alice.change(async (tx) => {
    expect(await putCard(tx, value, NOW_MS)).toBe(false);
    expect(await putCard(tx, { ...value, counter: value.counter + 1 }, NOW_MS + 1)).toBe(true);
  });
  expect((await it.device()).prekeyBundle).toBeNull();
});

test("[SS4] a session that parted is given up, at most once a day", async () => {
  const it = await pair();
  const session = await begin(it, { lastReceivedAtMs: 1 });
  const giveUp = (nowMs: number): Promise<boolean> =>
    it.alice.change((tx) => giveUpSession(tx, session, nowMs));
  expect(await giveUp(NOW_MS)).toBe(true);
  expect(await best(it)).toBeUndefined();
  // Its prekeys are fetched anew, too.
  expect((await it.device()).prekeyBundle).toBe(null);
  expect(await giveUp(NOW_MS + SESSION_RESET_MS_MIN - 1)).toBe(false);
  expect(await giveUp(NOW_MS + SESSION_RESET_MS_MIN)).toBe(true);
});

test("[SS5] without prekeys no session begins", async () => {
  const it = await pair();
  const device = { ...(await it.device()), prekeyBundle: null };
  expect(beginSession(it.alice.self, device, null, NOW_MS, it.alice.random)).toBeUndefined();
});
