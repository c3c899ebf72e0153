/**
 * Who writes in a channel, and how many logs are told apart there. A log costs its author nothing but a key, and
 * every look at a channel goes through all of its logs. docs/protocol/sync.md, rule [MM9].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import type { Self } from "../account/self.ts";
import { rosterOf } from "../group/rosters.ts";
import type { ReadTx } from "../store/store.ts";
import { type Channel, logsOf } from "./channels.ts";
import { membersOf } from "./members.ts";

/** Of one account, over all devices and incarnations that it ever had. */
export const LOGS_OF_ACCOUNT_MAX = 1_024;
/** Of accounts of which no op tells that they are members, or were, together. */
const LOGS_OF_STRANGERS_MAX = 1_024;

/** Who writes there, or did. */
export async function writersOf(
  tx: ReadTx,
  self: Self,
  channel: Channel,
): Promise<ReadonlySet<Hex>> {
  const members = await membersOf(tx, self, channel);
  const former = channel.kind === "group" ? (await rosterOf(tx, channel.c)).former.keys() : [];
  return new Set([...members, ...former]);
}

/** May one more log of this account be opened? */
export async function hasRoomForWriter(
  tx: ReadTx,
  self: Self,
  channel: Channel,
  account: Hex,
): Promise<boolean> {
  const { c } = channel;
  const all = await tx.count("logs", "channel", { lower: c, upper: c });
  if (all < Math.min(LOGS_OF_ACCOUNT_MAX, LOGS_OF_STRANGERS_MAX)) return true;
  const logs = await logsOf(tx, c);
  const writers = await writersOf(tx, self, channel);
  if (!writers.has(account)) {
    return logs.filter((it) => !writers.has(it.account)).length < LOGS_OF_STRANGERS_MAX;
  }
  return logs.filter((it) => it.account === account).length < LOGS_OF_ACCOUNT_MAX;
}
