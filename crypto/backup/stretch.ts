/**
 * What makes guessing at a passphrase dear, as whoever opens a backup is handed it: scrypt.ts does it, and
 * who calls says where. It takes seconds in which nothing else is done.
 */

export const SALT_BYTES = 16;

export type StretchAsk = {
  readonly passphrase: string;
  /** 16 bytes. */
  readonly salt: Uint8Array;
  /** Of 2: how much work, and KiB of memory. At most 20: 1 GiB. */
  readonly logN: number;
};

/** Answers 32 bytes. Errors, such as too little memory, are thrown. */
export type Stretch = (ask: StretchAsk) => Promise<Uint8Array>;

/** `salt`: 16 random bytes, of this file alone. */
export type PassphraseLock = {
  readonly passphrase: string;
  readonly salt: Uint8Array;
  readonly stretch: Stretch;
};
export type PassphraseKey = Omit<PassphraseLock, "salt">;
