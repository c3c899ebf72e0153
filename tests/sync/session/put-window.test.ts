import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import {
  PUT_QUEUE_BYTES_MAX,
  PUT_QUEUE_MAX,
  PUT_WINDOW_BYTES_MAX,
} from "../../../sync/session/put-window.ts";
import { BODY_BYTES_MAX, PUTS_OUTSTANDING_MAX } from "../../../sync/wire/limits.ts";
import type { OkFrame, PutStatus } from "../../../sync/wire/ok-frame.ts";
import { openStage, putOf, type Stage, stage, welcome } from "./played-relay.ts";

beforeAll(() => ready);

const DOWN = { ok: false, error: { type: "LinkDown" } };
const STORED: readonly PutStatus[] = [{ status: "stored" }];
const okTo = (request: number, statuses = STORED): OkFrame => ({ type: "ok", request, statuses });

/** Answers every PUT that the relay has heard and not answered yet. */
async function answerAll(it: Stage): Promise<void> {
  for (let answered = 0; answered < it.relay.said("put").length;) {
    const puts = it.relay.said("put").slice(answered);
    it.relay.say(...puts.map(({ request }) => okTo(request)));
    answered += puts.length;
    await it.timers.settle();
  }
}

test("[SE9] the answer tells what became of each target, whatever the order of answers", async () => {
  const it = await openStage("guest");
  const first = it.link.put(putOf(10, 2));
  const second = it.link.put(putOf(20, 1));
  await it.timers.settle();
  const [one, two] = it.relay.said("put");
  expect([one?.targets.length, two?.body.length]).toEqual([2, 20]);
  const mixed: readonly PutStatus[] = [
    { status: "busy", retryAfterMs: 9 },
    { status: "duplicate" },
  ];
  it.relay.say(okTo(two!.request), okTo(one!.request, mixed));
  await it.timers.settle();
  expect(await first).toEqual({ ok: true, value: mixed });
  expect(await second).toEqual({ ok: true, value: STORED });
});

test("[SE9] an answer for another number of targets, or a second one, is a faulty relay's", async () => {
  const it = await openStage("guest");
  const put = it.link.put(putOf(10, 2));
  await it.timers.settle();
  it.relay.say(okTo(1));
  await it.timers.settle();
  expect(await put).toEqual(DOWN);
  expect(it.link.state()).toMatchObject({ type: "waiting", why: "malformed" });

  const twice = await openStage("guest");
  void twice.link.put(putOf());
  await twice.timers.settle();
  twice.relay.say(okTo(1));
  await twice.timers.settle();
  expect(twice.link.state().type).toBe("open");
  twice.relay.say(okTo(1));
  await twice.timers.settle();
  expect(twice.link.state()).toMatchObject({ type: "waiting", why: "malformed" });
});

test("[SE10] 64 PUTs and 1 MiB wait for their answers, the rest follow as these come", async () => {
  const it = await openStage("guest");
  const many = Array.from({ length: 100 }, () => it.link.put(putOf()));
  await it.timers.settle();
  expect(it.relay.said("put")).toHaveLength(PUTS_OUTSTANDING_MAX);
  await answerAll(it);
  expect((await Promise.all(many)).every((result) => result.ok)).toBe(true);

  const large = await openStage("guest");
  const fitting = PUT_WINDOW_BYTES_MAX / BODY_BYTES_MAX;
  for (let i = 0; i < fitting + 3; i += 1) void large.link.put(putOf(BODY_BYTES_MAX));
  await large.timers.settle();
  expect(large.relay.said("put")).toHaveLength(fitting);
  large.relay.say(okTo(1));
  await large.timers.settle();
  expect(large.relay.said("put")).toHaveLength(fitting + 1);
  large.relay.say(okTo(2));
  await large.timers.settle();
  expect(large.relay.said("put")).toHaveLength(fitting + 2);
  large.relay.say(okTo(3));
  await large.timers.settle();
  expect(large.relay.said("put")).toHaveLength(fitting + 3);
});

