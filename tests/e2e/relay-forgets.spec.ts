/**
 * [RF1] The relay keeps a message until its device has it, and not longer. It says of itself how much it
 * holds, in numbers.
 */
import { expect } from "@playwright/test";

import { AGAIN_MS } from "./person.ts";
import type { RelayProcess } from "./relay-process.ts";
import { test } from "./world.ts";

test.use({ ownRelay: true });

type Status = Readonly<
  Record<"mailboxes" | "messages" | "bytes" | "oldestSeconds" | "sockets", number>
>;

async function statusOf({ url }: RelayProcess): Promise<Status> {
  const answer = await fetch(`${url}/status.json`);
  return (await answer.json()) as Status;
}

test("[RF1] what was delivered is gone from the relay, and its page says so @chromium", async ({
  friends,
  relay,
  page,
}) => {
  const [alice, bob] = await friends();
  await alice.leave();
  await bob.say("one", "two", "three");
  await bob.seesState("three", "Sent");
  const { mailboxes, messages, bytes } = await statusOf(relay);
  expect(mailboxes).toBe(2);
  expect(messages).toBeGreaterThanOrEqual(3);
  expect(bytes).toBeGreaterThan(0);

  const back = await alice.comeBack();
  await back.sees("three");
  await bob.seesState("three", "Read");
  // Receipts are envelopes too; when both are idle nothing is on its way.
  const empty = { mailboxes: 2, messages: 0, bytes: 0, oldestSeconds: 0 };
  await expect.poll(async () => await statusOf(relay), { timeout: AGAIN_MS }).toMatchObject(empty);
  await page.goto(`${relay.url}/status`);
  for (const [name, value] of [
    ["Mailboxes", "2"],
    ["Messages that wait", "0"],
    ["Bytes that wait", "0"],
    ["Age of the oldest, in seconds", "0"],
  ] as const) {
    const row = page.getByRole("row", { name });
    await expect(row.getByRole("cell")).toHaveText(value);
  }
});
