/**
 * The rules of storing one envelope for its targets, in the order in which they are asked: right to
 * write, size, dedupe, room on disk, quota, slot. Nothing tells an unknown mailbox from a wrong token.
 */
import { INVITE_BODY_BYTES_MAX, INVITE_MESSAGES_MAX } from "../../sync/wire/limits.ts";
import { latin1 } from "../latin1.ts";
import { TOKEN_SHARE } from "../limits.ts";
import type { TokenRow } from "./backing.ts";
import { type Message, type Place, placeInSlot, type Shelf } from "./shelf.ts";
import type { StoreBounds, StoreContext } from "./store-context.ts";
import type { PutAnswer, PutOp } from "./store.ts";

/** Changes memory at once and the backing inside the commit that `write` opens. */
export function putEnvelope(context: StoreContext, op: PutOp): readonly PutAnswer[] {
  const envelope = latin1(op.envelope);
  const places: Place[] = [];
  let message: Message | undefined;

  const answers = op.targets.map(({ mailbox, tokenHash }): PutAnswer => {
    const token = context.backing.tokenOf(mailbox, tokenHash);
    const refused = refusalOf(context, op, token);
    if (refused !== null) return { status: refused };
    if (token === undefined) return { status: "denied" };
    if (op.isEphemeral) return { status: "liveOnly", label: token.label };
    const shelf = context.queues.shelfOf(token.mailboxNo);
    if (isKnown(context, shelf, envelope)) return { status: "duplicate" };
    if (context.backing.isFull()) return { status: "full" };
    const slot = op.slot === null ? null : latin1(op.slot);
    const replaced = slot === null ? undefined : placeInSlot(shelf, token.no, slot);
    const overQuota = quotaOf(context, op, { shelf, token, replaced });
    if (overQuota !== null) return overQuota;

    context.write();
    if (replaced !== undefined) {
      context.recent.add(shelf.mailboxNo, replaced.message.envelope);
      context.queues.remove(shelf, replaced);
    }
    message ??= newMessage(context, op, { envelope, slot, places });
    const place = newPlace(message, shelf, token);
    places.push(place);
    context.queues.admit(shelf, place);
    const { id } = message;
    const fill = fillOf(shelf, context.bounds);
    const isWaking = op.isUrgent && token.push;
    const { counter } = place;
    return { status: "stored", id, counter, label: token.label, isWaking, fill };
  });

  if (message !== undefined) {
    message.left = places.length;
    context.queues.queued(message);
    context.backing.insertMessage(message, op.body, places);
  }
  return answers;
}

function refusalOf(
  { nowMs }: StoreContext,
  op: PutOp,
  token: TokenRow | undefined,
): "denied" | "gone" | "tooBig" | null {
  if (token === undefined || token.expiresAtMs <= nowMs) return "denied";
  if (token.isGone) return "gone";
  return token.class === "invite" && op.body.length > INVITE_BODY_BYTES_MAX ? "tooBig" : null;
}

const isKnown = ({ recent }: StoreContext, shelf: Shelf, envelope: string): boolean =>
  shelf.byEnvelope.has(envelope) || recent.has(shelf.mailboxNo, envelope);

/** What a replaced place gives back is counted as free. */
function quotaOf(
  { bounds }: StoreContext,
  op: PutOp,
  at: { readonly shelf: Shelf; readonly token: TokenRow; readonly replaced: Place | undefined },
): PutAnswer | null {
  const { shelf, token, replaced } = at;
  const freedCount = replaced === undefined ? 0 : 1;
  const freedBytes = replaced?.message.bytes ?? 0;
  const count = shelf.places.size - freedCount + 1;
  const bytes = shelf.bytes - freedBytes + op.body.length;
  if (count > bounds.mailboxMessagesMax || bytes > bounds.mailboxBytesMax) {
    return { status: "quota", isMailboxFull: true };
  }
  const share = shelf.shareByToken.get(token.no) ?? { count: 0, bytes: 0 };
  const shareCountMax =
    token.class === "invite"
      ? INVITE_MESSAGES_MAX
      : Math.max(1, Math.floor(bounds.mailboxMessagesMax * TOKEN_SHARE));
  const isOverShare =
    share.count - freedCount + 1 > shareCountMax ||
    share.bytes - freedBytes + op.body.length > bounds.mailboxBytesMax * TOKEN_SHARE;
  return isOverShare ? { status: "quota", isMailboxFull: false } : null;
}

function newMessage(
  { queues, bounds, nowMs }: StoreContext,
  op: PutOp,
  has: { readonly envelope: string; readonly slot: string | null; readonly places: Place[] },
): Message {
  const ttlMaxMs = op.slot === null ? bounds.messageTtlMs : bounds.slotTtlMs;
  const ttlMs = op.ttlMs === 0 ? ttlMaxMs : Math.min(op.ttlMs, ttlMaxMs);
  return {
    id: queues.nextId(nowMs),
    expiresAtMs: nowMs + ttlMs,
    bytes: op.body.length,
    isUrgent: op.isUrgent,
    envelope: has.envelope,
    slot: has.slot,
    left: 0,
    isSpilled: false,
    isShared: false,
    places: has.places,
  };
}

const newPlace = (message: Message, shelf: Shelf, token: TokenRow): Place => ({
  message,
  mailboxNo: shelf.mailboxNo,
  counter: shelf.counter + 1,
  tokenNo: token.no,
  label: token.label,
  isGone: false,
});

export const fillOf = (shelf: Shelf, bounds: StoreBounds): number =>
  Math.max(shelf.places.size / bounds.mailboxMessagesMax, shelf.bytes / bounds.mailboxBytesMax);
