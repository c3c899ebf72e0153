/** Members, former members and strangers with a link who keep to no protocol: what they cannot do. */
import { expect, test } from "vitest";

import { toHex } from "../../crypto/base/hex.ts";
import { accountIdOf, accountKeysOf } from "../../crypto/identity/account.ts";
import { certifyDevice } from "../../crypto/identity/certificate.ts";
import { makeDevice } from "../../crypto/identity/device.ts";
import { encodeCapsule } from "../../crypto/recovery/capsule-content.ts";
import { ACCOUNT_FRAME, FRAME } from "../../sync/backup/format.ts";
import { encodeShaped } from "../../sync/cbor-shape.ts";
import { bytesOf, openChannel } from "../../sync/channel/channels.ts";
import { introductionOf, ownCard, ownContact } from "../../sync/contact/contacts.ts";
import { AT_DOORS_MAX } from "../../sync/contact/meet.ts";
import { encodeBody, encodeLogOpen } from "../../sync/entry/bodies.ts";
import { INCARNATION_BYTES, logIdOf, signEntry } from "../../sync/entry/entry.ts";
import { KINDS } from "../../sync/entry/kinds.ts";
import { LINK_ENTRIES_MAX } from "../../sync/group/links.ts";
import { rosterRowOf } from "../../sync/group/rosters.ts";
import { LINK_ENTRIES_OF_ACCOUNT_MAX, METAS_OF_ACCOUNT_MAX } from "../../sync/group/words.ts";
import { ENTRIES_MAX } from "../../sync/payload/limits.ts";
import { encodePayload } from "../../sync/payload/payload.ts";
import { capsuleContentOf } from "../../sync/recovery/content.ts";
import { overSession, selfOf } from "./forge.ts";
import { add, groupOf, makeGroup, remove, rosterRow, tell } from "./group-talk.ts";
import { entriesOf, type Word } from "./hostile-entries.ts";
import { deviceOf, three } from "./three-devices.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS, world } from "./world.ts";

const times = (count: number, word: Word): readonly Word[] =>
  Array.from({ length: count }, () => word);

/** The first entry of a log that somebody opens who was never heard of. */
function strangersLog(channel: Uint8Array, n: number): Uint8Array {
  const account = accountKeysOf(new Uint8Array(32).fill(n));
  const device = makeDevice((length) => new Uint8Array(length).fill(n));
  const request = { accountKey: account.publicKey, issuer: null, device, capabilities: 0 };
  const certificate = certifyDevice({ ...request, createdAtMs: 1 }, account.secretKey);
  const incarnation = new Uint8Array(INCARNATION_BYTES).fill(n);
  const body = encodeLogOpen({
    accountKey: account.publicKey,
    certificates: [certificate],
    incarnation,
  });
  const log = logIdOf(device.sigKey, channel, incarnation);
  const draft = { channel, log, seq: 1, prev: null, hlc: 5_000, kind: 15, deps: [], auth: [] };
  return signEntry({ ...draft, floor: 0, expire: null }, body, new Uint8Array(16), device.sigSecret)
    .bytes;
}

test("[GP12] who was removed is not told who came since, however they ask", async () => {
  const w = await world(["alice", "bob", "carol", "dave"]);
  const { alice, bob, carol, dave, pass } = w;
  for (const it of [bob, carol, dave]) await w.befriend(alice, it);
  await makeGroup(alice, [bob, carol]);
  await pass(20 * SECOND_MS);
  await tell(bob, "here");
  await pass(20 * SECOND_MS);
  bob.disconnect();
  await remove(alice, bob);
  await pass(20 * SECOND_MS);
  await add(alice, dave);
  await pass(20 * SECOND_MS);
  await w.relay.lose(bytesOf((await bob.rows("mailboxes"))[0]?.mailbox ?? ""));
  await tell(bob, "still there");
  bob.reconnect();
  await pass(5 * MINUTE_MS);
  const members = (await rosterRow(bob)).members.map((it) => it.account);
  expect(members).toEqual([await alice.account(), await carol.account()]);
  const known = (await bob.others()).map((it) => it.account);
  expect(known).not.toContain(await dave.account());
  expect(bob.bugs).toEqual([]);
});

