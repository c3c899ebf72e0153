/** A device is removed, or leaves. */
import { expect, test } from "vitest";

import { hears, makeGroup, members, remove, rosterRow, tell } from "./group-talk.ts";
import { linkTwo } from "./link-steps.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { deafen, deviceOf, three, type Three } from "./three-devices.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS, world } from "./world.ts";

const sorted = (ids: readonly (string | undefined)[]): readonly string[] =>
  ids.map(String).toSorted();

/** What is shown of the chat, with what does not count in brackets. */
const shown = async (who: Person, other: Person): Promise<readonly string[]> =>
  (await who.entries(other)).map((it) => (it.counts === undefined ? it.text : `(${it.text})`));

async function revoke({ outcome }: Three, by: Person, whom: Person): Promise<void> {
  const revoked = await outcome(by.device.devices.revoke(await deviceOf(whom), []));
  expect(revoked).toEqual({ ok: true, value: undefined });
}

test("[OD1] [OD3] a device that is removed gets nothing any more, and learns why", async () => {
  const them = await three();
  const { phone, laptop, bob, pass } = them;
  await revoke(them, phone, laptop);
  await pass(20 * SECOND_MS);
  for (const who of [phone, laptop]) {
    expect((await who.contact(phone)).live).toEqual([await deviceOf(phone)]);
  }
  expect((await bob.contact(phone)).live).toEqual([await deviceOf(phone)]);
  await bob.say(phone, "for the phone alone");
  await phone.say(bob, "and back");
  await pass(20 * SECOND_MS);
  expect(await laptop.sees(bob)).toEqual(["from the laptop"]);
  expect(await phone.sees(bob)).toEqual(["from the laptop", "for the phone alone", "and back"]);
  expect(await bob.sees(phone)).toEqual(["from the laptop", "for the phone alone", "and back"]);
  const sent = await laptop.device.send(await laptop.chatWith(bob), "still here");
  expect(sent).toEqual({ ok: false, error: { type: "NotAllowed" } });
  expect([...phone.bugs, ...laptop.bugs, ...bob.bugs]).toEqual([]);
});

test("[OD5] [OD6] what it goes on writing counts nowhere, and what it wrote before stays", async () => {
  const them = await three();
  const { phone, laptop, bob, pass } = them;
  // The laptop is stolen: it hears nothing of its account, and writes to its contacts.
  laptop.disconnect();
  await revoke(them, phone, laptop);
  const stolen = await laptop.say(bob, "send me money");
  await laptop.device.acts.edit(
    await laptop.chatWith(bob),
    (await laptop.entries(bob))[0]?.id ?? "",
    "from a thief",
  );
  await pass(20 * SECOND_MS);
  await deafen(them, laptop);
  laptop.reconnect();
  await pass(2 * MINUTE_MS);
  expect(stolen).not.toBe("");
  expect(await shown(bob, phone)).toEqual(["from the laptop"]);
  const kept = (await bob.rows("entries")).filter((it) => it.text === "send me money");
  expect(kept.map((it) => [it.counts, it.shown])).toEqual([["no", 0]]);
  expect(await shown(phone, bob)).toEqual(["from the laptop", "(send me money)"]);
  const [message] = await bob.views(phone);
  expect(message?.view.text).toBe("from the laptop");
  expect(await bob.unread(phone)).toBe(1);
  expect([...phone.bugs, ...bob.bugs]).toEqual([]);
});

test("[OD6] [OD8] what came before the word of a removal counts no more after it", async () => {
  const them = await three();
  const { phone, laptop, bob, pass } = them;
  phone.disconnect();
  await laptop.say(bob, "from a thief, as yet unknown");
  await pass(20 * SECOND_MS);
  expect(await bob.sees(phone)).toEqual(["from the laptop", "from a thief, as yet unknown"]);
  expect(await bob.unread(phone)).toBe(2);
  await revoke(them, phone, laptop);
  phone.reconnect();
  await pass(MINUTE_MS);
  expect(await shown(bob, phone)).toEqual(["from the laptop"]);
  expect(await bob.unread(phone)).toBe(1);
  const chat = (await bob.rows("channels")).find((it) => it.kind === "dm");
  expect(chat?.preview?.text).toBe("from the laptop");
});

