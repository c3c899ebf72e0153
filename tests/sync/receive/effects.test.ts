import { expect, test } from "vitest";

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
    backfilled: (c, left) => called.push(`backfilled ${c} ${left}`),
    edited: () => called.push("edited"),
    missing: () => called.push("missing"),
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
  held.effects.backfilled(3, 9);
  held.effects.edited();
  held.effects.missing();
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
    "backfilled 3 9",
    "edited",
    "missing",
    "rolledBack",
  ]);
});