test("[GL4] a link is taken back, whatever a member who is no admin says of links", async () => {
  const w = await world(["alice", "mallory"]);
  const { alice, mallory, pass } = w;
  await w.befriend(alice, mallory);
  await makeGroup(alice, [mallory]);
  await pass(20 * SECOND_MS);
  await tell(mallory, "hello");
  await pass(20 * SECOND_MS);
  const terms = { uses: null, expiresInMs: 60 * MINUTE_MS, approval: false };
  const c = await groupOf(alice);
  expect(await alice.outcome(alice.device.groups.makeLink(c, terms))).toMatchObject({ ok: true });
  const [link] = (await rosterRow(alice)).links ?? [];
  const nonsense = { kind: 9, body: new Uint8Array(8) };
  const flood = await entriesOf(mallory, times(LINK_ENTRIES_MAX, nonsense));
  for (let at = 0; at < flood.length; at += ENTRIES_MAX) {
    const entries = flood.slice(at, at + ENTRIES_MAX);
    await overSession(mallory, alice, [[encodePayload("entries", { entries })]]);
    await pass(2 * SECOND_MS);
  }
  const held = (await alice.rows("entries")).filter((it) => it.c === c && it.kind === 9);
  expect(held.length).toBeGreaterThan(LINK_ENTRIES_MAX);
  expect(await alice.device.groups.withdrawLink(c, link?.tag ?? "")).toEqual({ ok: true });
  expect((await rosterRow(alice)).links).toMatchObject([{ tag: link?.tag, over: "withdrawn" }]);
  expect(alice.bugs).toEqual([]);
});

test("[GP17] [GL4] what a hostile admin said leaves room for words once they were removed", async () => {
  const w = await world(["alice", "mallory"]);
  const { alice, mallory, pass } = w;
  await w.befriend(alice, mallory);
  await makeGroup(alice, []);
  await add(alice, mallory, "admin");
  await pass(20 * SECOND_MS);
  await tell(mallory, "hello");
  await pass(20 * SECOND_MS);
  const withdrawn = encodeBody("link", { tag: new Uint8Array(16), made: null, refused: null });
  const called = { topic: null, picture: null, history: null, timer: null };
  const renamed = encodeBody("meta", { title: "Mallory's", ...called });
  const flood = await entriesOf(mallory, [
    ...times(METAS_OF_ACCOUNT_MAX + 9, { kind: KINDS.meta.number, body: renamed }),
    ...times(LINK_ENTRIES_MAX, { kind: KINDS.link.number, body: withdrawn }),
  ]);
  for (let at = 0; at < flood.length; at += ENTRIES_MAX) {
    const entries = flood.slice(at, at + ENTRIES_MAX);
    await overSession(mallory, alice, [[encodePayload("entries", { entries })]]);
    await pass(2 * SECOND_MS);
  }
  const c = await groupOf(alice);
  const { metas, linkEntries, title } = await rosterRow(alice);
  expect(title).toBe("Mallory's");
  expect(metas).toHaveLength(METAS_OF_ACCOUNT_MAX);
  // What goes is what they said first.
  expect(metas.map(([, seq]) => seq)).toContain(METAS_OF_ACCOUNT_MAX + 9);
  expect(linkEntries).toHaveLength(LINK_ENTRIES_OF_ACCOUNT_MAX);
  await remove(alice, mallory);
  const terms = { uses: null, expiresInMs: 60 * MINUTE_MS, approval: false };
  expect(await alice.outcome(alice.device.groups.makeLink(c, terms))).toMatchObject({ ok: true });
  expect(await alice.device.groups.describe(c, { title: "Ours" })).toMatchObject({ ok: true });
  await pass(10 * SECOND_MS);
  expect(await rosterRow(alice)).toMatchObject({
    title: "Ours",
    links: [{ by: await alice.account() }],
  });
});

test("[GP17] [GP9] what a group is called is not forgotten for all that is said of other things", async () => {
  const { alice, bob, befriend, pass } = await world(["alice", "bob"]);
  await befriend(alice, bob);
  await makeGroup(alice, []);
  const c = await groupOf(alice);
  const { groups } = alice.device;
  expect(await groups.describe(c, { title: "The old hut", history: "week" })).toEqual({ ok: true });
  for (let n = 0; n <= METAS_OF_ACCOUNT_MAX; n += 1) {
    expect(await groups.describe(c, { topic: `day ${n}` })).toEqual({ ok: true });
  }
  const held = { title: "The old hut", topic: `day ${METAS_OF_ACCOUNT_MAX}`, history: "week" };
  expect(await rosterRow(alice)).toMatchObject(held);
  expect((await rosterRow(alice)).metas).toHaveLength(METAS_OF_ACCOUNT_MAX);
  await add(alice, bob);
  await pass(20 * SECOND_MS);
  expect(await rosterRow(bob)).toMatchObject(held);
});

