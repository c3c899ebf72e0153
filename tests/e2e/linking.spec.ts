/** A second device is linked from either side: two actions, and both are of one account. */
import { randomBytes } from "node:crypto";

import { expect } from "@playwright/test";

import {
  accountOf,
  agree,
  dialogOf,
  linkUp,
  openOnMember,
  openOnNewcomer,
  pasteLink,
  picturesOf,
  shownLink,
} from "./link-devices.ts";
import { AGAIN_MS, type Person } from "./person.ts";
import { tapWire } from "./tap/wire-tap.ts";
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

/** Long, and such that nothing makes it short: history of some megabytes comes in several pieces. */
const longText = (): string => randomBytes(22_000).toString("base64url");
const LONG_TEXTS = 60;

test("[AHI4] the history of a new device comes with a bar, which a break stops and nothing sets back @chromium", async ({
  newcomer,
  relay,
}) => {
  test.slow();
  await using tap = await tapWire(relay.port);
  const [phone, laptop] = await Promise.all([newcomer(tap.url), newcomer(tap.url)]);
  await phone.start("Alice");
  await phone.open("Note to self");
  await phone.say("the oldest", ...Array.from({ length: LONG_TEXTS }, longText), "the newest");
  await linkUp(phone, laptop);
  const bar = laptop.page.getByRole("progressbar", { name: /history/iu });
  await expect(bar).toBeVisible();
  tap.turn("cut");
  const all = Number(await bar.getAttribute("max"));
  expect(all).toBeGreaterThan(LONG_TEXTS);
  const held = async (): Promise<number> => Number(await bar.getAttribute("value"));
  const before = await held();
  // As far as it was, also when the app is opened anew, and no relay is there.
  await laptop.page.reload();
  await expect(bar).toBeVisible();
  expect(await held()).toBeGreaterThanOrEqual(before);
  expect(await held()).toBeLessThan(all);

  tap.turn("open");
  await expect(bar).toHaveCount(0, { timeout: 2 * AGAIN_MS });
  await laptop.open("Note to self");
  await laptop.sees("the newest");
  await phone.page.getByRole("button", { name: "Settings" }).click();
  await phone.page.getByRole("link", { name: "Where my history lives" }).click();
  const mine = phone.page.getByRole("region", { name: "My devices" }).getByRole("listitem");
  await expect(mine.nth(1)).toContainText("complete", { timeout: AGAIN_MS });
});
