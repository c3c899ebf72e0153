/**
 * Recovery capsules: one a place, replaced by whoever shows the key that the first one came with. They
 * outlive the mailbox that put them: they are for the day on which an account has no device left.
 */
import { CAPSULE_LIFE_MS, CAPSULES_PER_MAILBOX_MAX } from "../../sync/wire/limits.ts";
import { CAPSULE_COUNTER_STEP_MAX } from "../limits.ts";
import type { CapsuleRow } from "./backing.ts";
import type { StoreContext } from "./store-context.ts";
import type { CapsuleView, OpOf, StoreAnswers } from "./store.ts";

export function putCapsule(
  { backing, nowMs, write }: StoreContext,
  { mailbox, place, putHash, counter, capsule }: OpOf<"putCapsule">,
): StoreAnswers["putCapsule"] {
  const row = backing.mailboxOf(mailbox);
  if (row === undefined) return "unknown";
  const held = backing.capsuleOf(place);
  const known = held === undefined || held.expiresAtMs <= nowMs ? undefined : held;
  if (known !== undefined) {
    if (Buffer.compare(known.putHash, putHash) !== 0) return "taken";
    const isRepeated = known.counter === counter && Buffer.compare(known.capsule, capsule) === 0;
    if (isRepeated) return "done";
    if (known.counter >= counter) return "old";
  }
  if (counter > (known?.counter ?? 0) + CAPSULE_COUNTER_STEP_MAX) return "ahead";
  if (backing.isFull()) return "full";
  if (known === undefined && backing.countCapsules(row.no) >= CAPSULES_PER_MAILBOX_MAX) {
    return "tooMany";
  }
  write();
  const expiresAtMs = nowMs + CAPSULE_LIFE_MS;
  const mailboxNo = known?.mailboxNo ?? row.no;
  backing.putCapsule(place, { mailboxNo, putHash, counter, capsule, expiresAtMs });
  return "done";
}

/** Null when there is none, or its time is over. */
export function capsuleViewOf(row: CapsuleRow | undefined, nowMs: number): CapsuleView | null {
  if (row === undefined || row.expiresAtMs <= nowMs) return null;
  const { mailboxNo, capsule, counter, expiresAtMs, putHash } = row;
  return { mailboxNo, capsule, counter, expiresAtMs, putHash };
}
