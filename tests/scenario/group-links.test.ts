import { expect, test } from "vitest";

import { LIVE_LINKS_MAX, type LinkTerms } from "../../sync/group/link-acts.ts";
import type { GroupLinkRow, JoinRow } from "../../sync/group/rows.ts";
import { groupOf, hears, makeGroup, members, remove, rosterRow, tell } from "./group-talk.ts";
import type { Person } from "./person.ts";
import { MINUTE_MS, SECOND_MS, type World, world } from "./world.ts";

const OPEN: LinkTerms = { uses: null, expiresInMs: 60 * MINUTE_MS, approval: false };

async function linkOf(by: Person, terms: Partial<LinkTerms> = {}): Promise<string> {
  const made = await by.outcome(
    by.device.groups.makeLink(await groupOf(by), { ...OPEN, ...terms }),
  );
  if (!made.ok) throw new Error(made.error.type);
  return made.value.link;
}

/** Makes them an admin. */
async function makeAdmin(by: Person, who: Person): Promise<void> {
  const given = await by.device.groups.setRole(await groupOf(by), await who.account(), "admin");
  expect(given).toEqual({ ok: true });
}

const use = (who: Person, link: string): ReturnType<Person["device"]["acceptInvite"]> =>
  who.outcome(who.device.acceptInvite(link));

async function comesIn(who: Person, link: string): Promise<void> {
  expect(await use(who, link), `${who.name} uses the link`).toMatchObject({ ok: true });
}

const joins = async (of: Person): Promise<readonly JoinRow[]> => (await rosterRow(of)).joins ?? [];
const links = async (of: Person): Promise<readonly GroupLinkRow[]> =>
  (await rosterRow(of)).links ?? [];

/** Alice knows Bob, and nobody else anybody. */
async function hut<Name extends string = never>(
  ...strangers: readonly Name[]
): Promise<World<"alice" | "bob" | Name>> {
  const w = await world<"alice" | "bob" | Name>(["alice", "bob", ...strangers]);
  await w.befriend(w.alice, w.bob);
  await makeGroup(w.alice, [w.bob]);
  await w.pass(20 * SECOND_MS);
  return w;
}

test("[GL1] [GL9] a stranger comes in by a link, and all hear each other", async () => {
  const w = await hut("carol");
  const { alice, bob, carol, everybody } = w;
  await tell(alice, "before");
  await w.pass(10 * SECOND_MS);
  const link = await linkOf(alice);
  await comesIn(carol, link);
  await w.pass(30 * SECOND_MS);
  for (const it of everybody) {
    expect(await members(it, everybody), `${it.name} agrees`).toContain("carol member");
    const [row] = await links(it);
    expect(row).toMatchObject({ used: 1, by: await alice.account() });
  }
  expect((await rosterRow(carol)).joining).toBeUndefined();
  await tell(carol, "hello");
  await w.pass(10 * SECOND_MS);
  await tell(bob, "who are you?");
  await w.pass(10 * SECOND_MS);
  await tell(alice, "Carol");
  await w.atRest(60 * SECOND_MS);
  expect(await hears(carol)).toEqual(["hello", "who are you?", "Carol"]);
  expect(await hears(bob)).toEqual(["before", "hello", "who are you?", "Carol"]);
  expect((await alice.contact(carol)).state).toBe("member");
});

test("[GL2] a link that asks: who uses it waits until an admin says yes", async () => {
  const w = await hut("carol");
  const { alice, bob, carol, everybody } = w;
  await makeAdmin(alice, bob);
  const link = await linkOf(alice, { approval: true });
  await comesIn(carol, link);
  await w.pass(20 * SECOND_MS);
  expect((await rosterRow(carol)).joining).toMatchObject({ state: "waiting" });
  expect((await rosterRow(carol)).title).toBe("Hut");
  expect(await carol.device.send(await groupOf(carol), "may I?")).toEqual({
    ok: false,
    error: { type: "NotAllowed" },
  });
  for (const it of [alice, bob]) {
    expect(await joins(it), `${it.name} sees her`).toMatchObject([
      { account: await carol.account(), dueAtMs: null },
    ]);
  }
  await w.pass(5 * MINUTE_MS);
  expect(await members(alice, everybody)).not.toContain("carol member");
  expect(await bob.device.groups.approve(await groupOf(bob), await carol.account())).toMatchObject({
    ok: true,
  });
  await w.atRest(MINUTE_MS);
  for (const it of everybody) {
    expect(await members(it, everybody), `${it.name} agrees`).toContain("carol member");
    expect(await joins(it)).toEqual([]);
  }
});

