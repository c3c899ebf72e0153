/**
 * What a relay loses the others bring back, and the app says who.
 *
 * [RG1] Its store is deleted while three of five are away and the author is gone: the fifth has it. [RG2] It
 * drops what one author writes to one of them, and says that it keeps it: the next message of anybody tells.
 * [RG3] A device that its relay has not seen for a year, and knows nothing of any more, makes its mailbox anew
 * and catches up; who is found by nobody is to be asked for a new link. The browsers' clocks are not a year
 * ahead: nothing can set that of a worker. With that year, and with current cards from others, the same is
 * in tests/scenario/year-away.test.ts.
 */
import { expect } from "@playwright/test";

import { AGAIN_MS, type Person, write } from "./person.ts";
import { withholdingWay } from "./withholding-way.ts";
import { test } from "./world.ts";

test.use({ ownRelay: true });

const soon = { timeout: 2 * AGAIN_MS };
const TEXTS = ["the key is under the stone", "the dog is called Rex", "back on Monday"] as const;
const YEAR_DAYS = 365;
const DAY_MS = 86_400_000;

async function group(alice: Person, name: string, members: readonly string[]): Promise<void> {
  const { page } = alice;
  await page.getByRole("button", { name: "New group" }).click();
  await write(page.getByRole("textbox", { name: "Group name" }), name);
  const dialog = page.getByRole("dialog");
  for (const member of members) await dialog.getByRole("checkbox", { name: member }).check();
  await dialog.getByRole("button", { name: "Create group" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

/** They start by links of Alice's. */
async function befriend(alice: Person, others: Readonly<Record<string, Person>>): Promise<void> {
  for (const [name, person] of Object.entries(others)) {
    await person.accept(await alice.invite(), name);
    await expect(alice.chat(name)).toBeVisible(soon);
  }
}

/** In "House", in which each of the others has said something that all have. */
async function house(alice: Person, others: Readonly<Record<string, Person>>): Promise<void> {
  await group(alice, "House", Object.keys(others));
  const people = Object.entries(others);
  for (const [, person] of people) {
    await expect(person.chat("House")).toBeVisible(soon);
    await person.open("House");
  }
  for (const [name, person] of people) await person.say(`${name} is in`);
  for (const person of [alice, ...Object.values(others)]) {
    for (const [name] of people) await person.sees(`${name} is in`);
  }
}

const notesOf = ({ page }: Person) => page.locator(".chat-notes");
const textsOf = ({ messages }: Person) => messages.locator(".message-text").allTextContents();

test("[RG1] a relay's store is deleted while three of five are away: all end with the same, and are told who had it @chromium", async ({
  newcomer,
  relay,
}) => {
  test.setTimeout(240_000);
  const people = await Promise.all(Array.from({ length: 5 }, () => newcomer()));
  const [alice, bob, carol, dave, eve] = people as [Person, Person, Person, Person, Person];
  await alice.start("Alice");
  await befriend(alice, { Bob: bob, Carol: carol, Dave: dave, Eve: eve });
  await house(alice, { Bob: bob, Carol: carol, Dave: dave, Eve: eve });

  for (const it of [carol, dave, eve]) await it.leave();
  await alice.say(...TEXTS);
  await bob.sees(TEXTS[2]);
  await alice.leave();
  await relay.loseStore();

  const back: Person[] = [];
  for (const it of [carol, dave, eve]) {
    const person = await it.comeBack();
    back.push(person);
    for (const text of TEXTS) await expect(person.message(text)).toBeVisible(soon);
    await expect(notesOf(person)).toContainText(
      /localhost:\d+ had not delivered 3 messages\. Brought back by /u,
      soon,
    );
  }
  // Of the first nobody but Bob could have it.
  const [first = carol] = back;
  await expect(notesOf(first)).toContainText("Brought back by Bob (3).");
  await first.act(TEXTS[0], "Info");
  await expect(first.page.getByRole("complementary")).toContainText("Recovered from");
  const again = await alice.comeBack();
  await again.say("I see you all");
  const all = [again, bob, ...back];
  for (const it of all) await it.sees("I see you all");
  const expected = await textsOf(bob);
  expect(expected).toEqual(expect.arrayContaining([...TEXTS, "I see you all"]));
  for (const it of all) expect(await textsOf(it)).toEqual(expected);
});

test("[RG2] a relay drops what one author writes: the next message of anybody tells, and a member brings it @chromium", async ({
  newcomer,
  relay,
}) => {
  test.setTimeout(240_000);
  await using way = await withholdingWay(relay.port);
  const [alice, bob, carol] = await Promise.all([
    newcomer(relay.url, { proxy: { server: way.url, bypass: "<-loopback>" } }),
    newcomer(),
    newcomer(),
  ]);
  await alice.start("Alice");
  await befriend(alice, { Bob: bob });
  await bob.say("my mailbox is the first");
  await expect(alice.chat("Bob")).toHaveAccessibleName(/is the first/u, soon);
  await expect.poll(() => way.mailboxes().length).toBe(1);
  const [bobs = ""] = way.mailboxes();
  await befriend(alice, { Carol: carol });
  await house(alice, { Bob: bob, Carol: carol });

  way.withhold(bobs);
  await alice.say(...TEXTS);
  await alice.seesState(TEXTS[2], "Sent");
  await carol.sees(TEXTS[2]);
  expect(way.withheld()).toBeGreaterThanOrEqual(TEXTS.length);
  for (const text of TEXTS) await expect(bob.message(text)).toHaveCount(0);

  await carol.say("did you see that?");
  await bob.sees("did you see that?");
  for (const text of TEXTS) await expect(bob.message(text)).toBeVisible(soon);
  await expect(notesOf(bob)).toContainText(
    `${new URL(relay.url).host} had not delivered 3 messages. Brought back by Carol (3).`,
    soon,
  );
  await bob.act(TEXTS[0], "Info");
  await expect(bob.page.getByRole("complementary")).toContainText("Recovered from");
  // His receipts have a way to her: what the relay had told her is true by now.
  await alice.seesState(TEXTS[2], "Read");
  expect(await textsOf(bob)).toEqual(await textsOf(carol));
});

test("[RG3] a device that was away for a year is found by all whom it knows, catches up, and says who cannot be found @chromium", async ({
  newcomer,
  relay,
}) => {
  test.setTimeout(240_000);
  const [alice, dan, bob, carol] = await Promise.all([
    newcomer(),
    newcomer(),
    newcomer(),
    newcomer(),
  ]);
  await alice.start("Alice");
  await befriend(alice, { Dan: dan, Bob: bob, Carol: carol });
  await house(alice, { Bob: bob, Carol: carol });
  const link = await alice.invite();
  await alice.leave();
  await dan.leave();

  // Theirs are the first two mailboxes.
  await relay.missFor(YEAR_DAYS, [1, 2]);
  const status = async (): Promise<unknown> => (await fetch(`${relay.url}/status.json`)).json();
  await expect.poll(status).toMatchObject({ mailboxes: 2 });
  await bob.say(...TEXTS);
  await carol.sees(TEXTS[2]);
  await bob.open("Alice");
  await bob.say("where have you been?");

  const back = await alice.comeBack();
  await back.open("House");
  for (const text of TEXTS) await expect(back.message(text)).toBeVisible(soon);
  await back.say("at sea");
  for (const it of [bob, carol]) {
    await it.open("House");
    await expect(it.message("at sea")).toBeVisible(soon);
    expect(await textsOf(it)).toEqual(await textsOf(back));
  }
  await back.open("Bob");
  await expect(back.message("where have you been?")).toBeVisible(soon);
  await back.say("at sea, as I said");
  await bob.open("Alice");
  await bob.sees("at sea, as I said");
  await back.seesState("at sea, as I said", "Read");

  // With the mailbox comes what lay in it: her invite.
  const eve = await newcomer();
  await eve.accept(link, "Eve");
  await eve.say("your link works");
  await expect(back.chat("Eve")).toHaveAccessibleName(/your link works/u, soon);

  // Dan never came back: after a day Alice is told what she can do.
  await back.open("Dan");
  await back.say("and you, Dan?");
  await expect(notesOf(back)).not.toContainText("new invite link");
  await back.page.clock.install({ time: Date.now() + 2 * DAY_MS });
  await back.page.reload();
  await expect(notesOf(back)).toContainText("Ask them for a new invite link", soon);
});
