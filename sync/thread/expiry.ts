/**
 * When a message disappears. What counts is time that passed on this device: no other clock has a say.
 * docs/protocol/messages.md, [MO23] to [MO25].
 */
import type { Timer } from "../entry/meta-body.ts";

/** One message that disappears, as this device has it. All times are its own clock's, in ms. */
export type Perishable = {
  /** `expire` of its Core. */
  readonly lifetimeMs: number;
  /** What the channel's timer says now. */
  readonly from: Timer["from"];
  readonly own: boolean;
  /** When it was written or came in, here. */
  readonly hereSinceMs: number;
  /** When our account read it; null: not yet. */
  readonly readAtMs: number | null;
};

/** A row of the table `expiry`: `at` is its index. */
export type Expiry = { readonly at: number; readonly lifetimeMs: number };

/**
 * Null: its time does not run yet. Our own message counts from when it was written: we have read it.
 */
export function expiryOf(it: Perishable): Expiry | null {
  const { lifetimeMs, from, own, hereSinceMs, readAtMs } = it;
  const since = own || from === "sent" ? hereSinceMs : readAtMs;
  return since === null ? null : { at: since + lifetimeMs, lifetimeMs };
}

/**
 * A clock that was set back would make it live on for as much: from any moment on it has at most its
 * whole lifetime left. The row itself when it may stay.
 */
export function revised<Row extends Expiry>(row: Row, nowMs: number): Row {
  const latest = nowMs + row.lifetimeMs;
  return row.at > latest ? { ...row, at: latest } : row;
}

/** When to look again, and what is due. `rows` need no order. */
export function nextExpiry<Row extends Expiry>(
  rows: readonly Row[],
  nowMs: number,
): { readonly due: readonly Row[]; readonly nextAtMs: number | null } {
  const revisedRows = rows.map((row) => revised(row, nowMs));
  const due = revisedRows.filter(({ at }) => at <= nowMs);
  const later = revisedRows.filter(({ at }) => at > nowMs).map(({ at }) => at);
  return { due, nextAtMs: later.length === 0 ? null : later.reduce((a, b) => Math.min(a, b)) };
}
