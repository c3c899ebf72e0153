import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { openLinkPool, POOL_LINKS_MAX, type PoolEvents } from "../../../sync/session/pool.ts";
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
  const pool = openLinkPool({ transport, timers, random: (n) => bytesOf(n, 255), events });
  return { relay, timers, transport, pool };
}

test("[SE18] one link a relay, and another one for whoever claims that address with another key", () => {
  const { pool } = poolStage();
  const link = pool.linkTo(urlOf(1), RELAY_ID);
  expect(pool.linkTo(urlOf(1), RELAY_ID)).toBe(link);
  expect(pool.linkTo(urlOf(2), RELAY_ID)).not.toBe(link);
  expect(pool.linkTo(urlOf(1), idOf("RelayId", 9))).not.toBe(link);
});

test("[SE18] the idle link that was asked for longest ago makes room, a busy one never", async () => {
  const closed: string[] = [];
  const onState: PoolEvents["onState"] = (link, state) => {
    if (state.type === "closed") closed.push(link.url);
  };
  const { pool, timers } = poolStage({ onState });
  for (let i = 0; i < POOL_LINKS_MAX; i += 1) pool.linkTo(urlOf(i), RELAY_ID);
  pool.linkTo(urlOf(0), RELAY_ID);
  pool.linkTo(urlOf(100), RELAY_ID);
  expect(closed).toEqual([urlOf(1)]);
  pool.linkTo(urlOf(0), RELAY_ID)?.subscribe([topic]);
  for (let i = 2; i < POOL_LINKS_MAX; i += 1) pool.linkTo(urlOf(i), RELAY_ID)?.subscribe([topic]);
  pool.linkTo(urlOf(100), RELAY_ID)?.subscribe([topic]);
  await timers.settle();
  expect(pool.linkTo(urlOf(200), RELAY_ID)).toBeNull();
  expect(closed).toEqual([urlOf(1)]);
});

test("[SE18] addresses where nobody or somebody else answers do not fill the pool", async () => {
  const { pool, timers } = poolStage();
  for (let i = 0; i < POOL_LINKS_MAX; i += 1) {
    void pool.linkTo(urlOf(i), idOf("RelayId", 9))?.put(putOf());
  }
  await timers.settle();
  expect(pool.linkTo(urlOf(1), idOf("RelayId", 9))?.state().type).toBe("refused");
  expect(pool.linkTo(urlOf(50), RELAY_ID)).not.toBeNull();

  const down = poolStage();
  down.transport.setRoute("down");
  for (let i = 0; i < POOL_LINKS_MAX; i += 1) {
    down.pool.linkTo(urlOf(i), RELAY_ID)?.subscribe([topic]);
  }
  await down.timers.settle();
  expect(down.pool.linkTo(urlOf(50), RELAY_ID)).not.toBeNull();
});

test("[SE18] tells of which link an event is, and closes all of them", async () => {
  const heard: string[] = [];
  const { pool, relay, timers } = poolStage({ onTopic: (link) => heard.push(link.url) });
  pool.linkTo(urlOf(1), RELAY_ID)?.subscribe([topic]);
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
