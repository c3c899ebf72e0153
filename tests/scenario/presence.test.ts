import { expect, test } from "vitest";

import { openPresence, sealPresence } from "../../crypto/presence.ts";
import { ownerOf } from "../../sync/account/mailboxes.ts";
import { bytesOf } from "../../sync/channel/channels.ts";
import {
  decodePresence,
  encodePresence,
  type PresencePayload,
} from "../../sync/presence/presence-payload.ts";
import { topicOf, weeksAt } from "../../sync/presence/topics.ts";
import { openLink } from "../../sync/session/link.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { deviceOf, three } from "./three-devices.ts";
import { MINUTE_MS, SECOND_MS, type World, world } from "./world.ts";

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

/** A device of the account says, from another process, that its device `of` is online, as the version before said it. */
async function showAsBefore(
  { pass, nowMs }: Pick<World<never>, "pass" | "nowMs">,
  by: Person,
  of: string,
  secret: Uint8Array,
): Promise<void> {
  const [row] = await by.rows("mailboxes");
  const owner = row && ownerOf(row);
  if (owner === undefined) throw new Error("a mailbox");
  const random = (length: number): Uint8Array => new Uint8Array(length).fill(7);
  const { transport, timers } = by;
  const { relayId } = owner;
  const { url = "" } = row ?? {};
  const link = openLink({ url, relayId, owner, transport, timers, random, events: {} });
  await pass(SECOND_MS);
  const said = encodePresence({ isOnline: true, seenMs: nowMs() });
  for (const week of weeksAt(nowMs())) {
    const payload = sealPresence(secret, bytesOf(of), week, said, random);
    link.publish(topicOf(secret, bytesOf(of), week), payload);
  }
  await pass(SECOND_MS);
  link.close();
}

test("[PD6] who shows themself as the version before did is seen", async () => {
  const w = await world(["alice", "bob"]);
  const { alice, bob, pass, befriend } = w;
  await befriend(alice, bob);
  const account = await alice.account();
  const { presenceOut } = await alice.contact(bob);
  await alice.sleep();
  await pass(MINUTE_MS);
  bob.device.watch([account]);
  await pass(5 * SECOND_MS);
  expect(bob.status?.presence[account]?.online).toBe(false);
  await showAsBefore(w, alice, await deviceOf(alice), presenceOut);
  expect(bob.status?.presence[account]?.online).toBe(true);
});

test("[PD5] [PD6] a removed device cannot show its account online, as the version before did", async () => {
  const w = await three();
  const { phone, laptop, bob, pass, outcome } = w;
  const account = await phone.account();
  const { presenceOut } = await laptop.contact(bob);
  expect(await outcome(phone.device.devices.revoke(await deviceOf(laptop), []))).toMatchObject({
    ok: true,
  });
  await pass(10 * SECOND_MS);
  await phone.sleep();
  await pass(MINUTE_MS);
  bob.device.watch([account]);
  await pass(5 * SECOND_MS);
  await showAsBefore(w, laptop, await deviceOf(phone), presenceOut);
  expect(bob.status?.presence[account]?.online).toBe(false);
});

test("[PD6] who looks as the version before did sees us, until either put a device out", async () => {
  const { phone, laptop, bob, pass, nowMs, outcome } = await three();
  const device = bytesOf(await deviceOf(phone));
  const { presenceIn } = await bob.contact(phone);
  if (presenceIn === null) throw new Error("a secret");
  const [row] = await phone.rows("mailboxes");
  const owner = row && ownerOf(row);
  if (owner === undefined) throw new Error("a mailbox");
  await bob.sleep();
  const [week = 0] = weeksAt(nowMs());
  const seen: PresencePayload[] = [];
  const link = openLink({
    url: row?.url ?? "",
    relayId: owner.relayId,
    owner: null,
    transport: bob.transport,
    timers: bob.timers,
    random: (length) => new Uint8Array(length).fill(7),
    events: {
      onTopic: ({ payload }) => {
        const opened = openPresence(presenceIn, device, week, payload);
        const read = opened.ok ? decodePresence(opened.value) : opened;
        if (read.ok) seen.push(read.value);
      },
    },
  });
  link.subscribe([topicOf(presenceIn, device, week)]);
  await pass(5 * SECOND_MS);
  expect(seen.at(-1)?.isOnline).toBe(true);
  expect(await outcome(phone.device.devices.revoke(await deviceOf(laptop), []))).toMatchObject({
    ok: true,
  });
  await pass(10 * SECOND_MS);
  expect(seen.at(-1)).toEqual({ isOnline: false, seenMs: 0 });
  const count = seen.length;
  for (const shown of [false, true]) {
    phone.device.visible(shown);
    await pass(5 * SECOND_MS);
  }
  expect(seen.length).toBe(count);
  link.close();
});

