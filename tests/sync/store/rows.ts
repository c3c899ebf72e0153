/** Small rows for the tests of the stores: what a test does not care about has one fixed value. */
import { KNOWN_NOTHING } from "../../../sync/log/known.ts";
import type { PeerChainRow } from "../../../sync/store/ratchet-rows.ts";
import type { ChannelRow, EntryRow, HeldRow, LogRow } from "../../../sync/store/rows.ts";

export const metaRow = (k: string, v: unknown): { k: string; v: unknown } => ({ k, v });

export function entryRow(row: Partial<EntryRow> & Pick<EntryRow, "c" | "a" | "s">): EntryRow {
  const { c, a, s } = row;
  return {
    h: s * 2048,
    b: a,
    arr: s,
    bytes: Uint8Array.of(c, a, s),
    hash: new Uint8Array(32).fill(s),
    kind: 1,
    shown: 1,
    own: false,
    id: "0123456789abcdefghjkmnpqrs",
    text: `entry ${c}/${a}/${s}`,
    writtenAtMs: 1_760_000_000_000 + s,
    late: false,
    clockAhead: false,
    ...row,
  };
}

export function channelRow(id: string, row: Partial<ChannelRow> = {}): ChannelRow {
  return {
    id,
    kind: "dm",
    account: "ab".repeat(32),
    lastH: 0,
    arrivals: 0,
    unread: 0,
    preview: null,
    hlc: 0,
    receipts: 0,
    receiptsSent: 0,
    ...row,
  };
}

export function logRow(log: string, row: Partial<LogRow> = {}): LogRow {
  return {
    log,
    c: 1,
    account: "ab".repeat(32),
    device: "cd".repeat(16),
    own: false,
    key: new Uint8Array(32),
    known: KNOWN_NOTHING,
    sent: KNOWN_NOTHING,
    hlc: 0,
    read: KNOWN_NOTHING,
    incarnation: new Uint8Array(16),
    ...row,
  };
}

export function heldRow(env: string, row: Partial<HeldRow> = {}): HeldRow {
  return { env, tag: "00", label: "01", body: Uint8Array.of(1, 2, 3), atMs: 1, ...row };
}

/** Its chain is no working one: a store does not look inside. */
export function peerChainRow(
  tags: readonly string[],
  row: Partial<PeerChainRow> = {},
): PeerChainRow {
  return {
    device: "cd".repeat(16),
    account: "ab".repeat(32),
    c: 1,
    tags,
    state: { chainKey: Uint8Array.of(9) } as unknown as PeerChainRow["state"],
    receivedAtMs: 1,
    ...row,
  };
}
