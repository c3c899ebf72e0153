import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { sealPresence } from "../../../crypto/presence.ts";
import { mailboxIdOf } from "../../../crypto/public/relay-ids.ts";
import { signKeyPairOf } from "../../../crypto/sign.ts";
import {
  openPresence,
  type PersonPresence,
  type Presence,
  PRESENCE_REVIEW_MS,
  type Watched,
} from "../../../sync/presence/presence.ts";
import { PUBLISH_BURST } from "../../../sync/presence/publisher.ts";
import { topicOf, weeksAt } from "../../../sync/presence/topics.ts";
import { type Link, openLink } from "../../../sync/session/link.ts";
import { type LinkPool, openLinkPool, POOL_LINKS_MAX } from "../../../sync/session/pool.ts";
import { openRelayHttp } from "../../../sync/session/relay-http.ts";
import {
  type MemoryTransport,
  openMemoryTransport,
} from "../../../sync/transport/memory-transport.ts";
import type { MailboxId, MailboxKey, Topic } from "../../../sync/wire/ids.ts";
import { bytesOf, URL_HERE } from "../session/played-relay.ts";
import { countingRandom, openRealRelay, type RealRelay } from "../session/real-relay.ts";

beforeAll(() => ready);

const WEEK_MS = 7 * 86_400_000;

/** A device: an owner link, a pool of guest links and its presence, on a network of its own. */
type Someone = {
  readonly device: Uint8Array;
  readonly network: MemoryTransport;
  readonly link: Link;
  readonly pool: LinkPool;
  readonly presence: Presence;
  readonly told: PersonPresence[];
  readonly published: { readonly topic: Topic; readonly payload: Uint8Array }[];
  skewMs: number;
  readonly show: (isVisible: boolean) => void;
};

async function someone(it: RealRelay, fill: number): Promise<Someone> {
  const { timers } = it;
  const { relayId } = it.relay();
  const network = openMemoryTransport({
    relayAt: () => ({ connect: (socket) => it.relay().connect(socket), fetch: it.fetch }),
    timers,
  });
  const { publicKey } = signKeyPairOf(bytesOf(32, fill));
  const owner = {
    seed: bytesOf(32, fill),
    publicKey: publicKey as MailboxKey,
    mailbox: mailboxIdOf(publicKey, relayId) as MailboxId,
  };
  const http = openRelayHttp({
    url: URL_HERE,
    owner: { ...owner, relayId },
    transport: network,
    timers,
  });
  expect(await timers.outcome(http.register({}))).toMatchObject({ ok: true });

  const random = countingRandom();
  const told: PersonPresence[] = [];
  const published: { readonly topic: Topic; readonly payload: Uint8Array }[] = [];
  const device = bytesOf(16, fill);
  const pool = openLinkPool({
    mayReach: () => true,
    transport: network,
    timers,
    random,
    events: {
      onState: (link, state) => presence.linkState(link, state),
      onTopic: (_, event) => presence.topic(event),
    },
  });
  const link = openLink({
    url: URL_HERE,
    relayId,
    owner,
    transport: network,
    timers,
    random,
    events: {
      onState: (state) => presence.ownLinkState(state),
      onWanted: (topic, isWanted) => presence.wanted(topic, isWanted),
    },
  });
  const person = { skewMs: 0 };
  const presence: Presence = openPresence({
    device,
    timers,
    random,
    now: () => timers.now() + person.skewMs,
    publish: (topic, payload) => {
      published.push({ topic, payload });
      link.publish(topic, payload);
    },
    linkTo: pool.linkTo,
    onPresence: (change) => told.push(change),
  });
  const show = (isVisible: boolean): void => {
    link.setVisible(isVisible);
    pool.setVisible(isVisible);
    presence.setVisible(isVisible);
  };
  show(false);
  return Object.assign(person, { device, network, link, pool, presence, told, published, show });
}

const KEY = bytesOf(32, 0x42);
const isOnline = ({ told }: Someone): boolean | undefined => told.at(-1)?.online;
const lastSeen = ({ told }: Someone): number | undefined => told.at(-1)?.lastSeenMs;

const watched = (it: RealRelay, ...people: readonly Someone[]): Watched =>
  watchedBy(KEY, it, ...people);
const watchedBy = (key: Uint8Array, it: RealRelay, ...people: readonly Someone[]): Watched => ({
  account: "bob",
  devices: people.map(({ device }) => ({
    device,
    key,
    url: URL_HERE,
    relayId: it.relay().relayId,
  })),
  lastSeenMs: 5,
});

/** Bob shows himself to Alice, who looks. */
async function twoPeople(): Promise<{ it: RealRelay; alice: Someone; bob: Someone }> {
  const it = openRealRelay();
  const [alice, bob] = [await someone(it, 1), await someone(it, 2)];
  bob.presence.setAudience([{ account: "alice", key: KEY }]);
  alice.presence.watch([watched(it, bob)]);
  await it.timers.advance(2_000);
  return { it, alice, bob };
}

