import { describe, expect, test } from "vitest";

import { Bug } from "../../crypto/base/assert.ts";
import type { TableName } from "../../sync/store/rows.ts";
import { StorageError, type Store, type WriteTx } from "../../sync/store/store.ts";
import {
  channelRow,
  entryRow,
  heldRow,
  logRow,
  metaRow,
  peerChainRow,
} from "../sync/store/rows.ts";
import { values } from "./store-values.contract.ts";

/** `reopen` closes the store and opens what its medium kept; absent for a store that forgets. */
export type OpenedStore = { readonly store: Store; readonly reopen?: () => Promise<Store> };

/** The contract of `sync/store/store.ts`, for whoever implements it. */
export function storeContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`contract of ${name}`, () => {
    atomicity(open);
    order(open);
    uniqueness(open);
    values(open);
    borders(open);
  });
}

type Open = () => Promise<OpenedStore>;

const entriesOf = async (store: Store, index: string, range = {}): Promise<readonly string[]> =>
  store.read(["entries"], async (tx) =>
    (await tx.range("entries", index, range)).map((it) => `${it.c}/${it.a}/${it.s}`),
  );

async function putAll(store: Store, table: TableName, rows: readonly never[]): Promise<void> {
  await store.write([table], async (tx) => {
    for (const row of rows) await tx.put(table, row);
  });
}

const failWith = async (store: Store, work: (tx: WriteTx) => Promise<unknown>): Promise<unknown> =>
  store
    .write(["meta", "entries", "channels"], async (tx) => {
      await work(tx);
      throw new Error("changed my mind");
    })
    .catch((error: unknown) => error);

