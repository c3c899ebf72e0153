/** A database of rows in the clear, as the screens get it, and small rows to put into it. */
import "fake-indexeddb/auto";
import { Dexie } from "dexie";

import type { MemberRow, RosterOpRow, RosterRow } from "../../../sync/group/rows.ts";
import type { Role } from "../../../sync/roster/may.ts";
import type { RosterAct } from "../../../sync/roster/ops.ts";
import type {
  ChannelRow,
  ContactRow,
  CursorRow,
  EntryRow,
  LogRow,
} from "../../../sync/store/rows.ts";
import { schemaOf } from "../../../sync/store/schema.ts";

let made = 0;

export async function openRows(): Promise<Dexie> {
  made += 1;
  // As the screens have it (sync/store/dexie-reader.ts).
  const db = new Dexie(`rows ${made}`, { cache: "immutable" });
  db.version(1).stores(schemaOf());
  await db.open();
  return db;
}

export const US = "aa".repeat(32);
export const THEM = "bb".repeat(32);
export const DAY = Date.UTC(2026, 10, 22);

/** `n` orders: it is `s`, `h` and `arr` unless the row says otherwise. */
export function entry(n: number, row: Partial<EntryRow> = {}): EntryRow {
  return {
    c: 1,
    a: 1,
    s: n,
    h: n,
    b: row.a ?? 1,
    arr: n,
    bytes: new Uint8Array(0),
    hash: new Uint8Array(32),
    kind: 1,
    shown: 1,
    own: false,
    id: `ID${row.c ?? 1}-${row.a ?? 1}-${n}`,
    text: `text ${n}`,
    writtenAtMs: DAY + n * 1_000,
    late: false,
    clockAhead: false,
    ...row,
  };
}

export function log(a: number, row: Partial<LogRow> = {}): LogRow {
  return {
    a,
    log: `${a}`.repeat(32).slice(0, 32),
    c: 1,
    account: US,
    device: "dd".repeat(16),
    own: row.account === undefined || row.account === US,
    key: new Uint8Array(32),
    incarnation: new Uint8Array(16),
    known: { floor: 0, ranges: [] },
    sent: { floor: 0, ranges: [] },
    hlc: 0,
    read: { floor: 0, ranges: [] },
    ...row,
  };
}

export function channel(c: number, row: Partial<ChannelRow> = {}): ChannelRow {
  return {
    c,
    id: `${c}`.padStart(32, "0"),
    kind: "dm",
    account: THEM,
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

export function contact(account: string, row: Partial<ContactRow> = {}): ContactRow {
  return {
    account,
    accountKey: new Uint8Array(32),
    name: "Bob",
    state: "accepted",
    facts: [],
    live: [],
    presenceOut: new Uint8Array(32),
    presenceIn: null,
    token: "00000001",
    addedAtMs: DAY,
    lastSeenMs: 0,
    ...row,
  };
}

export function cursor(row: Partial<CursorRow>): CursorRow {
  return {
    c: 1,
    device: "ee".repeat(16),
    account: THEM,
    counter: 1,
    delivered: [],
    read: [],
    ...row,
  };
}

export const member = (account: string, role: Role = "member", floor = 0): MemberRow => ({
  account,
  role,
  floor,
  by: US,
});

/** Of a group; the highest rank first. */
export const roster = (
  c: number,
  members: readonly MemberRow[],
  row: Partial<RosterRow> = {},
): RosterRow => ({
  c,
  digest: "",
  members,
  isBehind: false,
  waits: [],
  metas: [],
  title: "Climbing",
  topic: "",
  starts: {},
  ...row,
});

/** What the entry at [c, 1, n] did to a roster. */
export const rosterOp = (n: number, act: RosterAct, author = US, row = {}): RosterOpRow => ({
  c: 1,
  a: 1,
  s: n,
  op: { id: `${n}`, author, log: "01", seq: n, heads: [], act },
  ...row,
});
