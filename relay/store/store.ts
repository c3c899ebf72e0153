/**
 * What a relay keeps: mailboxes, the hashes of their write tokens, prekey bundles, invite records, and
 * envelopes that wait. It cannot read any of them. No account, contact or sender is in here.
 *
 * Contract [RS1] to [RS17], run by tests/contract/relay-store.ts against every implementation:
 *   RS1  What `commit` answered is durable: it is there after a crash of process or machine.
 *   RS2  A failed `commit` changes nothing, and the store goes on with the next.
 *   RS3  `page` returns messages oldest first, each with a larger id and counter.
 *   RS4  An id is never given twice, whatever was removed and wherever the clock jumps.
 *   RS5  A message is there until its mailbox acknowledges it or it expires; the body is kept once,
 *        and removed with its last target.
 *   RS6  The same envelope for the same mailbox is stored once; a repetition answers `duplicate`.
 *   RS7  Unknown mailbox, unknown, expired and revoked token all answer `denied`.
 *   RS8  Tokens of a deleted mailbox answer `gone`, for `GONE_MS`.
 *   RS9  State is a function of the commits: the same batches and times give the same answers.
 *   RS10 A mailbox holds at most its quota, a token at most its share, an invite token
 *        `INVITE_MESSAGES_MAX`; one more answers `quota` and stores nothing.
 *   RS11 A newer envelope in the same (mailbox, token, slot) removes the older.
 *   RS12 An ephemeral envelope is never stored.
 *   RS13 A voucher creates one mailbox.
 *   RS15 A blob is reserved within its mailbox's quota, and found by who asks once it is finished, until
 *        it expires; expired ones are told until they are removed.
 *   RS21 Each mailbox that reserves a blob holds on to it, CLAIMS_MAX of them, until it lets go by its own key.
 *   RS16 A mailbox has at most one push subscription, which goes with it; it is told together with the
 *        oldest urgent message that waits.
 *   RS17 A capsule is found at its place until it expires, also after the mailbox that put it is gone;
 *        only who shows the put key of the first one replaces it, by one with a higher counter.
 *   RS14 Mailboxes do not see each other's messages, nor acknowledge them.
 */
import type { Result } from "../../crypto/base/result.ts";
import type { TokenClass } from "../../sync/wire/http.ts";
import type {
  BlobDeleteHash,
  BlobId,
  CapsulePlace,
  CapsulePutHash,
  EnvelopeId,
  InviteTag,
  Label,
  MailboxId,
  MailboxKey,
  SlotId,
  StoreIncarnation,
  TokenHash,
} from "../../sync/wire/ids.ts";

/** `io`: the disk failed. `full`: it has no room. Nothing of the batch was stored. */
export type StoreError = { readonly type: "StoreFailed"; readonly cause: "io" | "full" };

export type PutOp = {
  readonly type: "put";
  readonly targets: readonly { readonly mailbox: MailboxId; readonly tokenHash: TokenHash }[];
  readonly envelope: EnvelopeId;
  /** Not copied: the caller leaves it alone until the commit is answered. */
  readonly body: Uint8Array;
  readonly isEphemeral: boolean;
  readonly isUrgent: boolean;
  readonly slot: SlotId | null;
  /** 0 means as long as the store keeps messages. */
  readonly ttlMs: number;
};

export type PutAnswer =
  | {
      readonly status: "stored";
      readonly id: number;
      readonly counter: number;
      readonly label: Label;
      /** Urgent, under a token that may wake the mailbox's device. */
      readonly isWaking: boolean;
      /** Of the mailbox, after this message: 0 to 1. */
      readonly fill: number;
    }
  | { readonly status: "liveOnly"; readonly label: Label }
  | { readonly status: "quota"; readonly isMailboxFull: boolean }
  | { readonly status: "duplicate" | "denied" | "gone" | "tooBig" | "full" };

export type TokenGrant = {
  readonly hash: TokenHash;
  readonly class: TokenClass;
  readonly label: Label;
  readonly push: boolean;
  readonly expiresAtMs: number;
};

