/**
 * A person's devices, from linking one to signing out: what each holds, names, removing one, and an
 * origin in which nothing is left.
 */
import { expect, type Page } from "@playwright/test";

import { linkUp } from "./link-devices.ts";
import { AGAIN_MS, type Person, write } from "./person.ts";
import { test } from "./world.ts";

const settings = async ({ page }: Person): Promise<void> => {
  await page.getByRole("button", { name: "Settings" }).click();
};

/** Who signs out says so first of all. Far less than the 30 s after which a relay says it. */
const GONE_MS = 8_000;

/** What the browser keeps for this origin, by where. */
const keptIn = (page: Page): Promise<object> =>
  page.evaluate(async () => {
    const files: string[] = [];
    const root = await navigator.storage.getDirectory();
    for await (const name of root.keys()) files.push(name);
    return {
      databases: (await indexedDB.databases()).map(({ name }) => name),
      caches: await caches.keys(),
      files,
      local: Object.keys(localStorage),
      session: Object.keys(sessionStorage),
      cookies: document.cookie,
      workers: (await navigator.serviceWorker.getRegistrations()).length,
    };
  });

const NOTHING = {
  databases: [],
  caches: [],
  files: [],
  local: [],
  session: [],
  cookies: "",
  workers: 0,
};

test("[ADS1] [AHI1] [ARM1] a second device: what it holds, its name, its end, and an erased browser @chromium", async ({
  friends,
  newcomer,
}) => {
  const [phone, bob] = await friends();
  await phone.say("one", "two");
  const laptop = await newcomer();
  await phone.page.goto(phone.url);
  await linkUp(phone, laptop);
  await laptop.open("Bob");
  await laptop.sees("two");

  await settings(phone);
  await phone.page.getByRole("link", { name: "Where my history lives" }).click();
  const mine = phone.page.getByRole("region", { name: "My devices" });
  await expect(mine.getByRole("listitem")).toHaveCount(2);
  await expect(mine.getByRole("listitem").nth(1)).toContainText("complete", { timeout: AGAIN_MS });
  const chats = phone.page.getByRole("region", { name: "Chats and their people" });
  await expect(chats).toContainText("Bob: holds all of it", { timeout: AGAIN_MS });

  await settings(phone);
  const list = phone.page.getByRole("list", { name: "Your devices" });
  await list
    .getByRole("button", { name: /^Rename /u })
    .last()
    .click();
  await write(phone.page.getByRole("textbox", { name: "Device name" }), "Old laptop");
  await phone.page.getByRole("button", { name: "Save" }).click();
  await expect(list).toContainText("Old laptop");
  await list.getByRole("button", { name: "Remove Old laptop" }).click();
  await phone.page.getByRole("button", { name: "Remove the device" }).click();
  await expect(list.getByRole("listitem")).toHaveCount(1);

  await expect(laptop.page.getByRole("alert")).toContainText("was removed from your account", {
    timeout: AGAIN_MS,
  });
  await laptop.page.getByRole("button", { name: "Erase this device" }).click();
  await laptop.page.getByRole("button", { name: "Erase now" }).click();
  await expect(laptop.page.getByRole("textbox", { name: "Your name" })).toBeVisible({
    timeout: AGAIN_MS,
  });
  await bob.say("for the phone alone");
  await phone.page.getByRole("button", { name: "Close" }).click();
  await phone.open("Bob");
  await phone.sees("for the phone alone");
});

test("[AER1] [AER2] [AER3] [ASO1] who signs out leaves nothing in the browser, in no window", async ({
  friends,
  browserName,
}) => {
  const [alice, bob] = await friends();
  await alice.say("still here");
  await bob.open("Alice");
  await bob.sees("still here");
  const second = await alice.comeBack();
  await second.open("Bob");
  await expect(bob.presence).toHaveText("online", { timeout: AGAIN_MS });

  const blank = `${alice.url}/`;
  const isSeen = browserName === "chromium";
  if (isSeen) {
    await alice.context.route(blank, (route) =>
      route.fulfill({ contentType: "text/html", body: "<title>nothing</title>" }),
    );
  }
  await settings(alice);
  await alice.page.getByRole("button", { name: "Sign out" }).click();
  const dialog = alice.page.getByRole("dialog", { name: "Sign out of this device?" });
  await expect(dialog).toContainText("No other device of yours holds all of this");
  await expect(bob.presence).toHaveText("online");
  await dialog.getByRole("button", { name: "Sign out and erase" }).click();
  await expect(bob.presence).not.toHaveText("online", { timeout: GONE_MS });
  if (isSeen) {
    await expect(alice.page).toHaveTitle("nothing", { timeout: AGAIN_MS });
    await expect(second.page).toHaveTitle("nothing", { timeout: AGAIN_MS });
    expect(await keptIn(alice.page)).toEqual(NOTHING);
    expect(await alice.context.cookies()).toEqual([]);
    // Nor does anything come back: no engine, and no service worker in its place.
    await second.page.goto(`${alice.url}/healthz`);
    expect(await keptIn(second.page)).toEqual(NOTHING);
    await second.page.goto(blank);
    expect(await keptIn(second.page)).toEqual(NOTHING);
    await alice.context.unroute(blank);
    await Promise.all([alice.page.reload(), second.page.reload()]);
  }
  for (const { page } of [alice, second]) {
    await expect(page.getByRole("textbox", { name: "Your name" })).toBeVisible({
      timeout: AGAIN_MS,
    });
  }
  await alice.giveName("Somebody else");
  await expect(alice.chat("Note to self")).toBeVisible();
  await expect(alice.chat("Bob")).toHaveCount(0);
});
