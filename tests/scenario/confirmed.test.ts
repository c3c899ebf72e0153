import { expect, test } from "vitest";

import { hasKnown } from "../../sync/log/known.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

/** Was `author` told that somebody holds the newest entry of their own log in the chat with `reader`? */
async function isConfirmed(author: Person, reader: Person): Promise<boolean> {
  const { log, known } = await author.log(reader);
  const cursors = await author.rows("cursors");
  return cursors.some(({ delivered }) =>
    delivered.some((it) => it.log === log && hasKnown(it.known, known.floor)),
  );
}

test("[MM8] what a new device writes is confirmed to it by who has nothing to say", async () => {
  const { phone, laptop, bob, pass, befriend, atRest } = await world(["phone", "laptop", "bob"]);
  await befriend(phone, bob);
  await linked(phone, laptop);
  await pass(20 * SECOND_MS);
  await laptop.say(bob, "from the laptop");
  await pass(10 * SECOND_MS);
  expect(await bob.sees(phone)).toContain("from the laptop");
  expect(await isConfirmed(laptop, bob)).toBe(true);
  await atRest(MINUTE_MS);
});

test("[MM8] notes to oneself are confirmed by a device that never wrote one", async () => {
  const { phone, laptop, pass, atRest } = await world(["phone", "laptop"]);
  await linked(phone, laptop);
  await pass(20 * SECOND_MS);
  await phone.say(phone, "a note");
  await pass(10 * SECOND_MS);
  expect(await laptop.sees(laptop)).toEqual(["a note"]);
  expect(await isConfirmed(phone, phone)).toBe(true);
  await atRest(MINUTE_MS);
});
