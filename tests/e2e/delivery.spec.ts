/** Two people write to each other, and see what became of their words and whether the other is there. */
import { expect } from "@playwright/test";

import { TYPING_SHOWN_MS } from "../../sync/typing/typing.ts";
import { AGAIN_MS } from "./person.ts";
import { test } from "./world.ts";

test.use({ ownRelay: true });

test("[AMI1] a message is waiting, sent, delivered, read, and says each", async ({
  friends,
  relay,
}) => {
  const [alice, bob] = await friends();
  await alice.open("Note to self");
  await bob.say("before");
  await bob.seesState("before", "Delivered");

  await relay.kill();
  await bob.say("are you there?");
  await bob.seesState("are you there?", "Waiting to send");
  await alice.leave();
  await relay.start();
  await bob.seesState("are you there?", "Sent");

  const back = await alice.comeBack();
  await bob.seesState("are you there?", "Delivered");
  await expect(back.chat("Bob")).toHaveAccessibleName(/^Bob\b.*\b2 unread\b/u);
  await back.open("Bob");
  await back.sees("are you there?");
  await bob.seesState("are you there?", "Read");
  await expect(back.chat("Bob")).not.toHaveAccessibleName(/unread/u);
});

test("[TY6] what one is typing, the other is told, and no letter of it @chromium", async ({
  friends,
}) => {
  const [alice, bob] = await friends();
  await alice.field.pressSequentially("hm");
  await expect(bob.presence).toHaveText("Alice is writing…");
  await expect(bob.chat("Alice")).toHaveAccessibleName(/writing…/u);
  await alice.field.press("Enter");
  await bob.sees("hm");
  // Not only when it would have faded by itself.
  await expect(bob.presence).toHaveText("online", { timeout: TYPING_SHOWN_MS - 2_000 });
});

test("[PS7] who is there is online, who left was last seen @chromium", async ({ friends }) => {
  const [alice, bob] = await friends();
  await expect(alice.presence).toHaveText("online");
  await expect(bob.presence).toHaveText("online");
  await expect(bob.chat("Alice")).toHaveAccessibleName(/\bonline\b/u);
  await alice.leave();
  await expect(bob.presence).toHaveText(/^last seen /u, { timeout: AGAIN_MS });
  const back = await alice.comeBack();
  await expect(bob.presence).toHaveText("online");
  await expect(back.presence).toHaveText("online");
});
