/**
 * All queues of a store, in memory as far as they are hot. A message goes through these hands:
 *
 *   admit   its row is written by the commit, its places stand in memory only
 *   remove  acknowledged or expired: gone from memory, its row waits in `dead`
 *   flush   dead rows are deleted on disk, sorted, a slice at a time
 *   spill   what still waits after `SPILL_AFTER_MS` gets index rows on disk, oldest first
 *   evict   a shelf whose every place is on disk may leave memory; it is read again when asked for
 *
 * So a start reads the index rows of one mailbox when that is needed, and at once only the messages
 * of the last seconds before the stop (`meta.spilledTo`).
 */
import { assert } from "../../crypto/base/assert.ts";
import { SLICE_ROWS, SPILL_AFTER_MS } from "../limits.ts";
import type { Backing, Meta } from "./backing.ts";
import { arrivedAtMs, MessageIds } from "./message-ids.ts";
import {
  addPlace,
  emptyShelf,
  type Message,
  type Place,
  removePlace,
  type Shelf,
} from "./shelf.ts";

export type QueueBounds = {
  /** Places and shelves kept in memory, as far as the rest is on disk already. */
  readonly hotPlacesMax: number;
  readonly hotShelvesMax: number;
};

export class Queues {
  readonly #backing: Backing;
  readonly #bounds: QueueBounds;
  readonly #shelves = new Map<number, Shelf>();
  #ids: MessageIds;
  #tokenNo: number;
  #spilledTo: number;
  #spilledMessages: number;
  #spilledBytes: number;
  #unspilled: Message[] = [];
  #unspilledHead = 0;
  #dead: Place[] = [];
  /** Removed and flushed, but their message's row still names them: other targets wait, unspilled. */
  #halfGone: Place[] = [];
  #hotPlaces = 0;
  #messages = 0;
  #bytes = 0;

  constructor(backing: Backing, bounds: QueueBounds) {
    this.#backing = backing;
    this.#bounds = bounds;
    const meta = backing.readMeta();
    this.#ids = new MessageIds(meta.idsReservedTo);
    this.#tokenNo = meta.lastTokenNo;
    this.#spilledTo = meta.spilledTo;
    this.#spilledMessages = meta.spilledMessages;
    this.#spilledBytes = meta.spilledBytes;
    this.#messages = meta.spilledMessages;
    this.#bytes = meta.spilledBytes;
    for (const message of backing.unspilled(meta.spilledTo)) this.#readmit(message);
  }

  get messages(): number {
    return this.#messages;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get hasDead(): boolean {
    return this.#dead.length > 0;
  }

  /** As `writeMeta` wants it. Write it in every commit that moved one of the numbers. */
  get meta(): Meta {
    return {
      idsReservedTo: this.#ids.reservedTo,
      spilledTo: this.#spilledTo,
      spilledMessages: this.#spilledMessages,
      spilledBytes: this.#spilledBytes,
      lastTokenNo: this.#tokenNo,
    };
  }

