import { beforeAll, expect, test } from "vitest";

import { ready } from "../../../crypto/base/sodium.ts";
import { askAbout } from "../../../sync/heal/ask.ts";
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
  const context = { ...alice.context, asked, claims: new Claims() };
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
  expect(await asks(NOW_MS + 100 * HEAL_FIRST_MS, true)).toBe(1);
  expect(asked.times("it")).toBe(1);
});
