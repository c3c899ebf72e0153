/** What every step of taking something in is given, and what can come of an envelope. */
import type { Random } from "../../crypto/base/random.ts";
import type { Self } from "../account/self.ts";
import type { Effects } from "./effects.ts";

export type OpenContext = {
  readonly self: Self;
  readonly nowMs: number;
  readonly random: Random;
  readonly effects: Effects;
};

/**
 * `done`: dealt with for good, for channel `c` (0 = none). `held`: its chain is not known yet; kept.
 * `dropped`: it will never open. All may be acknowledged once committed.
 */
export type OpenOutcome =
  | { readonly type: "done"; readonly c: number }
  /** A live frame: it may come as often as it likes, so it is not remembered. */
  | { readonly type: "live" }
  | { readonly type: "held" }
  | { readonly type: "dropped"; readonly why: string };
