import { expect, test } from "vitest";

import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, world } from "./world.ts";

test("[OB4] a body that waited 20 days is sealed anew before it is sent", async () => {
  const { alice, bob, pass, night, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  // Sealed, and cut off before it arrived.
  await alice.say(bob, "three weeks old");
  alice.transport.setRoute("down");
  await pass(5 * SECOND_MS);
  const sealed = (await alice.rows("outbox")).find((it) => it.what === "entry");
  expect(sealed?.body).not.toBeNull();
  await night(21 * DAY_MS);
  alice.transport.setRoute("up");
  await pass(2 * MINUTE_MS);
  expect(await bob.sees(alice)).toEqual(["three weeks old"]);
  const seen = (await bob.rows("seen")).map((it) => it.id);
  expect(seen).not.toContain(sealed?.env);
  await atRest(2 * MINUTE_MS);
});

test("[OB8] what was never received is given up, and stays in the conversation", async () => {
  const { alice, bob, pass, night, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await bob.sleep();
  alice.disconnect();
  await alice.say(bob, "nobody was there");
  await pass(SECOND_MS);
  // Found to be 30 days old, and 30 days after that.
  for (const at of ["found", "given up"]) {
    await night(31 * DAY_MS);
    await bob.sleep();
    alice.reconnect();
    // What goes out after the first sweep is found by the next.
    await pass(HOUR_MS + MINUTE_MS);
    expect(`${at} ${alice.status?.connection.type}`).toBe(`${at} connected`);
    alice.disconnect();
  }
  alice.reconnect();
  expect((await alice.rows("outbox")).filter((it) => it.what === "entry")).toEqual([]);
  expect(await alice.sees(bob)).toEqual(["nobody was there"]);
  // The next message shows what is missing, and it heals.
  await bob.wake();
  await alice.say(bob, "are you there?");
  await atRest(2 * MINUTE_MS);
  expect(await bob.sees(alice)).toEqual(["nobody was there", "are you there?"]);
});

test("[CL4] [CL7] a clock that is a year ahead: what it says is flagged, and moves nobody's clock", async () => {
  const { alice, bob, pass, befriend, atRest, nowMs } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await alice.sleep();
  alice.skewMs = 365 * DAY_MS;
  await alice.wake();
  await pass(10 * SECOND_MS);
  expect(alice.status?.clockOffWarning).toBe(true);
  await alice.say(bob, "from next year");
  await pass(5 * SECOND_MS);
  await bob.say(alice, "an answer from today");
  await pass(5 * SECOND_MS);
  const [early, answer] = await bob.entries(alice);
  expect(early).toMatchObject({ text: "from next year", clockAhead: true });
  expect(answer).toMatchObject({ text: "an answer from today", clockAhead: false });
  // Written today, shown after what it answers.
  expect(answer?.writtenAtMs).toBeLessThan(nowMs() + MINUTE_MS);
  expect(await bob.sees(alice)).toEqual(["from next year", "an answer from today"]);
  expect(await alice.sees(bob)).toEqual(await bob.sees(alice));

  // Set right again: the conversation goes on, and nothing was forgotten meanwhile.
  await alice.sleep();
  alice.skewMs = 0;
  await alice.wake();
  await pass(5 * SECOND_MS);
  await alice.say(bob, "back in the present");
  await atRest();
  expect(await bob.sees(alice)).toHaveLength(3);
  expect(await alice.sees(bob)).toEqual(await bob.sees(alice));
});

test("[SW2] a clock that jumps ten years ahead makes a device forget nothing", async () => {
  const { alice, bob, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await alice.say(bob, "before");
  await pass(5 * SECOND_MS);
  await bob.sleep();
  await alice.say(bob, "waits at the relay");
  await pass(5 * SECOND_MS);
  const tokens = (await alice.rows("tokens")).length;
  expect(tokens).toBeGreaterThan(1);
  alice.skewMs = 10 * 365 * DAY_MS;
  await pass(3 * HOUR_MS);
  expect((await alice.rows("outbox")).length).toBe(1);
  expect((await alice.rows("peerChains")).length).toBe(1);
  expect((await alice.rows("tokens")).length).toBe(tokens);
  alice.skewMs = 0;
  await pass(HOUR_MS);
  await bob.wake();
  await bob.say(alice, "after");
  await atRest(2 * MINUTE_MS);
  expect(await alice.sees(bob)).toHaveLength(3);
});

test("[CO1] [UP6] a link works for a device whose clock is years off", async () => {
  const { alice, bob, pass, atRest } = await world(["alice", "bob"]);
  bob.skewMs = -3 * 365 * DAY_MS;
  await bob.sleep();
  await bob.wake();
  await bob.accept(await alice.invite());
  await bob.say(alice, "what year is it?");
  await pass(10 * SECOND_MS);
  await alice.say(bob, "a good one");
  await atRest();
  expect(await bob.sees(alice)).toEqual(await alice.sees(bob));
  expect(await bob.sees(alice)).toHaveLength(2);
});

test("[UP3] prekeys are renewed every three days, and the old ones still open what was sealed", async () => {
  const { alice, bob, pass, night, atRest } = await world(["alice", "bob"]);
  const link = await alice.invite();
  await alice.sleep();
  await bob.accept(link);
  await bob.say(alice, "under your old prekeys");
  await pass(5 * SECOND_MS);
  const [old] = await alice.rows("prekeys");
  // Bob's words wait at the relay; Alice is elsewhere.
  await bob.sleep();
  await night(4 * DAY_MS);
  await pass(10 * SECOND_MS);
  const ids = (await alice.rows("prekeys")).map((it) => it.id);
  expect(ids).toHaveLength(2);
  expect(ids).toContain(old?.id);
  await atRest();
  expect(await alice.sees(bob)).toEqual(["under your old prekeys"]);
});

test("[UP3] [UP6] who believes that it is 1970 renews prekeys as well for a relay that lost them", async () => {
  const { bob, relay, killRelay, nowMs, pass } = await world(["bob"]);
  expect(await bob.rows("prekeys")).toHaveLength(1);
  bob.skewMs = MINUTE_MS - nowMs();
  killRelay(relay, { forgets: true });
  relay.start();
  await pass(30 * SECOND_MS);
  expect(await bob.rows("prekeys")).toHaveLength(2);
  const [mailbox] = await bob.rows("mailboxes");
  expect(mailbox?.prekeysAtMs).toBeGreaterThan(0);
});

test("[SW1] in two months a device forgets what can open nothing any more", async () => {
  const { alice, bob, pass, night, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await alice.say(bob, "long ago");
  await bob.say(alice, "very long ago");
  await atRest();
  expect((await alice.rows("peerChains")).length).toBe(1);
  const seen = (await alice.rows("seen")).length;
  expect(seen).toBeGreaterThan(0);
  const [oldPrekeys] = await alice.rows("prekeys");
  await night(56 * DAY_MS);
  await pass(2 * HOUR_MS);
  expect(await alice.rows("peerChains")).toEqual([]);
  expect((await alice.rows("seen")).length).toBeLessThan(seen);
  expect((await alice.rows("prekeys")).map((it) => it.id)).not.toContain(oldPrekeys?.id);
  expect((await alice.rows("prekeys")).length).toBe(1);
  // And the two go on as if nothing had been.
  await alice.say(bob, "hello again");
  await bob.say(alice, "it has been a while");
  await atRest(2 * MINUTE_MS);
  expect(await alice.sees(bob)).toHaveLength(4);
  expect(await alice.sees(bob)).toEqual(await bob.sees(alice));
});
