/**
 * Who brought back what a relay of ours had not delivered: on the entry, and counted by channel and
 * account. docs/protocol/sync.md, [HE16].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import { logsOf } from "../channel/channels.ts";
import { KINDS } from "../entry/kinds.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { EntryRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";

/** Rows of `healed`: beyond this, whoever brings something back for the first time is not counted. */
const HEALED_MAX = 4_000;
/** What is told together in a chat. */
const LATELY_MS = 86_400_000;

/** `entry` came by an answer of `account`, not by the way on which it was sent. */
export async function noteHealed(
  tx: WriteTx,
  { self, nowMs }: OpenContext,
  entry: EntryRow,
  account: Hex,
): Promise<void> {
  const { c, kind, writtenAtMs } = entry;
  if (kind !== KINDS.message.number) return;
  // What is older than our being there is history, and no relay lost it.
  const sinceMs = await hereSinceMs(tx, c);
  if (writtenAtMs < Math.max(self.createdAtMs, sinceMs ?? 0)) return;
  const home = (await tx.range("mailboxes", "primary", {})).find((it) => it.registered);
  const before = await tx.get("healed", [c, account]);
  if (home === undefined) return;
  if (before === undefined && (await tx.count("healed", "primary", {})) >= HEALED_MAX) return;
  const placed = await tx.get("entries", [c, entry.a, entry.s]);
  if (placed !== undefined) await tx.put("entries", { ...placed, healedBy: account });
  const ageMs = nowMs - (before?.lastAtMs ?? nowMs);
  const lately = ageMs > LATELY_MS ? 0 : (before?.lately ?? 0);
  await tx.put("healed", {
    c,
    account,
    count: (before?.count ?? 0) + 1,
    lately: lately + 1,
    url: home.url,
    lastAtMs: nowMs,
  });
}

/** When this device first wrote in the channel; undefined: it did not. */
async function hereSinceMs(tx: ReadTx, c: number): Promise<number | undefined> {
  const own = (await logsOf(tx, c)).find((it) => it.own && it.known.floor > 0);
  const first = own === undefined ? undefined : await tx.get("entries", [c, own.a, 1]);
  return first?.writtenAtMs;
}
