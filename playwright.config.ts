/**
 * End-to-end: two projects, Chromium and stock Firefox ESR, against real relays that each spec
 * starts (tests/e2e/relay-process.ts). A test for one browser only says so by the tag @chromium or
 * @firefox in its title: then the other project does not list it, so nothing counts as skipped. In both
 * runs what browsers do each in their own way: storage, workers, cryptography, focus and keys, and the
 * stories that a person lives through first. What relays do to devices, what our rows come to on the screen,
 * and its colours are the same in both: such tests say @chromium.
 */
import { defineConfig } from "@playwright/test";

import { chromiumLaunch, firefoxLaunch } from "./scripts/browsers.ts";

export default defineConfig({
  testDir: "tests/e2e",
  testMatch: "**/*.spec.ts",
  globalSetup: "./tests/e2e/build.ts",
  outputDir: "test-results",
  forbidOnly: process.env["CI"] !== undefined,
  fullyParallel: false,
  retries: 0,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: "list",
  use: { locale: "en-GB", timezoneId: "UTC", trace: "off" },
  projects: [
    {
      name: "chromium",
      grepInvert: /@firefox\b/u,
      use: { browserName: "chromium", launchOptions: chromiumLaunch() },
    },
    {
      name: "firefox",
      grepInvert: /@chromium\b/u,
      use: { browserName: "firefox", ...firefoxLaunch() },
    },
  ],
});
