/** The rules of blobs as rows: whose they are, how large, for how long. Their bytes are elsewhere (blobs/). */
import { BLOB_UPLOAD_MS_MAX, BLOBS_PER_MAILBOX_MAX } from "../../sync/wire/limits.ts";
import type { BlobClaimRow, BlobRow } from "./backing.ts";
import type { StoreContext } from "./store-context.ts";
import type { BlobView, OpOf, StoreAnswers } from "./store.ts";

/** Mailboxes that may want a blob kept at a time. */
export const CLAIMS_MAX = 8;

export function reserveBlob(
  { backing, bounds, nowMs, write }: StoreContext,
  op: OpOf<"reserveBlob">,
): StoreAnswers["reserveBlob"] {
  const mailbox = backing.mailboxOf(op.mailbox);
  if (mailbox === undefined) return "unknown";
  const ttlMs = Math.min(op.ttlMs, bounds.messageTtlMs);
  const row = backing.blobOf(op.blob);
  const known = row !== undefined && row.expiresAtMs > nowMs ? row : undefined;
  if (known?.isFinished === true) {
    // Somebody needs it for longer: whoever can name it holds its bytes.
    const expiresAtMs = Math.max(known.expiresAtMs, nowMs + ttlMs);
    write();
    const claims = withClaim(known.claims, { mailboxNo: mailbox.no, deleteHash: op.deleteHash });
    backing.putBlob(op.blob, { ...known, claims, expiresAtMs });
    return "finished";
  }
  if (backing.isFull()) return "full";
  const isSame = known?.mailboxNo === mailbox.no && known.bytes === op.bytes;
  const held = backing.countBlobs(mailbox.no);
  const ownBytes = row?.mailboxNo === mailbox.no ? row.bytes : 0;
  if (held.bytes - ownBytes + op.bytes > bounds.mailboxBlobBytesMax) return "tooMany";
  if (held.count - (ownBytes > 0 ? 1 : 0) >= BLOBS_PER_MAILBOX_MAX) return "tooMany";
  write();
  backing.putBlob(op.blob, {
    mailboxNo: mailbox.no,
    bytes: op.bytes,
    isFinished: false,
    claims: withClaim(known?.claims ?? [], { mailboxNo: mailbox.no, deleteHash: op.deleteHash }),
    ticketHash: op.ticketHash,
    ttlMs,
    expiresAtMs: nowMs + BLOB_UPLOAD_MS_MAX,
  });
  return isSame ? "resumed" : "reserved";
}

/** The newest of a mailbox. Who comes when there are CLAIMS_MAX uses it as long as those do. */
function withClaim(claims: readonly BlobClaimRow[], claim: BlobClaimRow): readonly BlobClaimRow[] {
  const isHeld = claims.some((it) => it.mailboxNo === claim.mailboxNo);
  if (isHeld) return claims.map((it) => (it.mailboxNo === claim.mailboxNo ? claim : it));
  return claims.length < CLAIMS_MAX ? [...claims, claim] : claims;
}

/** Nobody takes away what another still wants kept, and nobody keeps another from letting go of it. */
export function releaseBlob(
  { backing, nowMs, write }: StoreContext,
  op: OpOf<"releaseBlob">,
): StoreAnswers["releaseBlob"] {
  const row = backing.blobOf(op.blob);
  const isTheirs = ({ deleteHash }: BlobClaimRow): boolean =>
    Buffer.compare(deleteHash, op.deleteHash) === 0;
  if (row === undefined || row.expiresAtMs <= nowMs || !row.claims.some(isTheirs)) return "unknown";
  const claims = row.claims.filter((it) => !isTheirs(it));
  const [next] = claims;
  if (next === undefined) return "last";
  write();
  const isLeft = claims.some((it) => it.mailboxNo === row.mailboxNo);
  backing.putBlob(op.blob, { ...row, claims, mailboxNo: isLeft ? row.mailboxNo : next.mailboxNo });
  return "released";
}

export function finishBlob(
  { backing, nowMs, write }: StoreContext,
  op: OpOf<"finishBlob">,
): StoreAnswers["finishBlob"] {
  const row = backing.blobOf(op.blob);
  if (row === undefined || Buffer.compare(row.ticketHash, op.ticketHash) !== 0) return "unknown";
  if (row.isFinished) return "done";
  write();
  backing.putBlob(op.blob, { ...row, isFinished: true, expiresAtMs: nowMs + row.ttlMs });
  return "done";
}

export function removeBlobs(
  { backing, write }: StoreContext,
  op: OpOf<"removeBlobs">,
): StoreAnswers["removeBlobs"] {
  write();
  for (const blob of op.blobs) backing.deleteBlob(blob);
  return "done";
}

export const viewOf = ({ bytes, isFinished, ticketHash }: BlobRow): BlobView => ({
  bytes,
  isFinished,
  ticketHash,
});
