import { expect, test } from "vitest";

import { hold, HELD_LABEL_MAX, HELD_MAX, letGo } from "../../../sync/receive/held.ts";
import { type MemoryStore, openMemoryStore } from "../../../sync/store/memory-store.ts";
import type { HeldRow } from "../../../sync/store/rows.ts";
import { NOW_MS } from "../acquainted.ts";

/** The n-th envelope under the token "label", as the receiver keeps and remembers it. */
async function come(store: MemoryStore, label: string, n: number): Promise<number> {
  const env = `${label}${n}`;
  const row: HeldRow = { env, tag: env, label, body: Uint8Array.of(1), atMs: NOW_MS + n };
  return store.write(["held", "seen"], async (tx) => {
    const gone = await hold(tx, row);
    await tx.put("seen", { id: env, atMs: row.atMs, c: 0 });
    return gone;
  });
}

const heldOf = async (store: MemoryStore, label: string): Promise<readonly string[]> =>
  (await store.read(["held"], (tx) => tx.range("held", "primary", {})))
    .filter((it) => it.label === label)
    .map((it) => it.env);

const isSeen = (store: MemoryStore, env: string): Promise<boolean> =>
  store.read(["seen"], async (tx) => (await tx.get("seen", env)) !== undefined);

test("[RX4] whoever fills their share drives out what they sent first, and nobody else's", async () => {
  const store = openMemoryStore();
  await come(store, "bob", 0);
  for (let n = 1; n <= HELD_LABEL_MAX; n += 1) expect(await come(store, "mallory", n)).toBe(0);
  expect(await come(store, "mallory", HELD_LABEL_MAX + 1)).toBe(1);
  expect(await heldOf(store, "mallory")).toHaveLength(HELD_LABEL_MAX);
  expect(await heldOf(store, "mallory")).not.toContain("mallory1");
  expect(await heldOf(store, "bob")).toEqual(["bob0"]);
});

test("[RX4] in all so many are kept, and what comes last is", async () => {
  const store = openMemoryStore();
  const shares = HELD_MAX / HELD_LABEL_MAX;
  for (let n = 0; n < HELD_MAX; n += 1) await come(store, `${n % shares} `, n);
  expect(await come(store, "bob", 0)).toBe(1);
  expect(await store.read(["held"], (tx) => tx.count("held", "primary", {}))).toBe(HELD_MAX);
  expect(await heldOf(store, "bob")).toEqual(["bob0"]);
  expect(await heldOf(store, "0 ")).not.toContain("0 0");
});

test("[RX4] what is let go may come again; what is kept is remembered", async () => {
  const store = openMemoryStore();
  for (let n = 0; n <= HELD_LABEL_MAX; n += 1) await come(store, "bob", n);
  expect(await isSeen(store, "bob0")).toBe(false);
  expect(await isSeen(store, "bob1")).toBe(true);
  const row = await store.read(["held"], (tx) => tx.get("held", "bob1"));
  if (row === undefined) throw new Error("bob1 is held");
  await store.write(["held", "seen"], (tx) => letGo(tx, row));
  expect(await isSeen(store, "bob1")).toBe(false);
  expect(await heldOf(store, "bob")).not.toContain("bob1");
});
