import { expect, test } from "vitest";

import { fromBase64url, toBase64url } from "../../crypto/base/base64url.ts";
import { toHex } from "../../crypto/base/hex.ts";
import { decodeCapsule } from "../../crypto/recovery/capsule-content.ts";
import { capsuleKeysOf, openCapsule } from "../../crypto/recovery/capsule.ts";
import { parseWords, wordsOf } from "../../crypto/recovery/words.ts";
import type { Restored } from "../../sync/recovery/recovery.ts";
import { accountOf } from "../../sync/recovery/restored.ts";
import { PATHS } from "../../sync/wire/http.ts";
import { selfOf } from "./forge.ts";
import { hears, makeGroup, members, rosterRow, tell } from "./group-talk.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import {
  DAY_MS,
  HOME_URL,
  HOUR_MS,
  MINUTE_MS,
  OTHER_URL,
  SECOND_MS,
  type World,
  world,
} from "./world.ts";

/** What stands on the paper. */
async function writeDown(them: World<never>, person: Person): Promise<string> {
  const secret = await them.outcome(person.device.recovery.secret());
  if (!secret.ok || secret.value === null) throw new Error("no words");
  await them.pass(5 * SECOND_MS);
  return wordsOf(secret.value).join(" ");
}

const secretOf = (words: string): Uint8Array => {
  const secret = parseWords(words);
  if (!secret.ok) throw new Error(secret.error.type);
  return secret.value;
};

async function restore(them: World<never>, person: Person, words: string): Promise<Restored> {
  const done = await them.outcome(person.device.recovery.restore(secretOf(words), null));
  if (!done.ok) throw new Error(done.error.type);
  return done.value;
}

test("[RV7] [RV8] [HY8] [HY19] [HY20] a wiped browser is restored by words, and the contact brings the messages back", async () => {
  const them = await world(["alice", "bob", "anew"], { newcomers: ["anew"] });
  const { alice, bob, anew } = them;
  await them.befriend(alice, bob);
  for (const text of ["one", "two", "three"]) {
    await alice.say(bob, text);
    await bob.say(alice, `${text} indeed`);
    await them.pass(5 * SECOND_MS);
  }
  await alice.read(bob);
  await them.pass(5 * SECOND_MS);
  const before = await alice.sees(bob);
  const words = await writeDown(them, alice);
  const account = await alice.account();
  // Their browser forgets everything.
  await alice.sleep();
  const restored = await restore(them, anew, words);
  expect(restored).toMatchObject({ account, name: "alice", contacts: 1, groups: 0 });
  await them.pass(20 * SECOND_MS);
  expect(await anew.account()).toBe(account);
  expect(await anew.sees(bob)).toEqual(before);
  expect(await anew.unread(bob)).toBe(0);
  await anew.say(bob, "I am back");
  await bob.say(anew, "so I see");
  await them.pass(10 * SECOND_MS);
  expect((await bob.sees(anew)).slice(-2)).toEqual(["I am back", "so I see"]);
  expect((await anew.sees(bob)).slice(-2)).toEqual(["I am back", "so I see"]);
  expect(await bob.entries(anew)).toHaveLength(before.length + 2);
  // To Bob nothing is new but a device.
  expect((await bob.others()).map((it) => it.account)).toEqual([account]);
  expect((await bob.contact(anew)).live).toHaveLength(2);
  expect([...anew.bugs, ...bob.bugs]).toEqual([]);
});

