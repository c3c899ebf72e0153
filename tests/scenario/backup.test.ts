import { describe, expect, test } from "vitest";

import type { Result } from "../../crypto/base/result.ts";
import { ok } from "../../crypto/base/result.ts";
import { parseWords, wordsOf } from "../../crypto/recovery/words.ts";
import type { BackupCursor } from "../../sync/backup/export.ts";
import { FRAME, type Frame, framesOf } from "../../sync/backup/format.ts";
import { decodePayload, encodePayload } from "../../sync/payload/payload.ts";
import { selfOf } from "./forge.ts";
import { add, groupOf, hears, makeGroup, members, remove, rosterRow, tell } from "./group-talk.ts";
import type { Person } from "./person.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS, type World, world } from "./world.ts";

type Them = World<never>;

/** What stands in the file, unsealed. */
async function backUp(them: Them, person: Person, hasSecret = true): Promise<readonly Frame[]> {
  const pieces: Uint8Array[] = [];
  let from: BackupCursor | null = null;
  for (;;) {
    const piece: Awaited<ReturnType<Person["device"]["backup"]["read"]>> = await them.outcome(
      person.device.backup.read(from, hasSecret),
    );
    if (!piece.ok) throw new Error(piece.error.type);
    pieces.push(piece.value.bytes);
    from = piece.value.next;
    if (from === null) break;
  }
  return framesIn(pieces);
}

async function framesIn(pieces: readonly Uint8Array[]): Promise<readonly Frame[]> {
  async function* content(): AsyncGenerator<Result<Uint8Array, never>> {
    for (const piece of pieces) yield ok(piece);
  }
  const frames: Frame[] = [];
  for await (const frame of framesOf(content())) {
    if (!frame.ok) throw new Error(frame.error.type);
    frames.push(frame.value);
  }
  return frames;
}

async function takeIn(
  them: Them,
  person: Person,
  frames: readonly Frame[],
  secret: Uint8Array | null = null,
): Promise<void> {
  const [first, ...rest] = frames;
  const begun = await them.outcome(person.device.backup.begin(first!, secret));
  if (!begun.ok) throw new Error(begun.error.type);
  for (const frame of rest) {
    const taken = await them.outcome(person.device.backup.take(frame));
    if (!taken.ok) throw new Error(taken.error.type);
  }
}

