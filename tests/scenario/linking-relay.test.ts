import { expect, test } from "vitest";

import { at, linkUp, pair, show } from "./link-steps.ts";
import { MINUTE_MS } from "./world.ts";

test("[LK17] a device without an account is known again to a relay that lost its store", async () => {
  const them = await pair();
  const { phone, laptop, relay } = them;
  await show(them, laptop);
  laptop.device.linking.cancel();
  them.killRelay(relay, { forgets: true });
  relay.start();
  await them.pass(2 * MINUTE_MS);
  await linkUp(them, laptop, phone);
  expect(at(laptop, "linked").role).toBe("new");
});
