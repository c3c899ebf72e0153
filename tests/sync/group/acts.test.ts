import { beforeAll, expect, test, vi } from "vitest";

import { toHex } from "../../../crypto/base/hex.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { makeChain } from "../../../crypto/chain/sender-chain.ts";
import { appendMessage } from "../../../sync/channel/append.ts";
import { bytesOf, channelOf, openLog } from "../../../sync/channel/channels.ts";
import { entryOf } from "../../../sync/channel/thread-rows.ts";
import { hlcOfMs } from "../../../sync/clock/hlc.ts";
import { cardToken } from "../../../sync/contact/contacts.ts";
import { encodeLogOpen, encodeMessage } from "../../../sync/entry/bodies.ts";
import { signEntry } from "../../../sync/entry/entry.ts";
import { KINDS } from "../../../sync/entry/kinds.ts";
import {
  addMember,
  createGroup,
  describeGroup,
  leaveGroup,
  removeMember,
  setRole,
} from "../../../sync/group/acts.ts";
import { followEntry } from "../../../sync/group/follow.ts";
import { takeIntroduction, introductionFor } from "../../../sync/group/members-known.ts";
import { rosterOf } from "../../../sync/group/rosters.ts";
import { sealCursor } from "../../../sync/receipts/receipts.ts";
import { acceptEntry } from "../../../sync/receive/accept-entry.ts";
import { authOf } from "../../../sync/roster/judge.ts";
import { MEMBERS_MAX } from "../../../sync/roster/may.ts";
import { decodeRosterBody } from "../../../sync/roster/ops.ts";
import { resolve } from "../../../sync/roster/resolve.ts";
import type { DeviceRow, TableName } from "../../../sync/store/rows.ts";
import { TABLES } from "../../../sync/store/tables.ts";
import { introduce, NOW_MS, type Someone, someone } from "../acquainted.ts";

beforeAll(() => ready);
vi.setConfig({ testTimeout: 60_000 });

type Made = { readonly alice: Someone; readonly bob: Someone; readonly c: number };

async function group(): Promise<Made> {
  const alice = await someone("alice");
  const bob = await someone("bob");
  await introduce(alice, bob);
  const made = await alice.change((tx) =>
    createGroup(tx, alice.context, " The   hut ", [bob.self.account], "none"),
  );
  if (!made.ok) throw new Error(made.error.type);
  return { alice, bob, c: made.value.c };
}

/** Everything in the store, for comparing. */
async function everything({ store }: Someone): Promise<string> {
  const tables = Object.keys(TABLES) as TableName[];
  const rows = await store.read(tables, (tx) =>
    Promise.all(tables.map((table) => tx.range(table, "primary", {}))),
  );
  return JSON.stringify(rows);
}

test("[GP4] ops that are written together come one after the other, each under the roster before it", async () => {
  const alice = await someone("alice");
  const others = await Promise.all(["bob", "carol", "dave"].map(someone));
  for (const it of others) await introduce(alice, it);
  const accounts = others.map(({ self }) => self.account);
  const made = await alice.change((tx) => createGroup(tx, alice.context, "Hut", accounts, "none"));
  if (!made.ok) throw new Error(made.error.type);
  const { c } = made.value;
  const rows = await alice.store.read(["entries"], (tx) =>
    tx.range("entries", "primary", { lower: [c], upper: [c, Infinity] }),
  );
  const [open, ...ops] = rows;
  expect([open?.kind, ops.length]).toEqual([KINDS.logOpen.number, 1 + others.length]);
  for (const [n, row] of ops.entries()) {
    const { core, body } = entryOf(row);
    const said = body === null ? undefined : decodeRosterBody(row.kind, body);
    const before = ops[n - 1];
    const heads = before === undefined ? [] : [toHex(before.hash)];
    expect(said).toMatchObject({ ok: true, value: { heads } });
    expect(core.auth.map(toHex)).toEqual(heads.map((id) => id.slice(0, 32)));
    expect(core.deps.map(({ seq }) => seq)).toEqual(before === undefined ? [] : [before.s]);
  }
  const roster = await alice.store.read(["rosters", "rosterOps", "forks", "logs", "meta"], (tx) =>
    rosterOf(tx, c),
  );
  expect([...roster.members.keys()].toSorted()).toEqual(
    [alice.self.account, ...accounts].toSorted(),
  );
  expect(roster.heads).toEqual([toHex(ops.at(-1)!.hash)]);
});

