import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { relayAuthParts } from "../../../crypto/public/relay-ids.ts";
import { verifyLabelled } from "../../../crypto/public/verify.ts";
import { CLOSE } from "../../../sync/wire/close-codes.ts";
import type { Frame } from "../../../sync/wire/frames.ts";
import {
  authed,
  bytesOf,
  idOf,
  msg,
  openStage,
  ownerOf,
  putOf,
  RELAY_ID,
  stage,
  welcome,
} from "./played-relay.ts";
import { nameOf, STATES } from "./states.ts";

beforeAll(() => ready);

const topic = idOf("Topic", 1);
const LIVE = ["welcoming", "authing", "openOwner", "openGuest"] as const;

/** What each state is left for when the relay says this; a frame out of place is `malformed`. */
const tevt: Frame = { type: "tevt", topic, isOnline: true, payload: bytesOf(3, 1) };
const FRAMES: Readonly<Record<string, Frame>> = {
  welcome: welcome(),
  authed: authed(),
  msg: msg(1),
  msgOfAnotherMailbox: msg(1, { mailboxIndex: 1 }),
  empty: { type: "empty", mailboxIndex: 0 },
  ok: { type: "ok", request: 9, statuses: [{ status: "stored" }] },
  tevt,
  twant: { type: "twant", topic, isWanted: true },
  pong: { type: "pong", timeMs: 1, serverTimeMs: 1 },
  goaway: { type: "goaway", reason: "stopping", afterMs: 0, alternatives: [] },
  errAuth: { type: "err", error: "authFailed", request: 0, retryAfterMs: 0 },
  errFull: { type: "err", error: "full", request: 0, retryAfterMs: 0 },
  errRate: { type: "err", error: "rate", request: 0, retryAfterMs: 5 },
  errTooMany: { type: "err", error: "tooMany", request: 0, retryAfterMs: 0 },
  errOfNoPut: { type: "err", error: "storage", request: 9, retryAfterMs: 0 },
  auth: {
    type: "auth",
    mailbox: idOf("MailboxId", 1),
    publicKey: idOf("MailboxKey", 1),
    signature: idOf("AuthSignature", 1),
  },
  put: { type: "put", request: 1, ...putOf() },
  ack: { type: "ack", mailboxIndex: 0, ids: [1] },
  credit: { type: "credit", messages: 1, bytes: 1 },
  tsub: { type: "tsub", topics: [topic] },
  tunsub: { type: "tunsub", topics: [topic] },
  tpub: { type: "tpub", topic, payload: bytesOf(1, 1) },
  ping: { type: "ping", timeMs: 1, isHidden: false },
};
const ALWAYS = { goaway: "busy", errAuth: "", errFull: "" };
const EARLY = { ...ALWAYS, errRate: "busy", errTooMany: "busy" };
const OPEN = { ...ALWAYS, errRate: "", errTooMany: "", pong: "" };
const FITTING: Readonly<Record<(typeof LIVE)[number], Readonly<Record<string, string>>>> = {
  welcoming: { ...EARLY, welcome: "authing" },
  authing: { ...EARLY, authed: "open" },
  openOwner: { ...OPEN, msg: "", empty: "", twant: "" },
  openGuest: { ...OPEN, tevt: "" },
};

describe("[SE2] in each state a frame either has its place or ends the connection", () => {
  for (const state of LIVE) {
    test.each(Object.entries(FRAMES))(`[SE2] ${state}: %s`, async (name, frame) => {
      const it = await STATES[state]();
      const before = nameOf(it.link.state());
      it.relay.say(frame);
      await it.timers.settle();
      const expected = FITTING[state][name] ?? "malformed";
      expect(nameOf(it.link.state())).toBe(expected === "" ? before : expected);
    });
  }

  test.each(LIVE)("[SE2] %s: bytes that are no batch end the connection", async (state) => {
    const it = await STATES[state]();
    it.relay.sayBytes(bytesOf(4, 0xff));
    await it.timers.settle();
    expect(it.link.state()).toMatchObject({ type: "waiting", why: "malformed" });
    expect(it.relay.open).toBe(0);
  });
});

