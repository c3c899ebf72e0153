/** What people do with messages, between two devices with everything in between. */
import { expect, test } from "vitest";

import { decodeEntry } from "../../sync/entry/entry.ts";
import { KINDS } from "../../sync/entry/kinds.ts";
import type { EntryRow } from "../../sync/store/rows.ts";
import { summaryOf } from "../../sync/thread/summary.ts";
import { linkUp, pair } from "./link-steps.ts";
import type { Person } from "./person.ts";
import { SECOND_MS, world, type World } from "./world.ts";

type Two = World<"alice" | "bob"> & { readonly a: number; readonly b: number };

async function two(): Promise<Two> {
  const all = await world(["alice", "bob"]);
  await all.befriend(all.alice, all.bob);
  const [a, b] = [await all.alice.chatWith(all.bob), await all.bob.chatWith(all.alice)];
  return { ...all, a, b };
}

/** What both see, which must be the same but for who is who. */
async function bothSee({ alice, bob }: Two): Promise<readonly string[]> {
  const lines = async (one: Person, other: Person): Promise<readonly string[]> =>
    (await one.views(other)).map(({ view }) => {
      const summary = summaryOf(view);
      const chips = view.reactions.map((it) => `${it.emoji}${it.accounts.length}`);
      const marks = [...chips, ...(view.isPinned ? ["pinned"] : [])];
      const edits = view.versions.length === 0 ? [] : [`edited ${view.versions.length}`];
      return [summary.type === "text" ? summary.text : summary.type, ...edits, ...marks].join(" ");
    });
  const seen = await lines(alice, bob);
  expect(await lines(bob, alice)).toEqual(seen);
  return seen;
}

const entryCount = async (person: Person): Promise<number> => (await person.rows("entries")).length;
const lineOf = async (person: Person, c: number) => {
  const preview = (await person.rows("channels")).find((it) => it.c === c)?.preview;
  if (preview === undefined || preview === null) return preview;
  const { at: _, ...line } = preview;
  return line;
};
const bodyOf = (row: EntryRow | undefined): Uint8Array | null => {
  const entry = decodeEntry(row?.bytes ?? new Uint8Array(0));
  if (!entry.ok) throw new Error("no entry");
  return entry.value.body;
};

test("[MO6] [MO29] what was edited says so on both sides, and in the list", async () => {
  const both = await two();
  const { alice, bob, a, b, pass, atRest } = both;
  const id = await alice.say(bob, "helo");
  await pass(SECOND_MS);
  expect((await alice.device.acts.edit(a, id, "hello")).ok).toBe(true);
  await atRest();
  expect(await bothSee(both)).toEqual(["hello edited 1"]);
  expect(await lineOf(alice, a)).toEqual({ text: "hello", own: true });
  expect(await lineOf(bob, b)).toEqual({ text: "hello", own: false });
  expect(await bob.unread(alice)).toBe(1);
});

test("[MO7] [MO9] both react and pin while neither has a way, and it all comes together", async () => {
  const both = await two();
  const { alice, bob, a, b, pass, atRest } = both;
  const id = await alice.say(bob, "shall we?");
  await atRest();
  alice.disconnect();
  bob.disconnect();
  const { acts } = alice.device;
  expect((await acts.react(a, id, "👍", true)).ok).toBe(true);
  expect((await acts.edit(a, id, "shall we go?")).ok).toBe(true);
  await pass(SECOND_MS);
  expect((await bob.device.acts.react(b, id, "👍", true)).ok).toBe(true);
  expect((await bob.device.acts.react(b, id, "🎉", true)).ok).toBe(true);
  expect((await bob.device.acts.pin(b, id, true)).ok).toBe(true);
  alice.reconnect();
  bob.reconnect();
  await atRest();
  expect(await bothSee(both)).toEqual(["shall we go? edited 1 👍2 🎉1 pinned"]);
  expect((await acts.react(a, id, "👍", false)).ok).toBe(true);
  expect((await acts.pin(a, id, false)).ok).toBe(true);
  await atRest();
  expect(await bothSee(both)).toEqual(["shall we go? edited 1 👍1 🎉1"]);
});

