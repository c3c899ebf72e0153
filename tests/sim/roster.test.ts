/**
 * Groups as hostile members would wreck them, in numbers. `npm test` takes 20,000 graphs, always the
 * same; a million that nobody has seen:
 *
 *     ROSTER_GRAPHS=1000000 ROSTER_SEED=$(date +%s) npx vitest run --project slow tests/sim/roster
 */
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { ready } from "../../crypto/base/sodium.ts";
import { hostileGraphs } from "../sync/roster/hostile.ts";
import { checkAll, type Situations } from "../sync/roster/properties.ts";

const GRAPHS = Number(process.env["ROSTER_GRAPHS"] ?? 20_000);
const SEED = Number(process.env["ROSTER_SEED"] ?? 0);
/** On a machine that is busy. */
const GRAPH_MS_MAX = 20;

beforeAll(() => ready);

const shuffledGraphs = hostileGraphs.chain((ops) =>
  fc.tuple(fc.constant(ops), fc.shuffledSubarray([...ops], { minLength: ops.length })),
);

test(
  `[RO26] [RO27] [RO28] ${GRAPHS} hostile graphs keep what the rules promise`,
  () => {
    const met: Situations = {};
    fc.assert(
      fc.property(shuffledGraphs, ([ops, shuffled]) => {
        for (const [name, count] of Object.entries(checkAll(ops, shuffled))) {
          met[name] = (met[name] ?? 0) + count;
        }
      }),
      { numRuns: GRAPHS, seed: SEED },
    );
    const { "ranks out of order": outOfOrder, ...wanted } = met;
    expect(outOfOrder).toBe(0);
    // What never happened was not tested.
    for (const [name, count] of Object.entries(wanted)) {
      expect({ name, isMet: count > 0 }).toEqual({ name, isMet: true });
    }
  },
  GRAPHS * GRAPH_MS_MAX,
);
