/** An old copy of a disk comes back: what was lost by it is found out and brought back, though nobody writes. */
import { expect, test } from "vitest";

import { add, groupOf, makeGroup, remove, tell } from "./group-talk.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { deviceOf, three } from "./three-devices.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

/** A place beside the disk, which outlives it. */
function keepANote(of: Person): void {
  let note: string | null = null;
  of.keepsake = {
    read: () => Promise.resolve(note),
    write: async (text) => {
      note = text;
    },
  };
}

test("[CU8] what others said last is heard after a rollback, though they say nothing more", async () => {
  const { alice, bob, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await alice.say(bob, "one");
  await pass(10 * SECOND_MS);
  keepANote(alice);
  await alice.sleep();
  const putBack = alice.backUp();
  await alice.wake();
  await bob.say(alice, "two");
  await pass(10 * SECOND_MS);
  await alice.sleep();
  putBack();
  await alice.wake();
  expect(await alice.sees(bob)).toEqual(["one"]);
  await atRest(MINUTE_MS);
  expect(await alice.sees(bob)).toEqual(["one", "two"]);
});

/** The laptop writes a note after the copy of its disk was made. */
async function noteAfterCopy() {
  const them = await world(["phone", "laptop"]);
  const { phone, laptop, pass } = them;
  await linked(phone, laptop);
  await pass(20 * SECOND_MS);
  keepANote(laptop);
  await laptop.sleep();
  const putBack = laptop.backUp();
  await laptop.wake();
  await laptop.say(laptop, "a note");
  await pass(20 * SECOND_MS);
  return { ...them, putBack };
}

test("[HE21] [HE10] a log that began after the copy was made comes back from another device", async () => {
  const { phone, laptop, atRest, putBack } = await noteAfterCopy();
  expect(await phone.sees(phone)).toEqual(["a note"]);
  await laptop.sleep();
  putBack();
  await laptop.wake();
  expect(await laptop.sees(laptop)).toEqual([]);
  await atRest(2 * MINUTE_MS);
  expect(await laptop.sees(laptop)).toEqual(["a note"]);
});

test("[HE21] what is left of such a log comes back, though the entry that names its author is lost", async () => {
  const { phone, laptop, pass, atRest, putBack } = await noteAfterCopy();
  await laptop.sleep();
  putBack();
  await phone.sleep();
  // As if the relay had lost the first entry on its way.
  await phone.change(async (tx) => {
    const note = (await tx.range("entries", "primary", {})).find((it) => it.shown === 1);
    const log = await tx.get("logs", note?.a ?? 0);
    if (note === undefined || log === undefined) throw new Error("a note");
    await tx.put("logs", { ...log, known: { floor: 0, ranges: [[note.s, note.s]] } });
    await tx.delete("entries", [note.c, note.a, 1]);
  });
  await phone.wake();
  await laptop.wake();
  await pass(5 * MINUTE_MS);
  expect(await phone.sees(phone)).toEqual(["a note"]);
  expect(await laptop.sees(laptop)).toEqual(["a note"]);
  await atRest(30 * MINUTE_MS);
});

test("[HE22] [SS4] a device whose storage was put back begins its sessions anew, and is answered", async () => {
  const { alice, bob, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  keepANote(alice);
  await alice.sleep();
  const putBack = alice.backUp();
  await alice.wake();
  // 26 messages are more than one chain: it is handed over on the session.
  for (let n = 0; n < 26; n += 1) await alice.say(bob, `${n}`);
  await pass(10 * SECOND_MS);
  await alice.sleep();
  putBack();
  await alice.wake();
  await atRest(5 * MINUTE_MS);
  expect(bob.dropped.filter((it) => it.startsWith("session"))).toEqual([]);
  expect(await alice.sees(bob)).toHaveLength(26);
});

test("[HE10] who is out of a group begins no new log there after a rollback", async () => {
  const { alice, bob, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await makeGroup(alice, [bob]);
  await pass(10 * SECOND_MS);
  await tell(bob, "hello");
  await pass(10 * SECOND_MS);
  await remove(alice, bob);
  await pass(20 * SECOND_MS);
  keepANote(bob);
  await bob.sleep();
  const putBack = bob.backUp();
  await bob.wake();
  await pass(SECOND_MS);
  await bob.sleep();
  putBack();
  await bob.wake();
  await atRest(5 * MINUTE_MS);
  const c = await groupOf(bob);
  const own = (await bob.rows("logs")).filter((it) => it.c === c && it.own);
  expect(own).toHaveLength(1);
});

test("[GP10] who begins anew, hears that they are out, and is let in again says that they are there", async () => {
  const { alice, bob, pass, befriend, atRest } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await makeGroup(alice, [bob]);
  await pass(10 * SECOND_MS);
  await tell(bob, "hello");
  await pass(10 * SECOND_MS);
  keepANote(bob);
  await bob.sleep();
  const putBack = bob.backUp();
  await bob.wake();
  await bob.sleep();
  putBack();
  await remove(alice, bob);
  await pass(20 * SECOND_MS);
  await bob.wake();
  await pass(20 * SECOND_MS);
  await add(alice, bob);
  await pass(20 * SECOND_MS);
  await tell(alice, "welcome back");
  await atRest(2 * MINUTE_MS);
});

test("[HE11] who was put back to before they removed a device hears of it from whoever knows", async () => {
  const { phone, laptop, bob, pass, outcome } = await three();
  keepANote(phone);
  await phone.sleep();
  const putBack = phone.backUp();
  await phone.wake();
  await outcome(phone.device.devices.revoke(await deviceOf(laptop), []));
  await pass(20 * SECOND_MS);
  expect((await bob.contact(phone)).live).toEqual([await deviceOf(phone)]);
  await laptop.sleep();
  await phone.sleep();
  putBack();
  await phone.wake();
  await pass(MINUTE_MS);
  expect((await phone.contact(phone)).live).toEqual([await deviceOf(phone)]);
  expect((await phone.contact(bob)).factsTold).toBeUndefined();
  await phone.say(bob, "for Bob alone");
  await pass(20 * SECOND_MS);
  const c = await phone.chatWith(bob);
  const chain = (await phone.rows("ownChains")).find((it) => it.c === c);
  expect(chain?.holders).toEqual([await deviceOf(bob)]);
  expect((await bob.contact(phone)).factsTold).toBeUndefined();
  expect([...phone.bugs, ...bob.bugs]).toEqual([]);
});