function atomicity(open: Open): void {
  test("[ST1] a write that throws leaves nothing behind, and its error comes out", async () => {
    const { store } = await open();
    await putAll(store, "meta", [metaRow("a", 1), metaRow("b", 2)] as never[]);
    const thrown = await failWith(store, async (tx) => {
      await tx.put("meta", metaRow("a", "changed"));
      await tx.put("meta", metaRow("c", "new"));
      await tx.delete("meta", "b");
      await tx.put("entries", entryRow({ c: 1, a: 1, s: 1 }));
    });
    expect(thrown).toEqual(new Error("changed my mind"));
    const rows = await store.read(["meta", "entries"], async (tx) => [
      ...(await tx.range("meta", "primary", {})),
      ...(await tx.range("entries", "timeline", {})),
    ]);
    expect(rows).toEqual([metaRow("a", 1), metaRow("b", 2)]);
    await store[Symbol.asyncDispose]();
  });

  test("[ST1] a write that throws gives its generated numbers back", async () => {
    const { store } = await open();
    await failWith(store, async (tx) => tx.put("channels", channelRow("01")));
    const c = await store.write(["channels"], async (tx) => tx.put("channels", channelRow("02")));
    expect(c).toBe(1);
    await store[Symbol.asyncDispose]();
  });

  test("[ST1] a reader beside a write sees none or all of it", async () => {
    const { store } = await open();
    const seen: number[] = [];
    const count = async (): Promise<void> => {
      const rows = await store.read(["meta"], async (tx) => {
        const before = await tx.count("meta", "primary", {});
        await tx.get("meta", "0");
        return [before, await tx.count("meta", "primary", {})];
      });
      seen.push(...rows);
    };
    const write = store.write(["meta"], async (tx) => {
      for (let i = 0; i < 10; i++) await tx.put("meta", metaRow(String(i), i));
    });
    await Promise.all([count(), write, count()]);
    await count();
    expect(seen.filter((it) => it !== 0 && it !== 10)).toEqual([]);
    expect(seen.at(-1)).toBe(10);
    await store[Symbol.asyncDispose]();
  });

  test("[ST2] what a settled write put is there after a restart", async () => {
    const { store, reopen } = await open();
    await putAll(store, "entries", [entryRow({ c: 1, a: 2, s: 3 })] as never[]);
    await store.write(["channels"], async (tx) => tx.put("channels", channelRow("01")));
    const again = (await reopen?.()) ?? store;
    expect(await entriesOf(again, "arrival")).toEqual(["1/2/3"]);
    const found = await again.read(["channels"], async (tx) => tx.find("channels", "id", "01"));
    expect(found).toEqual(channelRow("01", { c: 1 }));
    const next = await again.write(["channels"], async (tx) =>
      tx.put("channels", channelRow("02")),
    );
    expect(next).toBe(2);
    await again[Symbol.asyncDispose]();
  });

  test("[ST3] a write sees what it wrote itself", async () => {
    const { store } = await open();
    const seen = await store.write(["logs"], async (tx) => {
      const a = await tx.put("logs", logRow("0a"));
      await tx.put("logs", logRow("0b", { c: 2 }));
      await tx.delete("logs", a);
      return [
        a,
        await tx.get("logs", a),
        (await tx.find("logs", "log", "0b"))?.a,
        await tx.count("logs", "channel", { lower: 1 }),
      ];
    });
    expect(seen).toEqual([1, undefined, 2, 1]);
    await store[Symbol.asyncDispose]();
  });

  test("[ST3] writes run one after the other, in the order they were asked for", async () => {
    const { store } = await open();
    const steps: string[] = [];
    const step = async (table: "meta" | "seen", who: string): Promise<void> =>
      store.write([table], async (tx) => {
        steps.push(`${who} begins`);
        for (let i = 0; i < 3; i++) await tx.get(table, who);
        steps.push(`${who} ends`);
      });
    await Promise.all([step("meta", "a"), step("seen", "b"), step("meta", "c")]);
    expect(steps).toEqual(["a", "b", "c"].flatMap((who) => [`${who} begins`, `${who} ends`]));
    await store[Symbol.asyncDispose]();
  });

  test("[ST3] counting up in forty writes at once loses no step", async () => {
    const { store } = await open();
    const up = async (): Promise<void> =>
      store.write(["meta"], async (tx) => {
        const row = await tx.get("meta", "n");
        await tx.put("meta", metaRow("n", Number(row?.v ?? 0) + 1));
      });
    await Promise.all(Array.from({ length: 40 }, up));
    expect(await store.read(["meta"], async (tx) => tx.get("meta", "n"))).toEqual(metaRow("n", 40));
    await store[Symbol.asyncDispose]();
  });
}

