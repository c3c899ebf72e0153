/**
 * The relay dies without a word, and comes back on the same port and data.
 *
 * [RK1] Nothing that anybody wrote before, meanwhile or after is lost or shown twice, and both see the
 * same order.
 */
import { expect } from "@playwright/test";

import { AGAIN_MS } from "./person.ts";
import { test } from "./world.ts";

test.use({ ownRelay: true });

const ROUNDS = 2;
const EACH = 8;
// Each round may wait so long for a connection, and the receipts behind them.
test.setTimeout(60_000 + ROUNDS * AGAIN_MS);

test("[RK1] a relay killed in the middle of a conversation loses and doubles nothing @chromium", async ({
  friends,
  relay,
}) => {
  const [alice, bob] = await friends();
  const said: string[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const texts = ["Alice", "Bob"].map((name) =>
      Array.from({ length: EACH }, (_, i) => `${name} ${round}.${i + 1}`),
    );
    const [hers = [], his = []] = texts;
    said.push(...hers, ...his);
    const writing = [alice.say(...hers), bob.say(...his)];
    await alice.sees(hers[2] ?? "");
    await relay.kill();
    await Promise.all(writing);
    await relay.start();
    await Promise.all([alice.sees(his.at(-1) ?? ""), bob.sees(hers.at(-1) ?? "")]);
  }
  // While both look at the end: what is scrolled out of view is not read.
  await alice.seesState(`Alice ${ROUNDS}.${EACH}`, "Read");
  await bob.seesState(`Bob ${ROUNDS}.${EACH}`, "Read");
  const atAlice = await alice.transcript(said.length);
  expect(new Set(atAlice)).toEqual(new Set(said));
  expect(await bob.transcript(said.length)).toEqual(atAlice);
});