test("[MO8] [MO15] what was deleted for everyone is gone from both disks, and is not unread", async () => {
  const both = await two();
  const { alice, bob, a, b, pass, atRest } = both;
  await alice.say(bob, "first");
  const id = await alice.say(bob, "a mistake");
  await pass(SECOND_MS);
  await alice.device.acts.edit(a, id, "a bigger mistake");
  await atRest();
  expect(await bob.unread(alice)).toBe(2);
  expect((await alice.device.acts.deleteForAll(a, id)).ok).toBe(true);
  await atRest();
  expect(await bothSee(both)).toEqual(["first", "deleted"]);
  expect(await bob.unread(alice)).toBe(1);
  expect(await lineOf(bob, b)).toEqual({ text: "", own: false, instead: "deleted" });
  for (const person of [alice, bob]) {
    const rows = await person.rows("entries");
    const touched = rows.filter((it) => it.id === id || it.kind === KINDS.edit.number);
    expect(touched.map(bodyOf)).toEqual([null, null]);
  }
  await bob.read(alice);
  expect(await bob.unread(alice)).toBe(0);
});

test("[MO13] a deletion that comes before its message finds it", async () => {
  const both = await two();
  const { alice, bob, a, atRest } = both;
  alice.disconnect();
  const id = await alice.say(bob, "never mind");
  await alice.device.acts.deleteForAll(a, id);
  const rows = await alice.rows("entries");
  const message = rows.find((it) => it.id === id)!;
  // The message itself is lost on its way; the deletion arrives, and then it is asked for.
  await alice.change(async (tx) => {
    const [parcel] = await tx.range("outbox", "entry", {
      lower: [message.c, message.a, message.s],
      upper: [message.c, message.a, message.s],
    });
    await tx.delete("outbox", parcel!.n!);
  });
  alice.reconnect();
  await atRest(60 * SECOND_MS);
  expect(await bothSee(both)).toEqual(["deleted"]);
  expect(await bob.unread(alice)).toBe(0);
  expect((await bob.rows("meta")).find((it) => it.k === "waitingOps")?.v).toBe(0);
});

test("[AC4] [MO10] star and delete for me stay with the person", async () => {
  const both = await two();
  const { alice, bob, a, atRest } = both;
  const id = await bob.say(alice, "for your eyes");
  await bob.say(alice, "and this");
  await atRest();
  const sent = (await alice.rows("outbox")).length;
  const hers = (await alice.views(bob)).map(({ row }) => row.id);
  expect((await alice.device.acts.star(a, id, true)).ok).toBe(true);
  expect((await alice.views(bob)).map(({ view }) => view.isStarred)).toEqual([true, false]);
  expect((await alice.device.acts.hide(a, hers[1]!)).ok).toBe(true);
  expect(await alice.unread(bob)).toBe(1);
  expect(await lineOf(alice, a)).toEqual({ text: "for your eyes", own: false });
  expect((await alice.device.acts.hide(a, id)).ok).toBe(true);
  expect(await alice.views(bob)).toEqual([]);
  expect(await lineOf(alice, a)).toBeNull();
  expect(await alice.unread(bob)).toBe(0);
  expect((await alice.rows("outbox")).length).toBe(sent);
  const row = (await alice.rows("entries")).find((it) => it.id === id);
  expect([bodyOf(row), row?.withheld]).toEqual([null, true]);
  await atRest();
  expect(await bob.sees(alice)).toEqual(["for your eyes", "and this"]);
});

test("[MO15] what one deletes for oneself before it was sent still reaches the other", async () => {
  const { alice, bob, a, atRest } = await two();
  alice.disconnect();
  const id = await alice.say(bob, "on its way");
  expect((await alice.device.acts.hide(a, id)).ok).toBe(true);
  alice.reconnect();
  await atRest();
  expect(await alice.views(bob)).toEqual([]);
  expect(await bob.sees(alice)).toEqual(["on its way"]);
});