test("[SE10] the queue has its bounds, and says so", async () => {
  const BUSY = { ok: false, error: { type: "Busy", retryAfterMs: 1_000 } };
  const many = stage("guest");
  for (let i = 0; i < PUT_QUEUE_MAX; i += 1) void many.link.put(putOf());
  expect(await many.link.put(putOf())).toEqual(BUSY);

  const large = stage("guest");
  for (let i = 0; i < PUT_QUEUE_BYTES_MAX / BODY_BYTES_MAX; i += 1) {
    void large.link.put(putOf(BODY_BYTES_MAX));
  }
  expect(await large.link.put(putOf(1))).toEqual(BUSY);

  const steady = await openStage("guest");
  for (let i = 0; i <= PUT_QUEUE_BYTES_MAX / BODY_BYTES_MAX; i += 1) {
    const put = steady.link.put(putOf(BODY_BYTES_MAX));
    await steady.timers.settle();
    steady.relay.say(okTo(i + 1));
    expect(await steady.timers.outcome(put)).toMatchObject({ ok: true });
  }
});

test("[SE10] what this relay does not take is refused before it is sent", async () => {
  const it = stage("guest");
  it.relay.isGreeting = false;
  const [fine, long, wide] = [putOf(100, 2), putOf(101, 2), putOf(100, 3)].map(it.link.put);
  await it.timers.settle();
  const limits = { bodyBytesMax: 100, targetsMax: 2 };
  const rest = { windowMessages: 1, windowBytes: 1, heartbeatMs: 5_000 };
  it.relay.say(welcome({ limits: { ...limits, ...rest } }));
  await it.timers.settle();
  const tooLarge = { ok: false, error: { type: "TooLarge", ...limits } };
  expect(await long).toEqual(tooLarge);
  expect(await wide).toEqual(tooLarge);
  it.relay.say(okTo(1, [...STORED, ...STORED]));
  await it.timers.settle();
  expect(await fine).toMatchObject({ ok: true });
});

test.each(["storage", "tooMany", "rate"] as const)(
  "[SE11] a PUT that the relay refuses whole with %s ends as busy, the others go on",
  async (error) => {
    const it = await openStage("guest");
    const [refused, stored] = [it.link.put(putOf()), it.link.put(putOf())];
    await it.timers.settle();
    it.relay.say({ type: "err", error, request: 1, retryAfterMs: 77 }, okTo(2));
    await it.timers.settle();
    expect(await refused).toEqual({ ok: false, error: { type: "Busy", retryAfterMs: 77 } });
    expect(await stored).toEqual({ ok: true, value: STORED });
    expect(it.link.state().type).toBe("open");
  },
);

test("[SE12] a relay that answers no PUT for 30 seconds is left, though it answers PING", async () => {
  const it = await openStage("guest");
  const first = it.link.put(putOf());
  const second = it.link.put(putOf());
  const alive = async (seconds: number): Promise<void> => {
    for (let i = 0; i < seconds; i += 1) {
      it.relay.say({ type: "pong", timeMs: 0, serverTimeMs: 0 });
      await it.timers.advance(1_000);
    }
  };
  await alive(20);
  it.relay.say(okTo(1));
  await alive(29);
  expect(it.link.state().type).toBe("open");
  await alive(1);
  expect(it.link.state()).toMatchObject({ type: "waiting", why: "silent" });
  expect(await first).toEqual({ ok: true, value: STORED });
  expect(await second).toEqual(DOWN);
});

test("[SE12] 30 seconds count from the first PUT that waits", async () => {
  const it = await openStage("guest");
  void it.link.put(putOf());
  for (let seconds = 0; seconds < 30; seconds += 1) {
    expect(it.link.state().type).toBe("open");
    it.relay.say({ type: "pong", timeMs: 0, serverTimeMs: 0 });
    await it.timers.advance(1_000);
  }
  expect(it.link.state()).toMatchObject({ type: "waiting", why: "silent" });
});

