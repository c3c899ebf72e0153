/**
 * What a device may do to its store, at random, and what the store answers. Memory (on which the
 * simulator runs) and IndexedDB (on which people's devices run) must answer alike: in Node by
 * equal-stores.test.ts, in real browsers by tests/e2e/store.spec.ts.
 */
import fc from "fast-check";

import type { TableName } from "../../sync/store/rows.ts";
import type { Key, Range, Store, WriteTx } from "../../sync/store/store.ts";
import { TABLES } from "../../sync/store/tables.ts";
import { channelRow, entryRow, heldRow, logRow, peerChainRow } from "../sync/store/rows.ts";

const NAMES = ["channels", "entries", "held", "logs", "peerChains"] as const;
type Name = (typeof NAMES)[number];

type Step =
  | { readonly type: "put"; readonly table: Name; readonly row: never }
  | { readonly type: "delete"; readonly table: Name; readonly key: Key }
  | { readonly type: "get"; readonly table: Name; readonly key: Key }
  | {
      readonly type: "range" | "count";
      readonly table: Name;
      readonly index: string;
      readonly range: Range;
    }
  | { readonly type: "find"; readonly table: Name; readonly index: string; readonly key: Key };
/** `fails`: it throws after its steps. */
export type Write = { readonly steps: readonly Step[]; readonly fails: boolean };

const small = fc.integer({ min: 1, max: 3 });
const anyId = fc.constantFrom("0a", "0b", "0c");
const maybe = <T>(it: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(it, { nil: undefined });
const omitUndefined = <T extends object>(row: T): T =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined)) as T;

const anyRow: Record<Name, fc.Arbitrary<unknown>> = {
  channels: fc
    .record({ c: maybe(small), id: anyId, lastH: small })
    .map(({ id, ...row }) => channelRow(id, omitUndefined(row) as object)),
  entries: fc
    .record({ c: small, a: small, s: small, h: small, arr: small, shown: fc.constantFrom(0, 1) })
    .map((row) => entryRow(row as never)),
  held: fc.record({ env: anyId, tag: anyId, atMs: small }).map((row) => heldRow(row.env, row)),
  logs: fc
    .record({ a: maybe(small), log: anyId, c: small })
    .map(({ log, ...row }) => logRow(log, omitUndefined(row) as object)),
  peerChains: fc
    .record({ n: maybe(small), tags: fc.array(anyId, { maxLength: 3 }), receivedAtMs: small })
    .map(({ tags, ...row }) => peerChainRow(tags, omitUndefined(row) as object)),
};
const anyPart = fc.oneof(small, anyId);
const anyBound = fc.oneof(anyPart, fc.array(anyPart, { maxLength: 5 }));
const anyRange: fc.Arbitrary<Range> = fc
  .record({
    lower: maybe(anyBound),
    upper: maybe(anyBound),
    reverse: fc.boolean(),
    limit: maybe(fc.nat(3)),
  })
  .map((range) => omitUndefined(range) as Range);
const keyOf = (table: Name): fc.Arbitrary<Key> =>
  table === "entries" ? fc.tuple(small, small, small) : table === "held" ? anyId : small;

const anyStep: fc.Arbitrary<Step> = fc.constantFrom(...NAMES).chain((table) => {
  const indexes = ["primary", ...Object.keys(TABLES[table].indexes)];
  const asked = fc.record({
    type: fc.constantFrom("range" as const, "count" as const),
    table: fc.constant(table),
    index: fc.constantFrom(...indexes),
    range: anyRange,
  });
  const found = fc.record({
    type: fc.constant("find" as const),
    table: fc.constant(table),
    index: fc.constantFrom(...indexes),
    key: anyBound,
  });
  const keyed = fc.record({
    type: fc.constantFrom("delete" as const, "get" as const),
    table: fc.constant(table),
    key: keyOf(table),
  });
  const put = fc.record({
    type: fc.constant("put" as const),
    table: fc.constant(table),
    row: anyRow[table] as fc.Arbitrary<never>,
  });
  return fc.oneof({ arbitrary: put, weight: 3 }, keyed, found, { arbitrary: asked, weight: 2 });
});
export const anyWrites: fc.Arbitrary<readonly Write[]> = fc.array(
  fc.record({
    steps: fc.array(anyStep, { maxLength: 8 }),
    fails: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6 },
);

async function take(tx: WriteTx, step: Step): Promise<unknown> {
  if ("row" in step) return tx.put(step.table, step.row);
  if (step.type === "find") return tx.find(step.table, step.index, step.key);
  if ("key" in step) return tx[step.type](step.table, step.key);
  return tx[step.type](step.table, step.index, step.range);
}

/**
 * Uses up the numbers that rows bring along: fake-indexeddb does not take back what such a row did to
 * the generator when its write fails. (Browsers do: tests/e2e/store.spec.ts.)
 */
export async function countToThree(store: Store): Promise<void> {
  await store.write([...NAMES], async (tx) => {
    for (const n of [1, 2, 3]) {
      await tx.put("channels", channelRow(`c${n}`));
      await tx.put("logs", logRow(`a${n}`));
      await tx.put("peerChains", peerChainRow([]));
    }
  });
}

/** Everything that the store answers, then everything that is in it. */
export async function historyOf(
  store: Store,
  writes: readonly Write[],
): Promise<readonly unknown[]> {
  const history: unknown[] = [];
  for (const { steps, fails } of writes) {
    const work = async (tx: WriteTx): Promise<void> => {
      for (const step of steps) history.push(await take(tx, step));
      if (fails) throw new Error("fails");
    };
    await store.write([...NAMES], work).catch((error: Error) => history.push(error.message));
  }
  for (const table of NAMES as readonly TableName[]) {
    for (const index of ["primary", ...Object.keys(TABLES[table].indexes)]) {
      history.push(await store.read([table], async (tx) => tx.range(table, index, {})));
    }
  }
  return history;
}
