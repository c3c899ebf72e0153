import { expect, test } from "vitest";

import { bytesOf } from "../../sync/channel/channels.ts";
import { KINDS } from "../../sync/entry/kinds.ts";
import type { Role } from "../../sync/roster/may.ts";
import {
  add,
  groupOf,
  hears,
  makeGroup,
  members,
  remove,
  rosterRow,
  tell,
  timeline,
} from "./group-talk.ts";
import type { Person } from "./person.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS, type World, world } from "./world.ts";

type Trio = World<"alice" | "bob" | "carol">;

/** Alice knows both; Bob and Carol have never heard of each other. */
async function trio(): Promise<Trio> {
  const w = await world(["alice", "bob", "carol"]);
  await w.befriend(w.alice, w.bob);
  await w.befriend(w.alice, w.carol);
  return w;
}

const everybodyHears = async (
  people: readonly Person[],
  texts: readonly string[],
): Promise<void> => {
  for (const it of people) expect(await hears(it), `${it.name} agrees`).toEqual(texts);
};

const give = async (by: Person, who: Person, role: Role): Promise<void> => {
  const given = await by.device.groups.setRole(await groupOf(by), await who.account(), role);
  expect(given).toEqual({ ok: true });
};

test("[GP1] a group is made of contacts, who hear each other without being contacts", async () => {
  const w = await trio();
  const { alice, bob, carol, everybody } = w;
  await makeGroup(alice, [bob, carol]);
  await w.pass(20 * SECOND_MS);
  for (const it of everybody) {
    expect(await members(it, everybody), `${it.name} agrees`).toEqual([
      "alice owner",
      "bob member",
      "carol member",
    ]);
  }
  await tell(alice, "one");
  await w.pass(5 * SECOND_MS);
  await tell(bob, "two");
  await w.pass(5 * SECOND_MS);
  await tell(carol, "three");
  await w.atRest();
  await everybodyHears(everybody, ["one", "two", "three"]);
  expect((await bob.contact(carol)).state).toBe("member");
  expect((await bob.rows("channels")).map((it) => it.kind).toSorted()).toEqual(
    (await carol.rows("channels")).map((it) => it.kind).toSorted(),
  );
});

test("[GP8] who is added later reads from then on, and nothing from before", async () => {
  const w = await trio();
  const { alice, bob, carol, everybody } = w;
  await makeGroup(alice, [bob]);
  await w.pass(10 * SECOND_MS);
  await tell(alice, "before");
  await w.pass(5 * SECOND_MS);
  await tell(bob, "before too");
  await w.pass(20 * SECOND_MS);
  await add(alice, carol);
  await w.pass(10 * SECOND_MS);
  await tell(alice, "welcome");
  await w.pass(5 * SECOND_MS);
  await tell(carol, "thanks");
  await w.pass(5 * SECOND_MS);
  await tell(bob, "hello");
  await w.atRest(120 * SECOND_MS);
  for (const it of [alice, bob]) {
    expect(await hears(it)).toEqual(["before", "before too", "welcome", "thanks", "hello"]);
  }
  expect(await hears(carol)).toEqual(["welcome", "thanks", "hello"]);
  expect(await members(carol, everybody)).toContain("carol member");
});

test("[GP10] who was let in may write before others hear of it: it is opened then", async () => {
  const w = await world(["alice", "bob", "carol"], { atOther: ["bob"] });
  const { alice, bob, carol, everybody } = w;
  await w.befriend(alice, bob);
  await w.befriend(alice, carol);
  await makeGroup(alice, [bob]);
  await w.pass(30 * SECOND_MS);
  await tell(bob, "hi");
  await w.pass(30 * SECOND_MS);
  w.killRelay(w.otherRelay);
  await add(alice, carol);
  await w.pass(20 * SECOND_MS);
  await tell(carol, "I am new");
  await w.pass(20 * SECOND_MS);
  await alice.sleep();
  w.otherRelay.start();
  await w.pass(2 * MINUTE_MS);
  expect(await hears(bob)).toEqual(["hi"]);
  expect(await bob.rows("held")).not.toEqual([]);
  await alice.wake();
  await w.atRest(5 * MINUTE_MS);
  expect(await hears(bob)).toEqual(["hi", "I am new"]);
  expect(await members(bob, everybody)).toContain("carol member");
});