test("[GP2] an act that the roster does not allow is refused by name, and writes nothing", async () => {
  const { alice, bob, c } = await group();
  const { account } = bob.self;
  const carol = await someone("carol");
  const before = await everything(alice);
  const { context, change } = alice;
  const refusals = [
    await change((tx) => addMember(tx, context, c, account, "member")),
    await change((tx) => addMember(tx, context, c, carol.self.account, "member")),
    await change((tx) => removeMember(tx, context, c, carol.self.account)),
    await change((tx) => setRole(tx, context, c, account, "member")),
    await change((tx) => describeGroup(tx, context, c, { title: " " })),
    await change((tx) => describeGroup(tx, context, c, { title: "x".repeat(257) })),
    await change((tx) => leaveGroup(tx, context, 99)),
    await change((tx) => leaveGroup(tx, context, 1)),
    await change((tx) => createGroup(tx, context, "", [], "none")),
    await change((tx) => createGroup(tx, context, "Hut", [carol.self.account], "none")),
  ];
  expect(refusals.map((it) => (it.ok ? "ok" : it.error.type))).toEqual([
    "AlreadyMember",
    "ContactUnknown",
    "TargetNotMember",
    "SameRole",
    "NameEmpty",
    "NameTooLong",
    "ChannelUnknown",
    "NotAGroup",
    "NameEmpty",
    "ContactUnknown",
  ]);
  expect(await everything(alice)).toBe(before);
});

test("[GP3] the 501st member is refused, and so is a group that begins with so many", async () => {
  const alice = await someone("alice");
  const accounts = Array.from({ length: MEMBERS_MAX }, (_, n) => n.toString(16).padStart(64, "0"));
  const c = await alice.change(async (tx) => {
    const like = await tx.get("contacts", alice.self.account);
    if (like === undefined) throw new Error("our own contact");
    for (const account of accounts) {
      await tx.put("contacts", { ...like, account, state: "accepted", live: [] });
    }
    const all = await createGroup(tx, alice.context, "All", accounts, "none");
    expect(all).toEqual({ ok: false, error: { type: "GroupFull", limit: MEMBERS_MAX } });
    const made = await createGroup(tx, alice.context, "Hut", accounts.slice(1), "none");
    if (!made.ok) throw new Error(made.error.type);
    return made.value.c;
  });
  const [last = ""] = accounts;
  const added = await alice.change((tx) => addMember(tx, alice.context, c, last, "member"));
  expect(added).toEqual({ ok: false, error: { type: "GroupFull", limit: MEMBERS_MAX } });
  const row = await alice.store.read(["rosters"], (tx) => tx.get("rosters", c));
  expect(row?.members).toHaveLength(MEMBERS_MAX);
});

test("[GP4] an op names all heads of the roster, and an entry the roster it was written under", async () => {
  const { alice, c } = await group();
  await alice.change(async (tx) => {
    const roster = await rosterOf(tx, c);
    const ops = await tx.range("rosterOps", "primary", { lower: [c], upper: [c] });
    expect(ops.map(({ op }) => op.act.type)).toEqual(["create", "add"]);
    const [create, add] = ops;
    expect(add?.op.heads).toEqual([create?.op.id]);
    const row = add && (await tx.get("entries", [c, add.a, add.s]));
    const entry = row && entryOf(row);
    const body = entry?.body && decodeRosterBody(entry.core.kind, entry.body);
    expect(body).toMatchObject({ ok: true, value: { heads: [create?.op.id] } });
    expect(entry?.core.deps.map(({ seq }) => seq)).toEqual([create?.s]);
    const channel = await channelOf(tx, c);
    if (channel === undefined) throw new Error("a channel");
    const { entry: said } = await appendMessage(tx, { ...alice.context, channel, text: "hi" });
    expect(entryOf(said).core.auth.map(toHex)).toEqual(authOf(roster, alice.self.account));
  });
});

