/** The empty frame around everything: a relay serves the app, which opens without a network. */
import { expect, test } from "@playwright/test";

import { type RelayProcess, startRelay } from "./relay-process.ts";

let relay: RelayProcess;
test.beforeAll(async () => {
  relay = await startRelay();
});
test.afterAll(async () => {
  await relay[Symbol.asyncDispose]();
});

test("[SH1] the relay is healthy and serves the app under its own headers", async ({ page }) => {
  expect((await page.request.get(`${relay.url}/healthz`)).status()).toBe(200);
  const violations: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") violations.push(message.text());
  });
  const answer = await page.goto(relay.url);
  const headers = answer?.headers() ?? {};
  expect(headers["content-security-policy"]).toContain("default-src 'none'");
  expect(headers["content-security-policy"]).toContain("require-trusted-types-for 'script'");
  expect(headers["cross-origin-opener-policy"]).toBe("same-origin");
  expect(headers["x-content-type-options"]).toBe("nosniff");
  await expect(page.locator("#root")).not.toBeEmpty();
  expect(violations).toEqual([]);
});

test("[SH2] the app opens while the relay is dead", async ({ page }) => {
  await page.goto(relay.url);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await relay.kill();
  await page.reload();
  await expect(page.locator("#root")).not.toBeEmpty();
  await relay.start();
  expect(await relay.stop()).toBe(0);
  await relay.start();
});

test("[SH3] Chromium offers to install the app @chromium", async ({ page }) => {
  await page.goto(relay.url);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  const devtools = await page.context().newCDPSession(page);
  const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
  // A page of a private context says so, whatever its manifest holds.
  const errors = installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito");
  expect(errors).toEqual([]);
});
