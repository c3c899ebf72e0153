/**
 * Where randomness comes from: always an argument, so that known-answer tests and the simulator can
 * hold it still. Programs pass libsodium's `randombytes_buf`; nothing in crypto/ calls it by
 * itself.
 */

/** A fresh array of exactly so many bytes, unpredictable to others. The caller owns it. */
export type Random = (bytes: number) => Uint8Array;
