import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import {
  openLinkPool,
  POOL_ACCOUNT_LINKS_MAX,
  POOL_LINKS_MAX,
  type PoolEvents,
} from "../../../sync/session/pool.ts";
import { reachFrom } from "../../../sync/session/reach.ts";
import { openMemoryTransport } from "../../../sync/transport/memory-transport.ts";
import { HeldTimers } from "../transport/held-timers.ts";
import { bytesOf, idOf, PlayedRelay, putOf, RELAY_ID } from "./played-relay.ts";

beforeAll(() => ready);

const urlOf = (i: number): string => `https://relay-${i}.example`;
const topic = idOf("Topic", 1);

function poolStage(events: Partial<PoolEvents> = {}) {
  const relay = new PlayedRelay();
  const timers = new HeldTimers();
  const transport = openMemoryTransport({ relayAt: () => relay, timers });
  const pool = openLinkPool({
    transport,
    timers,
    random: (n) => bytesOf(n, 255),
    mayReach: reachFrom(urlOf(0)),
    events,
  });
  return { relay, timers, transport, pool };
}

test("[SE18] one link a relay, and another one for whoever claims that address with another key", () => {
  const { pool } = poolStage();
  const link = pool.linkTo(urlOf(1), RELAY_ID, "of 1");
  expect(pool.linkTo(urlOf(1), RELAY_ID, "of 1")).toBe(link);
  expect(pool.linkTo(urlOf(2), RELAY_ID, "of 2")).not.toBe(link);
  expect(pool.linkTo(urlOf(1), idOf("RelayId", 9), "of 1")).not.toBe(link);
});

test("[SE18] the idle link that was asked for longest ago makes room, a busy one never", async () => {
  const closed: string[] = [];
  const onState: PoolEvents["onState"] = (link, state) => {
    if (state.type === "closed") closed.push(link.url);
  };
  const { pool, timers } = poolStage({ onState });
  for (let i = 0; i < POOL_LINKS_MAX; i += 1) pool.linkTo(urlOf(i), RELAY_ID, `of ${i}`);
  pool.linkTo(urlOf(0), RELAY_ID, "of 0");
  pool.linkTo(urlOf(100), RELAY_ID, "of 100");
  expect(closed).toEqual([urlOf(1)]);
  pool.linkTo(urlOf(0), RELAY_ID, "of 0")?.subscribe([topic]);
  for (let i = 2; i < POOL_LINKS_MAX; i += 1)
    pool.linkTo(urlOf(i), RELAY_ID, `of ${i}`)?.subscribe([topic]);
  pool.linkTo(urlOf(100), RELAY_ID, "of 100")?.subscribe([topic]);
  await timers.settle();
  expect(pool.linkTo(urlOf(200), RELAY_ID, "of 200")).toBeNull();
  expect(closed).toEqual([urlOf(1)]);
});

test("[SE18] addresses where nobody or somebody else answers do not fill the pool", async () => {
  const { pool, timers } = poolStage();
  for (let i = 0; i < POOL_LINKS_MAX; i += 1) {
    void pool.linkTo(urlOf(i), idOf("RelayId", 9), `of ${i}`)?.put(putOf());
  }
  await timers.settle();
  expect(pool.linkTo(urlOf(1), idOf("RelayId", 9), "of 1")?.state().type).toBe("refused");
  expect(pool.linkTo(urlOf(50), RELAY_ID, "of 50")).not.toBeNull();

  const down = poolStage();
  down.transport.setRoute("down");
  for (let i = 0; i < POOL_LINKS_MAX; i += 1) {
    down.pool.linkTo(urlOf(i), RELAY_ID, `of ${i}`)?.subscribe([topic]);
  }
  await down.timers.settle();
  expect(down.pool.linkTo(urlOf(50), RELAY_ID, "of 50")).not.toBeNull();
});

test("[SE18] tells of which link an event is, and closes all of them", async () => {
  const heard: string[] = [];
  const { pool, relay, timers } = poolStage({ onTopic: (link) => heard.push(link.url) });
  pool.linkTo(urlOf(1), RELAY_ID, "of 1")?.subscribe([topic]);
  await timers.settle();
  relay.say({ type: "tevt", topic, isOnline: true, payload: bytesOf(1, 1) });
  await timers.settle();
  expect(heard).toEqual([urlOf(1)]);
  pool.setVisible(false);
  await timers.settle();
  expect(relay.said("ping").at(-1)).toMatchObject({ isHidden: true });
  pool.close();
  await timers.settle();
  expect([relay.open, timers.waiting]).toEqual([0, 0]);
});

test("[SE18] ten devices of one contact, each at other relays, keep nobody else from theirs", async () => {
  const { pool, timers } = poolStage();
  const follow = (i: number, account: string): boolean => {
    const link = pool.linkTo(urlOf(i), RELAY_ID, account);
    link?.subscribe([topic]);
    return link !== null;
  };
  const open = (): number => {
    const links = Array.from({ length: 40 }, (_, i) => pool.linkTo(urlOf(i), RELAY_ID, "greedy"));
    return links.filter((it) => it?.state().type === "open").length;
  };
  for (let i = 0; i < 40; i += 1) {
    follow(i, "greedy");
    await timers.settle();
  }
  expect(open()).toBe(POOL_ACCOUNT_LINKS_MAX);
  // All others get theirs, until even of his only one is left.
  const others = Array.from({ length: 20 }, (_, i) => follow(100 + i, `of ${i}`));
  expect(others.filter((it) => it).length).toBe(POOL_LINKS_MAX - 1);
});

test("[SE18] when all links are busy, one of whoever has most makes room", async () => {
  const { pool, timers } = poolStage();
  const follow = (i: number, account: string): boolean => {
    const link = pool.linkTo(urlOf(i), RELAY_ID, account);
    link?.subscribe([topic]);
    return link !== null;
  };
  for (let i = 0; i < POOL_LINKS_MAX; i += 1) follow(i, `of ${Math.floor(i / 4)}`);
  await timers.settle();
  // Four have four each: others get theirs, until everybody has one or two.
  const others = Array.from({ length: 20 }, (_, i) => follow(100 + i, `other ${i}`));
  expect(others.filter((it) => it).length).toBe(12);
  // What several ask for is nobody's share.
  expect(follow(119, "of 0")).toBe(false);
});

test("[SE23] a relay out of reach gets no link", () => {
  const { pool } = poolStage();
  expect(pool.linkTo("http://localhost:8787", RELAY_ID, "of 1")).toBeNull();
  expect(pool.linkTo("https://nas.local", RELAY_ID, "of 1")).toBeNull();
});

test("[SE24] where a relay answers again, links that wait for it are dialled, but none that it keeps away", async () => {
  const { pool, relay, timers, transport } = poolStage();
  const links = [1, 2, 3].map((i) => pool.linkTo(urlOf(i), RELAY_ID, `of ${i}`));
  const states = () => links.map((link) => link?.state().type);
  transport.setRoute("down");
  for (const link of links.slice(0, 2)) link?.subscribe([topic]);
  // Long enough for pauses of half a minute.
  await timers.advance(60_000);
  transport.setRoute("up");
  links[2]?.subscribe([topic]);
  await timers.settle();
  relay.say({ type: "goaway", reason: "stopping", afterMs: 30_000, alternatives: [] });
  await timers.settle();
  expect(states()).toEqual(["waiting", "waiting", "waiting"]);
  for (const i of [1, 3]) pool.answered(urlOf(i));
  await timers.advance(1_100);
  expect(states()).toEqual(["open", "waiting", "waiting"]);
});
