import { expect, test } from "vitest";

import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

test("[PD1] contacts see each other come and go, and when somebody was seen last", async () => {
  const { alice, bob, pass, befriend, nowMs } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  const account = await alice.account();
  bob.device.watch([account]);
  await pass(5 * SECOND_MS);
  expect(bob.status?.presence[account]?.online).toBe(true);
  await alice.sleep();
  const leftMs = nowMs();
  await pass(20 * SECOND_MS);
  // A tunnel is not an absence.
  expect(bob.status?.presence[account]?.online).toBe(true);
  await pass(20 * SECOND_MS);
  const seen = bob.status?.presence[account];
  expect(seen?.online).toBe(false);
  expect(Math.abs((seen?.lastSeenMs ?? 0) - leftMs)).toBeLessThan(10 * SECOND_MS);
  // It outlives the app.
  await bob.sleep();
  await bob.wake();
  expect((await bob.contact(alice)).lastSeenMs).toBe(seen?.lastSeenMs);
  await alice.wake();
  bob.device.watch([account]);
  await pass(5 * SECOND_MS);
  expect(bob.status?.presence[account]?.online).toBe(true);
});

test("[PD2] only who is on screen is followed, and only accepted contacts can follow", async () => {
  const { alice, bob, carol, pass } = await world(["alice", "bob", "carol"]);
  const link = await alice.invite();
  await bob.accept(link);
  await pass(5 * SECOND_MS);
  await carol.accept(link);
  await pass(5 * SECOND_MS);
  const account = await alice.account();
  expect(bob.status?.presence).toEqual({});
  bob.device.watch([account]);
  carol.device.watch([account]);
  await pass(10 * SECOND_MS);
  expect(Object.keys(bob.status?.presence ?? {})).toEqual([account]);
  expect(carol.status?.presence).toEqual({});
  bob.device.watch([]);
  await pass(SECOND_MS);
  expect(bob.status?.presence).toEqual({});
});

test("[PD3] who is blocked sees nobody any more", async () => {
  const { alice, bob, pass, befriend } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  const account = await alice.account();
  bob.device.watch([account]);
  await pass(5 * SECOND_MS);
  expect(bob.status?.presence[account]?.online).toBe(true);
  await alice.decide(bob, "block");
  await pass(MINUTE_MS);
  expect(bob.status?.presence[account]?.online).toBe(false);
});

test("[PD4] a window that is not in front of anybody is nobody's presence", async () => {
  const { alice, bob, pass, befriend } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  const account = await alice.account();
  bob.device.watch([account]);
  await pass(5 * SECOND_MS);
  alice.device.visible(false);
  await pass(5 * SECOND_MS);
  expect(bob.status?.presence[account]?.online).toBe(false);
  alice.device.visible(true);
  await pass(5 * SECOND_MS);
  expect(bob.status?.presence[account]?.online).toBe(true);
});

test("[PS11] a device that is told so hides who is here, and shows nobody", async () => {
  const { alice, bob, pass, befriend } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  const [hers, his] = [await alice.account(), await bob.account()];
  bob.device.watch([hers]);
  alice.device.watch([his]);
  alice.device.showPresence(false);
  await pass(MINUTE_MS);
  expect(bob.status?.presence[hers]?.online).not.toBe(true);
  expect(alice.status?.presence[his]?.online).not.toBe(true);
  alice.device.showPresence(true);
  await pass(5 * SECOND_MS);
  expect(bob.status?.presence[hers]?.online).toBe(true);
  expect(alice.status?.presence[his]?.online).toBe(true);
});
