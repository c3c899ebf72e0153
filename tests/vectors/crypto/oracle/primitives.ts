/**
 * The oracle: the whole wire format a second time, written from docs/protocol/crypto.md on @noble/*
 * alone, in other shapes than crypto/ and with none of its code. Throws where crypto/ answers.
 */
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { ml_kem768_x25519 as xwing } from "@noble/post-quantum/hybrid.js";

export type Bytes = Uint8Array;

export const cat = (...parts: Bytes[]): Bytes => new Uint8Array(Buffer.concat(parts));
export const text = (s: string): Bytes => new TextEncoder().encode(s);
export const le = (value: number, width: number): Bytes => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return new Uint8Array(bytes.subarray(0, width));
};
export const fromLe = (bytes: Bytes): number =>
  bytes.reduceRight((value, byte) => value * 256 + byte, 0);

const enc = (label: string, parts: Bytes[]): Bytes =>
  cat(...[text(`kith/1/${label}`), ...parts].flatMap((part) => [le(part.length, 4), part]));

export const H = (n: number, label: string, ...parts: Bytes[]): Bytes =>
  blake2b(enc(label, parts), { dkLen: n });
export const K = (n: number, key: Bytes, label: string, ...parts: Bytes[]): Bytes =>
  blake2b(enc(label, parts), { key, dkLen: n });
export const sign = (seed: Bytes, label: string, ...parts: Bytes[]): Bytes =>
  ed25519.sign(H(32, label, ...parts), seed);
export const verify = (key: Bytes, signature: Bytes, label: string, ...parts: Bytes[]): boolean =>
  ed25519.verify(signature, H(32, label, ...parts), key);
export const edPublic = (seed: Bytes): Bytes => ed25519.getPublicKey(seed);

export const xPublic = (secret: Bytes): Bytes => x25519.getPublicKey(secret);
export const dh = (secret: Bytes, key: Bytes): Bytes => x25519.getSharedSecret(secret, key);

export const kemKeys = (seed: Bytes): { publicKey: Bytes; secretKey: Bytes } => xwing.keygen(seed);
export const kemEncap = (key: Bytes, seed: Bytes): { ct: Bytes; ss: Bytes } => {
  const { cipherText, sharedSecret } = xwing.encapsulate(key, seed);
  return { ct: cipherText, ss: sharedSecret };
};
export const kemDecap = (ct: Bytes, secret: Bytes): Bytes => xwing.decapsulate(ct, secret);

export const box = (key: Bytes, nonce: Bytes, ad: Bytes, m: Bytes): Bytes =>
  xchacha20poly1305(key, nonce, ad).encrypt(m);
export const unbox = (key: Bytes, nonce: Bytes, ad: Bytes, c: Bytes): Bytes =>
  xchacha20poly1305(key, nonce, ad).decrypt(c);

/** Padmé by its paper: E = floor(log2 L), S = floor(log2 E) + 1, the last E - S bits become zero. */
function paddedTo(length: number): number {
  for (const bucket of [128, 256, 512, 1_024, 2_048, 4_096]) if (length <= bucket) return bucket;
  const e = Math.floor(Math.log2(length));
  const last = e - (Math.floor(Math.log2(e)) + 1);
  const mask = 2 ** last - 1;
  return length + mask - ((length + mask) % (mask + 1));
}

export function seal(key: Bytes, ad: Bytes, m: Bytes, nonce: Bytes): Bytes {
  const t = K(64, key, "aead", nonce);
  const head = cat(nonce, t.subarray(32));
  const padded = new Uint8Array(paddedTo(m.length + 1));
  padded.set(m);
  padded[m.length] = 0x80;
  return cat(head, box(t.subarray(0, 32), nonce, cat(ad, head), padded));
}

export function open(key: Bytes, ad: Bytes, sealed: Bytes): Bytes {
  const nonce = sealed.slice(0, 24);
  const t = K(64, key, "aead", nonce);
  if (Buffer.compare(t.subarray(32), sealed.subarray(24, 56)) !== 0) throw new Error("commitment");
  const padded = unbox(t.subarray(0, 32), nonce, cat(ad, sealed.slice(0, 56)), sealed.slice(56));
  const end = padded.lastIndexOf(0x80);
  if (padded.subarray(end + 1).some((byte) => byte !== 0)) throw new Error("padding");
  return padded.slice(0, end);
}
