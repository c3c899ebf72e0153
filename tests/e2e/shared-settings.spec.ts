/** Two devices of one person: drafts, what is settled about a chat, and settings are the same on both. */
import { expect, type Page } from "@playwright/test";

import { agree, openOnMember, openOnNewcomer, pasteLink, shownLink } from "./link-devices.ts";
import { AGAIN_MS, type Person, write } from "./person.ts";
import { test } from "./world.ts";

const NOTES = "Note to self";

async function linked(phone: Person, laptop: Person): Promise<void> {
  await phone.start("Alice");
  await laptop.page.goto(laptop.url);
  await openOnNewcomer(laptop);
  const link = await shownLink(laptop);
  await openOnMember(phone);
  await pasteLink(phone, link);
  await agree(phone, laptop);
}

const openMenu = async (page: Page, item: string): Promise<void> => {
  await page.getByRole("button", { name: "Chat menu" }).click();
  await page.getByRole("menu").getByRole("menuitem", { name: item }).click();
};

test("[ADT1] [CM3] [APV1] a draft, a mute and a setting of one device are there on the other @chromium", async ({
  newcomer,
}) => {
  const [phone, laptop] = await Promise.all([newcomer(), newcomer()]);
  await linked(phone, laptop);

  await phone.open(NOTES);
  await write(phone.field, "milk and");
  await expect(laptop.chat(NOTES)).toContainText("Draft: milk and", { timeout: AGAIN_MS });
  await laptop.open(NOTES);
  await expect(laptop.field).toHaveValue("milk and");
  await laptop.field.press("End");
  await laptop.page.keyboard.type(" bread");
  await expect(phone.field).toHaveValue("milk and bread", { timeout: AGAIN_MS });
  await laptop.page.keyboard.press("Enter");
  await phone.sees("milk and bread");
  await expect(phone.field).toHaveValue("", { timeout: AGAIN_MS });

  await openMenu(phone.page, "Mute");
  await phone.page.getByRole("dialog").getByText("Always").click();
  await phone.page.getByRole("dialog").getByRole("button", { name: "Mute" }).click();
  await expect(laptop.chat(NOTES)).toHaveAccessibleName(/muted/u, { timeout: AGAIN_MS });
  await openMenu(laptop.page, "Unmute");
  await expect(phone.chat(NOTES)).not.toHaveAccessibleName(/muted/u, { timeout: AGAIN_MS });

  await phone.page.getByRole("button", { name: "Settings" }).click();
  const here = phone.page.getByRole("checkbox", { name: "Send read receipts" });
  await here.click();
  await expect(here).not.toBeChecked();
  await laptop.page.getByRole("button", { name: "Settings" }).click();
  const there = laptop.page.getByRole("checkbox", { name: "Send read receipts" });
  await expect(there).not.toBeChecked({ timeout: AGAIN_MS });
});