  /** Removals up to now that the disk does not know: a store that reads itself anew repeats them. */
  removals(): () => readonly Place[] {
    const [dead, halfGone] = [this.#dead, this.#halfGone];
    const [deadCount, halfGoneCount] = [dead.length, halfGone.length];
    return () => [...dead.slice(0, deadCount), ...halfGone.slice(0, halfGoneCount)];
  }

  nextId(nowMs: number): number {
    return this.#ids.next(nowMs);
  }

  nextTokenNo(): number {
    this.#tokenNo += 1;
    return this.#tokenNo;
  }

  shelfOf(mailboxNo: number): Shelf {
    const known = this.#shelves.get(mailboxNo);
    const shelf = known ?? this.#readShelf(mailboxNo);
    if (known !== undefined) this.#shelves.delete(mailboxNo);
    this.#shelves.set(mailboxNo, shelf);
    return shelf;
  }

  /** A new message; its places are added one by one, then it is `queued`. */
  admit(shelf: Shelf, place: Place): void {
    addPlace(shelf, place);
    shelf.pinned += 1;
    this.#hotPlaces += 1;
    this.#messages += 1;
    this.#bytes += place.message.bytes;
  }

  queued(message: Message): void {
    assert(message.left === message.places.length, "a new message waits everywhere");
    this.#unspilled.push(message);
  }

  remove(shelf: Shelf, place: Place): void {
    removePlace(shelf, place);
    this.#messages -= 1;
    this.#bytes -= place.message.bytes;
    this.#hotPlaces -= 1;
    if (place.message.isSpilled) shelf.pinned += 1;
    this.#dead.push(place);
  }

  /** Deletes the rows of some removed places. Inside a commit. */
  flushSlice(): void {
    this.#dead.sort((a, b) => a.message.id - b.message.id);
    for (const place of this.#dead.slice(0, SLICE_ROWS)) {
      const { message } = place;
      const shelf = this.#shelves.get(place.mailboxNo);
      assert(shelf !== undefined && shelf.pinned > 0, "a dead place pins its shelf");
      if (place.counter === shelf.counter) {
        this.#backing.writeCounter(place.mailboxNo, place.counter);
      }
      if (message.isSpilled) {
        this.#backing.deleteSpilled(place);
        this.#spilledMessages -= 1;
        this.#spilledBytes -= message.bytes;
      } else {
        message.left -= 1;
        if (message.left === 0) this.#backing.deleteMessage(message.id);
        else this.#halfGone.push(place);
      }
      shelf.pinned -= 1;
    }
    this.#dead = this.#dead.slice(SLICE_ROWS);
  }

  /** When the oldest message that is only in memory is due for the disk; null without one. */
  spillDueAtMs(): number | null {
    this.#skipFlushed();
    const oldest = this.#unspilled[this.#unspilledHead];
    if (oldest === undefined) return null;
    return this.#isRoomy() ? arrivedAtMs(oldest.id) + SPILL_AFTER_MS : 0;
  }

  /** Writes index rows of the oldest messages that are due. Inside a commit, with nothing dead. */
  spillSlice(nowMs: number): void {
    assert(!this.hasDead, "flush comes before spill");
    for (let rows = 0; rows < SLICE_ROWS;) {
      const dueAtMs = this.spillDueAtMs();
      const message = this.#unspilled[this.#unspilledHead];
      if (message === undefined || dueAtMs === null || dueAtMs > nowMs) break;
      const waiting = message.places.filter((place) => !place.isGone);
      this.#backing.spill(message, waiting);
      message.isSpilled = true;
      message.isShared = waiting.length > 1;
      message.places = [];
      for (const place of waiting) this.shelfOf(place.mailboxNo).pinned -= 1;
      rows += waiting.length;
      this.#spilledTo = message.id;
      this.#spilledMessages += waiting.length;
      this.#spilledBytes += waiting.length * message.bytes;
      this.#unspilledHead += 1;
    }
    this.#halfGone = this.#halfGone.filter(({ message }) => !message.isSpilled && message.left > 0);
  }

  /** Forgets the shelves that were not asked for the longest, as far as the disk has them. */
  evict(): void {
    for (const [mailboxNo, shelf] of this.#shelves) {
      if (this.#isRoomy()) return;
      if (shelf.pinned > 0) continue;
      this.#shelves.delete(mailboxNo);
      this.#hotPlaces -= shelf.places.size;
    }
  }

  #isRoomy(): boolean {
    return (
      this.#hotPlaces <= this.#bounds.hotPlacesMax &&
      this.#shelves.size <= this.#bounds.hotShelvesMax
    );
  }

  #readShelf(mailboxNo: number): Shelf {
    const shelf = emptyShelf(mailboxNo, this.#backing.counterOf(mailboxNo) ?? 0);
    for (const place of this.#backing.spilledPlaces(mailboxNo)) addPlace(shelf, place);
    this.#hotPlaces += shelf.places.size;
    return shelf;
  }

  /** At the start: places of mailboxes that were deleted meanwhile fall away. */
  #readmit(message: Message): void {
    const places = message.places.filter(
      (place) => this.#backing.counterOf(place.mailboxNo) !== undefined,
    );
    message.places = places;
    message.left = places.length;
    for (const place of places) this.admit(this.shelfOf(place.mailboxNo), place);
    this.queued(message);
  }

  #skipFlushed(): void {
    while (this.#unspilled[this.#unspilledHead]?.left === 0) this.#unspilledHead += 1;
    if (this.#unspilledHead < SLICE_ROWS || this.#unspilledHead * 2 < this.#unspilled.length)
      return;
    this.#unspilled = this.#unspilled.slice(this.#unspilledHead);
    this.#unspilledHead = 0;
  }
}
