/**
 * The store's rules over any backing (store.ts has the contract). A commit applies its operations to
 * memory and backing together; when the backing fails, both are put back: the backing rolls back, and
 * memory is read anew from it.
 */
import { Bug, unreachable } from "../../crypto/base/assert.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { type BlobId, idOf, type MailboxId } from "../../sync/wire/ids.ts";
import { fromLatin1 } from "../latin1.ts";
import {
  FLUSH_AFTER_MS,
  GONE_MS,
  IDLE_MAILBOX_DAYS,
  SLICE_ROWS,
  SWEEP_EVERY_MS,
} from "../limits.ts";
import type { Backing, BlobCount, Meta } from "./backing.ts";
import { finishBlob, releaseBlob, removeBlobs, reserveBlob, viewOf } from "./blob-records.ts";
import { capsuleViewOf, putCapsule } from "./capsule-records.ts";
import {
  createMailbox,
  deleteInvite,
  deletePush,
  deleteTokens,
  noteSeen,
  putInvite,
  putPrekeys,
  putPush,
  putTokens,
} from "./mailbox-records.ts";
import { arrivedAtMs } from "./message-ids.ts";
import { putEnvelope } from "./put-envelope.ts";
import { type QueueBounds, Queues } from "./queues.ts";
import { RecentEnvelopes } from "./recent-envelopes.ts";
import type { Place, Shelf } from "./shelf.ts";
import { dayOf, type StoreBounds, type StoreContext } from "./store-context.ts";
import type {
  OpOf,
  PageBounds,
  PushView,
  Store,
  StoreAnswer,
  StoreAnswers,
  StoredMessage,
  StoreError,
  StoreOp,
} from "./store.ts";

export type KeepBounds = StoreBounds & QueueBounds;

export function keepStore(backing: Backing, bounds: KeepBounds): Store {
  const keeper = new Keeper(backing, bounds);
  return {
    incarnation: backing.incarnation,
    commit: async (batch, nowMs) => keeper.commit(batch, nowMs),
    page: async (mailbox, at, nowMs) => keeper.read(() => keeper.page(mailbox, at, nowMs)),
    mailbox: async (mailbox) =>
      keeper.read(() => {
        const row = backing.mailboxOf(mailbox);
        if (row === undefined) return null;
        const { places, bytes, lastId } = keeper.queues.shelfOf(row.no);
        return { key: row.key, pendingCount: places.size, pendingBytes: bytes, lastId };
      }),
    prekeys: async (mailbox, tokenHash, nowMs) =>
      keeper.read(() => {
        const token = backing.tokenOf(mailbox, tokenHash);
        if (token === undefined || token.isGone || token.expiresAtMs <= nowMs) return null;
        return backing.bundleOf(token.mailboxNo) ?? null;
      }),
    invite: async (tag, nowMs) =>
      keeper.read(() => {
        const row = backing.inviteOf(tag);
        if (row === undefined || row.expiresAtMs <= nowMs) return null;
        return { record: row.record, expiresAtMs: row.expiresAtMs };
      }),
    capsule: async (place, nowMs) =>
      keeper.read(() => capsuleViewOf(backing.capsuleOf(place), nowMs)),
    blob: async (blob, nowMs) =>
      keeper.read(() => {
        const row = backing.blobOf(blob);
        return row === undefined || row.expiresAtMs <= nowMs ? null : viewOf(row);
      }),
    expiredBlobs: async (nowMs, limit) => keeper.read(() => backing.expiredBlobs(nowMs, limit)),
    push: async (mailbox, nowMs) => keeper.read(() => keeper.push(mailbox, nowMs)),
    subscribed: async (limit) => keeper.read(() => backing.subscribed(limit)),
    totals: () => keeper.totals(),
    tend: async (nowMs) => keeper.tend(nowMs),
    [Symbol.asyncDispose]: async () => backing.close(),
  };
}

class Keeper {
  queues: Queues;
  readonly #backing: Backing;
  readonly #bounds: KeepBounds;
  readonly #recent = new RecentEnvelopes();
  #mailboxes: number;
  #blobs: BlobCount;
  #isWriting = false;
  /** Removals to repeat once memory could be read anew; null when all is well. */
  #toRecover: readonly Place[] | null = null;
  #sweptAtMs = Number.NEGATIVE_INFINITY;

  constructor(backing: Backing, bounds: KeepBounds) {
    this.#backing = backing;
    this.#bounds = bounds;
    this.queues = new Queues(backing, bounds);
    this.#mailboxes = backing.countMailboxes();
    this.#blobs = backing.countAllBlobs();
  }

  commit(batch: readonly StoreOp[], nowMs: number): Result<readonly StoreAnswer[], StoreError> {
    this.#recent.age(nowMs);
    return this.#step(() => batch.map((op) => this.#apply(op, nowMs)));
  }