test("[RV3] [RV4] once the words are written down, no device keeps them, and the capsule is renewed all the same", async () => {
  const them = await world(["phone", "laptop", "bob"]);
  const { phone, laptop, bob } = them;
  await linked(phone, laptop);
  await them.pass(10 * SECOND_MS);
  const words = await writeDown(them, phone);
  expect((await them.outcome(phone.device.recovery.confirm())).ok).toBe(true);
  await them.pass(10 * SECOND_MS);
  for (const person of [phone, laptop]) {
    expect((await selfOf(person)).recoverySecret).toBeNull();
    expect(await them.outcome(person.device.recovery.secret())).toEqual({ ok: true, value: null });
    expect(JSON.stringify(await person.rows("meta"))).not.toContain(
      JSON.stringify([...secretOf(words)]).slice(1, -1),
    );
  }
  const keysOf = async (it: Person) =>
    (await it.rows("meta")).find((row) => row.k === "backupKey")?.v;
  expect(await keysOf(laptop)).toEqual(await keysOf(phone));
  await them.befriend(phone, bob);
  await them.pass(MINUTE_MS);
  expect(capsuleKeysOf(secretOf(words))).toEqual((await selfOf(phone)).capsule);
  // Which device had it forgotten is known where it was not this one.
  const by = async (it: Person) =>
    (await it.rows("meta")).find((row) => row.k === "wordsKeptBy")?.v;
  expect(await by(phone)).toBeUndefined();
  expect(await by(laptop)).toMatchObject({ device: (await selfOf(phone)).device });
  // Saying it again changes nothing.
  expect((await them.outcome(phone.device.recovery.confirm())).ok).toBe(true);
});

test("[RV5] the capsule follows contacts, survives a relay that loses everything, and is renewed every week", async () => {
  const them = await world(["alice", "bob", "carol"]);
  const { alice, bob, carol } = them;
  const put = async (): Promise<{ counter: number; atMs: number }> =>
    (await alice.rows("meta")).find((it) => it.k === "capsule")?.v as never;
  await them.pass(30 * SECOND_MS);
  const first = await put();
  await them.befriend(alice, bob);
  await them.pass(MINUTE_MS);
  const second = await put();
  expect(second.counter).toBeGreaterThan(first.counter);
  // Talking is no reason to write it again.
  for (let n = 0; n < 60; n += 1) await alice.say(bob, `${n}`);
  await them.pass(2 * HOUR_MS);
  expect((await put()).counter).toBe(second.counter);
  them.killRelay(them.relay, { forgets: true });
  them.relay.start();
  await them.pass(10 * MINUTE_MS);
  const third = await put();
  expect(third.counter).toBeGreaterThan(second.counter);
  await them.night(8 * DAY_MS);
  await them.pass(MINUTE_MS);
  expect((await put()).atMs - third.atMs).toBeGreaterThanOrEqual(7 * DAY_MS);
  await them.befriend(alice, carol);
  await them.atRest(MINUTE_MS);
});

test("[RV1] the lost device has its name on the one that comes after it, and may be given another", async () => {
  const them = await world(["alice", "anew"], { newcomers: ["anew"] });
  const { alice, anew } = them;
  const { device } = await selfOf(alice);
  expect((await them.outcome(alice.device.devices.introduce("Alice's phone"))).ok).toBe(true);
  await them.pass(MINUTE_MS);
  const words = await writeDown(them, alice);
  await alice.sleep();
  await restore(them, anew, words);
  const names = async (): Promise<unknown> =>
    (await anew.rows("meta")).find(({ k }) => k === "deviceNames")?.v;
  expect(await names()).toMatchObject({ [device]: { name: "Alice's phone" } });
  expect((await them.outcome(anew.device.devices.rename(device, "The lost one"))).ok).toBe(true);
  await them.pass(10 * SECOND_MS);
  expect(await names()).toMatchObject({ [device]: { name: "The lost one" } });
  // What names it still says of itself is older.
  await alice.wake();
  await them.pass(MINUTE_MS);
  expect(await names()).toMatchObject({ [device]: { name: "The lost one" } });
  expect([...alice.bugs, ...anew.bugs]).toEqual([]);
});