test("[OD6] [MO41] a message that it deleted before the word of its removal is there again, and unread", async () => {
  const them = await three();
  const { phone, laptop, bob, pass } = them;
  phone.disconnect();
  const [doomed] = await bob.views(phone);
  await laptop.device.acts.deleteForAll(await laptop.chatWith(bob), doomed?.row.id ?? "");
  await pass(20 * SECOND_MS);
  expect((await bob.views(phone)).map(({ view }) => view.state)).toEqual(["deleted"]);
  expect(await bob.unread(phone)).toBe(0);
  await revoke(them, phone, laptop);
  phone.reconnect();
  await pass(MINUTE_MS);
  expect((await bob.views(phone)).map(({ view }) => view.state)).toEqual(["here"]);
  expect(await bob.unread(phone)).toBe(1);
});

test("[OD7] [OD9] what it wrote before its end counts, even when it comes last", async () => {
  const them = await three();
  const { phone, laptop, bob, pass } = them;
  bob.disconnect();
  await laptop.say(bob, "the phone has this");
  await pass(20 * SECOND_MS);
  await revoke(them, phone, laptop);
  await pass(20 * SECOND_MS);
  // The relay loses what the laptop wrote to Bob, and the word of its end comes first.
  await deafen(them, bob);
  bob.reconnect();
  await phone.say(bob, "did you get it?");
  await pass(10 * MINUTE_MS);
  expect(await shown(bob, phone)).toEqual([
    "from the laptop",
    "the phone has this",
    "did you get it?",
  ]);
  expect(bob.bugs).toEqual([]);
});

test("[OD8] two devices that remove each other are both out, and end nothing", async () => {
  const them = await three();
  const { phone, laptop, bob, pass } = them;
  await phone.say(bob, "from the phone");
  await pass(20 * SECOND_MS);
  laptop.disconnect();
  await phone.say(bob, "the laptop never had this");
  await pass(20 * SECOND_MS);
  phone.disconnect();
  await revoke(them, phone, laptop);
  await revoke(them, laptop, phone);
  phone.reconnect();
  await pass(20 * SECOND_MS);
  await deafen(them, laptop);
  laptop.reconnect();
  await pass(2 * MINUTE_MS);
  expect((await bob.contact(phone)).live).toEqual([]);
  expect(await shown(bob, phone)).toEqual([
    "from the laptop",
    "from the phone",
    "the laptop never had this",
  ]);
  const refused = await bob.device.send(await bob.chatWith(phone), "anybody there?");
  expect(refused).toEqual({ ok: false, error: { type: "NotAllowed" } });
  expect([...phone.bugs, ...laptop.bugs, ...bob.bugs]).toEqual([]);
});

test("[OD2] what a removed device has linked goes with it, but for what is kept", async () => {
  const them = await world(["phone", "laptop", "tablet", "watch"], {
    newcomers: ["laptop", "tablet", "watch"],
  });
  const { phone, laptop, tablet, watch, pass, outcome } = them;
  for (const [by, whom] of [
    [phone, laptop],
    [laptop, tablet],
    [laptop, watch],
  ] as const) {
    await linkTwo(them, by, whom);
    expect((await outcome(whom.device.devices.introduce("Firefox"))).ok).toBe(true);
    await pass(10 * SECOND_MS);
  }
  await pass(MINUTE_MS);
  const [first, second, third, fourth] = await Promise.all(
    [phone, laptop, tablet, watch].map(deviceOf),
  );
  const live = async (who: Person): Promise<readonly string[]> => (await who.contact(phone)).live;
  expect(await live(phone)).toHaveLength(4);
  expect((await outcome(phone.device.devices.revoke(second ?? "", [third ?? ""]))).ok).toBe(true);
  await pass(MINUTE_MS);
  expect(sorted(await live(phone))).toEqual(sorted([first, third]));
  expect(sorted(await live(tablet))).toEqual(sorted([first, third]));
  expect(await live(watch)).not.toContain(fourth);
});

test("[OD4] a device that leaves tells the others, and its mailbox is gone", async () => {
  const them = await three();
  const { phone, laptop, bob, pass, outcome } = them;
  const last = await laptop.device.send(await laptop.chatWith(bob), "my last words");
  expect(last.ok).toBe(true);
  const left = await outcome(laptop.device.devices.leave());
  expect(left).toEqual({ ok: true, value: { isTold: true, isForgotten: true } });
  await pass(20 * SECOND_MS);
  const id = await deviceOf(laptop);
  expect((await phone.contact(phone)).live).not.toContain(id);
  expect((await bob.contact(phone)).live).not.toContain(id);
  expect(await shown(bob, phone)).toEqual(["from the laptop", "my last words"]);
  expect(await shown(phone, bob)).toEqual(["from the laptop", "my last words"]);
  const [mailbox] = await laptop.rows("mailboxes");
  expect(await them.relay.lose(Buffer.from(mailbox?.mailbox ?? "", "hex"))).toBe(0);
  await bob.say(phone, "bye");
  await them.pass(MINUTE_MS);
  expect([...phone.bugs, ...laptop.bugs, ...bob.bugs]).toEqual([]);
});

