import { beforeEach, expect, test } from "vitest";

import { KNOWN_NOTHING } from "../../../sync/log/known.ts";
import {
  recordAttempts,
  RETRY_FIRST_MS,
  RETRY_MAX_MS,
  type Verdict,
} from "../../../sync/outbox/attempts.ts";
import { HURRIED_MAX, QUOTA_RETRY_MAX_MS } from "../../../sync/outbox/resend.ts";
import { DUE_NOW } from "../../../sync/outbox/targets.ts";
import { type MemoryStore, openMemoryStore } from "../../../sync/store/memory-store.ts";
import type { LogRow, OutboxRow } from "../../../sync/store/rows.ts";
import type { PutStatus } from "../../../sync/wire/ok-frame.ts";
import { NOW_MS } from "../acquainted.ts";
import { HeldTimers } from "../transport/held-timers.ts";
import { parcel, RELAY, target } from "./parcel.ts";

let store: MemoryStore;
const timers = new HeldTimers(NOW_MS);
/** The most of all jitters, so that pauses are what they say. */
const random = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(255);

beforeEach(async () => {
  store = openMemoryStore();
  await store.write(["logs"], async (tx) => {
    await tx.put("logs", {
      log: "0".repeat(32),
      c: 1,
      account: "",
      device: "",
      own: true,
      key: new Uint8Array(32),
      incarnation: new Uint8Array(16),
      known: { floor: 9, ranges: [] },
      sent: KNOWN_NOTHING,
      hlc: 0,
      read: KNOWN_NOTHING,
    });
  });
});

async function after(
  row: OutboxRow,
  verdict: Verdict,
  env = row.env,
): Promise<OutboxRow | undefined> {
  const n = Number(await store.write(["outbox"], (tx) => tx.put("outbox", row)));
  await recordAttempts({ store, timers, random }, [{ n, env, url: RELAY, verdict }]);
  return store.read(["outbox"], (tx) => tx.get("outbox", n));
}

const answered = (status: PutStatus, device = "d"): Verdict => ({
  type: "answered",
  statuses: [{ device, status }],
  storeInc: "aa",
});

const sent = async (): Promise<LogRow["sent"] | undefined> =>
  (await store.read(["logs"], (tx) => tx.get("logs", 1)))?.sent;

test("[OB5] a relay that has it for all targets makes an entry sent, and keeps waiting for receipts", async () => {
  const row = await after(parcel(), answered({ status: "stored" }));
  expect(row?.targets).toEqual([
    target("d", { state: "stored", url: RELAY, storeInc: "aa", storedAtMs: NOW_MS }),
  ]);
  expect(row).toMatchObject({ waiting: 0, attempts: 0 });
  expect(await sent()).toEqual({ floor: 0, ranges: [[2, 2]] });
});

test("[OB5] it is not sent while one target is missing", async () => {
  const two = parcel({ targets: [target("d"), target("e")] });
  const row = await after(two, answered({ status: "duplicate" }));
  expect(row?.targets.map((it) => it.state)).toEqual(["stored", "pending"]);
  expect(row?.waiting).toBe(1);
  expect(await sent()).toEqual(KNOWN_NOTHING);
});

test("[OB7] for an answer to a question the relay's word is enough; a hand-over and a first flight wait", async () => {
  const control = { what: "control", c: 0, a: 0, s: 0 } as const;
  expect(await after(parcel(control), answered({ status: "stored" }))).toBeUndefined();
  const handOver = await after(parcel({ ...control, s: 3 }), answered({ status: "stored" }));
  expect(handOver?.targets[0]?.state).toBe("stored");
  const flight = await after(parcel({ ...control, flightTo: "d" }), answered({ status: "stored" }));
  expect(flight?.targets[0]?.state).toBe("stored");
  expect(await sent()).toEqual(KNOWN_NOTHING);
});

test.each([
  [{ status: "denied" }, RETRY_FIRST_MS, true],
  [{ status: "gone" }, RETRY_FIRST_MS, true],
  [{ status: "badEnvelope" }, RETRY_FIRST_MS, true],
  [{ status: "quota" }, RETRY_FIRST_MS, true],
  [{ status: "tooBig" }, RETRY_FIRST_MS, true],
  [{ status: "busy", retryAfterMs: 7_000 }, 7_000, false],
  [{ status: "busy", retryAfterMs: 1 }, RETRY_FIRST_MS, false],
] as const)("[OB5] after %j it is tried again in %i ms", async (status, pauseMs, isRefused) => {
  const row = await after(parcel(), answered(status));
  expect(row).toMatchObject({ waiting: 1, attempts: 1, nextAtMs: NOW_MS + pauseMs, isRefused });
  expect(row?.targets[0]?.state).toBe("pending");
});