describe("a wiped browser", () => {
  test("[BU5] [BU6] comes back from a month-old backup: what came later comes from whoever has it", async () => {
    const them = await world(["alice", "bob", "carol", "anew"], { newcomers: ["anew"] });
    const { alice, bob, carol, anew } = them;
    await them.befriend(alice, bob);
    await them.befriend(alice, carol);
    await makeGroup(bob, [alice]);
    await them.pass(10 * SECOND_MS);
    await alice.say(alice, "a note of mine");
    for (let n = 0; n < 40; n += 1) await alice.say(bob, `old ${n}`);
    await bob.say(alice, "to be deleted");
    await tell(alice, "in the group");
    await them.pass(20 * SECOND_MS);
    await alice.read(bob);
    await them.pass(5 * SECOND_MS);
    const frames = await backUp(them, alice);

    await them.night(28 * DAY_MS);
    await them.pass(MINUTE_MS);
    await bob.say(alice, "written later");
    await alice.say(bob, "answered later");
    const doomed = (await bob.entries(alice)).find((it) => it.text === "to be deleted");
    await bob.device.acts.deleteForAll(await bob.chatWith(alice), doomed?.id ?? "");
    await them.pass(20 * SECOND_MS);
    const before = (await alice.views(bob)).map(({ row, view }) => [row.id, view.state]);
    await alice.sleep();

    await takeIn(them, anew, frames);
    expect(await anew.sees(anew)).toEqual(["a note of mine"]);
    expect(await anew.sees(bob)).toContain("old 7");
    await them.pass(2 * MINUTE_MS);
    expect((await anew.views(bob)).map(({ row, view }) => [row.id, view.state])).toEqual(before);
    expect(await anew.unread(bob)).toBeLessThanOrEqual(1);
    expect((await rosterRow(anew)).title).toBe("Hut");
    expect(await members(anew, [anew, bob])).toEqual(await members(bob, [anew, bob]));
    expect(await hears(anew)).toEqual(["in the group"]);
    // No session that was is broken, and new ones carry.
    await anew.say(bob, "from the new one");
    await bob.say(anew, "I hear you");
    await carol.say(anew, "me too");
    await them.pass(20 * SECOND_MS);
    expect((await bob.sees(anew)).at(-2)).toBe("from the new one");
    expect(await anew.sees(carol)).toEqual(["me too"]);
    expect((await bob.rows("sessions")).some((it) => it.isBroken)).toBe(false);
    for (const person of [anew, bob, carol]) expect(person.bugs).toEqual([]);
  });

  test("[BU5] a device of the account that came later has what the file has not", async () => {
    const them = await world(["alice", "bob", "again", "third"], { newcomers: ["again", "third"] });
    const { alice, bob, again, third } = them;
    await them.befriend(alice, bob);
    await bob.say(alice, "heard");
    await them.pass(10 * SECOND_MS);
    const frames = await backUp(them, alice);
    await bob.say(alice, "after the backup");
    await them.pass(10 * SECOND_MS);
    await alice.sleep();
    await takeIn(them, again, frames);
    await them.pass(20 * SECOND_MS);
    expect(await again.sees(bob)).toContain("after the backup");
    await bob.sleep();
    await takeIn(them, third, frames);
    await them.pass(20 * SECOND_MS);
    expect(await third.sees(bob)).toContain("after the backup");
    for (const person of [again, third]) expect(person.bugs).toEqual([]);
  });

  test("[BU7] a file that nobody needs a passphrase for has no secret: the words go with it", async () => {
    const them = await world(["alice", "mallory", "anew"], { newcomers: ["anew"] });
    const { alice, anew } = them;
    await alice.say(alice, "mine");
    const secret = await them.outcome(alice.device.recovery.secret());
    const words = wordsOf(secret.ok ? secret.value! : new Uint8Array(32)).join(" ");
    const frames = await backUp(them, alice, false);
    const begin = async (key: Uint8Array | null) => {
      const begun = await them.outcome(anew.device.backup.begin(frames[0]!, key));
      return begun.ok ? "begun" : begun.error.type;
    };
    expect(await begin(null)).toBe("BackupNeedsWords");
    expect(await begin(new Uint8Array(32).fill(3))).toBe("BackupOtherAccount");
    expect(await anew.rows("meta")).toEqual([]);
    const key = parseWords(words);
    await takeIn(them, anew, frames, key.ok ? key.value : null);
    expect(await anew.sees(anew)).toEqual(["mine"]);
    expect(await anew.account()).toBe(await alice.account());
    expect((await selfOf(anew)).device).not.toBe((await selfOf(alice)).device);
  });
});

test("[BU8] what a file has of a group that its account was removed from since comes back, and nobody is told", async () => {
  const them = await world(["alice", "bob", "carol", "anew"], { newcomers: ["anew"] });
  const { alice, bob, carol, anew, pass } = them;
  await them.befriend(alice, bob);
  await them.befriend(bob, carol);
  await makeGroup(bob, [alice, carol]);
  await pass(10 * SECOND_MS);
  for (const it of [alice, bob, carol]) await tell(it, `${it.name} was there`);
  await pass(20 * SECOND_MS);
  const frames = await backUp(them, alice);
  await remove(bob, alice);
  await pass(20 * SECOND_MS);
  const heard = await hears(alice);
  expect(heard).toHaveLength(3);
  // The capsule names no group that they are out of, and the file is not told so.
  const late = await backUp(them, alice);
  await alice.sleep();
  await takeIn(them, anew, late);
  expect(await hears(anew)).toEqual(heard);
  await takeIn(them, anew, frames);
  await pass(MINUTE_MS);
  expect(await hears(anew)).toEqual(heard);
  expect(await members(anew, [alice, bob, carol])).toEqual(await members(bob, [alice, bob, carol]));
  const c = await groupOf(anew);
  const said = (await anew.rows("outbox")).filter((it) => it.c === c);
  expect(said).toEqual([]);
  expect(anew.bugs).toEqual([]);
});

