/** How many own messages have not reached their relays. */
import { KINDS } from "../../sync/entry/kinds.ts";
import { holesOf, maxKnown } from "../../sync/log/known.ts";
import type { LogRow } from "../../sync/store/rows.ts";
import { channelsOf, type Db, entriesOf, logsOf, outboxOf } from "./tables.ts";

/** The first entry of a log opens it and is no message (docs/protocol/sync.md). */
const FIRST_MESSAGE = 2;

/**
 * [AWM1] "Note to self" goes nowhere: nothing of it waits. [AWM2] What opens a log does not count.
 * [AWM3] In a group messages count, and only those that are for somebody.
 */
export async function waitingMessages(db: Db): Promise<number> {
  const [channels, logs] = await Promise.all([channelsOf(db).toArray(), logsOf(db).toArray()]);
  const kinds = new Map(channels.map(({ c, kind }) => [c, kind]));
  const own = logs.filter((it) => it.own);
  const inChats = own
    .filter(({ c }) => kinds.get(c) === "dm")
    .flatMap(({ sent, known }) => holesOf(sent, maxKnown(known)))
    .reduce((sum, [from, to]) => sum + Math.max(0, to - Math.max(from, FIRST_MESSAGE) + 1), 0);
  const inGroups = await Promise.all(
    own.filter(({ c }) => kinds.get(c) === "group").map((log) => waitingIn(db, log)),
  );
  return inGroups.reduce((sum, count) => sum + count, inChats);
}

/** Ops wait beside messages there; and what nobody was to get has no parcel. */
async function waitingIn(db: Db, { c, a = 0, sent, known }: LogRow): Promise<number> {
  const counts = await Promise.all(
    holesOf(sent, maxKnown(known)).map(async ([from, to]) => {
      const places = await outboxOf(db)
        .where("[c+a+s]")
        .between([c, a, from], [c, a, to], true, true)
        .uniqueKeys();
      const rows = await entriesOf(db).bulkGet(places as unknown as [number, number, number][]);
      return rows.filter((it) => it?.kind === KINDS.message.number).length;
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
