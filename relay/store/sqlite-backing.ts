/**
 * The rows of a relay in one SQLite file (node:sqlite, WAL, synchronous=FULL: a commit returns after
 * fsync). One process owns the file. Statements are prepared once; blobs come back as fresh arrays.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";

import { assert } from "../../crypto/base/assert.ts";
import type { TokenClass } from "../../sync/wire/http.ts";
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
import { MESSAGE_TTL_MS_MAX } from "../../sync/wire/limits.ts";
import { fromLatin1, latin1 } from "../latin1.ts";
import { FLUSH_AFTER_MS } from "../limits.ts";
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
import { blobClaimsIn, encodeBlobClaims } from "./blob-claims.ts";
import type { DiskRoom } from "./disk-room.ts";
import { messageIdAt } from "./message-ids.ts";
import { packPlaces, unpackMailboxNos, unpackPlaces } from "./message-row.ts";
import type { Message, Place } from "./shelf.ts";
import {
  blobCountOf,
  bytesAt,
  capsuleRowOf,
  inviteRowOf,
  messageOf,
  numberAt,
  type Row,
} from "./sqlite-rows.ts";
import { prepareStatements, type Statements } from "./sqlite-statements.ts";
import type { StoreError } from "./store.ts";

/** Tokens are asked for with every PUT. */
const CACHED_TOKENS_MAX = 50_000;
/** SQLITE_FULL. */
const FULL_ERRCODE = 13;

export class SqliteBacking implements Backing {
  readonly incarnation: StoreIncarnation;
  readonly #db: DatabaseSync;
  readonly #room: DiskRoom;
  readonly #sql: Statements;
  readonly #tokens = new Map<string, TokenRow>();

