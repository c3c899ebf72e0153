/**
 * The app for people who see little, or use no mouse.
 *
 * [AX1] axe finds no fault on any screen, light or dark. [AX2] Everything that a chat needs is done by
 * keys, and the focus is always seen. [AX3] Assistive technology is told what arrives, once, and never
 * what was there before.
 */
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Locator, type Page } from "@playwright/test";

import { test } from "./world.ts";

/** The way by Tab is never longer than this on our screens. */
const TABS_MAX = 25;

async function hasNoFaults(page: Page): Promise<void> {
  for (const theme of ["dark", "light"] as const) {
    // What is half faded in has half the contrast.
    await page.evaluate((it) => {
      document.documentElement.dataset["theme"] = it;
      return Promise.allSettled(document.getAnimations().map((each) => each.finished));
    }, theme);
    const axe = new AxeBuilder({ page });
    // Nothing but colours differs between the two.
    if (theme === "dark") axe.withRules("color-contrast");
    const { violations } = await axe.analyze();
    expect(
      violations.map(({ id, nodes }) => `${theme} ${id}: ${nodes.map((it) => it.html).join(" ")}`),
    ).toEqual([]);
  }
}

/** Presses the key until the focus is there, which must be seen to be there. */
async function tabTo(page: Page, target: Locator, key = "Tab"): Promise<void> {
  for (let tabs = 0; tabs < TABS_MAX; tabs += 1) {
    await page.keyboard.press(key);
    if (await target.evaluate((element) => element.matches(":focus-visible"))) return;
  }
  throw new Error(`${String(target)} is not reached by ${key}`);
}

test("[AX1] no screen has a fault that axe can see, light or dark @chromium", async ({
  newcomer,
}) => {
  test.slow();
  const [alice, bob, carol] = await Promise.all([newcomer(), newcomer(), newcomer()]);
  const { page } = alice;
  await page.goto(alice.url);
  await expect(page.getByRole("textbox", { name: "Your name" })).toBeVisible();
  await hasNoFaults(page);
  await alice.start("Alice");
  await hasNoFaults(page);

  await page.getByRole("button", { name: "Invite someone" }).click();
  const link = await page.getByRole("textbox", { name: "Invite link" }).inputValue();
  await hasNoFaults(page);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Settings" }).click();
  await hasNoFaults(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("button", { name: "Sign out and erase" })).toBeVisible();
  await hasNoFaults(page);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("link", { name: "Where my history lives" }).click();
  await expect(page.getByRole("region", { name: "My devices" })).toBeVisible();
  await hasNoFaults(page);
  await page.goto(alice.url);
  await expect(alice.chat("Note to self")).toBeVisible();
  for (const name of ["Recovery words", "Export backup", "Import backup"]) {
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("button", { name }).click();
    await expect(page.getByRole("dialog", { name })).toBeVisible();
    await hasNoFaults(page);
    await page.keyboard.press("Escape");
  }
  for (const keys of ["Control+k", "Control+/"]) {
    await page.keyboard.press(keys);
    await expect(page.getByRole("dialog")).toBeVisible();
    await hasNoFaults(page);
    await page.keyboard.press("Escape");
  }

  await bob.accept(link, "Bob");
  await bob.say("see https://kith.example", "and this");
  await carol.accept(link, "Carol");
  await carol.say("let me in");
  await expect(alice.chat("Bob")).toHaveAccessibleName(/and this/u);
  await hasNoFaults(page);
  await alice.open("Bob");
  await alice.say("seen");
  await alice.seesState("seen", "Read");
  await hasNoFaults(page);
  await alice.act("seen", "Pin");
  await alice.act("and this", "Reply");
  await alice.say("an answer");
  await alice.act("an answer", "React");
  await hasNoFaults(page);
  await page.getByRole("button", { name: "😂" }).click();
  await alice.act("an answer", "Star");
  await alice.act("an answer", "Edit");
  await hasNoFaults(page);
  await page.keyboard.press("Escape");
  await alice.act("an answer", "Forward");
  await hasNoFaults(page);
  await page.keyboard.press("Escape");
  await alice.message("an answer").click({ button: "right" });
  await expect(page.getByRole("menu")).toBeVisible();
  await hasNoFaults(page);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Starred messages" }).click();
  await hasNoFaults(page);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Safety number" }).click();
  await expect(page.getByRole("list", { name: "Safety number" })).toBeVisible();
  await hasNoFaults(page);
  await page.keyboard.press("Escape");
  await alice.act("seen", "Info");
  await expect(page.getByRole("complementary", { name: "Message info" })).toBeVisible();
  await hasNoFaults(page);
  await page.keyboard.press("Escape");
  await alice.open("Carol");
  await expect(page.getByRole("button", { name: "Accept" })).toBeVisible();
  await hasNoFaults(page);
  await page.setViewportSize({ width: 360, height: 640 });
  await hasNoFaults(page);
});

