/** What a person is told about a chat that does not go quite as it should. */
import { Dexie } from "dexie";

import type { ForkRow, HealedRow } from "../../sync/heal/rows.ts";
import { holesOf, maxKnown } from "../../sync/log/known.ts";
import type { EntryRow, LogRow } from "../../sync/store/rows.ts";
import { nameIn, peopleOf } from "./people.ts";
import { contactsOf, type Db, devicesOf, forksOf, healedOf, rostersOf } from "./tables.ts";

/** By log id: the first entry that a newcomer to a group may read. */
export type Starts = Readonly<Record<string, number>>;

/** [AMM1] Others' messages that must exist, because later ones came, and are not here yet. */
export function missingMessages(
  logs: readonly LogRow[],
  { starts, forks }: Pick<Troubles, "starts" | "forks"> = { starts: {}, forks: [] },
): number {
  // [AMM2] What was written before one came is not missing, nor what stands behind a fork.
  const endByLog = new Map(forks.map(({ a, s }) => [a, s - 1]));
  return logs
    .filter(({ own }) => !own)
    .flatMap(({ a, log, known }) => {
      const [first, last] = [starts[log] ?? 1, endByLog.get(a ?? 0) ?? Infinity];
      return holesOf(known, maxKnown(known)).map(([from, to]) =>
        Math.max(0, Math.min(to, last) - Math.max(from, first) + 1),
      );
    })
    .reduce((sum, count) => sum + count, 0);
}

/** When the encrypted session with one of the account's devices was last begun anew; 0 = never. */
export async function sessionResetMs(db: Db, account: string): Promise<number> {
  const devices = await devicesOf(db).where("account").equals(account).toArray();
  return Math.max(0, ...devices.map(({ resetAtMs }) => resetAtMs));
}

/**
 * [AMM4] Since when none of the account's devices is where we know it to be, by the relays' word; 0 = one
 * is, or nobody tried.
 */
export async function lostSinceMs(db: Db, account: string): Promise<number> {
  const contact = await contactsOf(db).get(account);
  const devices = await devicesOf(db).where("account").equals(account).toArray();
  const live = devices.filter(({ device }) => contact?.live.includes(device) === true);
  if (live.length === 0) return 0;
  return live.every(({ deniedAtMs }) => deniedAtMs !== undefined)
    ? Math.max(...live.map(({ deniedAtMs }) => deniedAtMs ?? 0))
    : 0;
}

/** [AMM5] Did they put us into groups that were not taken, since so many others are unanswered? */
export async function hasDeclinedGroups(db: Db, account: string): Promise<boolean> {
  const contact = await contactsOf(db).get(account);
  return contact?.state === "accepted" && (contact.groupsDeclined ?? []).length > 0;
}

export type Troubles = {
  readonly starts: Starts;
  /** Logs that fork. */
  readonly forks: readonly ForkRow[];
  /** Who brought back what, most first. */
  readonly healed: readonly HealedRow[];
};

export async function readTroubles(db: Db, c: number): Promise<Troubles> {
  const [roster, forks, healed] = await Promise.all([
    rostersOf(db).get(c),
    forksOf(db).where("c").equals(c).toArray(),
    healedOf(db).where("[c+account]").between([c, Dexie.minKey], [c, Dexie.maxKey]).toArray(),
  ]);
  return {
    starts: roster?.starts ?? {},
    forks,
    healed: healed.toSorted((x, y) => y.count - x.count),
  };
}

/**
 * [AMM3] Of what arrived, in its order, what stands above messages that had been seen. Of a run the first
 * alone is marked. `lastH`: place in time of the newest message of the chat.
 */
export function lateAmong(arrived: readonly EntryRow[], lastH: number): readonly EntryRow[] {
  const late: EntryRow[] = [];
  for (const row of arrived) {
    const before = late.at(-1);
    const isRunOn = before !== undefined && before.a === row.a && before.s + 1 === row.s;
    if ((row.late || isRunOn) && row.h < lastH) late.push(row);
  }
  return late;
}

/** What one relay had not delivered. `name` null: another device of ours brought it back. */
export type RelayLoss = {
  readonly relay: string;
  readonly count: number;
  readonly by: readonly { readonly name: string | null; readonly count: number }[];
};

/** [AMM5] By relay, over all chats: who brought back how much, most first. */
export async function readRelayLosses(db: Db, self: string): Promise<readonly RelayLoss[]> {
  const [rows, contacts] = await Promise.all([healedOf(db).toArray(), contactsOf(db).toArray()]);
  const people = peopleOf(contacts);
  return [...Map.groupBy(rows, ({ url }) => new URL(url).host)].map(([relay, theirs]) => {
    const by = [...Map.groupBy(theirs, ({ account }) => account)]
      .map(([account, each]) => ({
        name: account === self ? null : nameIn(people, account),
        count: each.reduce((sum, it) => sum + it.count, 0),
      }))
      .toSorted((x, y) => y.count - x.count);
    return { relay, count: by.reduce((sum, it) => sum + it.count, 0), by };
  });
}
