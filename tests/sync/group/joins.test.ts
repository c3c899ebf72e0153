import { beforeAll, expect, test } from "vitest";

import { toHex } from "../../../crypto/base/hex.ts";
import { ready } from "../../../crypto/base/sodium.ts";
import { joinProofOf } from "../../../crypto/invite/group-record.ts";
import { parseInviteLink } from "../../../crypto/invite/link.ts";
import { inviteTagOf } from "../../../crypto/invite/record.ts";
import { bytesOf, channelOf } from "../../../sync/channel/channels.ts";
import { createGroup } from "../../../sync/group/acts.ts";
import { takeJoin } from "../../../sync/group/joins.ts";
import { type LinkTerms, makeGroupLink } from "../../../sync/group/link-acts.ts";
import { rosterRowOf } from "../../../sync/group/rosters.ts";
import { JOINS_MAX } from "../../../sync/group/waiting.ts";
import type { Join } from "../../../sync/payload/join.ts";
import { introduce, NOW_MS, type Someone, someone } from "../acquainted.ts";

beforeAll(() => ready);

const AT = { homeUrl: "https://relay.example", appUrl: "https://kith.example/" };
const ASKING = { uses: null, expiresInMs: 3_600_000, approval: true };

type Made = {
  readonly alice: Someone;
  readonly bob: Someone;
  readonly c: number;
  readonly join: Join;
};

/** Alice's group, and how Bob asks her to be let in. */
async function asked(terms: LinkTerms = ASKING): Promise<Made> {
  const alice = await someone("alice");
  const bob = await someone("bob");
  await introduce(alice, bob);
  return alice.change(async (tx) => {
    const made = await createGroup(tx, alice.context, "Hut", [], "none");
    if (!made.ok) throw new Error(made.error.type);
    const { c } = made.value;
    const link = await makeGroupLink(tx, alice.context, c, terms, AT);
    const parsed = link.ok ? parseInviteLink(link.value.link) : link;
    const channel = await channelOf(tx, c);
    if (!parsed.ok || channel === undefined) throw new Error("a link");
    const { secret } = parsed.value;
    const join = {
      channel: bytesOf(channel.id),
      tag: inviteTagOf(secret),
      proof: joinProofOf(secret, bytesOf(bob.self.account), bytesOf(alice.self.device)),
    };
    return { alice, bob, c, join };
  });
}

const hears = ({ alice, bob }: Made, join: Join, nowMs = NOW_MS): Promise<void> =>
  alice.change(async (tx) => {
    const contact = await tx.get("contacts", bob.self.account);
    const device = await tx.get("devices", bob.self.device);
    if (contact === undefined || device === undefined) throw new Error("Bob");
    await takeJoin(tx, { ...alice.context, nowMs }, { contact, device }, join);
  });

const waiting = async ({ alice, c }: Made): Promise<readonly string[]> => {
  const row = await alice.store.read(["rosters"], (tx) => rosterRowOf(tx, c));
  return (row.joins ?? []).map((it) => it.account);
};

test("[GL11] a wish counts by its proof alone", async () => {
  const made = await asked();
  const { bob, alice, join } = made;
  const secretless = { ...join, proof: new Uint8Array(32) };
  const otherLink = { ...join, tag: new Uint8Array(16) };
  const otherGroup = { ...join, channel: new Uint8Array(16) };
  for (const it of [secretless, otherLink, otherGroup]) await hears(made, it);
  expect(await waiting(made)).toEqual([]);
  await hears(made, join);
  await hears(made, join);
  expect(await waiting(made)).toEqual([bob.self.account]);
  const [row] = await alice.store.read(["rosters"], async (tx) =>
    (await tx.range("rosters", "primary", {})).flatMap((it) => it.joins ?? []),
  );
  expect(row).toEqual({
    account: bob.self.account,
    tag: toHex(join.tag),
    atMs: NOW_MS,
    dueAtMs: null,
  });
});

test("[GL11] no more wait than a group can look through", async () => {
  const made = await asked();
  const { alice, c, join } = made;
  await alice.change(async (tx) => {
    const row = await rosterRowOf(tx, c);
    const joins = Array.from({ length: JOINS_MAX }, (_, n) => ({
      account: n.toString(16).padStart(64, "0"),
      tag: toHex(join.tag),
      atMs: NOW_MS,
      dueAtMs: null,
    }));
    await tx.put("rosters", { ...row, joins });
  });
  await hears(made, join);
  expect(await waiting(made)).toHaveLength(JOINS_MAX);
  expect(await waiting(made)).not.toContain(made.bob.self.account);
});

test.each([true, false])(
  "[GL1] after its time a link lets nobody in, whatever their clock says: with approval %s",
  async (approval) => {
    const members = async ({ alice, c }: Made): Promise<readonly string[]> => {
      const { members: all } = await alice.store.read(["rosters"], (tx) => rosterRowOf(tx, c));
      return all.map((it) => it.account);
    };
    const overMs = NOW_MS + ASKING.expiresInMs;
    const late = await asked({ ...ASKING, approval });
    await hears(late, late.join, overMs);
    expect(await waiting(late)).toEqual([]);
    expect(await members(late)).toEqual([late.alice.self.account]);
    const inTime = await asked({ ...ASKING, approval });
    await hears(inTime, inTime.join, overMs - 1_000);
    const bob = inTime.bob.self.account;
    expect([await waiting(inTime), await members(inTime)].map((it) => it.includes(bob))).toEqual([
      approval,
      !approval,
    ]);
  },
);