  /** Reads never change anything that a failure would have to undo. */
  read<Value>(work: () => Value): Result<Value, StoreError> {
    try {
      this.#recover();
      return ok(work());
    } catch (thrown) {
      if (thrown instanceof Bug) throw thrown;
      return err(this.#backing.failureOf(thrown));
    }
  }

  page(mailbox: MailboxId, at: PageBounds, nowMs: number): readonly StoredMessage[] {
    const row = this.#backing.mailboxOf(mailbox);
    if (row === undefined) return [];
    const page: StoredMessage[] = [];
    let bytes = 0;
    for (const place of this.queues.shelfOf(row.no).places.values()) {
      const { message } = place;
      if (message.id <= at.afterId || message.expiresAtMs <= nowMs) continue;
      bytes += message.bytes;
      if (page.length > 0 && bytes > at.pageBytes) break;
      const body = this.#backing.bodyOf(message.id);
      if (body === undefined) throw new Bug("a message that waits has its body");
      page.push(storedMessage(place, body));
      if (page.length >= at.messages) break;
    }
    return page;
  }

  push(mailbox: MailboxId, nowMs: number): PushView | null {
    const row = this.#backing.mailboxOf(mailbox);
    const subscription = row === undefined ? undefined : this.#backing.pushOf(row.no);
    if (row === undefined || subscription === undefined) return null;
    const urgent = this.queues
      .shelfOf(row.no)
      .places.values()
      .find(({ message }) => message.isUrgent && message.expiresAtMs > nowMs);
    return { subscription, urgentId: urgent?.message.id ?? 0 };
  }

  totals(): ReturnType<Store["totals"]> {
    const { messages, bytes } = this.queues;
    const oldest = this.read(() => (messages === 0 ? null : this.#backing.oldestId()));
    // A disk that cannot be read has no age to tell.
    const oldestAtMs = oldest.ok && oldest.value !== null ? arrivedAtMs(oldest.value) : null;
    const { count: blobs, bytes: blobBytes } = this.#blobs;
    return { mailboxes: this.#mailboxes, messages, bytes, oldestAtMs, blobs, blobBytes };
  }

  /** One slice, by urgency: what was removed, what must go to disk, what has expired. */
  tend(nowMs: number): Result<{ readonly againAtMs: number }, StoreError> {
    let sweptAtMs = this.#sweptAtMs;
    const done = this.#step(() => {
      if (this.queues.hasDead) {
        this.#write();
        this.queues.flushSlice();
        this.#backing.shrink();
        return this.queues.hasDead ? nowMs : null;
      }
      const spillAtMs = this.queues.spillDueAtMs();
      if (spillAtMs !== null && spillAtMs <= nowMs) {
        this.#write();
        this.queues.spillSlice(nowMs);
        return nowMs;
      }
      this.queues.evict();
      if (Math.abs(nowMs - this.#sweptAtMs) < SWEEP_EVERY_MS) return null;
      this.#write();
      if (this.#sweepSlice(nowMs)) return nowMs;
      sweptAtMs = nowMs;
      return null;
    });
    if (!done.ok) {
      if (done.error.cause === "full") this.#backing.makeRoom();
      return done;
    }
    this.#sweptAtMs = sweptAtMs;
    return ok({ againAtMs: done.value ?? this.#idleUntilMs(nowMs) });
  }

  #idleUntilMs(nowMs: number): number {
    if (this.queues.hasDead) return nowMs + FLUSH_AFTER_MS;
    const sweepAtMs = Math.max(this.#sweptAtMs + SWEEP_EVERY_MS, nowMs);
    return Math.min(this.queues.spillDueAtMs() ?? sweepAtMs, sweepAtMs);
  }

  /** Memory and disk move together, or not at all. */
  #step<Value>(work: () => Value): Result<Value, StoreError> {
    let removals = this.queues.removals();
    try {
      this.#recover();
      const before = this.queues.meta;
      removals = this.queues.removals();
      const value = work();
      if (!isSameMeta(before, this.queues.meta)) {
        this.#write();
        this.#backing.writeMeta(this.queues.meta);
      }
      if (this.#isWriting) this.#backing.commit();
      this.#isWriting = false;
      return ok(value);
    } catch (thrown) {
      if (thrown instanceof Bug) throw thrown;
      const failure = this.#backing.failureOf(thrown);
      this.#toRecover ??= removals();
      const recovered = this.read(() => true);
      return err(recovered.ok ? failure : recovered.error);
    }
  }

  /**
   * After a failure, before anything else: what the disk says is true, except for removals that it had
   * not seen yet. Throws, and will be tried again, while the disk cannot even be read.
   */
  #recover(): void {
    if (this.#toRecover === null) return;
    this.#backing.rollback();
    this.#isWriting = false;
    this.queues = new Queues(this.#backing, this.#bounds);
    this.#mailboxes = this.#backing.countMailboxes();
    this.#blobs = this.#backing.countAllBlobs();
    for (const { mailboxNo, message } of this.#toRecover) {
      const shelf = this.queues.shelfOf(mailboxNo);
      const place = shelf.places.get(message.id);
      if (place !== undefined) this.queues.remove(shelf, place);
    }
    this.#toRecover = null;
  }

  #write(): void {
    if (this.#isWriting) return;
    this.#backing.begin();
    this.#isWriting = true;
  }

  #apply(op: StoreOp, nowMs: number): StoreAnswer {
    const context: StoreContext = {
      backing: this.#backing,
      queues: this.queues,
      recent: this.#recent,
      bounds: this.#bounds,
      nowMs,
      write: () => this.#write(),
    };
    switch (op.type) {
      case "put":
        return putEnvelope(context, op);
      case "ack":
        return this.#acknowledge(op);
      case "createMailbox": {
        const created = createMailbox(context, op);
        if (created === "created") this.#mailboxes += 1;
        return created;
      }
      case "deleteMailbox":
        return this.#deleteMailbox(op.mailbox, nowMs);
      case "seen":
        return noteSeen(context, op);
      case "putTokens":
        return putTokens(context, op);
      case "deleteTokens":
        return deleteTokens(context, op);
      case "putPrekeys":
        return putPrekeys(context, op);
      case "putPush":
        return putPush(context, op);
      case "deletePush":
        return deletePush(context, op);
      case "putInvite":
        return putInvite(context, op);
      case "deleteInvite":
        return deleteInvite(context, op);
      case "putCapsule":
        return putCapsule(context, op);
      case "reserveBlob":
        return this.#counting([op.blob], () => reserveBlob(context, op));
      case "finishBlob":
        return finishBlob(context, op);
      case "releaseBlob":
        return releaseBlob(context, op);
      case "removeBlobs":
        return this.#counting(op.blobs, () => removeBlobs(context, op));
      default:
        return unreachable(op);
    }
  }

  /** What these blobs come to, before and after, moves the total. */
  #counting<Answer>(blobs: readonly BlobId[], work: () => Answer): Answer {
    const before = this.#countOf(blobs);
    const answer = work();
    const after = this.#countOf(blobs);
    this.#blobs = {
      count: this.#blobs.count + after.count - before.count,
      bytes: this.#blobs.bytes + after.bytes - before.bytes,
    };
    return answer;
  }

  #countOf(blobs: readonly BlobId[]): BlobCount {
    const rows = blobs.flatMap((it) => this.#backing.blobOf(it) ?? []);
    return { count: rows.length, bytes: rows.reduce((sum, it) => sum + it.bytes, 0) };
  }

  /** Writes nothing: a forgotten acknowledgement is a message delivered again, which is allowed. */
  #acknowledge(op: OpOf<"ack">): StoreAnswers["ack"] {
    const row = this.#backing.mailboxOf(op.mailbox);
    if (row === undefined) return 0;
    const shelf = this.queues.shelfOf(row.no);
    let count = 0;
    for (const id of op.ids) {
      const place = shelf.places.get(id);
      if (place === undefined) continue;
      this.#removeForGood(shelf, place);
      count += 1;
    }
    return count;
  }

  #removeForGood(shelf: Shelf, place: Place): void {
    this.#recent.add(shelf.mailboxNo, place.message.envelope);
    this.queues.remove(shelf, place);
  }

  #deleteMailbox(mailbox: MailboxId, nowMs: number): StoreAnswers["deleteMailbox"] {
    const row = this.#backing.mailboxOf(mailbox);
    if (row === undefined) return "unknown";
    this.#write();
    const shelf = this.queues.shelfOf(row.no);
    for (const place of shelf.places.values()) this.queues.remove(shelf, place);
    this.#backing.deleteMailbox(mailbox, row.no, nowMs + GONE_MS);
    this.#mailboxes -= 1;
    return "deleted";
  }

  /** True when there may be more. */
  #sweepSlice(nowMs: number): boolean {
    const expired = this.#backing.expired(nowMs, SLICE_ROWS);
    for (const { id, mailboxNos } of expired) {
      let isOrphan = true;
      for (const mailboxNo of mailboxNos) {
        const shelf = this.queues.shelfOf(mailboxNo);
        const place = shelf.places.get(id);
        if (place === undefined) continue;
        isOrphan = false;
        this.#removeForGood(shelf, place);
      }
      if (isOrphan) this.#backing.deleteMessage(id);
    }
    const abandoned = this.#backing.mailboxesNotSeenSince(
      dayOf(nowMs) - IDLE_MAILBOX_DAYS,
      SLICE_ROWS / 10,
    );
    for (const mailbox of abandoned) this.#deleteMailbox(mailbox, nowMs);
    const rights = this.#backing.deleteExpiredRights(nowMs, SLICE_ROWS);
    return expired.length + abandoned.length + rights > 0;
  }
}

const storedMessage = ({ message, counter, label }: Place, body: Uint8Array): StoredMessage => ({
  id: message.id,
  counter,
  isUrgent: message.isUrgent,
  isSlot: message.slot !== null,
  label,
  envelope: idOf("EnvelopeId", fromLatin1(message.envelope)),
  body,
});

const isSameMeta = (a: Meta, b: Meta): boolean =>
  a.idsReservedTo === b.idsReservedTo &&
  a.spilledTo === b.spilledTo &&
  a.spilledMessages === b.spilledMessages &&
  a.spilledBytes === b.spilledBytes &&
  a.lastTokenNo === b.lastTokenNo;