test("[GL12] [GL14] who is refused hears it, and all admins' devices forget the wish", async () => {
  const w = await hut("carol");
  const { alice, bob, carol, everybody } = w;
  await makeAdmin(alice, bob);
  const link = await linkOf(alice, { approval: true });
  await comesIn(carol, link);
  await w.pass(20 * SECOND_MS);
  const account = await carol.account();
  expect(await bob.device.groups.refuse(await groupOf(bob), account)).toMatchObject({ ok: true });
  await w.atRest(MINUTE_MS);
  expect((await rosterRow(carol)).joining).toMatchObject({ state: "refused" });
  for (const it of [alice, bob]) expect(await joins(it)).toEqual([]);
  expect(await alice.device.groups.approve(await groupOf(alice), account)).toEqual({
    ok: false,
    error: { type: "JoinUnknown" },
  });
  await comesIn(carol, link);
  await w.atRest(MINUTE_MS);
  expect((await rosterRow(carol)).joining).toMatchObject({ state: "refused" });
  expect(await joins(alice)).toEqual([]);
  expect(await carol.device.groups.giveUp(await groupOf(carol))).toEqual({ ok: true });
  expect((await carol.rows("channels")).some((it) => it.kind === "group")).toBe(false);
  expect(await members(alice, everybody)).toEqual(["alice owner", "bob admin"]);
});

test("[GL3] a link for one lets one in; the next finds nothing, and who came in between hears it", async () => {
  const w = await hut("carol", "dave", "eve");
  const { alice, carol, dave, eve, everybody } = w;
  const link = await linkOf(alice, { uses: 1 });
  await alice.sleep();
  await comesIn(carol, link);
  await comesIn(dave, link);
  await w.pass(20 * SECOND_MS);
  await alice.wake();
  await w.pass(2 * MINUTE_MS);
  const states = await Promise.all(
    [carol, dave].map(async (it) => (await rosterRow(it)).joining?.state ?? "in"),
  );
  expect(states.toSorted()).toEqual(["in", "over"]);
  expect(await links(alice)).toMatchObject([{ used: 1, over: "used" }]);
  expect(await members(alice, everybody)).toHaveLength(3);
  expect(await use(eve, link)).toEqual({ ok: false, error: { type: "InviteNotFound" } });
});

test("[GL3] two admins who are apart may each let in the last one: both stay, and the link is over", async () => {
  const w = await hut("carol", "dave");
  const { alice, bob, carol, dave, everybody } = w;
  await makeAdmin(alice, bob);
  const link = await linkOf(alice, { uses: 1, approval: true });
  await comesIn(carol, link);
  await comesIn(dave, link);
  await w.pass(20 * SECOND_MS);
  alice.disconnect();
  const approve = async (by: Person, who: Person): Promise<void> => {
    const done = await by.device.groups.approve(await groupOf(by), await who.account());
    expect(done).toEqual({ ok: true });
  };
  await approve(alice, carol);
  await approve(bob, dave);
  for (const it of [alice, bob]) expect(await links(it)).toMatchObject([{ used: 1, over: "used" }]);
  await w.pass(20 * SECOND_MS);
  alice.reconnect();
  await w.atRest(3 * MINUTE_MS);
  for (const it of everybody) {
    expect(await members(it, everybody), `${it.name} agrees`).toHaveLength(4);
    expect(await links(it)).toMatchObject([{ used: 2, uses: 1, over: "used" }]);
    expect(await joins(it)).toEqual([]);
  }
});

test("[GL4] any admin takes a link back: it leads nowhere, and who waits hears it", async () => {
  const w = await hut("carol", "dave");
  const { alice, bob, carol, dave } = w;
  await makeAdmin(alice, bob);
  const link = await linkOf(alice, { approval: true });
  await comesIn(carol, link);
  await w.pass(20 * SECOND_MS);
  const [row] = await links(bob);
  const c = await groupOf(bob);
  expect(await bob.device.groups.withdrawLink(c, row?.tag ?? "")).toEqual({ ok: true });
  expect(await bob.device.groups.withdrawLink(c, "00")).toEqual({
    ok: false,
    error: { type: "LinkUnknown" },
  });
  await w.atRest(MINUTE_MS);
  expect((await rosterRow(carol)).joining).toMatchObject({ state: "over" });
  expect(await joins(alice)).toEqual([]);
  for (const it of [alice, bob]) expect(await links(it)).toMatchObject([{ over: "withdrawn" }]);
  expect(await use(dave, link)).toEqual({ ok: false, error: { type: "InviteNotFound" } });
});

