/**
 * Which browsers the tests drive, and how they come onto the machine: Debian's own Chromium and
 * stock Firefox ESR where they are (or where root may install them), Playwright's own elsewhere.
 */
import { existsSync } from "node:fs";

import type { LaunchOptions } from "@playwright/test";

const CHROMIUM = "/usr/bin/chromium";
const FIREFOX_ESR = "/usr/bin/firefox-esr";

/** What the tests need of Debian: both browsers, letters for what people write, faults for disks. */
export const DEBIAN_PACKAGES: readonly string[] = [
  "chromium",
  "firefox-esr",
  "fonts-noto-core",
  "fonts-noto-color-emoji",
  "age",
  "strace",
];

export const isRoot = (): boolean => process.getuid?.() === 0;

export const hasDebianBrowsers = (): boolean => existsSync(CHROMIUM) && existsSync(FIREFOX_ESR);

/**
 * Of each context Chromium makes two pages of its own for the suggestions of its address bar, which is
 * nowhere to be seen: a tenth of what the tests cost. The others are what Playwright switches off, before
 * ours: Chromium reads the last switch of a name alone.
 */
const FEATURES_OFF = [
  "WebUIOmniboxPopup",
  "WebUIOmniboxAimPopup",
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "BlockOriginHeaderModificationOnRedirect",
  "BoundaryEventDispatchTracksNodeRemoval",
  "DestroyProfileOnBrowserClose",
  "DialMediaRouteProvider",
  "GlobalMediaControls",
  "HttpsUpgrades",
  "LensOverlay",
  "MediaRouter",
  "OptimizationHints",
  "PaintHolding",
  "ThirdPartyStoragePartitioning",
  "Translate",
] as const;

/** The switches keep Chromium from calling home, so that a test sees the app's requests only. */
export function chromiumLaunch(): LaunchOptions {
  return {
    ...(existsSync(CHROMIUM) ? { executablePath: CHROMIUM } : {}),
    args: [
      ...(isRoot() ? ["--no-sandbox"] : []),
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-quic",
      `--disable-features=${FEATURES_OFF.join(",")}`,
    ],
  };
}

/** Stock Firefox is driven over WebDriver BiDi; Playwright's own build is patched Firefox. */
export function firefoxLaunch(): {
  readonly channel?: string;
  readonly launchOptions: LaunchOptions;
} {
  return existsSync(FIREFOX_ESR)
    ? { channel: "moz-firefox", launchOptions: { executablePath: FIREFOX_ESR } }
    : { launchOptions: {} };
}
