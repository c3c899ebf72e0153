import { expect, test } from "vitest";

import { tableOf } from "../../scripts/bench.ts";

test("[BN1] a table shows each figure with its unit and whether its budget is kept", () => {
  const table = tableOf([
    { name: "fast", value: 1.23456, unit: "ms", budget: 2, held: true },
    { name: "slow enough", value: 12345, unit: "KB", limit: 9, budget: 100, held: false },
    { name: "free", value: 3, unit: "ops/s", budget: null, held: null },
  ]);
  expect(table.split("\n")).toEqual([
    "figure       value     limit  budget",
    "fast         1.235 ms         <= 2 ms    held",
    "slow enough  12350 KB  9 KB   <= 100 KB  OVER",
    "free         3 ops/s",
    "",
  ]);
});
