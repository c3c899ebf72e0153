/**
 * The rules of docs/protocol/roster.md once more, written to be read beside them and for nothing
 * else: sets instead of bits, everything judged anew in every round. What it says, `resolve` must.
 */
import type { RosterOp } from "../../../sync/roster/ops.ts";

const ROLES = ["none", "member", "admin", "owner"];
const NONE = 0;
const MEMBER = 1;
const ADMIN = 2;
const OWNER = 3;

type Standing = { readonly role: number; readonly since: number };
export type Outcome = {
  /** Name of the role by account, the highest rank first. */
  readonly members: readonly (readonly [account: string, role: string])[];
  /** Ids of ops that count, sorted. */
  readonly valid: readonly string[];
  readonly heads: readonly string[];
};

export class Oracle {
  readonly order: readonly RosterOp[];
  readonly pasts: ReadonlyMap<RosterOp, ReadonlySet<RosterOp>>;
  readonly valid = new Map<RosterOp, "enter" | "raise" | "lower" | "exit">();
  readonly standings = new Map<RosterOp, Standing>();
  readonly #voids = new Set<RosterOp>();
  readonly #everValid = new Set<RosterOp>();

  constructor(ops: readonly RosterOp[]) {
    const byId = new Map(ops.map((op) => [op.id, op]));
    const pasts = new Map<RosterOp, Set<RosterOp>>();
    const depths = new Map<RosterOp, number>();
    for (let grew = true; grew;) {
      grew = false;
      for (const op of ops) {
        const causes = op.heads.map((head) => byId.get(head)).filter((it) => it !== undefined);
        if (pasts.has(op) || causes.length < op.heads.length) continue;
        if (!causes.every((cause) => pasts.has(cause))) continue;
        pasts.set(op, new Set(causes.flatMap((cause) => [cause, ...pasts.get(cause)!])));
        depths.set(op, 1 + Math.max(-1, ...causes.map((cause) => depths.get(cause)!)));
        grew = true;
      }
    }
    this.pasts = pasts;
    this.order = [...pasts.keys()].toSorted(
      (a, b) => depths.get(a)! - depths.get(b)! || (a.id < b.id ? -1 : 1),
    );
    this.#settle();
  }

  isBeside(a: RosterOp, b: RosterOp): boolean {
    return a !== b && !this.pasts.get(a)!.has(b) && !this.pasts.get(b)!.has(a);
  }

