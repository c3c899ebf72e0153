/** What a device signs beside what it had said, after it was put out of its account. */
import { expect, test } from "vitest";

import { bytesOf } from "../../sync/channel/channels.ts";
import { rosterOf } from "../../sync/group/rosters.ts";
import { encodePayload } from "../../sync/payload/payload.ts";
import { encodeRosterBody, ROSTER_KINDS } from "../../sync/roster/ops.ts";
import { type MessageView, viewsOf } from "../../sync/thread/view.ts";
import { overSession } from "./forge.ts";
import { groupOf, hears, makeGroup, members, tell } from "./group-talk.ts";
import { entriesOf } from "./hostile-entries.ts";
import { linked } from "./sibling.ts";
import { deafen, deviceOf, three } from "./three-devices.ts";
import { MINUTE_MS, SECOND_MS, type World, world } from "./world.ts";

const NAMES = ["phone", "laptop", "bob", "carol"] as const;
type Four = World<(typeof NAMES)[number]>;
const STOOD = ["yes", "surely", "today"];

/** A phone and a laptop of one account, in a group with two contacts. */
async function four(): Promise<Four> {
  const them = await world(NAMES);
  const { phone, laptop, bob, carol, pass, befriend } = them;
  await befriend(phone, bob);
  await befriend(phone, carol);
  await linked(phone, laptop);
  await pass(MINUTE_MS);
  await makeGroup(phone, [bob, carol]);
  await pass(30 * SECOND_MS);
  await tell(laptop, "one");
  await laptop.say(carol, "one");
  await tell(bob, "bob is in");
  await tell(carol, "carol is in");
  await pass(30 * SECOND_MS);
  return them;
}

test("[OD18] [FK4] a removed device removes nobody in the place of what it had said", async () => {
  const { phone, laptop, bob, carol, pass, outcome } = await four();
  const c = await groupOf(laptop);
  const heads = await laptop.change(async (tx) => (await rosterOf(tx, c)).heads);
  const act = { type: "remove", account: await carol.account(), cut: [] } as const;
  const body = encodeRosterBody({ heads, act });
  const forged = await entriesOf(laptop, [{ kind: ROSTER_KINDS.remove, body }]);
  await tell(laptop, "two");
  await pass(30 * SECOND_MS);
  laptop.disconnect();
  const revoked = await outcome(phone.device.devices.revoke(await deviceOf(laptop), []));
  expect(revoked).toMatchObject({ ok: true });
  await pass(2 * MINUTE_MS);
  const all = [phone, bob, carol];
  const before = await members(phone, all);

  // Bob hands on what the stolen device signed.
  for (const it of [phone, carol]) {
    await overSession(bob, it, [[encodePayload("entries", { entries: forged })]]);
  }
  await pass(3 * MINUTE_MS);
  for (const it of all) expect(await members(it, all)).toEqual(before);
  expect((await phone.rows("forks")).length).toBeGreaterThan(0);
  expect(all.flatMap((it) => it.bugs)).toEqual([]);
});

/** The laptop tells the phone and Bob one thing, and Carol another under the same numbers. */
async function tellsTwoThings(
  { phone, laptop, bob, carol, relay, pass }: Four,
  instead: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const putBack = laptop.backUp();
  await carol.sleep();
  for (const text of ["yes", "surely", "today"]) {
    await tell(laptop, text);
    await laptop.say(carol, text);
  }
  await pass(10 * SECOND_MS);
  for (const it of [laptop, phone, bob]) await it.sleep();
  const [mailbox] = await carol.rows("mailboxes");
  await relay.lose(bytesOf(mailbox?.mailbox ?? ""));
  putBack();
  await laptop.wake();
  await instead();
  for (const text of ["no", "never", "and not today", "not ever"]) {
    await tell(laptop, text);
    await laptop.say(carol, text);
  }
  await pass(5 * SECOND_MS);
  await carol.wake();
  await pass(5 * SECOND_MS);
  await laptop.sleep();
}

