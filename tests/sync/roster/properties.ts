/** What must hold of any ops of anybody: each function takes one graph and throws when it does not. */
import { AUTH_MAX } from "../../../sync/entry/entry.ts";
import { authOf, judge } from "../../../sync/roster/judge.ts";
import type { Action } from "../../../sync/roster/may.ts";
import { compareRank, may, rankOf } from "../../../sync/roster/may.ts";
import type { RosterOp } from "../../../sync/roster/ops.ts";
import { resolve, type Roster, rosterMemory } from "../../../sync/roster/resolve.ts";
import { NO_EVIDENCE } from "../../../sync/roster/trial.ts";
import { ACCOUNTS, CREATOR } from "./hostile.ts";
import { opOf } from "./ops-of.ts";
import { Oracle, targetOf } from "./oracle.ts";

/** A hundred times faster than the runner's own, and asked some hundred times a graph. */
function mustEqual(got: unknown, wanted: unknown): void {
  const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`got ${a}\nwanted ${b}`);
}

function must(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(what);
}

export type Situations = Record<string, number>;

export function checkAll(ops: readonly RosterOp[], shuffled: readonly RosterOp[]): Situations {
  const roster = resolve(ops);
  const oracle = new Oracle(ops);
  isAsTheRulesSay(roster, oracle);
  isIndependentOfArrival(roster, ops, shuffled);
  keepsTheCreator(roster, oracle);
  letsNothingSurviveARemoval(roster, oracle);
  removesByHigherRankAlone(oracle);
  acceptsWhatItOffers(roster, ops, oracle);
  hidesWhatComesAfterTheCut(roster, oracle);
  return situationsOf(roster, oracle);
}

/** Valid ops, by the roster's own account. */
export const validOf = ({ ledger, voids }: Roster): readonly string[] =>
  ledger.graph.ops
    .map(({ id }) => id)
    .filter((id) => !voids.has(id))
    .toSorted();

function isAsTheRulesSay(roster: Roster, oracle: Oracle): void {
  const members = [...roster.members].map(([account, { role }]) => [account, role]);
  const { heads } = roster;
  mustEqual({ members, valid: validOf(roster), heads }, oracle.outcome());
}

function isIndependentOfArrival(
  roster: Roster,
  ops: readonly RosterOp[],
  shuffled: readonly RosterOp[],
): void {
  mustEqual(summaryOf(resolve(shuffled)), summaryOf(roster));
  const remember = rosterMemory(2);
  const evidence = NO_EVIDENCE;
  // What was here before, and what was thought of it, leaves no trace.
  const half = shuffled.slice(0, Math.ceil(shuffled.length / 2));
  const early = remember(half, evidence);
  mustEqual(summaryOf(remember(ops, evidence)), summaryOf(roster));
  mustEqual(summaryOf(remember(half.toReversed(), evidence)), summaryOf(early));
  // What waits for others changes nothing.
  const waits = new Set(early.waiting);
  const complete = half.filter(({ id }) => !waits.has(id));
  mustEqual([...resolve(complete).members], [...early.members]);
}

function keepsTheCreator(roster: Roster, { valid }: Oracle): void {
  const wentAlone = [...valid].some(
    ([op, effect]) =>
      op.author === CREATOR &&
      targetOf(op) === CREATOR &&
      (effect === "exit" || effect === "lower"),
  );
  const isOwner = roster.members.get(CREATOR)?.role === "owner";
  must(wentAlone || isOwner, "the creator is owner");
}

function letsNothingSurviveARemoval(roster: Roster, oracle: Oracle): void {
  for (const [removal, effect] of oracle.valid) {
    if (effect !== "exit" || removal.act.type !== "remove") continue;
    const target = removal.act.account;
    const survivors = [...oracle.valid.keys()].filter(
      (op) => op.author === target && op.act.type !== "leave" && oracle.isBeside(op, removal),
    );
    mustEqual(survivors, []);
    const cameBack = [...oracle.valid].some(
      ([op, it]) => it === "enter" && targetOf(op) === target && oracle.pasts.get(op)!.has(removal),
    );
    must(cameBack || !roster.members.has(target), "who was removed is gone");
  }
}

