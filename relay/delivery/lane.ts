/**
 * One mailbox on one socket: pages of what waits, then what arrives, within a window of deliveries that
 * the device has not acknowledged. Whatever goes wrong here costs a second delivery, never a message:
 * only an acknowledgement removes one from the store.
 */
import type { Frame } from "../../sync/wire/frames.ts";
import type { MailboxId } from "../../sync/wire/ids.ts";
import {
  REDELIVER_MS,
  WINDOW_BYTES,
  WINDOW_BYTES_MAX,
  WINDOW_MESSAGES,
  WINDOW_MESSAGES_MAX,
} from "../../sync/wire/limits.ts";
import { PAGE_MESSAGES, PAGE_PAUSE_BYTES, PAGE_RETRY_MS, REDELIVER_MS_MAX } from "../limits.ts";
import type { Now } from "../ports.ts";
import type { Store, StoredMessage } from "../store/store.ts";
import type { Wheel } from "../wheel.ts";

export type LaneOptions = {
  readonly mailbox: MailboxId;
  readonly mailboxIndex: number;
  /** Of the newest message that waited at AUTH; 0 when none did. */
  readonly lastId: number;
  readonly store: Store;
  readonly now: Now;
  readonly wheel: Wheel;
  readonly push: (frame: Frame) => void;
  readonly buffered: () => number;
  readonly count: (name: string, count?: number) => void;
};

