/**
 * One mailbox's queue in memory: who waits, in order, with what is needed to dedupe, to keep the
 * quotas and to replace slots. The bodies are elsewhere.
 */
import { assert } from "../../crypto/base/assert.ts";
import type { Label } from "../../sync/wire/ids.ts";

/** A message as stored once for all its targets. */
export type Message = {
  readonly id: number;
  readonly expiresAtMs: number;
  readonly bytes: number;
  readonly isUrgent: boolean;
  /** latin1 of the 16 bytes of the envelope id. */
  readonly envelope: string;
  /** latin1 of the 8 bytes of the slot, or null. */
  readonly slot: string | null;
  /** Targets that have not acknowledged. Only while not spilled: then the disk counts. */
  left: number;
  /** Its index rows are on disk; memory may forget them. */
  isSpilled: boolean;
  /** Spilled while several targets waited: the disk counts what is left. */
  isShared: boolean;
  /** Its places, for spilling; empty once spilled. */
  places: readonly Place[];
};

/** A message in one mailbox. */
export type Place = {
  readonly message: Message;
  readonly mailboxNo: number;
  readonly counter: number;
  readonly tokenNo: number;
  readonly label: Label;
  isGone: boolean;
};

type Share = { count: number; bytes: number };

export type Shelf = {
  readonly mailboxNo: number;
  /** By id, in the order of arrival, hence of ids. */
  readonly places: Map<number, Place>;
  readonly byEnvelope: Map<string, Place>;
  readonly bySlot: Map<string, Place>;
  readonly shareByToken: Map<number, Share>;
  bytes: number;
  lastId: number;
  /** The counter of the newest message ever. */
  counter: number;
  /** Places whose index is not on disk, and removals not yet written: memory must keep the shelf. */
  pinned: number;
};

export const emptyShelf = (mailboxNo: number, counter: number): Shelf => ({
  mailboxNo,
  places: new Map(),
  byEnvelope: new Map(),
  bySlot: new Map(),
  shareByToken: new Map(),
  bytes: 0,
  lastId: 0,
  counter,
  pinned: 0,
});

const slotKey = (tokenNo: number, slot: string): string => `${tokenNo}/${slot}`;

export function placeInSlot(shelf: Shelf, tokenNo: number, slot: string): Place | undefined {
  return shelf.bySlot.get(slotKey(tokenNo, slot));
}

export function addPlace(shelf: Shelf, place: Place): void {
  const { message, tokenNo } = place;
  assert(message.id > shelf.lastId, "ids grow along a shelf");
  assert(!shelf.byEnvelope.has(message.envelope), "an envelope waits once in a mailbox");
  shelf.places.set(message.id, place);
  shelf.byEnvelope.set(message.envelope, place);
  if (message.slot !== null) shelf.bySlot.set(slotKey(tokenNo, message.slot), place);
  const share = shelf.shareByToken.get(tokenNo) ?? { count: 0, bytes: 0 };
  share.count += 1;
  share.bytes += message.bytes;
  shelf.shareByToken.set(tokenNo, share);
  shelf.bytes += message.bytes;
  shelf.lastId = message.id;
  shelf.counter = Math.max(shelf.counter, place.counter);
}

export function removePlace(shelf: Shelf, place: Place): void {
  const { message, tokenNo } = place;
  assert(shelf.places.delete(message.id), "what is removed was there");
  place.isGone = true;
  shelf.byEnvelope.delete(message.envelope);
  if (message.slot !== null) {
    const key = slotKey(tokenNo, message.slot);
    if (shelf.bySlot.get(key) === place) shelf.bySlot.delete(key);
  }
  shelf.bytes -= message.bytes;
  const share = shelf.shareByToken.get(tokenNo);
  assert(share !== undefined, "a place has its token's share");
  share.count -= 1;
  share.bytes -= message.bytes;
  if (share.count === 0) shelf.shareByToken.delete(tokenNo);
}
