import { expect, test } from "vitest";

import type { LinkTerms } from "../../sync/group/link-acts.ts";
import type { GroupLinkRow, JoinRow } from "../../sync/group/rows.ts";
import { add, groupOf, hears, makeGroup, members, remove, rosterRow, tell } from "./group-talk.ts";
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

const use = (who: Person, link: string): ReturnType<Person["device"]["acceptInvite"]> =>
  who.outcome(who.device.acceptInvite(link));

async function comesIn(who: Person, link: string): Promise<void> {
  expect(await use(who, link), `${who.name} uses the link`).toMatchObject({ ok: true });
}

const joins = async (of: Person): Promise<readonly JoinRow[]> => (await rosterRow(of)).joins ?? [];
const links = async (of: Person): Promise<readonly GroupLinkRow[]> =>
  (await rosterRow(of)).links ?? [];

/** Alice knows Bob, and nobody else anybody. */
async function hut<Name extends string>(
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
