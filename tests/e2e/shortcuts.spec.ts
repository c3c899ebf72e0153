/** Going about by keys: the switcher, the list of keys, the next unread chat. */
import { expect } from "@playwright/test";

import { type Person, write } from "./person.ts";
import { test } from "./world.ts";

const switcherOf = ({ page }: Person) => page.getByRole("combobox", { name: "Find a chat" });

test("[AKB4] Ctrl+K goes to the chat that is typed, Escape back to where one was", async ({
  friends,
}) => {
  const [alice] = await friends();
  const { page } = alice;
  await page.bringToFront();
  const title = page.getByRole("heading", { level: 1 });
  await expect(alice.field).toBeFocused();
  await page.keyboard.press("Control+k");
  await expect(switcherOf(alice)).toBeFocused();
  await expect(page.getByRole("option", { selected: true })).toHaveText("Note to self");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("option", { selected: true })).toContainText("Bob");
  await page.keyboard.press("Escape");
  await expect(switcherOf(alice)).toHaveCount(0);
  await expect(alice.field).toBeFocused();
  await expect(title).toHaveText("Bob");

  await page.keyboard.press("Control+k");
  await page.keyboard.type("NOT");
  await expect(page.getByRole("option")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(title).toHaveText("Note to self");
  await expect(alice.field).toBeFocused();
  await expect(alice.field).toHaveValue("");

  await page.keyboard.press("Control+k");
  await page.keyboard.type("where my");
  await page.keyboard.press("Enter");
  await expect(title).toHaveText("Where my history lives");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("export");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Export backup" })).toBeVisible();
});

test("[AKB4] Ctrl+/ lists the keys, and closing gives the focus back", async ({ newcomer }) => {
  const alice = await newcomer();
  await alice.start("Alice");
  await alice.open("Note to self");
  const { page } = alice;
  await expect(alice.field).toBeFocused();
  await page.keyboard.press("Control+/");
  const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(sheet).toContainText("Ctrl + K");
  await sheet.getByRole("button", { name: "Close" }).click();
  await expect(sheet).toBeHidden();
  await expect(alice.field).toBeFocused();
});

test("[AKB1] Alt+Shift goes to the unread chat and says which it is", async ({ newcomer }) => {
  const [alice, bob, carol] = await Promise.all([newcomer(), newcomer(), newcomer()]);
  await alice.start("Alice");
  await bob.accept(await alice.invite(), "Bob");
  // A link is for one person: the next one is made when it is known that the first was used.
  await expect(alice.chat("Bob")).toBeVisible();
  await carol.accept(await alice.invite(), "Carol");
  await alice.open("Carol");
  await carol.say("read at once");
  await expect(alice.chat("Carol")).not.toHaveAccessibleName(/unread/u);
  await alice.open("Note to self");
  await alice.say("on top now");
  await bob.say("over here");
  await expect(alice.chat("Bob")).toHaveAccessibleName(/^Bob 1 unread/u);
  const { page } = alice;
  await page.bringToFront();
  await page.keyboard.press("Alt+Shift+ArrowUp");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Bob");
  await expect(page.locator("[aria-live=polite]")).toHaveText("Bob, 1 unread");
  await expect(alice.field).toBeFocused();
});

test("[ACL4] [ADL1] a draft is told in the list, in every tab, but not of the open chat @chromium", async ({
  newcomer,
}) => {
  const alice = await newcomer();
  await alice.start("Alice");
  const other = await alice.comeBack();
  // Else it opens the chat that this one opens: an app begins where one was last.
  await expect(other.chat("Note to self")).toBeVisible();
  await alice.open("Note to self");
  await write(alice.field, "half a thou");
  await expect(other.chat("Note to self")).toHaveAccessibleName(/Draft: half a thou/u);
  await expect(alice.chat("Note to self")).not.toHaveAccessibleName(/Draft/u);
  await alice.page.bringToFront();
  await alice.page.keyboard.press("Escape");
  await expect(alice.chat("Note to self")).toHaveAccessibleName(/Draft: half a thou/u);
  await alice.page.reload();
  await expect(alice.field).toHaveValue("half a thou");
  await expect(alice.field).toBeFocused();
  await alice.page.keyboard.press("Escape");
  await expect(alice.chat("Note to self")).toHaveAccessibleName(/Draft: half a thou/u);
  await alice.open("Note to self");
  await expect(alice.field).toHaveValue("half a thou");
  await alice.page.keyboard.press("Enter");
  await alice.sees("half a thou");
  await expect(other.chat("Note to self")).not.toHaveAccessibleName(/Draft/u);
});

test("[APR1] who hides when they are here is not seen, and sees nobody @chromium", async ({
  friends,
}) => {
  const [alice, bob] = await friends();
  await expect(alice.presence).toHaveText("online");
  await expect(bob.presence).toHaveText("online");
  const { page } = alice;
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("checkbox", { name: "Show when I am online" }).uncheck();
  await page.keyboard.press("Escape");
  await expect(alice.presence).toHaveText("");
  await expect(bob.presence).toHaveText(/^last seen /u, { timeout: 40_000 });
  await alice.say("unseen, but I write");
  await bob.sees("unseen, but I write");
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("checkbox", { name: "Show when I am online" }).check();
  await expect(bob.presence).toHaveText("online");
  await expect(alice.presence).toHaveText("online");
});
