import { expect, test } from "vitest";

import { Claims, CLAIMS_OF_DEVICE_MAX } from "../../../sync/heal/claims.ts";

const dep = (tag: number, seq: number, hash = 0) => ({
  tag: Uint8Array.of(0, 0, tag >> 8, tag & 255),
  seq,
  hash8: new Uint8Array(8).fill(hash),
});

test("[HE12] of what entries name the highest of each log is looked up, and once", () => {
  const claims = new Claims();
  for (const seq of [3, 9, 5]) claims.name({ c: 1, device: "d", dep: dep(1, seq) });
  claims.name({ c: 2, device: "d", dep: dep(1, 4) });
  expect(claims.takeNamed().map((it) => [it.c, it.dep.seq])).toEqual([
    [1, 9],
    [2, 4],
  ]);
  expect(claims.takeNamed()).toEqual([]);
});

test("[FK2] two who name one number with two hashes are both looked at", () => {
  const claims = new Claims();
  claims.name({ c: 1, device: "d", dep: dep(1, 9, 1) });
  claims.name({ c: 1, device: "e", dep: dep(1, 9, 2) });
  expect(claims.takeNamed().map((it) => it.device)).toEqual(["d", "e"]);
});

test("[HE12] the farthest claim of a log holds, with who made any, the newest first", () => {
  const claims = new Claims();
  claims.claim(1, "log", 5, "d");
  // A lie hides nobody who claimed before it, or claims less after it.
  claims.claim(1, "log", 4_000_000_000, "e");
  claims.claim(1, "log", 6, "f");
  const devices = ["f", "e", "d"];
  expect(claims.all()).toEqual([{ c: 1, log: "log", upTo: 4_000_000_000, devices }]);
  for (const device of ["h", "i", "j", "k"]) claims.claim(1, "log", 7, device);
  expect(claims.claimOf(1, "log")?.devices).toEqual(["k", "j", "i", "h"]);
});

test("[HE12] who names what nobody wrote hides nothing that another one names", () => {
  const claims = new Claims();
  claims.name({ c: 1, device: "d", dep: dep(1, 4_000_000_000) });
  claims.name({ c: 1, device: "e", dep: dep(1, 5) });
  expect(claims.takeNamed().map((it) => [it.device, it.dep.seq])).toEqual([
    ["d", 4_000_000_000],
    ["e", 5],
  ]);
});

test("[HE12] whoever claims without end crowds out nothing that another one claims", () => {
  const claims = new Claims();
  claims.claim(1, "alone", 1, "e");
  claims.claim(1, "both", 1, "e");
  claims.claim(1, "both", 1, "d");
  for (let n = 0; n < 1_500; n += 1) claims.claim(1, `${n}`, 1, "d");
  expect(claims.all()).toHaveLength(2 + CLAIMS_OF_DEVICE_MAX);
  for (const log of ["alone", "both"]) expect(claims.claimOf(1, log)?.devices).toEqual(["e"]);
});

test("[HE12] whoever claims without end makes us remember the newest thousand", () => {
  const claims = new Claims();
  for (let n = 0; n < 1_500; n += 1) {
    claims.claim(1, `${n}`, 1, `d${n}`);
    claims.name({ c: 1, device: "d", dep: dep(n, 1) });
    claims.doubt({ c: 1, log: `${n}`, seq: 1, device: "d" });
  }
  expect(claims.all()).toHaveLength(1_000);
  expect(claims.all()[0]?.log).toBe("500");
  expect(claims.doubts()).toHaveLength(1_000);
  expect(claims.takeNamed()).toHaveLength(1_000);
});