test("[SE12] answers to later PUTs put nothing off for one that was passed over", async () => {
  const it = await openStage("guest");
  const lost = it.link.put(putOf());
  for (let seconds = 0; seconds < 30; seconds += 1) {
    expect(it.link.state().type).toBe("open");
    void it.link.put(putOf());
    await it.timers.advance(1_000);
    const [latest] = it.relay.said("put").slice(-1);
    it.relay.say(okTo(latest!.request));
  }
  await it.timers.settle();
  expect(it.link.state()).toMatchObject({ type: "waiting", why: "silent" });
  expect(await lost).toEqual(DOWN);
});

test("[SE7] PUTs that were not sent yet stay at home after GOAWAY", async () => {
  const it = await openStage("guest");
  const all = Array.from({ length: PUTS_OUTSTANDING_MAX + 5 }, () => it.link.put(putOf()));
  await it.timers.settle();
  it.relay.say({ type: "goaway", reason: "stopping", afterMs: 0, alternatives: [] });
  await it.timers.settle();
  it.relay.say(...it.relay.said("put").map(({ request }) => okTo(request)));
  await it.timers.settle();
  expect(it.relay.heard.flat().filter(({ type }) => type === "put")).toHaveLength(64);
  const results = await Promise.all(all);
  expect(results.filter(({ ok }) => ok)).toHaveLength(PUTS_OUTSTANDING_MAX);
});

test("[SE7] after GOAWAY nothing new is begun, and what was sent is waited for", async () => {
  const it = await openStage("guest");
  const sent = it.link.put(putOf());
  await it.timers.settle();
  it.relay.say({ type: "goaway", reason: "stopping", afterMs: 3_000, alternatives: [] });
  await it.timers.settle();
  expect(it.link.state().type).toBe("open");
  expect(await it.link.put(putOf())).toEqual(DOWN);
  it.relay.say(okTo(1));
  await it.timers.settle();
  expect(await sent).toEqual({ ok: true, value: STORED });
  expect(it.link.state()).toMatchObject({ type: "waiting", why: "busy" });

  const unanswered = await openStage("guest");
  const lost = unanswered.link.put(putOf());
  await unanswered.timers.settle();
  unanswered.relay.say({ type: "goaway", reason: "stopping", afterMs: 0, alternatives: [] });
  await unanswered.timers.advance(5_000);
  expect(unanswered.link.state()).toMatchObject({ type: "waiting", why: "busy" });
  expect(await lost).toEqual(DOWN);
});

test("[SE11] every PUT ends exactly once, whatever happens to the connection", async () => {
  const anyStep = fc.constantFrom("put", "answer", "hangUp", "goaway", "wake", "wait", "refuse");
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 40 }), async (steps) => {
      const it = stage("guest");
      it.jitter = 0;
      let asked = 0;
      let ended = 0;
      for (const step of steps) {
        const request = it.relay.said("put").at(-1)?.request ?? 1;
        if (step === "put") {
          asked += 1;
          void it.link.put(putOf()).then(() => (ended += 1));
        }
        if (step === "answer") it.relay.say(okTo(request));
        if (step === "hangUp") it.relay.hangUp(1006);
        if (step === "goaway") {
          it.relay.say({ type: "goaway", reason: "overloaded", afterMs: 1, alternatives: [] });
        }
        if (step === "refuse") {
          it.relay.say({ type: "err", error: "storage", request, retryAfterMs: 1 });
        }
        if (step === "wake") it.link.wake();
        await it.timers.advance(step === "wait" ? 2_000 : 0);
      }
      it.link.close();
      await it.timers.settle();
      expect(ended).toBe(asked);
      expect(it.timers.waiting).toBe(0);
    }),
    { numRuns: 200 },
  );
});
