/**
 * [APC1] The app looks right from 360 px to wide, light and dark.
 *
 * Pictures of the real app: for people to look at after each run (test-results/pictures), and those
 * of the README, which are written to docs/pictures only when asked: `KITH_PICTURES=1 npx
 * playwright test pictures --project chromium`.
 */
import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";

import { expect, type Page } from "@playwright/test";

import { type Person, person, setTheme, write } from "./person.ts";
import { test } from "./world.ts";

const ROOT = join(import.meta.dirname, "../..");
const README_SIZE = { width: 1280, height: 800 } as const;
/** A README is read over slow lines too. */
const README_BYTES_MAX = 150_000;
const WIDTHS = [360, 800, 1400] as const;
const THEMES = ["Light", "Dark"] as const;

type Line = readonly [who: "Alice" | "Nora", text: string];

const CONVERSATION: readonly Line[] = [
  ["Nora", "The ferry leaves at 9:40 on Saturday. Still in?"],
  ["Alice", "Still in! I bring the coffee, you bring the map."],
  ["Nora", "The map is on paper, so it even works offline 😄"],
  ["Alice", "So does this. I wrote half of my list for the island in the tunnel this morning."],
  ["Nora", "It all came at once, in the right order. I was wondering who could type that fast."],
  ["Nora", "Is there room for the small tent, or do we take the big one?"],
  ["Alice", "The small one. Jonas sleeps in his hammock anyway."],
  ["Nora", "Then I am packed: https://www.openstreetmap.org shows a spring right behind the dunes"],
  ["Alice", "Perfect. See you at the old crane, 9:20!"],
];

/** Alice in front of her chat with Nora, who is there and has read everything. */
async function story(alice: Person, newcomer: () => Promise<Person>): Promise<void> {
  const [nora, jonas, mum] = await Promise.all([newcomer(), newcomer(), newcomer()]);
  await alice.start("Alice");
  await alice.open("Note to self");
  await alice.say("Tent pegs, head torch, tea, the good knife");
  for (const [someone, name, text] of [
    [mum, "Mum", "Call me when you are back from the island"],
    [jonas, "Jonas", "Climbing on Thursday?"],
    [nora, "Nora", null],
  ] as const) {
    await someone.accept(await alice.invite(), name);
    if (text !== null) await someone.say(text);
    await expect(alice.chat(name)).toHaveAccessibleName(
      text === null ? /Nora/u : new RegExp(text, "u"),
    );
  }
  await alice.open("Nora");
  const people = { Alice: [alice, nora], Nora: [nora, alice] } as const;
  for (const [who, text] of CONVERSATION) {
    const [writer, reader] = people[who];
    await writer.say(text);
    await reader.sees(text);
  }
  await alice.seesState(CONVERSATION.at(-1)?.[1] ?? "", "Read");
  await expect(alice.presence).toHaveText("online");
}

async function picture(page: Page, path: string): Promise<void> {
  // Where the pointer and the focus are is not part of the picture.
  await page.mouse.move(0, 0);
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    return Promise.allSettled(document.getAnimations().map((it) => it.finished));
  });
  await page.screenshot({ path });
}

test("[APC1] the app can be looked at, narrow and wide, light and dark @chromium", async ({
  browser,
  newcomer,
  relay,
}, { outputDir }) => {
  // Not watched as newcomers are: to take a picture the test puts in a style, which is refused.
  await using alice = await person(browser, relay.url);
  await story(alice, newcomer);
  const { page } = alice;
  const folder = join(outputDir, "..", "pictures");
  await mkdir(folder, { recursive: true });
  const isForReadme = process.env["KITH_PICTURES"] !== undefined;

  for (const theme of THEMES) {
    await setTheme(page, theme);
    await page.setViewportSize(README_SIZE);
    const name = `conversation-${theme.toLowerCase()}.png`;
    const path = join(isForReadme ? join(ROOT, "docs/pictures") : folder, name);
    await picture(page, path);
    expect((await stat(path)).size).toBeLessThan(README_BYTES_MAX);

    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width === 360 ? 640 : 800 });
      await picture(page, join(folder, `${theme}-${width}.png`));
      // The log scrolls, the page never does: a scroll bar would stand beside everything.
      expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBe(
        0,
      );
    }
  }
});

/** How the rest of the screens are looked at: each size and theme once, and right to left. */
const LOOKS = [
  { name: "360", width: 360, height: 640, theme: "Light", dir: "ltr" },
  { name: "360-rtl", width: 360, height: 640, theme: "Dark", dir: "rtl" },
  { name: "800", width: 800, height: 800, theme: "Dark", dir: "ltr" },
  { name: "1400-rtl", width: 1400, height: 800, theme: "Light", dir: "rtl" },
] as const;
/** In CI nobody looks: what does not fit shows in the narrowest, right to left. */
const TAKEN = LOOKS.filter(({ name }) => process.env["CI"] === undefined || name === "360-rtl");

