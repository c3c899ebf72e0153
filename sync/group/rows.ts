/** Rows of groups: who is in one, and the ops that say so. Words as in store/rows.ts. */
import type { Hex } from "../../crypto/base/hex.ts";
import type { HistoryPolicy, Role } from "../roster/may.ts";
import type { RosterOp } from "../roster/ops.ts";

/** Groups that one contact put us into, and in which nobody of us has written. Rule [GP31]. */
export const UNANSWERED_GROUPS_MAX = 32;

/** A member of a group, as the roster says now; the highest rank first. */
export type MemberRow = {
  readonly account: Hex;
  readonly role: Role;
  /** hEff from which on they are served history. */
  readonly floor: number;
  /** Who added them. */
  readonly by: Hex;
};

/** A link into the group, as what was said of it comes to. docs/protocol/groups.md, "Links". */
export type GroupLinkRow = {
  /** hex16: its address at the relay, and its name. */
  readonly tag: Hex;
  /** The link itself: what stands behind the app's address and "#". */
  readonly fragment: string;
  /** Who made it, hex32. */
  readonly by: Hex;
  readonly madeAtMs: number;
  readonly expiresAtMs: number;
  /** How many accounts may come in by it; null: any number. */
  readonly uses: number | null;
  readonly used: number;
  /** Somebody has to say yes to each: so it was made, or somebody who knew it was removed since. */
  readonly approval: boolean;
  /**
   * Why it leads nowhere: taken back, used up, or whoever made it is no admin any more. That its time is
   * over is for whoever knows the time.
   */
  readonly over?: "withdrawn" | "used" | "maker";
  /** Who was refused, hex32 each. */
  readonly refused: readonly Hex[];
};

/** Somebody who used a link and waits; their name is in `contacts`, whose state is mostly "member". */
export type JoinRow = {
  readonly account: Hex;
  readonly tag: Hex;
  readonly atMs: number;
  /** They were a member and were removed: nobody lets them in again but a person. */
  readonly wasRemoved?: true;
  /** When this device lets them in by itself; null: an admin has to say so. */
  readonly dueAtMs: number | null;
};

/** We used a link and are no member yet. */
export type Joining = {
  /** `over`: the link led nowhere any more when an admin's device looked. */
  readonly state: "waiting" | "refused" | "over";
  readonly tag: Hex;
  /** Who may let us in: admins, hex32 each. */
  readonly admins: readonly Hex[];
  readonly atMs: number;
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
  /** Id of the blob with its picture (hex32); absent: none. */
  readonly picture?: Hex;
  /** By log id: the first entry that we may be served. Of other logs all. */
  readonly starts: Readonly<Record<Hex, number>>;
  /** What newcomers may read of the past, as it was said last. Absent: as the group was made. */
  readonly history?: HistoryPolicy;
  /** Entries that speak of links. */
  readonly linkEntries?: readonly EntryPlace[];
  /** The newest first; those that lead nowhere stay for a while. */
  readonly links?: readonly GroupLinkRow[];
  /** Who waits for an admin's word, oldest first. Only on devices of admins. */
  readonly joins?: readonly JoinRow[];
  /** We wait ourselves; `members` is empty, or does not name us. */
  readonly joining?: Joining;
  /** The contact by whom we heard of it first (hex32); absent: we made it, a link led there, or our own devices told. */
  readonly broughtBy?: Hex;
};

/** An op that made the roster; its entry is at the same place. */
export type RosterOpRow = {
  readonly c: number;
  readonly a: number;
  readonly s: number;
  readonly op: RosterOp;
};
