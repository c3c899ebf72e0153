/** Oracle: sender chains, live frames, presence, invite records, the vault. */
import { blake2b } from "@noble/hashes/blake2.js";

import { box, type Bytes, cat, fromLe, K, le, open, seal, text } from "./primitives.ts";

const SUITE = Uint8Array.of(1);
const xor = (a: Bytes, b: Bytes): Bytes => a.map((byte, i) => byte ^ b[i]!);

export type OracleChain = {
  channel: Bytes;
  author: Bytes;
  n: number;
  ck: Bytes;
  hk: Bytes;
  lk: Bytes;
};

export const chainOf = (handOver: Bytes, author: Bytes): OracleChain => ({
  channel: handOver.slice(0, 16),
  author,
  n: fromLe(handOver.slice(16, 20)),
  ck: handOver.slice(20, 52),
  hk: handOver.slice(52, 84),
  lk: handOver.slice(84, 116),
});

/** The message key of number `n`, from the chain's start. */
function keyAt(chain: OracleChain, n: number): Bytes {
  let { ck } = chain;
  for (let at = chain.n; at < n; at++) ck = K(64, ck, "step").slice(0, 32);
  return K(64, ck, "step").slice(32);
}

const tagOf = (it: OracleChain): Bytes => K(16, it.hk, "tag", it.channel, it.author);
const contextOf = (it: OracleChain, number: Bytes): Bytes =>
  cat(SUITE, tagOf(it), it.channel, it.author, number);

export function sealAt(chain: OracleChain, n: number, payload: Bytes, nonce: Bytes): Bytes {
  const number = le(n, 4);
  const sealed = seal(keyAt(chain, n), contextOf(chain, number), payload, nonce);
  return cat(tagOf(chain), xor(number, K(4, chain.hk, "mask", nonce)), sealed);
}

export function openAny(chain: OracleChain, message: Bytes): { n: number; payload: Bytes } {
  if (Buffer.compare(message.subarray(0, 16), tagOf(chain)) !== 0) throw new Error("tag");
  const sealed = message.slice(20);
  const number = xor(message.slice(16, 20), K(4, chain.hk, "mask", sealed.slice(0, 24)));
  const n = fromLe(number);
  return { n, payload: open(keyAt(chain, n), contextOf(chain, number), sealed) };
}

export const live = (it: OracleChain): { tag: Bytes; key: Bytes; context: Bytes; slot: Bytes } => {
  const tag = K(16, it.lk, "live/tag", it.channel, it.author);
  const context = cat(SUITE, tag, it.channel, it.author);
  return { tag, key: K(32, it.lk, "live"), context, slot: K(8, it.lk, "slot") };
};

export const presenceKey = (secret: Bytes, token: Bytes): Bytes =>
  K(32, secret, "presence/pair", token);

export const presence = (
  key: Bytes,
  device: Bytes,
  week: number,
): { topic: Bytes; key: Bytes } => ({
  topic: K(32, key, "presence", device, le(week, 4)),
  key: K(32, key, "presence/key", device, le(week, 4)),
});

export const invite = (secret: Bytes, account: Bytes): { tag: Bytes; psk: Bytes; key: Bytes } => ({
  tag: K(16, secret, "inv/tag"),
  psk: K(32, secret, "inv/psk", account),
  key: K(32, secret, "inv/rec"),
});

/** libsodium's crypto_kdf: BLAKE2b keyed, the number as salt, the context as personalization. */
export const subKey = (dmk: Bytes, id: number): Bytes =>
  blake2b(new Uint8Array(0), {
    key: dmk,
    dkLen: 32,
    salt: cat(le(id, 8), new Uint8Array(8)),
    personalization: cat(text("kithvlt1"), new Uint8Array(8)),
  });

export const record = (
  key: Bytes,
  table: string,
  rowKey: Bytes,
  row: Bytes,
  nonce: Bytes,
): Bytes => {
  const context = cat(le(table.length, 2), text(table), rowKey, Uint8Array.of(1));
  return cat(Uint8Array.of(1), nonce, box(key, nonce, context, row));
};
