/** Keys and indexes of every table; what is in their rows says rows.ts. */
import type { TableName } from "./rows.ts";

/** An index: its fields; `unique`, or `multi` when its one field is a list that is indexed by item. */
export type IndexShape = {
  readonly fields: readonly string[];
  readonly unique?: true;
  readonly multi?: true;
};

export type TableShape = {
  readonly primary: readonly string[];
  /** The primary key is a number that the store makes. */
  readonly generated?: true;
  readonly indexes: Readonly<Record<string, IndexShape>>;
};

/** Keys and indexes of every table. An index is named after what it answers. */
export const TABLES: { readonly [T in TableName]: TableShape } = {
  meta: { primary: ["k"], indexes: {} },
  mailboxes: { primary: ["url"], indexes: { mailbox: { fields: ["mailbox"] } } },
  tokens: { primary: ["label"], indexes: {} },
  invites: { primary: ["tag"], indexes: {} },
  contacts: { primary: ["account"], indexes: {} },
  devices: { primary: ["device"], indexes: { account: { fields: ["account"] } } },
  sessions: {
    primary: ["n"],
    generated: true,
    indexes: { device: { fields: ["device"] }, tags: { fields: ["tags"], multi: true } },
  },
  ownChains: { primary: ["c"], indexes: {} },
  peerChains: {
    primary: ["n"],
    generated: true,
    indexes: {
      tags: { fields: ["tags"], multi: true },
      device: { fields: ["device", "c"] },
      received: { fields: ["receivedAtMs"] },
    },
  },
  prekeys: { primary: ["id"], indexes: { created: { fields: ["createdAtMs"] } } },
  seen: { primary: ["id"], indexes: { at: { fields: ["atMs"] } } },
  held: {
    primary: ["env"],
    indexes: {
      tag: { fields: ["tag"] },
      at: { fields: ["atMs"] },
      label: { fields: ["label", "atMs"] },
    },
  },
  channels: {
    primary: ["c"],
    generated: true,
    indexes: { id: { fields: ["id"], unique: true }, recent: { fields: ["lastH"] } },
  },
  logs: {
    primary: ["a"],
    generated: true,
    indexes: { log: { fields: ["log"], unique: true }, channel: { fields: ["c"] } },
  },
  entries: {
    primary: ["c", "a", "s"],
    indexes: {
      timeline: { fields: ["c", "shown", "h", "b", "s"] },
      arrival: { fields: ["c", "arr"] },
      // Last, since version 1 had none: what a row lacks at the end is no part of its seal.
      target: { fields: ["tb", "ts", "rank", "h"] },
    },
  },
  cursors: { primary: ["c", "device"], indexes: {} },
  outbox: {
    primary: ["n"],
    generated: true,
    indexes: {
      entry: { fields: ["c", "a", "s"] },
      flight: { fields: ["flightTo"] },
      due: { fields: ["waiting", "nextAtMs"] },
      // Last, since earlier versions had none; see `entries`.
      to: { fields: ["to", "c"] },
    },
  },
  aggregates: {
    primary: ["c", "a", "s"],
    indexes: {
      timeline: { fields: ["c", "h", "b", "s"] },
      pinned: { fields: ["c", "pinned", "h"] },
      starred: { fields: ["starred", "h"] },
    },
  },
  expiry: {
    primary: ["n"],
    generated: true,
    indexes: { at: { fields: ["at"] }, entry: { fields: ["c", "a", "s"] } },
  },
  media: {
    primary: ["c", "a", "s"],
    indexes: { id: { fields: ["id"] }, due: { fields: ["waiting", "nextAtMs"] } },
  },
  rosters: { primary: ["c"], indexes: {} },
  rosterOps: { primary: ["c", "a", "s"], indexes: {} },
  forks: { primary: ["a"], indexes: { channel: { fields: ["c"] } } },
  healed: { primary: ["c", "account"], indexes: {} },
  chatMarks: { primary: ["id"], indexes: {} },
  ydocs: { primary: ["room"], indexes: {} },
  yups: { primary: ["n"], generated: true, indexes: { room: { fields: ["room", "n"] } } },
};