test("[OD4] [PS6] who signs out is offline at once, also for whom the word of it does not reach", async () => {
  const them = await world(["phone", "laptop", "bob"], { atOther: ["bob"] });
  const { phone, laptop, bob, pass, outcome } = them;
  await them.befriend(phone, bob);
  await linked(phone, laptop);
  await pass(20 * SECOND_MS);
  const account = await phone.account();
  const isSeen = (): boolean | undefined => bob.status?.presence[account]?.online;
  bob.device.watch([account]);
  await pass(5 * SECOND_MS);
  // Who has another device is there while that one is.
  expect((await outcome(laptop.device.devices.leave())).ok).toBe(true);
  await pass(20 * SECOND_MS);
  expect(isSeen()).toBe(true);
  // Bob's own relay is away; the phone's, where he looks, is there.
  them.killRelay(them.otherRelay);
  await pass(10 * SECOND_MS);
  expect(isSeen()).toBe(true);
  const leaving = phone.device.devices.leave();
  await pass(SECOND_MS);
  expect(isSeen()).toBe(false);
  expect(await outcome(leaving)).toEqual({ ok: true, value: { isTold: false, isForgotten: true } });
  expect([...phone.bugs, ...laptop.bugs, ...bob.bugs]).toEqual([]);
});

test("[OD4] [PS6] who signs out while their connection is down is offline as soon as it is back", async () => {
  const them = await world(["phone", "bob"], { atOther: ["bob"] });
  const { phone, bob, pass, outcome } = them;
  await them.befriend(phone, bob);
  const account = await phone.account();
  const isSeen = (): boolean | undefined => bob.status?.presence[account]?.online;
  bob.device.watch([account]);
  await pass(5 * SECOND_MS);
  // Bob's own relay is away; the phone's, where he looks, is there.
  them.killRelay(them.otherRelay);
  await pass(5 * SECOND_MS);
  phone.transport.setRoute("down");
  await pass(SECOND_MS);
  const leaving = phone.device.devices.leave();
  await pass(SECOND_MS);
  expect(isSeen()).toBe(true);
  // Nobody tells the device: it finds out by itself.
  phone.transport.setRoute("up");
  await pass(4 * SECOND_MS);
  expect(isSeen()).toBe(false);
  expect(await outcome(leaving)).toEqual({ ok: true, value: { isTold: false, isForgotten: true } });
  expect([...phone.bugs, ...bob.bugs]).toEqual([]);
});

test("[OD4] whose own relay is away leaves all the same, and is offline when others find that out", async () => {
  const them = await world(["phone", "bob"], { atOther: ["bob"] });
  const { phone, bob, pass, outcome, nowMs } = them;
  await them.befriend(phone, bob);
  const account = await phone.account();
  const isSeen = (): boolean | undefined => bob.status?.presence[account]?.online;
  bob.device.watch([account]);
  await pass(5 * SECOND_MS);
  expect(isSeen()).toBe(true);
  them.killRelay(them.relay);
  const beganMs = nowMs();
  await pass(5 * SECOND_MS);
  // He lost the phone's relay, and nobody has left: a tunnel is not an absence.
  expect(isSeen()).toBe(true);
  // Bob's relay takes the word; nobody takes the farewell, and nobody waits for that without end.
  const left = await outcome(phone.device.devices.leave());
  expect(left).toEqual({ ok: true, value: { isTold: true, isForgotten: false } });
  // The word alone tells him: time would not have done so yet.
  expect(isSeen()).toBe(false);
  expect(nowMs() - beganMs).toBeLessThan(5 * SECOND_MS + 17 * SECOND_MS);
  expect([...phone.bugs, ...bob.bugs]).toEqual([]);
});

test("[PS6] who is blocked while our connection is down hears that we are gone when it is back", async () => {
  const { alice, bob, befriend, pass } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  const account = await alice.account();
  bob.device.watch([account]);
  await pass(5 * SECOND_MS);
  // What goes by a connection that has just ended goes nowhere.
  alice.disconnect();
  await alice.decide(bob, "block");
  await pass(2 * SECOND_MS);
  expect(bob.status?.presence[account]?.online).toBe(true);
  alice.reconnect();
  await pass(3 * SECOND_MS);
  expect(bob.status?.presence[account]?.online).toBe(false);
});
