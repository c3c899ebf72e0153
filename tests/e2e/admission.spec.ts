/** A relay that does not take everybody at once, and what newcomers see of that. */
import { expect } from "@playwright/test";

import { LiveSocket } from "../relay/live-client.ts";
import { AGAIN_MS } from "./person.ts";
import type { RelayProcess } from "./relay-process.ts";
import { tapWire } from "./tap/wire-tap.ts";
import { test } from "./world.ts";

function operatorsLink(relay: RelayProcess): string {
  const line = relay
    .output()
    .split(/\r?\n/u)
    .find((it) => it.includes("/#relay-invite="));
  if (line === undefined) throw new Error("the relay printed no invitation");
  return line;
}

test.describe("by invitation", () => {
  test.use({ ownRelay: true, relayEnv: { KITH_REGISTRATION: "invite" } });

  test("[HM4] a stranger is told in words, the operator's link and then members' links let people in @chromium", async ({
    newcomer,
    relay,
  }) => {
    const [stranger, alice, bob] = await Promise.all([newcomer(), newcomer(), newcomer()]);
    await stranger.start("Stranger");
    await expect(stranger.strips).toContainText("takes nobody without an invitation");

    await alice.page.goto(operatorsLink(relay));
    await alice.giveName("Alice");
    await expect(alice.chat("Note to self")).toBeVisible();
    expect(new URL(alice.page.url()).hash).toBe("");
    await bob.accept(await alice.invite(), "Bob");
    await bob.say("thank you for having me");
    await alice.open("Bob");
    await alice.sees("thank you for having me");
    await bob.seesState("thank you for having me", "Read");
    await expect(alice.strips).toHaveText("");

    // Whoever was refused needs no new start: a link of somebody inside is enough.
    await stranger.page.goto(await bob.invite());
    await stranger.page.getByRole("button", { name: "Open the chat" }).click();
    await stranger.say("now I am in as well");
    await stranger.seesState("now I am in as well", "Delivered");
    await expect(stranger.strips).toHaveText("", { timeout: AGAIN_MS });
  });
});

test.describe("under load", () => {
  /** More than half of what a relay with so many connections calls full, and less than that. */
  const SOCKETS_MAX = 20;
  const BUSY_SOCKETS = 10;
  test.use({ ownRelay: true, relayEnv: { KITH_SOCKETS_MAX: `${SOCKETS_MAX}` } });

  test("[HM3] newcomers do the work that a busy relay asks for, and are in @chromium", async ({
    newcomer,
    relay,
  }) => {
    await using tap = await tapWire(relay.port);
    const [alice, bob] = await Promise.all([newcomer(tap.url), newcomer(tap.url)]);
    const heard = (where: string, words: string): boolean =>
      tap.heard().some((it) => it.where === where && it.bytes.includes(words));
    const others = await Promise.all(
      Array.from({ length: BUSY_SOCKETS }, () => LiveSocket.open(relay.url)),
    );
    await alice.start("Alice");
    await expect.poll(() => heard("answer body", '"challenge":')).toBe(true);
    await expect.poll(() => heard("request body", '"pow":'), { timeout: AGAIN_MS }).toBe(true);
    await bob.accept(await alice.invite(), "Bob");
    await bob.say("that was no trouble");
    await alice.open("Bob");
    await alice.sees("that was no trouble");
    for (const socket of others) socket.end();
  });
});
