/**
 * Who is in a group: a pure function of the set of its ops, whatever order they came in.
 * docs/protocol/roster.md, [RO21].
 */
import { u32le, utf8 } from "../../crypto/base/bytes.ts";
import { toHex } from "../../crypto/base/hex.ts";
import { hash16 } from "../../crypto/public/hash.ts";
import { graphOf, headsAmong, OPS_PER_ACCOUNT_MAX } from "./graph.ts";
import type { HistoryPolicy, Standing } from "./may.ts";
import { HEADS_MAX, type RosterOp } from "./ops.ts";
import { type Ledger, ranked, targetOf } from "./standing.ts";
import {
  type Evidence,
  NO_EVIDENCE,
  type Settlement,
  settlementOf,
  type VoidReason,
} from "./trial.ts";

export type Member = Standing & {
  /** The op that brought them, and whose it was. */
  readonly op: string;
  readonly by: string;
};

/** Was a member. `op`: the last one that ended it. */
export type Former = { readonly op: string; readonly by: string };

export type Roster = {
  /** 16 bytes; equal wherever the same ops and the same evidence are. */
  readonly digest: string;
  /** As created; null: the create is not here yet. */
  readonly founded: { readonly name: string; readonly policy: HistoryPolicy } | null;
  /** By account, the highest rank first. At most MEMBERS_MAX. */
  readonly members: ReadonlyMap<string, Member>;
  readonly former: ReadonlyMap<string, Former>;
  /** By op id. */
  readonly voids: ReadonlyMap<string, VoidReason>;
  /** What the next op names: ascending, at most HEADS_MAX. It then changes no other op. */
  readonly heads: readonly string[];
  /** Ops that wait for others, and ids of those that are missing. */
  readonly waiting: readonly string[];
  readonly missing: readonly string[];
  /** For judge.ts. */
  readonly ledger: Ledger;
};

/** The creates among `ops` are this group's own (`rosterOpOf`). */
export function resolve(ops: Iterable<RosterOp>, evidence: Evidence = NO_EVIDENCE): Roster {
  const set = [...ops];
  const settlement = settlementOf(graphOf(set), evidence);
  return rosterOf(settlement, rosterDigestOf(set, evidence));
}

/** Names a set of ops and its evidence: `resolve` answers alike for equal digests. */
export function rosterDigestOf(
  ops: Iterable<RosterOp>,
  { forkedAt, closedAfter, settledFrom, beside }: Evidence,
): string {
  const ids = [...ops].map(({ id }) => id).toSorted();
  const numbersOf = (numbers: ReadonlyMap<string, number>): Uint8Array =>
    utf8(
      [...numbers]
        .map(([log, seq]) => `${log}:${seq}`)
        .toSorted()
        .join(" "),
    );
  const counted = u32le(ids.length);
  const isSettled = settledFrom.size > 0 || beside.size > 0;
  return toHex(
    hash16(
      "roster",
      counted,
      utf8(ids.join("")),
      numbersOf(forkedAt),
      numbersOf(closedAfter),
      ...(isSettled ? [numbersOf(settledFrom), utf8([...beside].toSorted().join(" "))] : []),
    ),
  );
}

/** A resolver that remembers its last answers, by digest. */
export function rosterMemory(
  rostersMax: number,
): (ops: Iterable<RosterOp>, evidence: Evidence) => Roster {
  const rosterByDigest = new Map<string, Roster>();
  return (ops, evidence) => {
    const set = [...ops];
    const digest = rosterDigestOf(set, evidence);
    const roster = rosterByDigest.get(digest) ?? resolve(set, evidence);
    // What was used last goes last: the first in the map is the one to forget.
    rosterByDigest.delete(digest);
    rosterByDigest.set(digest, roster);
    const [oldest] = rosterByDigest.keys();
    if (rosterByDigest.size > rostersMax && oldest !== undefined) rosterByDigest.delete(oldest);
    return roster;
  };
}

function rosterOf({ ledger, refusals, everCounted }: Settlement, digest: string): Roster {
  const { ops, excess, waiting, missing } = ledger.graph;
  const create = ops.find(({ act }) => act.type === "create")?.act;
  const members = new Map(
    ranked(ledger).map(([account, standing]) => {
      const { id: op = "", author: by = "" } = ops[standing.since] ?? {};
      return [account, { ...standing, op, by }];
    }),
  );
  const former = new Map<string, Former>();
  const reasons = new Map<string, VoidReason>();
  for (const [place, op] of ops.entries()) {
    const target = targetOf(op);
    if (ledger.effects[place] === "exit" && target !== undefined && !members.has(target)) {
      former.set(target, { op: op.id, by: op.author });
    }
    const reason = refusals[place];
    if (reason !== undefined) reasons.set(op.id, reason);
  }
  for (const { id } of excess) reasons.set(id, { type: "TooManyOps", limit: OPS_PER_ACCOUNT_MAX });
  return {
    digest,
    founded: create?.type === "create" ? { name: create.name, policy: create.policy } : null,
    members,
    former,
    voids: reasons,
    heads: headsOf(ledger, everCounted)
      .map(({ id }) => id)
      .toSorted(),
    waiting: waiting.map(({ id }) => id),
    missing,
    ledger,
  };
}

/** When they are too many, those go first that count, so that no flood hides them. */
function headsOf({ graph, effects }: Ledger, everCounted: readonly boolean[]): readonly RosterOp[] {
  const counting = headsAmong(
    graph,
    effects.map((effect) => effect !== null),
  );
  const all = new Set([...counting, ...headsAmong(graph, everCounted)]);
  const chosen = new Set([...all].slice(0, HEADS_MAX));
  return headsAmong(
    graph,
    graph.ops.map((op) => chosen.has(op)),
  );
}