test("[SE2] what comes behind the end of a connection is not looked at", async () => {
  const it = await openStage("owner");
  const goaway: Frame = { type: "goaway", reason: "stopping", afterMs: 0, alternatives: [] };
  it.relay.say(msg(1), goaway, FRAMES["errFull"]!, goaway, msg(2));
  await it.timers.settle();
  expect(it.states.filter(({ type }) => type === "waiting")).toHaveLength(1);
  expect(it.calls.map(([name]) => name)).toEqual(["onWelcome", "onAuthed"]);
});

test("[SE2] whatever a relay sends, in whatever order, nothing throws and nothing grows", async () => {
  const anyWord = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...Object.keys(FRAMES)) },
    fc.uint8Array({ maxLength: 40 }),
    fc.integer({ min: 1_000, max: 4_999 }),
    fc.constant(null),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("owner", "guest"),
      fc.array(anyWord, { maxLength: 30 }),
      async (kind, words) => {
        const it = stage(kind);
        it.link.wake();
        if (kind === "guest") it.link.subscribe([topic]);
        for (const word of words) {
          if (word === null) await it.timers.advance(61_000);
          else if (typeof word === "number") it.relay.hangUp(word);
          else if (typeof word === "string") it.relay.say(FRAMES[word]!);
          else it.relay.sayBytes(Uint8Array.from(word));
          await it.timers.settle();
          expect(it.relay.open).toBeLessThanOrEqual(1);
          expect(it.timers.waiting).toBeLessThanOrEqual(5);
        }
        it.link.close();
        await it.timers.settle();
        expect([it.relay.open, it.timers.waiting]).toEqual([0, 0]);
      },
    ),
    { numRuns: 300 },
  );
});

describe("[SE15] each way a connection ends has its word", () => {
  const words: readonly (readonly [number, string])[] = [
    [CLOSE.normal, "lost"],
    [CLOSE.goingAway, "busy"],
    [CLOSE.protocol, "malformed"],
    [CLOSE.textFrame, "malformed"],
    [1006, "lost"],
    [CLOSE.policy, "malformed"],
    [CLOSE.tooBig, "malformed"],
    [CLOSE.internal, "lost"],
    [CLOSE.slowReader, "busy"],
    [CLOSE.malformed, "malformed"],
    [CLOSE.authFailed, "unauthorised"],
    [CLOSE.dead, "silent"],
    [CLOSE.replaced, "replaced"],
    [CLOSE.gone, "gone"],
    [CLOSE.rate, "busy"],
    [CLOSE.draining, "busy"],
    [4999, "lost"],
  ];
  for (const state of LIVE) {
    test.each(words)(`[SE15] ${state}: %i is %s`, async (code, word) => {
      const it = await STATES[state]();
      it.relay.hangUp(code);
      await it.timers.settle();
      expect(nameOf(it.link.state())).toBe(word);
    });
  }

  test("[SE15] nobody at the address is unreachable, and so is no answer in 15 seconds", async () => {
    const nobody = await STATES.waiting();
    expect(nobody.link.state()).toMatchObject({ type: "waiting", why: "unreachable" });
    const silent = await STATES.connecting();
    await silent.timers.advance(14_999);
    expect(silent.link.state()).toEqual({ type: "connecting" });
    await silent.timers.advance(1);
    expect(silent.link.state()).toMatchObject({ type: "waiting", why: "unreachable" });
  });
});

