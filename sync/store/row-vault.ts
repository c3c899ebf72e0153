/**
 * What the sealing of a database needs: a cipher, the vault's keys, and for who writes also nonces.
 * Tables are parted by key, so that a tab, which shows entries, holds nothing that opens a ratchet.
 */
import type { SubKeys } from "../../crypto/vault/sub-keys.ts";
import type { Aead, NonceSource } from "../../crypto/vault/vault.ts";
import type { TableName } from "./rows.ts";

export type RowVault = {
  readonly aead: Aead;
  /** Reading a table whose key is missing is a Bug. */
  readonly keys: Partial<SubKeys>;
  /** Absent in a reader: then every write is a Bug. */
  readonly nonces?: NonceSource;
};

/** Never change a row of this table for rows that are on disk: they would not open any more. */
export const KEY_BY_TABLE: { readonly [T in TableName]: keyof SubKeys } = {
  meta: "settings",
  mailboxes: "ratchets",
  tokens: "ratchets",
  invites: "entries",
  contacts: "entries",
  devices: "entries",
  sessions: "ratchets",
  ownChains: "ratchets",
  peerChains: "ratchets",
  prekeys: "ratchets",
  seen: "ratchets",
  held: "ratchets",
  channels: "entries",
  logs: "entries",
  entries: "entries",
  cursors: "entries",
  outbox: "entries",
  aggregates: "entries",
  expiry: "entries",
  media: "entries",
  rosters: "entries",
  rosterOps: "entries",
  forks: "entries",
  healed: "entries",
  chatMarks: "entries",
  ydocs: "entries",
  yups: "entries",
};
