import { beforeAll, describe, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { CLOSE } from "../../../sync/wire/close-codes.ts";
import type { Frame } from "../../../sync/wire/frames.ts";
import { authed, bytesOf, idOf, openStage, putOf, stage } from "./played-relay.ts";
import { type StateName, STATES } from "./states.ts";

beforeAll(() => ready);

const topic = idOf("Topic", 1);
const DOWN = { ok: false, error: { type: "LinkDown" } };
const tevt: Frame = { type: "tevt", topic, isOnline: true, payload: bytesOf(3, 1) };

describe("[SE16] what a caller may do in each state", () => {
  const asked: Readonly<
    Record<StateName, readonly [afterWake: string, put: typeof DOWN | "pending"]>
  > = {
    idle: ["idle", "pending"],
    connecting: ["connecting", "pending"],
    welcoming: ["welcoming", "pending"],
    authing: ["authing", "pending"],
    openOwner: ["open", "pending"],
    openGuest: ["open", "pending"],
    waiting: ["connecting", DOWN],
    replaced: ["connecting", DOWN],
    refused: ["connecting", DOWN],
    closed: ["closed", DOWN],
  };
  test.each(Object.entries(asked))("[SE16] %s", async (state, [afterWake, put]) => {
    const woken = await STATES[state as StateName]();
    woken.link.wake();
    expect(woken.link.state().type).toBe(afterWake);

    const it = await STATES[state as StateName]();
    const answer = await Promise.race([it.link.put(putOf()), Promise.resolve("pending")]);
    expect(answer).toEqual(put);
    it.link.ack([1]);
    it.link.credit(1, 1);
    it.link.setVisible(false);
    it.link.close();
    expect(it.link.state()).toEqual({ type: "closed" });
    await it.timers.advance(600_000);
    expect(it.link.state()).toEqual({ type: "closed" });
    expect(it.timers.waiting).toBe(0);
  });

  test("[SE16] however often it is woken, it dials once a second", async () => {
    const it = await openStage("owner");
    const before = it.relay.dials;
    for (let tenths = 0; tenths < 50; tenths += 1) {
      it.relay.hangUp(CLOSE.authFailed);
      await it.timers.settle();
      it.link.wake();
      await it.timers.advance(100);
    }
    expect(it.relay.dials - before).toBe(5);
  });

  test("[SE16] wake on an open connection asks whether anybody is there", async () => {
    const it = await openStage("owner");
    const before = it.relay.said("ping").length;
    it.link.wake();
    await it.timers.settle();
    expect(it.relay.said("ping")).toHaveLength(before + 1);
  });
});

describe("waiting", () => {
  test("[SE3] each failure waits longer, up to a minute, and dials by itself", async () => {
    const it = stage("owner");
    it.network.setRoute("down");
    const waits: number[] = [];
    for (let failure = 0; failure < 9; failure += 1) {
      await it.timers.settle();
      const state = it.link.state();
      if (state.type !== "waiting") throw new Error(state.type);
      waits.push(state.retryAtMs - it.timers.now());
      await it.timers.advance(state.retryAtMs - it.timers.now());
    }
    // Jitter stands at its highest, a 256th below the ceiling.
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1_000));
  });

  test("[SE3] only a connection that held for 10 seconds begins a new row", async () => {
    const it = await openStage("owner");
    const fail = async (afterMs: number): Promise<number> => {
      await it.timers.advance(afterMs);
      it.relay.hangUp(1006);
      await it.timers.settle();
      const state = it.link.state();
      if (state.type !== "waiting") throw new Error(state.type);
      const waitMs = state.retryAtMs - it.timers.now();
      await it.timers.advance(waitMs);
      it.relay.say(authed());
      await it.timers.settle();
      return waitMs;
    };
    expect(await fail(0)).toBe(1_000);
    expect(await fail(100)).toBe(2_000);
    expect(await fail(0)).toBe(4_000);
    it.relay.say({ type: "pong", timeMs: 0, serverTimeMs: 0 });
    await it.timers.advance(5_000);
    it.relay.say({ type: "pong", timeMs: 0, serverTimeMs: 0 });
    expect(await fail(5_000)).toBe(1_000);
  });

  test("[SE15] whoever was replaced by a newer connection stays quiet until it is woken", async () => {
    const it = await STATES.replaced();
    await it.timers.advance(3_600_000);
    expect(it.relay.dials).toBe(1);
    it.link.wake();
    await it.timers.settle();
    expect(it.relay.dials).toBe(2);
  });

  test("[SE7] GOAWAY keeps us away for as long as it says, but no longer than 5 minutes", async () => {
    for (const [afterMs, waitsMs] of [
      [7_000, 8_000],
      [86_400_000, 301_000],
    ] as const) {
      const it = await openStage("owner");
      it.relay.say({ type: "goaway", reason: "stopping", afterMs, alternatives: [] });
      await it.timers.settle();
      const retryAtMs = it.timers.now() + waitsMs;
      expect(it.link.state()).toEqual({ type: "waiting", retryAtMs, why: "busy" });
      expect(it.relay.open).toBe(0);
    }
  });
});

