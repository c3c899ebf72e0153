/**
 * Groups, as three people live through them.
 *
 * [GS1] A group is made, talked in and changed, and each sees who did what. [GS2] Who was removed while they
 * were away is out when they come back, and what they write there is nobody's. [GS3] A link lets in who has
 * it, when an admin says yes.
 */
import { expect, type Page } from "@playwright/test";

import { AGAIN_MS, type Person, write } from "./person.ts";
import { test } from "./world.ts";

test.use({ ownRelay: true });

const soon = { timeout: AGAIN_MS };

const dialog = (page: Page) => page.getByRole("dialog");
const line = (person: Person, text: string) => person.messages.filter({ hasText: text });

/** Bob and Carol are Alice's contacts, and strangers to each other. */
async function trio(newcomer: () => Promise<Person>): Promise<readonly [Person, Person, Person]> {
  const [alice, bob, carol] = await Promise.all([newcomer(), newcomer(), newcomer()]);
  await alice.start("Alice");
  await bob.accept(await alice.invite(), "Bob");
  await expect(alice.chat("Bob")).toBeVisible(soon);
  await carol.accept(await alice.invite(), "Carol");
  await expect(alice.chat("Carol")).toBeVisible(soon);
  return [alice, bob, carol];
}

async function makeGroup({ page }: Person, name: string, ...members: readonly string[]) {
  await page.getByRole("button", { name: "New group" }).click();
  await write(page.getByRole("textbox", { name: "Group name" }), name);
  for (const member of members) {
    await dialog(page).getByRole("checkbox", { name: member }).check();
  }
  await dialog(page).getByRole("button", { name: "Create group" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

const members = ({ page }: Person) => page.getByRole("list", { name: "Members" });

async function openDetails(person: Person): Promise<void> {
  await person.page.getByRole("button", { name: "Group details" }).click();
  await expect(members(person)).toBeVisible();
}

async function doWith({ page }: Person, member: string, action: string): Promise<void> {
  await page.getByRole("button", { name: `Actions for ${member}` }).click();
  await page.getByRole("menuitem", { name: action, exact: true }).click();
}

test("[GS1] [GS2] [AOS2] three people make a group, talk, change it, and one is removed", async ({
  newcomer,
  relay,
}) => {
  test.slow();
  const [alice, bob, carol] = await trio(newcomer);
  await makeGroup(alice, "Climbing", "Bob");
  await expect(line(alice, "You made the group “Climbing”")).toBeVisible();
  await expect(line(alice, "You added Bob")).toBeVisible();
  await alice.say("Thursday at six?");

  await expect(bob.chat("Climbing")).toHaveAccessibleName(/1 unread.*Alice: Thursday/u, soon);
  await bob.open("Climbing");
  await bob.sees("Thursday at six?");
  await bob.say("I am in");
  await alice.sees("I am in");
  await bob.seesState("I am in", "Read");

  // Whom Alice adds meets Bob there, and nowhere else.
  await openDetails(alice);
  await alice.page.getByRole("button", { name: "Add member" }).click();
  await dialog(alice.page).getByRole("checkbox", { name: "Carol" }).check();
  await dialog(alice.page).getByRole("button", { name: "Add", exact: true }).click();
  await expect(members(alice).getByRole("listitem")).toHaveCount(3);
  await expect(carol.chat("Climbing")).toBeVisible(soon);
  await carol.open("Climbing");
  await carol.say("Hello, who is here?");
  await bob.sees("Hello, who is here?");
  await expect(bob.message("Hello, who is here?")).toHaveAccessibleName(/^Carol Hello/u);
  await expect(bob.chat("Carol")).toHaveCount(0);

  await doWith(alice, "Bob", "Make admin");
  await expect(line(bob, "Alice made you an admin")).toBeVisible(soon);
  await openDetails(bob);
  await bob.page.getByRole("button", { name: "Edit group" }).click();
  await write(bob.page.getByRole("textbox", { name: "Group name" }), "Bouldering");
  await dialog(bob.page).getByRole("button", { name: "Save" }).click();
  await expect(carol.page.getByRole("heading", { level: 1, name: "Bouldering" })).toBeVisible(soon);
  await expect(line(carol, "Bob called the group “Bouldering”")).toBeVisible();

  // Neither hears of the other while Alice removes Carol, and Carol writes.
  await relay.kill();
  await carol.say("Am I still here?");
  await write(carol.field, "half a thought");
  await doWith(alice, "Carol", "Remove from group");
  await dialog(alice.page).getByRole("button", { name: "Remove from group" }).click();
  await expect(members(alice).getByRole("listitem")).toHaveCount(2);
  await alice.say("Between us");
  await relay.start();
  await bob.sees("Between us");
  await expect(carol.page.getByText("Alice removed you from this group.")).toBeVisible(soon);
  await expect(carol.page.getByText("half a thought")).toBeVisible();
  await expect(carol.page.getByRole("button", { name: "Copy text" })).toBeVisible();
  await expect(carol.message("Am I still here?")).toHaveAccessibleName(/Not accepted$/u, soon);
  await expect(carol.field).toHaveCount(0);
  await expect(carol.message("Between us")).toHaveCount(0);
  for (const it of [alice, bob]) await expect(it.message("Am I still here?")).toHaveCount(0);

  // The owner leaves; who is left owns it.
  await alice.page.getByRole("button", { name: "Leave group" }).click();
  await expect(dialog(alice.page)).toContainText("Bob becomes the owner");
  await dialog(alice.page).getByRole("button", { name: "Leave group" }).click();
  await expect(alice.page.getByText("You left this group.")).toBeVisible();
  await expect(line(bob, "Alice left")).toBeVisible(soon);
  await expect(members(bob).getByRole("listitem")).toHaveText([/You, Owner/u]);
});

test("[GS3] a link lets in who has it, when an admin says yes @chromium", async ({ newcomer }) => {
  test.slow();
  const [alice, bob] = await Promise.all([newcomer(), newcomer()]);
  await alice.start("Alice");
  await makeGroup(alice, "Climbing");
  await openDetails(alice);
  await alice.page.getByRole("button", { name: "Invite links" }).click();
  await dialog(alice.page).getByRole("checkbox", { name: "An admin has to approve" }).check();
  await dialog(alice.page).getByRole("button", { name: "Make a link" }).click();
  const field = alice.page.getByRole("textbox", { name: "Group link" });
  await expect(field).toBeVisible(soon);
  const link = await field.inputValue();
  await alice.page.keyboard.press("Escape");

  await bob.page.goto(link);
  await expect(bob.page.getByRole("heading", { name: "private group" })).toBeVisible();
  await bob.giveName("Bob");
  await expect(bob.page.getByRole("heading", { level: 1, name: "Climbing" })).toBeVisible(soon);
  await expect(bob.page.getByText("You come in once")).toBeVisible();
  await expect(bob.field).toHaveCount(0);

  await expect(alice.page.getByText("1 person waits to come in")).toBeVisible(soon);
  await alice.page.getByRole("button", { name: "Accept Bob" }).click();
  await expect(line(alice, "Bob came in by your link")).toBeVisible(soon);
  await expect(bob.field).toBeVisible(soon);
  await bob.say("Thank you");
  await alice.sees("Thank you");

  // Of a link that does not ask, nobody need do anything.
  await alice.page.getByRole("button", { name: "Invite links" }).click();
  await dialog(alice.page).getByRole("checkbox", { name: "An admin has to approve" }).uncheck();
  await dialog(alice.page).getByRole("button", { name: "Make a link" }).click();
  await expect(field).not.toHaveValue(link, soon);
  const open = await field.inputValue();
  const carol = await newcomer();
  await carol.start("Carol");
  await carol.page.goto(open);
  const asks = carol.page.getByRole("dialog", { name: "Join the group “Climbing”?" });
  await asks.getByRole("button", { name: "Join group" }).click();
  await expect(carol.field).toBeVisible(soon);
  await carol.say("Here I am");
  await bob.sees("Here I am");

  // Withdrawn, it leads nowhere.
  const newest = dialog(alice.page).getByRole("listitem").first();
  await newest.getByRole("button", { name: "Withdraw" }).click();
  await expect(dialog(alice.page).getByText("Withdrawn")).toBeVisible();
  const dan = await newcomer();
  await dan.start("Dan");
  await dan.page.goto(open);
  await expect(dialog(dan.page).getByRole("alert")).toHaveText(/used up or withdrawn/u, soon);
});
