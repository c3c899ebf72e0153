/**
 * Ada's browser, with a history in 20 chats, and the people she writes with, at a real relay. The
 * build is the one in dist/; the profile lies on the disk of the machine.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type BrowserContext, chromium, type Page } from "@playwright/test";

import { assert } from "../../crypto/base/assert.ts";
import { ready } from "../../crypto/base/sodium.ts";
import { chromiumLaunch } from "../../scripts/browsers.ts";
import { type RelayProcess, startRelay } from "../e2e/relay-process.ts";
import { befriend, openPerson, type Person, until } from "./crowd.ts";
import { appWithDevicePage, moveIn, openDevicePage } from "./device-page/site.ts";
import { sideOf, writeHistory } from "./history.ts";
import { addProbe } from "./probe.ts";

/** With "Note to self". */
export const CHATS = 20;
/** Nobody writes 5,000 messages in a few seconds: the limits that say so are lifted. */
const RELAY_SETTINGS = {
  KITH_TOKEN_PUTS_PER_SECOND: "10000",
  KITH_SOCKET_FRAMES_PER_SECOND: "100000",
  KITH_MAILBOX_MESSAGES: "100000",
} as const;

/** A relay that serves the app, and the device page beside it. */
export type Site = AsyncDisposable & { readonly relay: RelayProcess };

export async function openSite(): Promise<Site> {
  await ready;
  const folder = await appWithDevicePage();
  const relay = await startRelay({ ...RELAY_SETTINGS, KITH_APP: folder });
  return {
    relay,
    [Symbol.asyncDispose]: async () => {
      await relay[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** Somebody Ada knows. `c` is the number of the chat on their side, `adaC` on hers. */
export type Guest = { readonly person: Person; readonly c: number; readonly adaC: number };

export type World = AsyncDisposable & {
  readonly url: string;
  /** Ada's browser. */
  readonly context: BrowserContext;
  /** Online, in this process. */
  readonly guests: readonly Guest[];
  /** All her chats, each with the id of its newest message. */
  readonly chats: readonly { readonly c: number; readonly newestId: string }[];
};

/** Ada has `messages` in all, as many in each chat. No page of the app is open yet. */
export async function openWorld({ relay }: Site, messages: number): Promise<World> {
  const { url } = relay;
  const ada = await openPerson("Ada", url);
  const people = await Promise.all(
    Array.from({ length: CHATS - 1 }, (_, i) => openPerson(`Guest ${i + 1}`, url)),
  );
  await befriend(ada, people);
  await until(() => isDelivered(url));
  await ada.device[Symbol.asyncDispose]();

  const self = await sideOf(ada.store);
  const guests: Guest[] = [];
  const chats = [{ c: self.c, newestId: await writeHistory([self], messages / CHATS) }];
  for (const person of people) {
    const theirs = await sideOf(person.store, self.self.account);
    const ours = await sideOf(ada.store, theirs.self.account);
    const newestId = await writeHistory([ours, theirs], messages / CHATS);
    chats.push({ c: ours.c, newestId });
    guests.push({ person, c: theirs.c, adaC: ours.c });
  }
  const profile = await mkdtemp(join(tmpdir(), "kith-bench-profile-"));
  const context = await chromium.launchPersistentContext(profile, chromiumLaunch());
  await addProbe(context);
  const page = await openDevicePage(context, url);
  await moveIn(page, ada.store);
  await page.close();
  return {
    url,
    context,
    guests,
    chats,
    [Symbol.asyncDispose]: async () => {
      await context.close();
      for (const { person } of guests) await person.device[Symbol.asyncDispose]();
      await rm(profile, { recursive: true });
    },
  };
}

/** Envelopes in all mailboxes of the relay. */
export async function waitingAt(url: string): Promise<number> {
  const answer = await fetch(`${url}/status.json`);
  return ((await answer.json()) as { readonly messages: number }).messages;
}

/** Everybody has what was sent to them. */
export const isDelivered = async (url: string): Promise<boolean> => (await waitingAt(url)) === 0;

/** The app in a new tab, at `path`, when its first message is painted. */
export async function openApp({ context, url }: World, path: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url + path);
  await page.evaluate(() => window.probe.firstMessageMs);
  return page;
}

/** The service worker has stored the app, and serves it from now on. */
export async function installApp(world: World): Promise<void> {
  const page = await openApp(world, `/chat/${world.chats[0]?.c}`);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await page.close();
  const again = await openApp(world, "/");
  const isServed = await again.evaluate(() => navigator.serviceWorker.controller !== null);
  assert(isServed, "the app is installed");
  await until(() => isDelivered(world.url));
  await again.close();
}

/** Slows the page's own thread down; workers keep their speed. */
export async function throttle(page: Page, rate: number): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate });
}
