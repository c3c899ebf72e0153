/** From opening the app, or another chat, to its messages on the screen. */
import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

import type { Page } from "@playwright/test";

import { assert } from "../../crypto/base/assert.ts";
import { throttle, type World } from "./app-world.ts";
import { fromInputToPaint } from "./probe.ts";

/** The engine has connected and is quiet again. */
const SETTLE_MS = 700;

/** Navigation to the last chat painted, in milliseconds. `rate`: how much slower the page runs. */
export async function startTimes(
  { context, url }: World,
  runs: number,
  rate = 1,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const page = await context.newPage();
    if (rate > 1) await throttle(page, rate);
    await page.goto(url, { waitUntil: "commit" });
    times.push(await page.evaluate(() => window.probe.firstMessageMs));
    await pause(SETTLE_MS);
    await page.close();
  }
  return times;
}

/** What the browser alone takes: an empty page of another server, navigation to painted. */
export async function emptyPageTimes({ context }: World, runs: number): Promise<readonly number[]> {
  const server = createServer((_, response) =>
    response
      .writeHead(200, { "content-type": "text/html" })
      .end("<!doctype html><title>empty</title><p data-message>"),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert(address !== null && typeof address === "object", "it listens");
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const page = await context.newPage();
    await page.goto(`http://localhost:${address.port}/`, { waitUntil: "commit" });
    times.push(await page.evaluate(() => window.probe.firstMessageMs));
    await page.close();
  }
  server.closeAllConnections();
  server.close();
  return times;
}

/** A click on each chat in turn, to its newest message painted. */
export async function switchTimes(
  page: Page,
  { chats }: World,
  rounds: number,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const { c, newestId } of chats) {
      const painted = fromInputToPaint(page, `[data-message="${newestId}"]`);
      await page.locator(`.chats a[href="/chat/${c}"]`).click();
      times.push(await painted());
    }
  }
  return times;
}

export async function heapMegabytes(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  await devtools.detach();
  return usedSize / 1e6;
}
