/**
 * What somebody who is out of a group is told of its roster: why they are out, and nothing of what came since
 * that they do not need for it. A pure function. docs/protocol/groups.md, [GP12].
 */
import { authNameOf, hasOp, isBefore } from "./graph.ts";
import type { RosterOp } from "./ops.ts";
import type { Roster } from "./resolve.ts";

/** Did anybody ever let them in, be it by an op that does not count? */
export const wasLetIn = ({ former, ledger }: Roster, account: string): boolean =>
  former.has(account) ||
  ledger.graph.ops.some(({ act }) => act.type === "add" && act.account === account);

/**
 * All but those that come after the op by which the account was a member no more. Who was let in again by an
 * op that does not count would believe it without what made it void: that is told with its past, and is known
 * already to whoever wrote the op, since it ended rights of theirs. Who was let in by such an op alone is told that alone.
 */
export function opsForFormer(
  { former, voids, ledger: { graph, effects } }: Roster,
  account: string,
): readonly RosterOp[] {
  const { ops, pasts, placeByName } = graph;
  const end = ops.findIndex(({ id }) => id === former.get(account)?.op);
  const vain = [...ops.keys()].filter((place) => {
    const act = ops[place]?.act;
    return act?.type === "add" && act.account === account && effects[place] === null;
  });
  // Counts as soon as there is room: only all of them show that there is none.
  if (vain.some((place) => voids.get(ops[place]?.id ?? "")?.type === "GroupFull")) return ops;
  const named = new Set(vain);
  // Grows while it is walked.
  for (const place of named) {
    const reason = voids.get(ops[place]?.id ?? "");
    const ender = reason?.type === "Ended" ? placeByName.get(authNameOf(reason.by)) : undefined;
    if (ender !== undefined) named.add(ender);
    for (let earlier = 0; earlier < place; earlier += 1) {
      const past = pasts[place];
      if (past !== undefined && hasOp(past, earlier)) named.add(earlier);
    }
  }
  const isTold = (place: number): boolean => end >= 0 && !isBefore(graph, end, place);
  return ops.filter((_, place) => named.has(place) || isTold(place));
}
