/** Messages on their way: to the own screen, to somebody else's, and thousands at once. */
import { setTimeout as pause } from "node:timers/promises";

import { chromium, type Page } from "@playwright/test";

import { assert } from "../../crypto/base/assert.ts";
import { chromiumLaunch } from "../../scripts/browsers.ts";
import { person, personIn } from "../e2e/person.ts";
import { type Guest, isDelivered, openApp, waitingAt, type World } from "./app-world.ts";
import { until } from "./crowd.ts";
import { addProbe, fromInputToPaint } from "./probe.ts";

/** Between two messages: both sides are quiet again. */
const PAUSE_MS = 150;
/** Somebody who goes on typing while thousands of messages come in. */
const TYPING_EVERY_MS = 100;

const NEWEST = ".messages > :last-child";

/** Enter to the own bubble painted, in milliseconds, once a message. */
export async function ownBubbleTimes(
  world: World,
  { adaC }: Guest,
  messages: number,
): Promise<readonly number[]> {
  const page = await openApp(world, `/chat/${adaC}`);
  const { field } = personIn(world.context, page, world.url);
  const times: number[] = [];
  for (let i = 1; i <= messages; i++) {
    const text = `It is ${i} o'clock.`;
    await field.fill(text);
    const painted = fromInputToPaint(page, NEWEST, text);
    await field.press("Enter");
    times.push(await painted());
    await pause(PAUSE_MS);
  }
  await page.close();
  return times;
}

/** Enter at Ada's to painted at Bob's, who is in a browser of his own and looks at their chat. */
export async function deliveryTimes(world: World, messages: number): Promise<readonly number[]> {
  const browser = await chromium.launch(chromiumLaunch());
  const page = await openApp(world, "/");
  const ada = personIn(world.context, page, world.url);
  await using bob = await person(browser, world.url);
  await addProbe(bob.context);
  await bob.accept(await ada.invite(), "Bob");
  await ada.open("Bob");
  const times: number[] = [];
  for (let i = 1; i <= messages; i++) {
    const text = `It is ${i} o'clock here.`;
    await ada.field.fill(text);
    const painted = bob.page.evaluate(
      async ([what, said]) => performance.timeOrigin + (await window.probe.painted(what, said)),
      [NEWEST, text] as const,
    );
    await ada.field.press("Enter");
    const fromMs = await page.evaluate(() => performance.timeOrigin + window.probe.inputMs());
    times.push((await painted) - fromMs);
    await pause(PAUSE_MS);
  }
  await page.close();
  await browser.close();
  return times;
}

export type CatchUp = {
  /** From the navigation to the newest message on the screen. */
  readonly totalMs: number;
  /** Of the page's thread, from the start of the app on. */
  readonly longestTaskMs: number;
  /** From a key to the frame that shows it. */
  readonly longestInputMs: number;
};

/** The guest has written `messages` while Ada was away. She opens that chat and types. */
export async function catchUp(world: World, guest: Guest, messages: number): Promise<CatchUp> {
  const { url, context } = world;
  for (let i = 1; i <= messages; i++) {
    const sent = await guest.person.device.send(guest.c, textOf(i));
    assert(sent.ok, "a guest writes");
  }
  await until(async () => (await waitingAt(url)) >= messages);
  const page = await context.newPage();
  await page.goto(`${url}/chat/${guest.adaC}`, { waitUntil: "commit" });
  let isDone = false;
  const painted = page
    .evaluate(async ([what, said]) => window.probe.painted(what, said), [
      NEWEST,
      textOf(messages),
    ] as const)
    .finally(() => (isDone = true));
  const typing = typeUntil(page, world, () => isDone);
  const totalMs = await painted;
  await typing;
  const { taskMs, inputMs } = await page.evaluate(() => window.probe.busiest());
  await until(() => isDelivered(url));
  await page.close();
  return { totalMs, longestTaskMs: taskMs, longestInputMs: inputMs };
}

const textOf = (i: number): string => `This is what happened at ${i} o'clock.`;

async function typeUntil(page: Page, world: World, isEnough: () => boolean): Promise<void> {
  const { field } = personIn(world.context, page, world.url);
  while (!isEnough()) {
    await field.press("x");
    await pause(TYPING_EVERY_MS);
  }
}