test("[AX1] [AX2] a group is made by keys, and none of its screens has a fault @chromium", async ({
  friends,
}) => {
  test.slow();
  const [alice, bob] = await friends();
  const { page } = alice;
  const everywhere = async (): Promise<void> => {
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 720 });
      await hasNoFaults(page);
    }
  };
  await page.bringToFront();
  await tabTo(page, page.getByRole("button", { name: "New group" }), "Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Group name" })).toBeFocused();
  await page.keyboard.type("Climbing");
  await tabTo(page, page.getByRole("checkbox", { name: "Bob" }));
  await page.keyboard.press("Space");
  await everywhere();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Climbing" })).toBeVisible();
  await bob.open("Climbing");
  await bob.say("Here I am");
  await page.bringToFront();
  await alice.sees("Here I am");
  const details = page.getByRole("button", { name: "Group details" });
  await tabTo(page, details, "Shift+Tab");
  await page.keyboard.press("Enter");
  await everywhere();

  const actions = page.getByRole("button", { name: "Actions for Bob" });
  await tabTo(page, actions);
  await page.keyboard.press("Enter");
  await hasNoFaults(page);
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Cancel" })).toBeFocused();
  await everywhere();
  await page.keyboard.press("Escape");
  await expect(actions).toBeFocused();

  const links = page.getByRole("button", { name: "Invite links" });
  await tabTo(page, links, "Shift+Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Make a link" }).click();
  await expect(page.getByRole("textbox", { name: "Group link" })).toBeVisible();
  await everywhere();
  await page.keyboard.press("Escape");
  await expect(links).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(details).toBeFocused();
});

test("[AX1] [AX2] a device is linked by keys alone, on a narrow screen, without a fault @chromium", async ({
  newcomer,
}) => {
  const size = { viewport: { width: 360, height: 640 } };
  const [phone, laptop] = await Promise.all([newcomer(undefined, size), newcomer(undefined, size)]);
  await phone.page.bringToFront();
  await phone.start("Alice");
  await tabTo(phone.page, phone.page.getByRole("button", { name: "Settings" }));
  await phone.page.keyboard.press("Enter");
  await tabTo(phone.page, phone.page.getByRole("button", { name: "Link a device" }));
  await phone.page.keyboard.press("Enter");
  const link = phone.page.getByRole("textbox", { name: "Device link" });
  await expect(link).toBeVisible();
  await hasNoFaults(phone.page);
  await laptop.page.goto(await link.inputValue());
  for (const { page } of [phone, laptop]) {
    await page.bringToFront();
    await expect(page.getByRole("list", { name: "Seven pictures" })).toBeVisible();
    await expect(page.getByRole("heading", { name: "same seven pictures" })).toBeFocused();
    await hasNoFaults(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  }
  await phone.page.bringToFront();
  await tabTo(phone.page, phone.page.getByRole("button", { name: "They match" }));
  await phone.page.keyboard.press("Enter");
  await tabTo(phone.page, phone.page.getByRole("button", { name: "Done" }));
  await hasNoFaults(phone.page);
  await phone.page.keyboard.press("Enter");
  await expect(phone.page.getByRole("dialog")).toHaveCount(0);
});

test("[AX2] without a mouse one starts, invites, and chats", async ({ newcomer }) => {
  const [bob, alice] = [await newcomer(), await newcomer()];
  await alice.page.goto(alice.url);
  await expect(alice.page.getByRole("textbox", { name: "Your name" })).toBeFocused();
  await alice.page.keyboard.type("Alice");
  await alice.page.keyboard.press("Enter");
  await expect(alice.chat("Note to self")).toBeVisible();

  const invite = alice.page.getByRole("button", { name: "Invite someone" });
  await tabTo(alice.page, invite);
  await alice.page.keyboard.press("Enter");
  const link = alice.page.getByRole("textbox", { name: "Invite link" });
  await expect(link).toBeVisible();
  await tabTo(alice.page, link);
  const value = await link.inputValue();
  await alice.page.keyboard.press("Escape");
  await expect(link).toBeHidden();
  await expect(invite).toBeFocused();

  await bob.page.bringToFront();
  await bob.page.goto(value);
  await expect(bob.page.getByRole("textbox", { name: "Your name" })).toBeFocused();
  await bob.page.keyboard.type("Bob");
  await bob.page.keyboard.press("Enter");
  await expect(bob.field).toBeFocused();
  await bob.page.keyboard.type("hello");
  await bob.page.keyboard.press("Enter");

  await alice.page.bringToFront();
  await tabTo(alice.page, alice.chat("Bob"), "Shift+Tab");
  await alice.page.keyboard.press("Enter");
  await expect(alice.field).toBeFocused();
  await alice.sees("hello");
  await alice.page.keyboard.type("hello yourself");
  await alice.page.keyboard.press("Enter");
  await bob.sees("hello yourself");

  // Back into the messages, up to his, to what is known of it, and back.
  await alice.page.keyboard.press("Shift+Tab");
  await alice.page.keyboard.press("Shift+Tab");
  await expect(alice.message("hello yourself")).toBeFocused();
  await alice.page.keyboard.press("ArrowUp");
  await expect(alice.message("hello").first()).toBeFocused();
  await tabTo(alice.page, alice.message("hello").first().getByRole("button"));
  await alice.page.keyboard.press("Enter");
  await expect(alice.page.getByRole("menuitem", { name: "Reply" })).toBeFocused();
  for (const key of ["ArrowUp", "ArrowUp", "Enter"]) await alice.page.keyboard.press(key);
  await expect(alice.page.getByRole("complementary", { name: "Message info" })).toBeVisible();
  await alice.page.keyboard.press("Escape");
  await expect(alice.message("hello").first()).toBeFocused();
});

test("[AX3] what arrives in the open chat is announced once, history is not @chromium", async ({
  friends,
}) => {
  const [alice, bob] = await friends();
  const announced = alice.page.locator("[aria-live=polite]");
  await bob.say("are you listening?");
  await expect(announced).toHaveText("Bob: are you listening?");
  await alice.page.reload();
  await alice.sees("are you listening?");
  await expect(announced).toHaveText("");
});
