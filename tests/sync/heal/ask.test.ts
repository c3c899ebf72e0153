import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { anyOpenOf, askAbout } from "../../../sync/heal/ask.ts";
import { Asked, HEAL_FIRST_MS } from "../../../sync/heal/asked.ts";
import { Claims } from "../../../sync/heal/claims.ts";
import { encodePayload } from "../../../sync/payload/payload.ts";
import { introduce, NOW_MS, someone } from "../acquainted.ts";

beforeAll(() => ready);

test("[HE4] a question for which there is neither session nor prekeys does not count", async () => {
  const alice = await someone("alice");
  const bob = await someone("bob");
  await introduce(alice, bob);
  const asked = new Asked();
  const unopened: string[] = [];
  const context = {
    ...alice.context,
    asked,
    claims: new Claims(),
    unopened: (device: string) => void unopened.push(device),
  };
  const payload = encodePayload("nack", { tags: [new Uint8Array(16)] });
  const asks = async (atMs: number, hasPrekeys: boolean): Promise<number> =>
    alice.change(async (tx) => {
      const row = await tx.get("devices", bob.self.device);
      if (row === undefined || asked.waitMs("it", atMs) > 0) return -1;
      const device = hasPrekeys ? row : { ...row, prekeyBundle: null };
      return askAbout(tx, context, ["it"], [device], payload);
    });
  asked.waitMs("it", NOW_MS);
  expect(await asks(NOW_MS + HEAL_FIRST_MS, false)).toBe(0);
  expect(asked.times("it")).toBe(0);
  expect(unopened).toEqual([bob.self.device]);
  expect(await asks(NOW_MS + 100 * HEAL_FIRST_MS, true)).toBe(1);
  expect(asked.times("it")).toBe(1);
  expect(unopened).toHaveLength(1);
});

test("[HE23] beside one of whom there are no prekeys another one is asked, with whom there is a session or of whom there are", async () => {
  const alice = await someone("alice");
  const others = await Promise.all(["bob", "carol", "dave", "eve"].map(someone));
  for (const it of others) await introduce(alice, it);
  await alice.change(async (tx) => {
    const rows = await tx.range("devices", "primary", {});
    const theirs = rows.filter((it) => it.device !== alice.self.device);
    const closed = theirs.map((it) => ({ ...it, prekeyBundle: null }));
    const [first, ...rest] = closed;
    const open = { ...first!, prekeyBundle: new Uint8Array(1) };
    const firsts = new Set<string>();
    for (let n = 0; n < 40; n += 1) {
      const chosen = await anyOpenOf(tx, alice.context, [...rest, open]);
      expect(chosen.at(-1)).toEqual(open);
      expect(chosen.length).toBeLessThanOrEqual(2);
      firsts.add(chosen[0]?.device ?? "");
    }
    expect(firsts.size).toBe(others.length);
    expect(await anyOpenOf(tx, alice.context, closed)).toHaveLength(1);
    expect(await anyOpenOf(tx, alice.context, [])).toEqual([]);
  });
});
