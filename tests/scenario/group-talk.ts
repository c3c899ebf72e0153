/** Words for scenarios with groups: what people do in one, and what each of them sees of it. */
import { expect } from "vitest";

import { assert } from "../../crypto/base/assert.ts";
import type { RosterRow } from "../../sync/group/rows.ts";
import type { HistoryPolicy, Role } from "../../sync/roster/may.ts";
import type { EntryRow } from "../../sync/store/rows.ts";
import type { Person } from "./person.ts";

/** The number of their group of this name, by which they were let in. */
export async function groupOf(person: Person): Promise<number> {
  const groups = (await person.rows("channels")).filter((it) => it.kind === "group");
  const c = groups.at(-1)?.c;
  assert(c !== undefined, `${person.name} has a group`);
  return c;
}

export async function rosterRow(person: Person): Promise<RosterRow> {
  const c = await groupOf(person);
  const row = (await person.rows("rosters")).find((it) => it.c === c);
  assert(row !== undefined, `${person.name} has a roster`);
  return row;
}

export async function makeGroup(
  owner: Person,
  others: readonly Person[],
  history?: HistoryPolicy,
): Promise<void> {
  const accounts = await Promise.all(others.map((it) => it.account()));
  const made = await owner.device.groups.create("Hut", accounts, history);
  expect(made).toMatchObject({ ok: true });
}

export async function add(by: Person, who: Person, role: Role = "member"): Promise<void> {
  const added = await by.device.groups.add(await groupOf(by), await who.account(), role);
  expect(added).toMatchObject({ ok: true });
}

export async function remove(by: Person, who: Person): Promise<void> {
  const removed = await by.device.groups.remove(await groupOf(by), await who.account());
  expect(removed).toMatchObject({ ok: true });
}

export async function tell(person: Person, text: string): Promise<void> {
  const sent = await person.device.send(await groupOf(person), text);
  expect(sent).toMatchObject({ ok: true });
}

export async function timeline(person: Person): Promise<readonly EntryRow[]> {
  const c = await groupOf(person);
  return (await person.rows("entries"))
    .filter((it) => it.c === c && it.shown === 1)
    .toSorted((x, y) => x.h - y.h || x.b - y.b || x.s - y.s);
}

/** Messages alone, in the order of the conversation. */
export const hears = async (person: Person): Promise<readonly string[]> =>
  (await timeline(person)).filter((it) => it.text !== "").map((it) => it.text);

/** Names of the members, as roles: "Alice owner". */
export async function members(
  person: Person,
  people: readonly Person[],
): Promise<readonly string[]> {
  const names = new Map<string, string>();
  for (const it of people) names.set(await it.account(), it.name);
  const row = await rosterRow(person);
  return row.members.map(({ account, role }) => `${names.get(account) ?? "?"} ${role}`).toSorted();
}
