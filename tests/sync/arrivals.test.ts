import { expect, test } from "vitest";

import { ARRIVED_MAX, Arrivals } from "../../sync/arrivals.ts";
import { msg } from "./session/played-relay.ts";

test("[RX15] what is delivered again while its first copy waits, or is taken in, is passed over", () => {
  const arrivals = new Arrivals();
  for (let n = 0; n < 1_000; n += 1) arrivals.add([msg(1), msg(2)]);
  expect(arrivals.size).toBe(2);
  const taken = arrivals.take();
  expect(taken.map((it) => it.id)).toEqual([1, 2]);
  arrivals.add([msg(2), msg(3)]);
  expect(arrivals.take().map((it) => it.id)).toEqual([3]);
});

test("[RX15] what could not be taken in may come again", () => {
  const arrivals = new Arrivals();
  arrivals.add([msg(1), msg(2)]);
  arrivals.done(arrivals.take());
  arrivals.add([msg(2)]);
  expect(arrivals.take().map((it) => it.id)).toEqual([2]);
});

test("[RX15] what is ephemeral has no number of its own, and waits for nobody", () => {
  const arrivals = new Arrivals();
  const live = msg(0, { isEphemeral: true });
  for (let n = 0; n < 2 * ARRIVED_MAX; n += 1) arrivals.add([live]);
  expect(arrivals.size).toBe(ARRIVED_MAX);
  arrivals.add([msg(1)]);
  expect(arrivals.size).toBe(ARRIVED_MAX + 1);
  arrivals.done(arrivals.take());
  arrivals.add([live]);
  expect(arrivals.size).toBe(1);
});