function removesByHigherRankAlone(oracle: Oracle): void {
  for (const [op, effect] of oracle.valid) {
    const target = targetOf(op)!;
    if ((effect !== "exit" && effect !== "lower") || op.author === target) continue;
    const before = oracle.after(oracle.pasts.get(op)!);
    const [own, theirs] = [before.get(op.author)!, before.get(target)!];
    const isLonger = own.role === theirs.role && own.since < theirs.since;
    must(own.role > theirs.role || isLonger, "a strictly higher rank");
  }
}

/** What `may` says is what the next op is judged as, and it changes no other. */
function acceptsWhatItOffers(roster: Roster, ops: readonly RosterOp[], oracle: Oracle): void {
  // The next op builds upon what a fork makes void, and so brings it back.
  if (oracle.order.some((op) => oracle.isForked(op))) return;
  const heads = ops.filter(({ id }) => roster.heads.includes(id));
  const actor = ACCOUNTS[ops.length % ACCOUNTS.length]!;
  const account = ACCOUNTS[roster.members.size % ACCOUNTS.length]!;
  const cut: [] = [];
  for (const act of [
    { type: "add", account, role: "admin", floor: 0, invite: null },
    { type: "remove", account, cut },
    { type: "role", account, role: "owner", cut },
    { type: "role", account, role: "member", cut },
    { type: "leave", cut },
  ] as const) {
    const next = opOf(actor, act, heads);
    const offered = may(roster.members, actor, act satisfies Action);
    const after = resolve([...ops, next]);
    const reason = after.voids.get(next.id);
    mustEqual(
      [...after.voids].filter(([id]) => id !== next.id),
      [...roster.voids],
    );
    // Of two reasons against it, the one may name the other.
    mustEqual(reason?.type, offered.ok ? undefined : "Refused");
    const claim = { author: actor, log: "new", seq: 1, auth: authOf(roster, actor) };
    // More heads than an entry names say more than it can.
    if (oracle.countingHeads <= AUTH_MAX) mustEqual(judge(roster, claim, act).ok, offered.ok);
    mustEqual(judge(roster, claim, { type: "write" }).ok, roster.members.has(actor));
  }
}

/** Whatever roster a removed member claims to have known. */
function hidesWhatComesAfterTheCut(roster: Roster, oracle: Oracle): void {
  for (const [op, effect] of oracle.valid) {
    if (effect !== "exit" || op.act.type !== "remove") continue;
    const { account, cut } = op.act;
    const { log, seq: last } = cut[0] ?? { log: "new", seq: 0 };
    for (const it of oracle.order) {
      const claim = { author: account, log, seq: last + 1, auth: [it.id.slice(0, 32)] };
      const verdict = judge(roster, claim, { type: "write" });
      if (!verdict.ok) continue;
      must(oracle.pasts.get(it)!.has(op), "only who came back, and knows it, counts");
    }
  }
}

const summaryOf = (told: Roster): unknown => ({
  ...told,
  ledger: told.ledger.effects,
  members: [...told.members],
  former: [...told.former],
  voids: [...told.voids],
});

function situationsOf(roster: Roster, oracle: Oracle): Situations {
  const valid = [...oracle.valid];
  const endings = valid.filter(([, effect]) => effect === "exit" || effect === "lower");
  const by = [...roster.voids.values()].map(({ type }) => type);
  const ranks = [...roster.members.values()];
  return {
    graphs: 1,
    "voided beside an ending": by.filter((type) => type === "Ended").length,
    "voided by a fork": by.filter((type) => type === "Forked").length,
    "ended beside each other": endings.filter(([a]) => endings.some(([b]) => oracle.isBeside(a, b)))
      .length,
    "endings voided by endings": [...oracle.pasts.keys()].filter(
      (op) => op.act.type === "remove" && roster.voids.get(op.id)?.type === "Ended",
    ).length,
    "voided by what is void": [...roster.voids.values()].filter(
      (it) => it.type === "Ended" && roster.voids.has(it.by),
    ).length,
    "came back": ranks.filter(({ op }) =>
      endings.some(([it]) => roster.members.has(targetOf(it) ?? "") && it.id !== op),
    ).length,
    "left for good": roster.former.size,
    "creator gone": roster.members.has(CREATOR) ? 0 : 1,
    "ops that wait": roster.waiting.length,
    "several owners": ranks.filter(({ role }) => rankOf(role) === 2).length > 1 ? 1 : 0,
    "ranks out of order": ranks.every((it, i) => i === 0 || compareRank(ranks[i - 1]!, it) < 0)
      ? 0
      : 1,
  };
}
