/** What somebody can do with closings who keeps to no protocol. */
import { expect, test } from "vitest";

import { append } from "../../sync/channel/append.ts";
import { bytesOf, channelOf } from "../../sync/channel/channels.ts";
import type { Ends } from "../../sync/devices/closed.ts";
import { encodeBody, encodeMessage } from "../../sync/entry/bodies.ts";
import { KINDS } from "../../sync/entry/kinds.ts";
import { ENTRIES_MAX } from "../../sync/payload/limits.ts";
import { encodePayload } from "../../sync/payload/payload.ts";
import { overSession, selfOf } from "./forge.ts";
import { groupOf, hears, makeGroup, tell } from "./group-talk.ts";
import { entriesOf } from "./hostile-entries.ts";
import type { Person } from "./person.ts";
import { deviceOf, three } from "./three-devices.ts";
import { MINUTE_MS, SECOND_MS } from "./world.ts";

async function endOf(person: Person, log: string): Promise<Ends[string] | undefined> {
  const row = (await person.rows("meta")).find(({ k }) => k === "closedLogs");
  return (row?.v as Ends | undefined)?.[log];
}

test("[OD8] a removed device does not open its log again by closing it as often as it likes", async () => {
  const { phone, laptop, bob, pass, outcome } = await three();
  await makeGroup(phone, [bob]);
  await pass(30 * SECOND_MS);
  await tell(laptop, "one");
  await pass(30 * SECOND_MS);
  await tell(bob, "bob is in");
  await pass(30 * SECOND_MS);
  laptop.disconnect();
  const revoked = await outcome(phone.device.devices.revoke(await deviceOf(laptop), []));
  expect(revoked).toMatchObject({ ok: true });
  await pass(2 * MINUTE_MS);
  const c = await groupOf(laptop);
  await tell(laptop, "later than the closing");
  const { log = "" } = (await laptop.rows("logs")).find((it) => it.c === c && it.own) ?? {};
  const [own = new Uint8Array()] = (await laptop.rows("entries"))
    .filter((it) => it.c === c && it.own)
    .slice(-1)
    .map((it) => it.bytes);
  const closing = { log: bytesOf(log), seq: 1, hash: new Uint8Array(32) };
  const flood = await entriesOf(laptop, [
    { kind: KINDS.message.number, body: encodeMessage({ text: "back again" }) },
    ...Array.from({ length: 300 }, () => ({
      kind: KINDS.logClose.number,
      body: encodeBody("logClose", closing),
    })),
  ]);
  const end = await endOf(bob, log);
  expect(end).toMatchObject({ seq: 2 });
  const all = [own, ...flood];
  for (let at = 0; at < all.length; at += ENTRIES_MAX) {
    const entries = all.slice(at, at + ENTRIES_MAX);
    await overSession(phone, bob, [[encodePayload("entries", { entries })]]);
    await pass(2 * SECOND_MS);
  }
  const held = (await bob.rows("entries")).filter((it) => it.kind === KINDS.logClose.number);
  expect(held.length).toBeGreaterThan(300);
  expect(await endOf(bob, log)).toEqual(end);
  expect(await hears(bob)).toEqual(["one", "bob is in"]);
  expect(bob.bugs).toEqual([]);
});

test("[OD19] nobody is told that billions are missing because a closing names them", async () => {
  const { phone, laptop, bob, pass, outcome } = await three();
  await laptop.say(bob, "hello");
  await pass(30 * SECOND_MS);
  laptop.disconnect();
  const c = await phone.chatWith(bob);
  const device = await deviceOf(laptop);
  const { log = "" } =
    (await phone.rows("logs")).find((it) => it.c === c && it.device === device) ?? {};
  const self = await selfOf(phone);
  await phone.change(async (tx) => {
    const channel = await channelOf(tx, c);
    if (channel === undefined) throw new Error("a chat");
    const random = (length: number): Uint8Array => new Uint8Array(length).fill(3);
    const words = { log: bytesOf(log), seq: 4_000_000_000, hash: new Uint8Array(32) };
    await append(
      tx,
      { self, channel, nowMs: phone.timers.now(), random },
      { type: "logClose", ...words },
    );
  });
  expect(await outcome(phone.device.devices.revoke(device, []))).toMatchObject({ ok: true });
  await pass(10 * MINUTE_MS);
  expect(await endOf(bob, log)).toMatchObject({ seq: 4_000_000_000 });
  expect(bob.status?.missing).toEqual({});
});