test("[RV10] what cannot be restored says why, and nothing is written", async () => {
  const them = await world(["alice", "anew"], { newcomers: ["anew"] });
  const { alice, anew } = them;
  await them.pass(30 * SECOND_MS);
  const words = await writeDown(them, alice);
  const restoring = async (text: string, url: string | null) => {
    const done = await them.outcome(anew.device.recovery.restore(secretOf(text), url));
    return done.ok ? "restored" : done.error.type;
  };
  const strange = wordsOf(new Uint8Array(32).fill(9)).join(" ");
  expect(await restoring(strange, null)).toBe("CapsuleNotFound");
  expect(await restoring(words, OTHER_URL)).toBe("CapsuleNotFound");
  expect(await restoring(words, "ftp://relay.example")).toBe("RelayUrlMalformed");
  expect(await restoring(words, "https://10.0.0.1")).toBe("RelayUrlMalformed");
  them.relay.kill();
  expect(await restoring(words, null)).toBe("RelayUnreachable");
  them.relay.start();
  them.relay.between = async (request, relay) => {
    const answer = await relay(request);
    if (!request.url.includes("/v1/capsules/") || request.method !== "GET") return answer;
    const body = (await answer.json()) as { capsule: string };
    const capsule = `${body.capsule.slice(0, 3_000)}AAAA${body.capsule.slice(3_004)}`;
    return Response.json({ ...body, capsule });
  };
  expect(await restoring(words, null)).toBe("CapsuleForged");
  them.relay.between = (request, relay) => relay(request);
  expect(await anew.rows("meta")).toEqual([]);
  expect(await restoring(words, HOME_URL)).toBe("restored");
  expect(await restoring(words, null)).toBe("AlreadyStarted");
  expect(toHex((await selfOf(anew)).accountKey)).toBe(toHex((await selfOf(alice)).accountKey));
});

test("[RV11] [OD23] restored ten times, the account goes on with its ten newest devices, and all that was written", async () => {
  const names = Array.from({ length: 11 }, (_, n) => `device${n}`);
  const them = await world(["bob", ...names], { newcomers: names.slice(1) });
  const first = them.everybody[1]!;
  const bob = them.everybody[0]!;
  await them.befriend(first, bob);
  await first.say(bob, "from the first");
  await them.pass(MINUTE_MS);
  const words = await writeDown(them, first);
  let last = first;
  for (const person of them.everybody.slice(2)) {
    await last.sleep();
    await restore(them, person, words);
    last = person;
    await them.pass(MINUTE_MS);
  }
  const { device } = await selfOf(last);
  const own = (await last.rows("contacts")).find((it) => it.state === "self");
  expect(own?.live).toHaveLength(10);
  expect(own?.live).toContain(device);
  expect(own?.live).not.toContain((await selfOf(first)).device);
  await last.say(bob, "still me");
  await them.pass(10 * SECOND_MS);
  // The device that made room was put out before anybody told what it had written ([OD23]).
  await them.pass(2 * MINUTE_MS);
  for (const [one, other] of [
    [bob, last],
    [last, bob],
  ] as const) {
    expect(await one.sees(other)).toEqual(["from the first", "still me"]);
  }
  expect([...last.bugs, ...bob.bugs]).toEqual([]);
});

test("[RV9] groups come back with whom they have: their members tell the rest", async () => {
  const them = await world(["alice", "bob", "carol", "anew"], { newcomers: ["anew"] });
  const { alice, bob, carol, anew } = them;
  await them.befriend(alice, bob);
  await them.befriend(bob, carol);
  await makeGroup(bob, [alice, carol]);
  await them.pass(20 * SECOND_MS);
  await tell(alice, "before");
  await tell(carol, "before too");
  await them.pass(30 * SECOND_MS);
  // Without anybody asking for it, the capsule has heard of the group.
  const secret = (await selfOf(alice)).recoverySecret;
  const words = wordsOf(secret ?? new Uint8Array(32)).join(" ");
  await alice.sleep();
  expect(await restore(them, anew, words)).toMatchObject({ groups: 1 });
  expect((await rosterRow(anew)).title).toBe("Hut");
  await them.pass(2 * MINUTE_MS);
  const people = [anew, bob, carol];
  expect(await members(anew, people)).toEqual(await members(bob, people));
  await tell(anew, "after");
  await tell(carol, "after too");
  await them.pass(30 * SECOND_MS);
  for (const person of people) {
    const heard = await hears(person);
    expect(heard).toContain("after");
    expect(heard).toContain("after too");
    expect(person.bugs).toEqual([]);
  }
});

