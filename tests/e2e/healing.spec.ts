/**
 * [RG1] A relay whose store is deleted: what its author cannot send again a member brings back, and the app
 * says who brought back what. The same with five people and more losses: tests/scenario/healing-groups.test.ts.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "@playwright/test";

import { AGAIN_MS, type Person, write } from "./person.ts";
import type { RelayProcess } from "./relay-process.ts";
import { test } from "./world.ts";

const soon = { timeout: 2 * AGAIN_MS };
const TEXTS = ["the key is under the stone", "the dog is called Rex", "back on Monday"] as const;

/** Mailboxes, tokens, prekeys and what waited are gone; the relay's own key is not. */
async function loseStore(relay: RelayProcess): Promise<void> {
  await relay.kill();
  for (const file of ["relay.sqlite", "relay.sqlite-wal", "relay.sqlite-shm"]) {
    await rm(join(relay.dataPath, file), { force: true });
  }
  await relay.start();
}

async function group(alice: Person, name: string, members: readonly string[]): Promise<void> {
  const { page } = alice;
  await page.getByRole("button", { name: "New group" }).click();
  await write(page.getByRole("textbox", { name: "Group name" }), name);
  const dialog = page.getByRole("dialog");
  for (const member of members) await dialog.getByRole("checkbox", { name: member }).check();
  await dialog.getByRole("button", { name: "Create group" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

test("[RG1] a relay loses its store while one is away and another is gone: a third brings it back, and is named", async ({
  newcomer,
  relay,
}) => {
  test.slow();
  const [alice, bob, carol] = await Promise.all([newcomer(), newcomer(), newcomer()]);
  await alice.start("Alice");
  await bob.accept(await alice.invite(), "Bob");
  await expect(alice.chat("Bob")).toBeVisible(soon);
  await carol.accept(await alice.invite(), "Carol");
  await expect(alice.chat("Carol")).toBeVisible(soon);
  await group(alice, "House", ["Bob", "Carol"]);
  for (const person of [bob, carol]) {
    await expect(person.chat("House")).toBeVisible(soon);
    await person.open("House");
  }
  await bob.say("Bob is in");
  await carol.sees("Bob is in");
  await carol.say("Carol is in");
  await bob.sees("Carol is in");

  await carol.leave();
  await alice.say(...TEXTS);
  await bob.sees(TEXTS[2]);
  await alice.leave();
  await loseStore(relay);

  const back = await carol.comeBack();
  for (const text of TEXTS) await expect(back.message(text)).toBeVisible(soon);
  await expect(back.page.locator(".chat-notes")).toContainText(
    /had not delivered 3 messages\. Brought back by Bob \(3\)\./u,
    soon,
  );
  await back.act(TEXTS[0], "Info");
  await expect(back.page.getByRole("complementary")).toContainText("Recovered from");
});