test("[AC1] [AC2] what cannot be done is said, and nothing is written", async () => {
  const { alice, bob, a, b, atRest } = await two();
  const id = await alice.say(bob, "mine");
  const gone = await alice.say(bob, "gone");
  await alice.device.acts.deleteForAll(a, gone);
  await atRest();
  const before = [await entryCount(alice), await entryCount(bob)];
  const told = async (done: Promise<{ readonly ok: boolean; readonly error?: { type: string } }>) =>
    (await done).error?.type;
  const [hers, his] = [alice.device.acts, bob.device.acts];
  expect(await told(his.edit(b, id, "yours"))).toBe("NotYours");
  expect(await told(his.deleteForAll(b, id))).toBe("NotYours");
  expect(await told(hers.edit(a, gone, "back"))).toBe("MessageGone");
  expect(await told(hers.edit(a, id, "  "))).toBe("TextEmpty");
  expect(await told(his.react(b, gone, "👍", true))).toBe("MessageGone");
  expect(await told(his.react(b, id, "thumbs", true))).toBe("EmojiInvalid");
  expect(await told(his.pin(b, "0".repeat(26), true))).toBe("MessageUnknown");
  expect(await told(his.pin(b, "no id", true))).toBe("MessageUnknown");
  expect(await told(his.pin(99, id, true))).toBe("ChannelUnknown");
  expect(await told(alice.device.send(a, "an answer", { replyTo: gone }))).toBe("MessageGone");
  const mentions = [{ account: "nobody", start: 0, length: 1 }];
  expect(await told(alice.device.send(a, "x", { mentions }))).toBe("MentionsInvalid");
  expect([await entryCount(alice), await entryCount(bob)]).toEqual(before);
});

test("[AC3] what is so already is not said again", async () => {
  const { alice, bob, a, atRest } = await two();
  const id = await alice.say(bob, "once");
  const { acts } = alice.device;
  await acts.react(a, id, "👍", true);
  await acts.pin(a, id, true);
  await acts.star(a, id, true);
  const before = await entryCount(alice);
  for (const done of [
    await acts.react(a, id, "👍", true),
    await acts.react(a, id, "🎉", false),
    await acts.pin(a, id, true),
    await acts.star(a, id, true),
    await acts.edit(a, id, "once"),
  ]) {
    expect(done.ok).toBe(true);
  }
  expect(await entryCount(alice)).toBe(before);
  await atRest();
});

test("[AC5] an answer quotes what is said now, and names whom it mentions", async () => {
  const { alice, bob, a, b, atRest } = await two();
  const id = await alice.say(bob, "first words");
  await alice.device.acts.edit(a, id, "better\nwords");
  await atRest();
  const account = await alice.account();
  const extras = { replyTo: id, mentions: [{ account, start: 0, length: 6 }], forwarded: true };
  expect((await bob.device.send(b, "@alice yes", extras)).ok).toBe(true);
  await atRest();
  const answer = (await alice.views(bob)).at(-1)!.view;
  expect(answer.reply?.quote).toBe("better words");
  expect(answer.mentions.map(({ start, length }) => [start, length])).toEqual([[0, 6]]);
  expect(answer.forwarded).toBe(true);
});

test("[AC5] a change names anew whom it mentions, and nobody who is none", async () => {
  const { alice, bob, a, atRest } = await two();
  const id = await alice.say(bob, "somebody?");
  const account = await bob.account();
  const named = { mentions: [{ account, start: 0, length: 4 }] };
  expect((await alice.device.acts.edit(a, id, "@bob?", named)).ok).toBe(true);
  await atRest();
  const [changed] = await bob.views(alice);
  expect(changed?.view.mentions.map(({ start, length }) => [start, length])).toEqual([[0, 4]]);
  const nobody = { mentions: [{ account: "nobody", start: 0, length: 4 }] };
  expect(await alice.device.acts.edit(a, id, "@who?", nobody)).toEqual({
    ok: false,
    error: { type: "MentionsInvalid" },
  });
});

test("[MO2] [AC4] what one device does with a message, the account's other device has too", async () => {
  const them = await pair();
  const { phone, laptop } = them;
  await linkUp(them, phone, laptop);
  const id = await phone.say(phone, "a note");
  const other = await phone.say(phone, "to be cleared away");
  await them.pass(20 * SECOND_MS);
  const [c, d] = [await phone.chatWith(phone), await laptop.chatWith(laptop)];
  expect((await laptop.device.acts.edit(d, id, "a better note")).ok).toBe(true);
  expect((await laptop.device.acts.hide(d, other)).ok).toBe(true);
  expect((await phone.device.acts.star(c, id, true)).ok).toBe(true);
  await them.atRest();
  for (const person of [phone, laptop]) {
    const views = (await person.views(person)).map(({ view }) => [view.text, view.isStarred]);
    expect(views).toEqual([["a better note", true]]);
  }
});