test("[GP5] the row of a roster is what its ops come to", async () => {
  const { alice, bob, c } = await group();
  await alice.change((tx) => setRole(tx, alice.context, c, bob.self.account, "admin"));
  await alice.store.read(["rosters", "rosterOps"], async (tx) => {
    const ops = await tx.range("rosterOps", "primary", {});
    const anew = resolve(ops.map(({ op }) => op));
    const row = await tx.get("rosters", c);
    expect(row?.digest).toBe(anew.digest);
    expect((await rosterOf(tx, c)).digest).toBe(anew.digest);
    expect(row?.title).toBe("The hut");
    expect(row?.members.map(({ account, role }) => [account, role])).toEqual([
      [alice.self.account, "owner"],
      [bob.self.account, "admin"],
    ]);
  });
});

test("[GP7] of contacts others bring facts alone; of strangers also where they are", async () => {
  const [alice, bob, carol] = [
    await someone("alice"),
    await someone("bob"),
    await someone("carol"),
  ];
  await introduce(alice, carol);
  const { account, device } = carol.self;
  const told = await alice.change((tx) => introductionFor(tx, alice.self, account));
  if (told === undefined) throw new Error("an introduction");
  const take = (who: Someone, as: string): Promise<boolean> =>
    who.change((tx) => takeIntroduction(tx, who.context, as, told));
  expect(await take(bob, account)).toBe(true);
  const learnt = await bob.change((tx) => tx.get("devices", device));
  expect(learnt?.card).not.toBeNull();
  expect((await bob.change((tx) => tx.get("contacts", account)))?.state).toBe("member");
  // In another's name, or altered, it is nothing.
  expect(await take(bob, alice.self.account)).toBe(false);
  told[40] = (told[40] ?? 0) ^ 1;
  expect(await take(bob, account)).toBe(false);
  // A contact's card is theirs to renew, as long as they are reached by it.
  const again = await alice.change((tx) => introductionFor(tx, alice.self, account));
  if (learnt === undefined || again === undefined) throw new Error("an introduction");
  const taken = (row: Partial<DeviceRow>): Promise<number | undefined> =>
    bob.change(async (tx) => {
      const contact = await tx.get("contacts", account);
      if (contact !== undefined) await tx.put("contacts", { ...contact, state: "accepted" });
      await tx.put("devices", { ...learnt, cardCounter: 0, ...row });
      await takeIntroduction(tx, bob.context, account, again);
      return (await tx.get("devices", device))?.cardCounter;
    });
  expect(await taken({})).toBe(0);
  expect(await taken({ card: null })).toBe(learnt.cardCounter);
  expect(await taken({ deniedAtMs: NOW_MS })).toBe(learnt.cardCounter);
});

test("[GP13] members who are no contacts hold a token of the group, until somebody goes", async () => {
  const { alice, bob, c } = await group();
  await alice.change(async (tx) => {
    const contact = await tx.get("contacts", bob.self.account);
    const channel = await channelOf(tx, c);
    if (contact === undefined || channel === undefined) throw new Error("a member");
    const stranger = { ...contact, state: "member" as const };
    const own = await cardToken(tx, alice.context, contact, channel);
    expect(own).toMatchObject({ class: "contact", account: bob.self.account });
    const shared = await cardToken(tx, alice.context, stranger, channel);
    expect(shared).toMatchObject({ class: "group", account: null, channel: channel.id });
    expect(await cardToken(tx, alice.context, stranger, null)).toEqual(shared);
    await removeMember(tx, alice.context, c, bob.self.account);
    const old = await tx.get("tokens", shared?.label ?? "");
    expect(old).toMatchObject({ isRetired: true, registeredAt: [] });
    expect((old?.expiresAtMs ?? 0) - alice.context.nowMs).toBe(30 * 86_400_000);
    const next = await cardToken(tx, alice.context, stranger, channel);
    expect(next?.label).not.toBe(shared?.label);
    // Nobody shares a group with them any more.
    expect(await cardToken(tx, alice.context, stranger, null)).toBeUndefined();
  });
});

