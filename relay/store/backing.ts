/**
 * Where a store puts its rows: the part that differs between memory and a disk. All rules are in
 * keep-store.ts. Synchronous; a failing disk throws, and `failureOf` says what it was.
 */
import type {
  BlobDeleteHash,
  BlobId,
  CapsulePlace,
  InviteTag,
  MailboxId,
  MailboxKey,
  StoreIncarnation,
  TokenHash,
} from "../../sync/wire/ids.ts";
import type { Message, Place } from "./shelf.ts";
import type { BlobView, CapsuleView, StoreError, TokenGrant } from "./store.ts";

export type MailboxRow = {
  readonly no: number;
  readonly key: MailboxKey;
  readonly counter: number;
  readonly seenDay: number;
};
/** `no` and `mailboxNo` are never reused. `isGone`: its mailbox was deleted. */
export type TokenRow = Omit<TokenGrant, "hash"> & {
  readonly no: number;
  readonly mailboxNo: number;
  readonly isGone: boolean;
};
export type InviteRow = {
  readonly mailboxNo: number;
  readonly record: Uint8Array;
  readonly expiresAtMs: number;
  readonly voucherHash: TokenHash;
  readonly isSpent: boolean;
};
/** Whose it is: `mailboxNo`, also after the mailbox is gone. Unfinished ones expire by their ticket. */
/** Who wants a blob kept, and what it is released by: one of a mailbox. */
export type BlobClaimRow = { readonly mailboxNo: number; readonly deleteHash: BlobDeleteHash };
/** `mailboxNo`: in whose room it lies. At least one claim, in the order in which they came. */
export type BlobRow = BlobView & {
  readonly mailboxNo: number;
  readonly claims: readonly BlobClaimRow[];
  readonly ttlMs: number;
  readonly expiresAtMs: number;
};
export type CapsuleRow = CapsuleView;
export type BlobCount = { readonly count: number; readonly bytes: number };
/** What is written once and counted on: see `readMeta`. */
export type Meta = {
  readonly idsReservedTo: number;
  readonly spilledTo: number;
  readonly spilledMessages: number;
  readonly spilledBytes: number;
  readonly lastTokenNo: number;
};

export interface Backing {
  readonly incarnation: StoreIncarnation;
  /** A `begin` is followed by `commit` (durable when it returns) or `rollback` (may come alone). */
  readonly begin: () => void;
  readonly commit: () => void;
  readonly rollback: () => void;
  readonly failureOf: (thrown: unknown) => StoreError;
  /** At the high-water mark: new rows are refused, removals go on. */
  readonly isFull: () => boolean;
  /** Called after a commit failed for lack of room: makes what removals need. */
  readonly makeRoom: () => void;

  readonly readMeta: () => Meta;
  readonly writeMeta: (meta: Meta) => void;

  readonly mailboxOf: (mailbox: MailboxId) => MailboxRow | undefined;
  /** The counter on disk; undefined when the mailbox was deleted. */
  readonly counterOf: (mailboxNo: number) => number | undefined;
  readonly insertMailbox: (mailbox: MailboxId, key: MailboxKey, seenDay: number) => void;
  readonly writeCounter: (mailboxNo: number, counter: number) => void;
  readonly writeSeen: (mailboxNo: number, seenDay: number) => void;
  /** With its bundle, subscription and invites; its tokens become gone until `goneUntilMs`. */
  readonly deleteMailbox: (mailbox: MailboxId, no: number, goneUntilMs: number) => void;
  readonly countMailboxes: () => number;
  readonly mailboxesNotSeenSince: (day: number, limit: number) => readonly MailboxId[];

  readonly tokenOf: (mailbox: MailboxId, hash: TokenHash) => TokenRow | undefined;
  readonly countTokens: (mailbox: MailboxId) => number;
  readonly putToken: (mailbox: MailboxId, hash: TokenHash, row: TokenRow) => void;
  readonly deleteToken: (mailbox: MailboxId, hash: TokenHash) => void;

  readonly bundleOf: (mailboxNo: number) => Uint8Array | undefined;
  readonly putBundle: (mailboxNo: number, bundle: Uint8Array) => void;

  readonly pushOf: (mailboxNo: number) => Uint8Array | undefined;
  readonly putPush: (mailboxNo: number, subscription: Uint8Array) => void;
  readonly deletePush: (mailboxNo: number) => void;
  readonly subscribed: (limit: number) => readonly MailboxId[];

  readonly inviteOf: (tag: InviteTag) => InviteRow | undefined;
  readonly inviteByVoucher: (
    hash: TokenHash,
  ) => { readonly tag: InviteTag; readonly row: InviteRow } | undefined;
  readonly countInvites: (mailboxNo: number) => number;
  readonly putInvite: (tag: InviteTag, row: InviteRow) => void;
  readonly deleteInvite: (tag: InviteTag) => void;

  readonly capsuleOf: (place: CapsulePlace) => CapsuleRow | undefined;
  readonly countCapsules: (mailboxNo: number) => number;
  readonly putCapsule: (place: CapsulePlace, row: CapsuleRow) => void;

  readonly blobOf: (blob: BlobId) => BlobRow | undefined;
  readonly putBlob: (blob: BlobId, row: BlobRow) => void;
  readonly deleteBlob: (blob: BlobId) => void;
  /** Of one mailbox, finished or not. */
  readonly countBlobs: (mailboxNo: number) => BlobCount;
  readonly countAllBlobs: () => BlobCount;
  readonly expiredBlobs: (nowMs: number, limit: number) => readonly BlobId[];

  readonly insertMessage: (message: Message, body: Uint8Array, places: readonly Place[]) => void;
  readonly bodyOf: (id: number) => Uint8Array | undefined;
  readonly deleteMessage: (id: number) => void;
  /** When the oldest row came, and only roughly: rows that are about to be removed count. */
  readonly oldestId: () => number | null;
  /** Messages whose index is not on disk, oldest first: read once, at the start. */
  readonly unspilled: (aboveId: number) => Iterable<Message>;
  /** Writes the index rows of those places of a message that still wait. */
  readonly spill: (message: Message, places: readonly Place[]) => void;
  readonly spilledPlaces: (mailboxNo: number) => readonly Place[];
  /** Removes an index row, and the message with its last one. */
  readonly deleteSpilled: (place: Place) => void;
  /** Some messages that expired, with the mailboxes they were for. */
  readonly expired: (
    nowMs: number,
    limit: number,
  ) => readonly { readonly id: number; readonly mailboxNos: readonly number[] }[];
  /** Removes some expired tokens, invites and capsules. */
  readonly deleteExpiredRights: (nowMs: number, limit: number) => number;
  /** Gives some free pages back to the disk. */
  readonly shrink: () => void;

  readonly close: () => void;
}