test("[OD4] without a way to anybody it says so, and goes quiet all the same", async () => {
  const them = await three();
  const { laptop, bob, outcome } = them;
  laptop.disconnect();
  const left = await outcome(laptop.device.devices.leave());
  expect(left).toEqual({ ok: true, value: { isTold: false, isForgotten: false } });
  const sent = await laptop.device.send(await laptop.chatWith(bob), "anything");
  expect(sent).toEqual({ ok: false, error: { type: "NotAllowed" } });
  await laptop.sleep();
  await laptop.wake();
  laptop.reconnect();
  await them.pass(20 * SECOND_MS);
  expect(await bob.sees(laptop)).toEqual(["from the laptop"]);
});

test("[OD4] closed in the middle of leaving, it goes on with that when it is opened", async () => {
  const them = await three();
  const { phone, laptop, bob, pass, relay } = them;
  laptop.disconnect();
  expect((await laptop.device.send(await laptop.chatWith(bob), "my last words")).ok).toBe(true);
  void laptop.device.devices.leave();
  await pass(SECOND_MS);
  laptop.crash();
  laptop.reconnect();
  await laptop.wake();
  await pass(20 * SECOND_MS);
  const id = await deviceOf(laptop);
  for (const it of [phone, bob, laptop]) expect((await it.contact(phone)).live).not.toContain(id);
  expect(await shown(bob, phone)).toEqual(["from the laptop", "my last words"]);
  const [mailbox] = await laptop.rows("mailboxes");
  expect(await relay.lose(Buffer.from(mailbox?.mailbox ?? "", "hex"))).toBe(0);
  await bob.say(phone, "bye");
  await pass(MINUTE_MS);
  for (const it of [phone, bob]) expect(await it.rows("outbox")).toEqual([]);
  expect([...phone.bugs, ...laptop.bugs, ...bob.bugs]).toEqual([]);
});

test("[OD3] the word that it is out waits for no mailbox that is gone, and comes again when it is heard of", async () => {
  const them = await three();
  const { phone, laptop, bob, pass, relay } = them;
  await laptop.sleep();
  phone.disconnect();
  await revoke(them, phone, laptop);
  them.killRelay(relay, { forgets: true });
  relay.start();
  phone.reconnect();
  await pass(MINUTE_MS);
  expect(await phone.rows("outbox")).toEqual([]);
  const id = await deviceOf(laptop);
  expect((await laptop.contact(phone)).live).toContain(id);
  await laptop.wake();
  await laptop.say(bob, "where is everybody?");
  await pass(MINUTE_MS);
  expect((await laptop.contact(phone)).live).not.toContain(id);
  expect(await shown(bob, phone)).toEqual(["from the laptop"]);
  await them.pass(5 * MINUTE_MS);
  for (const it of [phone, bob]) expect(await it.rows("outbox")).toEqual([]);
  expect([...phone.bugs, ...laptop.bugs, ...bob.bugs]).toEqual([]);
});

test("[HE9] what only a removed device could explain is let go, though there is nobody to ask", async () => {
  const them = await three();
  const { phone, laptop, bob, pass } = them;
  await revoke(them, laptop, phone);
  await pass(20 * SECOND_MS);
  const account = await phone.account();
  const token = (await laptop.rows("tokens")).find((it) => it.account === account);
  const row = { env: "e1".repeat(16), tag: "7a".repeat(16), label: token?.label ?? "", atMs: 1 };
  await laptop.change((tx) => tx.put("held", { ...row, body: new Uint8Array(60) }));
  await bob.say(laptop, "something to look after");
  await pass(10 * MINUTE_MS);
  expect(await laptop.rows("held")).toHaveLength(1);
  await pass(15 * MINUTE_MS);
  expect(await laptop.rows("held")).toEqual([]);
});

