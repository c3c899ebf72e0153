/**
 * A store that forgets when the process ends: for tests, for the simulator (which replays commits after
 * a crash: state is a function of them, [RS9]), and the model that the SQLite store is held against.
 */
import {
  type BlobId,
  type CapsulePlace,
  idOf,
  type InviteTag,
  type MailboxId,
  type MailboxKey,
  type StoreIncarnation,
  type TokenHash,
} from "../../sync/wire/ids.ts";
import { fromLatin1, latin1 } from "../latin1.ts";
import type {
  Backing,
  BlobCount,
  BlobRow,
  CapsuleRow,
  InviteRow,
  MailboxRow,
  Meta,
  TokenRow,
} from "./backing.ts";
import { keepStore, type KeepBounds } from "./keep-store.ts";
import type { Message, Place } from "./shelf.ts";
import type { Store } from "./store.ts";

export type MemoryStoreOptions = {
  readonly incarnation: StoreIncarnation;
  readonly bounds: KeepBounds;
};

export const openMemoryStore = (options: MemoryStoreOptions): Store =>
  keepStore(new MemoryBacking(options.incarnation), options.bounds);

type Kept = {
  readonly message: Message;
  readonly body: Uint8Array;
  readonly places: readonly Place[];
};

class MemoryBacking implements Backing {
  readonly incarnation: StoreIncarnation;
  #meta: Meta = {
    idsReservedTo: 0,
    spilledTo: 0,
    spilledMessages: 0,
    spilledBytes: 0,
    lastTokenNo: 0,
  };
  #lastMailboxNo = 0;
  readonly #mailboxes = new Map<string, MailboxRow>();
  readonly #idByNo = new Map<number, string>();
  readonly #tokens = new Map<string, Map<string, TokenRow>>();
  readonly #bundles = new Map<number, Uint8Array>();
  readonly #pushes = new Map<number, Uint8Array>();
  readonly #invites = new Map<string, InviteRow>();
  readonly #capsules = new Map<string, CapsuleRow>();
  readonly #blobs = new Map<string, BlobRow>();
  readonly #messages = new Map<number, Kept>();
  /** Index rows, by mailbox and message id. */
  readonly #spilled = new Map<number, Map<number, Place>>();
  readonly #leftById = new Map<number, number>();

  constructor(incarnation: StoreIncarnation) {
    this.incarnation = incarnation;
  }

  begin(): void {}
  commit(): void {}
  rollback(): void {}
  failureOf(thrown: unknown): never {
    throw thrown;
  }
  isFull(): boolean {
    return false;
  }
  makeRoom(): void {}
  shrink(): void {}
  close(): void {}

  readMeta(): Meta {
    return this.#meta;
  }
  writeMeta(meta: Meta): void {
    this.#meta = meta;
  }

  mailboxOf(mailbox: MailboxId): MailboxRow | undefined {
    return this.#mailboxes.get(latin1(mailbox));
  }
  counterOf(mailboxNo: number): number | undefined {
    return this.#mailboxes.get(this.#idByNo.get(mailboxNo) ?? "")?.counter;
  }
  insertMailbox(mailbox: MailboxId, key: MailboxKey, seenDay: number): void {
    this.#lastMailboxNo += 1;
    const no = this.#lastMailboxNo;
    this.#mailboxes.set(latin1(mailbox), {
      no,
      key: idOf("MailboxKey", key.slice()),
      counter: 0,
      seenDay,
    });
    this.#idByNo.set(no, latin1(mailbox));
  }
  writeCounter(mailboxNo: number, counter: number): void {
    this.#changeMailbox(mailboxNo, { counter });
  }
  writeSeen(mailboxNo: number, seenDay: number): void {
    this.#changeMailbox(mailboxNo, { seenDay });
  }
  deleteMailbox(mailbox: MailboxId, no: number, goneUntilMs: number): void {
    const id = latin1(mailbox);
    this.#mailboxes.delete(id);
    this.#idByNo.delete(no);
    this.#bundles.delete(no);
    this.#pushes.delete(no);
    for (const [tag, row] of this.#invites) if (row.mailboxNo === no) this.#invites.delete(tag);
    const tokens = this.#tokens.get(id);
    for (const [hash, row] of tokens ?? []) {
      tokens?.set(hash, { ...row, isGone: true, expiresAtMs: goneUntilMs });
    }
  }
  countMailboxes(): number {
    return this.#mailboxes.size;
  }
  mailboxesNotSeenSince(day: number, limit: number): readonly MailboxId[] {
    const found: MailboxId[] = [];
    for (const [id, { seenDay }] of this.#mailboxes) {
      if (found.length >= limit) break;
      if (seenDay < day) found.push(idOf("MailboxId", fromLatin1(id)));
    }
    return found;
  }

  tokenOf(mailbox: MailboxId, hash: TokenHash): TokenRow | undefined {
    return this.#tokens.get(latin1(mailbox))?.get(latin1(hash));
  }
  countTokens(mailbox: MailboxId): number {
    return this.#tokens.get(latin1(mailbox))?.size ?? 0;
  }
  putToken(mailbox: MailboxId, hash: TokenHash, row: TokenRow): void {
    const id = latin1(mailbox);
    const tokens = this.#tokens.get(id) ?? new Map<string, TokenRow>();
    tokens.set(latin1(hash), { ...row, label: idOf("Label", row.label.slice()) });
    this.#tokens.set(id, tokens);
  }
  deleteToken(mailbox: MailboxId, hash: TokenHash): void {
    this.#tokens.get(latin1(mailbox))?.delete(latin1(hash));
  }

  bundleOf(mailboxNo: number): Uint8Array | undefined {
    return this.#bundles.get(mailboxNo);
  }
  putBundle(mailboxNo: number, bundle: Uint8Array): void {
    this.#bundles.set(mailboxNo, bundle.slice());
  }

  pushOf(mailboxNo: number): Uint8Array | undefined {
    return this.#pushes.get(mailboxNo);
  }
  putPush(mailboxNo: number, subscription: Uint8Array): void {
    this.#pushes.set(mailboxNo, subscription.slice());
  }
  deletePush(mailboxNo: number): void {
    this.#pushes.delete(mailboxNo);
  }
  subscribed(limit: number): readonly MailboxId[] {
    return [...this.#pushes.keys()]
      .toSorted((a, b) => a - b)
      .slice(0, limit)
      .flatMap((no) => this.#idByNo.get(no) ?? [])
      .map((id) => idOf("MailboxId", fromLatin1(id)));
  }

  inviteOf(tag: InviteTag): InviteRow | undefined {
    return this.#invites.get(latin1(tag));
  }
  inviteByVoucher(
    hash: TokenHash,
  ): { readonly tag: InviteTag; readonly row: InviteRow } | undefined {
    const wanted = latin1(hash);
    for (const [tag, row] of this.#invites) {
      if (latin1(row.voucherHash) === wanted)
        return { tag: idOf("InviteTag", fromLatin1(tag)), row };
    }
    return undefined;
  }
  countInvites(mailboxNo: number): number {
    let count = 0;
    for (const row of this.#invites.values()) if (row.mailboxNo === mailboxNo) count += 1;
    return count;
  }
  putInvite(tag: InviteTag, row: InviteRow): void {
    const voucherHash = idOf("TokenHash", row.voucherHash.slice());
    this.#invites.set(latin1(tag), { ...row, record: row.record.slice(), voucherHash });
  }
  deleteInvite(tag: InviteTag): void {
    this.#invites.delete(latin1(tag));
  }

  capsuleOf(place: CapsulePlace): CapsuleRow | undefined {
    return this.#capsules.get(latin1(place));
  }
  countCapsules(mailboxNo: number): number {
    return [...this.#capsules.values()].filter((it) => it.mailboxNo === mailboxNo).length;
  }
  putCapsule(place: CapsulePlace, row: CapsuleRow): void {
    this.#capsules.set(latin1(place), { ...row, capsule: row.capsule.slice() });
  }

  blobOf(blob: BlobId): BlobRow | undefined {
    return this.#blobs.get(latin1(blob));
  }
  putBlob(blob: BlobId, row: BlobRow): void {
    this.#blobs.set(latin1(blob), row);
  }
  deleteBlob(blob: BlobId): void {
    this.#blobs.delete(latin1(blob));
  }
  countBlobs(mailboxNo: number): BlobCount {
    return countOf([...this.#blobs.values()].filter((it) => it.mailboxNo === mailboxNo));
  }
  countAllBlobs(): BlobCount {
    return countOf([...this.#blobs.values()]);
  }
  expiredBlobs(nowMs: number, limit: number): readonly BlobId[] {
    return [...this.#blobs]
      .filter(([, { expiresAtMs }]) => expiresAtMs <= nowMs)
      .toSorted(([, a], [, b]) => a.expiresAtMs - b.expiresAtMs)
      .slice(0, limit)
      .map(([id]) => idOf("BlobId", fromLatin1(id)));
  }

  insertMessage(message: Message, body: Uint8Array, places: readonly Place[]): void {
    this.#messages.set(message.id, { message, body: body.slice(), places });
  }
  bodyOf(id: number): Uint8Array | undefined {
    return this.#messages.get(id)?.body;
  }
  deleteMessage(id: number): void {
    this.#messages.delete(id);
  }
  oldestId(): number | null {
    for (const id of this.#messages.keys()) return id;
    return null;
  }
  unspilled(): Iterable<Message> {
    return [];
  }
  spill(message: Message, places: readonly Place[]): void {
    this.#leftById.set(message.id, places.length);
    for (const place of places) {
      const rows = this.#spilled.get(place.mailboxNo) ?? new Map<number, Place>();
      rows.set(message.id, place);
      this.#spilled.set(place.mailboxNo, rows);
    }
  }
  spilledPlaces(mailboxNo: number): readonly Place[] {
    return [...(this.#spilled.get(mailboxNo)?.values() ?? [])];
  }
  deleteSpilled(place: Place): void {
    const { id } = place.message;
    const rows = this.#spilled.get(place.mailboxNo);
    rows?.delete(id);
    if (rows?.size === 0) this.#spilled.delete(place.mailboxNo);
    const left = (this.#leftById.get(id) ?? 1) - 1;
    if (left > 0) {
      this.#leftById.set(id, left);
      return;
    }
    this.#leftById.delete(id);
    this.#messages.delete(id);
  }
  expired(
    nowMs: number,
    limit: number,
  ): readonly { readonly id: number; readonly mailboxNos: readonly number[] }[] {
    const found: { readonly id: number; readonly mailboxNos: readonly number[] }[] = [];
    for (const [id, { message, places }] of this.#messages) {
      if (found.length >= limit) break;
      if (message.expiresAtMs > nowMs) continue;
      found.push({ id, mailboxNos: places.map((place) => place.mailboxNo) });
    }
    return found;
  }
  deleteExpiredRights(nowMs: number, limit: number): number {
    let count = 0;
    for (const [tag, row] of this.#invites) {
      if (count >= limit) return count;
      if (row.expiresAtMs <= nowMs && this.#invites.delete(tag)) count += 1;
    }
    for (const [place, row] of this.#capsules) {
      if (count >= limit) return count;
      if (row.expiresAtMs <= nowMs && this.#capsules.delete(place)) count += 1;
    }
    for (const [id, tokens] of this.#tokens) {
      for (const [hash, row] of tokens) {
        if (count >= limit) return count;
        if (row.expiresAtMs <= nowMs && tokens.delete(hash)) count += 1;
      }
      if (tokens.size === 0) this.#tokens.delete(id);
    }
    return count;
  }

  #changeMailbox(mailboxNo: number, change: Partial<MailboxRow>): void {
    const id = this.#idByNo.get(mailboxNo);
    const row = id === undefined ? undefined : this.#mailboxes.get(id);
    if (id !== undefined && row !== undefined) this.#mailboxes.set(id, { ...row, ...change });
  }
}

const countOf = (rows: readonly BlobRow[]): BlobCount => ({
  count: rows.length,
  bytes: rows.reduce((sum, it) => sum + it.bytes, 0),
});
