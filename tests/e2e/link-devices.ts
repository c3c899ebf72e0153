/** What people do in the app who link a second device. */
import { expect, type Page } from "@playwright/test";

import { AGAIN_MS, type Person, write } from "./person.ts";

export const dialogOf = (page: Page): ReturnType<Page["getByRole"]> =>
  page.getByRole("dialog", { name: "Link a device" });

export async function openOnMember({ page }: Person): Promise<void> {
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Link a device" }).click();
}

export const openOnNewcomer = ({ page }: Person): Promise<void> =>
  page.getByRole("button", { name: "Link another device" }).click();

export const shownLink = ({ page }: Person): Promise<string> =>
  page.getByRole("textbox", { name: "Device link" }).inputValue();

export async function pasteLink({ page }: Person, link: string): Promise<void> {
  await write(page.getByRole("textbox", { name: "Link from the other device" }), link);
  await page.getByRole("button", { name: "Use it" }).click();
}

export async function picturesOf({ page }: Person): Promise<readonly string[]> {
  const pictures = page.getByRole("list", { name: "Seven pictures" }).getByRole("listitem");
  await expect(pictures).toHaveCount(7, { timeout: AGAIN_MS });
  return await pictures.allTextContents();
}

export async function accountOf({ page }: Person): Promise<string> {
  await page.getByRole("button", { name: "Settings" }).click();
  const account = await page.getByText(/^You are .* Account: [0-9a-f]+$/u).textContent();
  await page.getByRole("button", { name: "Close" }).click();
  return account ?? "";
}

/** They compare, the person agrees; how long it takes until the new device can be used. */
export async function agree(phone: Person, laptop: Person): Promise<number> {
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

/** `laptop`, which has only opened the app, becomes a device of `phone`'s account. */
export async function linkUp(phone: Person, laptop: Person): Promise<void> {
  await openOnMember(phone);
  await laptop.page.goto(await shownLink(phone));
  await agree(phone, laptop);
}
