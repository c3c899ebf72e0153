/** What a chat is like to use: drafts, keys, long histories, narrow windows. */
import { expect, type Page, test } from "@playwright/test";

import { type Person, person, write } from "./person.ts";
import { type RelayProcess, startRelay } from "./relay-process.ts";

const LINES = Array.from({ length: 40 }, (_, i) => `line ${i + 1}.`);

let relay: RelayProcess;
test.beforeAll(async () => {
  relay = await startRelay();
});
test.afterAll(async () => {
  await relay[Symbol.asyncDispose]();
});

async function alone(browser: Parameters<typeof person>[0]): Promise<Person> {
  const alice = await person(browser, relay.url, { viewport: { width: 900, height: 700 } });
  await alice.start("Alice");
  await alice.open("Note to self");
  return alice;
}

test("[ADR1] a text that was not sent is there again after a reload", async ({ browser }) => {
  await using alice = await alone(browser);
  const field = alice.page.getByRole("textbox", { name: "Message" });
  await write(field, "half a thou");
  await expect.poll(() => savedDrafts(alice.page)).toBe(1);
  await alice.page.reload();
  await expect(field).toHaveValue("half a thou");
});

test("[AKB1] keys go through the chats, to the composer, and back", async ({ browser }) => {
  await using alice = await person(browser, relay.url);
  await alice.start("Alice");
  await using bob = await person(browser, relay.url);
  await bob.accept(await alice.invite(), "Bob");
  const { page } = bob;
  const title = page.getByRole("heading", { level: 1 });
  await expect(title).toHaveText("Alice");
  await page.keyboard.press("Alt+ArrowDown");
  await expect(title).toHaveText("Note to self");
  await page.keyboard.press("Alt+ArrowUp");
  await expect(title).toHaveText("Alice");
  await bob.chat("Alice").focus();
  await page.keyboard.type("typed anywhere");
  await expect(page.getByRole("textbox", { name: "Message" })).toHaveValue("typed anywhere");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("two lines");
  await page.keyboard.press("Enter");
  await bob.sees("two lines");
  await page.keyboard.press("Escape");
  await expect(page.getByText("Pick a chat")).toBeVisible();
});

test("[AWL3] [AWL4] [ASK1] a long history keeps few nodes, and its place while more comes in", async ({
  browser,
}) => {
  test.slow();
  await using alice = await alone(browser);
  const { page } = alice;
  for (let from = 1; from <= 320; from += 40) await writeNotes(alice, from, from + 39);
  await alice.sees("note 320.");
  await page.reload();
  await alice.sees("note 320.");
  await expect(page.locator("[data-message]")).toHaveCount(30);
  expect(await distanceToEnd(page)).toBeLessThanOrEqual(15);
  expect(await growWhileScrolling(page)).toBeLessThanOrEqual(15);

  // Up to the very first, whatever is read in above.
  const scroller = page.locator(".log-scroller");
  await scroller.hover();
  for (let steps = 0; steps < 200; steps += 1) {
    const before = await firstVisible(page);
    await page.mouse.wheel(0, -1_500);
    await expect.poll(async () => (await firstVisible(page)).n).toBeLessThan(before.n);
    expect(await page.locator("[data-message]").count()).toBeLessThanOrEqual(240);
    const { n } = await firstVisible(page);
    // Never a leap: no wheel turn passes more than its own way.
    expect(before.n - n).toBeLessThan(60);
    if (n === 1) break;
  }
  expect((await firstVisible(page)).n).toBe(1);
  await alice.act("note 5.", "Pin");
  await page.getByRole("button", { name: "Jump to latest" }).click();
  await alice.sees("note 320.");
  await expect.poll(() => distanceToEnd(page)).toBeLessThanOrEqual(15);
  // From the very end, where the log would follow what is newest.
  await page.getByRole("region", { name: "Pinned messages" }).getByRole("button").click();
  await expect(alice.message("note 5.")).toBeFocused();
  await expect(alice.message("note 5.")).toBeInViewport();
});

test("[AWL2] [ASK2] what one reads does not move when something arrives below", async ({
  browser,
}) => {
  await using alice = await person(browser, relay.url, { viewport: { width: 900, height: 700 } });
  await alice.start("Alice");
  await using bob = await person(browser, relay.url);
  await bob.accept(await alice.invite(), "Bob");
  await alice.open("Bob");
  await bob.say(...LINES);
  await alice.sees("line 40.");
  const { page } = alice;
  await page.locator(".log-scroller").hover();
  // The log follows what comes in to its end: that is over.
  await expect.poll(() => distanceToEnd(page)).toBeLessThanOrEqual(15);
  await scrolled(page);
  await page.mouse.wheel(0, -600);
  await expect(page.getByRole("button", { name: "Jump to latest" })).toBeVisible();
  await scrolled(page);
  const before = await firstVisible(page);
  await bob.say("something new");
  const jump = page.getByRole("button", { name: "1 new message" });
  await expect(jump).toBeVisible();
  expect(await firstVisible(page)).toEqual(before);
  await expect(alice.chat("Bob")).toHaveAccessibleName(/1 unread/u);
  await jump.click();
  await alice.sees("something new");
  await expect(alice.chat("Bob")).not.toHaveAccessibleName(/unread/u);
});

