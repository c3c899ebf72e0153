/** Rows are values: the part of the store's contract that says what goes in and what comes out. */
import { expect, test } from "vitest";

import { Bug } from "../../crypto/base/assert.ts";
import { StorageError } from "../../sync/store/store.ts";
import { channelRow, metaRow, peerChainRow } from "../sync/store/rows.ts";
import type { OpenedStore } from "./store.contract.ts";

export function values(open: () => Promise<OpenedStore>): void {
  test("[ST6] changing what was put, or what was read, changes nothing", async () => {
    const { store } = await open();
    const row = { k: "a", v: { bytes: Uint8Array.of(1, 2), list: [{ n: 1 }], text: "x" } };
    await store.write(["meta"], async (tx) => {
      const put = tx.put("meta", row);
      row.v.bytes.fill(0);
      row.v.list.push({ n: 2 });
      row.v.text = "y";
      await put;
    });
    const expected = { bytes: Uint8Array.of(1, 2), list: [{ n: 1 }], text: "x" };
    const read = async (): Promise<typeof row> =>
      store.read(["meta"], async (tx) => (await tx.get("meta", "a")) as typeof row);
    const first = await read();
    expect(first.v).toEqual(expected);
    first.v.bytes.fill(9);
    first.v.list.pop();
    expect((await read()).v).toEqual(expected);
    const [ranged] = await store.read(["meta"], async (tx) => tx.range("meta", "primary", {}));
    (ranged as typeof row).v.bytes.fill(9);
    expect((await read()).v).toEqual(expected);
    await store[Symbol.asyncDispose]();
  });

  test("[ST6] changing a row right after it was put and numbered changes nothing", async () => {
    const { store } = await open();
    const state = { chainKey: Uint8Array.of(1, 2) };
    const row = peerChainRow(["t"], { state: state as never });
    await store.write(["peerChains"], async (tx) => {
      const put = tx.put("peerChains", row);
      state.chainKey.fill(0);
      await put;
    });
    const found = await store.read(["peerChains"], async (tx) => tx.get("peerChains", 1));
    expect(found?.state).toEqual({ chainKey: Uint8Array.of(1, 2) });
    await store[Symbol.asyncDispose]();
  });

  test("[ST3] [ST5] [ST6] rows that are put together are put in order, whole or not at all", async () => {
    const { store } = await open();
    const row = { k: "a", v: { bytes: Uint8Array.of(1, 2) } };
    await store.write(["meta"], async (tx) => {
      const put = tx.putAll("meta", [metaRow("b", 1), row, metaRow("b", 2)]);
      row.v.bytes.fill(0);
      await put;
      expect(await tx.get("meta", "b")).toEqual(metaRow("b", 2));
    });
    const found = await store.read(["meta"], async (tx) => tx.range("meta", "primary", {}));
    expect(found).toEqual([{ k: "a", v: { bytes: Uint8Array.of(1, 2) } }, metaRow("b", 2)]);
    const twins = [channelRow("01", { c: 1 }), channelRow("01", { c: 2 })];
    const write = store.write(["channels"], (tx) => tx.putAll("channels", twins));
    await expect(write).rejects.toThrow(StorageError);
    expect(await store.read(["channels"], async (tx) => tx.count("channels", "primary", {}))).toBe(
      0,
    );
    const unkeyed = store.write(["channels"], (tx) => tx.putAll("channels", [channelRow("02")]));
    await expect(unkeyed).rejects.toThrow(Bug);
    await store[Symbol.asyncDispose]();
  });

  test("[ST6] putting a row without its generated number does not write into it", async () => {
    const { store } = await open();
    const row = channelRow("01");
    await store.write(["channels"], async (tx) => tx.put("channels", row));
    expect(row.c).toBe(undefined);
    await store[Symbol.asyncDispose]();
  });

  test.each([
    ["null, booleans, fractions and an undefined", { a: null, b: true, c: 0.1, d: undefined }],
    ["numbers at the ends of what is exact", [2 ** 53 - 1, -(2 ** 53) + 1, 2 ** 60, -0.5, 1e300]],
    ["bytes inside of lists, also none", [[Uint8Array.of(0, 255)], new Uint8Array(0)]],
    ["text of every plane, also none", ["", "\u0000\u{1F600}e\u0301\uFFFD", "\u202Eabc"]],
    ["an object without fields", {}],
  ])("[ST6] gives back %s as it was put", async (_, v) => {
    const { store } = await open();
    await store.write(["meta"], async (tx) => tx.put("meta", metaRow("a", v)));
    const row = await store.read(["meta"], async (tx) => tx.get("meta", "a"));
    expect(row).toStrictEqual(metaRow("a", v));
    await store[Symbol.asyncDispose]();
  });
}