  constructor(db: DatabaseSync, room: DiskRoom) {
    this.#db = db;
    this.#room = room;
    this.#sql = prepareStatements(db);
    this.incarnation = idOf(
      "StoreIncarnation",
      bytesAt(this.#one(this.#sql.meta, "incarnation"), "v"),
    );
  }

  begin(): void {
    this.#sql.begin.run();
  }
  commit(): void {
    this.#sql.commit.run();
  }
  rollback(): void {
    this.#tokens.clear();
    if (this.#db.isTransaction) this.#sql.rollback.run();
  }
  failureOf(thrown: unknown): StoreError {
    const errcode = thrown instanceof Error && "errcode" in thrown ? thrown.errcode : undefined;
    if (errcode === undefined) throw thrown;
    return { type: "StoreFailed", cause: errcode === FULL_ERRCODE ? "full" : "io" };
  }
  isFull(): boolean {
    return this.#room.isFull();
  }
  makeRoom(): void {
    this.#room.giveUpBallast();
  }
  shrink(): void {
    this.#sql.shrink.all();
  }
  close(): void {
    this.#db.close();
  }

  readMeta(): Meta {
    const row = this.#sql.meta.get("numbers");
    if (row === undefined) {
      return {
        idsReservedTo: 0,
        spilledTo: 0,
        spilledMessages: 0,
        spilledBytes: 0,
        lastTokenNo: 0,
      };
    }
    // Written by `writeMeta` alone.
    return JSON.parse(String(row["v"])) as Meta;
  }
  writeMeta(meta: Meta): void {
    this.#sql.putMeta.run("numbers", JSON.stringify(meta));
  }

  mailboxOf(mailbox: MailboxId): MailboxRow | undefined {
    const row = this.#sql.mailbox.get(mailbox);
    if (row === undefined) return undefined;
    return {
      no: numberAt(row, "no"),
      key: idOf("MailboxKey", bytesAt(row, "key")),
      counter: numberAt(row, "counter"),
      seenDay: numberAt(row, "seen_day"),
    };
  }
  counterOf(mailboxNo: number): number | undefined {
    const row = this.#sql.counter.get(mailboxNo);
    return row === undefined ? undefined : numberAt(row, "counter");
  }
  insertMailbox(mailbox: MailboxId, key: MailboxKey, seenDay: number): void {
    this.#sql.insertMailbox.run(mailbox, key, seenDay);
  }
  writeCounter(mailboxNo: number, counter: number): void {
    this.#sql.writeCounter.run(counter, mailboxNo);
  }
  writeSeen(mailboxNo: number, seenDay: number): void {
    this.#sql.writeSeen.run(seenDay, mailboxNo);
  }
  deleteMailbox(mailbox: MailboxId, no: number, goneUntilMs: number): void {
    this.#tokens.clear();
    this.#sql.goneTokens.run(goneUntilMs, mailbox);
    this.#sql.deleteBundle.run(no);
    this.#sql.deletePush.run(no);
    this.#sql.deleteInvites.run(no);
    this.#sql.deleteMailbox.run(no);
  }
  countMailboxes(): number {
    return numberAt(this.#one(this.#sql.countMailboxes), "n");
  }
  mailboxesNotSeenSince(day: number, limit: number): readonly MailboxId[] {
    return this.#sql.notSeen.all(day, limit).map((row) => idOf("MailboxId", bytesAt(row, "id")));
  }

  tokenOf(mailbox: MailboxId, hash: TokenHash): TokenRow | undefined {
    const key = latin1(mailbox) + latin1(hash);
    const known = this.#tokens.get(key);
    if (known !== undefined) return known;
    const row = this.#sql.token.get(mailbox, hash);
    if (row === undefined) return undefined;
    const token: TokenRow = {
      no: numberAt(row, "no"),
      mailboxNo: numberAt(row, "mb"),
      class: String(row["class"]) as TokenClass,
      label: idOf("Label", bytesAt(row, "label")),
      push: row["push"] === 1,
      expiresAtMs: numberAt(row, "exp"),
      isGone: row["gone"] === 1,
    };
    if (this.#tokens.size >= CACHED_TOKENS_MAX) this.#tokens.clear();
    this.#tokens.set(key, token);
    return token;
  }
  countTokens(mailbox: MailboxId): number {
    return numberAt(this.#one(this.#sql.countTokens, mailbox), "n");
  }
  putToken(mailbox: MailboxId, hash: TokenHash, row: TokenRow): void {
    this.#tokens.delete(latin1(mailbox) + latin1(hash));
    const { no, mailboxNo, label, push, expiresAtMs, isGone } = row;
    this.#sql.putToken.run(
      mailbox,
      hash,
      no,
      mailboxNo,
      row.class,
      label,
      push ? 1 : 0,
      expiresAtMs,
      isGone ? 1 : 0,
    );
  }
  deleteToken(mailbox: MailboxId, hash: TokenHash): void {
    this.#tokens.delete(latin1(mailbox) + latin1(hash));
    this.#sql.deleteToken.run(mailbox, hash);
  }

  bundleOf(mailboxNo: number): Uint8Array | undefined {
    const row = this.#sql.bundle.get(mailboxNo);
    return row === undefined ? undefined : bytesAt(row, "bundle");
  }
  putBundle(mailboxNo: number, bundle: Uint8Array): void {
    this.#sql.putBundle.run(mailboxNo, bundle);
  }

  pushOf(mailboxNo: number): Uint8Array | undefined {
    const row = this.#sql.push.get(mailboxNo);
    return row === undefined ? undefined : bytesAt(row, "subscription");
  }
  putPush(mailboxNo: number, subscription: Uint8Array): void {
    this.#sql.putPush.run(mailboxNo, subscription);
  }
  deletePush(mailboxNo: number): void {
    this.#sql.deletePush.run(mailboxNo);
  }
  subscribed(limit: number): readonly MailboxId[] {
    return this.#sql.subscribed.all(limit).map((row) => idOf("MailboxId", bytesAt(row, "id")));
  }

  inviteOf(tag: InviteTag): InviteRow | undefined {
    const row = this.#sql.invite.get(tag);
    return row === undefined ? undefined : inviteRowOf(row);
  }
  inviteByVoucher(
    hash: TokenHash,
  ): { readonly tag: InviteTag; readonly row: InviteRow } | undefined {
    const row = this.#sql.inviteByVoucher.get(hash);
    if (row === undefined) return undefined;
    return { tag: idOf("InviteTag", bytesAt(row, "tag")), row: inviteRowOf(row) };
  }
  countInvites(mailboxNo: number): number {
    return numberAt(this.#one(this.#sql.countInvites, mailboxNo), "n");
  }
  putInvite(tag: InviteTag, row: InviteRow): void {
    const { mailboxNo, record, expiresAtMs, voucherHash, isSpent } = row;
    this.#sql.putInvite.run(tag, mailboxNo, record, expiresAtMs, voucherHash, isSpent ? 1 : 0);
  }
  deleteInvite(tag: InviteTag): void {
    this.#sql.deleteInvite.run(tag);
  }

  capsuleOf(place: CapsulePlace): CapsuleRow | undefined {
    const row = this.#sql.capsule.get(place);
    return row === undefined ? undefined : capsuleRowOf(row);
  }
  countCapsules(mailboxNo: number): number {
    return numberAt(this.#one(this.#sql.countCapsules, mailboxNo), "n");
  }
  putCapsule(place: CapsulePlace, row: CapsuleRow): void {
    const { mailboxNo, putHash, counter, expiresAtMs, capsule } = row;
    this.#sql.putCapsule.run(place, mailboxNo, putHash, counter, expiresAtMs, capsule);
  }

  blobOf(blob: BlobId): BlobRow | undefined {
    const row = this.#sql.blob.get(blob);
    if (row === undefined) return undefined;
    const mailboxNo = numberAt(row, "mb");
    return {
      mailboxNo,
      bytes: numberAt(row, "bytes"),
      isFinished: row["done"] === 1,
      claims: blobClaimsIn(bytesAt(row, "del"), mailboxNo),
      ticketHash: idOf("TokenHash", bytesAt(row, "ticket")),
      ttlMs: numberAt(row, "ttl"),
      expiresAtMs: numberAt(row, "exp"),
    };
  }
  putBlob(blob: BlobId, row: BlobRow): void {
    const { mailboxNo, bytes, isFinished, ticketHash, ttlMs, expiresAtMs } = row;
    const done = isFinished ? 1 : 0;
    const del = encodeBlobClaims(row);
    this.#sql.putBlob.run(blob, mailboxNo, bytes, done, del, ticketHash, ttlMs, expiresAtMs);
  }
  deleteBlob(blob: BlobId): void {
    this.#sql.deleteBlob.run(blob);
  }
  countBlobs(mailboxNo: number): BlobCount {
    return blobCountOf(this.#one(this.#sql.countBlobs, mailboxNo));
  }
  countAllBlobs(): BlobCount {
    return blobCountOf(this.#one(this.#sql.countAllBlobs));
  }
  expiredBlobs(nowMs: number, limit: number): readonly BlobId[] {
    return this.#sql.expiredBlobs
      .all(nowMs, limit)
      .map((row) => idOf("BlobId", bytesAt(row, "id")));
  }

  insertMessage(message: Message, body: Uint8Array, places: readonly Place[]): void {
    const putAtMs = message.id / messageIdAt(1);
    const isBrief = message.expiresAtMs < putAtMs + MESSAGE_TTL_MS_MAX - FLUSH_AFTER_MS;
    this.#sql.insertMessage.run(
      message.id,
      message.expiresAtMs,
      isBrief ? 1 : 0,
      message.isUrgent ? 1 : 0,
      message.slot === null ? null : fromLatin1(message.slot),
      fromLatin1(message.envelope),
      packPlaces(places),
      body,
    );
  }
  bodyOf(id: number): Uint8Array | undefined {
    const row = this.#sql.body.get(id);
    return row === undefined ? undefined : bytesAt(row, "body");
  }
  deleteMessage(id: number): void {
    this.#sql.deleteMessage.run(id);
  }
  oldestId(): number | null {
    const row = this.#sql.oldest.get();
    return row === undefined ? null : numberAt(row, "id");
  }
  *unspilled(aboveId: number): Iterable<Message> {
    for (const row of this.#sql.unspilled.iterate(aboveId)) {
      const message = messageOf(row, false, false);
      const places = unpackPlaces(bytesAt(row, "t"), message);
      message.places = places;
      message.left = places.length;
      yield message;
    }
  }
  spill(message: Message, places: readonly Place[]): void {
    const isShared = places.length > 1;
    if (isShared) this.#sql.putShared.run(message.id, places.length);
    for (const place of places) {
      this.#sql.spill.run(
        place.mailboxNo,
        message.id,
        place.counter,
        place.tokenNo,
        place.label,
        message.expiresAtMs,
        message.bytes,
        message.isUrgent ? 1 : 0,
        fromLatin1(message.envelope),
        message.slot === null ? null : fromLatin1(message.slot),
        isShared ? 1 : 0,
      );
    }
  }
  spilledPlaces(mailboxNo: number): readonly Place[] {
    return this.#sql.spilledOf.all(mailboxNo).map((row) => ({
      message: messageOf(row, true, row["shared"] === 1),
      mailboxNo,
      counter: numberAt(row, "counter"),
      tokenNo: numberAt(row, "token"),
      label: idOf("Label", bytesAt(row, "label")),
      isGone: false,
    }));
  }
  deleteSpilled(place: Place): void {
    const { id, isShared } = place.message;
    this.#sql.deleteSpill.run(place.mailboxNo, id);
    if (isShared) {
      const row = this.#sql.leaveShared.get(id);
      if (row !== undefined && numberAt(row, "places_left") > 0) return;
      this.#sql.deleteShared.run(id);
    }
    this.#sql.deleteMessage.run(id);
  }
  expired(
    nowMs: number,
    limit: number,
  ): readonly { readonly id: number; readonly mailboxNos: readonly number[] }[] {
    const found = [
      ...this.#sql.expiredBrief.all(nowMs, limit),
      ...this.#sql.expiredOld.all(messageIdAt(nowMs - MESSAGE_TTL_MS_MAX), nowMs, limit),
    ];
    return found
      .slice(0, limit)
      .map((row) => ({ id: numberAt(row, "id"), mailboxNos: unpackMailboxNos(bytesAt(row, "t")) }));
  }
  deleteExpiredRights(nowMs: number, limit: number): number {
    const invites = Number(this.#sql.deleteExpiredInvites.run(nowMs, limit).changes);
    const tokens = Number(this.#sql.deleteExpiredTokens.run(nowMs, limit).changes);
    const capsules = Number(this.#sql.deleteExpiredCapsules.run(nowMs, limit).changes);
    if (tokens > 0) this.#tokens.clear();
    return invites + tokens + capsules;
  }

  #one(statement: StatementSync, ...values: readonly SQLInputValue[]): Row {
    const row = statement.get(...values);
    assert(row !== undefined, "a row that is always there");
    return row;
  }
}