export class Lane {
  readonly mailbox: MailboxId;
  readonly mailboxIndex: number;
  readonly #options: LaneOptions;
  /** Bytes of the deliveries that were not acknowledged, by id. */
  readonly #unacknowledged = new Map<number, number>();
  #unacknowledgedBytes = 0;
  #windowMessages = WINDOW_MESSAGES;
  #windowBytes = WINDOW_BYTES;
  /** Everything up to this id was sent in the present round. */
  #sentTo = 0;
  #round = 0;
  #hasMore = true;
  #isPumping = false;
  #isEmptyTold = false;
  #isClosed = false;
  #isNearlyFullTold = false;
  #isFullTold = false;
  #isWatched = false;
  #heardAtMs = 0;
  #redeliverMs = REDELIVER_MS;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.mailbox = options.mailbox;
    this.mailboxIndex = options.mailboxIndex;
  }

  /** Sends what the window has room for. */
  pump(): void {
    if (this.#isPumping || this.#isClosed) return;
    if (this.#hasMore && this.#isOpen()) void this.#pumpPages();
  }

  /** A message was stored for this mailbox: sent at once when everything before it was. */
  arrived(message: StoredMessage): void {
    if (this.#isPumping || this.#hasMore || !this.#isOpen()) {
      this.#hasMore = true;
      this.pump();
      this.#watch();
      return;
    }
    this.#send(message);
  }

  /** Handed over if there is room, else dropped: it was never promised. */
  passing(message: Omit<StoredMessage, "id" | "counter">): void {
    if (this.#isClosed || this.#options.buffered() >= PAGE_PAUSE_BYTES) return;
    this.#options.count("livePassed");
    this.#options.push({
      type: "msg",
      mailboxIndex: this.mailboxIndex,
      ...message,
      id: 0,
      counter: 0,
      isEphemeral: true,
    });
  }

  acknowledged(ids: readonly number[]): void {
    for (const id of ids) {
      this.#unacknowledgedBytes -= this.#unacknowledged.get(id) ?? 0;
      this.#unacknowledged.delete(id);
    }
    this.#heardAtMs = this.#options.wheel.nowMs;
    this.#redeliverMs = REDELIVER_MS;
    this.pump();
  }

  /** An acknowledgement could not be written down: what is still there is sent again, in a while. */
  forgotten(): void {
    if (this.#isClosed) return;
    this.#beginRound();
    this.#retryLater();
  }

  widen(messages: number, bytes: number): void {
    this.#windowMessages = Math.min(this.#windowMessages + messages, WINDOW_MESSAGES_MAX);
    this.#windowBytes = Math.min(this.#windowBytes + bytes, WINDOW_BYTES_MAX);
    this.pump();
  }

  /** Tells the owner once that the mailbox fills up, until it has room again. */
  filled(fill: number, nearlyFullAt: number): void {
    this.#isFullTold = false;
    if (fill < nearlyFullAt) this.#isNearlyFullTold = false;
    if (fill < nearlyFullAt || this.#isNearlyFullTold) return;
    this.#isNearlyFullTold = true;
    this.#options.push({ type: "err", error: "nearlyFull", request: 0, retryAfterMs: 0 });
  }

  /** A sender was told QUOTA because of this mailbox. */
  full(): void {
    if (this.#isFullTold) return;
    this.#isFullTold = true;
    this.#options.push({ type: "err", error: "full", request: 0, retryAfterMs: 0 });
  }

  close(): void {
    this.#isClosed = true;
  }

  #isOpen(): boolean {
    return (
      this.#unacknowledged.size < this.#windowMessages &&
      this.#unacknowledgedBytes < this.#windowBytes &&
      this.#options.buffered() < PAGE_PAUSE_BYTES
    );
  }

  async #pumpPages(): Promise<void> {
    this.#isPumping = true;
    while (this.#hasMore && this.#isOpen() && !this.#isClosed) {
      this.#hasMore = false;
      const round = this.#round;
      const bounds = {
        afterId: this.#sentTo,
        messages: Math.min(PAGE_MESSAGES, this.#windowMessages - this.#unacknowledged.size),
        pageBytes: this.#windowBytes - this.#unacknowledgedBytes,
      };
      const page = await this.#options.store.page(this.mailbox, bounds, this.#options.now());
      if (this.#isClosed) break;
      if (!page.ok) {
        this.#retryLater();
        break;
      }
      if (round !== this.#round) continue;
      for (const message of page.value) this.#send(message);
      if (page.value.length > 0) this.#hasMore = true;
      this.#tellEmpty(page.value.length === 0);
    }
    this.#isPumping = false;
    this.#watch();
  }

  #send(message: StoredMessage): void {
    const { wheel, count, push } = this.#options;
    if (this.#unacknowledged.size === 0) this.#heardAtMs = wheel.nowMs;
    this.#unacknowledged.set(message.id, message.body.length);
    this.#unacknowledgedBytes += message.body.length;
    this.#sentTo = message.id;
    count("delivered");
    push({ type: "msg", mailboxIndex: this.mailboxIndex, ...message, isEphemeral: false });
    this.#watch();
  }

  #tellEmpty(isAllSent: boolean): void {
    if (this.#isEmptyTold || !(isAllSent || this.#sentTo >= this.#options.lastId)) return;
    this.#isEmptyTold = true;
    this.#options.push({ type: "empty", mailboxIndex: this.mailboxIndex });
  }

  /** From the oldest message that waits. */
  #beginRound(): void {
    this.#unacknowledged.clear();
    this.#unacknowledgedBytes = 0;
    this.#sentTo = 0;
    this.#round += 1;
    this.#hasMore = true;
  }

  #retryLater(): void {
    const { wheel, count, push } = this.#options;
    this.#hasMore = true;
    count("pagesFailed");
    push({ type: "err", error: "storage", request: 0, retryAfterMs: PAGE_RETRY_MS });
    wheel.at(wheel.nowMs + PAGE_RETRY_MS, () => {
      this.pump();
      return null;
    });
  }

  /** While anything is unacknowledged, or held back by a full socket. */
  #watch(): void {
    const isNeeded = this.#unacknowledged.size > 0 || this.#hasMore;
    if (this.#isWatched || this.#isClosed || !isNeeded) return;
    this.#isWatched = true;
    const { wheel } = this.#options;
    wheel.at(wheel.nowMs + REDELIVER_MS, (nowMs) => this.#check(nowMs));
  }

  #check(nowMs: number): number | null {
    const isDone = this.#unacknowledged.size === 0 && !this.#hasMore;
    if (this.#isClosed || isDone) {
      this.#isWatched = false;
      return null;
    }
    this.pump();
    const dueMs = this.#heardAtMs + this.#redeliverMs;
    if (this.#unacknowledged.size === 0 || this.#options.buffered() >= PAGE_PAUSE_BYTES) {
      return nowMs + 1;
    }
    if (nowMs < dueMs) return dueMs;
    this.#options.count("redelivered", this.#unacknowledged.size);
    this.#redeliverMs = Math.min(this.#redeliverMs * 2, REDELIVER_MS_MAX);
    this.#heardAtMs = nowMs;
    this.#beginRound();
    this.pump();
    return nowMs + this.#redeliverMs;
  }
}