describe("the handshake of an owner", () => {
  test("[SE1] nothing is said before WELCOME, then the relay, its nonce and the mailbox are signed", async () => {
    const it = await STATES.welcoming();
    expect(it.relay.heard).toEqual([[]]);
    it.relay.say(welcome());
    await it.timers.settle();
    const owner = ownerOf(4);
    const [auth] = it.relay.said("auth");
    expect(auth).toMatchObject({ mailbox: owner.mailbox, publicKey: owner.publicKey });
    const parts = relayAuthParts(RELAY_ID, bytesOf(32, 9), owner.mailbox);
    expect(verifyLabelled(owner.publicKey, auth!.signature, "relay/auth", ...parts)).toBe(true);
    it.relay.say(authed(3));
    await it.timers.settle();
    expect(it.states.map((state) => state.type)).toEqual(["welcoming", "authing", "open"]);
    expect(it.calls.map(([name]) => name)).toEqual(["onWelcome", "onAuthed"]);
    expect(it.calls[1]).toMatchObject(["onAuthed", { pendingCount: 3 }]);
  });

  test("[SE1] a guest proves nothing", async () => {
    const it = await openStage("guest");
    expect(it.relay.said("auth")).toEqual([]);
    expect(it.states.map((state) => state.type)).toEqual(["connecting", "welcoming", "open"]);
  });

  test("[SE4] another relay at the address is told nothing, until somebody asks for it again", async () => {
    const it = await STATES.refused();
    expect(it.link.state()).toEqual({ type: "refused", relayId: bytesOf(32, 8) });
    expect(it.relay.heard).toEqual([[]]);
    expect(it.calls).toEqual([]);
    await it.timers.advance(3_600_000);
    expect(it.relay.dials).toBe(1);
    it.link.wake();
    await it.timers.settle();
    expect(it.relay.dials).toBe(2);
  });

  test.each(["welcoming", "authing"] as const)(
    "[SE5] %s lasts 15 seconds at most",
    async (state) => {
      const it = await STATES[state]();
      await it.timers.advance(14_999);
      expect(it.link.state().type).toBe(state);
      await it.timers.advance(1);
      expect(it.link.state()).toMatchObject({ type: "waiting", why: "silent" });
      expect(it.relay.open).toBe(0);
    },
  );
});

describe("messages", () => {
  test("[SE19] all of one socket message are handed over together, and EMPTY behind them", async () => {
    const it = stage("owner");
    await it.timers.settle();
    it.relay.say(authed(2), msg(1), { type: "empty", mailboxIndex: 0 }, msg(2));
    await it.timers.settle();
    expect(it.calls.map(([name]) => name)).toEqual([
      "onWelcome",
      "onAuthed",
      "onMessages",
      "onEmpty",
    ]);
    expect(it.calls[2]![1]).toMatchObject([{ id: 1 }, { id: 2 }]);
  });

  test("[SE21] acknowledgements go out ascending, once each, 1,024 a frame", async () => {
    const it = await openStage("owner");
    it.link.ack([3, 1, 3, 0]);
    it.link.ack(Array.from({ length: 1_025 }, (_, i) => i + 10));
    await it.timers.settle();
    const acks = it.relay.said("ack");
    expect(acks.map(({ ids }) => ids.length)).toEqual([2, 1_024, 1]);
    expect(acks[0]).toEqual({ type: "ack", mailboxIndex: 0, ids: [1, 3] });
  });

  test("[SE13] a relay that ignores the window is left", async () => {
    const it = await openStage("owner");
    const page = (from: number): void =>
      it.relay.say(...Array.from({ length: 1_024 }, (_, i) => msg(from + i)));
    for (const from of [1, 1_025, 2_049, 3_073]) page(from);
    page(1);
    await it.timers.settle();
    expect(it.link.state().type).toBe("open");
    it.link.ack([1]);
    it.relay.say(msg(5_000));
    await it.timers.settle();
    expect(it.link.state().type).toBe("open");
    it.relay.say(msg(5_001));
    await it.timers.settle();
    expect(it.link.state()).toMatchObject({ type: "waiting", why: "malformed" });
  });

  test("[SE22] a mailbox that fills up is told", async () => {
    const it = await openStage("owner");
    it.relay.say({ type: "err", error: "nearlyFull", request: 0, retryAfterMs: 0 });
    await it.timers.settle();
    expect(it.calls.at(-1)).toEqual(["onMailboxFull", "nearlyFull"]);
  });
});
