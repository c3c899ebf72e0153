/**
 * An invite link is for one person. Whoever else opens it asks to be let in.
 *
 * [MR1] Accepted, they are a contact like any other; until then they are told nothing. [MR2] Blocked, they
 * reach nobody, and are not told that either; it can be undone.
 */
import { expect } from "@playwright/test";

import type { Person } from "./person.ts";
import { test } from "./world.ts";

type Newcomer = () => Promise<Person>;

/** Alice invites Bob, and somebody else gets hold of the same link. */
async function strangerWithAUsedLink(
  newcomer: Newcomer,
): Promise<readonly [alice: Person, bob: Person, carol: Person]> {
  const [alice, bob, carol] = await Promise.all([newcomer(), newcomer(), newcomer()]);
  await alice.start("Alice");
  const link = await alice.invite();
  await bob.accept(link, "Bob");
  await bob.say("hello");
  await expect(alice.chat("Bob")).toHaveAccessibleName(/hello/u);
  await carol.accept(link, "Carol");
  await carol.say("it is me, Carol");
  await expect(alice.chat("Carol")).toHaveAccessibleName(/Message request/u);
  await alice.open("Carol");
  await expect(alice.page.getByText("Carol wants to chat with you")).toBeVisible();
  await expect(alice.field).toBeHidden();
  return [alice, bob, carol];
}

test("[MR1] who is accepted chats like anybody else @chromium", async ({ newcomer }) => {
  const [alice, bob, carol] = await strangerWithAUsedLink(newcomer);
  // Bob is told that his message is there; of hers, which came before, a stranger is told nothing.
  await bob.say("are you there?");
  await bob.seesState("are you there?", "Delivered");
  await carol.seesState("it is me, Carol", "Sent");
  await alice.page.getByRole("button", { name: "Accept" }).click();
  await carol.seesState("it is me, Carol", "Read");
  await alice.sees("it is me, Carol");
  await alice.say("come in");
  await carol.sees("come in");
  await expect(carol.presence).toHaveText("online");
  await expect(alice.presence).toHaveText("online");
});

test("[MR2] who is blocked reaches nobody, and is not told @chromium", async ({ newcomer }) => {
  const [alice, bob, carol] = await strangerWithAUsedLink(newcomer);
  await alice.page.getByRole("button", { name: "Block" }).click();
  await expect(alice.page.getByText("You blocked Carol.")).toBeVisible();
  await carol.say("let me in");
  await carol.seesState("it is me, Carol", "Sent");
  // What Bob writes afterwards arrives; what Carol wrote before did not.
  await bob.say("are you busy?");
  await expect(alice.chat("Bob")).toHaveAccessibleName(/are you busy\?/u);
  await expect(alice.message("let me in")).toHaveCount(0);
  await expect(alice.chat("Carol")).toHaveAccessibleName(/Blocked/u);
  await expect(carol.presence).not.toHaveText("online");
  await expect(carol.page.getByText(/block/iu)).toHaveCount(0);

  await alice.page.getByRole("button", { name: "Unblock" }).click();
  await alice.say("I changed my mind");
  await carol.sees("I changed my mind");
});
