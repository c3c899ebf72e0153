/** A log that somebody lacks altogether is found, though one of those who have it sleeps for ever. */
import { expect, test } from "vitest";

import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { MINUTE_MS, world } from "./world.ts";

/** As if nothing had ever come to them of what `author` wrote to `to`. */
async function forgetLog(person: Person, author: Person, to: Person): Promise<void> {
  const { log: id } = await author.log(to);
  await person.sleep();
  await person.change(async (tx) => {
    const log = await tx.find("logs", "log", id);
    if (log?.a === undefined) throw new Error("they have that log");
    for (const { c, a, s } of await tx.range("entries", "primary", { lower: [log.c, log.a] })) {
      if (c === log.c && a === log.a) await tx.delete("entries", [c, a, s]);
    }
    await tx.delete("logs", log.a);
  });
  await person.wake();
}

test("[DG3] a digest goes to who may be behind and not know it, and not to who sleeps", async () => {
  const { phone, gone, bob, pass, befriend } = await world(["phone", "gone", "bob"]);
  await befriend(phone, bob);
  await linked(phone, gone);
  await pass(MINUTE_MS);
  await gone.say(bob, "the last word of a device");
  await pass(MINUTE_MS);
  await gone.sleep();
  for (let n = 1; n <= 6; n += 1) {
    await forgetLog(bob, gone, bob);
    await phone.say(bob, `word ${n}`);
    await pass(4 * MINUTE_MS);
    expect(await bob.sees(phone)).toEqual(await phone.sees(bob));
  }
  expect(bob.bugs).toEqual([]);
});

test("[HE21] a log that is not here is asked for of another device of ours which says that it has it", async () => {
  const { phone, laptop, gone, pass } = await world(["phone", "laptop", "gone"]);
  await linked(phone, laptop);
  await linked(phone, gone);
  await pass(MINUTE_MS);
  await gone.say(gone, "a note");
  await pass(MINUTE_MS);
  await gone.sleep();
  await forgetLog(laptop, gone, gone);
  expect(await laptop.sees(laptop)).toEqual([]);
  await pass(MINUTE_MS);
  expect(await laptop.sees(laptop)).toEqual(["a note"]);
  expect(laptop.bugs).toEqual([]);
});