  /** After those ops, everybody; the one who stands in for owners included. */
  after(past: ReadonlySet<RosterOp>): Map<string, Standing> {
    const raw = new Map<string, Standing>();
    for (const [since, op] of this.order.entries()) {
      const effect = this.valid.get(op);
      const account = targetOf(op);
      if (!past.has(op) || effect === undefined || account === undefined) continue;
      const now = raw.get(account);
      const given = roleOf(op);
      if (effect === "exit") raw.delete(account);
      else if (effect === "enter") {
        raw.set(account, { since, ...now, role: Math.max(now?.role ?? NONE, given) });
      } else if (now !== undefined) {
        const role = effect === "raise" ? Math.max(now.role, given) : Math.min(now.role, given);
        raw.set(account, { ...now, role });
      }
      const author = raw.get(op.author);
      if (given === OWNER && effect !== "exit" && author !== undefined) {
        if (op.author !== account) raw.set(op.author, { ...author, role: OWNER });
      }
    }
    const first = [...raw].toSorted(byRank)[0];
    if (first !== undefined) raw.set(first[0], { ...first[1], role: this.#topRole(raw) });
    return raw;
  }

  outcome(): Outcome {
    const everything = new Set(this.order);
    const named = [...this.#everValid];
    const covered = new Set(named.flatMap((op) => [...this.pasts.get(op)!]));
    const ids = (ops: readonly RosterOp[]): string[] => ops.map(({ id }) => id).toSorted();
    return {
      members: [...this.after(everything)]
        .toSorted(byRank)
        .map(([account, { role }]) => [account, ROLES[role]!] as const),
      valid: ids([...this.valid.keys()]),
      heads: ids(named.filter((op) => !covered.has(op))),
    };
  }

  get countingHeads(): number {
    const counting = [...this.valid.keys()];
    return counting.filter((op) => !counting.some((it) => this.pasts.get(it)!.has(op))).length;
  }

  #topRole(raw: ReadonlyMap<string, Standing>): number {
    const roles = [...raw.values()].map(({ role }) => role);
    return roles.includes(OWNER) ? Math.max(...roles) : OWNER;
  }

  #settle(): void {
    for (;;) {
      this.#judgeAll();
      for (const op of this.valid.keys()) this.#everValid.add(op);
      const endings = [...this.valid]
        .filter(([, effect]) => effect === "exit" || effect === "lower")
        .map(([op]) => op)
        .toSorted(
          (a, b) => compare(this.standings.get(a)!, this.standings.get(b)!) || this.#places(a, b),
        );
      const ending = endings.find((it) => this.#victimsOf(it).length > 0);
      if (ending === undefined) return;
      for (const victim of this.#victimsOf(ending)) this.#voids.add(victim);
    }
  }

  #places(a: RosterOp, b: RosterOp): number {
    return this.order.indexOf(a) - this.order.indexOf(b);
  }

  #judgeAll(): void {
    this.valid.clear();
    for (const op of this.order) {
      if (this.#voids.has(op) || op.act.type === "unknown") continue;
      if (op.act.type === "create") {
        this.valid.set(op, "enter");
        continue;
      }
      const all = this.after(this.pasts.get(op)!);
      const [own, target] = [all.get(op.author), all.get(targetOf(op)!)];
      if (own === undefined) continue;
      this.standings.set(op, own);
      const given = roleOf(op);
      const isAdmin = own.role >= ADMIN;
      const isAbove = target !== undefined && compare(own, target) < 0;
      if (op.act.type === "leave") this.valid.set(op, "exit");
      if (op.act.type === "remove" && isAdmin && isAbove) this.valid.set(op, "exit");
      if (op.act.type === "add" && isAdmin && target === undefined && given <= own.role) {
        if (!this.isForked(op)) this.valid.set(op, "enter");
      }
      if (op.act.type === "role" && isAdmin && target !== undefined && given <= own.role) {
        if (given > target.role && !this.isForked(op)) this.valid.set(op, "raise");
        const mayLower = isAbove || op.author === op.act.account;
        if (given < target.role && mayLower) this.valid.set(op, "lower");
      }
    }
  }

  /** Would it be void, if it were a grant? */
  isForked(op: RosterOp): boolean {
    const forks = this.order.filter((a) =>
      this.order.some((b) => a !== b && a.log === b.log && a.seq === b.seq),
    );
    const isBuiltUpon = this.order.some(
      (it) => it.author !== op.author && this.pasts.get(it)!.has(op),
    );
    return !isBuiltUpon && forks.some((fork) => fork.log === op.log && fork.seq <= op.seq);
  }

  #victimsOf(end: RosterOp): readonly RosterOp[] {
    const target = targetOf(end);
    return [...this.valid]
      .filter(([op]) => this.isBeside(op, end))
      .filter(([op, effect]) => {
        const isGrant = effect === "enter" || effect === "raise";
        if (op.author === target && op.act.type !== "leave") {
          if (end.author !== target || isGrant) return true;
        }
        if (targetOf(op) !== target || !isGrant) return false;
        return end.act.type === "role" ? roleOf(op) > roleOf(end) : true;
      })
      .map(([op]) => op);
  }
}

export function targetOf({ author, act }: RosterOp): string | undefined {
  if (act.type === "unknown") return undefined;
  return act.type === "leave" ? author : act.account;
}

function roleOf({ act }: RosterOp): number {
  if (act.type === "create") return OWNER;
  return act.type === "add" || act.type === "role" ? ROLES.indexOf(act.role) : MEMBER;
}

const compare = (a: Standing, b: Standing): number => b.role - a.role || a.since - b.since;
const byRank = (a: readonly [string, Standing], b: readonly [string, Standing]): number =>
  compare(a[1], b[1]);