test("[GP11] a removal is read by who was removed, and nothing after it", async () => {
  const w = await trio();
  const { alice, bob, carol, everybody } = w;
  await makeGroup(alice, [bob, carol]);
  await w.pass(10 * SECOND_MS);
  await tell(alice, "all three");
  await w.pass(10 * SECOND_MS);
  await remove(alice, bob);
  await tell(alice, "two");
  await w.pass(10 * SECOND_MS);
  await tell(carol, "two indeed");
  await w.atRest();
  for (const it of everybody) {
    expect(await members(it, everybody), `${it.name} agrees`).toEqual([
      "alice owner",
      "carol member",
    ]);
  }
  await everybodyHears([alice, carol], ["all three", "two", "two indeed"]);
  expect(await hears(bob)).toEqual(["all three"]);
  expect(await bob.device.send(await groupOf(bob), "me too")).toEqual({
    ok: false,
    error: { type: "NotAllowed" },
  });
  const lines = (await timeline(bob)).filter((it) => it.text === "").map((it) => it.kind);
  expect(lines).toContain(18);
});

test("[GP12] somebody offline is removed: what they still say is heard by nobody", async () => {
  const w = await trio();
  const { alice, bob, carol, everybody } = w;
  await makeGroup(alice, [bob, carol]);
  await w.pass(10 * SECOND_MS);
  await tell(bob, "in time");
  await w.pass(10 * SECOND_MS);
  bob.disconnect();
  await remove(alice, bob);
  await w.pass(5 * SECOND_MS);
  await tell(bob, "too late");
  await tell(carol, "meanwhile");
  await w.pass(5 * SECOND_MS);
  bob.reconnect();
  await w.atRest(60 * SECOND_MS);
  await everybodyHears([alice, carol], ["in time", "meanwhile"]);
  const late = (await timeline(bob)).find((it) => it.text === "too late");
  expect(late).toMatchObject({ counts: "no", own: true });
  for (const it of everybody) expect(await members(it, everybody)).not.toContain("bob member");
});

test("[GP12] a removed member who goes on as if nothing had happened is heard by nobody", async () => {
  const w = await trio();
  const { alice, bob, carol, everybody } = w;
  await makeGroup(alice, [bob, carol]);
  await w.pass(10 * SECOND_MS);
  await tell(bob, "in time");
  await w.pass(30 * SECOND_MS);
  const restore = bob.backUp();
  await remove(alice, bob);
  await w.pass(10 * SECOND_MS);
  await bob.sleep();
  restore();
  await bob.wake();
  await w.pass(5 * SECOND_MS);
  await tell(bob, "still here");
  await w.pass(20 * SECOND_MS);
  await tell(alice, "is he gone?");
  await w.pass(20 * SECOND_MS);
  await everybodyHears([alice, carol], ["in time", "is he gone?"]);
  for (const it of [alice, carol]) {
    const late = (await it.rows("entries")).filter((row) => row.text === "still here");
    expect(late.every((row) => row.shown === 0 && row.counts === "no")).toBe(true);
    expect(await members(it, everybody)).not.toContain("bob member");
    expect(it.bugs).toEqual([]);
  }
});

test("[GP12] whose relay lost the word that they are out is told again when they speak", async () => {
  const w = await world(["alice", "bob", "carol"], { atOther: ["bob"] });
  const { alice, bob, carol, everybody } = w;
  await w.befriend(alice, bob);
  await w.befriend(alice, carol);
  await makeGroup(alice, [bob, carol]);
  await w.pass(30 * SECOND_MS);
  await bob.sleep();
  await remove(alice, bob);
  await w.pass(10 * SECOND_MS);
  await w.otherRelay.lose(bytesOf((await bob.rows("mailboxes"))[0]?.mailbox ?? ""));
  await bob.wake();
  await w.pass(MINUTE_MS);
  await tell(bob, "anybody?");
  await w.atRest(2 * MINUTE_MS);
  for (const it of everybody) {
    expect(await members(it, everybody), `${it.name} agrees`).toEqual([
      "alice owner",
      "carol member",
    ]);
  }
  const said = (await timeline(bob)).find((it) => it.text === "anybody?");
  expect(said?.counts).toBe("no");
  await everybodyHears([alice, carol], []);
});

