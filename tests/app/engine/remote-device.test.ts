import { expect, onTestFinished, test } from "vitest";

import { openHub } from "../../../app/engine/hub.ts";
import { ASKS_OUTSTANDING_MAX, type ToEngine, type ToTab } from "../../../app/engine/messages.ts";
import { type Port, portOf } from "../../../app/engine/port.ts";
import {
  openRemoteDevice,
  PINGS_UNANSWERED_MAX,
  type RemoteDevice,
} from "../../../app/engine/remote-device.ts";
import { openTestDevice } from "./device.ts";

/** An engine that a test plays: it hears what the tab says, and answers by hand. */
type Played = { readonly heard: ToEngine[]; readonly say: (message: ToTab) => void };

async function played(): Promise<{
  readonly remote: RemoteDevice;
  readonly engines: readonly Played[];
  readonly tick: () => void;
  readonly again: () => void;
  readonly gone: ReadonlyMap<string, () => void>;
}> {
  const gone = new Map<string, () => void>();
  const engines: Played[] = [];
  let tick: () => void = () => undefined;
  let again: () => void = () => undefined;
  const remote = openRemoteDevice({
    tab: "tab",
    when: Promise.resolve(),
    whenGone: (life) => new Promise((resolve) => gone.set(life, resolve)),
    dial: (restarted) => {
      again = restarted;
      const heard: ToEngine[] = [];
      let say: (message: ToTab) => void = () => undefined;
      engines.push({ heard, say: (message) => say(message) });
      const port: Port<ToEngine, ToTab> = {
        post: (message) => heard.push(message),
        listen: (listener) => {
          say = listener;
        },
        close: () => undefined,
      };
      return port;
    },
    every: (_ms, given) => {
      tick = given;
      return () => undefined;
    },
  });
  await Promise.resolve();
  return { remote, engines, tick: () => tick(), again: () => again(), gone };
}

test("[ARD1] what was asked early goes out when the engine is ready", async () => {
  const { remote, engines } = await played();
  const answer = remote.call("device", "invite");
  expect(engines[0]?.heard).toEqual([{ type: "hello", tab: "tab" }]);
  engines[0]?.say({ type: "ready", life: "life" });
  expect(engines[0]?.heard.at(-1)).toEqual({
    type: "ask",
    id: 1,
    call: { part: "device", method: "invite", args: [] },
  });
  engines[0]?.say({
    type: "answer",
    id: 1,
    answer: { ok: true, value: { link: "x", published: true } },
  });
  expect(await answer).toEqual({ ok: true, value: { link: "x", published: true } });
});

test("[ARD2] an engine that answers no ping is given up, and the next one told what lasts", async () => {
  const { remote, engines, tick } = await played();
  engines[0]?.say({ type: "ready", life: "life" });
  remote.watch(["aa"]);
  remote.typing(1);
  remote.visible(true);
  const lost = remote.call("device", "send", 1, "hi");
  engines[0]?.say({ type: "taken", id: 1 });
  for (let i = 0; i <= PINGS_UNANSWERED_MAX; i += 1) tick();
  expect(await lost).toEqual({ ok: false, error: { type: "EngineGone" } });
  expect(remote.state()).toEqual({ type: "starting" });
  expect(engines).toHaveLength(2);
  await Promise.resolve();
  expect(engines[1]?.heard).toEqual([
    { type: "hello", tab: "tab" },
    { type: "note", note: { type: "watch", accounts: ["aa"] } },
    { type: "note", note: { type: "visible", visible: true } },
  ]);
});

