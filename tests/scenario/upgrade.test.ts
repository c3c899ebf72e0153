/** Databases of earlier versions under today's code. */
import { expect, test } from "vitest";

import { readSelf } from "../../sync/account/self.ts";
import { encodeBody } from "../../sync/entry/bodies.ts";
import { refOf } from "../../sync/entry/entry-ref.ts";
import { decodeEntry, entryIdOf, signEntry } from "../../sync/entry/entry.ts";
import { KINDS } from "../../sync/entry/kinds.ts";
import { plainMessage } from "../../sync/entry/plain-message.ts";
import { addKnown, maxKnown } from "../../sync/log/known.ts";
import type { EntryRow, Rows, TableName } from "../../sync/store/rows.ts";
import { TABLES } from "../../sync/store/tables.ts";
import { diskOf, openUpgraded, type Owner, type PastVersion } from "../sync/store/past-versions.ts";
import type { Person } from "./person.ts";
import { HOUR_MS, MINUTE_MS, world } from "./world.ts";

const NAMES = Object.keys(TABLES) as TableName[];

/** What lies on that version's disk, after the upgrade of tables and indexes, and of no row. */
async function rowsOf(
  version: PastVersion,
  who: Owner,
): Promise<ReadonlyMap<TableName, readonly unknown[]>> {
  const { store } = await openUpgraded(who, await diskOf(version, who));
  const all = new Map<TableName, readonly unknown[]>();
  for (const name of NAMES) {
    all.set(name, await store.read([name], (tx) => tx.range(name, "primary", {})));
  }
  await store[Symbol.asyncDispose]();
  return all;
}

async function haveDisk(person: Person, version: PastVersion, who: Owner): Promise<void> {
  const rows = await rowsOf(version, who);
  await person.sleep();
  await person.change(async (tx) => {
    for (const name of NAMES) {
      const { primary } = TABLES[name];
      for (const row of await tx.range(name, "primary", {})) {
        const key = primary.map((field) => (row as Record<string, unknown>)[field]);
        await tx.delete(name, (key.length === 1 ? key[0] : key) as string);
      }
      for (const row of rows.get(name) ?? []) await tx.put(name, row as Rows[TableName]);
    }
  });
}

/** An entry that a newer app signed with Bob's keys, in a row as the first version wrote it. */
async function newerEntry(
  bob: Person,
  reader: Person,
  kind: number,
  body: (hello: EntryRow) => Uint8Array,
): Promise<void> {
  const self = await bob.change(readSelf);
  const own = (await bob.rows("logs")).find((it) => it.own)!;
  const log = (await reader.rows("logs")).find((it) => it.log === own.log)!;
  const rows = (await reader.rows("entries")).filter((it) => it.a === log.a);
  const [hello, last] = [rows.find((it) => it.text === "hello Alice")!, rows.at(-1)!];
  const like = decodeEntry(last.bytes);
  if (!like.ok) throw new Error("no entry");
  const seq = maxKnown(log.known) + 1;
  const hlc = like.value.core.hlc + 1;
  const draft = { ...like.value.core, seq, prev: last.hash, hlc, floor: last.h, kind };
  const salt = new Uint8Array(16).fill(seq);
  const { bytes, entry } = signEntry(draft, body(hello), salt, self!.keys.sigSecret);
  const shown = kind === KINDS.message.number ? 1 : 0;
  const fields = { s: seq, h: hlc, bytes, hash: entryIdOf(entry.coreBytes), kind, shown } as const;
  const text = shown === 1 ? "an answer" : "";
  await reader.change(async (tx) => {
    await tx.put("logs", { ...log, known: addKnown(log.known, seq), hlc });
    const arr = (await tx.count("entries", "primary", {})) + 1;
    await tx.put("entries", { ...last, ...fields, text, arr, id: last.id.slice(0, 25) + seq });
  });
}

