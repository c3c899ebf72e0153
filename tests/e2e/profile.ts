/** A browser with a profile on disk, which can be closed and opened again: all that it kept is there. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type BrowserContext, chromium, firefox, type Page } from "@playwright/test";

import { chromiumLaunch, firefoxLaunch } from "../../scripts/browsers.ts";
import { type Person, personIn } from "./person.ts";

export type Profile = AsyncDisposable & {
  /** Starts the browser. One at a time. */
  readonly open: (url: string) => Promise<Person>;
  /** Ends the browser. */
  readonly close: () => Promise<void>;
};

const LOCALE = { locale: "en-GB", timezoneId: "UTC" } as const;

export async function makeProfile(browserName: string): Promise<Profile> {
  const folder = await mkdtemp(join(tmpdir(), "kith-profile-"));
  let context: BrowserContext | undefined;

  const launch = async (): Promise<BrowserContext> => {
    if (browserName === "chromium") {
      return await chromium.launchPersistentContext(folder, { ...chromiumLaunch(), ...LOCALE });
    }
    const { launchOptions, ...channel } = firefoxLaunch();
    const options = { ...channel, ...launchOptions, ...LOCALE };
    return await firefox.launchPersistentContext(folder, options);
  };
  const close = async (): Promise<void> => {
    await context?.close();
    context = undefined;
  };
  return {
    open: async (url) => {
      context = await launch();
      const [page = await context.newPage()]: readonly Page[] = context.pages();
      return personIn(context, page, url);
    },
    close,
    [Symbol.asyncDispose]: async () => {
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