test("[ARD2] an engine that is gone is replaced at once, and asked what the first never took", async () => {
  const { remote, engines, gone } = await played();
  engines[0]?.say({ type: "ready", life: "first" });
  const taken = remote.call("device", "send", 1, "taken");
  engines[0]?.say({ type: "taken", id: 1 });
  const never = remote.call("device", "send", 1, "never taken");
  gone.get("first")?.();
  expect(await taken).toEqual({ ok: false, error: { type: "EngineGone" } });
  expect(engines).toHaveLength(2);
  engines[1]?.say({ type: "ready", life: "second" });
  expect(engines[1]?.heard.at(-1)).toEqual({
    type: "ask",
    id: 2,
    call: { part: "device", method: "send", args: [1, "never taken"] },
  });
  engines[1]?.say({ type: "answer", id: 2, answer: { ok: true, value: { id: "x" } } });
  expect(await never).toEqual({ ok: true, value: { id: "x" } });
});

test("[ARD2] a pong, or any word, keeps the engine", async () => {
  const { engines, tick } = await played();
  engines[0]?.say({ type: "ready", life: "life" });
  for (let i = 0; i < 10 * PINGS_UNANSWERED_MAX; i += 1) {
    tick();
    engines[0]?.say({ type: "pong" });
  }
  expect(engines).toHaveLength(1);
});

test("[ARD2] an engine in another tab that takes over is greeted, what it lost is said", async () => {
  const { remote, engines, again } = await played();
  engines[0]?.say({ type: "ready", life: "life" });
  const lost = remote.call("device", "invite");
  engines[0]?.say({ type: "taken", id: 1 });
  again();
  const waits = remote.call("device", "markRead", 1);
  expect(await lost).toEqual({ ok: false, error: { type: "EngineGone" } });
  expect(engines[0]?.heard.at(-1)).toEqual({ type: "hello", tab: "tab" });
  engines[0]?.say({ type: "ready", life: "life" });
  engines[0]?.say({ type: "answer", id: 2, answer: { ok: true, value: undefined } });
  expect(await waits).toEqual({ ok: true, value: undefined });
});

test("[ARD3] never more asks are open than the limit", async () => {
  const { remote } = await played();
  const asks = Array.from({ length: ASKS_OUTSTANDING_MAX }, () => remote.call("device", "invite"));
  expect(await remote.call("device", "invite")).toEqual({
    ok: false,
    error: { type: "EngineBusy" },
  });
  expect(asks).toHaveLength(ASKS_OUTSTANDING_MAX);
});

test("[ARD4] nothing is asked of an engine that was retired", async () => {
  const { remote, engines, tick } = await played();
  engines[0]?.say({ type: "ready", life: "life" });
  const lost = remote.call("device", "invite");
  engines[0]?.say({ type: "retired" });
  expect(await lost).toEqual({ ok: false, error: { type: "EngineGone" } });
  expect(await remote.call("device", "invite")).toEqual({
    ok: false,
    error: { type: "EngineGone" },
  });
  for (let i = 0; i <= PINGS_UNANSWERED_MAX; i += 1) tick();
  expect(engines).toHaveLength(1);
});

test("[ARD5] a real device answers through a real port", async () => {
  const { device } = await openTestDevice();
  onTestFinished(() => device[Symbol.asyncDispose]());
  const hub = openHub({ life: "life", whenGone: () => new Promise(() => undefined) });
  hub.opened(device);
  const remote = openRemoteDevice({
    tab: "tab",
    when: Promise.resolve(),
    whenGone: () => new Promise(() => undefined),
    dial: () => {
      const { port1, port2 } = new MessageChannel();
      hub.admit(portOf<ToTab, ToEngine>(port2));
      return portOf<ToEngine, ToTab>(port1);
    },
    every: () => () => undefined,
  });
  onTestFinished(() => remote.close());
  expect(await remote.call("device", "start", "Alice")).toMatchObject({ ok: true });
  expect(await remote.call("device", "send", 1, "note")).toMatchObject({ ok: true });
  expect(await remote.call("device", "send", 99, "note")).toEqual({
    ok: false,
    error: { type: "ChannelUnknown" },
  });
  expect(remote.status()?.connection.type).toBeDefined();
  expect(remote.state()).toEqual({ type: "ready" });
});
