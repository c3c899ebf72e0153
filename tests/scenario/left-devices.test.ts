/** A device left, and not everybody was told. */
import { expect, test } from "vitest";

import { deafen, deviceOf, three } from "./three-devices.ts";
import { MINUTE_MS, SECOND_MS } from "./world.ts";

test("[HE17] who heard nothing of it, and finds no mailbox of a device that left, asks another one of its account", async () => {
  const them = await three();
  const { phone, laptop, bob, pass } = them;
  bob.disconnect();
  await them.outcome(laptop.device.devices.leave());
  await pass(20 * SECOND_MS);
  await deafen(them, bob);
  bob.reconnect();
  await bob.say(phone, "are you both there?");
  await pass(20 * SECOND_MS);
  const id = await deviceOf(laptop);
  expect((await bob.contact(phone)).live).toContain(id);
  await pass(2 * MINUTE_MS);
  expect((await bob.contact(phone)).live).not.toContain(id);
  await them.pass(MINUTE_MS);
  for (const it of [phone, bob]) expect(await it.rows("outbox")).toEqual([]);
});

test("[HE17] who has written before it left, and says nothing more, finds that out by digests alone", async () => {
  const them = await three();
  const { phone, laptop, bob, pass } = them;
  laptop.disconnect();
  await bob.say(phone, "for both of you");
  await pass(20 * SECOND_MS);
  bob.disconnect();
  laptop.reconnect();
  await them.outcome(laptop.device.devices.leave());
  await pass(20 * SECOND_MS);
  await deafen(them, bob);
  bob.reconnect();
  await pass(20 * SECOND_MS);
  expect((await bob.contact(phone)).live).toContain(await deviceOf(laptop));
  expect(await bob.rows("outbox")).toHaveLength(1);
  await pass(5 * MINUTE_MS);
  expect((await bob.contact(phone)).live).not.toContain(await deviceOf(laptop));
  expect(await bob.rows("outbox")).toEqual([]);
});
