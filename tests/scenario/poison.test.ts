import { expect, test } from "vitest";

import { STRIKES_MAX } from "../../sync/receive/receive.ts";
import { SECOND_MS, world } from "./world.ts";

test("[RX7] an envelope that makes us fail three times is put aside, and the queue goes on", async () => {
  const { alice, bob, relay, pass, befriend } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await bob.sleep();
  for (const text of ["before", "poison", "after"]) await alice.say(bob, text);
  await pass(5 * SECOND_MS);
  let strikes = 0;
  bob.isFaultyAt = (table, row) => {
    const isPoison = table === "entries" && "text" in row && row.text === "poison";
    if (isPoison) strikes += 1;
    return isPoison;
  };
  await bob.wake();
  await pass(2 * SECOND_MS);
  expect(await bob.sees(alice)).toEqual(["before", "after"]);
  // Once with the others, then alone.
  expect(strikes).toBe(1 + STRIKES_MAX);
  expect(relay.messages).toBe(0);
  expect(bob.dropped).toContain("poison");
  // It is our fault, and is reported; the envelope is kept.
  expect(bob.bugs.map(String)).toEqual(["Error: a fault of our own"]);
  expect((await bob.rows("held")).map((it) => it.tag)).toEqual(["poison"]);

  // The next version can read it: it is asked for like any other hole.
  bob.isFaultyAt = () => false;
  await pass(20 * SECOND_MS);
  expect(await bob.sees(alice)).toEqual(["before", "poison", "after"]);
});
