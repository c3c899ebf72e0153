import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { openRun, type Run, RUN_SHAPE, runOf } from "../../../sync/backfill/run.ts";
import { decodeShaped, encodeShaped } from "../../../sync/cbor-shape.ts";
import {
  type Draft,
  type Entry,
  entryIdOf,
  signEntry,
  withoutBody,
} from "../../../sync/entry/entry.ts";
import { CHUNK_BYTES_MAX } from "../../../sync/wire/limits.ts";
import { decoderContract } from "../decoder.contract.ts";
import { filled, FIRST, signer } from "../entry/signed-entry.ts";

beforeAll(() => ready);

type Line = { readonly text: string; readonly ahead: number; readonly gone: boolean };

const lines: fc.Arbitrary<readonly Line[]> = fc.array(
  fc.record({
    text: fc.string({ maxLength: 40 }),
    ahead: fc.integer({ min: 1, max: 90_000_000 }),
    gone: fc.boolean(),
  }),
  { minLength: 2, maxLength: 12 },
);

/** A log as its author wrote it; some of it was deleted since. */
function logOf(written: readonly Line[]): readonly Entry[] {
  const { secretKey } = signer();
  const log: Entry[] = [];
  for (const { text, ahead, gone } of written) {
    const before = log.at(-1);
    const hlc = (before?.core.hlc ?? FIRST.hlc) + ahead;
    const draft: Draft = {
      ...FIRST,
      seq: log.length + 1,
      prev: before === undefined ? null : entryIdOf(before.coreBytes),
      hlc,
      deps: log.length === 1 ? [{ tag: filled(4, 4), seq: 9, hash8: filled(8, 5) }] : [],
      // Another device's clock may be ahead of ours.
      floor: before === undefined ? 0 : hlc + (log.length % 2 === 0 ? 5 : -5),
    };
    const body = new TextEncoder().encode(text);
    const { entry } = signEntry(draft, body, filled(16, log.length), secretKey);
    log.push(gone ? withoutBody(entry) : entry);
  }
  return log;
}

const open = (run: Run, nextPrev: Uint8Array | null = null): ReturnType<typeof openRun> =>
  openRun(run, FIRST.channel, signer().publicKey, nextPrev);

const decode = (bytes: Uint8Array) => decodeShaped(RUN_SHAPE, bytes, CHUNK_BYTES_MAX);
const encode = (run: Run): Uint8Array => encodeShaped(RUN_SHAPE, run);

decoderContract<Run, Run>("run", {
  values: lines.map((it) => runOf(logOf(it))),
  encode,
  decode,
});

test("[HY1] gives back every entry as it was signed, from any part of a log", () => {
  fc.assert(
    fc.property(lines, fc.nat(), (written, at) => {
      const log = logOf(written).slice(at % written.length);
      const opened = open(runOf(log));
      const last = log.length - 1;
      expect(opened).toEqual({
        ok: true,
        value: log.map((entry, i) => ({
          ...entry,
          signature: i === last ? entry.signature : null,
          id: entryIdOf(entry.coreBytes),
        })),
      });
    }),
  );
});

test("[HY2] needs no signature where the entry after it is held", () => {
  const log = logOf([
    { text: "a", ahead: 1, gone: false },
    { text: "b", ahead: 1, gone: true },
    { text: "c", ahead: 1, gone: false },
  ]);
  const run = { ...runOf(log.slice(0, 2)), signature: null };
  const nextPrev = log[2]?.core.prev ?? null;
  expect(open(run, nextPrev).ok).toBe(true);
  expect(open(run)).toEqual({ ok: false, error: { type: "RunForged" } });
  expect(open(run, filled(32, 1))).toEqual({ ok: false, error: { type: "RunForged" } });
});

test("[HY3] whatever is altered in a run makes it forged or malformed", () => {
  const log = logOf([
    { text: "one", ahead: 1, gone: false },
    { text: "two", ahead: 7, gone: true },
    { text: "three", ahead: 2, gone: false },
  ]);
  const bytes = encode(runOf(log));
  const uncovered = [...bytes.keys()].filter((at) => {
    const altered = bytes.with(at, (bytes[at] ?? 0) ^ 1);
    const run = decode(altered);
    return run.ok && open(run.value).ok;
  });
  expect(uncovered).toEqual([]);
  expect(openRun(runOf(log), FIRST.channel, signer(8).publicKey, null).ok).toBe(false);
  expect(openRun(runOf(log), filled(16, 9), signer().publicKey, null).ok).toBe(false);
});

test.each<[string, (run: Run) => Run]>([
  ["a clock past its range", (run) => ({ ...run, hlcBefore: Number.MAX_SAFE_INTEGER })],
  ["a floor below zero", (run) => withLag(run, Number.MAX_SAFE_INTEGER)],
  ["a first entry with a floor but no cause", (run) => withLag(run, 1)],
  ["a later entry without a floor", (run) => ({ ...run, first: 2, prev: filled(32, 1) })],
])("[HY4] refuses %s, and it is no Bug", (_, change) => {
  const run = change(runOf(logOf([{ text: "a", ahead: 1, gone: false }])));
  expect(open(run)).toEqual({ ok: false, error: { type: "RunMalformed" } });
});

const withLag = (run: Run, lag: number): Run => ({
  ...run,
  items: run.items.map((item) => ({ ...item, lag })),
});

test("[HY5] a short text costs about 37 bytes besides its body", () => {
  const written = Array.from({ length: 200 }, () => ({ text: "hello", ahead: 4_096, gone: false }));
  const log = logOf(written);
  const bodies = log.reduce((sum, it) => sum + (it.body?.length ?? 0), 0);
  const overhead = (encode(runOf(log)).length - bodies) / log.length;
  expect(overhead).toBeLessThan(40);
});