test("[RV1] [RV2] [RV6] two devices keep one capsule, which says whom they know and nothing that was written", async () => {
  const them = await world(["phone", "laptop", "bob", "carol"]);
  const { phone, laptop, bob, carol } = them;
  await linked(phone, laptop);
  await them.befriend(phone, bob);
  await them.befriend(laptop, carol);
  await phone.say(bob, "a secret between us");
  await laptop.decide(carol, "block");
  await them.pass(5 * SECOND_MS);
  const words = await writeDown(them, laptop);
  await writeDown(them, phone);
  const secret = secretOf(words);
  const answer = await them.relay.door!.fetch(
    new Request(HOME_URL + PATHS.capsule(toBase64url(capsuleKeysOf(secret).place))),
  );
  const held = (await answer.json()) as { capsule: string; counter: number };
  const sealed = fromBase64url(held.capsule);
  const opened = openCapsule(secret, sealed.ok ? sealed.value : new Uint8Array(0));
  const bytes = opened.ok ? opened.value : new Uint8Array(0);
  const content = decodeCapsule(accountOf(secret), bytes);
  if (!content.ok) throw new Error(content.error.type);
  const { counter, contacts, self, relays } = content.value;
  expect(counter).toBe(held.counter);
  expect(counter).toBeGreaterThan(1);
  expect(relays.map((it) => it.url)).toEqual([HOME_URL]);
  expect(self.devices).toHaveLength(2);
  expect(contacts.map(({ introduction: it }) => [it.name, it.cards.length])).toEqual([
    ["bob", 1],
    ["carol", 0],
  ]);
  expect(Buffer.from(bytes).includes("a secret between us")).toBe(false);
  await them.pass(MINUTE_MS);
  const puts = await Promise.all(
    [phone, laptop].map(
      async (it) => (await it.rows("meta")).find((row) => row.k === "capsule")?.v,
    ),
  );
  const counters = puts.map((it) => (it as { counter: number }).counter);
  expect(new Set(counters).size).toBe(2);
});

test("[SV1] [SV2] both see the same safety number, a scanned code agrees, and all devices know it was compared", async () => {
  const them = await world(["alice", "laptop", "bob", "carol"]);
  const { alice, laptop, bob, carol } = them;
  await linked(alice, laptop);
  await them.befriend(alice, bob);
  await them.befriend(alice, carol);
  const numberOf = async (who: Person, other: Person) => {
    const shown = await them.outcome(who.device.safety.numberWith(await other.account()));
    if (!shown.ok) throw new Error(shown.error.type);
    return shown.value;
  };
  const [ours, theirs] = [await numberOf(laptop, bob), await numberOf(bob, alice)];
  expect(ours.digits).toBe(theirs.digits);
  expect((await numberOf(alice, carol)).digits).not.toBe(ours.digits);
  const scan = async (account: Person, code: Uint8Array) =>
    await them.outcome(alice.device.safety.matches(await account.account(), code));
  expect(await scan(bob, theirs.code)).toEqual({ ok: true, value: true });
  expect(await scan(carol, theirs.code)).toEqual({ ok: true, value: false });
  const malformed = { ok: false, error: { type: "SafetyCodeMalformed" } };
  expect(await scan(bob, theirs.code.slice(1))).toEqual(malformed);
  const unknown = { ok: false, error: { type: "ContactUnknown" } };
  expect(await scan(alice, theirs.code)).toEqual(unknown);
  expect((await alice.device.chats.verify(await alice.chatWith(bob), true)).ok).toBe(true);
  await them.pass(20 * SECOND_MS);
  for (const person of [alice, laptop]) {
    const marks = await person.rows("chatMarks");
    expect(marks.map((it) => it.marks.verified?.value)).toEqual([true]);
  }
});

