import "fake-indexeddb/auto";
import { expect, test } from "vitest";

import { missingMessages } from "../../../app/db/troubles.ts";
import { log, THEM } from "./rows.ts";

test("[AMM1] counts the holes in others' logs, not our own nor what may come yet", () => {
  const known = {
    floor: 2,
    ranges: [
      [5, 6],
      [9, 9],
    ] as const,
  };
  expect(missingMessages([log(1, { account: THEM, known })])).toBe(4);
  expect(missingMessages([log(1, { known }), log(2, { account: THEM })])).toBe(0);
});
