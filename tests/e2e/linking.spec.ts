/** A second device is linked from either side: two actions, and both are of one account. */
import { expect, type Page } from "@playwright/test";

import { AGAIN_MS, type Person, write } from "./person.ts";
import { test } from "./world.ts";

/** The product's bar, from the person's word to an app that can be used. */
const LINKED_MAX_MS = 5_000;

const dialogOf = (page: Page): ReturnType<Page["getByRole"]> =>
  page.getByRole("dialog", { name: "Link a device" });

async function openOnMember({ page }: Person): Promise<void> {
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Link a device" }).click();
}

const openOnNewcomer = ({ page }: Person): Promise<void> =>
  page.getByRole("button", { name: "Link another device" }).click();

const shownLink = ({ page }: Person): Promise<string> =>
  page.getByRole("textbox", { name: "Device link" }).inputValue();

async function pasteLink({ page }: Person, link: string): Promise<void> {
  await write(page.getByRole("textbox", { name: "Link from the other device" }), link);
  await page.getByRole("button", { name: "Use it" }).click();
}

async function picturesOf({ page }: Person): Promise<readonly string[]> {
  const pictures = page.getByRole("list", { name: "Seven pictures" }).getByRole("listitem");
  await expect(pictures).toHaveCount(7, { timeout: AGAIN_MS });
  return await pictures.allTextContents();
}

async function accountOf({ page }: Person): Promise<string> {
  await page.getByRole("button", { name: "Settings" }).click();
  const account = await page.getByText(/^You are .* Account: [0-9a-f]+$/u).textContent();
  await page.getByRole("button", { name: "Close" }).click();
  return account ?? "";
}

/** They compare, the person agrees; how long it takes until the new device can be used. */
async function agree(phone: Person, laptop: Person): Promise<number> {
  expect(await picturesOf(laptop)).toEqual(await picturesOf(phone));
  await expect(laptop.page.getByRole("button", { name: "They match" })).toHaveCount(0);
  await phone.page.getByRole("button", { name: "They match" }).click();
  const beganMs = Date.now();
  await expect(laptop.chat("Note to self")).toBeVisible({ timeout: AGAIN_MS });
  const tookMs = Date.now() - beganMs;
  await expect(dialogOf(phone.page)).toContainText("The device is linked", { timeout: AGAIN_MS });
  await phone.page.getByRole("button", { name: "Done" }).click();
  return tookMs;
}

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

test("[LK5] the new device shows the code, the account's device gets it pasted", async ({
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

test("[LK15] who finds other pictures cancels, and nothing was linked", async ({ newcomer }) => {
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
