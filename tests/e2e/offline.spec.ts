/**
 * Without a network the app opens, shows everything, takes what is written, and sends it later.
 *
 * [OF1] What was written offline on both sides arrives, in one order. [OF2] A connection that broke
 * is made again by itself. In both cases a line says how much waits.
 */
import { expect } from "@playwright/test";

import { AGAIN_MS, isStored, type Person } from "./person.ts";
import { tapWire } from "./tap/wire-tap.ts";
import { test } from "./world.ts";

test.use({ ownRelay: true });

const EACH = 50;

const textsOf = (name: string): readonly string[] =>
  Array.from({ length: EACH }, (_, i) => `${name} ${`${i + 1}`.padStart(2, "0")}`);

const setOffline = async (people: readonly Person[], offline: boolean): Promise<void> => {
  await Promise.all(people.map(async ({ page }) => page.context().setOffline(offline)));
};

test("[OF1] 50 messages written offline on both sides arrive, in one order @chromium", async ({
  friends,
  relay,
}) => {
  const [alice, bob] = await friends();
  const people = [alice, bob];
  await alice.say("see you");
  await bob.sees("see you");
  await relay.kill();
  await setOffline(people, true);
  await expect(alice.strips).toHaveText("Offline. You can go on writing.");

  await Promise.all([alice.say(...textsOf("Alice")), bob.say(...textsOf("Bob"))]);
  for (const { strips } of people) {
    await expect(strips).toHaveText(`Offline, ${EACH} messages will be sent when you’re back`);
  }
  await alice.seesState(`Alice ${EACH}`, "Waiting to send");

  await relay.start();
  await setOffline(people, false);
  await Promise.all([alice.sees(`Bob ${EACH}`), bob.sees(`Alice ${EACH}`)]);
  const atAlice = await alice.transcript(1 + 2 * EACH);
  const atBob = await bob.transcript(1 + 2 * EACH);
  expect(atBob).toEqual(atAlice);
  expect(new Set(atAlice)).toEqual(new Set(["see you", ...textsOf("Alice"), ...textsOf("Bob")]));
  for (const { messages, strips } of people) {
    await expect(strips).toHaveText("");
    await expect(messages.filter({ hasText: /Waiting to send|Sent/u })).toHaveCount(0, {
      timeout: AGAIN_MS,
    });
  }
});

test("[OF2] a way that breaks while the relay lives is noticed, and mends by itself @chromium", async ({
  friends,
  relay,
}) => {
  await using tap = await tapWire(relay.port);
  const [alice, bob] = await friends(tap.url);
  tap.turn("cut");
  await expect(alice.strips).toHaveText("Offline. You can go on writing.");
  await alice.say("into the void");
  await bob.say("me too");
  await expect(alice.strips).toHaveText("Offline, 1 message will be sent when you’re back");
  tap.turn("open");
  await Promise.all([alice.sees("me too"), bob.sees("into the void")]);
  for (const { strips } of [alice, bob]) await expect(strips).toHaveText("", { timeout: AGAIN_MS });
});

test("[ABT1] without a network the app opens with its history", async ({ friends, relay }) => {
  const [alice, bob] = await friends();
  await alice.say("remember this");
  await bob.sees("remember this");
  await isStored(bob.page);
  await relay.kill();
  await setOffline([bob], true);
  await bob.page.reload();
  await bob.sees("remember this");
  await expect(bob.strips).toHaveText("Offline. You can go on writing.");
  await bob.say("I do");

  // Not only this page: a new one too, by the address alone.
  await bob.leave();
  const back = await bob.comeBack();
  await back.sees("remember this");
  await back.sees("I do");
  await relay.start();
  await setOffline([back], false);
  await alice.sees("I do");
});

test("[ABT1] the chat is painted while the network answers nothing", async ({ friends, relay }) => {
  await using tap = await tapWire(relay.port);
  const [alice, bob] = await friends(tap.url);
  await alice.say("remember this");
  await bob.sees("remember this");
  await isStored(bob.page);
  tap.turn("hole");
  await bob.page.reload();
  await bob.sees("remember this");
  await bob.say("I do");
  tap.turn("open");
  await alice.sees("I do");
});