function order(open: Open): void {
  const entries = [
    entryRow({ c: 1, a: 1, s: 1, h: 30, arr: 1 }),
    entryRow({ c: 1, a: 1, s: 2, h: 20, arr: 2 }),
    entryRow({ c: 1, a: 2, s: 1, h: 20, arr: 3 }),
    entryRow({ c: 1, a: 2, s: 10, h: 20, arr: 4, shown: 0 }),
    entryRow({ c: 2, a: 3, s: 1, h: 5, arr: 1 }),
    entryRow({ c: 10, a: 4, s: 1, h: 1, arr: 1 }),
  ] as never[];

  test.each([
    ["everything by primary key", "primary", {}, "1/1/1 1/1/2 1/2/1 1/2/10 2/3/1 10/4/1"],
    ["downwards", "primary", { reverse: true, limit: 2 }, "10/4/1 2/3/1"],
    ["a prefix, both ends", "timeline", { lower: [1, 1], upper: [1, 1] }, "1/1/2 1/2/1 1/1/1"],
    [
      "a prefix from its end",
      "timeline",
      { lower: [1, 1], upper: [1, 1], reverse: true, limit: 2 },
      "1/1/1 1/2/1",
    ],
    ["whole keys, both included", "arrival", { lower: [1, 2], upper: [1, 3] }, "1/1/2 1/2/1"],
    ["an open lower end", "arrival", { upper: [1, 1] }, "1/1/1"],
    ["an open upper end", "arrival", { lower: [1, 4] }, "1/2/10 2/3/1 10/4/1"],
    ["a lower end of the primary key", "primary", { lower: [1, 2, 2] }, "1/2/10 2/3/1 10/4/1"],
    ["nothing between ends that crossed", "arrival", { lower: [2], upper: [1] }, ""],
    ["nothing with limit 0", "primary", { limit: 0 }, ""],
  ])("[ST4] range reads %s", async (_, index, range, expected) => {
    const { store } = await open();
    await putAll(store, "entries", entries);
    const read = await entriesOf(store, index, range);
    expect(read.join(" ")).toBe(expected);
    const count = await store.read(["entries"], async (tx) => tx.count("entries", index, range));
    expect(count).toBe(read.length);
    await store[Symbol.asyncDispose]();
  });

  test("[ST4] equal keys come in the order of the primary key, and backwards backwards", async () => {
    const { store } = await open();
    const rows = ["c", "a", "b"].map((env) => heldRow(env));
    await putAll(store, "held", [...rows, heldRow("d", { tag: "ff" })] as never[]);
    const read = async (reverse: boolean): Promise<readonly string[]> =>
      store.read(["held"], async (tx) =>
        (await tx.range("held", "tag", { lower: "00", upper: "00", reverse })).map((it) => it.env),
      );
    expect(await read(false)).toEqual(["a", "b", "c"]);
    expect(await read(true)).toEqual(["c", "b", "a"]);
    const first = await store.read(["held"], async (tx) => tx.find("held", "tag", "00"));
    expect(first?.env).toBe("a");
    await store[Symbol.asyncDispose]();
  });

  test("[ST4] a list is indexed by its items, and anew when it changes", async () => {
    const { store } = await open();
    const rows = [peerChainRow(["t1", "t2", "t1"]), peerChainRow(["t2"])] as never[];
    await putAll(store, "peerChains", rows);
    const numbersOf = async (tag: string): Promise<unknown> =>
      store.read(["peerChains"], async (tx) =>
        (await tx.range("peerChains", "tags", { lower: tag, upper: tag })).map((it) => it.n),
      );
    expect([await numbersOf("t1"), await numbersOf("t2")]).toEqual([[1], [1, 2]]);
    await putAll(store, "peerChains", [peerChainRow(["t3"], { n: 1 })] as never[]);
    expect([await numbersOf("t1"), await numbersOf("t2"), await numbersOf("t3")]).toEqual([
      [],
      [2],
      [1],
    ]);
    await store[Symbol.asyncDispose]();
  });
}