test("[GL5] a link ends with the role of who made it", async () => {
  const w = await hut("carol");
  const { alice, bob, carol } = w;
  await makeAdmin(alice, bob);
  await w.pass(10 * SECOND_MS);
  const link = await linkOf(bob);
  await w.pass(20 * SECOND_MS);
  expect(await links(alice)).toMatchObject([{ used: 0, by: await bob.account() }]);
  const role = await alice.device.groups.setRole(
    await groupOf(alice),
    await bob.account(),
    "member",
  );
  expect(role).toEqual({ ok: true });
  await w.pass(30 * SECOND_MS);
  for (const it of [alice, bob]) expect(await links(it)).toMatchObject([{ over: "maker" }]);
  expect(await use(carol, link)).toEqual({ ok: false, error: { type: "InviteNotFound" } });
  await w.atRest();
});

test("[GL6] who was removed does not come back by a link, and links that they knew ask from then on", async () => {
  const w = await hut("carol");
  const { alice, bob, carol, everybody } = w;
  const link = await linkOf(alice);
  await w.pass(20 * SECOND_MS);
  await remove(alice, bob);
  await w.pass(20 * SECOND_MS);
  expect(await links(alice)).toMatchObject([{ approval: true }]);
  await comesIn(bob, link);
  await comesIn(carol, link);
  await w.pass(MINUTE_MS);
  expect(await members(alice, everybody)).toEqual(["alice owner"]);
  const waiting = await joins(alice);
  expect(waiting.find((it) => it.wasRemoved === true)?.account).toBe(await bob.account());
  const later = await linkOf(alice);
  expect((await links(alice))[0]).toMatchObject({ approval: false });
  await comesIn(bob, later);
  await w.pass(MINUTE_MS);
  expect(await members(alice, everybody)).toEqual(["alice owner"]);
  for (const it of [bob, carol]) {
    const approved = await alice.device.groups.approve(await groupOf(alice), await it.account());
    expect(approved).toEqual({ ok: true });
  }
  await w.atRest(2 * MINUTE_MS);
  for (const it of everybody) expect(await members(it, everybody)).toHaveLength(3);
  await tell(bob, "back");
  await w.pass(20 * SECOND_MS);
  expect((await hears(carol)).at(-1)).toBe("back");
});

test("[GL7] [GL8] while the one who made the link is away, another admin lets people in", async () => {
  const w = await hut("carol");
  const { alice, bob, carol, everybody } = w;
  const link = await linkOf(alice);
  await makeAdmin(alice, bob);
  await w.pass(30 * SECOND_MS);
  await alice.sleep();
  await comesIn(carol, link);
  await w.pass(30 * SECOND_MS);
  expect(await members(bob, everybody)).toContain("carol member");
  await tell(carol, "where is Alice?");
  await w.pass(10 * SECOND_MS);
  await alice.wake();
  await w.atRest(2 * MINUTE_MS);
  expect(await hears(alice)).toEqual(["where is Alice?"]);
});

test("[GL9] [GL10] all admins are away: the wish waits for them, and one of them lets in", async () => {
  const w = await hut("carol");
  const { alice, bob, carol, everybody } = w;
  await makeAdmin(alice, bob);
  const link = await linkOf(alice);
  await w.pass(30 * SECOND_MS);
  for (const it of [alice, bob]) await it.sleep();
  await comesIn(carol, link);
  await w.pass(10 * MINUTE_MS);
  for (const it of [alice, bob]) await it.wake();
  await w.atRest(2 * MINUTE_MS);
  for (const it of everybody) expect(await members(it, everybody)).toContain("carol member");
  const adds = (await alice.rows("rosterOps")).filter(({ op }) => op.act.type === "add");
  expect(adds).toHaveLength(2);
});

test("[GL13] who is in it, or made it, needs no link; who blocked is not asked, and lets nobody in", async () => {
  const w = await hut("carol", "dave");
  const { alice, bob, carol, dave, everybody } = w;
  await w.befriend(carol, alice);
  const link = await linkOf(alice);
  await w.pass(10 * SECOND_MS);
  expect(await use(bob, link)).toEqual({ ok: true, value: { c: await groupOf(bob) } });
  expect(await use(alice, link)).toEqual({ ok: false, error: { type: "LinkIsOwn" } });
  await alice.decide(carol, "block");
  await w.pass(10 * SECOND_MS);
  await comesIn(carol, link);
  await comesIn(dave, link);
  await w.pass(2 * MINUTE_MS);
  expect(await members(alice, everybody)).toContain("dave member");
  expect(await members(alice, everybody)).not.toContain("carol member");
  expect((await rosterRow(carol)).joining).toMatchObject({ state: "waiting" });
  await w.pass(2 * 60 * MINUTE_MS);
  expect(await use(carol, link)).toEqual({ ok: false, error: { type: "LinkExpired" } });
  expect(everybody.flatMap((it) => it.bugs)).toEqual([]);
});