test("[BU8] what a file has of a group comes back, though its account came again with no history", async () => {
  const them = await world(["alice", "bob", "carol", "anew"], { newcomers: ["anew"] });
  const { alice, bob, carol, anew, pass } = them;
  await them.befriend(alice, bob);
  await them.befriend(bob, carol);
  await makeGroup(bob, [alice, carol], "none");
  await pass(10 * SECOND_MS);
  for (const it of [bob, carol]) {
    await tell(it, `${it.name} was there`);
    await pass(10 * SECOND_MS);
  }
  await alice.device.markRead(await groupOf(alice));
  const frames = await backUp(them, alice);
  await remove(bob, alice);
  await pass(20 * SECOND_MS);
  await add(bob, alice);
  await pass(20 * SECOND_MS);
  await alice.sleep();
  // Others were quicker to say how they stand in it.
  await takeIn(them, anew, frames.slice(0, 1));
  await pass(MINUTE_MS);
  await takeIn(them, anew, frames);
  await pass(MINUTE_MS);
  expect(await hears(anew)).toEqual(["bob was there", "carol was there"]);
  const channels = await anew.rows("channels");
  expect(channels.map((it) => it.unread)).toEqual(channels.map(() => 0));
});

test("[BU8] merging an old backup changes nothing: neither what was read, deleted nor blocked", async () => {
  const them = await world(["alice", "bob", "carol"]);
  const { alice, bob, carol } = them;
  await them.befriend(alice, bob);
  await them.befriend(alice, carol);
  const said = await alice.say(bob, "I regret this");
  await bob.say(alice, "unread");
  await them.pass(20 * SECOND_MS);
  const frames = await backUp(them, alice);
  await alice.read(bob);
  await alice.device.acts.deleteForAll(await alice.chatWith(bob), said);
  await alice.decide(carol, "block");
  await them.pass(20 * SECOND_MS);
  const ids = async () =>
    (await alice.views(bob)).map(({ row, view }) => [row.id, row.text, view.state]);
  const before = await ids();
  const devices = await alice.rows("devices");
  for (let round = 0; round < 2; round += 1) await takeIn(them, alice, frames);
  expect(await ids()).toEqual(before);
  expect(await alice.unread(bob)).toBe(0);
  expect((await alice.contact(carol)).state).toBe("blocked");
  expect((await alice.rows("devices")).map((it) => it.device)).toEqual(
    devices.map((it) => it.device),
  );
  await alice.say(bob, "all is well");
  await them.pass(10 * SECOND_MS);
  expect((await bob.sees(alice)).at(-1)).toBe("all is well");
  // Somebody else's file is refused.
  const theirs = await backUp(them, bob);
  const begun = await alice.device.backup.begin(theirs[0]!, null);
  expect(begun).toEqual({ ok: false, error: { type: "BackupOtherAccount" } });
  await them.atRest();
});

test("[BU6] an import that breaks off anywhere goes on from there", async () => {
  const them = await world(["alice", "bob", "anew"], { newcomers: ["anew"] });
  const { alice, bob, anew } = them;
  await them.befriend(alice, bob);
  for (let n = 0; n < 900; n += 1) await alice.say(alice, `note ${n} ${"x".repeat(500)}`);
  await alice.say(bob, "hello");
  await them.pass(30 * SECOND_MS);
  const frames = await backUp(them, alice);
  expect(frames.length).toBeGreaterThan(9);
  await alice.sleep();
  for (const end of [1, 4, 7, frames.length]) {
    await takeIn(them, anew, frames.slice(0, end));
    anew.crash();
    await anew.wake();
  }
  expect(await anew.sees(anew)).toHaveLength(900);
  await them.pass(MINUTE_MS);
  expect(await anew.sees(bob)).toEqual(["hello"]);
  expect(anew.bugs).toEqual([]);
});

