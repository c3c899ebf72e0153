/** The first minutes of a person, with a stopwatch. */
import { expect } from "@playwright/test";

import { INVITED_MAX_MS } from "./person.ts";
import { test } from "./world.ts";

test("[AON1] a name and Start, and one can write to oneself", async ({ newcomer }) => {
  const alice = await newcomer();
  await alice.page.goto(alice.url);
  await expect(alice.page.getByRole("textbox", { name: "Your name" })).toBeFocused();
  await alice.start("Alice");
  await alice.open("Note to self");
  await alice.say("Milk and bread");
  await expect(alice.stateOf("Milk")).toHaveText("Saved");
});

test("[AON1] an invite link leads into the chat in two actions, its secret leaves the address at once", async ({
  newcomer,
}) => {
  const alice = await newcomer();
  await alice.start("Alice");
  const link = await alice.invite();
  const bob = await newcomer();
  const began = Date.now();
  await bob.page.goto(link);
  await expect(bob.page.getByRole("heading", { level: 1 })).toContainText("invited");
  expect(new URL(bob.page.url()).hash).toBe("");
  await bob.giveName("Bob");
  await expect(bob.page.getByRole("heading", { name: "Alice" })).toBeVisible();
  await expect(bob.page.getByRole("textbox", { name: "Message" })).toBeFocused();
  expect(Date.now() - began).toBeLessThan(INVITED_MAX_MS);
  await bob.say("Here I am");
  await alice.open("Bob");
  await alice.sees("Here I am");
  await expect(bob.stateOf("Here I am")).toHaveText("Read");
});

test("[AON3] a link that was altered says so, and one goes on without it @chromium", async ({
  newcomer,
}) => {
  const bob = await newcomer();
  await bob.page.goto(`${bob.url}/#AQ`);
  await bob.giveName("Bob");
  await expect(bob.page.getByText("not a complete Kith invite link")).toBeVisible();
  await bob.page.getByRole("button", { name: "Go on without it" }).click();
  await expect(bob.chat("Note to self")).toBeVisible();
});

test("[AIF2] a link opened by somebody who has started asks first @chromium", async ({
  newcomer,
}) => {
  const alice = await newcomer();
  await alice.start("Alice");
  const link = await alice.invite();
  const bob = await newcomer();
  await bob.start("Bob");
  await bob.page.goto(link);
  await expect(bob.page.getByText("They will see your name")).toBeVisible();
  await expect(bob.chat("Alice")).toHaveCount(0);
  await bob.page.getByRole("button", { name: "Open the chat" }).click();
  await expect(bob.page.getByRole("heading", { name: "Alice" })).toBeVisible();
});
