import { expect, test } from "vitest";

import { selfOf } from "./forge.ts";
import { linkTwo } from "./link-steps.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS, world, type World } from "./world.ts";

type Three = World<"phone" | "laptop" | "bob">;

/** A phone and a laptop of one account, and a contact; nothing on its way. */
async function three(): Promise<Three> {
  const them = await world(["phone", "laptop", "bob"]);
  const { phone, laptop, bob, pass, befriend } = them;
  await befriend(phone, bob);
  await linked(phone, laptop);
  await pass(20 * SECOND_MS);
  await laptop.say(bob, "from the laptop");
  await pass(20 * SECOND_MS);
  return them;
}

const deviceOf = async (who: Person): Promise<string> => (await selfOf(who)).device;

/** What is shown of the chat, with what does not count in brackets. */
const shown = async (who: Person, other: Person): Promise<readonly string[]> =>
  (await who.entries(other)).map((it) => (it.counts === undefined ? it.text : `(${it.text})`));

async function revoke({ outcome }: Three, by: Person, whom: Person): Promise<void> {
  const revoked = await outcome(by.device.devices.revoke(await deviceOf(whom), []));
  expect(revoked).toEqual({ ok: true, value: undefined });
}

/** It hears nothing of what its account has told it, as if its thief had seen to that. */
async function deafen({ relay }: Pick<Three, "relay">, who: Person): Promise<void> {
  const [row] = await who.rows("mailboxes");
  await relay.lose(Uint8Array.from(Buffer.from(row?.mailbox ?? "", "hex")));
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
  phone.disconnect();
  laptop.disconnect();
  await revoke(them, phone, laptop);
  await revoke(them, laptop, phone);
  phone.reconnect();
  await pass(20 * SECOND_MS);
  await deafen(them, laptop);
  laptop.reconnect();
  await pass(2 * MINUTE_MS);
  expect((await bob.contact(phone)).live).toEqual([]);
  expect(await shown(bob, phone)).toEqual(["from the laptop", "from the phone"]);
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
  const [one, two, three, four] = await Promise.all([phone, laptop, tablet, watch].map(deviceOf));
  const live = async (who: Person): Promise<readonly string[]> => (await who.contact(phone)).live;
  expect(await live(phone)).toHaveLength(4);
  expect((await outcome(phone.device.devices.revoke(two ?? "", [three ?? ""]))).ok).toBe(true);
  await pass(MINUTE_MS);
  expect((await live(phone)).toSorted()).toEqual([one, three].toSorted());
  expect((await live(tablet)).toSorted()).toEqual([one, three].toSorted());
  expect(await live(watch)).not.toContain(four);
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

test("[OD12] [OD15] a device has the last name that any of them gave it", async () => {
  const them = await three();
  const { phone, laptop, pass, outcome } = them;
  const names = async (who: Person): Promise<unknown> => {
    const row = (await who.rows("meta")).find((it) => it.k === "deviceNames");
    const kept = Object.entries((row?.v ?? {}) as Record<string, { readonly name: string }>);
    return Object.fromEntries(kept.map(([id, { name }]) => [id, name]));
  };
  for (const it of [phone, laptop]) {
    expect(await outcome(it.device.devices.introduce(`${it.name}'s`))).toMatchObject({ ok: true });
    expect(await outcome(it.device.devices.introduce("once is enough"))).toMatchObject({
      ok: true,
    });
  }
  await pass(20 * SECOND_MS);
  const [one, two] = [await deviceOf(phone), await deviceOf(laptop)];
  expect(await names(phone)).toEqual({ [one]: "phone's", [two]: "laptop's" });
  // Both rename the laptop while neither hears of the other.
  phone.disconnect();
  laptop.disconnect();
  await outcome(phone.device.devices.rename(two, "named by the phone"));
  await pass(SECOND_MS);
  await outcome(laptop.device.devices.rename(two, "named by itself"));
  phone.reconnect();
  laptop.reconnect();
  await pass(MINUTE_MS);
  expect(await names(phone)).toEqual({ [one]: "phone's", [two]: "named by itself" });
  expect(await names(laptop)).toEqual(await names(phone));
  expect(await outcome(phone.device.devices.rename(two, " "))).toEqual({
    ok: false,
    error: { type: "NameEmpty" },
  });
  expect(await outcome(phone.device.devices.rename("00", "nobody's"))).toEqual({
    ok: false,
    error: { type: "DeviceUnknown" },
  });
  const row = (await phone.rows("devices")).find((it) => it.device === two);
  expect(them.nowMs() - (row?.heardAtMs ?? 0)).toBeLessThan(2 * MINUTE_MS);
});

test("[OD13] [OD14] the person is called alike everywhere, whichever device was told last", async () => {
  const them = await three();
  const { phone, laptop, bob, pass, outcome } = them;
  expect((await bob.contact(phone)).name).toBe("phone");
  await outcome(phone.device.devices.callMe("Alice"));
  await pass(20 * SECOND_MS);
  expect((await bob.contact(phone)).name).toBe("Alice");
  expect((await laptop.contact(phone)).name).toBe("Alice");
  phone.disconnect();
  laptop.disconnect();
  await outcome(phone.device.devices.callMe("Alice A."));
  await pass(SECOND_MS);
  await outcome(laptop.device.devices.callMe("Alice B."));
  laptop.reconnect();
  await pass(20 * SECOND_MS);
  phone.reconnect();
  await pass(MINUTE_MS);
  for (const who of [phone, laptop, bob]) expect((await who.contact(phone)).name).toBe("Alice B.");
  expect([...phone.bugs, ...laptop.bugs, ...bob.bugs]).toEqual([]);
});

test("[OD16] a new device knows at once how much there is, also when it is closed on the way", async () => {
  const them = await world(["phone", "laptop", "bob"]);
  const { phone, laptop, bob, pass, befriend } = them;
  await befriend(phone, bob);
  const text = "a line of the usual length, that says where and when to meet. ".repeat(36);
  for (let n = 1; n <= 200; n += 1) await phone.say(bob, `${n} ${text}`);
  await pass(30 * SECOND_MS);
  await linked(phone, laptop);
  const told = async (): Promise<number> => {
    const row = (await laptop.rows("meta")).find((it) => it.k === "presync");
    return Object.values((row?.v ?? {}) as Record<string, number>).reduce((a, b) => a + b, 0);
  };
  const held = async (): Promise<number> => (await laptop.rows("entries")).length;
  for (let n = 0; n < 1_500 && (await told()) === 0; n += 1) await pass(20);
  const all = await told();
  expect(all).toBe((await phone.rows("entries")).length);
  expect(await held()).toBeLessThan(all / 2);
  await laptop.sleep();
  await laptop.wake();
  expect(await told()).toBe(all);
  await pass(2 * MINUTE_MS);
  expect(await held()).toBeGreaterThanOrEqual(all);
});

test("[AB3] [OD12] three devices, offline in turns, end with the same unread counts, stars and people", async () => {
  const them = await world(["phone", "laptop", "tablet", "bob", "carol"], {
    newcomers: ["laptop", "tablet"],
  });
  const { phone, laptop, tablet, bob, carol, pass, befriend, outcome } = them;
  await befriend(phone, bob);
  for (const it of [laptop, tablet]) {
    await linkTwo(them, phone, it);
    await outcome(it.device.devices.introduce(it.name));
    await pass(20 * SECOND_MS);
  }

  tablet.disconnect();
  const ids = [await bob.say(phone, "one"), await bob.say(phone, "two")];
  await pass(10 * SECOND_MS);
  await phone.read(bob);
  await phone.device.acts.star(await phone.chatWith(bob), ids[0] ?? "", true);
  await pass(10 * SECOND_MS);
  expect([await phone.unread(bob), await laptop.unread(bob)]).toEqual([0, 0]);

  laptop.disconnect();
  await befriend(phone, carol);
  await bob.say(phone, "three");
  await carol.say(phone, "hello from Carol");
  await pass(10 * SECOND_MS);
  phone.disconnect();
  tablet.reconnect();
  await pass(2 * MINUTE_MS);
  // The phone told the relay what was read; the tablet never counts it as unread.
  expect([await tablet.unread(bob), await tablet.unread(carol)]).toEqual([1, 1]);
  await tablet.read(bob);
  await tablet.device.acts.star(await tablet.chatWith(bob), ids[0] ?? "", false);
  await pass(10 * SECOND_MS);
  tablet.disconnect();
  laptop.reconnect();
  await pass(2 * MINUTE_MS);
  await laptop.decide(carol, "block");
  await bob.say(phone, "four");
  await pass(10 * SECOND_MS);
  for (const it of [phone, tablet]) it.reconnect();
  await pass(5 * MINUTE_MS);
  for (const it of [phone, laptop, tablet]) {
    expect(await it.unread(bob), it.name).toBe(1);
    expect((await it.contact(carol)).state, it.name).toBe("blocked");
    const starred = (await it.rows("aggregates")).filter((row) => row.aggregate.star?.value);
    expect(starred, it.name).toEqual([]);
    expect(await it.sees(bob), it.name).toEqual(["one", "two", "three", "four"]);
    expect(it.bugs, it.name).toEqual([]);
  }
});

test("[OD17] a new device and those that were there confirm each other's words in every channel", async () => {
  const them = await world(["phone", "laptop", "bob"], { newcomers: ["laptop"] });
  const { phone, laptop, bob, pass, befriend, outcome, atRest } = them;
  // Said before there was anybody to say it to.
  await outcome(phone.device.devices.introduce("phone"));
  await phone.say(phone, "note");
  await befriend(phone, bob);
  await phone.say(bob, "one");
  await linkTwo(them, phone, laptop);
  await outcome(laptop.device.devices.introduce("laptop"));
  await pass(30 * SECOND_MS);
  for (const [one, other] of [
    [phone, laptop],
    [laptop, phone],
  ] as const) {
    const id = await deviceOf(other);
    const cursors = (await one.rows("cursors")).filter((it) => it.device === id);
    expect(cursors.map((it) => it.c).toSorted(), one.name).toEqual([1, 2, 3]);
  }
  await atRest();
});
