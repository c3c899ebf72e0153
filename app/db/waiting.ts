/** How many own messages have not reached their relays. */
import { holesOf, maxKnown } from "../../sync/log/known.ts";
import { channelsOf, type Db, logsOf } from "./tables.ts";

/** The first entry of a log opens it and is no message (docs/protocol/sync.md). */
const FIRST_MESSAGE = 2;

/** [AWM1] "Note to self" goes nowhere: nothing of it waits. [AWM2] What opens a log does not count. */
export async function waitingMessages(db: Db): Promise<number> {
  const [channels, logs] = await Promise.all([channelsOf(db).toArray(), logsOf(db).toArray()]);
  const outgoing = new Set(channels.filter(({ kind }) => kind === "dm").map(({ c }) => c));
  return logs
    .filter(({ own, c }) => own && outgoing.has(c))
    .flatMap(({ sent, known }) => holesOf(sent, maxKnown(known)))
    .reduce((sum, [from, to]) => sum + Math.max(0, to - Math.max(from, FIRST_MESSAGE) + 1), 0);
}
