/**
 * Lets in by itself who used a link that asks nobody, when the device that made the link did not do it in
 * time. docs/protocol/groups.md, [GL10].
 */
import type { Random } from "../../crypto/base/random.ts";
import type { Self } from "../account/self.ts";
import type { Timers } from "../clock/timers.ts";
import type { Lane } from "../lane.ts";
import { type Effects, heldBack } from "../receive/effects.ts";
import { RECEIVE_TABLES } from "../receive/receive.ts";
import type { Store } from "../store/store.ts";
import { ADMIT_WAIT_MS, letInDue } from "./joins.ts";

/** From a sign that somebody may wait to looking who. */
const LOOK_MS = 1_000;
/** While people wait it is looked whether their link is still good. */
const LOOK_AGAIN_MS = 60_000;

export type AdmissionDeps = {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  readonly random: Random;
  readonly self: () => Self | undefined;
  readonly effects: Effects;
  readonly failed: (error: unknown) => void;
};

export type Admissions = {
  /** Somebody may have asked to be let in. */
  readonly look: () => void;
  readonly close: () => void;
};

export function openAdmissions(deps: AdmissionDeps): Admissions {
  let cancel: (() => void) | undefined;
  let isClosed = false;

  const plan = (inMs: number): void => {
    if (isClosed || cancel !== undefined) return;
    cancel = deps.timers.after(inMs, () => {
      cancel = undefined;
      round().catch(deps.failed);
    });
  };
  const round = async (): Promise<void> => {
    const { store, lane, timers, random } = deps;
    const self = deps.self();
    const isAnybody = await store.read(["rosters"], async (tx) =>
      (await tx.range("rosters", "primary", {})).some((it) => (it.joins ?? []).length > 0),
    );
    if (self === undefined || isClosed || !isAnybody) return;
    const held = heldBack(deps.effects);
    const nextMs = await lane.run(() => {
      const context = { self, nowMs: timers.now(), random, effects: held.effects };
      return store.write(RECEIVE_TABLES, (tx) => letInDue(tx, context));
    });
    const waitMs = Math.min(2 * ADMIT_WAIT_MS, Math.max(LOOK_MS, nextMs - timers.now()));
    plan(nextMs < Infinity ? waitMs : LOOK_AGAIN_MS);
    held.release();
  };
  return {
    look: () => plan(LOOK_MS),
    close: () => {
      isClosed = true;
      cancel?.();
    },
  };
}
