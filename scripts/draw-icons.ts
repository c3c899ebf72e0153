/**
 * `node scripts/draw-icons.ts` draws the PNG icons from app/public/icons/kith.svg with Chromium.
 * Run it when the mark changes; the drawings are committed, so that a build needs no browser.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { chromium } from "@playwright/test";

import { chromiumLaunch } from "./browsers.ts";

const folder = join(import.meta.dirname, "../app/public/icons");
const mark = await readFile(join(folder, "kith.svg"), "utf8");
/** A launcher may cut a maskable icon down to the middle 80 %: full bleed, the mark drawn smaller. */
const maskable = mark
  .replace(' rx="112"', "")
  .replaceAll("<path", '<path transform="translate(51.2 51.2) scale(.8)"');

const browser = await chromium.launch(chromiumLaunch());
const page = await browser.newPage();
for (const [name, size, svg] of [
  ["kith-192.png", 192, mark],
  ["kith-512.png", 512, mark],
  ["kith-maskable-512.png", 512, maskable],
] as const) {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:100vw}</style>${svg}`);
  await page.screenshot({ path: join(folder, name), omitBackground: true });
}
await browser.close();
