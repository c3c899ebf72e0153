/**
 * Forgetting in time: what can open nothing any more, and what nobody will ask for again. The
 * lifetimes are those of crypto/lifetimes.ts.
 */
import { RELAY_KEEPS_MS_MAX, SECRETS_LIVE_MS } from "../crypto/lifetimes.ts";
import { TOKEN_REVOKED } from "./contact/contacts.ts";
import type { TableName } from "./store/rows.ts";
import type { WriteTx } from "./store/store.ts";

/** Rows looked at in one sweep of one table; the next sweep goes on. */
const SWEEP_ROWS_MAX = 500;
/** An outbox row this old is given up: its entry stays in the log, and healing takes over. */
export const OUTBOX_LIFE_MS = RELAY_KEEPS_MS_MAX;

export const SWEEP_TABLES: readonly TableName[] = [
  "seen",
  "held",
  "prekeys",
  "peerChains",
  "tokens",
  "invites",
  "outbox",
];

export async function sweep(tx: WriteTx, nowMs: number): Promise<void> {
  const dead = { upper: nowMs - SECRETS_LIVE_MS, limit: SWEEP_ROWS_MAX };
  for (const row of await tx.range("seen", "at", dead)) await tx.delete("seen", row.id);
  for (const row of await tx.range("held", "at", dead)) await tx.delete("held", row.env);
  for (const row of await tx.range("prekeys", "created", dead)) await tx.delete("prekeys", row.id);
  for (const row of await tx.range("peerChains", "received", dead)) {
    if (row.n !== undefined) await tx.delete("peerChains", row.n);
  }
  for (const row of await tx.range("tokens", "primary", {})) {
    if (row.expiresAtMs !== TOKEN_REVOKED && row.expiresAtMs < nowMs)
      await tx.delete("tokens", row.label);
  }
  for (const row of await tx.range("invites", "primary", {})) {
    if (row.expiresAtMs < nowMs - SECRETS_LIVE_MS) await tx.delete("invites", row.tag);
  }
  for (const row of await tx.range("outbox", "primary", { limit: SWEEP_ROWS_MAX })) {
    if (row.createdAtMs < nowMs - OUTBOX_LIFE_MS && row.n !== undefined) {
      await tx.delete("outbox", row.n);
    }
  }
}