test("[OD10] a token that the device knew dies, and those who are left go on under new ones", async () => {
  const them = await three();
  const { phone, laptop, bob, pass, nowMs } = them;
  const account = await phone.account();
  const before = (await bob.rows("tokens")).filter((it) => it.account === account);
  await revoke(them, phone, laptop);
  await pass(MINUTE_MS);
  const after = await bob.rows("tokens");
  for (const { label } of before) {
    const token = after.find((it) => it.label === label);
    expect(token).toMatchObject({ isRetired: true });
    expect((token?.expiresAtMs ?? Infinity) - nowMs()).toBeLessThanOrEqual(30 * DAY_MS);
  }
  const fresh = after.filter((it) => !before.some(({ label }) => label === it.label));
  expect(fresh.filter((it) => it.account === account)).toHaveLength(1);
  await them.night(31 * DAY_MS);
  await pass(MINUTE_MS);
  await phone.say(bob, "a month later");
  await bob.say(phone, "still here");
  await pass(MINUTE_MS);
  expect((await bob.sees(phone)).toSorted()).toEqual((await phone.sees(bob)).toSorted());
  expect(await bob.sees(phone)).toContain("a month later");
  expect(await phone.sees(bob)).toContain("still here");
});

test("[OD11] receipts and typing of a removed device are dropped", async () => {
  const them = await three();
  const { phone, laptop, bob, pass } = them;
  laptop.disconnect();
  await revoke(them, phone, laptop);
  await bob.say(phone, "for the phone");
  await pass(20 * SECOND_MS);
  await deafen(them, laptop);
  laptop.reconnect();
  await laptop.read(bob);
  laptop.device.typing(await laptop.chatWith(bob));
  await pass(20 * SECOND_MS);
  expect(bob.dropped).toContain("device out");
  expect(bob.status?.typing).toEqual({});
});

test("[OD6] [OD9] [RO19] in a group its removals and words are void, on every device alike", async () => {
  const them = await world(["phone", "laptop", "bob", "carol"]);
  const { phone, laptop, bob, carol, pass, befriend } = them;
  await befriend(phone, bob);
  await befriend(phone, carol);
  await linked(phone, laptop);
  await pass(MINUTE_MS);
  await makeGroup(phone, [bob, carol]);
  await pass(30 * SECOND_MS);
  await tell(laptop, "from the laptop");
  await pass(30 * SECOND_MS);
  const all = ["bob member", "carol member", "phone owner"];
  laptop.disconnect();
  bob.disconnect();
  await revoke(them, phone, laptop);
  await remove(laptop, bob);
  await tell(laptop, "Bob is a cheat");
  await pass(20 * SECOND_MS);
  await deafen(them, laptop);
  laptop.reconnect();
  await pass(MINUTE_MS);
  await tell(carol, "who removed Bob?");
  await pass(5 * SECOND_MS);
  await tell(phone, "nobody did");
  await pass(MINUTE_MS);
  bob.reconnect();
  await pass(5 * MINUTE_MS);
  for (const it of [phone, bob, carol]) {
    expect(await members(it, [phone, bob, carol])).toEqual(all);
    expect(it.bugs).toEqual([]);
  }
  const heard = ["from the laptop", "who removed Bob?", "nobody did"];
  expect(await hears(carol)).toEqual(heard);
  expect(await hears(bob)).toEqual(heard);
  await tell(bob, "still here");
  await pass(MINUTE_MS);
  expect(await hears(carol)).toEqual([...heard, "still here"]);
  expect(await hears(phone)).toContain("still here");
  const digests = await Promise.all([phone, bob, carol].map(rosterRow));
  expect(new Set(digests.map(({ digest }) => digest)).size).toBe(1);
});

test("[PD5] a removed device that hears nothing of it sees nobody come and go any more", async () => {
  const them = await three();
  const { phone, laptop, bob, pass } = them;
  const account = await bob.account();
  const isSeen = (by: Person): boolean | undefined => by.status?.presence[account]?.online;
  phone.device.watch([account]);
  laptop.device.watch([account]);
  await pass(10 * SECOND_MS);
  expect([isSeen(phone), isSeen(laptop)]).toEqual([true, true]);
  const before = (await laptop.rows("contacts")).find((it) => it.account === account);
  await deafen(them, laptop);
  await revoke(them, phone, laptop);
  await deafen(them, laptop);
  await pass(MINUTE_MS);
  expect(isSeen(phone)).toBe(true);
  bob.device.visible(false);
  await pass(10 * SECOND_MS);
  bob.device.visible(true);
  await pass(10 * SECOND_MS);
  expect([isSeen(phone), isSeen(laptop)]).toEqual([true, false]);
  const after = (await laptop.rows("contacts")).find((it) => it.account === account);
  expect(after?.presenceIn).toEqual(before?.presenceIn);
  expect((await bob.contact(phone)).presenceOut).toEqual(before?.presenceIn);
});