test("[BU3] [BU4] a backup holds no ratchet, chain, prekey or token of its own mailbox but in cards", async () => {
  const them = await world(["alice", "bob"]);
  const { alice, bob } = them;
  await them.befriend(alice, bob);
  await alice.say(bob, "hello");
  await them.pass(10 * SECOND_MS);
  const frames = await backUp(them, alice, false);
  const file = Buffer.concat(frames.map((it) => Buffer.from(it.bytes))).toString("latin1");
  const self = await selfOf(alice);
  const [chain] = await alice.rows("ownChains");
  const [peer] = await alice.rows("peerChains");
  const [mailbox] = await alice.rows("mailboxes");
  const secrets: Record<string, Uint8Array> = {
    "device key": self.keys.sigSecret.subarray(0, 32),
    "agreement key": self.keys.dhSecret,
    "recovery secret": self.recoverySecret!,
    "own chain": chain!.state.chainKey,
    "peer chain": peer!.state.headerKey,
    mailbox: mailbox!.seed,
  };
  const found = Object.keys(secrets).filter((name) =>
    file.includes(Buffer.from(secrets[name]!).toString("latin1")),
  );
  expect(found).toEqual([]);
});

test("[BU9] a file that knows more of our own log than we do leaves no hole in it", async () => {
  const them = await world(["alice", "bob"]);
  const { alice, bob } = them;
  await them.befriend(alice, bob);
  await alice.say(bob, "one");
  await them.pass(10 * SECOND_MS);
  await alice.sleep();
  const putBack = alice.backUp();
  await alice.wake();
  for (const text of ["two", "three", "four"]) await alice.say(bob, text);
  await them.pass(10 * SECOND_MS);
  const frames = await backUp(them, alice);
  await alice.sleep();
  putBack();
  alice.disconnect();
  await alice.wake();
  await takeIn(them, alice, frames);
  await them.pass(5 * SECOND_MS);
  await alice.say(bob, "five");
  alice.reconnect();
  await them.pass(5 * MINUTE_MS);
  const all = ["one", "two", "three", "four", "five"];
  expect((await bob.sees(alice)).toSorted()).toEqual(all.toSorted());
  expect((await alice.sees(bob)).toSorted()).toEqual(all.toSorted());
  expect([...alice.bugs, ...bob.bugs]).toEqual([]);
});

test("[BU10] what was read is believed of frames that a device of ours signed, without one of what is new alone", async () => {
  const them = await world(["alice", "bob"]);
  const { alice, bob } = them;
  await them.befriend(alice, bob);
  await bob.say(alice, "read");
  await them.pass(10 * SECOND_MS);
  await alice.read(bob);
  await bob.say(alice, "not read");
  await them.pass(10 * SECOND_MS);
  const c = await alice.chatWith(bob);
  const unread = async (): Promise<number | undefined> =>
    (await alice.rows("channels")).find((it) => it.c === c)?.unread;
  expect(await unread()).toBe(1);
  const [first, ...frames] = await backUp(them, alice);
  if (first === undefined) throw new Error("a first frame");
  /** The file, whose writer says that all was read. */
  const forged = frames.map((it) => {
    const payload = it.type === FRAME.payload ? decodePayload("session", it.bytes) : undefined;
    if (payload?.ok !== true || payload.value.type !== "chunk") return it;
    const chunk = payload.value.body;
    const read = chunk.read.map(({ log }) => ({ log, known: { floor: 9, ranges: [] } }));
    return { ...it, bytes: encodePayload("chunk", { ...chunk, read }) };
  });
  expect(forged).not.toEqual(frames);
  const unsigned = forged.filter((it) => it.type !== FRAME.voucher);
  expect(unsigned.length).toBeLessThan(forged.length);
  for (const file of [forged, unsigned]) {
    await takeIn(them, alice, [first, ...file]);
    expect(await unread()).toBe(1);
  }
  // What the person read since is in a file of theirs.
  await alice.read(bob);
  const later = await backUp(them, alice);
  await alice.change(async (tx) => {
    const log = (await tx.range("logs", "primary", {})).find((it) => it.c === c && !it.own);
    if (log !== undefined) await tx.put("logs", { ...log, read: { floor: 2, ranges: [] } });
  });
  const readOf = async (): Promise<number | undefined> =>
    (await alice.rows("logs")).find((it) => it.c === c && !it.own)?.read.floor;
  await takeIn(
    them,
    alice,
    later.filter((it) => it.type !== FRAME.voucher),
  );
  expect(await readOf()).toBe(2);
  await takeIn(them, alice, later);
  expect(await readOf()).toBe(3);
  expect(alice.bugs).toEqual([]);
});