test("[OB5] pauses double up to five minutes, for a full mailbox up to an hour", async () => {
  const pauseOf = async (verdict: Verdict, attempts: number): Promise<number> =>
    ((await after(parcel({ attempts }), verdict))?.nextAtMs ?? 0) - NOW_MS;
  expect(await pauseOf({ type: "down" }, 3)).toBe(8 * RETRY_FIRST_MS);
  expect(await pauseOf({ type: "down" }, 40)).toBe(RETRY_MAX_MS);
  expect(await pauseOf(answered({ status: "quota" }), 40)).toBe(QUOTA_RETRY_MAX_MS);
  expect(await pauseOf({ type: "tooLarge" }, 0)).toBe(QUOTA_RETRY_MAX_MS);
  expect(await pauseOf({ type: "busy", retryAfterMs: 4_000 }, 9)).toBe(4_000);
});

test("[OB5] an answer about a body that was sealed anew meanwhile says nothing about the new one", async () => {
  const row = await after(parcel({ env: "e1" }), answered({ status: "stored" }), "e0");
  expect(row?.targets[0]?.state).toBe("pending");
  expect(await sent()).toEqual(KNOWN_NOTHING);
});

test("[OB5] a relay that asks for a pause of years gets one of an hour", async () => {
  const retryAfterMs = Number.MAX_SAFE_INTEGER;
  const whole = await after(parcel(), { type: "busy", retryAfterMs });
  expect(whole?.nextAtMs).toBe(NOW_MS + QUOTA_RETRY_MAX_MS);
  const one = await after(parcel(), answered({ status: "busy", retryAfterMs }));
  expect(one?.nextAtMs).toBe(NOW_MS + QUOTA_RETRY_MAX_MS);
});

test("[OB5] what a mailbox refused is due again when it takes something else", async () => {
  const later = { attempts: 9, nextAtMs: NOW_MS + RETRY_MAX_MS, isRefused: true };
  const put = (of: Partial<OutboxRow>): Promise<number> =>
    store.write(["outbox"], async (tx) => Number(await tx.put("outbox", parcel(of))));
  const denied = await put({ ...later, mayPass: true });
  const tooBig = await put({ ...later, mayPass: false });
  const elsewhere = await put({ ...later, mayPass: true, targets: [target("e")] });
  const away = await put({ ...later, isRefused: false });
  const n = await put({ s: 3 });
  const dueAt = (of: number): Promise<number | undefined> =>
    store.read(["outbox"], async (tx) => (await tx.get("outbox", of))?.nextAtMs);
  const attempt = { n, env: "e0", url: RELAY, verdict: answered({ status: "stored" }) };
  // Nobody was refused lately, as far as we remember: the outbox is not searched.
  await recordAttempts({ store, timers, random }, [attempt]);
  expect(await dueAt(denied)).toBe(later.nextAtMs);
  await recordAttempts({ store, timers, random }, [attempt], (device) => device === "d");
  expect(await dueAt(denied)).toBe(DUE_NOW.entry);
  for (const other of [tooBig, elsewhere, away]) expect(await dueAt(other)).toBe(later.nextAtMs);
  // So many at a time.
  for (let i = 0; i < 2 * HURRIED_MAX; i += 1) await put({ ...later, mayPass: true });
  await recordAttempts({ store, timers, random }, [attempt], () => true);
  const rows = await store.read(["outbox"], (tx) => tx.range("outbox", "primary", {}));
  expect(rows.filter((it) => it.isRefused && it.nextAtMs === DUE_NOW.entry)).toHaveLength(
    HURRIED_MAX + 1,
  );
});

test("[OB5] a no about the mailbox may pass, a no about the bytes does not", async () => {
  const mayPass = async (status: PutStatus["status"]): Promise<boolean | undefined> =>
    (await after(parcel(), answered({ status } as PutStatus)))?.mayPass;
  for (const status of ["denied", "gone", "quota"] as const)
    expect(await mayPass(status)).toBe(true);
  for (const status of ["tooBig", "badEnvelope"] as const)
    expect(await mayPass(status)).toBe(false);
  expect((await after(parcel(), { type: "tooLarge" }))?.mayPass).toBe(false);
});
