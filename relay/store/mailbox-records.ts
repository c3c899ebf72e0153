/** The rules of what a mailbox's owner keeps at a relay: tokens, a prekey bundle, a push subscription, invites. */
import { INVITES_PER_MAILBOX_MAX, TOKENS_PER_MAILBOX_MAX } from "../../sync/wire/limits.ts";
import { dayOf, type StoreContext } from "./store-context.ts";
import type { OpOf, StoreAnswers } from "./store.ts";

export function createMailbox(
  { backing, nowMs, write }: StoreContext,
  op: OpOf<"createMailbox">,
): StoreAnswers["createMailbox"] {
  if (backing.mailboxOf(op.mailbox) !== undefined) return "exists";
  if (backing.isFull()) return "full";
  const invite = op.voucherHash === null ? undefined : backing.inviteByVoucher(op.voucherHash);
  const isSpendable = invite !== undefined && !invite.row.isSpent && invite.row.expiresAtMs > nowMs;
  if (op.voucherHash !== null && !isSpendable) return "voucherRefused";
  write();
  if (invite !== undefined) backing.putInvite(invite.tag, { ...invite.row, isSpent: true });
  backing.insertMailbox(op.mailbox, op.key, dayOf(nowMs));
  return "created";
}

/** Once a day is enough. */
export function noteSeen(
  { backing, nowMs, write }: StoreContext,
  op: OpOf<"seen">,
): StoreAnswers["seen"] {
  const row = backing.mailboxOf(op.mailbox);
  const today = dayOf(nowMs);
  if (row === undefined || row.seenDay === today || backing.isFull()) return "done";
  write();
  backing.writeSeen(row.no, today);
  return "done";
}

export function putTokens(
  { backing, queues, write }: StoreContext,
  op: OpOf<"putTokens">,
): StoreAnswers["putTokens"] {
  const row = backing.mailboxOf(op.mailbox);
  if (row === undefined) return "unknown";
  if (backing.isFull()) return "full";
  if (backing.countTokens(op.mailbox) + op.tokens.length > TOKENS_PER_MAILBOX_MAX) return "tooMany";
  write();
  for (const { hash, ...grant } of op.tokens) {
    const no = backing.tokenOf(op.mailbox, hash)?.no ?? queues.nextTokenNo();
    backing.putToken(op.mailbox, hash, { ...grant, no, mailboxNo: row.no, isGone: false });
  }
  return "done";
}

export function deleteTokens(
  { backing, write }: StoreContext,
  op: OpOf<"deleteTokens">,
): StoreAnswers["deleteTokens"] {
  write();
  for (const hash of op.hashes) backing.deleteToken(op.mailbox, hash);
  return "done";
}

export function putPrekeys(
  { backing, write }: StoreContext,
  op: OpOf<"putPrekeys">,
): StoreAnswers["putPrekeys"] {
  const row = backing.mailboxOf(op.mailbox);
  if (row === undefined) return "unknown";
  if (backing.isFull()) return "full";
  write();
  backing.putBundle(row.no, op.bundle);
  return "done";
}

export function putPush(
  { backing, write }: StoreContext,
  op: OpOf<"putPush">,
): StoreAnswers["putPush"] {
  const row = backing.mailboxOf(op.mailbox);
  if (row === undefined) return "unknown";
  if (backing.isFull()) return "full";
  write();
  backing.putPush(row.no, op.subscription);
  return "done";
}

export function deletePush(
  { backing, write }: StoreContext,
  op: OpOf<"deletePush">,
): StoreAnswers["deletePush"] {
  const row = backing.mailboxOf(op.mailbox);
  const held = row === undefined ? undefined : backing.pushOf(row.no);
  if (row === undefined || held === undefined) return "done";
  if (op.only !== null && Buffer.compare(held, op.only) !== 0) return "done";
  write();
  backing.deletePush(row.no);
  return "done";
}

/** Stored again under the same voucher, a spent invite stays spent. */
export function putInvite(
  { backing, write }: StoreContext,
  op: OpOf<"putInvite">,
): StoreAnswers["putInvite"] {
  const row = backing.mailboxOf(op.mailbox);
  if (row === undefined) return "unknown";
  const known = backing.inviteOf(op.tag);
  if (known !== undefined && known.mailboxNo !== row.no) return "taken";
  if (backing.isFull()) return "full";
  if (known === undefined && backing.countInvites(row.no) >= INVITES_PER_MAILBOX_MAX) {
    return "tooMany";
  }
  const isSameVoucher =
    known !== undefined && Buffer.compare(known.voucherHash, op.voucherHash) === 0;
  write();
  backing.putInvite(op.tag, {
    mailboxNo: row.no,
    record: op.record,
    expiresAtMs: op.expiresAtMs,
    voucherHash: op.voucherHash,
    isSpent: isSameVoucher && known.isSpent,
  });
  return "done";
}

export function deleteInvite(
  { backing, write }: StoreContext,
  op: OpOf<"deleteInvite">,
): StoreAnswers["deleteInvite"] {
  const row = backing.mailboxOf(op.mailbox);
  const known = backing.inviteOf(op.tag);
  if (row === undefined || known === undefined || known.mailboxNo !== row.no) return "done";
  write();
  backing.deleteInvite(op.tag);
  return "done";
}