test("[RV12] without a capsule it is the same account, and a contact who is met again brings the chat", async () => {
  const them = await world(["alice", "bob", "anew"], { newcomers: ["anew"] });
  const { alice, bob, anew } = them;
  await them.befriend(alice, bob);
  await alice.say(bob, "one");
  await bob.say(alice, "two");
  await them.pass(10 * SECOND_MS);
  const words = await writeDown(them, alice);
  await alice.sleep();
  them.killRelay(them.relay, { forgets: true });
  them.relay.start();
  await them.pass(MINUTE_MS);
  const secret = secretOf(words);
  const found = await them.outcome(anew.device.recovery.restore(secret, null));
  expect(found).toEqual({ ok: false, error: { type: "CapsuleNotFound" } });
  const unnamed = await them.outcome(anew.device.recovery.restoreEmpty(secret, " "));
  expect(unnamed).toEqual({ ok: false, error: { type: "NameEmpty" } });
  const done = await them.outcome(anew.device.recovery.restoreEmpty(secret, "alice"));
  expect(done).toMatchObject({ ok: true, value: { account: await alice.account(), contacts: 0 } });
  await anew.accept(await bob.invite());
  await them.pass(MINUTE_MS);
  expect(await bob.others()).toHaveLength(1);
  // What the device before wrote counts: Bob knows that it is one of ours.
  const counts = (await anew.rows("entries")).map((it) => it.counts);
  expect(counts.filter((it) => it !== undefined)).toEqual([]);
  await bob.say(anew, "three");
  await anew.say(bob, "four");
  await them.pass(MINUTE_MS);
  expect((await bob.sees(anew)).toSorted()).toEqual(["four", "one", "three", "two"]);
  expect((await anew.sees(bob)).toSorted()).toEqual(["four", "one", "three", "two"]);
  expect([...anew.bugs, ...bob.bugs]).toEqual([]);
});

test("[RV13] a relay that wants invitations lets in who restores an account that was at home there", async () => {
  const them = await world(["alice", "bob", "anew"], { newcomers: ["anew"] });
  const { alice, bob, anew, relay } = them;
  await them.befriend(alice, bob);
  const words = await writeDown(them, alice);
  await alice.sleep();
  relay.registration = "invite";
  them.killRelay(relay);
  relay.start();
  await restore(them, anew, words);
  await them.pass(30 * SECOND_MS);
  expect(anew.status?.connection.type).toBe("connected");
  await anew.say(bob, "I am back");
  await them.pass(10 * SECOND_MS);
  expect(await bob.sees(anew)).toContain("I am back");
});

test("[RV13] a relay of an earlier version, which knows no capsules there, wants an invitation and says so", async () => {
  const them = await world(["alice", "anew"], { newcomers: ["anew"] });
  const { alice, anew, relay } = them;
  const words = await writeDown(them, alice);
  await alice.sleep();
  relay.registration = "invite";
  them.killRelay(relay);
  relay.start();
  relay.between = async (request, to) => {
    const isAsking = request.method === "POST" && request.url.endsWith(PATHS.mailboxes);
    const isNew = isAsking && (await request.clone().text()).includes("capsule");
    return isNew ? Response.json({ type: "BodyMalformed" }, { status: 400 }) : to(request);
  };
  await restore(them, anew, words);
  await them.pass(30 * SECOND_MS);
  expect(anew.status?.connection).toMatchObject({ type: "offline", why: "notAdmitted" });
});
