import { expect, test } from "vitest";

import { Chance } from "../sim/chance.ts";
import { groupOf, makeGroup, rosterRow, tell, timeline } from "./group-talk.ts";
import type { Person } from "./person.ts";
import { MINUTE_MS, SECOND_MS, world } from "./world.ts";

const STEPS = 40;

/** Messages that count, as this person has them; their own that were not accepted are left out. */
const heard = async (person: Person): Promise<readonly string[]> =>
  (await timeline(person))
    .filter((it) => it.text !== "" && it.counts === undefined)
    .map((it) => it.text);

/** Did they come later, or go in between? */
async function wasOut(person: Person): Promise<boolean> {
  const account = await person.account();
  const ops = (await person.rows("rosterOps")).map(({ op }) => op);
  const theirs = ops.filter(({ author, act }) => {
    if (act.type === "leave") return author === account;
    return "account" in act && act.account === account && act.type !== "role";
  });
  return theirs.length > 1 || person.name === "dave";
}

test.each(Array.from({ length: 8 }, (_, n) => n + 1))(
  "[GP14] [GP15] [GP16] whatever admins do to each other, apart and together, all end alike: %i",
  async (seed) => {
    const w = await world(["alice", "bob", "carol", "dave"]);
    const { alice, bob, carol, everybody } = w;
    for (const [n, one] of everybody.entries()) {
      for (const other of everybody.slice(n + 1)) await w.befriend(one, other);
    }
    await makeGroup(alice, [bob, carol]);
    await w.pass(20 * SECOND_MS);
    const chance = new Chance(seed, "groups");
    const upTo = (count: number): number => {
      const [high = 0, low = 0] = chance.bytes(2);
      return (high * 256 + low) % count;
    };
    const anybody = (): Person => everybody[upTo(everybody.length)] ?? alice;
    const apart = new Set<Person>();
    for (let n = 0; n < STEPS; n += 1) {
      const [by, whom] = [anybody(), anybody()];
      const isIn = (await by.rows("channels")).some((it) => it.kind === "group");
      const c = isIn ? await groupOf(by) : 0;
      const { groups } = by.device;
      const account = await whom.account();
      // What the roster does not allow is refused, and nothing happens.
      const deeds = [
        () => by.device.send(c, `${by.name} ${n}`),
        () => by.device.send(c, `${by.name} ${n}`),
        () => groups.add(c, account, upTo(2) === 0 ? "admin" : "member"),
        () => groups.add(c, account),
        () => groups.remove(c, account),
        () =>
          groups.setRole(c, account, (["member", "admin", "owner"] as const)[upTo(3)] ?? "admin"),
        () => groups.setRole(c, account, "admin"),
        () => groups.describe(c, { title: `name ${n}` }),
        () => (by === alice ? Promise.resolve() : groups.leave(c)),
      ];
      if (isIn) await deeds[upTo(deeds.length)]?.();
      if (upTo(3) === 0) {
        if (apart.delete(by)) by.reconnect();
        else {
          apart.add(by);
          by.disconnect();
        }
      }
      if (upTo(12) === 0) {
        w.killRelay(w.relay, { forgets: true });
        w.relay.start();
      }
      await w.pass(upTo(8) * 700);
    }
    for (const it of apart) it.reconnect();
    await w.pass(MINUTE_MS);
    // Of a word that a relay lost one hears by the next word of somebody who heard it.
    for (const it of everybody) {
      const isIn = (await it.rows("channels")).some(({ kind }) => kind === "group");
      if (isIn) await it.device.send(await groupOf(it), `${it.name} is there`);
    }
    await w.pass(5 * MINUTE_MS);
    await tell(alice, "that was it");
    await w.pass(15 * MINUTE_MS);
    const mine = await rosterRow(alice);
    const told = await heard(alice);
    for (const it of everybody) {
      expect(it.bugs, `${it.name} found no contradiction`).toEqual([]);
      const account = await it.account();
      if (!mine.members.some((member) => member.account === account)) continue;
      const { digest, isBehind, waits, title } = await rosterRow(it);
      expect({ digest, isBehind, waits, title }, `${it.name} agrees`).toEqual({
        digest: mine.digest,
        isBehind: false,
        waits: [],
        title: mine.title,
      });
      const theirs = await heard(it);
      expect(theirs, `${it.name} is in`).toContain("that was it");
      // In one order, and nothing that Alice does not take for said.
      expect(told.filter((text) => theirs.includes(text))).toEqual(theirs);
      const missed = (await wasOut(it)) ? [] : told.filter((text) => !theirs.includes(text));
      expect(missed, `${it.name} missed nothing`).toEqual([]);
    }
  },
);
