import fc from "fast-check";
import { expect, test } from "vitest";

import { openMemoryStore } from "../../../sync/store/memory-store.ts";
import { remembering } from "../../../sync/store/remembering.ts";
import type { Store, WriteTx } from "../../../sync/store/store.ts";
import { anyWrites, historyOf } from "../../contract/store-histories.ts";
import { channelRow, entryRow, heldRow, peerChainRow } from "./rows.ts";

/** A store whose writes remember. */
function rememberingStore(): Store {
  const store = openMemoryStore();
  return { ...store, write: (names, work) => store.write(names, (tx) => remembering(tx, work)) };
}

/** How often each method of a transaction was asked during `work`. */
async function countingWrite(
  store: Store,
  work: (tx: WriteTx) => Promise<void>,
): Promise<Readonly<Record<string, number>>> {
  const asked: Record<string, number> = {};
  await store.write(["channels", "entries", "held", "peerChains"], async (tx) => {
    const counting = Object.fromEntries(
      Object.entries(tx).map(([name, method]) => [
        name,
        (...args: never[]): unknown => {
          asked[name] = (asked[name] ?? 0) + 1;
          return (method as (...args: never[]) => unknown)(...args);
        },
      ]),
    ) as unknown as WriteTx;
    await remembering(counting, work);
  });
  return asked;
}

test("[RM1] answers and leaves behind what a plain write does", async () => {
  const property = fc.asyncProperty(anyWrites, async (writes) => {
    const plain = await historyOf(openMemoryStore(), writes);
    expect(await historyOf(rememberingStore(), writes)).toEqual(plain);
  });
  await fc.assert(property, { numRuns: 500 });
});

test("[RM1] a chain that moves on is found under its tag by asking once", async () => {
  const store = openMemoryStore();
  await store.write(["peerChains"], (tx) => tx.put("peerChains", peerChainRow(["0a"])));
  const asked = await countingWrite(store, async (tx) => {
    for (let at = 0; at < 10; at++) {
      const row = await tx.find("peerChains", "tags", "0a");
      expect(row?.account).toBe(at === 0 ? peerChainRow([]).account : `${at - 1}`);
      await tx.put("peerChains", { ...row!, account: `${at}` });
    }
  });
  expect(asked).toEqual({ find: 1, putAll: 1 });
});

test("[RM1] a session that takes another tag is found under that one alone", async () => {
  const store = openMemoryStore();
  await store.write(["peerChains"], (tx) => tx.put("peerChains", peerChainRow(["0a"])));
  await countingWrite(store, async (tx) => {
    const row = await tx.find("peerChains", "tags", "0a");
    await tx.put("peerChains", { ...row!, tags: ["0b"] });
    expect(await tx.find("peerChains", "tags", "0a")).toBe(undefined);
    expect(await tx.find("peerChains", "tags", "0b")).toEqual({ ...row!, tags: ["0b"] });
  });
});

test("[RM2] a row that changes ten times in its place is read once and put once", async () => {
  const store = openMemoryStore();
  await store.write(["channels"], (tx) => tx.put("channels", channelRow("0a")));
  const asked = await countingWrite(store, async (tx) => {
    for (let at = 0; at < 10; at++) {
      const row = await tx.get("channels", 1);
      expect(row?.unread).toBe(at);
      await tx.put("channels", { ...row!, unread: at + 1 });
    }
  });
  expect(asked).toEqual({ get: 1, putAll: 1 });
  expect((await store.read(["channels"], (tx) => tx.get("channels", 1)))?.unread).toBe(10);
});

test("[RM2] when the work throws, nothing of it is left", async () => {
  const store = rememberingStore();
  const writing = store.write(["entries", "held"], async (tx) => {
    await tx.put("entries", entryRow({ c: 1, a: 1, s: 1 }));
    await tx.put("held", heldRow("0a"));
    throw new Error("on purpose");
  });
  await expect(writing).rejects.toThrow("on purpose");
  expect(await store.read(["held"], (tx) => tx.count("held", "primary", {}))).toBe(0);
});
