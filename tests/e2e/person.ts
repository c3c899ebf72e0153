/**
 * Someone with one device: a browser profile of their own, hence a database and keys of their own.
 * Does and sees what a person does and sees, by the names that assistive technology gives.
 */
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  expect,
  type Locator,
  type Page,
} from "@playwright/test";

/** What is beside an own message; "Saved" in "Note to self". */
export type MessageState = "Waiting to send" | "Sent" | "Delivered" | "Read" | "Saved";

/** Connecting again waits for some seconds, by chance (sync/session/backoff.ts). */
export const AGAIN_MS = 30_000;

/** The product's bar: who opens an invite link is in the chat after two actions, in less than this. */
export const INVITED_MAX_MS = 20_000;

export type Person = AsyncDisposable & {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Where their app is served. */
  readonly url: string;
  /** The field that messages are written in. */
  readonly field: Locator;
  /** Items of the open chat. */
  readonly messages: Locator;
  /** Lines above everything: no text while all is well. */
  readonly strips: Locator;
  /** Below the open chat's name: "online", "last seen …", "… is writing…". */
  readonly presence: Locator;
  /** Fills in the first screen: name, Start. */
  readonly giveName: (name: string) => Promise<void>;
  /** First visit without an invite: name, Start. */
  readonly start: (name: string) => Promise<void>;
  /** Makes or shows their invite link; answers it. With the relay there it works at once. */
  readonly invite: () => Promise<string>;
  /** First visit by an invite link: open it, name, Start; settles when they can write. */
  readonly accept: (link: string, name: string) => Promise<void>;
  /** Opens the chat of that name from the list. */
  readonly open: (chat: string) => Promise<void>;
  /** Writes text after text, each with Enter; settles when the last is in the log. */
  readonly say: (...texts: readonly string[]) => Promise<void>;
  /** Settles when the message is in the open chat, once and not more often. */
  readonly sees: (text: string) => Promise<void>;
  readonly seesState: (text: string, state: MessageState) => Promise<void>;
  /** The message of the open chat that contains `text`; strict when several do. */
  readonly message: (text: string) => Locator;
  /** The words beside an own message: "Sent", "Delivered", … */
  readonly stateOf: (text: string) => Locator;
  /** All `count` texts of the open chat in their order, scrolled up to the first. */
  readonly transcript: (count: number) => Promise<readonly string[]>;
  /** Chooses from the message's actions. */
  readonly act: (text: string, action: string) => Promise<void>;
  readonly chat: (name: string) => Locator;
  /** Closes the page; their engine ends with the last one. */
  readonly leave: () => Promise<void>;
  /** Opens the app in a new page of the same browser, with what it kept. */
  readonly comeBack: () => Promise<Person>;
};

/** `url`: where the app is served. */
export async function person(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Person> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  return personIn(context, page, url);
}

/** The same person in a page that is there already: a second tab, a profile that was reopened. */
export function personIn(context: BrowserContext, page: Page, url: string): Person {
  const { chats, field, messages, name, start } = partsOf(page);
  const message = (text: string): Locator => messages.filter({ hasText: text });
  const chat = (title: string): Locator =>
    chats.getByRole("link", { name: new RegExp(`^${RegExp.escape(title)}(?!\\w)`, "u") });
  const giveName = async (given: string): Promise<void> => {
    await write(name, given);
    await start.click();
  };
  return {
    page,
    context,
    url,
    field,
    messages,
    strips: page.locator(".strips"),
    presence: page.locator(".presence"),
    giveName,
    start: async (given) => {
      await page.goto(url);
      await giveName(given);
      await expect(chat("Note to self")).toBeVisible();
    },
    invite: async () => await inviteFrom(page),
    accept: async (link, given) => {
      await page.goto(link);
      await giveName(given);
      await expect(field).toBeVisible({ timeout: AGAIN_MS });
    },
    open: async (title) => {
      await chat(title).click();
      await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
    },
    say: async (...texts) => {
      for (const text of texts) {
        await write(field, text);
        await page.keyboard.press("Enter");
      }
      const last = texts.at(-1);
      if (last !== undefined) await expect(message(last)).toBeVisible({ timeout: AGAIN_MS });
    },
    sees: async (text) => {
      await expect(message(text)).toHaveCount(1, { timeout: AGAIN_MS });
    },
    seesState: async (text, state) => {
      const said = new RegExp(` ${state}$`, "u");
      await expect(message(text)).toHaveAccessibleName(said, { timeout: AGAIN_MS });
    },
    message,
    stateOf: (text) => message(text).locator("[data-state]"),
    transcript: async (count) => await transcriptOf(messages, count),
    act: async (text, action) => {
      await message(text).hover();
      await message(text).getByRole("button", { name: "Message actions" }).click();
      const menu = page.getByRole("menu", { name: "Message actions" });
      await menu.getByRole("menuitem", { name: action, exact: true }).click();
    },
    chat,
    leave: async () => await page.close(),
    comeBack: async () => {
      const next = personIn(context, await context.newPage(), url);
      await next.page.goto(url);
      return next;
    },
    [Symbol.asyncDispose]: async () => await context.close(),
  };
}

type Parts = Readonly<Record<"chats" | "field" | "messages" | "name" | "start", Locator>>;

const partsOf = (page: Page): Parts => ({
  chats: page.getByRole("list", { name: "Chats" }),
  field: page.getByRole("textbox", { name: "Message", exact: true }),
  messages: page.getByRole("list", { name: "Messages" }).getByRole("listitem"),
  name: page.getByRole("textbox", { name: "Your name" }),
  start: page.getByRole("button", { name: "Start", exact: true }),
});

async function inviteFrom(page: Page): Promise<string> {
  await page.getByRole("button", { name: "Invite someone" }).click();
  const link = await page.getByRole("textbox", { name: "Invite link" }).inputValue();
  await page.getByRole("button", { name: "Close" }).click();
  return link;
}

async function transcriptOf(messages: Locator, count: number): Promise<readonly string[]> {
  await expect(async () => {
    await messages.first().scrollIntoViewIfNeeded();
    await expect(messages).toHaveCount(count, { timeout: 1_000 });
  }).toPass({ timeout: AGAIN_MS });
  return await messages.locator(".message-text").allTextContents();
}

/**
 * Puts a whole text into a field, as a paste does. Not `fill`: in stock Firefox that sets the value
 * from a script, which React's controlled fields do not take for input.
 */
export async function write(field: Locator, text: string): Promise<void> {
  await field.evaluate((element, it) => {
    element.focus();
    (element as HTMLInputElement | HTMLTextAreaElement).select();
    if (!document.execCommand("insertText", false, it)) throw new Error("nothing takes the text");
  }, text);
}

/** Settles when the app has stored itself, so that it opens without a network. */
export async function isStored(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
}

/** By the person's own setting: stock Firefox does not take the system's from a test. */
export async function setTheme(page: Page, theme: "Light" | "Dark"): Promise<void> {
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("group", { name: "Appearance" }).getByText(theme, { exact: true }).click();
  await page.getByRole("button", { name: "Close" }).click();
}
