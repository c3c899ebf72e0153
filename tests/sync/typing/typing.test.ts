import { beforeAll, beforeEach, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { appendMessage } from "../../../sync/channel/append.ts";
import { openChannel } from "../../../sync/channel/channels.ts";
import { sealRow } from "../../../sync/outbox/seal.ts";
import { openMemoryStore } from "../../../sync/store/memory-store.ts";
import {
  openTypingBoard,
  TYPING_AGE_MS_MAX,
  TYPING_EVERY_MS,
  TYPING_SHOWN_MS,
  type TypingBoard,
} from "../../../sync/typing/typing.ts";
import { introduce, NOW_MS, RELAY_URL, someone } from "../acquainted.ts";
import { HeldTimers } from "../transport/held-timers.ts";

beforeAll(() => ready);

let timers: HeldTimers;
let shown: Readonly<Record<number, readonly string[]>>[];
let board: TypingBoard;

beforeEach(() => {
  timers = new HeldTimers(NOW_MS);
  shown = [];
  board = openTypingBoard({
    store: openMemoryStore(),
    timers,
    random: (bytes) => new Uint8Array(bytes),
    self: () => undefined,
    linkTo: () => null,
    onTyping: (typing) => shown.push(typing),
    failed: (error) => {
      throw error;
    },
  });
});

test("[TY2] it is shown for six seconds after the last time", async () => {
  board.heard(1, "bob", NOW_MS);
  await timers.advance(4_000);
  board.heard(1, "bob", NOW_MS + 4_000);
  await timers.advance(TYPING_SHOWN_MS - 1);
  expect(shown.at(-1)).toEqual({ 1: ["bob"] });
  await timers.advance(1);
  expect(shown.at(-1)).toEqual({});
});

test("[TY2] people and channels are told apart", () => {
  board.heard(1, "bob", NOW_MS);
  board.heard(1, "carol", NOW_MS);
  board.heard(2, "bob", NOW_MS);
  expect(shown.at(-1)).toEqual({ 1: ["bob", "carol"], 2: ["bob"] });
  board.ended(1, "bob");
  expect(shown.at(-1)).toEqual({ 1: ["carol"], 2: ["bob"] });
});

test.each([
  ["older than 30 s", -TYPING_AGE_MS_MAX - 1],
  ["of a clock more than 30 s ahead", TYPING_AGE_MS_MAX + 1],
])("[TY5] one that is %s is passed over", (_, byMs) => {
  board.heard(1, "bob", NOW_MS + byMs);
  expect(shown).toEqual([]);
});

test("[TY5] a repeated one shows nothing again, nor one from before their message", async () => {
  board.heard(1, "bob", NOW_MS);
  await timers.advance(TYPING_SHOWN_MS);
  const count = shown.length;
  board.heard(1, "bob", NOW_MS);
  board.heard(1, "bob", NOW_MS - 1);
  expect(shown.length).toBe(count);
  board.heard(1, "bob", NOW_MS + 1);
  expect(shown.at(-1)).toEqual({ 1: ["bob"] });
});

test("[TY6] closed, it leaves no timer behind", () => {
  board.heard(1, "bob", NOW_MS);
  board.close();
  expect(timers.waiting).toBe(0);
});

test("[TY3] a device that was revoked since is not told, though it holds our chain", async () => {
  const alice = await someone("alice");
  const bob = await someone("bob");
  const channel = await introduce(alice, bob);
  await alice.change(async (tx) => {
    const opened = await openChannel(tx, alice.self, bob.self.account);
    await appendMessage(tx, { ...alice.context, channel: opened, text: "hello" });
    for (const row of await tx.range("outbox", "primary", {})) {
      await sealRow(tx, alice.context, row);
    }
  });
  const asked: string[] = [];
  const told = openTypingBoard({
    store: alice.store,
    timers,
    random: alice.random,
    self: () => alice.self,
    linkTo: (url) => {
      asked.push(url);
      return null;
    },
    onTyping: () => undefined,
    failed: (error) => {
      throw error;
    },
  });
  told.pressed(channel.c);
  await timers.settle();
  expect(asked).toEqual([RELAY_URL]);
  await alice.change(async (tx) => {
    const contact = await tx.get("contacts", bob.self.account);
    if (contact !== undefined) await tx.put("contacts", { ...contact, live: [] });
  });
  await timers.advance(TYPING_EVERY_MS);
  told.pressed(channel.c);
  await timers.settle();
  expect(asked).toEqual([RELAY_URL]);
});
