/**
 * All processes of a browser die at once, in the middle of writing. What had settled is there when
 * the profile is opened again. (This kills programs, not the power: the page cache survives. That
 * writes also reach the disk is what "strict" in store.spec.ts is for.)
 */
import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type BrowserContext, expect, type Page, test } from "@playwright/test";

import { chromiumLaunch, firefoxLaunch } from "../../scripts/browsers.ts";
import { openStoreSite, type StoreSite } from "./store/site.ts";

const CANARY = "canary-4712-in-the-clear";
/** Put where everybody can read it: the search must find this one. */
const PLANTED = "planted-4713-in-the-clear";
const ROUNDS = 3;
const WRITES = 25;

let site: StoreSite;
let profile: string;
test.beforeAll(async () => {
  site = await openStoreSite();
});
test.afterAll(async () => {
  await site[Symbol.asyncDispose]();
});
test.beforeEach(async () => {
  profile = await mkdtemp(join(tmpdir(), "kith-profile-"));
});
test.afterEach(async () => {
  await rm(profile, { recursive: true, force: true });
});

test("[ST2] what settled before every browser process was killed is there", async ({
  playwright,
  browserName,
}) => {
  // Starts browsers of its own.
  test.slow();
  const launch = async (): Promise<BrowserContext> => {
    const { launchOptions, ...channel } = firefoxLaunch();
    return browserName === "chromium"
      ? playwright.chromium.launchPersistentContext(profile, chromiumLaunch())
      : playwright.firefox.launchPersistentContext(profile, { ...channel, ...launchOptions });
  };

  for (let round = 1; round <= ROUNDS; round++) {
    const name = `round ${round}`;
    const settled = await writeUntilKilled(await openLab(await launch()), name);
    const context = await launch();
    const page = await openLab(context);
    const kept = await page.evaluate(async (it) => window.lab.texts(it), name);
    expect(kept.length).toBeGreaterThanOrEqual(settled);
    expect(new Set(kept)).toEqual(new Set([CANARY]));
    await context.close();
  }
});

test("[SL1] no file of the profile holds a message @chromium", async ({ playwright }) => {
  const context = await playwright.chromium.launchPersistentContext(profile, chromiumLaunch());
  const page = await openLab(context);
  await page.evaluate(async (text) => window.lab.append("sealed", 200, text), CANARY);
  await page.evaluate(async (text) => window.lab.plant("open", text), PLANTED);
  await context.close();
  const files = await filesBelow(join(profile, "Default/IndexedDB"));
  const holds = (text: string): boolean =>
    files.some((file) => file.includes(text) || file.includes(Buffer.from(text, "utf16le")));
  expect([holds(CANARY), holds(PLANTED)]).toEqual([false, true]);
});

async function openLab(context: BrowserContext): Promise<Page> {
  const [page = await context.newPage()] = context.pages();
  await page.goto(site.url);
  await page.waitForFunction(() => "lab" in window);
  return page;
}

/** How many writes the page had seen settle when everything ended. */
async function writeUntilKilled(page: Page, name: string): Promise<number> {
  // Never settles: the page dies before.
  const writing = page.evaluate(
    async ([it = "", text = ""]) => window.lab.stream(it, text),
    [name, CANARY],
  );
  writing.catch(() => undefined);
  await page.waitForFunction((count) => window.lab.settledWrites() >= count, WRITES);
  const settled = await page.evaluate(() => window.lab.settledWrites());
  const closed = page.context().waitForEvent("close");
  for (const pid of processesOf(profile)) killNow(pid);
  await closed;
  return settled;
}

/** A process that ended after it was listed (its parent died) needs no killing. */
function killNow(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** The processes that were started with this profile, and their descendants. */
function processesOf(folder: string): readonly number[] {
  const lines = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" }).split("\n");
  const all = lines.flatMap((line) => {
    const [, pid, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/u.exec(line) ?? [];
    return args === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), args }];
  });
  const ours = new Set(all.filter((it) => it.args.includes(folder)).map((it) => it.pid));
  for (let before = -1; before !== ours.size;) {
    before = ours.size;
    for (const { pid, parent } of all) if (ours.has(parent)) ours.add(pid);
  }
  return [...ours];
}

async function filesBelow(folder: string): Promise<readonly Buffer[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((it) => it.isFile());
  return Promise.all(files.map(async (it) => readFile(join(it.parentPath, it.name))));
}