test("[DV6] a database of version 1 opens, with everything in it, and goes on", async () => {
  const { alice, bob, pass, atRest, everybody } = await world(["alice", "bob"]);
  await haveDisk(alice, 1, "alice");
  await haveDisk(bob, 1, "bob");
  await pass(HOUR_MS);
  const reader = alice;
  for (const holder of [alice, bob]) {
    const refTo = (row: EntryRow) => {
      const entry = decodeEntry(row.bytes);
      if (!entry.ok) throw new Error("no entry");
      return refOf(entry.value.core.log, row.s, row.hash);
    };
    await newerEntry(bob, holder, KINDS.edit.number, (hello) =>
      encodeBody("edit", { target: refTo(hello), text: "hello!", mentions: [], whole: null }),
    );
    await newerEntry(bob, holder, KINDS.message.number, (hello) => {
      const reply = { target: refTo(hello), quote: "hello" };
      return encodeBody("message", { ...plainMessage("an answer"), reply });
    });
  }
  for (const person of everybody) await person.wake();
  await pass(5_000);

  const own = (await reader.rows("contacts")).find((it) => it.state === "self");
  expect(own?.name).toBe("alice");
  expect((await reader.rows("channels")).map((it) => it.kind)).toEqual(["self", "dm", "account"]);
  expect(await alice.sees(alice)).toEqual(["a note"]);
  const texts = await alice.sees(bob);
  expect(texts.toSorted()).toEqual(
    ["hello Bob", "hello Alice", "how are you?", "not read yet", "written without a way"]
      .concat("an answer")
      .toSorted(),
  );
  const [edited] = await alice.rows("aggregates");
  expect(edited?.aggregate.content?.text).toBe("hello!");
  const answer = (await alice.entries(bob)).find((it) => it.text === "an answer");
  expect(answer?.extra?.reply?.quote).toBe("hello");
  expect(await alice.unread(bob)).toBe(1);

  await bob.say(alice, "after the upgrade");
  await alice.say(bob, "all well");
  await atRest();
  expect(await bob.sees(alice)).toEqual(await alice.sees(bob));
  expect(await bob.sees(alice)).toContain("written without a way");
  expect(await bob.sees(alice)).toContain("all well");
});

test("[DV6] it is upgraded once: opened again, nothing is made anew", async () => {
  const { alice } = await world(["alice"]);
  await haveDisk(alice, 1, "alice");
  await alice.wake();
  await alice.sleep();
  const before = await alice.rows("contacts");
  await alice.wake();
  expect(await alice.rows("contacts")).toEqual(before);
  expect((await alice.change(readSelf)) ?? {}).not.toHaveProperty("facts");
});

test("[DV6] a database of version 2 opens, with everything in it, and goes on", async () => {
  // Of other names than those who wrote it, so that this relay knows nobody.
  const them = await world(["anna", "ben", "tablet"]);
  const { anna: alice, ben: bob, tablet: laptop, pass, atRest, everybody } = them;
  await haveDisk(alice, 2, "alice");
  await haveDisk(bob, 2, "bob");
  await haveDisk(laptop, 2, "laptop");
  await pass(HOUR_MS);
  for (const person of everybody) await person.wake();
  await pass(MINUTE_MS);
  for (const person of everybody) expect([person.name, ...person.bugs]).toEqual([person.name]);

  expect((await alice.rows("channels")).map((it) => it.kind)).toEqual(["self", "account", "dm"]);
  expect(await laptop.account()).toBe(await alice.account());
  const all = ["hello Bob", "hello Alice", "from the laptop", "not read yet"].concat(
    "written without a way",
  );
  expect((await alice.sees(bob)).toSorted()).toEqual(all.toSorted());
  expect(await alice.sees(alice)).toEqual(["a note"]);
  expect(await alice.unread(bob)).toBe(1);
  const views = await laptop.views(bob);
  const hello = views.find(({ row }) => row.text === "hello Alice");
  expect(hello?.view.text).toBe("hello, Alice!");
  expect(hello?.view.reactions.map((it) => it.emoji)).toEqual(["👍"]);

  await bob.say(alice, "after the upgrade");
  await alice.say(bob, "all well");
  await laptop.say(bob, "here too");
  // As the app does when it opens: a device without a name gives itself one.
  for (const person of everybody) {
    expect((await them.outcome(person.device.devices.introduce(person.name))).ok).toBe(true);
  }
  await atRest(2 * MINUTE_MS);
  for (const person of [alice, laptop]) {
    expect(await person.sees(bob)).toEqual(await bob.sees(alice));
    expect(await person.sees(bob)).toEqual(
      expect.arrayContaining([...all, "after the upgrade", "all well", "here too"]),
    );
  }
});
