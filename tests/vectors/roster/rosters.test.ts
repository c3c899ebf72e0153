/** What becomes of small groups must never change: other versions are in the same group. */
import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { resolve } from "../../../sync/roster/resolve.ts";
import type { VoidReason } from "../../../sync/roster/trial.ts";
import { evidenceOf, opsOf, type RosterVector } from "./roster-vector.ts";
import rosters from "./rosters.json" with { type: "json" };

beforeAll(() => ready);

const vectors: readonly RosterVector[] = rosters.vectors;

test.each(vectors)("[RO17] $name", (vector) => {
  const roster = resolve(opsOf(vector.ops), evidenceOf(vector.evidence ?? {}));
  expect({
    members: [...roster.members].map(([account, { role }]) => `${account} ${role}`),
    former: [...roster.former.keys()],
    voids: [...roster.voids].map(([id, reason]) => `${id} ${told(reason)}`),
    heads: roster.heads,
    waiting: roster.waiting,
    missing: roster.missing,
  }).toEqual({
    members: vector.members,
    former: vector.former,
    voids: vector.voids,
    heads: vector.heads,
    waiting: vector.waiting,
    missing: vector.missing,
  });
});

function told(reason: VoidReason): string {
  if (reason.type === "Ended") return `Ended ${reason.by}`;
  return reason.type === "Refused" ? `Refused ${reason.refusal.type}` : reason.type;
}
