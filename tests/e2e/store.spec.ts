/**
 * The Dexie store in real browsers: what fake-indexeddb cannot show. The page is tests/e2e/store/.
 */
import { expect, type Page, test } from "@playwright/test";

import { openStoreSite, type StoreSite } from "./store/site.ts";

const CANARY = "canary-4711-in-the-clear";

let site: StoreSite;
test.beforeAll(async () => {
  site = await openStoreSite();
});
test.afterAll(async () => {
  await site[Symbol.asyncDispose]();
});

async function openLab(page: Page): Promise<void> {
  await page.goto(site.url);
  await page.waitForFunction(() => "lab" in window);
}

test("[ST4] this browser answers as memory does, to any sequence of writes", async ({ page }) => {
  await openLab(page);
  expect(await page.evaluate(async () => window.lab.equalStores(60))).toBe(null);
});

test("[ST2] every write is strictly durable, in the browser's own words", async ({ page }) => {
  await openLab(page);
  expect(await page.evaluate(async () => window.lab.durability("durable"))).toBe("strict");
});

test("[SL1] nothing of a message can be read at rest", async ({ page }) => {
  await openLab(page);
  await page.evaluate(async (text) => window.lab.append("rest", 3, text), CANARY);
  await page.evaluate(async (text) => window.lab.plant("planted", text), CANARY);
  const [raw, planted] = await page.evaluate(async () =>
    Promise.all([window.lab.rawText("rest"), window.lab.rawText("planted")]),
  );
  expect(await page.evaluate(async () => window.lab.texts("rest"))).toEqual(
    Array.from({ length: 3 }, () => CANARY),
  );
  expect(raw).toContain("sealed");
  expect(raw).not.toContain(CANARY);
  expect(planted).toContain(CANARY);
});

test("[SL2] a row with another row's sealed part does not open", async ({ page }) => {
  await openLab(page);
  await page.evaluate(async () => window.lab.append("swap", 2, "x"));
  const reads = await page.evaluate(async () => window.lab.swap("swap"));
  expect(reads).toEqual(["storage failed", "done"]);
});

test("[LQ1] a tab's live query sees what a worker wrote, and only that", async ({ page }) => {
  await openLab(page);
  const seen = await page.evaluate(async () => window.lab.live("live", 20));
  expect(seen.latenciesMs).toHaveLength(19);
  expect(seen.idleRuns).toBe(0);
  expect(seen.texts[0]).toBe("entry 1/1/21");
  expect(seen.texts).toHaveLength(21);
});

test("[LQ2] components that ask the same share one reading", async ({ page }) => {
  await openLab(page);
  expect(await page.evaluate(async () => window.lab.opensOfThree("shared"))).toBe(60);
});

test("[ST8] a database deleted underneath is gone, and is not made anew", async ({ page }) => {
  await openLab(page);
  const outcomes = await page.evaluate(async () => window.lab.deleteBeneath("deleted"));
  expect(outcomes).toEqual(["done", "storage gone", "storage gone", false]);
});

test("[ST8] a full disk is said so, and keeps what it has @chromium", async ({ page }) => {
  await openLab(page);
  const session = await page.context().newCDPSession(page);
  const origin = new URL(site.url).origin;
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 4 * 1024 * 1024 });
  const [outcome, some, all] = await page.evaluate(async () => window.lab.fill("full"));
  await session.send("Storage.overrideQuotaForOrigin", { origin });
  expect([outcome, some, all]).toEqual(["storage full", true, true]);
});

test("[ST8] cleared storage is gone, and is not made anew @chromium", async ({ page }) => {
  await openLab(page);
  await page.evaluate(async () => window.lab.hold("cleared"));
  const session = await page.context().newCDPSession(page);
  const origin = new URL(site.url).origin;
  await session.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
  expect(await page.evaluate(async () => window.lab.writeHeld())).toBe("storage gone");
  expect(await page.evaluate(async () => window.lab.isThere("cleared"))).toBe(false);
});
