/** An invite between two who know each other from a group. */
import { expect, test } from "vitest";

import { selfOf } from "./forge.ts";
import { hears, makeGroup, remove, tell } from "./group-talk.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

test("[CO16] who is in a group with us and uses an invite after somebody else is a request, as anybody is", async () => {
  const names = ["alice", "bob", "carol", "dave"] as const;
  const { alice, bob, carol, dave, pass, atRest, befriend } = await world(names);
  const link = await alice.invite();
  await bob.accept(link);
  await befriend(bob, carol);
  await befriend(bob, dave);
  await makeGroup(bob, [alice, carol, dave]);
  await pass(10 * SECOND_MS);
  expect((await alice.contact(carol)).state).toBe("member");
  await carol.accept(link);
  await carol.say(alice, "may I come in?");
  await pass(10 * SECOND_MS);
  expect((await alice.contact(carol)).state).toBe("request");
  expect(await alice.sees(carol)).toEqual(["may I come in?"]);
  // In the group they go on hearing each other, and that accepts nothing.
  await remove(bob, dave);
  await pass(10 * SECOND_MS);
  await tell(alice, "who is she?");
  await pass(10 * SECOND_MS);
  expect(await hears(carol)).toEqual(["who is she?"]);
  expect((await carol.contact(alice)).state).toBe("invited");

  await alice.decide(carol, "accept");
  await atRest();
  expect((await carol.contact(alice)).state).toBe("accepted");
  expect(await carol.states(alice)).toEqual(["delivered"]);
});

test("[CO17] what uses an invite is sent until it is answered, though a group is answered on the same session", async () => {
  const { alice, bob, carol, pass, atRest, befriend, relay, killRelay } = await world([
    "alice",
    "bob",
    "carol",
  ]);
  await befriend(bob, alice);
  await befriend(bob, carol);
  const link = await alice.invite();
  await alice.sleep();
  await carol.accept(link);
  await pass(10 * SECOND_MS);
  const [mailbox] = await alice.rows("mailboxes");
  expect(await relay.lose(Buffer.from(mailbox?.mailbox ?? "", "hex"))).toBeGreaterThan(0);
  await makeGroup(bob, [alice, carol]);
  await alice.wake();
  await pass(10 * SECOND_MS);
  await tell(carol, "hello");
  await pass(10 * SECOND_MS);
  await tell(alice, "hello yourself");
  await pass(10 * SECOND_MS);
  expect((await alice.contact(carol)).state).toBe("member");
  expect((await carol.contact(alice)).state).toBe("invited");

  killRelay(relay, { forgets: true });
  relay.start();
  await atRest();
  expect((await alice.contact(carol)).state).toBe("accepted");
  expect((await carol.contact(alice)).state).toBe("accepted");
});

test("[RV1] a capsule names a member who asks for more than the group, as a member", async () => {
  const { alice, bob, carol, anew, pass, befriend, outcome } = await world(
    ["alice", "bob", "carol", "anew"],
    { newcomers: ["anew"] },
  );
  await befriend(alice, bob);
  await makeGroup(bob, [alice]);
  await pass(10 * SECOND_MS);
  const known = await alice.contact(bob);
  await alice.change((tx) => tx.put("contacts", { ...known, state: "request" }));
  await befriend(alice, carol);
  await pass(30 * SECOND_MS);
  const { recoverySecret } = await selfOf(alice);
  await alice.sleep();
  const secret = recoverySecret ?? new Uint8Array(32);
  expect(await outcome(anew.device.recovery.restore(secret, null))).toMatchObject({ ok: true });
  expect((await anew.contact(bob)).state).toBe("member");
  await pass(2 * MINUTE_MS);
  await tell(anew, "I am back");
  await pass(30 * SECOND_MS);
  expect(await hears(bob)).toContain("I am back");
});
