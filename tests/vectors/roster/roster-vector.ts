/**
 * Small groups with their outcome, in a form that another implementation can read. An op is a line:
 *
 *     ID AUTHOR ACT [ACCOUNT] [ROLE] [after ID …] [at LOG:SEQ]
 *
 * Ids are compared as text. Without `at`, an op stands in a log of its own.
 */
import type { RosterAct, RosterOp } from "../../../sync/roster/ops.ts";
import { ROLES } from "../../../sync/roster/may.ts";
import type { Evidence } from "../../../sync/roster/trial.ts";

export type RosterVector = {
  readonly name: string;
  readonly ops: readonly string[];
  readonly evidence?: SaidEvidence;
  /** "ACCOUNT ROLE", the highest rank first. */
  readonly members: readonly string[];
  readonly former: readonly string[];
  /** "ID REASON [BY or REFUSAL]" */
  readonly voids: readonly string[];
  readonly heads: readonly string[];
  readonly waiting: readonly string[];
  readonly missing: readonly string[];
};

type SaidEvidence = {
  readonly forkedAt?: Readonly<Record<string, number>>;
  readonly closedAfter?: Readonly<Record<string, number>>;
  readonly settledFrom?: Readonly<Record<string, number>>;
  readonly beside?: readonly string[];
};

export const evidenceOf = ({
  forkedAt = {},
  closedAfter = {},
  settledFrom = {},
  beside = [],
}: SaidEvidence): Evidence => ({
  forkedAt: new Map(Object.entries(forkedAt)),
  closedAfter: new Map(Object.entries(closedAfter)),
  settledFrom: new Map(Object.entries(settledFrom)),
  beside: new Set(beside),
});

export const opsOf = (lines: readonly string[]): readonly RosterOp[] => lines.map(opOf);

function opOf(line: string): RosterOp {
  const [said = "", at] = line.split(" at ");
  const [what = "", after = ""] = said.split(" after ");
  const [id = "", author = "", type = "", account = "", given] = what.split(" ");
  const [log = `log of ${id}`, seq = "2"] = at?.split(":") ?? [];
  const role = ROLES.find((it) => it === given) ?? "member";
  const acts: Readonly<Record<string, RosterAct>> = {
    create: { type: "create", account, name: "Hut", policy: "all" },
    add: { type: "add", account, role, floor: 0, invite: null },
    remove: { type: "remove", account, cut: [] },
    role: { type: "role", account, role, cut: [] },
    leave: { type: "leave", cut: [] },
  };
  const act = acts[type];
  if (act === undefined) throw new Error(`no act: ${line}`);
  const heads = after === "" ? [] : after.split(" ");
  return { id, author, log, seq: Number(seq), heads, act };
}
