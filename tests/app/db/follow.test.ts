import "fake-indexeddb/auto";
import { expect, onTestFinished, test, vi } from "vitest";

import { follow, REST_MS_MAX } from "../../../app/db/follow.ts";
import { entriesOf } from "../../../app/db/tables.ts";
import { entry, openRows } from "./rows.ts";

const COMMITS = 60;

async function followed() {
  const entries = entriesOf(await openRows());
  const told: number[] = [];
  let readings = 0;
  const failed = vi.fn<(error: unknown) => void>();
  const read = async (): Promise<number> => {
    readings += 1;
    return await entries.count();
  };
  const stop = follow(read, (count) => told.push(count), failed);
  onTestFinished(stop);
  return { entries, told, failed, stop, readings: () => readings };
}

test("[AFO1] tells what is there, and each change that comes alone", async () => {
  const { entries, told } = await followed();
  await vi.waitFor(() => expect(told).toEqual([0]));
  await entries.add(entry(1));
  await vi.waitFor(() => expect(told).toEqual([0, 1]));
  await entries.add(entry(2));
  await vi.waitFor(() => expect(told).toEqual([0, 1, 2]));
});

test("[AFO2] reads far less often than rows change", async () => {
  const { entries, told, readings } = await followed();
  const fromMs = performance.now();
  for (let i = 1; i <= COMMITS; i += 1) await entries.add(entry(i));
  await vi.waitFor(() => expect(told.at(-1)).toBe(COMMITS), { timeout: 10 * REST_MS_MAX });
  // At least a frame lies between two of them.
  expect(readings()).toBeLessThan((performance.now() - fromMs) / 16 + 2);
  expect(readings()).toBeLessThan(COMMITS / 2);
});

test("[AFO3] tells every reading, and the last change among them", async () => {
  const { entries, told, failed, readings } = await followed();
  for (let i = 1; i <= COMMITS; i += 1) await entries.add(entry(i));
  await vi.waitFor(() => expect(told.at(-1)).toBe(COMMITS), { timeout: 10 * REST_MS_MAX });
  expect(told).toHaveLength(readings());
  expect(told).toEqual(told.toSorted((x, y) => x - y));
  expect(failed).not.toHaveBeenCalled();
});

test("[AFO3] tells nothing after its end, and a failure to who asked", async () => {
  const { entries, told, stop } = await followed();
  await vi.waitFor(() => expect(told).toEqual([0]));
  stop();
  const failed = vi.fn<(error: unknown) => void>();
  onTestFinished(follow(() => Promise.reject(new Error("no")), expect.unreachable, failed));
  await entries.add(entry(1));
  await vi.waitFor(() => expect(failed).toHaveBeenCalledWith(new Error("no")));
  expect(told).toEqual([0]);
});
