/**
 * Someone with one device: a browser profile of their own, hence a database and keys of their own.
 * Does and sees what a person does and sees, by the names that assistive technology gives.
 */
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Locator,
  Page,
} from "@playwright/test";

export type Person = AsyncDisposable & {
  readonly page: Page;
  readonly context: BrowserContext;
  /** First visit without an invite: name, Start. */
  readonly start: (name: string) => Promise<void>;
  /** Makes or shows their invite link; answers it. */
  readonly invite: () => Promise<string>;
  /** First visit by an invite link: open it, name, Start; settles when they can write. */
  readonly accept: (link: string, name: string) => Promise<void>;
  /** Opens the chat of that name from the list. */
  readonly open: (chat: string) => Promise<void>;
  readonly say: (text: string) => Promise<void>;
  /** Settles when the message is in the open chat. */
  readonly sees: (text: string) => Promise<void>;
  /** The message of the open chat that contains `text`; strict when several do. */
  readonly message: (text: string) => Locator;
  /** The words beside an own message: "Sent", "Delivered", … */
  readonly stateOf: (text: string) => Locator;
  /** The texts of the messages in the document, in their order. */
  readonly transcript: () => Promise<readonly string[]>;
  readonly chat: (name: string) => Locator;
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
  const messages = page.getByRole("list", { name: "Messages" });
  const field = page.getByRole("textbox", { name: "Message" });
  const message = (text: string): Locator =>
    messages.getByRole("listitem").filter({ hasText: text });
  const chat = (name: string): Locator =>
    page
      .getByRole("list", { name: "Chats" })
      .getByRole("link", { name: new RegExp(`^${RegExp.escape(name)}(?![\\w])`, "u") });
  const giveName = async (name: string): Promise<void> => {
    await page.getByRole("textbox", { name: "Your name" }).fill(name);
    await page.getByRole("button", { name: "Start" }).click();
  };
  return {
    page,
    context,
    start: async (name) => {
      await page.goto(url);
      await giveName(name);
      await page.getByRole("list", { name: "Chats" }).waitFor();
    },
    invite: async () => {
      await page.getByRole("button", { name: "Invite someone" }).click();
      const link = await page.getByRole("textbox", { name: "Invite link" }).inputValue();
      await page.keyboard.press("Escape");
      return link;
    },
    accept: async (link, name) => {
      await page.goto(link);
      await giveName(name);
      await field.waitFor();
    },
    open: async (name) => {
      await chat(name).click();
      await field.waitFor();
    },
    say: async (text) => {
      await field.fill(text);
      await page.getByRole("button", { name: "Send" }).click();
    },
    sees: async (text) => {
      await message(text).first().waitFor();
    },
    message,
    stateOf: (text) => message(text).locator("[data-state]"),
    transcript: () => messages.locator("[data-message] .message-text").allInnerTexts(),
    chat,
    [Symbol.asyncDispose]: () => context.close(),
  };
}
