/** The first minutes of a person, with a stopwatch. */
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "@playwright/test";

import { person, personIn } from "./person.ts";
import { type RelayProcess, startRelay } from "./relay-process.ts";

/** Its types are of a newer Playwright than ours, which drives stock Firefox. */
type AxePage = ConstructorParameters<typeof AxeBuilder>[0]["page"];

/** The bar that the product sets itself; the best anchor needs an installed app. */
const INVITED_MAX_MS = 20_000;

let relay: RelayProcess;
test.beforeAll(async () => {
  relay = await startRelay();
});
test.afterAll(async () => {
  await relay[Symbol.asyncDispose]();
});

test("[ON1] a name and Start, and one can write to oneself", async ({ browser }) => {
  await using alice = await person(browser, relay.url);
  await alice.page.goto(relay.url);
  await expect(alice.page.getByRole("textbox", { name: "Your name" })).toBeFocused();
  await alice.start("Alice");
  await alice.open("Note to self");
  await alice.say("Milk and bread");
  await expect(alice.stateOf("Milk")).toHaveText("Saved");
});

test("[ON1] an invite link leads into the chat in two actions, its secret leaves the address at once", async ({
  browser,
}) => {
  await using alice = await person(browser, relay.url);
  await alice.start("Alice");
  const link = await alice.invite();
  await using bob = await person(browser, relay.url);
  const began = Date.now();
  await bob.page.goto(link);
  await expect(bob.page.getByRole("heading", { level: 1 })).toContainText("invited");
  expect(new URL(bob.page.url()).hash).toBe("");
  await bob.giveName("Bob");
  await expect(bob.page.getByRole("heading", { name: "Alice" })).toBeVisible();
  await expect(bob.page.getByRole("textbox", { name: "Message" })).toBeFocused();
  expect(Date.now() - began).toBeLessThan(INVITED_MAX_MS);
  await bob.say("Here I am");
  await alice.open("Bob");
  await alice.sees("Here I am");
  await expect(bob.stateOf("Here I am")).toHaveText("Read");
});

test("[ON3] a link that was altered says so, and one goes on without it", async ({ browser }) => {
  await using bob = await person(browser, relay.url);
  await bob.page.goto(`${relay.url}/#AQ`);
  await bob.giveName("Bob");
  await expect(bob.page.getByText("not a complete Kith invite link")).toBeVisible();
  await bob.page.getByRole("button", { name: "Go on without it" }).click();
  await expect(bob.chat("Note to self")).toBeVisible();
});

test("[IF2] a link opened by somebody who has started asks first", async ({ browser }) => {
  await using alice = await person(browser, relay.url);
  await alice.start("Alice");
  const link = await alice.invite();
  await using bob = await person(browser, relay.url);
  await bob.start("Bob");
  await bob.page.goto(link);
  await expect(bob.page.getByText("They will see your name")).toBeVisible();
  await expect(bob.chat("Alice")).toHaveCount(0);
  await bob.page.getByRole("button", { name: "Open the chat" }).click();
  await expect(bob.page.getByRole("heading", { name: "Alice" })).toBeVisible();
});

for (const left of ["localStorage", "the cookie"] as const) {
  test(`[BT3] storage that was evicted but for ${left} is no first visit`, async ({ browser }) => {
    await using alice = await person(browser, relay.url);
    const { page } = alice;
    await alice.start("Alice");
    const cookies = await alice.context.cookies();
    expect(cookies.map(({ name, value }) => [name, value])).toEqual([["kith", "1"]]);
    // A page of the origin that is not the app: nothing holds the databases open.
    await page.goto(`${relay.url}/healthz`);
    await page.evaluate(async () => {
      for (const { name = "" } of await indexedDB.databases()) {
        await new Promise((resolve, reject) => {
          const request = indexedDB.deleteDatabase(name);
          request.addEventListener("success", resolve);
          request.addEventListener("error", reject);
        });
      }
      for (const name of await caches.keys()) await caches.delete(name);
    });
    if (left === "localStorage") await alice.context.clearCookies();
    else await page.evaluate(() => localStorage.clear());

    await page.goto(relay.url);
    await expect(page.getByRole("heading", { name: "Your storage was cleared" })).toBeVisible();
    await expect(page.getByRole("textbox")).toHaveCount(0);
    await page.getByRole("button", { name: "Start again" }).click();
    await expect(page.getByRole("textbox", { name: "Your name" })).toBeVisible();
    await page.reload();
    await alice.start("Alice again");
    await expect(alice.chat("Note to self")).toBeVisible();
  });
}

test("[EN1] two tabs are one person, and the engine outlives the first", async ({ browser }) => {
  await using alice = await person(browser, relay.url);
  await alice.start("Alice");
  await alice.open("Note to self");
  const page = await alice.context.newPage();
  const second = personIn(alice.context, page, relay.url);
  await page.goto(alice.page.url());
  await alice.say("from the first tab");
  await second.sees("from the first tab");
  await alice.page.close();
  await second.say("from the second tab");
  await expect(second.stateOf("from the second tab")).toHaveText("Saved");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`[ON5] no ${colorScheme} screen of the first minutes has a fault that axe can see`, async ({
    browser,
  }) => {
    // In the middle of a fade nothing has its contrast.
    await using alice = await person(browser, relay.url, { colorScheme, reducedMotion: "reduce" });
    const { page } = alice;
    const faults = async (): Promise<readonly string[]> => {
      const { violations } = await new AxeBuilder({ page: page as unknown as AxePage }).analyze();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((it) => it.html).join(" ")}`);
    };
    await page.goto(relay.url);
    await page.getByRole("textbox", { name: "Your name" }).waitFor();
    expect(await faults()).toEqual([]);
    await alice.start("Alice");
    expect(await faults()).toEqual([]);
    await page.getByRole("button", { name: "Invite someone" }).click();
    await page.getByRole("textbox", { name: "Invite link" }).waitFor();
    expect(await faults()).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Settings" }).click();
    expect(await faults()).toEqual([]);
    await page.keyboard.press("Escape");
    await alice.open("Note to self");
    await alice.say("see https://a.example");
    await alice.page.getByRole("button", { name: "Message info" }).click();
    await expect(page.getByRole("complementary", { name: "Message info" })).toBeVisible();
    expect(await faults()).toEqual([]);
  });
}
