/** Knowing what is missing and getting it: asking, and telling others what we have, in one part. */
import type { Effects } from "../receive/effects.ts";
import { type HealDeps, openHealer } from "./healer.ts";
import { openTeller, type TellerDeps } from "./teller.ts";

export type Healing = {
  /** Something arrived or changed: look whether anything is missing, in a while. */
  readonly look: () => void;
  /** We wrote there. */
  readonly wrote: (c: number) => void;
  /** What we hold of this channel changed. */
  readonly changed: (c: number) => void;
  /** A device is not where its card says. */
  readonly lost: () => void;
  /** The device was opened. */
  readonly started: () => void;
  /** Our relay lost what it held for us. */
  readonly robbed: () => void;
  /** What takes in entries and vectors tells. */
  readonly effects: Pick<Effects, "named" | "claimed" | "doubted" | "forked">;
  readonly close: () => void;
};

export function openHealing(deps: Omit<HealDeps, "behind"> & Omit<TellerDeps, "lost">): Healing {
  const teller = openTeller({ ...deps, lost: () => healer.lost() });
  const healer = openHealer({ ...deps, behind: teller.behind });
  return {
    look: healer.look,
    lost: healer.lost,
    wrote: teller.changed,
    changed: (c) => {
      healer.changed(c);
      teller.changed(c);
    },
    started: teller.started,
    robbed: teller.robbed,
    effects: {
      named: (named) => healer.claims.name(named),
      claimed: (c, log, upTo, device) => healer.claims.claim(c, log, upTo, device),
      doubted: (doubt) => {
        healer.claims.doubt(doubt);
        healer.look();
      },
      forked: teller.forked,
    },
    close: () => {
      healer.close();
      teller.close();
    },
  };
}
