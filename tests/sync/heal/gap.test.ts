import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { openChannel, openGroup } from "../../../sync/channel/channels.ts";
import { rosterRowOf } from "../../../sync/group/rosters.ts";
import { Asked, HEAL_FIRST_MS } from "../../../sync/heal/asked.ts";
import { Claims } from "../../../sync/heal/claims.ts";
import { type Gap, peerOf } from "../../../sync/heal/gap.ts";
import { wantHoles } from "../../../sync/heal/holes.ts";
import { introduce, NOW_MS, someone } from "../acquainted.ts";

beforeAll(() => ready);

test("[HE4] questions go on the account of who chose what is missing", async () => {
  const [alice, bob] = [await someone("alice"), await someone("bob")];
  await introduce(alice, bob);
  const [chat, group] = await alice.change(async (tx) => [
    await openChannel(tx, alice.self, bob.self.account),
    await openGroup(tx, "cc".repeat(16)),
  ]);
  const common = { log: "aa".repeat(16), ranges: [[1, 5] as const], top: 0, held: 0 };
  const gap = {
    ...common,
    account: undefined,
    holders: new Set<string>(),
    lackers: new Set<string>(),
  };
  const of = (change: Partial<Gap>): string => peerOf({ ...gap, channel: group, ...change });
  // Between two people all is the other one's to choose.
  expect(of({ channel: chat, holders: new Set(["d"]) })).toBe(bob.self.account);
  expect(of({ account: "bob" })).not.toBe(of({ account: "carol" }));
  // Who says as well that a log exists which somebody else told of takes nothing from them.
  expect(of({ holders: new Set(["mallory", "dave"]) })).toBe(of({ holders: new Set(["dave"]) }));
  expect(of({ holders: new Set(["mallory"]) })).not.toBe(of({ holders: new Set(["dave"]) }));
});

test("[HE4] [HE12] who claims logs that are nowhere keeps nobody from being asked for what another one claims", async () => {
  const [alice, bob] = [await someone("alice"), await someone("bob")];
  await introduce(alice, bob);
  const channel = await alice.change((tx) => openGroup(tx, "cc".repeat(16)));
  const { c } = channel;
  await alice.change(async (tx) => {
    const member = (account: string) => ({
      account,
      role: "member" as const,
      floor: 0,
      by: account,
    });
    const members = [alice.self.account, bob.self.account].map(member);
    await tx.put("rosters", { ...(await rosterRowOf(tx, c)), members });
  });
  const [asked, claims] = [new Asked(), new Claims()];
  const logOf = (n: number): string => n.toString(16).padStart(32, "0");
  for (let n = 1; n <= 100; n += 1) claims.claim(c, logOf(n), 1, "mallory");
  claims.claim(c, logOf(500), 1, "dave");
  const unopened = (): undefined => undefined;
  let nowMs = NOW_MS;
  for (let n = 0; n < 60; n += 1, nowMs += HEAL_FIRST_MS) {
    await alice.change((tx) =>
      wantHoles(tx, { ...alice.context, nowMs, asked, claims, unopened }, []),
    );
  }
  expect(asked.times(`${logOf(500)} 1`)).toBeGreaterThan(0);
});
