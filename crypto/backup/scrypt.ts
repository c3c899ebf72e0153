/**
 * scrypt (RFC 7914) as age files use it (age-encryption.org/v1, "The scrypt recipient type"), r = 8 and
 * p = 1. It takes a second and more, and 128 MiB, on purpose, and does not pause: in a browser it belongs
 * into a worker of its own.
 */
import { scrypt } from "@noble/hashes/scrypt.js";

import { concat, utf8 } from "../base/bytes.ts";
import type { StretchAsk } from "./stretch.ts";

const LABEL = utf8("age-encryption.org/v1/scrypt");
const BLOCKS = 8;
const LANES = 1;
const KEY_BYTES = 32;

/** `progress`: how much is done, 0 to 1, some thousand times. Throws where the memory is not there. */
export function stretched(
  { passphrase, salt, logN }: StretchAsk,
  progress: (share: number) => void = () => undefined,
): Uint8Array {
  return scrypt(passphrase, concat(LABEL, salt), {
    N: 2 ** logN,
    r: BLOCKS,
    p: LANES,
    dkLen: KEY_BYTES,
    onProgress: progress,
  });
}