test("[GP14] what was said after a cut is kept unseen, and what names no roster is not heard", async () => {
  const { alice, bob, c } = await group();
  await alice.change(async (tx) => {
    const channel = await channelOf(tx, c);
    if (channel === undefined) throw new Error("a channel");
    const roster = await rosterOf(tx, c);
    const writer = { account: bob.self.account, device: bob.self.device };
    const { keys, incarnation } = bob.self;
    const log = await openLog(tx, alice.self, channel, {
      ...writer,
      key: keys.sigKey,
      incarnation,
    });
    const auth = authOf(roster, bob.self.account).map(bytesOf);
    const place = async (
      seq: number,
      named: readonly Uint8Array[],
      text: string,
    ): Promise<void> => {
      const prev = seq === 1 ? undefined : await tx.get("entries", [c, log.a, seq - 1]);
      const isOpen = seq === 1;
      const opening = {
        accountKey: bob.self.accountKey,
        certificates: [bob.self.certificate],
        incarnation,
      };
      const { bytes } = signEntry(
        {
          channel: bytesOf(channel.id),
          log: bytesOf(log.log),
          seq,
          prev: prev?.hash ?? null,
          hlc: hlcOfMs(NOW_MS) + seq,
          kind: isOpen ? KINDS.logOpen.number : KINDS.message.number,
          deps: [],
          auth: named,
          floor: prev?.h ?? 0,
          expire: null,
        },
        isOpen ? encodeLogOpen(opening) : encodeMessage({ text }),
        new Uint8Array(16).fill(seq),
        keys.sigSecret,
      );
      const outcome = await acceptEntry(tx, alice.self, c, bytes, NOW_MS);
      if (outcome.type !== "new") throw new Error(JSON.stringify(outcome));
      await followEntry(tx, alice.context, outcome);
    };
    const seen = async (): Promise<readonly unknown[]> => {
      const rows = await tx.range("entries", "primary", { lower: [c, log.a], upper: [c, log.a] });
      return rows.slice(1).map(({ text, shown, counts }) => [text, shown, counts]);
    };
    await place(1, [], "");
    await place(2, auth, "in time");
    await place(3, [], "names nothing");
    await place(4, [new Uint8Array(16).fill(9)], "names what is not here");
    expect(await seen()).toEqual([
      ["in time", 1, undefined],
      ["names nothing", 0, "no"],
      ["names what is not here", 0, "waits"],
    ]);
    expect((await channelOf(tx, c))?.unread).toBe(1);
    expect((await tx.get("rosters", c))?.waits).toEqual([[log.a, 4]]);
    await removeMember(tx, alice.context, c, bob.self.account);
    await place(5, auth, "too late");
    expect((await seen()).at(-1)).toEqual(["too late", 0, "no"]);
    expect((await seen()).at(0)).toEqual(["in time", 1, undefined]);
    expect((await channelOf(tx, c))?.unread).toBe(1);
  });
});

test("[GP19] receipts go to all of 32, to the authors of news in a larger group, then to nobody", async () => {
  const { alice, bob, c } = await group();
  const sealed = async (): Promise<number | string> =>
    alice.change(async (tx) => {
      const channel = await channelOf(tx, c);
      if (channel === undefined) throw new Error("a channel");
      const chain = makeChain(bytesOf(channel.id), bytesOf(alice.self.device), alice.random);
      await tx.put("ownChains", {
        c,
        state: chain,
        startedAtMs: NOW_MS,
        sealedCount: 0,
        holders: [bob.self.device],
      });
      const cursor = await sealCursor(tx, alice.self, channel, alice.random);
      return typeof cursor === "string" ? cursor : cursor.devices.length;
    });
  const grow = (count: number): Promise<void> =>
    alice.change(async (tx) => {
      const row = await tx.get("rosters", c);
      if (row === undefined) throw new Error("a roster");
      const [owner, member] = row.members;
      if (owner === undefined || member === undefined) throw new Error("members");
      const others = Array.from({ length: count - 2 }, (_, n) => ({
        ...member,
        account: n.toString(16).padStart(64, "0"),
      }));
      await tx.put("rosters", { ...row, members: [owner, member, ...others] });
    });
  expect(await sealed()).toBe(1);
  await grow(32);
  expect(await sealed()).toBe(1);
  await grow(33);
  expect(await sealed()).toBe("nobody");
  await alice.change(async (tx) => {
    const [own] = await tx.range("entries", "arrival", { lower: [c, 1], upper: [c, 99] });
    const channel = await channelOf(tx, c);
    if (own === undefined || channel === undefined) throw new Error("an entry");
    const { self } = bob;
    const writer = { ...self, key: self.keys.sigKey };
    const log = await openLog(tx, alice.self, channel, writer);
    await tx.put("entries", { ...own, a: log.a, s: 1, arr: channel.arrivals });
  });
  expect(await sealed()).toBe(1);
  await grow(129);
  expect(await sealed()).toBe("nobody");
});
