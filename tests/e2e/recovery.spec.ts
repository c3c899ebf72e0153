/** A browser forgets everything: its person comes back by 24 words, or by a file, and goes on. */
import { writeFileSync } from "node:fs";

import { expect, type Page } from "@playwright/test";

import { AGAIN_MS, type Person, write } from "./person.ts";
import { test } from "./world.ts";

const PASSPHRASE = "correct horse battery staple";

async function fromSettings({ page }: Person, button: string): Promise<void> {
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("button", { name: button }).click();
}

/** Writes the words down, and proves it. */
async function writeDown(person: Person): Promise<readonly string[]> {
  await fromSettings(person, "Recovery words");
  const dialog = person.page.getByRole("dialog", { name: "Recovery words" });
  const items = dialog.getByRole("list", { name: "Your 24 recovery words" }).getByRole("listitem");
  await expect(items).toHaveCount(24, { timeout: AGAIN_MS });
  const words = await items.allTextContents();
  await dialog.getByRole("button", { name: "I have written them down" }).click();
  const fields = dialog.getByRole("textbox", { name: /^Word \d+$/u });
  await expect(fields).toHaveCount(3);
  for (const field of await fields.all()) await write(field, "wrong");
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Look at your paper again");
  for (const label of await dialog.getByText(/^Word \d+$/u).allTextContents()) {
    const place = Number(label.slice("Word ".length));
    await write(dialog.getByRole("textbox", { name: label, exact: true }), words[place - 1] ?? "");
  }
  await dialog.getByRole("button", { name: "Confirm" }).click();
  await expect(dialog.getByRole("status")).toContainText("your paper is the only copy");
  await dialog.getByRole("button", { name: "Done" }).click();
  return words;
}

async function saveBackup(person: Person, path: string): Promise<void> {
  const { page } = person;
  await fromSettings(person, "Export backup");
  const dialog = page.getByRole("dialog", { name: "Export backup" });
  await dialog.getByRole("textbox", { name: "Passphrase", exact: true }).fill(PASSPHRASE);
  await dialog.getByRole("textbox", { name: "Passphrase again" }).fill(PASSPHRASE);
  // WebDriver BiDi tells nothing of downloads: what is given to the browser is kept beside it.
  await page.evaluate(() => {
    const make = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (file) => {
      Object.assign(globalThis, { savedFile: file });
      return make(file);
    };
  });
  await dialog.getByRole("button", { name: "Save the file" }).click();
  await expect(dialog.getByRole("status")).toContainText("in the file", { timeout: AGAIN_MS });
  const bytes = await page.evaluate(async () => {
    const { savedFile } = globalThis as unknown as { readonly savedFile: Blob };
    return [...new Uint8Array(await savedFile.arrayBuffer())];
  });
  writeFileSync(path, Uint8Array.from(bytes));
  await dialog.getByRole("button", { name: "Done" }).click();
}

const openRestore = async (page: Page, url: string): Promise<void> => {
  await page.goto(url);
  await page.getByRole("button", { name: "Restore" }).click();
};

test("[RV7] [BU5] [AON6] a wiped browser is restored by words and by a file, and the contact brings the rest", async ({
  friends,
  newcomer,
  relay,
}, testInfo) => {
  test.slow();
  const [alice, bob] = await friends();
  await alice.say("before the backup");
  await bob.say("heard");
  await alice.sees("heard");
  const file = testInfo.outputPath("backup.age");
  await saveBackup(alice, file);
  await bob.say("after the backup");
  await alice.sees("after the backup");
  const words = await writeDown(alice);
  await alice.page.getByRole("button", { name: "Settings" }).click();
  await expect(alice.page.getByText("You wrote your recovery words down.")).toBeVisible();
  await alice.context.close();

  // An invite that opened the app is asked about afterwards.
  const again = await newcomer();
  await openRestore(again.page, await bob.invite());
  const dialog = again.page.getByRole("dialog", { name: "Restore your account" });
  const field = dialog.getByRole("textbox", { name: "Recovery words" });
  const submit = dialog.getByRole("button", { name: "Restore" });
  await write(field, [...words.slice(0, 4), "abandonn", ...words.slice(5)].join(" "));
  await submit.click();
  await expect(dialog.getByRole("alert")).toContainText("Word 5 is none of the list.");
  await write(field, words.join(" "));
  await submit.click();
  await again.page.getByRole("button", { name: "Open the chat" }).click({ timeout: AGAIN_MS });
  await expect(again.page.getByRole("heading", { level: 1, name: "Bob" })).toBeVisible();
  for (const text of ["before the backup", "heard", "after the backup"]) await again.sees(text);
  await again.say("I am back");
  await bob.sees("I am back");
  await bob.say("so you are");
  await again.sees("so you are");

  // Bob is away: what the file has is there all the same.
  await bob.leave();
  const third = await newcomer();
  await openRestore(third.page, relay.url);
  await third.page.getByRole("button", { name: "Import backup" }).click();
  const importing = third.page.getByRole("dialog", { name: "Import backup" });
  await importing.getByLabel("Backup file").setInputFiles(file);
  const passphrase = importing.getByRole("textbox", { name: "Passphrase" });
  await passphrase.fill("not the passphrase");
  await importing.getByRole("button", { name: "Import" }).click();
  await expect(importing.getByRole("alert")).toContainText("does not open the file", {
    timeout: AGAIN_MS,
  });
  await passphrase.fill(PASSPHRASE);
  await importing.getByRole("button", { name: "Import" }).click();
  await third.open("Bob");
  for (const text of ["before the backup", "heard"]) await third.sees(text);
  // The other device of the account has the rest.
  for (const text of ["after the backup", "so you are"]) await third.sees(text);
});
