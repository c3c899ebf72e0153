/**
 * Our storage turned out to be older than what we sent: from now on we write new logs, under new chains.
 * docs/protocol/sync.md, rules [HE8] and [HE10].
 */
import type { Random } from "../../crypto/base/random.ts";
import { APPEND_TABLES, ensureOwnLog } from "../channel/append.ts";
import { numbered } from "../channel/channels.ts";
import { membersOf, recipientsOf } from "../channel/members.ts";
import type { TableName } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { RENEW_TABLES, renewIncarnation, type Self } from "./self.ts";

export const BEGIN_ANEW_TABLES: readonly TableName[] = [
  ...new Set<TableName>([...RENEW_TABLES, ...APPEND_TABLES, "devices", "mailboxes", "sessions"]),
];

/**
 * The new logs are opened at once, in all channels: receipts, by which others see that we have lost
 * something, go under a chain, and would wait for the person's next word. Answers `self` as it was when there
 * was nothing to do.
 */
export async function beginAnew(
  tx: WriteTx,
  self: Self,
  nowMs: number,
  random: Random,
): Promise<Self> {
  const renewed = await renewIncarnation(tx, self, nowMs, random);
  if (renewed === self) return self;
  await partFromAll(tx);
  for (const row of await tx.range("channels", "primary", {})) {
    const channel = numbered(row, "c");
    const isHeard = (await recipientsOf(tx, self, channel)).length > 0;
    // Who is out of a group has nothing to say there.
    const isIn = isHeard && (await membersOf(tx, self, channel)).includes(self.account);
    if (isIn) await ensureOwnLog(tx, { self: renewed, channel, nowMs, random });
  }
  return renewed;
}

/**
 * Others' sides of our sessions have gone on without us: whatever we send next begins a new one. And of the
 * prekeys that lie at our relay we may not have the secrets any more.
 */
async function partFromAll(tx: WriteTx): Promise<void> {
  for (const row of await tx.range("sessions", "primary", {})) {
    if (!row.isBroken) await tx.put("sessions", { ...row, isBroken: true });
  }
  for (const row of await tx.range("devices", "primary", {})) {
    if (row.prekeyBundle !== null) await tx.put("devices", { ...row, prekeyBundle: null });
  }
  for (const row of await tx.range("mailboxes", "primary", {})) {
    await tx.put("mailboxes", { ...row, prekeysAtMs: 0 });
  }
}
