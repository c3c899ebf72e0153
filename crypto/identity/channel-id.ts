/**
 * Channels that need no creation: either side computes the same id and writes first, offline, from
 * any device. Rule [CI1] of docs/protocol/crypto.md.
 */
import { compareBytes } from "../base/bytes.ts";
import { hash16 } from "../public/hash.ts";

export const CHANNEL_ID_BYTES = 16;

/** The 1:1 channel of two accounts, whoever asks. */
export function dmChannelOf(account: Uint8Array, other: Uint8Array): Uint8Array {
  return compareBytes(account, other) <= 0
    ? hash16("dm", account, other)
    : hash16("dm", other, account);
}

/** "Note to self". */
export const selfChannelOf = (account: Uint8Array): Uint8Array => hash16("self", account);

/** Where an account's devices keep what they share. */
export const accountChannelOf = (account: Uint8Array): Uint8Array => hash16("acct-chan", account);