export type StoreOp =
  | PutOp
  | { readonly type: "ack"; readonly mailbox: MailboxId; readonly ids: readonly number[] }
  | {
      readonly type: "createMailbox";
      readonly mailbox: MailboxId;
      readonly key: MailboxKey;
      /** When given it must be an unspent one, and is spent. */
      readonly voucherHash: TokenHash | null;
    }
  | { readonly type: "deleteMailbox"; readonly mailbox: MailboxId }
  /** The owner was here: keeps the mailbox from being removed as abandoned. */
  | { readonly type: "seen"; readonly mailbox: MailboxId }
  | {
      readonly type: "putTokens";
      readonly mailbox: MailboxId;
      readonly tokens: readonly TokenGrant[];
    }
  | {
      readonly type: "deleteTokens";
      readonly mailbox: MailboxId;
      readonly hashes: readonly TokenHash[];
    }
  /** How to wake the device: opaque here (relay/push/subscription.ts). Replaces the one before. */
  | {
      readonly type: "putPush";
      readonly mailbox: MailboxId;
      readonly subscription: Uint8Array;
    }
  /** `only`: when it is still this one; null: whichever. */
  | {
      readonly type: "deletePush";
      readonly mailbox: MailboxId;
      readonly only: Uint8Array | null;
    }
  | { readonly type: "putPrekeys"; readonly mailbox: MailboxId; readonly bundle: Uint8Array }
  | {
      readonly type: "putInvite";
      readonly mailbox: MailboxId;
      readonly tag: InviteTag;
      readonly record: Uint8Array;
      readonly expiresAtMs: number;
      readonly voucherHash: TokenHash;
    }
  | { readonly type: "deleteInvite"; readonly mailbox: MailboxId; readonly tag: InviteTag }
  | {
      readonly type: "putCapsule";
      readonly mailbox: MailboxId;
      readonly place: CapsulePlace;
      readonly putHash: CapsulePutHash;
      readonly counter: number;
      readonly capsule: Uint8Array;
    }
  | {
      /** Room for a blob, and the right to send it. The newest ticket is the one that holds. */
      readonly type: "reserveBlob";
      readonly mailbox: MailboxId;
      readonly blob: BlobId;
      readonly bytes: number;
      readonly deleteHash: BlobDeleteHash;
      readonly ticketHash: TokenHash;
      readonly ttlMs: number;
    }
  /** Its bytes are durable: it is there for everybody, from now on for its `ttlMs`. */
  | { readonly type: "finishBlob"; readonly blob: BlobId; readonly ticketHash: TokenHash }
  /** Whoever holds this key needs it no more. Others do: `last` when nobody else, and nothing is changed. */
  | {
      readonly type: "releaseBlob";
      readonly blob: BlobId;
      readonly deleteHash: BlobDeleteHash;
    }
  /** After their bytes are gone. */
  | { readonly type: "removeBlobs"; readonly blobs: readonly BlobId[] };
export type StoreOpType = StoreOp["type"];
export type OpOf<Type extends StoreOpType> = Extract<StoreOp, { readonly type: Type }>;

/** What each operation is answered. `full` is the high-water mark of the disk. */
export type StoreAnswers = {
  readonly put: readonly PutAnswer[];
  /** How many were there. */
  readonly ack: number;
  readonly createMailbox: "created" | "exists" | "voucherRefused" | "full";
  readonly deleteMailbox: "deleted" | "unknown";
  readonly seen: "done";
  readonly putTokens: "done" | "unknown" | "tooMany" | "full";
  readonly deleteTokens: "done";
  readonly putPrekeys: "done" | "unknown" | "full";
  readonly putPush: "done" | "unknown" | "full";
  readonly deletePush: "done";
  readonly putInvite: "done" | "unknown" | "taken" | "tooMany" | "full";
  readonly deleteInvite: "done";
  /** `old`: one with this counter or a higher one is there. `ahead`: too far above that one's. */
  readonly putCapsule: "done" | "unknown" | "taken" | "old" | "ahead" | "tooMany" | "full";
  /**
   * `reserved`: anew, nothing of it counts that came before. `resumed`: the same mailbox goes on.
   * `finished`: it is here, whoever sent it, and stays for at least this `ttlMs`.
   */
  readonly reserveBlob: "reserved" | "resumed" | "finished" | "unknown" | "tooMany" | "full";
  readonly finishBlob: "done" | "unknown";
  /** `unknown`: nobody holds this key. */
  readonly releaseBlob: "released" | "last" | "unknown";
  readonly removeBlobs: "done";
};
export type StoreAnswer = StoreAnswers[StoreOpType];

