/**
 * The vault: how a row lies in storage. The AEAD comes in as an argument, so that the engine seals
 * with libsodium and a tab, which only reads, needs nothing but a small cipher of its own.
 *
 * | offset | bytes | field   | rule                                                              |
 * | -----: | ----: | ------- | ----------------------------------------------------------------- |
 * |      0 |     1 | version | 1                                                                 |
 * |      1 |    24 | nonce   | random                                                            |
 * |     25 |  n+16 | box     | XChaCha20-Poly1305, context u16 length and table, row key, version |
 *
 * The context keeps a row from being put in another's place. Not padded: who reads the disk sees
 * sizes. Rules [VA1] to [VA6] of docs/protocol/crypto.md.
 */
import { assert } from "../base/assert.ts";
import { concat, u16le, utf8 } from "../base/bytes.ts";
import type { Random } from "../base/random.ts";
import { err, ok, type Result } from "../base/result.ts";

export const RECORD_VERSION = 1;
const NONCE_BYTES = 24;
const HEAD_BYTES = 1 + NONCE_BYTES;
const VERSION_BYTE = Uint8Array.of(RECORD_VERSION);
const NONCE_POOL_BYTES = 65_536 - (65_536 % NONCE_BYTES);

/** XChaCha20-Poly1305. `decrypt` throws when it does not open. */
export interface Aead {
  readonly encrypt: (
    plaintext: Uint8Array,
    context: Uint8Array,
    nonce: Uint8Array,
    key: Uint8Array,
  ) => Uint8Array;
  readonly decrypt: (
    box: Uint8Array,
    context: Uint8Array,
    nonce: Uint8Array,
    key: Uint8Array,
  ) => Uint8Array;
}

/** A fresh nonce at every call. */
export type NonceSource = () => Uint8Array;

export type RecordError =
  | { readonly type: "RecordVersionUnknown"; readonly version: number }
  | { readonly type: "OpenFailed" };

/** Where a row lies: `key` is the primary key's bytes, in one encoding that the caller keeps. */
export type Place = { readonly table: string; readonly key: Uint8Array };

/** Asks for randomness 64 KiB at a time: a browser takes longer to be asked than to answer. */
export function nonceSourceOf(random: Random): NonceSource {
  let pool = new Uint8Array(0);
  let at = 0;
  return () => {
    if (at === pool.length) {
      pool = Uint8Array.from(random(NONCE_POOL_BYTES));
      at = 0;
    }
    at += NONCE_BYTES;
    return pool.slice(at - NONCE_BYTES, at);
  };
}

/** `key`: 32 bytes, one of `subKeysOf`. */
export function sealRecord(
  aead: Aead,
  key: Uint8Array,
  place: Place,
  plaintext: Uint8Array,
  nonces: NonceSource,
): Uint8Array {
  const nonce = nonces();
  assert(nonce.length === NONCE_BYTES, "record nonce length");
  return concat(VERSION_BYTE, nonce, aead.encrypt(plaintext, contextOf(place), nonce, key));
}

export function openRecord(
  aead: Aead,
  key: Uint8Array,
  place: Place,
  record: Uint8Array,
): Result<Uint8Array, RecordError> {
  const version = record[0] ?? 0;
  if (version !== RECORD_VERSION) return err({ type: "RecordVersionUnknown", version });
  if (record.length < HEAD_BYTES) return err({ type: "OpenFailed" });
  const nonce = record.subarray(1, HEAD_BYTES);
  try {
    return ok(aead.decrypt(record.subarray(HEAD_BYTES), contextOf(place), nonce, key));
  } catch {
    return err({ type: "OpenFailed" });
  }
}

function contextOf({ table, key }: Place): Uint8Array {
  const name = utf8(table);
  return concat(u16le(name.length), name, key, VERSION_BYTE);
}
