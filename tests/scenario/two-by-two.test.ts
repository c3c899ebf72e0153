import { expect, test } from "vitest";

import { linked } from "./sibling.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

test("[AB6] devices that were linked before their people met write to each other", async () => {
  const { phone, laptop, bob, tablet, pass, befriend, atRest } = await world([
    "phone",
    "laptop",
    "bob",
    "tablet",
  ]);
  await linked(phone, laptop);
  await linked(bob, tablet);
  await pass(20 * SECOND_MS);
  await befriend(phone, bob);
  await pass(20 * SECOND_MS);
  await laptop.say(tablet, "from the laptop");
  await tablet.say(laptop, "from the tablet");
  await pass(20 * SECOND_MS);
  const all = ["from the laptop", "from the tablet"];
  for (const one of [phone, laptop]) expect([...(await one.sees(bob))].toSorted()).toEqual(all);
  for (const one of [bob, tablet]) expect([...(await one.sees(phone))].toSorted()).toEqual(all);
  await atRest(MINUTE_MS);
});
