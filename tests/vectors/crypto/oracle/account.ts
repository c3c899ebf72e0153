/** Oracle: blobs, the recovery capsule, linking, safety numbers. */
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha512 } from "@noble/hashes/sha2.js";

import {
  type Bytes,
  cat,
  edPublic,
  fromLe,
  H,
  K,
  kemDecap,
  kemEncap,
  kemKeys,
  le,
  open,
  seal,
  text,
} from "./primitives.ts";

const CHUNK = 16_384;

/** c2sp.org/chunked-encryption v1, HKDF with SHA-512 and AEAD_CHACHA20_POLY1305, all at once. */
export function chunked(key: Bytes, salt: Bytes, context: Bytes, message: Bytes): Bytes {
  const name = text("c2sp.org/chunked-encryption@v1+AEAD_CHACHA20_POLY1305");
  const info = cat(name, Uint8Array.of(0), salt, context);
  // noble's own `expand` wants a key as long as the hash; c2sp.org wants one as long as the AEAD's.
  const first = hmac(sha512, key, cat(info, Uint8Array.of(1)));
  const okm = cat(first, hmac(sha512, key, cat(first, info, Uint8Array.of(2)))).subarray(0, 76);
  const base = BigInt(`0x${Buffer.from(okm.subarray(32, 44)).toString("hex")}`);
  const boxes: Bytes[] = [];
  for (let k = 0; k * CHUNK <= message.length; k++) {
    const nonce = Buffer.from((base ^ BigInt(k)).toString(16).padStart(24, "0"), "hex");
    const box = chacha20poly1305(okm.slice(0, 32), new Uint8Array(nonce));
    boxes.push(box.encrypt(message.slice(k * CHUNK, (k + 1) * CHUNK)));
  }
  return cat(salt, okm.subarray(44), ...boxes);
}

export function blob(key: Bytes, content: Bytes, paddedTo: number): { sealed: Bytes; id: Bytes } {
  const padded = new Uint8Array(paddedTo);
  padded.set(content);
  const label = text("kith/1/blob");
  const sealed = chunked(key, K(24, key, "blob/salt"), cat(le(label.length, 4), label), padded);
  return { sealed, id: blake2b(sealed, { dkLen: 32 }) };
}

export function capsuleKeys(recovery: Bytes): { kem: ReturnType<typeof kemKeys>; place: Bytes } {
  return { kem: kemKeys(K(32, recovery, "rec/kem")), place: K(16, recovery, "rec/loc") };
}

export function sealCapsule(recovery: Bytes, content: Bytes, seed: Bytes, nonce: Bytes): Bytes {
  const { kem, place } = capsuleKeys(recovery);
  const { ct, ss } = kemEncap(kem.publicKey, seed);
  const head = cat(Uint8Array.of(1), ct);
  return cat(head, seal(K(32, ss, "rec/key", head, kem.publicKey, place), place, content, nonce));
}

export function openCapsule(recovery: Bytes, sealed: Bytes): Bytes {
  const { kem, place } = capsuleKeys(recovery);
  const head = sealed.slice(0, 1_121);
  const ss = kemDecap(head.slice(1), kem.secretKey);
  return open(K(32, ss, "rec/key", head, kem.publicKey, place), place, sealed.slice(1_121));
}

export type OracleCode = {
  readonly showerRole: 1 | 2;
  readonly secret: Bytes;
  readonly expiresAtS: number;
  readonly relayUrl: string;
};
const context = (code: OracleCode): Bytes =>
  cat(Uint8Array.of(code.showerRole), le(code.expiresAtS, 4), text(code.relayUrl));
const named = (name: string): Bytes => cat(le(text(name).length, 2), text(name));

export const memberHello = (nonce: Bytes, accountKey: Bytes, device: Bytes, name: string): Bytes =>
  cat(Uint8Array.of(1, 1), nonce, accountKey, device, named(name));
export const newHello = (nonce: Bytes, sig: Bytes, dh: Bytes, kem: Bytes, name: string): Bytes =>
  cat(Uint8Array.of(1, 2), nonce, sig, dh, kem, named(name));

export const sealHello = (code: OracleCode, side: 1 | 2, hello: Bytes, nonce: Bytes): Bytes =>
  seal(K(32, code.secret, "link/hello", Uint8Array.of(side)), context(code), hello, nonce);

export const transcript = (code: OracleCode, shower: Bytes, scanner: Bytes): Bytes =>
  H(32, "link/th", context(code), H(32, "link/commit", shower), shower, scanner);

export const linkVoucher = (code: OracleCode): Bytes => K(16, code.secret, "link/voucher");

export const linkJoined = (code: OracleCode): Bytes => K(16, code.secret, "link/joined");

/** Numbers of the seven pictures, from the bits as text. */
export const pictures = (th: Bytes): number[] => {
  const bits = [...H(32, "link/sas", th)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return Array.from({ length: 7 }, (_, i) => Number.parseInt(bits.slice(6 * i, 6 * i + 6), 2));
};

/** The plain text of a grant, opened with the new device's KEM seed. */
export function openGrant(code: OracleCode, th: Bytes, kemSeed: Bytes, sealed: Bytes): Bytes {
  const head = sealed.slice(0, 1_121);
  const ss = kemDecap(head.slice(1), kemKeys(kemSeed).secretKey);
  return open(K(32, ss, "link/grant", code.secret, th, head), th, sealed.slice(1_121));
}

/** Signal's numeric fingerprint of account keys, written from libsignal's documentation. */
export function safetyNumber(one: Bytes, other: Bytes): string {
  const half = (key: Bytes): string => {
    const typed = cat(Uint8Array.of(5), key);
    let hash = cat(new Uint8Array(2), typed, H(32, "acct", key));
    for (let i = 0; i < 5_200; i++) hash = sha512(cat(hash, typed));
    return Array.from({ length: 6 }, (_, i) =>
      String(fromLe(hash.slice(5 * i, 5 * i + 5).reverse()) % 100_000).padStart(5, "0"),
    ).join("");
  };
  return [half(one), half(other)].toSorted().join("");
}

export const accountKeyOf = (recovery: Bytes): Bytes => edPublic(K(32, recovery, "acct-key"));