test("[APC1] every screen can be looked at, right to left too @chromium", async ({
  browser,
  relay,
}, { outputDir }) => {
  test.slow();
  const folder = join(outputDir, "..", "pictures", "screens");
  await mkdir(folder, { recursive: true });
  for (const { name, theme, dir, width, height } of TAKEN) {
    // Not watched, as above.
    await using alice = await person(browser, relay.url, {
      viewport: { width, height },
      colorScheme: theme === "Dark" ? "dark" : "light",
    });
    await using bob = await person(browser, relay.url);
    const { page } = alice;
    const take = async (screen: string): Promise<void> => {
      await page.evaluate((given) => {
        document.documentElement.dir = given;
      }, dir);
      await picture(page, join(folder, `${screen}-${name}.png`));
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0);
    };
    await page.goto(relay.url);
    await page.getByRole("button", { name: "Start" }).click();
    await expect(page.getByRole("alert")).toHaveText(/./u);
    await take("onboarding-refused");
    await alice.start("Alice");
    await take("first-visit");
    const invite = await alice.invite();
    await page.getByRole("button", { name: "Invite someone" }).click();
    await expect(page.getByRole("textbox", { name: "Invite link" })).toBeVisible();
    await take("invite");
    await page.keyboard.press("Escape");
    await bob.accept(invite, "Bob");
    await bob.say("Are you there?", "شو الأخبار؟ https://kith.example", "Third");
    await expect(alice.chat("Bob")).toHaveAccessibleName(/3 unread/u);
    await alice.open("Note to self");
    await write(alice.field, "half a thought");
    await page.keyboard.press("Escape");
    await expect(alice.chat("Note to self")).toHaveAccessibleName(/Draft/u);
    await take("list");
    await page.getByRole("button", { name: "Go to a chat" }).click();
    await take("switcher");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+/");
    await take("keys");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Settings" }).click();
    await take("settings");
    await page.keyboard.press("Escape");
    await alice.open("Bob");
    await alice.say("Here I am, with a line that is long enough to be broken on every screen");
    await alice.seesState("Here I am", "Read");
    await take("conversation");
    await alice.act("Are you there?", "Reply");
    await alice.say("Yes, and you?");
    await alice.act("Here I am", "Edit");
    await write(alice.field, "Here I am, with a longer line that is broken on every screen, twice");
    await page.keyboard.press("Enter");
    await alice.act("Here I am", "Pin");
    await alice.act("Third", "React");
    await page.getByRole("button", { name: "👍" }).click();
    await bob.act("Here I am", "React");
    await bob.page.getByRole("button", { name: "❤️" }).click();
    await alice.say("A mistake");
    await alice.act("A mistake", "Delete for everyone");
    await alice.act("Third", "Reply");
    await expect(alice.message("Here I am").getByRole("button", { name: /❤️/u })).toBeVisible();
    await take("messages");
    await page.keyboard.press("Escape");
    await alice.message("Here I am").click({ button: "right" });
    await take("menu");
    await page.getByRole("menuitem", { name: "Info" }).click();
    await take("info");
    await page.keyboard.press("Escape");
    await write(alice.field, "x".repeat(100_001));
    await page.keyboard.press("Enter");
    await expect(page.getByText(/Too long by/u)).toBeVisible();
    await take("too-long");
    await write(alice.field, "");
    await group(alice, bob, take);
    await page.goto(`${relay.url}/#nonsense`);
    await expect(page.getByRole("dialog")).toBeVisible();
    await page.getByRole("button", { name: "Open the chat" }).click();
    await expect(page.getByRole("dialog").getByRole("alert")).toHaveText(/./u);
    await take("link-refused");
  }
});

/** A group, from its making to who wants to come in. */
async function group(
  { page, field, say, sees }: Person,
  bob: Person,
  take: (screen: string) => Promise<void>,
): Promise<void> {
  const back = page.getByRole("link", { name: "Back to chats" });
  if (await back.isVisible()) await back.click();
  await page.getByRole("button", { name: "New group" }).click();
  await write(page.getByRole("textbox", { name: "Group name" }), "Climbing on Thursdays");
  await page.getByRole("checkbox", { name: "Bob" }).check();
  await take("new-group");
  await page.getByRole("button", { name: "Create group" }).click();
  await expect(field).toBeVisible();
  await bob.open("Climbing on Thursdays");
  await say("Thursday at six? I bring the long rope, and the coffee");
  await bob.say("I am in", "and so is my brother, if that is all right with everybody");
  await sees("and so is my brother");
  await take("group");
  await page.getByRole("button", { name: "Group details" }).click();
  await expect(page.getByRole("list", { name: "Members" }).getByRole("listitem")).toHaveCount(2);
  await take("group-details");
  await page.getByRole("button", { name: "Invite links" }).click();
  await page.getByRole("button", { name: "Make a link" }).click();
  await expect(page.getByRole("textbox", { name: "Group link" })).toBeVisible();
  await take("group-links");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
}

test("[APC1] below 700 px there is one pane, and a way back @chromium", async ({ friends }) => {
  const [alice] = await friends();
  const { page } = alice;
  await page.setViewportSize({ width: 360, height: 640 });
  await expect(alice.field).toBeVisible();
  await expect(alice.chat("Bob")).toBeHidden();
  await page.getByRole("link", { name: "Back to chats" }).click();
  await expect(alice.chat("Bob")).toBeVisible();
  await expect(alice.field).toBeHidden();
  await alice.chat("Bob").click();
  await expect(alice.field).toBeVisible();
  await page.goBack();
  await expect(alice.chat("Bob")).toBeVisible();
  await page.setViewportSize({ width: 800, height: 640 });
  await alice.open("Bob");
  await expect(alice.chat("Bob")).toBeVisible();
  await expect(alice.field).toBeVisible();
});
