import { expect, test } from "vitest";

import { bytesOf } from "../../sync/channel/channels.ts";
import type { HistoryPolicy } from "../../sync/roster/may.ts";
import { add, groupOf, hears, makeGroup, remove, rosterRow, tell } from "./group-talk.ts";
import { MINUTE_MS, SECOND_MS, DAY_MS, type World, world } from "./world.ts";

type Five = World<"alice" | "bob" | "carol" | "dave">;

/** Alice knows all; she and Bob and Dave are in the group. */
async function hut(history: HistoryPolicy): Promise<Five> {
  const w = await world(["alice", "bob", "carol", "dave"]);
  const { alice, bob, carol, dave } = w;
  for (const it of [bob, carol, dave]) await w.befriend(alice, it);
  await makeGroup(alice, [bob, dave], history);
  await w.pass(20 * SECOND_MS);
  return w;
}

async function talk(w: Five, from: number, to: number): Promise<readonly string[]> {
  const said: string[] = [];
  for (let n = from; n <= to; n += 1) {
    const by = n % 2 === 0 ? w.alice : w.bob;
    said.push(`${by.name} ${n}`);
    await tell(by, `${by.name} ${n}`);
    await w.pass(SECOND_MS);
  }
  return said;
}

test("[GP20] [HY21] who comes later reads what the policy allows, whoever wrote it, and none of it is unread", async () => {
  const w = await hut("all");
  const { alice, carol, dave } = w;
  const said = [...(await talk(w, 1, 30))];
  await tell(dave, "I shall leave");
  await w.pass(5 * SECOND_MS);
  await remove(alice, dave);
  await w.pass(10 * SECOND_MS);
  await add(alice, carol);
  await w.pass(30 * SECOND_MS);
  expect(await hears(carol)).toEqual([...said, "I shall leave"]);
  const row = (await carol.rows("channels")).find((it) => it.kind === "group");
  expect(row).toMatchObject({ unread: 0 });
  expect(row?.history).toBeUndefined();
  // Somebody who went before has a name all the same.
  expect((await carol.contact(dave)).name).toBe("dave");
  await tell(w.bob, "new");
  await w.atRest(MINUTE_MS);
  expect((await carol.rows("channels")).find((it) => it.kind === "group")?.unread).toBe(1);
});

test("[GP20] under the policy of a week nothing older is given, nor taken", async () => {
  const w = await hut("week");
  const { alice, carol } = w;
  await talk(w, 1, 4);
  await w.night(8 * DAY_MS);
  await w.pass(MINUTE_MS);
  const said = await talk(w, 5, 8);
  await add(alice, carol);
  await w.pass(2 * MINUTE_MS);
  expect(await hears(carol)).toEqual(said);
  await w.pass(20 * MINUTE_MS);
  expect(await hears(carol)).toEqual(said);
});

test("[HY21] any member gives history: who let them in may be away, and it goes on where it broke off", async () => {
  const w = await hut("all");
  const { alice, bob, carol } = w;
  const said = await talk(w, 1, 20);
  // More than one answer holds.
  const long = "x".repeat(20_000);
  for (let n = 0; n < 30; n += 1) await tell(bob, `${n} ${long}`);
  await w.pass(2 * MINUTE_MS);
  carol.disconnect();
  await add(alice, carol);
  await w.pass(10 * SECOND_MS);
  await alice.sleep();
  carol.reconnect();
  await w.pass(3 * SECOND_MS);
  carol.crash();
  await carol.wake();
  await w.pass(MINUTE_MS);
  const heard = await hears(carol);
  expect(heard.slice(0, 20)).toEqual(said);
  expect(heard).toHaveLength(50);
  // Alice is asked a few times more before she is not waited for.
  await w.pass(10 * MINUTE_MS);
  const row = (await carol.rows("channels")).find((it) => it.kind === "group");
  expect(row?.history).toBeUndefined();
  expect([...carol.bugs, ...bob.bugs]).toEqual([]);
});

test("[GP21] a policy that was changed is for those who come after that", async () => {
  const w = await hut("none");
  const { alice, bob, carol, dave } = w;
  const said = await talk(w, 1, 4);
  await remove(alice, dave);
  await w.pass(10 * SECOND_MS);
  await add(alice, carol);
  await w.pass(30 * SECOND_MS);
  expect(await hears(carol)).toEqual([]);
  const c = await groupOf(bob);
  expect(await bob.device.groups.describe(c, { history: "all" })).toEqual({
    ok: false,
    error: { type: "RoleTooLow", needed: "admin" },
  });
  const changed = await alice.device.groups.describe(await groupOf(alice), { history: "all" });
  expect(changed).toEqual({ ok: true });
  await w.pass(10 * SECOND_MS);
  for (const it of [alice, bob, carol]) expect((await rosterRow(it)).history).toBe("all");
  await add(alice, dave);
  await w.pass(MINUTE_MS);
  expect((await hears(dave)).filter((it) => said.includes(it))).toEqual(said);
  expect(await hears(carol)).toEqual([]);
});

test("[GP9] [GP20] who left and is back asks for nothing that was said meanwhile", async () => {
  const w = await hut("none");
  const { alice, bob, dave } = w;
  const before = await talk(w, 1, 4);
  expect(await dave.device.groups.leave(await groupOf(dave))).toEqual({ ok: true });
  await w.pass(20 * SECOND_MS);
  const meanwhile = await talk(w, 5, 8);
  await w.pass(20 * SECOND_MS);
  await add(alice, dave);
  await w.pass(20 * SECOND_MS);
  await tell(bob, "and now");
  await w.pass(MINUTE_MS);
  await tell(dave, "back");
  await w.atRest(5 * MINUTE_MS);
  expect(await hears(dave)).toEqual([...before, "and now", "back"]);
  expect(await hears(alice)).toEqual([...before, ...meanwhile, "and now", "back"]);
  // Nothing goes on being asked for.
  w.relay.counted();
  await w.pass(30 * MINUTE_MS);
  expect(w.relay.counted()["put.stored"] ?? 0).toBe(0);
});

test("[GP20] what who let them in did not have yet is asked for once, and no more", async () => {
  const w = await hut("none");
  const { alice, bob, dave } = w;
  await talk(w, 1, 4);
  expect(await dave.device.groups.leave(await groupOf(dave))).toEqual({ ok: true });
  await w.pass(20 * SECOND_MS);
  // Bob's next words are lost on their way to Alice, who lets Dave in before she hears of them.
  alice.disconnect();
  await tell(bob, "between");
  await tell(bob, "between too");
  await w.pass(5 * SECOND_MS);
  await tell(alice, "meanwhile");
  await w.pass(SECOND_MS);
  await add(alice, dave);
  const [mailbox] = await alice.rows("mailboxes");
  expect(await w.relay.lose(bytesOf(mailbox?.mailbox ?? ""))).toBeGreaterThan(0);
  alice.reconnect();
  await w.pass(20 * SECOND_MS);
  await tell(bob, "and now");
  await w.pass(5 * MINUTE_MS);
  await tell(dave, "back");
  await w.atRest(5 * MINUTE_MS);
  // He knows where Bob's log begins for him: nothing before that is missing.
  const said = (await dave.rows("entries")).find((it) => it.text === "and now");
  const log = (await dave.rows("logs")).find((it) => it.a === said?.a);
  expect((await rosterRow(dave)).starts[log?.log ?? ""]).toBe(said?.s);
  expect((await hears(dave)).slice(-2)).toEqual(["and now", "back"]);
});
