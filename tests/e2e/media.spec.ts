/** What does not fit a message's entry, and what does not stay: long texts, timers, pictures of groups. */
import { expect, type Page } from "@playwright/test";

import { AGAIN_MS, write } from "./person.ts";
import { test } from "./world.ts";

const LIMIT = 100_000;
const soon = { timeout: AGAIN_MS };

test("[ACO2] [ALG1] [ALG2] [ASK3] [MO27] 100,000 characters arrive whole, one more is refused, and they can be deleted", async ({
  friends,
}) => {
  test.slow();
  const [alice, bob] = await friends();
  // Two UTF-16 units and four bytes each: characters are counted.
  const full = `begins ${"😀".repeat(LIMIT - 12)} ends`;
  await write(alice.field, `${full}.`);
  await alice.page.keyboard.press("Enter");
  await expect(alice.page.getByText("Too long by 1 character.")).toBeVisible();
  await expect(alice.page.getByText("100,001 of 100,000 characters")).toBeVisible();
  await expect(alice.messages).toHaveCount(0);
  await alice.page.keyboard.press("Backspace");
  await alice.page.keyboard.press("Enter");
  await expect(alice.field).toHaveValue("");

  await expect(bob.messages).toHaveCount(1, soon);
  const all = bob.messages.getByRole("button", { name: "Show all" });
  await expect(all).toBeVisible(soon);
  const scroller = bob.page.locator(".log-scroller");
  const beforeTop = await scroller.evaluate((it) => it.scrollTop);
  await all.click();
  const text = bob.messages.locator(".message-text");
  await expect(text).toContainText("ends", soon);
  expect((await text.textContent())?.slice(0, full.length)).toBe(full);
  // He reads on where he was, and is not thrown to the end.
  expect(await scroller.evaluate((it) => it.scrollTop)).toBeLessThan(beforeTop + 100);

  await alice.messages.hover();
  await alice.messages.getByRole("button", { name: "Message actions" }).click();
  await alice.page.getByRole("menuitem", { name: "Delete for everyone" }).click();
  await expect(bob.messages).not.toContainText("begins", soon);
});

test("[ATI1] [MO37] either sets how long messages stay, and both see it @chromium", async ({
  friends,
}) => {
  const [alice, bob] = await friends();
  await alice.page.getByRole("button", { name: "Disappearing messages: off" }).click();
  await alice.page.getByRole("radio", { name: "1 hour" }).check();
  await alice.page.getByRole("button", { name: "Save" }).click();
  await expect(alice.page.getByRole("dialog")).toHaveCount(0);
  await expect(alice.messages).toContainText(
    "You set messages to disappear 1 hour after they are read",
  );
  const now = bob.page.getByRole("button", { name: "Disappearing messages: 1 hour" });
  await expect(now).toBeVisible(soon);
  await expect(bob.messages).toContainText("Alice set messages to disappear 1 hour");
  await bob.say("not for long");
  await bob.act("not for long", "Info");
  const info = bob.page.getByRole("complementary", { name: "Message info" });
  await expect(info.getByText("Disappears")).toBeVisible();
});

/** A picture of so many pixels, as a file of it has them. */
async function pictureOf(page: Page, width: number, height: number): Promise<Buffer> {
  const bytes = await page.evaluate(
    async ([w = 1, h = 1]) => {
      const canvas = new OffscreenCanvas(w, h);
      const context = canvas.getContext("2d");
      if (context === null) throw new Error("nothing to draw on");
      context.fillStyle = "teal";
      context.fillRect(0, 0, w, h);
      return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())];
    },
    [width, height],
  );
  return Buffer.from(bytes);
}

test("[AGQ1] [AEG2] [APC1] [ASP1] [ASP2] a group gets a picture, which its members see, and nothing else can be one", async ({
  friends,
}) => {
  test.slow();
  const [alice, bob] = await friends();
  const { page } = alice;
  await page.getByRole("button", { name: "New group" }).click();
  await write(page.getByRole("textbox", { name: "Group name" }), "Choir");
  await page.getByRole("dialog").getByRole("checkbox", { name: "Bob" }).check();
  const choose = page.locator("input[type=file]");
  const svg = Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'></svg>");
  await choose.setInputFiles({ name: "a.png", mimeType: "image/png", buffer: svg });
  await expect(page.getByText("This is not a picture that works here.")).toBeVisible();
  const vast = await pictureOf(page, 8, 8);
  vast.writeUInt32BE(10_000, 16);
  vast.writeUInt32BE(5_000, 20);
  await choose.setInputFiles({ name: "a.png", mimeType: "image/png", buffer: vast });
  await expect(page.getByText("more than 40 million pixels")).toBeVisible();
  const buffer = await pictureOf(page, 640, 400);
  await choose.setInputFiles({ name: "a.png", mimeType: "image/png", buffer });
  await expect(page.getByRole("button", { name: "Remove the picture" })).toBeVisible(soon);
  await page.getByRole("dialog").getByRole("button", { name: "Create group" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Choir" })).toBeVisible();

  await expect(bob.chat("Choir")).toBeVisible(soon);
  const shown = bob.chat("Choir").locator("img");
  await expect(shown).toHaveAttribute("src", /^blob:/u, soon);
  await expect.poll(() => shown.evaluate((it: HTMLImageElement) => it.naturalWidth)).toBe(256);

  await page.getByRole("button", { name: "Edit group" }).click();
  await page.getByRole("button", { name: "Remove the picture" }).click();
  await expect(shown).toHaveCount(0, soon);
  await choose.setInputFiles({ name: "a.png", mimeType: "image/png", buffer });
  await expect(shown).toHaveAttribute("src", /^blob:/u, soon);
});
