import { expect, test } from "vitest";

import { CATCH_UP_MS_MAX, openCatchUp } from "../../sync/catch-up.ts";
import { HeldTimers } from "./transport/held-timers.ts";

function held() {
  const timers = new HeldTimers(0);
  let ended = 0;
  const catchUp = openCatchUp(timers, () => {
    ended += 1;
  });
  return { timers, catchUp, ended: () => ended };
}

test("[OB14] it ends with what waited, and begins again with the next connection alone", () => {
  const { catchUp, ended } = held();
  expect(catchUp.isOn()).toBe(false);
  catchUp.begin();
  expect(catchUp.isOn()).toBe(true);
  catchUp.done();
  expect([catchUp.isOn(), ended()]).toEqual([false, 1]);
  catchUp.begin();
  catchUp.done();
  expect([catchUp.isOn(), ended()]).toEqual([false, 1]);
  catchUp.away();
  catchUp.begin();
  expect(catchUp.isOn()).toBe(true);
  catchUp.away();
  expect([catchUp.isOn(), ended()]).toEqual([false, 2]);
});

test("[OB14] it lasts ten seconds at most, however often the relay answers nothing", async () => {
  const { catchUp, ended, timers } = held();
  catchUp.begin();
  await timers.advance(CATCH_UP_MS_MAX - 1);
  catchUp.begin();
  expect(catchUp.isOn()).toBe(true);
  await timers.advance(1);
  expect([catchUp.isOn(), ended()]).toEqual([false, 1]);
  catchUp.begin();
  await timers.advance(CATCH_UP_MS_MAX);
  expect([catchUp.isOn(), ended()]).toEqual([false, 1]);
});

test("[OB14] a device that is closed waits for nothing", async () => {
  const { catchUp, ended, timers } = held();
  catchUp.begin();
  catchUp.close();
  await timers.advance(CATCH_UP_MS_MAX);
  expect([catchUp.isOn(), ended()]).toEqual([false, 0]);
});
