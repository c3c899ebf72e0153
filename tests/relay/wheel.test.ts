import { expect, test } from "vitest";

import { TICK_MS } from "../../relay/limits.ts";
import { Wheel } from "../../relay/wheel.ts";

function opened() {
  const waiting: (() => void)[] = [];
  const wheel = new Wheel({
    after: (_, work) => {
      waiting.push(work);
      return () => {
        waiting.splice(waiting.indexOf(work), 1);
      };
    },
  });
  const tick = (): void => waiting.shift()?.();
  return { wheel, waiting, tick };
}

test("[WH1] calls a deadline when it is due, and again when it asks for it", () => {
  const { wheel, tick, waiting } = opened();
  const calls: number[] = [];
  wheel.at(2_500, (nowMs) => {
    calls.push(nowMs);
    return calls.length < 3 ? nowMs + 1 : null;
  });
  for (let count = 0; count < 10; count += 1) tick();
  expect(calls).toEqual([3 * TICK_MS, 4 * TICK_MS, 5 * TICK_MS]);
  expect(waiting).toEqual([]);
});

test("[WH2] stands still while nothing waits, and runs one timer for all", () => {
  const { wheel, waiting, tick } = opened();
  expect(waiting).toHaveLength(0);
  for (let count = 0; count < 100; count += 1) wheel.at(1_000, () => null);
  expect(waiting).toHaveLength(1);
  tick();
  expect([waiting.length, wheel.nowMs]).toEqual([0, TICK_MS]);
  wheel.at(0, () => null);
  wheel.stop();
  expect(waiting).toHaveLength(0);
});

test("[WH3] a deadline that sets another in the same tick loses neither", () => {
  const { wheel, tick } = opened();
  const calls: string[] = [];
  wheel.at(1_000, () => {
    wheel.at(0, () => {
      calls.push("inner");
      return null;
    });
    calls.push("outer");
    return null;
  });
  tick();
  tick();
  expect(calls).toEqual(["outer", "inner"]);
});
