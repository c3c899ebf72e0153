import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { powOf } from "../../../crypto/public/relay-ids.ts";
import { solveWork, WORK_BITS_MAX } from "../../../sync/session/proof-of-work.ts";
import { HeldTimers } from "../transport/held-timers.ts";
import { bytesOf } from "./played-relay.ts";

beforeAll(() => ready);

test("[RH4] finds a nonce that is hard enough, and lets others run every 4,000 hashes", async () => {
  const held = new HeldTimers();
  let turns = 0;
  const timers = {
    now: held.now,
    after: (ms: number, ring: () => void) => {
      turns += 1;
      return held.after(ms, ring);
    },
  };
  const challenge = bytesOf(16, 5);
  const nonce = await held.outcome(solveWork(challenge, 15, timers));
  expect(powOf(challenge, nonce)).toBeGreaterThanOrEqual(15);
  const hashes = new DataView(nonce.buffer, nonce.byteOffset).getUint32(0, true);
  expect(hashes).toBeGreaterThan(4_000);
  expect(turns).toBe(Math.floor(hashes / 4_000));
});

test("[RH4] no work is done at once, and too much is a bug of ours", async () => {
  const timers = new HeldTimers();
  expect(await solveWork(bytesOf(16, 1), 0, timers)).toEqual(new Uint8Array(8));
  await expect(solveWork(bytesOf(16, 1), WORK_BITS_MAX + 1, timers)).rejects.toThrow("bound");
});
