/** Several tabs of one browser are one person on one device. */
import { expect } from "@playwright/test";

import { personIn } from "./person.ts";
import { test } from "./world.ts";

test("[AEN1] two tabs show everything once, both write, and the first may close", async ({
  friends,
}) => {
  const [alice, bob] = await friends();
  const second = await alice.comeBack();
  await second.open("Bob");
  await bob.say("for both");
  await Promise.all([alice.sees("for both"), second.sees("for both")]);
  await alice.say("from the first");
  await second.say("from the second");
  for (const seer of [alice, second, bob]) {
    await seer.sees("from the first");
    await seer.sees("from the second");
  }
  await alice.leave();
  await second.say("the first is gone");
  await bob.sees("the first is gone");
  await bob.say("so it is");
  await second.sees("so it is");
  expect(await second.transcript(5)).toEqual(await bob.transcript(5));
});

test("[AEN1] tabs that start together make one person", async ({ newcomer }) => {
  const first = await newcomer();
  const second = personIn(first.context, await first.context.newPage(), first.url);
  await Promise.all([first.page.goto(first.url), second.page.goto(first.url)]);
  await Promise.all([first.giveName("Alice"), second.giveName("Alice")]);
  await Promise.all([first.open("Note to self"), second.open("Note to self")]);
  await second.say("written once");
  await first.sees("written once");
  const link = await second.invite();
  await first.page.bringToFront();
  expect(await first.invite()).toBe(link);
});
