import { expect, test } from "vitest";

import { at, meet, pair } from "./link-steps.ts";
import { MINUTE_MS, SECOND_MS } from "./world.ts";

test("[LK17] a device without an account is known again to a relay that lost its store", async () => {
  const them = await pair();
  const { phone, laptop, relay } = them;
  // The relay gets to know it with the first record that it leaves.
  await meet(them, laptop, phone);
  for (const it of [laptop, phone]) it.device.linking.cancel();
  await them.pass(MINUTE_MS);
  them.killRelay(relay, { forgets: true });
  relay.start();
  await them.pass(2 * MINUTE_MS);
  await meet(them, laptop, phone);
  await them.pass(10 * SECOND_MS);
  phone.device.linking.confirm();
  await them.pass(10 * SECOND_MS);
  expect(at(laptop, "linked").role).toBe("new");
});
