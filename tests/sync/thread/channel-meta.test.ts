import fc from "fast-check";
import { expect, test } from "vitest";

import type { MetaBody } from "../../../sync/entry/meta-body.ts";
import { mergedMeta, NO_META, withMeta } from "../../../sync/thread/channel-meta.ts";
import { EQUALS, type Judge } from "../../../sync/thread/judge.ts";
import type { Said } from "../../../sync/thread/said.ts";
import { anyBody } from "../entry/any-body.ts";
import { ada, bea, message, say, speaker } from "./talk.ts";

const SILENT: MetaBody = { title: null, topic: null, picture: null, history: null, timer: null };
const meta = (seq: number, body: Partial<MetaBody>, hEff = seq * 10, by = ada): Said =>
  say(by, seq, "meta", { ...SILENT, ...body }, { hEff });

test("[MO18] of each field the last word holds, and silence changes nothing", () => {
  const said = [
    meta(2, { title: "Trip", topic: "When?" }),
    meta(3, { title: "Our trip" }),
    meta(4, { topic: "", timer: { lifetimeMs: 60_000, from: "read" } }),
  ];
  const is = said.reduce((all, it) => withMeta(all, it, EQUALS), NO_META);
  expect(is.title?.value).toBe("Our trip");
  expect(is.topic?.value).toBe("");
  expect(is.timer?.value.lifetimeMs).toBe(60_000);
  expect(is.picture).toBeNull();
});

test("[MO18] no order of arrival and no repetition changes it", () => {
  const list = fc
    .array(fc.record({ body: anyBody.meta, hEff: fc.nat(5), by: fc.integer({ min: 1, max: 3 }) }))
    .map((all) => all.map(({ body, hEff, by }, i) => meta(i + 2, body, hEff, speaker(by))));
  fc.assert(
    fc.property(
      list.chain((all) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
      ),
      ([all, order]) => {
        const fold = (these: readonly Said[]): unknown =>
          these.reduce((is, it) => withMeta(is, it, EQUALS), NO_META);
        expect(fold([...order, ...order.slice(0, 3)])).toEqual(fold(all));
        const [a, b] = [all.slice(0, 3), all.slice(3)].map((part) =>
          part.reduce((is, it) => withMeta(is, it, EQUALS), NO_META),
        );
        expect(mergedMeta(a ?? NO_META, b ?? NO_META)).toEqual(fold(all));
      },
    ),
  );
});

test("[MO18] who has no right to it, or is not heard, changes nothing", () => {
  const said = meta(2, { title: "Mine" }, 20, bea);
  const [silent, cut]: readonly Judge[] = [
    { ...EQUALS, describes: ({ account }) => account !== bea.account },
    { ...EQUALS, accepts: ({ account }) => account !== bea.account },
  ];
  expect(withMeta(NO_META, said, silent ?? EQUALS)).toBe(NO_META);
  expect(withMeta(NO_META, said, cut ?? EQUALS)).toBe(NO_META);
  expect(withMeta(NO_META, said, EQUALS).title?.value).toBe("Mine");
  expect(withMeta(NO_META, message(ada, 1), EQUALS)).toBe(NO_META);
  expect(withMeta(NO_META, { ...said, body: null }, EQUALS)).toBe(NO_META);
});
