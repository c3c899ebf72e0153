/** What a device may forget, and how much it may keep waiting. */
import type { Hex } from "../../crypto/base/hex.ts";
import type { RosterOp } from "../../sync/roster/ops.ts";
import type { OutboxRow } from "../../sync/store/rows.ts";
import type { Change } from "./device-store.ts";
import { mayRead, membersIn, placeOf, type Seen } from "./seen.ts";

/** Session messages without a place that wait in one device's outbox for another one ([OB13]). */
const CONTROL_ROWS_MAX = 64;
const HELD_ROWS_MAX = 256;

export const goneKey = (c: number, account: Hex): string => `${c} ${account}`;

/**
 * Who went from a group by ops that came with this commit, or waited for those, though others may have let them in
 * again. By `goneKey`.
 */
export function wentIn(seen: Seen, changes: readonly Change[]): ReadonlySet<string> {
  const went = opsIn(seen, changes).flatMap((id) => {
    const { c = 0, op } = seen.ops.get(id) ?? {};
    if (op?.act.type === "leave") return [goneKey(c, op.author)];
    return op?.act.type === "remove" ? [goneKey(c, op.act.account)] : [];
  });
  return new Set(went);
}

/** Those, and whom they let in whose rights end by such an op: grants beside it are void ([RO14], [RO16]). */
export function mayHaveGoneIn(seen: Seen, changes: readonly Change[]): ReadonlySet<string> {
  const granted = opsIn(seen, changes).flatMap((id) => grantedBeside(seen, id));
  return new Set([...wentIn(seen, changes), ...granted]);
}

/** Ops that came with a commit, or waited for those. */
function opsIn({ ops }: Seen, changes: readonly Change[]): readonly string[] {
  const now = new Set<string>();
  for (const { table, row } of changes) {
    if (table === "rosterOps" && row !== undefined) now.add(row.op.id);
  }
  for (let size = 0; size < now.size;) {
    size = now.size;
    for (const { op } of ops.values()) if (op.heads.some((it) => now.has(it))) now.add(op.id);
  }
  return [...now];
}

function grantedBeside({ ops }: Seen, id: string): readonly string[] {
  const { c = 0, op } = ops.get(id) ?? {};
  const whose = op === undefined ? undefined : disempowered(op);
  if (whose === undefined) return [];
  return [...ops.values()].flatMap(({ op: it }) =>
    it.author === whose && it.act.type === "add" ? [goneKey(c, it.act.account)] : [],
  );
}

/** Of whom the op says that they let nobody in any more. */
function disempowered({ act, author }: Pick<RosterOp, "act" | "author">): Hex | undefined {
  if (act.type === "leave") return author;
  const isLowered = act.type === "role" && act.role === "member";
  return act.type === "remove" || isLowered ? act.account : undefined;
}

/**
 * Null, or what it forgot to deliver: all but what has arrived, and what its reader may not read any more.
 * `went`: by the same commit (`mayHaveGoneIn`), though others may have let them in again.
 */
export function forgottenIn(
  seen: Seen,
  { table, before }: Change,
  went: ReadonlySet<string>,
  ofDevice: (device: Hex) => Seen,
): string | null {
  const gone = table === "outbox" ? before : undefined;
  if (gone?.n === undefined || gone.what !== "entry" || gone.isUnconfirmed === true) return null;
  const place = placeOf(seen.logs.get(gone.a)?.log ?? "", gone.s);
  // Whoever is out, or was when they wrote it, drops it; and who was out for a moment of this commit.
  const isOut = !membersIn(seen, gone.c).includes(seen.account) || seen.unheard.has(place);
  if (isOut || went.has(goneKey(gone.c, seen.account))) return null;
  for (const { device, isLast } of gone.targets) {
    const other = ofDevice(device);
    if (isLast === true || other.held.has(place)) continue;
    if (!mayRead(seen, gone.c, other.account, device)) continue;
    if (went.has(goneKey(gone.c, other.account))) continue;
    return `[INV7] ${seen.who} forgot to deliver ${place} to ${other.who}`;
  }
  return null;
}

/** Null, or which of its queues is too long. */
export function overfullIn(seen: Seen, ofDevice: (device: Hex) => Seen): string | null {
  const { size } = seen.heldBack;
  if (size > HELD_ROWS_MAX) return `[INV8] ${seen.who} holds ${size} envelopes back`;
  if (seen.outbox.size <= CONTROL_ROWS_MAX) return null;
  const isWithoutPlace = (it: OutboxRow): boolean => it.what === "control" && it.c === 0;
  const control = [...seen.outbox.values()].filter(isWithoutPlace);
  const byDevice = Map.groupBy(control, (it) => it.targets[0]?.device ?? "");
  for (const [device, { length }] of byDevice) {
    if (length <= CONTROL_ROWS_MAX) continue;
    return `[INV8] ${seen.who} has ${length} control messages for ${ofDevice(device).who}`;
  }
  return null;
}