test("[GL13] a contact of an admin comes in over the session that they have", async () => {
  const w = await hut("carol");
  const { alice, carol, everybody } = w;
  await w.befriend(alice, carol);
  const before = (await carol.rows("sessions")).length;
  await comesIn(carol, await linkOf(alice));
  await w.pass(20 * SECOND_MS);
  for (const it of everybody) expect(await members(it, everybody)).toContain("carol member");
  const known = (await alice.contact(carol)).state;
  expect(known).toBe("accepted");
  expect((await carol.rows("sessions")).length).toBeGreaterThanOrEqual(before);
  await tell(carol, "here");
  await w.atRest(MINUTE_MS);
  expect(await hears(alice)).toEqual(["here"]);
});

test("[GL1] links are made by admins, within bounds", async () => {
  const w = await hut();
  const { alice, bob } = w;
  const errorOf = async (by: Person, terms: Partial<LinkTerms>): Promise<unknown> => {
    const made = await by.outcome(
      by.device.groups.makeLink(await groupOf(by), { ...OPEN, ...terms }),
    );
    return made.ok ? "ok" : made.error.type;
  };
  expect(await errorOf(bob, {})).toBe("RoleTooLow");
  for (const uses of [0, 501, 1.5, Number.NaN]) {
    expect(await errorOf(alice, { uses })).toBe("UsesOutOfRange");
  }
  for (const expiresInMs of [0, 31 * 86_400_000, Number.NaN]) {
    expect(await errorOf(alice, { expiresInMs })).toBe("LifeOutOfRange");
  }
  for (let n = 0; n < LIVE_LINKS_MAX; n += 1) expect(await errorOf(alice, {})).toBe("ok");
  expect(await errorOf(alice, {})).toBe("LinksTooMany");
  await w.atRest();
});

test("[GL9] a wish that the relay lost with its store is told again", async () => {
  const w = await hut("carol");
  const { alice, bob, carol, everybody } = w;
  const link = await linkOf(alice);
  await w.pass(20 * SECOND_MS);
  await alice.sleep();
  await comesIn(carol, link);
  await w.pass(10 * SECOND_MS);
  w.killRelay(w.relay, { forgets: true });
  w.relay.start();
  await w.pass(MINUTE_MS);
  await alice.wake();
  await w.pass(6 * MINUTE_MS);
  await tell(alice, "welcome");
  await w.atRest(3 * MINUTE_MS);
  for (const it of everybody) expect(await members(it, everybody)).toContain("carol member");
  for (const it of [bob, carol]) expect((await hears(it)).at(-1)).toBe("welcome");
});

test("[GL8] the record behind a link follows the group: its name, and who are admins now", async () => {
  const w = await hut("carol", "dave");
  const { alice, bob, carol, dave } = w;
  const link = await linkOf(alice, { approval: true });
  const c = await groupOf(alice);
  expect(await alice.device.groups.describe(c, { title: "The new hut" })).toEqual({ ok: true });
  await makeAdmin(alice, bob);
  await w.pass(MINUTE_MS);
  await comesIn(carol, link);
  await w.pass(20 * SECOND_MS);
  expect((await rosterRow(carol)).title).toBe("The new hut");
  expect((await rosterRow(carol)).joining?.admins).toHaveLength(2);
  expect(await alice.device.groups.setRole(c, await bob.account(), "member")).toEqual({ ok: true });
  await w.pass(MINUTE_MS);
  // His door is closed, and he sees nobody waiting any more.
  expect(await joins(bob)).toEqual([]);
  await comesIn(dave, link);
  await w.pass(20 * SECOND_MS);
  expect((await rosterRow(dave)).joining?.admins).toEqual([await alice.account()]);
  expect(await joins(alice)).toHaveLength(2);
  await w.atRest();
});

test("[GL13] an admin who never heard the wish is written to as a member, when the link is over", async () => {
  const w = await world(["alice", "bob", "carol"], { atOther: ["bob"] });
  const { alice, bob, carol, everybody } = w;
  await w.befriend(alice, bob);
  await makeGroup(alice, [bob]);
  await w.pass(20 * SECOND_MS);
  await makeAdmin(alice, bob);
  const link = await linkOf(alice, { uses: 1 });
  await w.pass(MINUTE_MS);
  await comesIn(carol, link);
  w.killRelay(w.otherRelay);
  await w.pass(MINUTE_MS);
  expect(await members(alice, everybody)).toContain("carol member");
  await tell(carol, "hello");
  await w.pass(20 * SECOND_MS);
  w.otherRelay.start();
  await w.pass(2 * MINUTE_MS);
  await tell(carol, "are you there?");
  await w.atRest(6 * MINUTE_MS);
  expect(await hears(bob)).toEqual(["hello", "are you there?"]);
  expect(await members(bob, everybody)).toContain("carol member");
});
