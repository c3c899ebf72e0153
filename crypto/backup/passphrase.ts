/**
 * The scrypt recipient of age (age-encryption.org/v1), as the package has it but for one thing: who calls
 * says where the work is done. The stanza is `scrypt`, salt, log2 of N, and the file key, sealed to what
 * scrypt makes of the passphrase. It has to be the only one of its file.
 */
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import type { Identity, Recipient } from "age-encryption";

import { assert } from "../base/assert.ts";
import { type PassphraseKey, type PassphraseLock, SALT_BYTES } from "./stretch.ts";

/** Work of a guess at a passphrase: N = 2^17, r = 8, p = 1 (128 MiB, as OWASP advises). */
const LOG_N = 17;
/** Of files that others wrote: 1 GiB. More is no file for a browser. */
const LOG_N_MAX = 20;
const SEALED_BYTES = 32;
/** Each key seals once. */
const NONCE = new Uint8Array(12);
const KIND = "scrypt";

/** Errors of `stretch` are thrown on. */
export function passphraseRecipient({ passphrase, salt, stretch }: PassphraseLock): Recipient {
  assert(passphrase !== "", "a passphrase");
  assert(salt.length === SALT_BYTES, "salt length");
  return {
    wrapFileKey: async (fileKey) => {
      const [{ Stanza }, { base64nopad }] = await packages();
      const key = await stretch({ passphrase: passphrase.normalize(), salt, logN: LOG_N });
      const sealed = chacha20poly1305(key, NONCE).encrypt(fileKey);
      return [new Stanza([KIND, base64nopad.encode(salt), String(LOG_N)], sealed)];
    },
  };
}

/** Malformed stanzas throw, as the package's own do; so do errors of `stretch`. */
export function passphraseIdentity({ passphrase, stretch }: PassphraseKey): Identity {
  return {
    unwrapFileKey: async (stanzas) => {
      const [stanza] = stanzas;
      if (stanza?.args[0] !== KIND) return null;
      const [, { base64nopad }] = await packages();
      const [, encoded = "", work = ""] = stanza.args;
      const salt = base64nopad.decode(encoded);
      const logN = /^[1-9]\d?$/u.test(work) ? Number(work) : Infinity;
      const isRight =
        stanzas.length === 1 &&
        stanza.args.length === 3 &&
        salt.length === SALT_BYTES &&
        stanza.body.length === SEALED_BYTES &&
        logN <= LOG_N_MAX;
      if (!isRight) throw new Error("malformed scrypt stanza");
      const key = await stretch({ passphrase: passphrase.normalize(), salt, logN });
      try {
        return chacha20poly1305(key, NONCE).decrypt(stanza.body);
      } catch {
        return null;
      }
    },
  };
}

const packages = () => Promise.all([import("age-encryption"), import("@scure/base")]);