test("[PS3] who has a window on screen is online, who puts it away was seen then", async () => {
  const { it, alice, bob } = await twoPeople();
  expect(alice.told).toEqual([{ account: "bob", online: false, lastSeenMs: 5 }]);
  bob.show(true);
  await it.timers.advance(100);
  expect(isOnline(alice)).toBe(true);
  await it.timers.advance(3_600_000);
  expect(isOnline(alice)).toBe(true);
  bob.show(false);
  const hiddenAtMs = it.timers.now();
  await it.timers.advance(100);
  expect([isOnline(alice), lastSeen(alice)]).toEqual([false, hiddenAtMs]);
});

test("[PS4] topics are announced once a connection, and then told only where somebody looks", async () => {
  const it = openRealRelay();
  const bob = await someone(it, 2);
  const audience = [1, 2, 3].map((i) => ({ account: `${i}`, key: bytesOf(32, i) }));
  bob.presence.setAudience(audience);
  await it.timers.advance(1_000);
  expect(bob.published).toHaveLength(3);
  bob.show(true);
  bob.show(false);
  await it.timers.advance(1_000);
  expect(bob.published).toHaveLength(3);

  const alice = await someone(it, 1);
  alice.presence.watch([watchedBy(bytesOf(32, 2), it, bob)]);
  await it.timers.advance(1_000);
  expect(bob.published).toHaveLength(4);
  bob.show(true);
  await it.timers.advance(1_000);
  expect(bob.published).toHaveLength(5);
  alice.presence.watch([]);
  await it.timers.advance(1_000);
  bob.show(false);
  await it.timers.advance(1_000);
  expect(bob.published).toHaveLength(5);
});

test("[PS4] a long list of contacts is told in portions", async () => {
  const it = openRealRelay();
  const bob = await someone(it, 2);
  await it.timers.advance(1_000);
  bob.presence.setAudience(
    Array.from({ length: 300 }, (_, i) => ({
      account: `${i}`,
      key: Uint8Array.from([...bytesOf(30, 1), i >> 8, i & 0xff]),
    })),
  );
  expect(bob.published).toHaveLength(PUBLISH_BURST);
  await it.timers.advance(1_000);
  expect(bob.published).toHaveLength(2 * PUBLISH_BURST);
  await it.timers.advance(10_000);
  expect(bob.published).toHaveLength(256);
  expect(it.relay().counters.take()["err.rate"]).toBeUndefined();
});

test("[PS5] the same state is sealed in the same bytes, so that a relay need not tell it on", async () => {
  const { it, bob } = await twoPeople();
  bob.show(true);
  await it.timers.advance(1_000);
  const before = bob.published.at(-1);
  bob.network.cut();
  await it.timers.advance(5_000);
  expect(bob.link.state().type).toBe("open");
  expect(bob.published.length).toBeGreaterThan(2);
  expect(bob.published.at(-1)).toEqual(before);
});

test("[PS6] who may not see us any more is told nothing but that we are not there", async () => {
  const { it, alice, bob } = await twoPeople();
  bob.show(true);
  await it.timers.advance(1_000);
  expect(isOnline(alice)).toBe(true);
  bob.presence.setAudience([]);
  await it.timers.advance(1_000);
  expect(isOnline(alice)).toBe(false);
  const count = bob.published.length;
  bob.show(false);
  bob.show(true);
  await it.timers.advance(PRESENCE_REVIEW_MS);
  expect([bob.published.length, isOnline(alice)]).toEqual([count, false]);
});

test("[PS8] whoever vanishes is offline after 30 seconds, and was last seen when they fell silent", async () => {
  const { it, alice, bob } = await twoPeople();
  bob.show(true);
  await it.timers.advance(60_000);
  const vanishedAtMs = it.timers.now();
  bob.network.setRoute("down");
  await it.timers.advance(25_000);
  expect(isOnline(alice)).toBe(true);
  await it.timers.advance(10_000);
  expect(isOnline(alice)).toBe(false);
  // The heartbeat of 5 seconds and the relay's tick of 1 second are the error.
  expect(Math.abs((lastSeen(alice) ?? 0) - vanishedAtMs)).toBeLessThanOrEqual(7_000);
});

test("[PS8] a tunnel of 20 seconds does not flap", async () => {
  const { it, alice, bob } = await twoPeople();
  bob.show(true);
  await it.timers.advance(60_000);
  const count = alice.told.length;
  bob.network.setRoute("down");
  await it.timers.advance(20_000);
  bob.network.setRoute("up");
  bob.link.wake();
  await it.timers.advance(60_000);
  expect([isOnline(alice), alice.told.length]).toEqual([true, count]);
});

test("[PS7] somebody is online while one of their devices is", async () => {
  const { it, alice, bob } = await twoPeople();
  const tablet = await someone(it, 3);
  tablet.presence.setAudience([{ account: "alice", key: KEY }]);
  alice.presence.watch([watched(it, bob, tablet)]);
  bob.show(true);
  tablet.show(true);
  await it.timers.advance(1_000);
  bob.show(false);
  await it.timers.advance(1_000);
  expect(isOnline(alice)).toBe(true);
  tablet.show(false);
  await it.timers.advance(1_000);
  expect([isOnline(alice), lastSeen(alice)]).toEqual([false, it.timers.now() - 1_000]);
});

