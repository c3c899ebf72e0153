/**
 * A browser is closed, and opened again another day.
 *
 * [AIN3] An invite works while whoever made it is away: the chat is there when they are back.
 */
import { expect } from "@playwright/test";

import { AGAIN_MS, INVITED_MAX_MS, isStored } from "./person.ts";
import { makeProfile } from "./profile.ts";
import { test } from "./world.ts";

test.use({ ownRelay: true });

test("[AIN3] whoever invites may have closed the browser: the chat is there when they are back", async ({
  browserName,
  newcomer,
  relay,
  watch,
}) => {
  // Starts browsers of its own.
  test.slow();
  await using profile = await makeProfile(browserName);
  const alice = await profile.open(relay.url);
  await watch(alice.context);
  await alice.start("Alice");
  await alice.open("Note to self");
  await alice.say("written before");
  const link = await alice.invite();
  await isStored(alice.page);
  await profile.close();

  const bob = await newcomer();
  const startedAtMs = performance.now();
  await bob.accept(link, "Bob");
  await bob.say("are you there?");
  expect(performance.now() - startedAtMs).toBeLessThan(INVITED_MAX_MS);
  await bob.seesState("are you there?", "Sent");

  // Her app opens and shows what it has although there is no relay; the rest comes with the relay.
  await relay.kill();
  const back = await profile.open(relay.url);
  await watch(back.context);
  await back.page.goto(relay.url);
  await back.sees("written before");
  await relay.start();
  await expect(back.chat("Bob")).toHaveAccessibleName(/\b1 unread\b/u, { timeout: AGAIN_MS });
  await back.open("Bob");
  await back.sees("are you there?");
  await back.say("I am now");
  await bob.sees("I am now");
  await bob.seesState("are you there?", "Read");
});