test("[GP17] what a removed admin said in time counts, however much they said too late", async () => {
  const w = await world(["alice", "bob", "mallory"]);
  const { alice, bob, mallory, pass } = w;
  for (const it of [bob, mallory]) await w.befriend(alice, it);
  await w.befriend(bob, mallory);
  await makeGroup(alice, [bob]);
  await add(alice, mallory, "admin");
  await pass(20 * SECOND_MS);
  const c = await groupOf(mallory);
  const { groups } = mallory.device;
  expect(await groups.describe(c, { title: "Mallory's" })).toEqual({ ok: true });
  await pass(20 * SECOND_MS);
  expect((await rosterRow(alice)).title).toBe("Mallory's");
  alice.disconnect();
  const called = { topic: null, picture: null, history: null, timer: null };
  const body = encodeBody("meta", { title: "Nobody's", ...called });
  const word = { kind: KINDS.meta.number, body };
  const flood = await entriesOf(mallory, times(METAS_OF_ACCOUNT_MAX + 9, word));
  for (let at = 0; at < flood.length; at += ENTRIES_MAX) {
    const entries = flood.slice(at, at + ENTRIES_MAX);
    await overSession(mallory, bob, [[encodePayload("entries", { entries })]]);
    await pass(2 * SECOND_MS);
  }
  expect((await rosterRow(bob)).title).toBe("Nobody's");
  await remove(alice, mallory);
  alice.reconnect();
  await pass(MINUTE_MS);
  expect((await rosterRow(alice)).title).toBe("Mallory's");
  expect((await rosterRow(bob)).title).toBe("Mallory's");
});

test("[RV1] a capsule can be made, however many strangers there are and whatever they are called", async () => {
  const { alice, nowMs } = await world(["alice"]);
  const self = await selfOf(alice);
  const name = String.fromCodePoint(0x1_f600).repeat(64);
  const encoded = await alice.change(async (tx) => {
    const own = await ownContact(tx, self);
    const strangers = Array.from({ length: 2_000 }, (_, n) => {
      const secret = new Uint8Array(32).fill(n & 255).fill(n >> 8, 16);
      const accountKey = accountKeysOf(secret).publicKey;
      const account = toHex(accountIdOf(accountKey));
      return { ...own, account, accountKey, name, state: "member", facts: [], live: [] } as const;
    });
    await tx.putAll("contacts", strangers);
    const chat = await openChannel(tx, self, self.account);
    // Eight others in each, so that all are named by one.
    const membersOf = (n: number) =>
      [own, ...strangers.slice((8 * n) % 2_000).slice(0, 8)].map(
        ({ account }) => ({ account, role: "member", floor: 0, by: account }) as const,
      );
    const numbers = Array.from({ length: 700 }, (_, n) => 1_000 + n);
    const idOf = (c: number): string => c.toString(16).padStart(32, "0");
    await tx.putAll(
      "channels",
      numbers.map((c) => ({ ...chat, c, id: idOf(c), kind: "group", account: "" }) as const),
    );
    const roster = await rosterRowOf(tx, 0);
    const title = "t".repeat(192);
    await tx.putAll(
      "rosters",
      numbers.map((c, n) => ({ ...roster, c, members: membersOf(n), title })),
    );
    const random = (length: number): Uint8Array => new Uint8Array(length).fill(3);
    const content = await capsuleContentOf(
      tx,
      self,
      { nowMs: nowMs(), random, effects: { upkeep: () => undefined } },
      1,
    );
    expect(content.contacts.length).toBeGreaterThan(250);
    expect(content.channels.length).toBeGreaterThan(150);
    return encodeCapsule(content, self.keys.sigSecret);
  });
  expect(encoded).toMatchObject({ ok: true });
});

test("[OD11] a removed device changes nothing of what its person is called", async () => {
  const them = await three();
  const { phone, laptop, bob, relay, pass, outcome } = them;
  // It is stolen, and hears nothing of its removal.
  laptop.disconnect();
  const revoked = await outcome(phone.device.devices.revoke(await deviceOf(laptop), []));
  expect(revoked).toMatchObject({ ok: true });
  await pass(20 * SECOND_MS);
  const self = await selfOf(laptop);
  const contact = await laptop.change(async (tx) => {
    const cards = [
      await ownCard(tx, { self, nowMs: 0, effects: { upkeep: () => undefined } }, null),
    ];
    const introduction = { ...(await introductionOf(tx, self, cards)), name: "a thief" };
    return { ...introduction, presenceKey: new Uint8Array(32).fill(9) };
  });
  const [row] = await laptop.rows("mailboxes");
  await relay.lose(bytesOf(row?.mailbox ?? ""));
  await overSession(laptop, bob, [[encodePayload("contact", contact)]]);
  laptop.reconnect();
  await pass(20 * SECOND_MS);
  expect(bob.dropped).toContain("device out");
  const known = await bob.contact(phone);
  expect(known).toMatchObject({ name: "phone", live: [await deviceOf(phone)] });
  expect(known.presenceIn).not.toEqual(new Uint8Array(32).fill(9));
});