function uniqueness(open: Open): void {
  test("[ST5] a second row of a unique index is refused, and its write with it", async () => {
    const { store } = await open();
    await putAll(store, "channels", [channelRow("01")] as never[]);
    const write = store.write(["channels"], async (tx) => {
      await tx.put("channels", channelRow("02"));
      await tx.put("channels", channelRow("01"));
    });
    await expect(write).rejects.toEqual(new StorageError("failed"));
    const ids = await store.read(["channels"], async (tx) => tx.range("channels", "primary", {}));
    expect(ids.map((it) => it.id)).toEqual(["01"]);
    await store[Symbol.asyncDispose]();
  });

  test("[ST5] swallowing the refusal does not save the write", async () => {
    const { store } = await open();
    await putAll(store, "channels", [channelRow("01")] as never[]);
    const write = store.write(["channels"], async (tx) => {
      await tx.put("channels", channelRow("02"));
      await tx.put("channels", channelRow("01")).catch(() => undefined);
    });
    await expect(write).rejects.toEqual(new StorageError("failed"));
    expect(await store.read(["channels"], async (tx) => tx.count("channels", "primary", {}))).toBe(
      1,
    );
    await store[Symbol.asyncDispose]();
  });

  test("[ST5] a row may keep its place in a unique index, or leave it to another", async () => {
    const { store } = await open();
    await putAll(store, "channels", [channelRow("01"), channelRow("02")] as never[]);
    await store.write(["channels"], async (tx) => {
      await tx.put("channels", channelRow("01", { c: 1, unread: 5 }));
      await tx.put("channels", channelRow("03", { c: 2 }));
      await tx.put("channels", channelRow("02"));
    });
    const found = await store.read(["channels"], async (tx) => [
      (await tx.find("channels", "id", "01"))?.unread,
      (await tx.find("channels", "id", "02"))?.c,
      (await tx.find("channels", "id", "03"))?.c,
    ]);
    expect(found).toEqual([5, 3, 2]);
    await store[Symbol.asyncDispose]();
  });

  test("[ST5] a generated number is never used twice, not even the last one deleted", async () => {
    const { store } = await open();
    const numbers = await store.write(["channels"], async (tx) => {
      const first = await tx.put("channels", channelRow("01"));
      await tx.delete("channels", first);
      const second = await tx.put("channels", channelRow("02"));
      await tx.put("channels", channelRow("03", { c: 7 }));
      return [first, second, await tx.put("channels", channelRow("04"))];
    });
    expect(numbers).toEqual([1, 2, 8]);
    await store[Symbol.asyncDispose]();
  });
}

function borders(open: Open): void {
  const bugs: readonly (readonly [string, (tx: WriteTx) => Promise<unknown>])[] = [
    ["reading a table it did not name", (tx) => tx.get("seen", "00")],
    ["ranging over a table it did not name", (tx) => tx.range("seen", "at", {})],
    ["counting a table it did not name", (tx) => tx.count("seen", "at", {})],
    ["writing a table it did not name", (tx) => tx.put("invites", {} as never)],
    ["deleting in a table it did not name", (tx) => tx.delete("seen", "00")],
    ["asking an index that is not there", (tx) => tx.range("entries", "text", {})],
    ["a part of a primary key", (tx) => tx.get("entries", [1, 2])],
    ["a key that is not a number", (tx) => tx.find("entries", "arrival", [1, Number.NaN])],
    ["a row without its key", (tx) => tx.put("meta", { v: 1 } as never)],
    ["a limit below nothing", (tx) => tx.range("meta", "primary", { limit: -1 })],
  ];
  test.each(bugs)("[ST7] %s is a Bug, and undoes the write", async (_, mistake) => {
    const { store } = await open();
    const write = store.write(["meta", "entries"], async (tx) => {
      await tx.put("meta", metaRow("a", 1));
      await mistake(tx).catch(() => undefined);
    });
    await expect(write).rejects.toThrow(Bug);
    expect(await store.read(["meta"], async (tx) => tx.count("meta", "primary", {}))).toBe(0);
    await store[Symbol.asyncDispose]();
  });

  test("[ST7] a transaction that is over takes nothing more, a read writes nothing", async () => {
    const { store } = await open();
    const over = await store.write(["meta"], async (tx) => ({ tx }));
    await expect(over.tx.put("meta", metaRow("a", 1))).rejects.toThrow(Bug);
    const reads = store.read(["meta"], async (tx) =>
      (tx as WriteTx).put("meta", metaRow("a", 1)).catch(() => undefined),
    );
    await expect(reads).rejects.toThrow(Bug);
    expect(await store.read(["meta"], async (tx) => tx.count("meta", "primary", {}))).toBe(0);
    await store[Symbol.asyncDispose]();
  });

  test("[ST8] a store that was closed says that it is gone", async () => {
    const { store } = await open();
    await store[Symbol.asyncDispose]();
    const gone = new StorageError("gone");
    await expect(store.read(["meta"], async (tx) => tx.get("meta", "a"))).rejects.toEqual(gone);
    await expect(store.write(["meta"], async () => 1)).rejects.toEqual(gone);
  });
}
