/**
 * What one does with messages, seen on both sides.
 *
 * [MG1] Each operation is seen by the other side, and is there after a reload. [MG2] What both did while
 * neither had a way comes together. [MG3] What was deleted before it arrived never shows its words.
 * [MG4] An answer leads to what it answers, however far back. [MG5] All of it is done by keys.
 */
import { expect, type Page } from "@playwright/test";

import { AGAIN_MS, type Person, write } from "./person.ts";
import { test } from "./world.ts";

test.use({ ownRelay: true });

const list = (page: Page, name: string) => page.getByRole("list", { name });

async function edit(person: Person, text: string, next: string): Promise<void> {
  await person.act(text, "Edit");
  await write(person.field, next);
  await person.page.keyboard.press("Enter");
  await person.sees(next);
}

async function react(person: Person, text: string, emoji: string): Promise<void> {
  await person.act(text, "React");
  await person.page.getByRole("dialog").getByRole("button", { name: emoji, exact: true }).click();
}

const chip = (person: Person, text: string, name: string) =>
  person.message(text).getByRole("button", { name });

test("[MG1] [AMI6] each operation is seen by the other side, and is there after a reload", async ({
  friends,
}) => {
  test.slow();
  const [alice, bob] = await friends();
  await alice.say("helo Bob", "how are you?", "a mistake");
  await bob.sees("a mistake");

  await edit(alice, "helo Bob", "hello Bob");
  await bob.sees("hello Bob");
  await expect(bob.message("hello Bob")).toHaveAccessibleName(/edited/u);

  await react(bob, "how are you?", "👍");
  await expect(chip(alice, "how are you?", "👍 1 by Bob").first()).toBeVisible({
    timeout: AGAIN_MS,
  });
  await chip(alice, "how are you?", "👍 1 by Bob").first().click();
  await expect(chip(bob, "how are you?", "👍 2 by You, Alice").first()).toBeVisible({
    timeout: AGAIN_MS,
  });

  await bob.act("how are you?", "Reply");
  await bob.say("very well");
  await expect(
    alice.message("very well").getByRole("button", { name: /^Answer to You ?: how are you\?$/u }),
  ).toBeVisible({ timeout: AGAIN_MS });

  await bob.act("hello Bob", "Pin");
  const pinned = alice.page.getByRole("region", { name: "Pinned messages" });
  await expect(pinned).toContainText("hello Bob", { timeout: AGAIN_MS });

  await alice.act("a mistake", "Delete for everyone");
  await expect(bob.message("This message was deleted")).toBeVisible({ timeout: AGAIN_MS });
  await expect(bob.message("a mistake")).toHaveCount(0);
  await expect(alice.message("You deleted this message")).toBeVisible();

  await bob.act("very well", "Star");
  await bob.page.getByRole("button", { name: "Starred messages" }).click();
  await expect(bob.page.getByRole("dialog").getByRole("listitem")).toHaveCount(1);
  await bob.page.keyboard.press("Escape");

  await bob.act("hello Bob", "Forward");
  await bob.page.getByRole("checkbox", { name: "Note to self" }).check();
  await bob.page.getByRole("dialog").getByRole("button", { name: "Forward" }).click();
  await bob.open("Note to self");
  await expect(bob.message("hello Bob")).toContainText("Forwarded");
  await bob.open("Alice");

  await bob.act("very well", "Delete for me");
  await expect(bob.message("very well")).toHaveCount(0);
  await alice.sees("very well");

  await bob.page.reload();
  await expect(bob.message("hello Bob")).toHaveAccessibleName(/edited/u);
  await expect(chip(bob, "how are you?", "👍 2 by You, Alice").first()).toBeVisible();
  await expect(bob.message("This message was deleted")).toBeVisible();
  await expect(bob.message("very well")).toHaveCount(0);
  await expect(bob.page.getByRole("region", { name: "Pinned messages" })).toBeVisible();

  await bob.message("hello Bob").getByRole("button", { name: "edited" }).click();
  await expect(list(bob.page, "Earlier versions")).toContainText("helo Bob");
});

test("[MG2] what both did while neither had a way comes together @chromium", async ({
  friends,
  relay,
}) => {
  const [alice, bob] = await friends();
  await alice.say("shall we?");
  await bob.sees("shall we?");
  await relay.kill();
  await edit(alice, "shall we?", "shall we go?");
  await react(alice, "shall we go?", "🙏");
  await react(bob, "shall we?", "👍");
  await bob.act("shall we?", "Pin");
  await relay.start();
  for (const person of [alice, bob]) {
    await expect(person.message("shall we go?")).toHaveAccessibleName(/edited/u, {
      timeout: AGAIN_MS,
    });
    for (const emoji of ["👍", "🙏"]) {
      await expect(
        person.message("shall we go?").getByRole("button", { name: new RegExp(`^${emoji}`, "u") }),
      ).toBeVisible({ timeout: AGAIN_MS });
    }
    await expect(person.page.getByRole("region", { name: "Pinned messages" })).toBeVisible();
  }
});

test("[MG3] what was deleted before it arrived never shows its words @chromium", async ({
  friends,
  relay,
}) => {
  const [alice, bob] = await friends();
  await relay.kill();
  await alice.say("never mind this");
  await alice.act("never mind this", "Delete for everyone");
  await alice.say("but this");
  await relay.start();
  await bob.sees("but this");
  await expect(bob.message("This message was deleted")).toBeVisible({ timeout: AGAIN_MS });
  await expect(bob.message("never mind this")).toHaveCount(0);
});

test("[MG4] an answer leads to what it answers, however far back", async ({ friends }) => {
  test.slow();
  const [alice, bob] = await friends();
  await alice.say("the very first");
  await bob.sees("the very first");
  await bob.act("the very first", "Reply");
  await bob.say(...Array.from({ length: 45 }, (_, i) => `line ${i + 1}.`));
  await alice.sees("line 45.");
  await alice.page.reload();
  await alice.sees("line 45.");
  await expect(alice.message("the very first")).toHaveCount(0);
  await alice.page.locator(".log-scroller").evaluate((it) => it.scrollTo(0, 0));
  const answer = alice.message("line 1.").getByRole("button", { name: /^Answer to/u });
  await expect(answer).toBeVisible();
  // Firefox gives the focus to nothing in a window behind others.
  await alice.page.bringToFront();
  await answer.click();
  const first = alice.messages.first();
  await expect(first).toContainText("the very first");
  await expect(first).toBeFocused();
  await expect(first).toBeInViewport();
});

test("[MG5] all of it is done by keys", async ({ friends }) => {
  const [alice, bob] = await friends();
  await alice.say("one", "two");
  const { page } = alice;
  await page.keyboard.press("ArrowUp");
  await expect(alice.field).toHaveValue("two");
  await page.keyboard.type(" and a half");
  await page.keyboard.press("Enter");
  await bob.sees("two and a half");
  // Two people share this screen: Firefox gives the focus to one window.
  await page.bringToFront();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Shift+Tab");
  await expect(alice.message("two and a half")).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Reply" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(alice.message("one")).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await expect(alice.field).toBeFocused();
  await expect(page.getByText("Reply to You")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByText("Reply to You")).toBeHidden();
  await expect(alice.field).toBeFocused();
});