test("[ACV1] a chat opens at what is new, which is unread until it was in view", async ({
  browser,
}) => {
  await using alice = await person(browser, relay.url, { viewport: { width: 900, height: 700 } });
  await alice.start("Alice");
  await using bob = await person(browser, relay.url);
  await bob.accept(await alice.invite(), "Bob");
  await bob.say(...LINES);
  await expect(alice.chat("Bob")).toHaveAccessibleName(/^Bob 40 unread/u);
  await alice.open("Bob");
  const { page } = alice;
  await expect(page.getByText("New messages", { exact: true })).toBeInViewport();
  const jump = page.getByRole("button", { name: "40 new messages" });
  await expect(jump).toBeVisible();
  await bob.seesState("line 20.", "Delivered");
  await jump.click();
  await expect(alice.chat("Bob")).not.toHaveAccessibleName(/unread/u);
  await bob.seesState("line 40.", "Read");
});

for (const dir of ["ltr", "rtl"] as const) {
  test(`[LO5] at 360 px nothing is cut off, written ${dir}`, async ({ browser }) => {
    await using alice = await person(browser, relay.url, {
      viewport: { width: 360, height: 640 },
    });
    const { page } = alice;
    const overflow = async (): Promise<number> =>
      await page.evaluate((given) => {
        document.documentElement.dir = given;
        return document.documentElement.scrollWidth - document.documentElement.clientWidth;
      }, dir);
    await alice.start("Alice with a name longer than any header of a phone");
    expect(await overflow()).toBe(0);
    await page.getByRole("button", { name: "Invite someone" }).click();
    await page.getByRole("textbox", { name: "Invite link" }).waitFor();
    expect(await overflow()).toBe(0);
    await page.keyboard.press("Escape");
    await alice.open("Note to self");
    await alice.say(`${"unbroken".repeat(40)} שלום https://a.example/${"x".repeat(300)}`);
    await alice.sees("unbroken");
    expect(await overflow()).toBe(0);
    const bubble = await page.locator(".bubble").boundingBox();
    const start = dir === "ltr" ? 360 - (bubble!.x + bubble!.width) : bubble!.x;
    // A scroll bar may stand beside it.
    expect(start).toBeLessThan(48);
    await page.getByRole("link", { name: "Back to chats" }).click();
    await expect(alice.chat("Note to self")).toBeVisible();
  });
}

/** As fast as frames go, which is faster than keys through the test's protocol. */
async function writeNotes({ field, sees }: Person, from: number, to: number): Promise<void> {
  await field.evaluate(
    async (element, [first, last]) => {
      element.focus();
      for (let n = first; n <= last; n += 1) {
        document.execCommand("insertText", false, `note ${n}. ${"and more ".repeat(n % 17)}`);
        element.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
        await new Promise(requestAnimationFrame);
      }
    },
    [from, to] as const,
  );
  await sees(`note ${to}.`);
}

const savedDrafts = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        const request = indexedDB.open("kith-keys");
        request.addEventListener("success", () => {
          const count = request.result.transaction("drafts").objectStore("drafts").count();
          count.addEventListener("success", () => resolve(count.result));
          request.result.close();
        });
      }),
  );

const distanceToEnd = (page: Page): Promise<number> =>
  page.locator(".log-scroller").evaluate((it) => it.scrollHeight - it.scrollTop - it.clientHeight);

/**
 * The last message grows after the log was scrolled to its end, and before anybody was told that it was.
 * Answers the distance to the end afterwards.
 */
const growWhileScrolling = (page: Page): Promise<number> =>
  page.locator(".log-scroller").evaluate(async (scroller) => {
    const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    const told = (): Promise<unknown> =>
      new Promise((resolve) => scroller.addEventListener("scroll", resolve, { once: true }));
    const back = told();
    scroller.scrollTop -= 5;
    await back;
    // Out of this frame: within it the observer would look before the next scroll event.
    await new Promise((resolve) => setTimeout(resolve));
    const end = told();
    scroller.scrollTop += 5;
    const last = [...scroller.querySelectorAll<HTMLElement>("[data-message]")].at(-1);
    last?.style.setProperty("padding-bottom", "60px");
    await end;
    await frame();
    await frame();
    const left = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;
    last?.style.removeProperty("padding-bottom");
    await frame();
    return left;
  });

type Visible = { readonly n: number; readonly text: string; readonly top: number };

/** What scrolls goes on for a while: until nothing has moved for some frames. */
const scrolled = (page: Page): Promise<void> =>
  page.locator(".log-scroller").evaluate(async (scroller) => {
    const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
    for (let [top, still] = [NaN, 0]; still < 20; await frame()) {
      still = scroller.scrollTop === top ? still + 1 : 0;
      top = scroller.scrollTop;
    }
  });

/** The first message in view, and where it stands. */
const firstVisible = (page: Page): Promise<Visible> =>
  page.locator(".log-scroller").evaluate((scroller) => {
    const edge = scroller.getBoundingClientRect().top;
    for (const item of scroller.querySelectorAll("[data-message]")) {
      const { top, bottom } = item.getBoundingClientRect();
      const text = item.querySelector(".message-text")?.textContent ?? "";
      if (bottom > edge + 1) {
        return { n: Number(/\d+/u.exec(text)?.[0]), text, top: Math.round(top - edge) };
      }
    }
    return { n: 0, text: "", top: 0 };
  });
