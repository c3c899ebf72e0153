import { expect, test } from "vitest";

import type { Self } from "../../../sync/account/self.ts";
import { type Effects, heldBack } from "../../../sync/receive/effects.ts";

test("[RX1] effects of a transaction are let go in order, and only when they are released", () => {
  const called: string[] = [];
  const effects: Effects = {
    wake: () => called.push("wake"),
    receipt: (c) => called.push(`receipt ${c}`),
    upkeep: () => called.push("upkeep"),
    contacts: () => called.push("contacts"),
    typing: (c, account, atMs) => called.push(`typing ${c} ${account} ${atMs}`),
    wrote: (c, account) => called.push(`wrote ${c} ${account}`),
    sessionReset: (device) => called.push(`sessionReset ${device}`),
    backfilled: (c, left, device) => called.push(`backfilled ${c} ${left} ${device}`),
    edited: () => called.push("edited"),
    missing: () => called.push("missing"),
    devices: () => called.push("devices"),
    named: ({ dep }) => called.push(`named ${dep.seq}`),
    claimed: (c, log, upTo, device) => called.push(`claimed ${c} ${log} ${upTo} ${device}`),
    doubted: ({ seq }) => called.push(`doubted ${seq}`),
    forked: (a) => called.push(`forked ${a}`),
    selfChanged: (self) => called.push(`selfChanged ${self.name}`),
    rolledBack: () => called.push("rolledBack"),
    dropped: (reason) => called.push(`dropped ${reason}`),
  };
  const held = heldBack(effects);
  held.effects.receipt(3);
  held.effects.typing(3, "bob", 7);
  held.effects.wrote(3, "bob");
  held.effects.sessionReset("d");
  held.effects.dropped("why");
  held.effects.wake();
  held.effects.upkeep();
  held.effects.contacts();
  held.effects.backfilled(3, 9, "ab");
  held.effects.edited();
  held.effects.missing();
  held.effects.devices();
  const dep = { tag: new Uint8Array(4), seq: 5, hash8: new Uint8Array(8) };
  held.effects.named({ c: 3, device: "d", dep });
  held.effects.claimed(3, "ab", 8, "d");
  held.effects.doubted({ c: 3, device: "d", log: "ab", seq: 6 });
  held.effects.forked(2);
  held.effects.selfChanged({ name: "Ann" } as Self);
  held.effects.rolledBack();
  expect(called).toEqual([]);
  held.release();
  expect(called).toEqual([
    "receipt 3",
    "typing 3 bob 7",
    "wrote 3 bob",
    "sessionReset d",
    "dropped why",
    "wake",
    "upkeep",
    "contacts",
    "backfilled 3 9 ab",
    "edited",
    "missing",
    "devices",
    "named 5",
    "claimed 3 ab 8 d",
    "doubted 6",
    "forked 2",
    "selfChanged Ann",
    "rolledBack",
  ]);
});
