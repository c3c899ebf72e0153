import fc from "fast-check";
import { expect, test } from "vitest";

import { Flow, FLOW_MAX } from "../../../sync/outbox/flow.ts";

test("[OB11] a refusal halves what is on its way to a device, each success adds one", () => {
  const flow = new Flow();
  expect(flow.windowOf("d")).toBe(FLOW_MAX);
  expect(flow.isSlowed("d")).toBe(false);
  flow.refused("d");
  expect(flow.windowOf("d")).toBe(FLOW_MAX / 2);
  expect(flow.isSlowed("d")).toBe(true);
  expect(flow.windowOf("e")).toBe(FLOW_MAX);
  for (let n = 0; n < 20; n += 1) flow.refused("d");
  expect(flow.windowOf("d")).toBe(1);
  for (let n = 0; n < FLOW_MAX; n += 1) flow.taken("d");
  expect(flow.windowOf("d")).toBe(FLOW_MAX);
  expect(flow.isSlowed("d")).toBe(false);
});

test("[OB11] the window stays within its bounds, whatever is answered", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 300 }), (answers) => {
      const flow = new Flow();
      for (const isTaken of answers) {
        if (isTaken) flow.taken("d");
        else flow.refused("d");
        expect(flow.windowOf("d")).toBeGreaterThanOrEqual(1);
        expect(flow.windowOf("d")).toBeLessThanOrEqual(FLOW_MAX);
      }
    }),
  );
});
