import { beforeAll, expect, test } from "vitest";

import { ready } from "../../crypto/base/sodium.ts";
import { idOf } from "../../sync/wire/ids.ts";
import { filled, openWorld, type Person, putFor } from "./relay-world.ts";

beforeAll(() => ready);

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test("[RL1] stores first, says so, and hands over when the owner comes", async () => {
  const world = openWorld();
  const alice = await world.person(1);
  const guest = await world.socket();
  guest.send(putFor([alice], text("hello")), putFor([alice], text("again")));
  await world.settle();
  expect(guest.take("ok").map((it) => it.statuses)).toEqual([
    [{ status: "stored" }],
    [{ status: "stored" }],
  ]);
  const owner = await world.online(alice);
  expect(owner.sent.map((it) => it.type)).toEqual(["authed", "msg", "msg", "empty"]);
  expect(owner.take("authed")).toMatchObject([{ pendingCount: 2, pendingBytes: 10 }]);
  const messages = owner.take("msg");
  expect(messages.map((it) => textOf(it.body))).toEqual(["hello", "again"]);
  expect(messages.map((it) => it.counter)).toEqual([1, 2]);
  expect(messages[0]!.label).toEqual(alice.token.subarray(0, 4));
  owner.send({ type: "ack", mailboxIndex: 0, ids: messages.map((it) => it.id) });
  await world.advance(10_000);
  expect(world.relay.status()).toMatchObject({ messages: 0, bytes: 0, oldestSeconds: 0 });
});

test("[RL1] hands a message over at once to an owner who is here", async () => {
  const world = openWorld();
  const [alice, bob] = [await world.person(1), await world.person(2)];
  const [a, b] = [await world.online(alice), await world.online(bob)];
  b.send(putFor([alice, bob], text("to both")));
  await world.settle();
  expect(b.take("ok")).toMatchObject([{ statuses: [{ status: "stored" }, { status: "stored" }] }]);
  expect(a.take("msg").map((it) => textOf(it.body))).toEqual(["to both"]);
  expect(b.take("msg").map((it) => textOf(it.body))).toEqual(["to both"]);
  expect(a.take("empty")).toHaveLength(1);
});

test("[RL2] hands an ephemeral envelope to who is here, and keeps nothing", async () => {
  const world = openWorld();
  const [alice, bob] = [await world.person(1), await world.person(2)];
  const a = await world.online(alice);
  const guest = await world.socket();
  guest.send(putFor([alice, bob], text("typing"), { isEphemeral: true }));
  await world.settle();
  const liveOnly = { status: "liveOnly" };
  expect(guest.take("ok")).toMatchObject([{ statuses: [liveOnly, liveOnly] }]);
  expect(a.take("msg")).toMatchObject([{ id: 0, counter: 0, isEphemeral: true }]);
  expect(world.relay.status().messages).toBe(0);
});

test("[RL3] answers a repeated PUT as a duplicate, and delivers it once", async () => {
  const world = openWorld();
  const alice = await world.person(1);
  const a = await world.online(alice);
  const guest = await world.socket();
  guest.send(putFor([alice], text("once")));
  await world.settle();
  guest.send(putFor([alice], text("once")));
  await world.settle();
  expect(guest.take("ok").map((it) => it.statuses[0]!.status)).toEqual(["stored", "duplicate"]);
  const [message] = a.take("msg");
  a.send({ type: "ack", mailboxIndex: 0, ids: [message!.id] });
  await world.advance(5_000);
  guest.send(putFor([alice], text("once")));
  await world.settle();
  expect(guest.take("ok")[0]!.statuses).toEqual([{ status: "duplicate" }]);
  expect(a.take("msg")).toEqual([]);
});

test("[RL4] refuses an envelope that does not name its body", async () => {
  const world = openWorld();
  const alice = await world.person(1);
  const guest = await world.socket();
  const envelope = idOf("EnvelopeId", new Uint8Array(16));
  guest.send(putFor([alice], text("x"), { envelope }));
  await world.settle();
  expect(guest.take("ok")[0]!.statuses).toEqual([{ status: "badEnvelope" }]);
  expect(world.relay.status().messages).toBe(0);
});

test("[RL5] says denied alike to an unknown mailbox and to a wrong token", async () => {
  const world = openWorld();
  const [alice, nobody] = [await world.person(1), world.stranger(9)];
  const guest = await world.socket();
  guest.send(putFor([nobody, { ...alice, token: nobody.token }, alice], text("x")));
  await world.settle();
  expect(guest.take("ok")[0]!.statuses).toEqual([
    { status: "denied" },
    { status: "denied" },
    { status: "stored" },
  ]);
});

test("[RL6] gives an owner the newest of each slot, and replaces what it had delivered", async () => {
  const world = openWorld();
  const alice = await world.person(1);
  const other = { ...alice, token: idOf("Token", filled(16, 77)) };
  await world.grant(alice, other.token);
  const slot = idOf("SlotId", filled(8, 1));
  const guest = await world.socket();
  const put = async (to: Pick<Person, "mailbox" | "token">, body: string, more = {}) => {
    guest.send(putFor([to], text(body), more));
    await world.settle();
    expect(guest.take("ok")).toMatchObject([{ statuses: [{ status: "stored" }] }]);
  };
  await put(alice, "read to 1", { slot });
  await put(alice, "a message");
  await put(alice, "read to 2", { slot });
  await put(other, "read to 9", { slot });
  expect(world.relay.status().messages).toBe(3);
  const owner = await world.online(alice);
  const first = owner.take("msg");
  expect(first.map((it) => [textOf(it.body), it.isSlot])).toEqual([
    ["a message", false],
    ["read to 2", true],
    ["read to 9", true],
  ]);
  // It had it, and had not acknowledged it yet.
  await put(alice, "read to 3", { slot });
  const second = owner.take("msg");
  expect(second.map((it) => textOf(it.body))).toEqual(["read to 3"]);
  expect(world.relay.status().messages).toBe(3);
  owner.send({ type: "ack", mailboxIndex: 0, ids: [...first, ...second].map((it) => it.id) });
  await world.advance(20_000);
  expect([world.relay.status().messages, owner.take("msg")]).toEqual([0, []]);
});
