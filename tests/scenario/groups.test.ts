import { expect, test } from "vitest";

import { add, groupOf, hears, makeGroup, members, remove, tell, timeline } from "./group-talk.ts";
import type { Person } from "./person.ts";
import { SECOND_MS, type World, world } from "./world.ts";

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
  for (const it of people) expect(await hears(it), it.name).toEqual(texts);
};

test("[GP1] a group is made of contacts, who hear each other without being contacts", async () => {
  const w = await trio();
  const { alice, bob, carol, everybody } = w;
  await makeGroup(alice, [bob, carol]);
  await w.pass(20 * SECOND_MS);
  for (const it of everybody) {
    expect(await members(it, everybody), it.name).toEqual([
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
    expect(await members(it, everybody), it.name).toEqual(["alice owner", "carol member"]);
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
