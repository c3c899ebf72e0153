/**
 * What befalls a device from outside, and what it does then: a relay comes back or has lost its store, the
 * clock is set, the storage was rolled back, a session is broken.
 */
import { type Hex, toHex } from "../crypto/base/hex.ts";
import type { Random } from "../crypto/base/random.ts";
import { compareKeepsake, type Keepsake } from "./account/keepsake.ts";
import { BEGIN_ANEW_TABLES, beginAnew } from "./account/rollback.ts";
import type { Self } from "./account/self.ts";
import type { Timers } from "./clock/timers.ts";
import type { Lane } from "./lane.ts";
import { bundleOf } from "./outbox/bundles.ts";
import { forgiveClock, hurryAll, RESEND_TABLES, resendLost } from "./outbox/resend.ts";
import { greetDevice, SEAL_TABLES } from "./outbox/seal.ts";
import { type Effects, heldBack } from "./receive/effects.ts";
import type { Knocks } from "./session/knocks.ts";
import type { RelayHttp } from "./session/relay-http.ts";
import type { Store } from "./store/store.ts";

export type MishapDeps = {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  readonly random: Random;
  readonly keepsake: Keepsake | undefined;
  readonly effects: Effects;
  readonly self: () => Self | undefined;
  readonly httpOf: (url: string) => RelayHttp;
  readonly knocks: Knocks;
  /** What was put off goes on. */
  readonly resume: () => void;
};

/** Each settles when it is written down and under way. */
export type Mishaps = {
  /** A relay is there again: what was put off because it was away is due. */
  readonly reached: () => Promise<void>;
  /** The relay at `url` has this store; another one than before has lost what it held. */
  readonly welcomed: (url: string, storeInc: Uint8Array) => Promise<void>;
  readonly clockMoved: (byMs: number) => Promise<void>;
  /** Whatever changes state waits for it, also while the disk refuses: in the lane it is the first. Rule [HE20]. */
  readonly compareKeepsake: () => Promise<void>;
  /** Our storage is older than what we sent: from now on we write new logs, under new chains. */
  readonly rolledBack: () => Promise<void>;
  /** Our card on a new session: they learn that the old one is over, and answer on this one. */
  readonly sessionReset: (device: Hex) => Promise<void>;
};

export function openMishaps(deps: MishapDeps): Mishaps {
  const { store, lane, timers, random, effects, self, resume } = deps;
  const replaceSelf = (work: (now: Self) => Promise<Self>): Promise<void> =>
    lane.run(async () => {
      const now = self();
      if (now !== undefined) effects.selfChanged(await work(now));
    });
  return {
    reached: async () => {
      await lane.run(() => store.write(["outbox"], (tx) => hurryAll(tx, timers.now())));
      resume();
    },
    welcomed: async (url, storeInc) => {
      await lane.run(() =>
        store.write(RESEND_TABLES, (tx) => resendLost(tx, url, toHex(storeInc))),
      );
      resume();
    },
    clockMoved: async (byMs) => {
      await lane.run(() => store.write(["outbox"], (tx) => forgiveClock(tx, byMs)));
      resume();
    },
    compareKeepsake: () =>
      lane.first(async () => {
        const now = self();
        if (now !== undefined) effects.selfChanged(await compareKeepsake(deps, now, timers.now()));
      }),
    rolledBack: async () => {
      await replaceSelf((now) =>
        store.write(BEGIN_ANEW_TABLES, (tx) => beginAnew(tx, now, timers.now(), random)),
      );
      resume();
    },
    sessionReset: async (id) => {
      const bundle = await bundleOf(deps, id);
      const now = self();
      if (bundle === undefined || now === undefined) return;
      const held = heldBack(effects);
      const context = { self: now, nowMs: timers.now(), random, effects: held.effects };
      await lane.run(() => store.write(SEAL_TABLES, (tx) => greetDevice(tx, context, id, bundle)));
      held.release();
      effects.wake();
    },
  };
}