test("[PS9] who loses the relay doubts for 30 seconds before calling anybody offline", async () => {
  const { it, alice, bob } = await twoPeople();
  bob.show(true);
  await it.timers.advance(1_000);
  const count = alice.told.length;
  alice.network.cut();
  await it.timers.advance(29_000);
  expect(alice.told).toHaveLength(count);
  alice.network.setRoute("down");
  await it.timers.advance(29_000);
  expect(isOnline(alice)).toBe(true);
  await it.timers.advance(2_000);
  expect(isOnline(alice)).toBe(false);
  alice.network.setRoute("up");
  alice.pool.wake();
  await it.timers.advance(1_000);
  expect(isOnline(alice)).toBe(true);
});

test("[PS9] a relay that restarted knows nobody, and nobody flickers", async () => {
  const { it, alice, bob } = await twoPeople();
  bob.show(true);
  await it.timers.advance(60_000);
  const count = alice.told.length;
  it.restart();
  for (const { network } of [alice, bob]) network.cut();
  alice.pool.wake();
  await it.timers.advance(20_000);
  expect(bob.link.state().type).toBe("open");
  expect([isOnline(alice), alice.told.length]).toEqual([true, count]);
});

test("[PS9] a relay that had to make room for others is asked again at the next review", async () => {
  const { it, alice, bob } = await twoPeople();
  bob.show(true);
  alice.network.setRoute("down");
  await it.timers.advance(1_000);
  const others = Array.from({ length: POOL_LINKS_MAX }, (_, i) => `https://relay-${i}.example`);
  const other = topicOf(bytesOf(32, 9), alice.device, 1);
  for (const url of others) alice.pool.linkTo(url, it.relay().relayId, url)?.subscribe([other]);
  await it.timers.advance(60_000);
  expect(isOnline(alice)).toBe(false);
  for (const url of others) alice.pool.linkTo(url, it.relay().relayId, url)?.unsubscribe([other]);
  alice.network.setRoute("up");
  await it.timers.advance(PRESENCE_REVIEW_MS);
  expect(isOnline(alice)).toBe(true);
});

test("[PS10] what a relay makes up changes nothing", async () => {
  const { it, alice, bob } = await twoPeople();
  const [week] = weeksAt(it.timers.now());
  const topic = topicOf(KEY, bob.device, week!);
  const count = alice.told.length;
  const forged = sealPresence(bytesOf(32, 9), bob.device, week!, bytesOf(10, 1), countingRandom());
  const other = sealPresence(KEY, bob.device, week!, bytesOf(3, 1), countingRandom());
  for (const payload of [forged, other, bytesOf(200, 0), bytesOf(0, 0)]) {
    alice.presence.topic({ type: "tevt", topic, isOnline: true, payload });
  }
  const strange = topicOf(KEY, alice.device, week!);
  alice.presence.topic({ type: "tevt", topic: strange, isOnline: true, payload: forged });
  expect(alice.told).toHaveLength(count);
});

test("[PS10] a time in the future is now", async () => {
  const { it, alice, bob } = await twoPeople();
  bob.skewMs = 3_600_000;
  bob.show(true);
  bob.show(false);
  await it.timers.advance(1_000);
  expect(lastSeen(alice)).toBeLessThanOrEqual(it.timers.now());
});

test("[PS11] who hides is told nothing either, and comes back when they like", async () => {
  const { it, alice, bob } = await twoPeople();
  for (const person of [alice, bob]) person.show(true);
  await it.timers.advance(1_000);
  alice.presence.setEnabled(false);
  await it.timers.advance(1_000);
  expect(alice.told.at(-1)).toEqual({ account: "bob", online: false, lastSeenMs: 0 });
  bob.show(false);
  await it.timers.advance(1_000);
  expect(alice.told.at(-1)).toEqual({ account: "bob", online: false, lastSeenMs: 0 });
  bob.show(true);
  alice.presence.setEnabled(true);
  await it.timers.advance(1_000);
  expect(isOnline(alice)).toBe(true);
});

test("[PS2] nobody flickers when the week changes, though clocks differ", async () => {
  const { it, alice, bob } = await twoPeople();
  bob.skewMs = -3_600_000;
  bob.show(true);
  await it.timers.advance(1_000);
  const change = (Math.floor(it.timers.now() / WEEK_MS) + 1) * WEEK_MS;
  const count = alice.told.length;
  // Hours go by in one step: only links and reviews have anything to do.
  for (let hours = 0; hours < 26; hours += 1) {
    if (hours === 0) it.timers.jump(change - it.timers.now() - 13 * 3_600_000);
    await it.timers.advance(3_600_000);
  }
  expect([isOnline(alice), alice.told.length]).toEqual([true, count]);
});

test("[PS3] nothing is left ticking once it is closed", async () => {
  const { it, alice, bob } = await twoPeople();
  for (const { presence, link, pool } of [alice, bob]) {
    presence.close();
    link.close();
    pool.close();
  }
  await it.timers.advance(120_000);
  await it.relay().drain();
  expect(it.timers.waiting).toBe(0);
});
