import { expect, test } from "vitest";

import { DEFAULT_SETTINGS } from "../../relay/limits.ts";
import type { Person } from "./person.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

test("[OR1] both write while neither has a way, and see one order when it is back", async () => {
  const { alice, bob, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  alice.disconnect();
  bob.disconnect();
  for (let n = 1; n <= 25; n += 1) {
    await alice.say(bob, `a${n}`);
    await pass(700);
    await bob.say(alice, `b${n}`);
    await pass(300);
  }
  expect(await alice.sees(bob)).toHaveLength(25);
  expect(await bob.sees(alice)).toHaveLength(25);
  expect(new Set(await alice.states(bob))).toEqual(new Set(["waiting"]));
  expect(alice.status?.connection.type).toBe("offline");
  alice.reconnect();
  await pass(5 * SECOND_MS);
  bob.reconnect();
  await atRest();
  const texts = await alice.sees(bob);
  expect(texts).toHaveLength(50);
  expect(await bob.sees(alice)).toEqual(texts);
  expect(texts.filter((it) => it.startsWith("a"))).toEqual(
    Array.from({ length: 25 }, (_, n) => `a${n + 1}`),
  );
  expect(new Set(await alice.states(bob))).toEqual(new Set(["delivered"]));
});

test("[RX1] 300 messages wait for somebody who was away, and come in their order", async () => {
  const { alice, bob, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await bob.sleep();
  const texts = Array.from({ length: 300 }, (_, n) => `message ${n}`);
  for (const text of texts) {
    await alice.say(bob, text);
    await pass(SECOND_MS);
  }
  await bob.wake();
  await pass(5 * SECOND_MS);
  expect(await bob.sees(alice)).toEqual(texts);
  expect(await bob.unread(alice)).toBe(300);
  await bob.read(alice);
  await atRest();
  expect(await bob.unread(alice)).toBe(0);
  expect(new Set(await alice.states(bob))).toEqual(new Set(["read"]));
});

test("[OB7] what a thousand waiting messages need to be opened is sent before them", async () => {
  const { alice, bob, relay, killRelay, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await bob.sleep();
  // Nobody but the outbox itself slows down who writes so much.
  relay.settings = { ...DEFAULT_SETTINGS, tokenPutsPerSecond: 1_000 };
  killRelay(relay);
  const texts = Array.from({ length: 1_000 }, (_, n) => `message ${n}`);
  for (const text of texts) await alice.say(bob, text);
  relay.start();
  await pass(2 * MINUTE_MS);
  await bob.wake();
  await pass(5 * SECOND_MS);
  expect(bob.dropped).toEqual([]);
  expect(await bob.sees(alice)).toEqual(texts);
  await atRest();
});

/** A conversation in which something happens to somebody every few milliseconds. */
async function disturbed(happen: (person: Person) => Promise<void>): Promise<void> {
  const { alice, bob, pass, atRest } = await world(["alice", "bob"]);
  const link = await alice.invite();
  await bob.accept(link);
  let n = 0;
  for (const ms of [0, 1, 5, 15, 25, 35, 45, 60, 80, 100, 150, 400]) {
    n += 1;
    const [one, other] = n % 2 === 0 ? [alice, bob] : [bob, alice];
    await one.say(other, `${n} from ${one.name}`).catch(() => undefined);
    await pass(ms);
    await happen(one);
    await pass(20);
    await happen(other);
    await one.read(other).catch(() => undefined);
  }
  await atRest(2 * MINUTE_MS);
  const texts = await alice.sees(bob);
  expect(await bob.sees(alice)).toEqual(texts);
  expect(new Set(texts).size).toBe(texts.length);
  expect(texts.length).toBeGreaterThanOrEqual(6);
  expect((await alice.contact(bob)).state).toBe("accepted");
  expect((await bob.contact(alice)).state).toBe("accepted");
}

test("[DV3] an app that is closed and opened at any moment goes on where it stopped", async () => {
  await disturbed(async (person) => {
    await person.sleep();
    await person.wake();
  });
});

test("[DV3] a process that dies at any moment goes on from what was committed", async () => {
  await disturbed(async (person) => {
    person.crash();
    await person.wake();
  });
});

test("[DV3] connections that break at any moment lose nothing", async () => {
  await disturbed((person) => {
    person.transport.cut();
    return Promise.resolve();
  });
});

test("[SE6] a way that swallows everything and tells nobody is given up, and nothing is lost", async () => {
  const { alice, bob, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  alice.transport.setRoute("blackHole");
  await alice.say(bob, "into the hole");
  await bob.say(alice, "out of the other side");
  await pass(MINUTE_MS);
  expect(alice.status?.connection.type).not.toBe("connected");
  alice.transport.setRoute("up");
  await atRest(3 * MINUTE_MS);
  expect((await bob.sees(alice)).toSorted()).toEqual(["into the hole", "out of the other side"]);
  expect(await alice.sees(bob)).toEqual(await bob.sees(alice));
});

test("[DV2] the status says how it stands with the relay, and how much is still to come", async () => {
  const { alice, bob, relay, pass, befriend, killRelay } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  expect(bob.status?.connection).toEqual({ type: "connected" });
  await bob.sleep();
  for (let n = 0; n < 40; n += 1) await alice.say(bob, `${n}`);
  await pass(5 * SECOND_MS);
  const heard: string[] = [];
  const waiting = relay.messages;
  await bob.wake();
  bob.device.status(({ connection }) => {
    heard.push(connection.type === "updating" ? `${connection.count} to come` : connection.type);
  });
  await pass(SECOND_MS);
  expect(heard[0]).toBe("connecting");
  expect(waiting).toBeGreaterThanOrEqual(40);
  expect(heard).toContain(`${waiting} to come`);
  expect(bob.status?.connection).toEqual({ type: "connected" });
  killRelay(relay);
  await pass(2 * SECOND_MS);
  expect(bob.status?.connection).toMatchObject({ type: "offline", why: "unreachable" });
});
