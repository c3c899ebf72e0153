/** Rows of groups: who is in one, and the ops that say so. Words as in store/rows.ts. */
import type { Role } from "../roster/may.ts";
import type { RosterOp } from "../roster/ops.ts";
import type { Hex } from "../store/rows.ts";

/** A member of a group, as the roster says now; the highest rank first. */
export type MemberRow = {
  readonly account: Hex;
  readonly role: Role;
  /** hEff from which on they are served history. */
  readonly floor: number;
  /** Who added them. */
  readonly by: Hex;
};

/** Place of an entry in its channel: log number and `seq`. */
export type EntryPlace = readonly [a: number, s: number];

/** What the ops of a group come to: written with them, since working it out is dear. */
export type RosterRow = {
  readonly c: number;
  /** Names the ops: `resolve` answers alike for equal ones (sync/roster/resolve.ts). */
  readonly digest: Hex;
  readonly members: readonly MemberRow[];
  /** Ops wait for others that are not here. */
  readonly isBehind: boolean;
  /** Entries that name a roster which is not here. */
  readonly waits: readonly EntryPlace[];
  /** Entries that speak of the group itself: what it is called. */
  readonly metas: readonly EntryPlace[];
  readonly title: string;
  readonly topic: string;
  /** By log id: the first entry that we may be served. Of other logs all. */
  readonly starts: Readonly<Record<Hex, number>>;
};

/** An op that made the roster; its entry is at the same place. */
export type RosterOpRow = {
  readonly c: number;
  readonly a: number;
  readonly s: number;
  readonly op: RosterOp;
};
