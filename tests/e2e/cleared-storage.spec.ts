/**
 * Browsers evict what a site has stored. What may be left of Kith then is localStorage or its one
 * constant cookie: both tell that somebody was here, and nobody becomes a new person unasked.
 */
import { expect } from "@playwright/test";

import type { Person } from "./person.ts";
import { test } from "./world.ts";

const DATABASES = ["kith", "kith-keys"] as const;

/** Deletes these databases, from a page of the origin that is not the app. */
async function evictDatabases({ page, url }: Person, gone: readonly string[]): Promise<void> {
  await page.goto(`${url}/healthz`);
  const left = await page.evaluate(async (names) => {
    for (const name of names) {
      await new Promise((resolve, reject) => {
        const request = indexedDB.deleteDatabase(name);
        request.addEventListener("success", resolve);
        request.addEventListener("error", reject);
      });
    }
    return (await indexedDB.databases()).map(({ name }) => name);
  }, gone);
  expect(left).toEqual(DATABASES.filter((name) => !gone.includes(name)));
}

/** Leaves nothing but localStorage and cookies. */
async function evict(person: Person): Promise<void> {
  await evictDatabases(person, DATABASES);
  await person.page.evaluate(async () => {
    for (const name of await caches.keys()) await caches.delete(name);
    const files = await navigator.storage.getDirectory();
    for await (const name of files.keys()) await files.removeEntry(name, { recursive: true });
    for (const worker of await navigator.serviceWorker.getRegistrations()) {
      await worker.unregister();
    }
  });
}

/** However often they come back; and when they start again, the new person is there to stay. */
async function seesClearedAndStartsAgain(person: Person): Promise<void> {
  const { page, url } = person;
  await page.goto(url);
  await seesCleared(person);
  await page.reload();
  await seesCleared(person);
  await page.getByRole("button", { name: "Start again" }).click();
  await person.giveName("Alice again");
  await person.open("Note to self");
  await expect(person.messages).toHaveCount(0);
  await page.reload();
  await expect(person.chat("Note to self")).toBeVisible();
}

async function seesCleared({ page }: Person): Promise<void> {
  await expect(page.getByRole("heading", { name: "Your storage was cleared" })).toBeVisible();
  await expect(page.getByRole("textbox")).toHaveCount(0);
}

for (const left of ["localStorage", "the cookie"] as const) {
  test(`[ABT3] where only ${left} is left, it says that storage was cleared`, async ({
    newcomer,
  }) => {
    const alice = await newcomer();
    await alice.start("Alice");
    const cookies = await alice.context.cookies();
    expect(cookies.map(({ name, value }) => `${name}=${value}`)).toEqual(["kith=1"]);
    await evict(alice);
    if (left === "localStorage") await alice.context.clearCookies();
    else await alice.page.evaluate(() => localStorage.clear());
    await seesClearedAndStartsAgain(alice);
  });
}

for (const gone of DATABASES) {
  test(`[ABT3] where only the database "${gone}" is gone, it says that storage was cleared`, async ({
    newcomer,
  }) => {
    const alice = await newcomer();
    await alice.start("Alice");
    await alice.open("Note to self");
    await alice.say("gone, or sealed for good");
    await evictDatabases(alice, [gone]);
    await seesClearedAndStartsAgain(alice);
  });
}

test("[ABT3] an invite link makes no new person there either, but after being asked it works", async ({
  newcomer,
}) => {
  const [alice, bob] = await Promise.all([newcomer(), newcomer()]);
  await Promise.all([alice.start("Alice"), bob.start("Bob")]);
  const link = await alice.invite();
  await evict(bob);
  await bob.page.goto(link);
  await seesCleared(bob);
  await bob.page.getByRole("button", { name: "Start again" }).click();
  await bob.giveName("Bob again");
  await bob.say("here I am again");
  await expect(alice.chat("Bob again")).toHaveAccessibleName(/here I am again/u);
});

test("[ABT2] where nothing at all is left, it is a first visit", async ({ newcomer }) => {
  const alice = await newcomer();
  await alice.start("Alice");
  await evict(alice);
  await alice.context.clearCookies();
  await alice.page.evaluate(() => localStorage.clear());
  await alice.page.goto(alice.url);
  await expect(alice.page.getByRole("textbox", { name: "Your name" })).toBeVisible();
});

test("[ABT3] storage that goes while the app is open is missed, and nothing is made anew @chromium", async ({
  newcomer,
}) => {
  const alice = await newcomer();
  await alice.start("Alice");
  await alice.open("Note to self");
  await alice.say("gone soon");
  const devtools = await alice.context.newCDPSession(alice.page);
  await devtools.send("Storage.clearDataForOrigin", {
    origin: alice.url,
    storageTypes: "indexeddb,cache_storage,file_systems,service_workers",
  });
  await alice.field.pressSequentially("still here?");
  await alice.page.keyboard.press("Enter");
  await expect(alice.page.getByText(/storage failed/u).first()).toBeVisible();
  await expect(alice.field).toHaveValue("still here?");
  await alice.page.reload();
  await seesCleared(alice);
  await alice.page.getByRole("button", { name: "Restore" }).click();
  await expect(alice.page.getByRole("dialog", { name: "Restore your account" })).toBeVisible();
});
