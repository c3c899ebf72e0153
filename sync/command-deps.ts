/** What a person's commands are carried out with. */
import type { Random } from "../crypto/base/random.ts";
import type { Self } from "./account/self.ts";
import type { UpkeepDeps } from "./account/upkeep.ts";
import type { Timers } from "./clock/timers.ts";
import type { Lane } from "./lane.ts";
import type { Effects } from "./receive/effects.ts";
import type { Store } from "./store/store.ts";

export type CommandDeps = UpkeepDeps & {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  readonly random: Random;
  readonly appUrl: string;
  readonly self: () => Self | undefined;
  readonly effects: Effects;
  readonly tend: () => Promise<void>;
  readonly started: (self: Self) => void;
};
