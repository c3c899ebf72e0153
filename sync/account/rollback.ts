/**
 * Our storage turned out to be older than what we sent: from now on we write new logs, under new chains.
 * docs/protocol/sync.md, rules [HE8] and [HE10].
 */
import type { Random } from "../../crypto/base/random.ts";
import { APPEND_TABLES, ensureOwnLog } from "../channel/append.ts";
import { numbered } from "../channel/channels.ts";
import { recipientsOf } from "../channel/members.ts";
import type { TableName } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { RENEW_TABLES, renewIncarnation, type Self } from "./self.ts";

export const BEGIN_ANEW_TABLES: readonly TableName[] = [
  ...new Set([...RENEW_TABLES, ...APPEND_TABLES]),
];

/**
 * Where a chain of ours was held, the new log is opened at once: receipts and typing go under a chain,
 * and would wait for the person's next word. Answers `self` as it was when there was nothing to do.
 */
export async function beginAnew(
  tx: WriteTx,
  self: Self,
  nowMs: number,
  random: Random,
): Promise<Self> {
  const held = new Set((await tx.range("ownChains", "primary", {})).map((it) => it.c));
  const renewed = await renewIncarnation(tx, self, nowMs, random);
  if (renewed === self) return self;
  for (const row of await tx.range("channels", "primary", {})) {
    const channel = numbered(row, "c");
    const isHeld = held.has(channel.c) && (await recipientsOf(tx, self, channel)).length > 0;
    if (isHeld) await ensureOwnLog(tx, { self: renewed, channel, nowMs, random });
  }
  return renewed;
}