test("[OD18] [OD19] who was told something else by a removed device hears what its account stands by", async () => {
  const w = await four();
  const { phone, bob, carol, pass, outcome } = w;
  await tellsTwoThings(w);
  expect((await hears(carol)).slice(-2)).toEqual(["and not today", "not ever"]);
  await carol.sleep();
  for (const it of [phone, bob]) await it.wake();
  await pass(5 * SECOND_MS);
  const revoked = await outcome(phone.device.devices.revoke(await deviceOf(w.laptop), []));
  expect(revoked).toMatchObject({ ok: true });
  await pass(MINUTE_MS);
  await carol.wake();
  await pass(5 * MINUTE_MS);
  for (const it of [phone, bob, carol]) {
    expect((await hears(it)).slice(-3), `${it.name} in the group`).toEqual(STOOD);
    expect(it.bugs).toEqual([]);
  }
  expect((await carol.sees(phone)).slice(-3), "in their chat").toEqual(STOOD);
});

test("[MO42] words that such a device deleted for some come back to them, with what was said about them", async () => {
  const w = await four();
  const { phone, laptop, bob, carol, pass, outcome } = w;
  const c = await groupOf(carol);
  const id = (await carol.rows("entries")).find((it) => it.c === c && it.text === "one")?.id ?? "";
  const toCarol = async (): Promise<MessageView | undefined> => {
    const rows = (await carol.rows("entries")).filter((it) => it.c === c && it.id === id);
    const aggregates = (await carol.rows("aggregates")).filter((it) => it.c === c);
    return viewsOf(rows, aggregates, await carol.account())[0]?.view;
  };
  const reacted = await bob.device.acts.react(await groupOf(bob), id, "👍", true);
  expect(reacted).toMatchObject({ ok: true });
  const edited = await laptop.device.acts.edit(await groupOf(laptop), id, "one, or two");
  expect(edited).toMatchObject({ ok: true });
  await pass(30 * SECOND_MS);
  const before = await toCarol();
  expect(before).toMatchObject({ state: "here", text: "one, or two" });
  await tellsTwoThings(w, async () => {
    const gone = await laptop.device.acts.deleteForAll(await groupOf(laptop), id);
    expect(gone).toMatchObject({ ok: true });
  });
  expect(await toCarol()).toMatchObject({ state: "deleted" });
  await carol.sleep();
  for (const it of [phone, bob]) await it.wake();
  await pass(5 * SECOND_MS);
  const revoked = await outcome(phone.device.devices.revoke(await deviceOf(laptop), []));
  expect(revoked).toMatchObject({ ok: true });
  await pass(MINUTE_MS);
  await carol.wake();
  await pass(5 * MINUTE_MS);
  expect(await toCarol()).toEqual(before);
  expect((await carol.rows("meta")).filter(({ k }) => k === "lostWords")).toEqual([]);
  expect(carol.bugs).toEqual([]);
});

test("[MO42] what a removed device wrote and deleted behind the end of its log is looked for by nobody", async () => {
  const { phone, laptop, bob, relay, pass, outcome } = await three();
  await phone.sleep();
  await laptop.say(bob, "never mind");
  await pass(10 * SECOND_MS);
  const c = await laptop.chatWith(bob);
  const id = (await laptop.entries(bob)).find((it) => it.text === "never mind")?.id ?? "";
  expect(await laptop.device.acts.deleteForAll(c, id)).toMatchObject({ ok: true });
  await pass(10 * SECOND_MS);
  await laptop.sleep();
  await deafen({ relay }, phone);
  await phone.wake();
  const revoked = await outcome(phone.device.devices.revoke(await deviceOf(laptop), []));
  expect(revoked).toMatchObject({ ok: true });
  await pass(3 * MINUTE_MS);
  // Bob had let the words go, and so had everybody.
  const gone = (await bob.rows("entries")).find((it) => it.id === id);
  expect(gone).toMatchObject({ counts: "no", erased: true, shown: 0 });
  relay.counted();
  await pass(60 * MINUTE_MS);
  expect(relay.counted()["put.stored"] ?? 0).toBe(0);
});
