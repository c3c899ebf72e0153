/** The engine behind the tabs: it dies, is replaced, or is no SharedWorker at all. */
import { chromium, expect, type Page, test } from "@playwright/test";

import { chromiumLaunch } from "../../scripts/browsers.ts";
import { AGAIN_MS, person, personIn } from "./person.ts";
import { type RelayProcess, startRelay } from "./relay-process.ts";

let relay: RelayProcess;
test.beforeAll(async () => {
  relay = await startRelay();
});
test.afterAll(async () => {
  await relay[Symbol.asyncDispose]();
});

const withoutSharedWorkers = (): void => {
  Reflect.deleteProperty(globalThis, "SharedWorker");
};

test("[AEN3] without SharedWorkers one tab's worker serves all, and another takes its place", async ({
  browser,
}) => {
  await using alice = await person(browser, relay.url);
  await alice.context.addInitScript(withoutSharedWorkers);
  await alice.start("Alice");
  await alice.open("Note to self");
  await alice.say("from the first tab");
  const page = await alice.context.newPage();
  const second = personIn(alice.context, page, relay.url);
  await page.goto(alice.page.url());
  await second.say("from the second tab");
  await alice.sees("from the second tab");
  await alice.page.close();
  await second.say("alone now");
  await second.seesState("alone now", "Saved");
});

test("[AEN2] an engine that a newer one asks to go does so, and its tab says what to do", async ({
  browser,
}) => {
  await using alice = await person(browser, relay.url);
  await alice.start("Alice");
  await alice.open("Note to self");
  await alice.say("before");
  const { page } = alice;
  // What an engine of another build says when it finds the lock taken.
  await page.evaluate(() => new BroadcastChannel("kith-engine-succession").postMessage("yield"));
  await expect(page.getByText("Kith was updated in another tab.")).toBeVisible();
  await page.getByRole("button", { name: "Reload" }).click();
  await alice.say("after");
  await alice.seesState("after", "Saved");
  await expect(page.getByText("Kith was updated")).toHaveCount(0);
});

test("[ARD2] an engine that dies is made anew, and nothing that was written is lost @chromium", async () => {
  test.setTimeout(120_000);
  await using browser = await chromium.launch(chromiumLaunch());
  await using alice = await person(browser, relay.url);
  await alice.start("Alice");
  await alice.open("Note to self");
  await alice.say("before");
  const session = await browser.newBrowserCDPSession();
  const { targetInfos } = await session.send("Target.getTargets");
  const engines = targetInfos.filter(({ type }) => type === "shared_worker");
  expect(engines).toHaveLength(1);
  for (const { targetId } of engines) await session.send("Target.closeTarget", { targetId });
  await alice.say("after");
  await expect(alice.message("after")).toBeVisible({ timeout: AGAIN_MS });
  await alice.seesState("after", "Saved");
});

test("[ASC1] over plain http the app says in words that it needs https", async ({ page }) => {
  await fromRelay(page, "http://kith.example");
  await page.goto("http://kith.example/#AQsecret");
  await expect(page.getByRole("heading", { name: "This page needs https" })).toBeVisible();
  await expect(page.getByText("kith.example was opened over plain http")).toBeVisible();
  await expect(page.getByRole("textbox")).toHaveCount(0);
});

/** The relay's files under another origin. */
async function fromRelay(page: Page, origin: string): Promise<void> {
  await page.route(`${origin}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    await route.fulfill({ response: await page.request.get(`${relay.url}${pathname}`) });
  });
}