test("[GL13] who has a link cannot make an admin's device know people without end", async () => {
  const w = await world(["alice", "bob", "carol", "dave"]);
  const { alice, bob, carol, dave, befriend, pass, nowMs } = w;
  await befriend(alice, bob);
  await makeGroup(alice, [bob]);
  await pass(20 * SECOND_MS);
  const terms = { uses: null, expiresInMs: 60 * MINUTE_MS, approval: true };
  const made = await alice.outcome(alice.device.groups.makeLink(await groupOf(alice), terms));
  if (!made.ok) throw new Error(made.error.type);
  const like = await alice.contact(bob);
  const strangers = Array.from({ length: AT_DOORS_MAX }, (_, n) => {
    const account = n.toString(16).padStart(64, "0");
    return { ...like, account, state: "member", facts: [], live: [], addedAtMs: nowMs() } as const;
  });
  await alice.change((tx) => tx.putAll("contacts", strangers));
  await carol.accept(made.value.link);
  await pass(20 * SECOND_MS);
  expect(alice.dropped).toContain("contact unasked");
  expect((await rosterRow(alice)).joins ?? []).toEqual([]);
  // A month later nobody remembers who stood at the door.
  const earlier = strangers.map((it) => ({ ...it, addedAtMs: nowMs() - 31 * DAY_MS }));
  await alice.change((tx) => tx.putAll("contacts", earlier));
  await dave.accept(made.value.link);
  await pass(20 * SECOND_MS);
  expect((await rosterRow(alice)).joins).toMatchObject([{ account: await dave.account() }]);
});

test("[MM9] who supplies entries of strangers cannot make us open logs without end", async () => {
  const { alice, mallory, befriend, pass } = await world(["alice", "mallory"]);
  await befriend(alice, mallory);
  await makeGroup(alice, [mallory]);
  await pass(20 * SECOND_MS);
  const c = await groupOf(alice);
  const before = (await alice.rows("logs")).filter((it) => it.c === c);
  const channel = bytesOf((await alice.rows("channels")).find((it) => it.c === c)?.id ?? "");
  const fillers = Array.from({ length: 1_022 }, (_, n) => {
    const log = before[0]!;
    const id = n.toString(16).padStart(32, "0");
    return { ...log, a: 10_000 + n, log: id, account: id + id, own: false };
  });
  await alice.change((tx) => tx.putAll("logs", fillers));
  const entries = [1, 2, 3, 4].map((n) => strangersLog(channel, n));
  await overSession(mallory, alice, [[encodePayload("entries", { entries })]]);
  await pass(5 * SECOND_MS);
  const now = (await alice.rows("logs")).filter((it) => it.c === c);
  expect(now).toHaveLength(before.length + 1_024);
  expect(alice.dropped).toContain("too many logs");
});

test("[BU7] a file that no device of the account began is refused by its devices", async () => {
  const { alice, outcome } = await world(["alice"]);
  const account = bytesOf(await alice.account());
  const frame = { account, writtenAtMs: 1, secret: null, capsule: new Uint8Array(300) };
  const bytes = encodeShaped(ACCOUNT_FRAME, frame);
  const begun = await outcome(alice.device.backup.begin({ type: FRAME.account, bytes }, null));
  expect(begun).toEqual({ ok: false, error: { type: "BackupMalformed" } });
});

test("[GP9] nobody but who let us in keeps us from what is missing by where they say that logs begin", async () => {
  const { alice, bob, mallory, befriend, pass } = await world(["alice", "bob", "mallory"]);
  for (const it of [bob, mallory]) await befriend(alice, it);
  await makeGroup(alice, [mallory], "none");
  await pass(20 * SECOND_MS);
  await tell(alice, "before bob");
  await pass(10 * SECOND_MS);
  await add(alice, bob);
  await pass(20 * SECOND_MS);
  await tell(alice, "bob is here");
  await tell(mallory, "indeed");
  await pass(MINUTE_MS);
  const c = await groupOf(bob);
  const channel = bytesOf((await bob.rows("channels")).find((it) => it.c === c)?.id ?? "");
  for (const who of [alice, bob]) {
    const other = await (who === alice ? bob : alice).account();
    const its = await groupOf(who);
    const log = (await who.rows("logs")).find((it) => it.c === its && it.account === other);
    const before = (await rosterRow(who)).starts;
    const starts = [{ log: bytesOf(log?.log ?? ""), seq: 4_000_000 }];
    const welcome = encodePayload("welcome", { channel, entries: [], introductions: [], starts });
    await overSession(mallory, who, [[welcome]]);
    await pass(10 * SECOND_MS);
    expect((await rosterRow(who)).starts).toEqual(before);
  }
});
