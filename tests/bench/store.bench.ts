/**
 * The device's store in Chromium: IndexedDB through Dexie, every row sealed, every write strictly
 * durable. The page is tests/e2e/store/; the profile lies on the disk of the machine.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium, type Page } from "@playwright/test";

import { chromiumLaunch } from "../../scripts/browsers.ts";
import { openStoreSite } from "../e2e/store/site.ts";
import { type Figure, figure, median, percentile } from "./figure.ts";

const ENTRIES = 100_000;
const BATCH = 200;
const SINGLES = 300;
const READS = 100;

export async function figures(): Promise<readonly Figure[]> {
  const profile = await mkdtemp(join(tmpdir(), "kith-bench-"));
  await using site = await openStoreSite();
  const context = await chromium.launchPersistentContext(profile, chromiumLaunch());
  try {
    const page = await context.newPage();
    await page.goto(site.url);
    await page.waitForFunction(() => "lab" in window);
    return await measure(page);
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true });
  }
}

async function measure(page: Page): Promise<readonly Figure[]> {
  const append = async (batch: number, writes: number): Promise<readonly number[]> =>
    page.evaluate(async ([b = 0, w = 0]) => window.lab.appendTimes(b, w), [batch, writes]);
  const singles = await append(1, SINGLES);
  const batches = await append(BATCH, (ENTRIES - SINGLES) / BATCH);
  const engine = await page.evaluate(async (n) => window.lab.engineReadTimes(n), READS);
  const tab = await page.evaluate(async (n) => window.lab.tabReadTimes(n), READS);
  return [
    figure("store: append one entry, p50", median(singles), "ms"),
    figure("store: append one entry, p95", percentile(singles, 95), "ms"),
    figure("store: entries appended in writes of 1", 1_000 / median(singles), "rows/s"),
    figure("store: entries appended in writes of 200", (1_000 * BATCH) / median(batches), "rows/s"),
    figure("store: newest 60 of 100,000, engine, p50", median(engine), "ms"),
    figure("store: newest 60 of 100,000, tab, p50", median(tab), "ms"),
    figure("store: newest 60 of 100,000, tab, p95", percentile(tab, 95), "ms"),
  ];
}