export type StoredMessage = {
  readonly id: number;
  readonly counter: number;
  readonly isUrgent: boolean;
  readonly isSlot: boolean;
  readonly label: Label;
  readonly envelope: EnvelopeId;
  readonly body: Uint8Array;
};

export type BlobView = {
  readonly bytes: number;
  readonly isFinished: boolean;
  readonly ticketHash: TokenHash;
};

export type CapsuleView = {
  /** Number of the mailbox that began it, never reused; it may be gone. */
  readonly mailboxNo: number;
  readonly putHash: CapsulePutHash;
  readonly capsule: Uint8Array;
  readonly counter: number;
  readonly expiresAtMs: number;
};

export type MailboxView = {
  readonly key: MailboxKey;
  readonly pendingCount: number;
  readonly pendingBytes: number;
  /** Of the newest message that waits; 0 when none does. */
  readonly lastId: number;
};

export type PushView = {
  readonly subscription: Uint8Array;
  /** Of the oldest urgent message that waits; 0 when none does. */
  readonly urgentId: number;
};

/** One message that waits in three mailboxes counts three times. */
export type StoreTotals = {
  readonly mailboxes: number;
  readonly messages: number;
  readonly bytes: number;
  /** When the oldest message came; null when none waits. */
  readonly oldestAtMs: number | null;
  /** On their way or finished; `blobBytes` as they were claimed. */
  readonly blobs: number;
  readonly blobBytes: number;
};

/** `pageBytes`: of bodies; a page has at least one message when one waits. */
export type PageBounds = {
  readonly afterId: number;
  readonly messages: number;
  readonly pageBytes: number;
};

export interface Store extends AsyncDisposable {
  readonly incarnation: StoreIncarnation;
  /** All operations in order, in one durable step. Answers in the same order. */
  readonly commit: (
    batch: readonly StoreOp[],
    nowMs: number,
  ) => Promise<Result<readonly StoreAnswer[], StoreError>>;
  readonly page: (
    mailbox: MailboxId,
    bounds: PageBounds,
    nowMs: number,
  ) => Promise<Result<readonly StoredMessage[], StoreError>>;
  readonly mailbox: (mailbox: MailboxId) => Promise<Result<MailboxView | null, StoreError>>;
  /** The bundle for a valid token; null alike for unknown mailbox, unknown token, no bundle. */
  readonly prekeys: (
    mailbox: MailboxId,
    tokenHash: TokenHash,
    nowMs: number,
  ) => Promise<Result<Uint8Array | null, StoreError>>;
  readonly invite: (
    tag: InviteTag,
    nowMs: number,
  ) => Promise<
    Result<{ readonly record: Uint8Array; readonly expiresAtMs: number } | null, StoreError>
  >;
  /** Null for unknown and expired alike; so it is with a blob. */
  readonly capsule: (
    place: CapsulePlace,
    nowMs: number,
  ) => Promise<Result<CapsuleView | null, StoreError>>;
  readonly blob: (blob: BlobId, nowMs: number) => Promise<Result<BlobView | null, StoreError>>;
  /** Some that expired, finished or not. */
  readonly expiredBlobs: (
    nowMs: number,
    limit: number,
  ) => Promise<Result<readonly BlobId[], StoreError>>;
  /** Null: nobody is to be woken for this mailbox. */
  readonly push: (
    mailbox: MailboxId,
    nowMs: number,
  ) => Promise<Result<PushView | null, StoreError>>;
  /** Some mailboxes that have a subscription. */
  readonly subscribed: (limit: number) => Promise<Result<readonly MailboxId[], StoreError>>;
  readonly totals: () => StoreTotals;
  /**
   * One slice of the work that may wait: removing what was acknowledged or has expired, moving the
   * index of old messages to disk. Answers when to call again.
   */
  readonly tend: (nowMs: number) => Promise<Result<{ readonly againAtMs: number }, StoreError>>;
}
