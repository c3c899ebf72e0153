import { expect, test } from "vitest";

import { type GroupFailure, groupFailureText } from "../../../app/text/group-failure-text.ts";

const FAILURES: readonly GroupFailure[] = [
  { type: "NotMember" },
  { type: "RoleTooLow", needed: "admin" },
  { type: "RoleTooLow", needed: "owner" },
  { type: "RoleTooLow", needed: "member" },
  { type: "RoleAboveOwn" },
  { type: "RankTooLow" },
  { type: "TargetNotMember" },
  { type: "AlreadyMember" },
  { type: "SameRole" },
  { type: "GroupFull", limit: 500 },
  { type: "NameEmpty" },
  { type: "NameTooLong", limit: 256 },
  { type: "ContactUnknown", account: "aa" },
  { type: "UsesOutOfRange", limit: 500 },
  { type: "LifeOutOfRange", limit: 9 },
  { type: "LinksTooMany", limit: 8 },
  { type: "LinkUnknown" },
  { type: "JoinUnknown" },
  { type: "NotStarted" },
  { type: "ChannelUnknown" },
  { type: "EngineGone" },
  { type: "StorageFull" },
  { type: "StorageFailed" },
];

test("[AGF1] each way to fail has a sentence of its own", () => {
  const sentences = FAILURES.map(groupFailureText);
  expect(new Set(sentences).size).toBe(FAILURES.length);
  for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z0-9].*\.$/u);
});
