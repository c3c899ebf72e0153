/** The empty frame around everything: a relay serves the app, which opens without a network. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "@playwright/test";

import { chromiumLaunch } from "../../scripts/browsers.ts";
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
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  // Firefox tells nobody else.
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      // oxlint-disable-next-line no-console -- this is how the page speaks to the listener above
      console.error(`refused: ${violatedDirective} ${blockedURI}`);
    });
  });
  const answer = await page.goto(relay.url);
  const headers = answer?.headers() ?? {};
  expect(headers["content-security-policy"]).toContain("default-src 'none'");
  expect(headers["content-security-policy"]).toContain("require-trusted-types-for 'script'");
  expect(headers["cross-origin-opener-policy"]).toBe("same-origin");
  expect(headers["x-content-type-options"]).toBe("nosniff");
  await expect(page.locator("#root")).not.toBeEmpty();
  expect(complaints).toEqual([]);
});

test("[SH2] the app opens while the relay is dead", async ({ page }) => {
  await page.goto(relay.url);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller !== null) return;
    await new Promise((resolve) => {
      navigator.serviceWorker.addEventListener("controllerchange", resolve);
    });
  });
  await relay.kill();
  // Also the page of the first visit, with what it has not loaded yet.
  await page.getByRole("button", { name: "Restore" }).click();
  await expect(page.getByRole("dialog", { name: "Restore your account" })).toBeVisible();
  await page.reload();
  await expect(page.locator("#root")).not.toBeEmpty();
  await relay.start();
  expect(await relay.stop()).toBe(0);
  await relay.start();
});

test("[SH3] Chromium offers to install the app @chromium", async ({ browserName, playwright }) => {
  // A profile on disk: in a private context Chromium installs nothing.
  const profile = await mkdtemp(join(tmpdir(), "kith-profile-"));
  const context = await playwright[browserName].launchPersistentContext(profile, chromiumLaunch());
  const page = await context.newPage();
  await page.goto(relay.url);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  const devtools = await context.newCDPSession(page);
  const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
  expect(installabilityErrors).toEqual([]);
  await context.close();
  await rm(profile, { recursive: true });
});
