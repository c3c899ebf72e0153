import { expect, onTestFinished, test, vi } from "vitest";

import { cacheKeepsake } from "../../../app/platform/keepsake.ts";

/** Cache Storage as far as it is used: this environment has none. */
function withCaches(): Map<string, Response> {
  const held = new Map<string, Response>();
  const cache = {
    match: (name: string) => Promise.resolve(held.get(name)?.clone()),
    put: (name: string, answer: Response) => Promise.resolve(void held.set(name, answer)),
  };
  vi.stubGlobal("caches", { open: () => Promise.resolve(cache) });
  onTestFinished(() => void vi.unstubAllGlobals());
  return held;
}

test("[AKS1] what was written last is read, and nothing else is there", async () => {
  const held = withCaches();
  expect(await cacheKeepsake.read()).toBeNull();
  await cacheKeepsake.write("device 1");
  await cacheKeepsake.write("device 2");
  expect(await cacheKeepsake.read()).toBe("device 2");
  expect(held.size).toBe(1);
});

test("[AKS2] where the browser has no such place, or refuses, there is no note and no failure", async () => {
  await cacheKeepsake.write("device 1");
  expect(await cacheKeepsake.read()).toBeNull();
  vi.stubGlobal("caches", { open: () => Promise.reject(new DOMException("", "SecurityError")) });
  onTestFinished(() => void vi.unstubAllGlobals());
  await cacheKeepsake.write("device 1");
  expect(await cacheKeepsake.read()).toBeNull();
});
