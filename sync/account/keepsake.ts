/**
 * A note outside the database of how often the device was opened: when it says more than the database
 * knows, the storage was put back, and we begin anew before anything is written. docs/protocol/sync.md,
 * [HE20].
 *
 * What others hold of ours shows the same ([HE8]), but not before they are reached.
 */
import type { Random } from "../../crypto/base/random.ts";
import type { Store } from "../store/store.ts";
import { BEGIN_ANEW_TABLES, beginAnew } from "./rollback.ts";
import type { Self } from "./self.ts";

/** Where one line of text outlives the database, or what was put back into it. It never throws. */
export type Keepsake = {
  readonly read: () => Promise<string | null>;
  readonly write: (text: string) => Promise<void>;
};

/** Name of the meta row: how often the device was opened. */
const OPENED = "opened";
/** A note that claims more was not written by us. */
const OPENED_MAX = 1_000_000_000;

/** Who we are from now on: as `self`, or with new logs ahead of us. */
export async function compareKeepsake(
  { store, keepsake, random }: KeepsakeDeps,
  self: Self,
  nowMs: number,
): Promise<Self> {
  if (keepsake === undefined) return self;
  const kept = openedIn(await keepsake.read(), self);
  const { now, opened } = await store.write(BEGIN_ANEW_TABLES, async (tx) => {
    const row = await tx.get("meta", OPENED);
    const known = typeof row?.v === "number" ? row.v : 0;
    const isPutBack = kept > known;
    const count = Math.max(kept, known) + 1;
    await tx.put("meta", { k: OPENED, v: count });
    return { now: isPutBack ? await beginAnew(tx, self, nowMs, random) : self, opened: count };
  });
  await keepsake.write(`${self.device} ${opened}`);
  return now;
}

export type KeepsakeDeps = {
  readonly store: Store;
  readonly random: Random;
  readonly keepsake?: Keepsake | undefined;
};

/** 0 when it is of another device, or of nobody. */
function openedIn(text: string | null, { device }: Self): number {
  const [who, count = ""] = (text ?? "").split(" ");
  const opened = who === device && /^\d{1,10}$/u.test(count) ? Number(count) : 0;
  return opened <= OPENED_MAX ? opened : 0;
}
