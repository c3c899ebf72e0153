import { beforeAll, describe, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { msg, openStage, type Stage } from "./played-relay.ts";

beforeAll(() => ready);

describe("the heartbeat", () => {
  const pings = (it: Stage): number => it.relay.said("ping").length;
  const pong = (it: Stage): void =>
    it.relay.say({ type: "pong", timeMs: pings(it), serverTimeMs: it.timers.now() + 60_000 });

  test("[SE6] asks at once, then after 5 seconds without a word of ours", async () => {
    const it = await openStage("owner");
    expect(it.relay.said("ping")).toEqual([{ type: "ping", timeMs: 1, isHidden: false }]);
    pong(it);
    await it.timers.advance(4_999);
    expect(pings(it)).toBe(1);
    it.link.ack([1]);
    await it.timers.advance(4_999);
    expect(pings(it)).toBe(1);
    await it.timers.advance(1);
    expect(pings(it)).toBe(2);
  });

  test("[SE6] every 30 seconds when nobody looks, and the relay is told at once", async () => {
    const it = await openStage("owner");
    pong(it);
    await it.timers.settle();
    it.link.setVisible(false);
    await it.timers.settle();
    expect(it.relay.said("ping").at(-1)).toMatchObject({ isHidden: true });
    pong(it);
    await it.timers.advance(29_999);
    expect(pings(it)).toBe(2);
    await it.timers.advance(1);
    expect(pings(it)).toBe(3);
    pong(it);
    await it.timers.settle();
    it.link.setVisible(true);
    await it.timers.settle();
    expect(it.relay.said("ping").at(-1)).toMatchObject({ isHidden: false });
  });

  test("[SE6] a black hole is noticed 10 seconds after a PING, and anything counts as an answer", async () => {
    const it = await openStage("owner");
    await it.timers.advance(9_000);
    it.relay.say(msg(1));
    await it.timers.settle();
    it.network.setRoute("blackHole");
    await it.timers.advance(10_999);
    expect(it.link.state().type).toBe("open");
    await it.timers.advance(1);
    expect(it.link.state()).toMatchObject({ type: "waiting", why: "silent" });
    it.network.setRoute("up");
    await it.timers.advance(1_000);
    expect(it.relay.dials).toBe(2);
  });

  test("[SE20] each PONG tells the relay's clock against the middle of the way", async () => {
    const it = await openStage("owner");
    await it.timers.advance(400);
    it.relay.say({ type: "pong", timeMs: 1, serverTimeMs: it.timers.now() + 60_000 });
    it.relay.say({ type: "pong", timeMs: 99, serverTimeMs: 5 });
    await it.timers.settle();
    expect(it.calls.filter(([name]) => name === "onClock")).toEqual([
      ["onClock", { offsetMs: 60_200, roundTripMs: 400 }],
    ]);
  });
});
