/** A second device is linked from either side: two actions, and both are of one account. */
import { expect } from "@playwright/test";

import {
  accountOf,
  agree,
  dialogOf,
  openOnMember,
  openOnNewcomer,
  pasteLink,
  picturesOf,
  shownLink,
} from "./link-devices.ts";
import { AGAIN_MS, type Person } from "./person.ts";
import { test } from "./world.ts";

/** The product's bar, from the person's word to an app that can be used. */
const LINKED_MAX_MS = 5_000;

async function isUsable(phone: Person, laptop: Person): Promise<void> {
  const account = await accountOf(phone);
  expect(account).toMatch(/^You are Alice\. Account: [0-9a-f]{8}$/u);
  expect(await accountOf(laptop)).toBe(account);
  await laptop.open("Note to self");
  await laptop.say("written on the laptop");
  await laptop.leave();
  const again = await laptop.comeBack();
  await again.sees("written on the laptop");
}

test("[LK5] the account's device shows the code, the new one is opened by it", async ({
  newcomer,
}, testInfo) => {
  const [phone, laptop] = await Promise.all([newcomer(), newcomer()]);
  await phone.start("Alice");
  await openOnMember(phone);
  await laptop.page.goto(await shownLink(phone));
  expect(new URL(laptop.page.url()).hash).toBe("");
  const tookMs = await agree(phone, laptop);
  testInfo.annotations.push({ type: "linked after, ms", description: `${tookMs}` });
  expect(tookMs).toBeLessThan(LINKED_MAX_MS);
  await isUsable(phone, laptop);
});

test("[LK5] the new device shows the code, the account's device gets it pasted @chromium", async ({
  newcomer,
}) => {
  const [phone, laptop] = await Promise.all([newcomer(), newcomer()]);
  await phone.start("Alice");
  await laptop.page.goto(laptop.url);
  await openOnNewcomer(laptop);
  const link = await shownLink(laptop);
  await openOnMember(phone);
  await pasteLink(phone, link);
  await expect(dialogOf(phone.page)).toContainText("will read and write everything as you do", {
    timeout: AGAIN_MS,
  });
  await agree(phone, laptop);
  await isUsable(phone, laptop);
});

test("[LK15] who finds other pictures cancels, and nothing was linked @chromium", async ({
  newcomer,
}) => {
  const [phone, laptop] = await Promise.all([newcomer(), newcomer()]);
  await phone.start("Alice");
  await openOnMember(phone);
  // The first screen is there already: the link changes the fragment alone.
  await laptop.page.goto(laptop.url);
  await expect(laptop.page.getByRole("textbox", { name: "Your name" })).toBeVisible();
  await laptop.page.goto(await shownLink(phone));
  await picturesOf(phone);
  await phone.page.getByRole("button", { name: "Cancel" }).click();
  await expect(dialogOf(phone.page)).toHaveCount(0);
  await expect(dialogOf(laptop.page)).toContainText("Nothing was linked", { timeout: AGAIN_MS });
  await laptop.page.getByRole("button", { name: "Close" }).click();
  await laptop.giveName("Somebody");
  await expect(laptop.chat("Note to self")).toBeVisible();
});
