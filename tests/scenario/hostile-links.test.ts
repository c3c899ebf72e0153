/** Strangers with a link into a group that asks nobody: what they cannot do with it. */
import { expect, test } from "vitest";

import { COMINGS_MAX, LET_IN_MAX } from "../../sync/group/joins.ts";
import { rosterOf } from "../../sync/group/rosters.ts";
import { encodePayload } from "../../sync/payload/payload.ts";
import { encodeRosterBody, ROSTER_KINDS } from "../../sync/roster/ops.ts";
import { overSession } from "./forge.ts";
import { groupOf, makeGroup, members, rosterRow, tell } from "./group-talk.ts";
import { entriesOf } from "./hostile-entries.ts";
import type { Person } from "./person.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

test("[GL16] who comes and goes without end is asked about, and so is everybody when a link has let in many", async () => {
  const w = await world(["alice", "carol", "dave"]);
  const { alice, carol, dave, everybody } = w;
  await makeGroup(alice, []);
  const terms = { uses: null, expiresInMs: 60 * MINUTE_MS, approval: false };
  const made = await w.outcome(alice.device.groups.makeLink(await groupOf(alice), terms));
  if (!made.ok) throw new Error(made.error.type);
  const comesIn = async (who: Person): Promise<void> => {
    const used = await w.outcome(who.device.acceptInvite(made.value.link));
    expect(used, `${who.name} uses the link`).toMatchObject({ ok: true });
    await w.pass(20 * SECOND_MS);
  };
  const joins = async (): Promise<unknown> => (await rosterRow(alice)).joins ?? [];
  for (let times = 0; times < COMINGS_MAX; times += 1) {
    await comesIn(carol);
    expect(await members(alice, everybody)).toContain("carol member");
    expect(await carol.device.groups.leave(await groupOf(carol))).toEqual({ ok: true });
    await w.pass(20 * SECOND_MS);
  }
  await comesIn(carol);
  const hers = { account: await carol.account(), dueAtMs: null };
  expect(await joins()).toMatchObject([hers]);
  const c = await groupOf(alice);
  await alice.change(async (tx) => {
    const row = await tx.get("rosters", c);
    const worn = (row?.links ?? []).map((it) => ({ ...it, used: LET_IN_MAX }));
    if (row !== undefined) await tx.put("rosters", { ...row, links: worn });
  });
  await comesIn(dave);
  expect(await joins()).toMatchObject([hers, { account: await dave.account(), dueAtMs: null }]);
  expect([...alice.bugs, ...carol.bugs]).toEqual([]);
});

test("[GL16] a member who may let nobody in cannot wear anybody out", async () => {
  const w = await world(["alice", "mallory", "carol"]);
  const { alice, mallory, carol, everybody } = w;
  await w.befriend(alice, mallory);
  await makeGroup(alice, [mallory]);
  await w.pass(20 * SECOND_MS);
  await tell(mallory, "hello");
  await w.pass(10 * SECOND_MS);
  const c = await groupOf(mallory);
  const heads = await mallory.change(async (tx) => (await rosterOf(tx, c)).heads);
  const account = await carol.account();
  const words = Array.from({ length: COMINGS_MAX }, (_, n) => {
    const act = { type: "add", account, role: "member", floor: n, invite: null } as const;
    return { kind: ROSTER_KINDS.add, body: encodeRosterBody({ heads, act }) };
  });
  const entries = await entriesOf(mallory, words);
  await overSession(mallory, alice, [[encodePayload("entries", { entries })]]);
  await w.pass(20 * SECOND_MS);
  const ours = await groupOf(alice);
  const voids = await alice.change(async (tx) => (await rosterOf(tx, ours)).voids);
  expect(voids.size).toBe(COMINGS_MAX);
  const terms = { uses: null, expiresInMs: 60 * MINUTE_MS, approval: false };
  const made = await w.outcome(alice.device.groups.makeLink(ours, terms));
  if (!made.ok) throw new Error(made.error.type);
  await carol.accept(made.value.link);
  await w.pass(20 * SECOND_MS);
  expect(await members(alice, everybody)).toContain("carol member");
});
