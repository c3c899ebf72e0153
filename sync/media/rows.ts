/** Rows of blobs: what travels between relays and this device, and what is here. Words as in store/rows.ts. */
import type { Hex } from "../../crypto/base/hex.ts";

/** What a blob holds: all of a long text, the picture of a group, a chunk of history. */
export type MediaUse = "text" | "picture" | "history";

/**
 * `up`: ours or asked for again, on its way to our relay. `wanted`: to be fetched. `here`: there is nothing
 * to do. `refused`: it is not what its entry says, and is not asked for again. `gone`: our account's, to be
 * deleted at our relays.
 */
export type MediaState = "up" | "wanted" | "here" | "refused" | "gone";

/** Why something is not done yet: told to the person. */
export type MediaTrouble =
  /** No relay answers. */
  | "unreachable"
  /** No relay has it: others who hold it were asked. */
  | "missing"
  /** Our relay has no room for what we send. */
  | "full"
  /** Our relay takes no blob of this size, or none at all. */
  | "refused";

/** One an entry that names a blob; history, which no entry names, has `a` 0 and a number of its own. */
export type MediaRow = {
  readonly c: number;
  readonly a: number;
  readonly s: number;
  /** hex32: BLAKE2b-256 of the sealed bytes. */
  readonly id: Hex;
  /** Whose entry it is (hex32): their relays are asked first. */
  readonly author: Hex;
  /** 32 bytes; with the content it makes the same sealed bytes again. */
  readonly key: Uint8Array;
  /** Length of the content. */
  readonly bytes: number;
  readonly use: MediaUse;
  readonly state: MediaState;
  /** Null: not here. */
  readonly content: Uint8Array | null;
  /** 1 while there is something to do. */
  readonly waiting: 0 | 1;
  readonly nextAtMs: number;
  readonly attempts: number;
  readonly trouble?: MediaTrouble;
  /** Of history: the device that it is for, or that it is from. */
  readonly peer?: { readonly account: Hex; readonly device: Hex };
  /** When our relay took it last; absent: never. */
  readonly upAtMs?: number;
};
