import { expect, test } from "vitest";

import { AtOnce } from "../../../relay/admission/at-once.ts";
import { LOOPBACK } from "../../../relay/client-address.ts";

test("[HB14] [WK8] counts those of one neighbourhood and all, and forgets those that left", () => {
  const held = new AtOnce({ all: 4, each: 2 });
  for (const address of ["192.0.2", "192.0.2", "198.51.100"]) held.came(address);
  expect(["192.0.2", "198.51.100"].map((it) => held.hasRoom(it))).toEqual([false, true]);
  held.left("192.0.2");
  expect(held.hasRoom("192.0.2")).toBe(true);
  for (const address of [LOOPBACK, LOOPBACK]) held.came(address);
  expect(["192.0.2", LOOPBACK].map((it) => held.hasRoom(it))).toEqual([false, false]);
  held.left("198.51.100");
  expect(["192.0.2", LOOPBACK].map((it) => held.hasRoom(it))).toEqual([true, true]);
  held.came(LOOPBACK);
  held.left("192.0.2");
  expect(held.hasRoom(LOOPBACK)).toBe(true);
});
