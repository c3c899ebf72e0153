/** What the rows of a group hold for screens, which read no bytes. */
import { expect, test } from "vitest";

import { KINDS } from "../../sync/entry/kinds.ts";
import { groupOf, hears, makeGroup, tell, timeline } from "./group-talk.ts";
import type { Person } from "./person.ts";
import { HOME_URL, SECOND_MS, world } from "./world.ts";

const preview = async (person: Person) => {
  const c = await groupOf(person);
  return (await person.rows("channels")).find((it) => it.c === c)?.preview;
};

test("[GP17] rows tell what was said of the group, and whose its newest line is", async () => {
  const w = await world(["alice", "bob"]);
  const { alice, bob } = w;
  await w.befriend(alice, bob);
  await makeGroup(alice, [bob]);
  const described = await alice.device.groups.describe(await groupOf(alice), {
    title: "Ropes",
    history: "week",
  });
  expect(described).toMatchObject({ ok: true });
  await w.pass(20 * SECOND_MS);
  for (const it of w.everybody) {
    const meta = (await timeline(it)).find(({ kind }) => kind === KINDS.meta.number);
    expect(meta?.meta).toEqual({
      title: "Ropes",
      topic: null,
      picture: null,
      history: "week",
      timer: null,
    });
    expect(await preview(it)).toMatchObject({ text: "", at: [meta?.a, meta?.s] });
  }
  await tell(alice, "on Thursday?");
  await w.atRest();
  const newest = (await timeline(bob)).at(-1);
  expect(await preview(bob)).toMatchObject({
    text: "on Thursday?",
    own: false,
    at: [newest?.a, newest?.s],
  });
});

test("[AC2] in a group admins delete and pin what members wrote, and members do neither", async () => {
  const w = await world(["alice", "bob", "carol"]);
  const { alice, bob, carol } = w;
  await w.befriend(alice, bob);
  await w.befriend(alice, carol);
  await makeGroup(alice, [bob, carol]);
  await w.pass(20 * SECOND_MS);
  await tell(alice, "from the owner");
  await tell(bob, "from a member");
  await w.atRest();
  const idOf = async (person: Person, text: string): Promise<string> =>
    (await timeline(person)).find((it) => it.text === text)?.id ?? "";
  const by = async (person: Person, text: string) =>
    [await groupOf(person), await idOf(person, text)] as const;
  const [group, owners] = await by(carol, "from the owner");
  const [, members] = await by(carol, "from a member");
  const refused = async (type: string, id: string, deed: "deleteForAll" | "pin") => {
    const { acts } = carol.device;
    const done = deed === "pin" ? acts.pin(group, id, true) : acts.deleteForAll(group, id);
    expect(await done).toEqual({ ok: false, error: { type } });
  };
  await refused("NotYours", owners, "deleteForAll");
  await refused("NotYours", members, "deleteForAll");
  await refused("NotAllowed", members, "pin");
  expect(await alice.device.acts.pin(...(await by(alice, "from the owner")), true)).toEqual({
    ok: true,
  });
  expect(await alice.device.acts.deleteForAll(...(await by(alice, "from a member")))).toEqual({
    ok: true,
  });
  await w.atRest();
  for (const it of w.everybody) expect(await hears(it)).toEqual(["from the owner"]);
  const told = await bob.device.acts.deleteForAll(...(await by(bob, "from the owner")));
  expect(told).toEqual({ ok: false, error: { type: "NotYours" } });
});

test("[GL15] what a group is called is asked of our own relay, and of another when the person wants that", async () => {
  const w = await world(["alice", "bob", "carol"], { atOther: ["carol"] });
  const { alice, bob, carol } = w;
  await makeGroup(alice, []);
  const terms = { uses: null, expiresInMs: 3_600 * SECOND_MS, approval: false };
  const made = await alice.outcome(alice.device.groups.makeLink(await groupOf(alice), terms));
  const link = made.ok ? made.value.link : "";
  await w.pass(20 * SECOND_MS);
  const look = (who: Person, isAsked = false) => who.outcome(who.device.groups.look(link, isAsked));
  const named = { ok: true, value: { name: "Hut", elsewhere: null } };
  expect(await look(bob)).toEqual(named);
  const before = w.relay.asked.length;
  expect(await look(carol)).toEqual({ ok: true, value: { name: null, elsewhere: HOME_URL } });
  expect(w.relay.asked.slice(before)).toEqual([]);
  expect(await look(carol, true)).toEqual(named);
  expect(await look(alice)).toEqual({ ok: false, error: { type: "LinkIsOwn" } });
  await w.pass(20 * SECOND_MS);
  // Nobody wanted to come in by that.
  const [roster] = await alice.rows("rosters");
  expect([roster?.members.length, roster?.joins ?? []]).toEqual([1, []]);
  await alice.device.groups.withdrawLink(await groupOf(alice), roster?.links?.[0]?.tag ?? "");
  await w.pass(20 * SECOND_MS);
  expect(await look(bob)).toEqual({ ok: false, error: { type: "InviteNotFound" } });
});
