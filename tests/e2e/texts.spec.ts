/** Whatever people write and call themselves is shown as text, all of it, and nothing but that. */
import { expect } from "@playwright/test";

import { test } from "./world.ts";

const TEXTS: Readonly<Record<string, string>> = {
  "emoji of several parts": "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇩🇪 1️⃣",
  "right to left": "שלום עולם, مرحبا بالعالم",
  "both directions": "abc שלום 123 مرحبا def",
  "an override of the direction": "txt.\u202Eexe.\u202C end",
  "letters under heaps of marks": `Z${"\u0335\u0321\u0322\u0336".repeat(40)}algo`,
  "a script as a link": "javascript:alert(document.domain)",
  "data as a link": "data:text/html,<script>alert(1)</script>",
  markup: '<img src=x onerror="alert(1)"><b>bold</b>&amp;',
  "lines and spaces": "one\n  two\n\n    three",
  "wide letters": "漢字かな交じり文 한국어",
  "halves of letters": "a\u0301 e\u0308 ﷽",
};

test("[AMI3] every text is shown as it was written, and none of it acts", async ({ friends }) => {
  const [alice, bob] = await friends();
  const dialogs: string[] = [];
  for (const { page } of [alice, bob]) {
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
  }
  const texts = Object.values(TEXTS);
  await alice.say(...texts);
  await expect(bob.messages).toHaveCount(texts.length);
  for (const reader of [alice, bob]) {
    expect(await reader.messages.locator(".message-text").allTextContents()).toEqual(texts);
    await expect(reader.messages.locator(".message-text *")).toHaveCount(0);
    // Lines begin where their letters do.
    const hebrew = reader.message("שלום עולם").locator(".bubble");
    await expect(hebrew).toHaveCSS("text-align", "end");
    await expect(reader.message("abc שלום").locator(".bubble")).not.toHaveCSS("text-align", "end");
  }
  expect(dialogs).toEqual([]);
});

test("[ALK1] an address of the web is a link that tells nobody where it was @chromium", async ({
  friends,
}) => {
  const [alice, bob] = await friends();
  await alice.say("see https://kith.example/a?b=c#d, or not");
  const link = bob.messages.getByRole("link");
  await expect(link).toHaveText("https://kith.example/a?b=c#d");
  await expect(link).toHaveAttribute("rel", /noopener/u);
  await expect(link).toHaveAttribute("rel", /noreferrer/u);
  await expect(link).toHaveAttribute("target", "_blank");
});

test("[ACH2] a name cannot turn, hide or pretend what stands beside it @chromium", async ({
  newcomer,
}) => {
  const [alice, bob] = await Promise.all([newcomer(), newcomer()]);
  await alice.start("Alice");
  await bob.accept(await alice.invite(), "\u202Eevil\u202C\u200B\u2066 Bob\u0000\uFEFF");
  await bob.say("guess who");
  await expect(alice.chat("evil Bob")).toHaveAccessibleName(/guess who/u);
  await alice.open("evil Bob");
  const title = await alice.page.getByRole("heading", { level: 1 }).textContent();
  expect(title).toBe("evil Bob");
});