describe("a guest", () => {
  test("[SE14] is dialled when asked, and hung up after 50 s of silence, before its relay does it", async () => {
    const it = stage("guest");
    await it.timers.advance(3_600_000);
    expect(it.relay.dials).toBe(0);
    const put = it.link.put(putOf());
    await it.timers.settle();
    it.relay.say({ type: "ok", request: 1, statuses: [{ status: "stored" }] });
    await it.timers.settle();
    expect(await put).toEqual({ ok: true, value: [{ status: "stored" }] });
    const answering = async (ms: number): Promise<void> => {
      for (let rest = ms; rest > 0; rest -= 1_000) {
        it.relay.say({ type: "pong", timeMs: 0, serverTimeMs: 0 });
        await it.timers.advance(Math.min(rest, 1_000));
      }
    };
    await answering(49_999);
    expect(it.link.state()).toEqual({ type: "open" });
    await answering(1);
    expect(it.link.state()).toEqual({ type: "idle" });
    expect(it.relay.open).toBe(0);
  });

  test("[SE14] that failed and has nothing to ask does not dial by itself", async () => {
    const it = stage("guest");
    it.network.setRoute("down");
    const put = it.link.put(putOf());
    await it.timers.settle();
    expect(await put).toEqual(DOWN);
    await it.timers.advance(1_000);
    expect(it.link.state()).toEqual({ type: "idle" });
  });

  test("[SE17] asks for its topics again after each reconnection, and when it asked too fast", async () => {
    const it = stage("guest");
    const [first, second] = [idOf("Topic", 1), idOf("Topic", 2)];
    it.link.subscribe([first, second, first]);
    await it.timers.settle();
    expect(it.relay.said("tsub")).toEqual([{ type: "tsub", topics: [first, second] }]);
    it.link.unsubscribe([first]);
    await it.timers.settle();
    expect(it.relay.said("tunsub")).toEqual([{ type: "tunsub", topics: [first] }]);
    it.relay.say({ type: "err", error: "rate", request: 0, retryAfterMs: 700 });
    await it.timers.advance(699);
    expect(it.relay.said("tsub")).toHaveLength(1);
    await it.timers.advance(1);
    expect(it.relay.said("tsub").at(-1)).toEqual({ type: "tsub", topics: [second] });
    it.relay.hangUp(1006);
    await it.timers.advance(1_000);
    expect(it.relay.dials).toBe(2);
    expect(it.relay.said("tsub")).toEqual([{ type: "tsub", topics: [second] }]);
  });

  test("[SE14] stays while it follows somebody", async () => {
    const it = await openStage("guest");
    it.link.subscribe([topic]);
    for (let minutes = 0; minutes < 5; minutes += 1) {
      for (let seconds = 0; seconds < 60; seconds += 1) {
        it.relay.say({ type: "pong", timeMs: 0, serverTimeMs: 0 });
        await it.timers.advance(1_000);
      }
    }
    expect([it.link.state().type, it.relay.dials]).toEqual(["open", 1]);
    it.link.unsubscribe([topic]);
    for (let seconds = 0; seconds < 60; seconds += 1) {
      it.relay.say({ type: "pong", timeMs: 0, serverTimeMs: 0 });
      await it.timers.advance(1_000);
    }
    expect(it.link.state().type).toBe("idle");
  });

  test("[SE17] is told of the topics that it follows, and of no others", async () => {
    const it = await openStage("guest");
    it.link.subscribe([topic]);
    it.relay.say(tevt, { ...tevt, topic: idOf("Topic", 3) });
    await it.timers.settle();
    expect(it.calls.filter(([name]) => name === "onTopic")).toEqual([["onTopic", tevt]]);
  });

  test("[SE1] never publishes, and an owner never follows", async () => {
    const guest = await openStage("guest");
    expect(() => guest.link.publish(topic, bytesOf(1, 1))).toThrow("publishes");
    const owner = await openStage("owner");
    expect(() => owner.link.subscribe([topic])).toThrow("follows");
  });
});
