/** The page beside the app, and the way to it. */
import { cp, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { BrowserContext, Page } from "@playwright/test";
import { encode } from "cborg";
import { build } from "vite";

import { ROOT } from "../../../scripts/child.ts";
import type { TableName } from "../../../sync/store/rows.ts";
import type { Store } from "../../../sync/store/store.ts";
import { TABLES } from "../../../sync/store/tables.ts";

/** Of the paths that the app's service worker leaves to the relay. */
const FOLDER = ".well-known/device-page";
/** Rows in one transaction, and in one message to the page. */
const BATCH = 2_000;

/** A folder with the built app and, beside it, the page: what a relay serves. */
export async function appWithDevicePage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kith-bench-app-"));
  await cp(join(ROOT, "dist"), folder, { recursive: true });
  await build({
    configFile: false,
    logLevel: "warn",
    root: import.meta.dirname,
    base: `/${FOLDER}/`,
    build: {
      outDir: join(folder, FOLDER),
      emptyOutDir: true,
      target: "es2024",
      modulePreload: false,
      chunkSizeWarningLimit: 4_000,
    },
  });
  return folder;
}

/** In a new tab. */
export async function openDevicePage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${url}/${FOLDER}/index.html`);
  await page.waitForFunction(() => "deviceLab" in window);
  return page;
}

/** Every row of `store`, into the app's database. Nothing of the app may be open in the profile. */
export async function moveIn(page: Page, store: Store): Promise<void> {
  for (const table of Object.keys(TABLES) as TableName[]) {
    const rows = await store.read([table], (tx) => tx.range(table, "primary", {}));
    for (let at = 0; at < rows.length; at += BATCH) {
      const text = textOf(rows.slice(at, at + BATCH));
      await page.evaluate(async ({ name, list }) => window.deviceLab.put(name, list), {
        name: table,
        list: text,
      });
    }
  }
}

/** CBOR in base64: what the page takes. */
export const textOf = (list: readonly unknown[]): string =>
  Buffer.from(encode(list)).toString("base64");
