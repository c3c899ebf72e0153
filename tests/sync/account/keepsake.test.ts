import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { compareKeepsake, type Keepsake } from "../../../sync/account/keepsake.ts";
import { readSelf } from "../../../sync/account/self.ts";
import { openMemoryStore } from "../../../sync/store/memory-store.ts";
import type { Store } from "../../../sync/store/store.ts";
import { NOW_MS, someone } from "../acquainted.ts";

beforeAll(() => ready);

function note(text: string | null = null): Keepsake & { readonly text: () => string | null } {
  let kept = text;
  return {
    read: () => Promise.resolve(kept),
    write: (fresh) => {
      kept = fresh;
      return Promise.resolve();
    },
    text: () => kept,
  };
}

const HOUR_MS = 3_600_000;

test("[HE20] a device that is opened again and again stays who it is", async () => {
  const { self, store, random } = await someone("alice");
  const keepsake = note();
  for (let n = 1; n <= 3; n += 1) {
    expect(await compareKeepsake({ store, random, keepsake }, self, NOW_MS)).toBe(self);
    expect(keepsake.text()).toBe(`${self.device} ${n}`);
  }
});

test("[HE20] storage that was put back is found out at once, and once", async () => {
  const { self, store, random } = await someone("alice");
  const keepsake = note();
  await compareKeepsake({ store, random, keepsake }, self, NOW_MS);
  await compareKeepsake({ store, random, keepsake }, self, NOW_MS);
  await putBack(store);
  const now = await compareKeepsake({ store, random, keepsake }, self, NOW_MS + HOUR_MS);
  expect(now.incarnation).not.toEqual(self.incarnation);
  expect(await store.read(["meta"], readSelf)).toEqual(now);
  expect(keepsake.text()).toBe(`${self.device} 3`);
  expect(await compareKeepsake({ store, random, keepsake }, now, NOW_MS + 3 * HOUR_MS)).toBe(now);
});

test("[HE20] a note of another device, of nobody or of nothing sensible counts for nothing", async () => {
  const { self, store, random } = await someone("alice");
  for (const text of [
    "",
    "x 9",
    `${self.device} -3`,
    `${self.device} 1e9`,
    `${self.device} 99999999999`,
  ]) {
    const keepsake = note(text);
    expect(await compareKeepsake({ store, random, keepsake }, self, NOW_MS + HOUR_MS)).toBe(self);
  }
});

test("[HE20] where there is no such place nothing is written", async () => {
  const { self, random } = await someone("alice");
  const store = openMemoryStore();
  expect(await compareKeepsake({ store, random }, self, NOW_MS)).toBe(self);
  expect(await store.read(["meta"], (tx) => tx.count("meta", "primary", {}))).toBe(0);
});

/** As if the database were a copy from before it was opened for the first time. */
const putBack = (store: Store): Promise<void> =>
  store.write(["meta"], (tx) => tx.delete("meta", "opened"));