test("[GP15] two admins remove each other while they are apart: everybody sees the same group", async () => {
  const w = await trio();
  const { alice, bob, carol, everybody } = w;
  await makeGroup(alice, [bob, carol]);
  await w.pass(10 * SECOND_MS);
  for (const it of [bob, carol]) await give(alice, it, "admin");
  await w.pass(30 * SECOND_MS);
  expect(await carol.device.groups.remove(await groupOf(carol), await bob.account())).toEqual({
    ok: false,
    error: { type: "RankTooLow" },
  });
  // Carol outranks Bob from now on, and he cannot know.
  bob.disconnect();
  await give(alice, carol, "owner");
  await w.pass(10 * SECOND_MS);
  carol.disconnect();
  await remove(bob, carol);
  await tell(bob, "she is out");
  await remove(carol, bob);
  await tell(carol, "he is out");
  await w.pass(5 * SECOND_MS);
  bob.reconnect();
  await w.pass(30 * SECOND_MS);
  // Alice has heard Bob alone until now, and must take back what she believed.
  expect(await members(alice, everybody)).toEqual(["alice owner", "bob admin"]);
  carol.reconnect();
  await w.atRest(120 * SECOND_MS);
  for (const it of everybody) {
    expect(await members(it, everybody), `${it.name} agrees`).toEqual([
      "alice owner",
      "carol owner",
    ]);
  }
  await everybodyHears([alice, carol], ["he is out"]);
  const refused = (await timeline(bob)).find((it) => it.text === "she is out");
  expect(refused?.counts).toBe("no");
});

test("[GP18] who leaves says so; the last owner's leave makes somebody else owner", async () => {
  const w = await trio();
  const { alice, bob, carol, everybody } = w;
  await makeGroup(alice, [bob, carol]);
  await w.pass(10 * SECOND_MS);
  await tell(alice, "goodbye");
  await w.pass(10 * SECOND_MS);
  expect(await alice.device.groups.leave(await groupOf(alice))).toEqual({ ok: true });
  await w.pass(20 * SECOND_MS);
  await tell(bob, "she left");
  await w.atRest(60 * SECOND_MS);
  for (const it of everybody) {
    expect(await members(it, everybody), `${it.name} agrees`).toEqual([
      "bob owner",
      "carol member",
    ]);
  }
  await everybodyHears([bob, carol], ["goodbye", "she left"]);
  expect(await hears(alice)).toEqual(["goodbye"]);
  expect(await alice.device.groups.leave(await groupOf(alice))).toEqual({
    ok: false,
    error: { type: "NotMember" },
  });
});

test("[GP17] the last word of an admin names the group; a member's does not count", async () => {
  const w = await trio();
  const { alice, bob, carol, everybody } = w;
  await makeGroup(alice, [bob, carol]);
  await w.pass(10 * SECOND_MS);
  const c = await groupOf(alice);
  const named = await alice.device.groups.describe(c, { title: " The  hut ", topic: "wood" });
  expect(named).toEqual({ ok: true });
  expect(await alice.device.groups.describe(c, { title: "  " })).toEqual({
    ok: false,
    error: { type: "NameEmpty" },
  });
  expect(await bob.device.groups.describe(await groupOf(bob), { title: "mine" })).toEqual({
    ok: false,
    error: { type: "RoleTooLow", needed: "admin" },
  });
  await w.atRest();
  for (const it of everybody) {
    expect(await rosterRow(it), `${it.name} agrees`).toMatchObject({
      title: "The hut",
      topic: "wood",
    });
    expect((await timeline(it)).map(({ kind }) => kind)).toContain(KINDS.meta.number);
    expect((await it.rows("channels")).every(({ unread }) => unread === 0)).toBe(true);
  }
});

test("[GP8] an admin whose clock is ten years ahead lets people in who can read", async () => {
  const w = await trio();
  const { alice, bob, carol, everybody } = w;
  alice.skewMs = 10 * 365 * DAY_MS;
  await makeGroup(alice, [bob]);
  await w.pass(10 * SECOND_MS);
  await add(alice, carol);
  await w.pass(10 * SECOND_MS);
  await tell(bob, "now");
  await w.pass(10 * SECOND_MS);
  await tell(alice, "then");
  await w.pass(10 * SECOND_MS);
  await tell(carol, "whenever");
  await w.atRest(60 * SECOND_MS);
  const [first] = await Promise.all(everybody.map(hears));
  expect(first?.toSorted()).toEqual(["now", "then", "whenever"]);
  await everybodyHears(everybody, first ?? []);
});
