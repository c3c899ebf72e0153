/** Whoever had the key of a capsule once, as a stolen device, drives its number up: ours is written all the same. */
import { expect, test } from "vitest";

import { DAY_MS, HOUR_MS, MINUTE_MS, world } from "./world.ts";

test("[RV14] a number that leaves no next one breaks nothing, and the capsule goes on top when it may", async () => {
  const them = await world(["alice", "bob"]);
  const { alice, bob, relay } = them;
  const highest = Number.MAX_SAFE_INTEGER;
  relay.between = async (request, to) => {
    const isCapsule = new URL(request.url).pathname.includes("/capsules/");
    if (!isCapsule) return to(request);
    if (request.method === "PUT") {
      const problem = { type: "CounterOld" };
      const headers = { "content-type": "application/problem+json" };
      return new Response(JSON.stringify(problem), { status: 409, headers });
    }
    const held = { capsule: "AAAA", counter: highest, expiresAtMs: highest };
    return Response.json(held);
  };
  await them.befriend(alice, bob);
  await them.pass(10 * MINUTE_MS);
  expect(alice.bugs).toEqual([]);
  relay.between = (request, to) => to(request);
  await them.pass(2 * HOUR_MS);
  const put = (await alice.rows("meta")).find((it) => it.k === "capsule")?.v;
  expect(put).toMatchObject({ counter: 1 });
});

test("[RV14] a number that was driven up keeps no capsule from a relay where none lies any more", async () => {
  const them = await world(["alice", "bob"]);
  const { alice, bob, relay } = them;
  const put = async () => (await alice.rows("meta")).find((it) => it.k === "capsule")?.v;
  // Who stole a device had the relay's copy at this number, and then the relay lost it.
  let held = 50_000_000;
  relay.between = async (request, to) => {
    if (!new URL(request.url).pathname.includes("/capsules/")) return to(request);
    if (request.method === "GET") {
      return Response.json({ capsule: "AAAA", counter: held, expiresAtMs: held });
    }
    const { counter } = (await request.json()) as { counter: number };
    if (counter === held + 1) held = counter;
    if (counter === held) return new Response(null, { status: 204 });
    const headers = { "content-type": "application/problem+json" };
    return new Response(JSON.stringify({ type: "CounterOld" }), { status: 409, headers });
  };
  await them.befriend(alice, bob);
  await them.pass(10 * MINUTE_MS);
  expect(await put()).toMatchObject({ counter: held });
  relay.between = (request, to) => to(request);
  await them.night(8 * DAY_MS);
  await them.pass(MINUTE_MS);
  expect(await put()).toMatchObject({ counter: 1 });
});
