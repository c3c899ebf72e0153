import { expect, test } from "vitest";

import { openLane } from "../../sync/lane.ts";
import { StorageError } from "../../sync/store/store.ts";

test("[DV1] jobs run one after the other, in the order in which they were given", async () => {
  const lane = openLane();
  const events: string[] = [];
  const job = (name: string, turns: number) => async (): Promise<string> => {
    events.push(`${name} begins`);
    for (let n = 0; n < turns; n += 1) await Promise.resolve();
    events.push(`${name} ends`);
    return name;
  };
  const done = await Promise.all([lane.run(job("slow", 9)), lane.run(job("quick", 1))]);
  expect(done).toEqual(["slow", "quick"]);
  expect(events).toEqual(["slow begins", "slow ends", "quick begins", "quick ends"]);
});

test("[DV1] a job that fails tells its own caller, and the next one runs", async () => {
  const lane = openLane();
  const failing = lane.run(() => Promise.reject(new Error("no")));
  const next = lane.run(() => Promise.resolve("yes"));
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe("yes");
});

test("[DV9] it is closed when every job so far has settled, and none begins after that", async () => {
  const lane = openLane();
  const events: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  void lane.run(() => promise).then(() => events.push("job"));
  const closed = lane.close().then(() => events.push("closed"));
  const late = lane.run(async () => events.push("late"));
  resolve();
  await expect(late).rejects.toThrow(StorageError);
  await closed;
  expect(events).toEqual(["job", "closed"]);
});

test("[HE20] what must come first is tried again before each later job, which fails as it does", async () => {
  const lane = openLane();
  const events: string[] = [];
  let isFull = true;
  const first = lane.first(async () => {
    events.push(isFull ? "full" : "first");
    if (isFull) throw new StorageError("full");
  });
  const early = lane.run(async () => events.push("early"));
  await expect(first).rejects.toThrow(StorageError);
  await expect(early).rejects.toThrow(StorageError);
  // What makes room is kept by nothing.
  await lane.makeRoom(async () => events.push("room"));
  isFull = false;
  await lane.run(async () => events.push("late"));
  await lane.run(async () => events.push("last"));
  expect(events).toEqual(["full", "full", "room", "first", "late", "last"]);
});
