/** A fault, planted into the real sources: which promise it breaks, and where that is seen. */
import type { Edit } from "./edits.ts";
import type { Profile } from "./plan.ts";

export type Mutant = {
  readonly name: string;
  readonly profile: Profile;
  /** Promises of which it must break one. */
  readonly breaks: readonly string[];
  readonly edits: readonly Edit[];
  /** No seed before this one shows it: they are left out, for they take time. 0 when absent. */
  readonly from?: number;
};
