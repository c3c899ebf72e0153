/** What the rules of one operation work with. */
import type { Backing } from "./backing.ts";
import type { Queues } from "./queues.ts";
import type { RecentEnvelopes } from "./recent-envelopes.ts";

export type StoreBounds = {
  readonly mailboxMessagesMax: number;
  readonly mailboxBytesMax: number;
  readonly messageTtlMs: number;
  readonly slotTtlMs: number;
  readonly mailboxBlobBytesMax: number;
};

export type StoreContext = {
  readonly backing: Backing;
  readonly queues: Queues;
  readonly recent: RecentEnvelopes;
  readonly bounds: StoreBounds;
  readonly nowMs: number;
  /** Called before the first write to the backing. */
  readonly write: () => void;
};

const DAY_MS = 86_400_000;
export const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);
