/**
 * Whose turn it is to send a blob of which not all bytes are here: everybody in a chat knows its id, and who
 * reserves it begins it anew. So whoever sends it goes on, as long as it moves, and not for ever. Soft: a
 * restart forgets it, and costs one beginning anew. docs/protocol/wire.md, rule [HB15].
 */
import type { BlobId, MailboxId } from "../../sync/wire/ids.ts";
import { latin1 } from "../latin1.ts";
import { BLOB_HOLD_IDLE_MS, BLOB_HOLD_MS_MAX, BLOB_HOLDS_MAX } from "../limits.ts";

/** `movedAtMs`: null: nothing came yet. */
type Hold = {
  readonly mailbox: string;
  readonly sinceMs: number;
  readonly movedAtMs: number | null;
};

export class UploadHolds {
  readonly #holdByBlob = new Map<string, Hold>();

  /** May this mailbox reserve it? Not while another one's upload moves. */
  isFree(blob: BlobId, mailbox: MailboxId, nowMs: number): boolean {
    const hold = this.#holdByBlob.get(latin1(blob));
    if (hold === undefined || hold.mailbox === latin1(mailbox)) return true;
    const { sinceMs, movedAtMs } = hold;
    const isMoving = movedAtMs !== null && isWithin(movedAtMs, nowMs, BLOB_HOLD_IDLE_MS);
    return !isMoving || !isWithin(sinceMs, nowMs, BLOB_HOLD_MS_MAX);
  }

  /** Who goes on after a long rest begins anew: in that rest anybody might have brought it. */
  reserved(blob: BlobId, mailbox: MailboxId, nowMs: number): void {
    const hold = this.#holdByBlob.get(latin1(blob));
    const isTheirs = hold?.mailbox === latin1(mailbox);
    if (isTheirs && isWithin(hold.movedAtMs ?? hold.sinceMs, nowMs, BLOB_HOLD_MS_MAX)) return;
    this.#put(blob, { mailbox: latin1(mailbox), sinceMs: nowMs, movedAtMs: null });
  }

  /** A piece came. */
  moved(blob: BlobId, nowMs: number): void {
    const hold = this.#holdByBlob.get(latin1(blob));
    if (hold !== undefined) this.#put(blob, { ...hold, movedAtMs: nowMs });
  }

  /** It is whole, or gone. */
  over(blob: BlobId): void {
    this.#holdByBlob.delete(latin1(blob));
  }

  /** As the newest; the oldest go when there are too many. */
  #put(blob: BlobId, hold: Hold): void {
    this.#holdByBlob.delete(latin1(blob));
    this.#holdByBlob.set(latin1(blob), hold);
    const [oldest] = this.#holdByBlob.keys();
    if (this.#holdByBlob.size > BLOB_HOLDS_MAX && oldest !== undefined) {
      this.#holdByBlob.delete(oldest);
    }
  }
}

/** A clock that was set back ends it. */
const isWithin = (atMs: number, nowMs: number, forMs: number): boolean =>
  nowMs >= atMs && nowMs - atMs < forMs;
