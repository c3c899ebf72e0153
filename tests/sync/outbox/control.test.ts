import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { bytesOf, channelIdOf } from "../../../sync/channel/channels.ts";
import { answer, ANSWERS_WAITING_MAX } from "../../../sync/contact/meet.ts";
import { ANSWER_EVERY_MS, answerWant, SERVED_WAITING_MAX } from "../../../sync/heal/answers.ts";
import {
  type ControlInput,
  CONTROLS_WAITING_MAX,
  sendControl,
} from "../../../sync/outbox/control.ts";
import { encodePayload } from "../../../sync/payload/payload.ts";
import type { DeviceRow, OutboxRow } from "../../../sync/store/rows.ts";
import { introduce, NOW_MS, type Someone, someone } from "../acquainted.ts";

beforeAll(() => ready);

async function pair(): Promise<{ alice: Someone; bob: Someone }> {
  const [alice, bob] = [await someone("alice"), await someone("bob")];
  await introduce(alice, bob);
  return { alice, bob };
}

const deviceOf = async (alice: Someone, bob: Someone): Promise<DeviceRow> => {
  const row = await alice.store.read(["devices"], (tx) => tx.get("devices", bob.self.device));
  if (row === undefined) throw new Error("a device");
  return row;
};

const controlsOf = async (by: Someone): Promise<readonly OutboxRow[]> =>
  (await by.store.read(["outbox"], (tx) => tx.range("outbox", "primary", {}))).filter(
    (it) => it.what === "control",
  );

async function send(
  alice: Someone,
  bob: Someone,
  before: ControlInput["before"],
): Promise<boolean> {
  const device = await deviceOf(alice, bob);
  const payloads = [encodePayload("nack", { tags: [new Uint8Array(16)] })];
  const input = { ...alice.context, device, payloads, before, psk: null };
  return alice.change((tx) => sendControl(tx, input));
}

test("[OB13] so much may wait for one device; what opens entries is written all the same", async () => {
  const { alice, bob } = await pair();
  for (let n = 0; n < CONTROLS_WAITING_MAX; n += 1) {
    expect(await send(alice, bob, null)).toBe(true);
  }
  expect(await send(alice, bob, null)).toBe(false);
  expect(await controlsOf(alice)).toHaveLength(CONTROLS_WAITING_MAX);
  expect(await send(alice, bob, { c: 1, a: 1, s: 1 })).toBe(true);
  const carol = await someone("carol");
  await introduce(alice, carol);
  expect(await send(alice, carol, null)).toBe(true);
});

test("[OB13] what left makes room", async () => {
  const { alice, bob } = await pair();
  for (let n = 0; n < CONTROLS_WAITING_MAX; n += 1) await send(alice, bob, null);
  await alice.change((tx) => tx.delete("outbox", 1));
  expect(await send(alice, bob, null)).toBe(true);
});

test("[OB13] who introduces themselves over and over is not answered over and over", async () => {
  const { alice, bob } = await pair();
  const { account } = bob.self;
  const contact = await alice.store.read(["contacts"], (tx) => tx.get("contacts", account));
  if (contact === undefined) throw new Error("a contact");
  for (let n = 0; n < 3 * ANSWERS_WAITING_MAX; n += 1) {
    await alice.change((tx) => answer(tx, alice.context, contact));
  }
  expect(await controlsOf(alice)).toHaveLength(ANSWERS_WAITING_MAX);
});

test("[OB13] who asks for entries and does not fetch them gets no more of them", async () => {
  const { alice, bob } = await pair();
  const contact = await alice.store.read(["contacts"], (tx) =>
    tx.get("contacts", bob.self.account),
  );
  if (contact === undefined) throw new Error("a contact");
  // Opens Alice's log.
  await alice.change((tx) => answer(tx, alice.context, contact));
  const [log] = await alice.store.read(["logs"], (tx) => tx.range("logs", "primary", {}));
  const before = (await controlsOf(alice)).length;
  const wanted = {
    channel: channelIdOf(alice.self, bob.self.account),
    log: bytesOf(log?.log ?? ""),
    ranges: [[1, 1]],
  } as const;
  for (let n = 0; n < 3 * SERVED_WAITING_MAX; n += 1) {
    const context = { ...alice.context, nowMs: NOW_MS + n * ANSWER_EVERY_MS };
    const device = await deviceOf(alice, bob);
    await alice.change((tx) => answerWant(tx, context, device, wanted, true));
  }
  expect((await controlsOf(alice)).length - before).toBe(SERVED_WAITING_MAX);
});
