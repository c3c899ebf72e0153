import { expect, test } from "vitest";

import { StretchFailed, workerStretch } from "../../../../app/features/recovery/worker-stretch.ts";
import { stubWorkers } from "./workers.ts";

const ASK = { passphrase: "p", salt: new Uint8Array(16), logN: 4 };
const KEY = new Uint8Array(32).fill(7);

const nothing = (): void => undefined;
const failed = async (stretching: Promise<unknown>): Promise<unknown> =>
  await stretching.then(nothing, (it: unknown) => it);

test("[ATR1] who aborts ends the worker at once, and later ones never begin", async () => {
  const workers = stubWorkers();
  const abort = new AbortController();
  const stretch = workers.stretchIn(nothing, abort.signal);
  const stretching = failed(stretch(ASK));
  expect(workers.asked).toEqual([ASK]);
  abort.abort();
  expect(await stretching).toBeInstanceOf(StretchFailed);
  expect(workers.counts()).toEqual([1, 1]);
  expect(await failed(stretch(ASK))).toBeInstanceOf(StretchFailed);
  expect(workers.asked).toHaveLength(1);
  expect(workers.counts()).toEqual([2, 2]);
});

test("[ATR2] a worker that fails is said, and the next is another one", async () => {
  const workers = stubWorkers();
  const { signal } = new AbortController();
  const stretch = workers.stretchIn(nothing, signal);
  const died = failed(stretch(ASK));
  workers.die();
  expect(await died).toBeInstanceOf(StretchFailed);
  expect(workers.counts()).toEqual([1, 1]);
  const refused = failed(stretch(ASK));
  workers.say({ type: "failed" });
  expect(await refused).toBeInstanceOf(StretchFailed);
  const unmade = workerStretch(nothing, signal, () => {
    throw new DOMException("no more", "QuotaExceededError");
  });
  expect(await failed(unmade(ASK))).toBeInstanceOf(StretchFailed);
  const again = stretch(ASK);
  workers.say({ type: "key", key: KEY });
  expect(await again).toBe(KEY);
});

test("[ATR3] it tells how far it is, and makes nothing twice in a row", async () => {
  const workers = stubWorkers();
  const shares: number[] = [];
  const stretch = workers.stretchIn((it) => shares.push(it), new AbortController().signal);
  const first = stretch(ASK);
  workers.say({ type: "share", share: 0.5 });
  workers.say({ type: "key", key: KEY });
  expect(await first).toBe(KEY);
  expect(shares).toEqual([0.5]);
  expect(workers.counts()).toEqual([1, 1]);
  expect(await stretch({ ...ASK, salt: new Uint8Array(16) })).toBe(KEY);
  expect(workers.counts()).toEqual([1, 1]);
  void failed(stretch({ ...ASK, salt: KEY.subarray(0, 16) }));
  expect(workers.counts()).toEqual([2, 1]);
});
