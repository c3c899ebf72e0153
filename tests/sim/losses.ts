/** What befalls a device's storage: an old copy of it comes back, or it is gone. */
import type { Self } from "../../sync/account/self.ts";
import type { Change } from "./device-store.ts";
import type { Person } from "./person.ts";
import type { Step } from "./plan.ts";
import { backUp, comeBack } from "./returns.ts";
import { rowsOf } from "./rows-of.ts";
import type { World } from "./world.ts";

type PutBack = Extract<Step, { readonly do: "putBack" }>;
type Evict = Extract<Step, { readonly do: "evict" }>;

/**
 * As its disk is now it is again after a while; what was written meanwhile is gone. Where no note beside the disk
 * tells of it, a device goes on in logs that others have more of until it hears so: scenarios show that.
 */
export async function putBackLater(world: World, step: PutBack): Promise<void> {
  const who = world.person(step.who);
  // Whoever has no account yet has nothing to lose.
  if (world.witness.accountOf(who.name) === "") return;
  who.downMs = step.downMs;
  who.die("now");
  const copy = who.snapshot();
  await world.sleep(step.laterMs);
  who.downMs = step.downMs;
  who.die("now");
  if (copy === undefined || !who.restore(copy)) return;
  world.happened("an old copy of a disk comes back");
  world.trace(() => `an old copy of ${who.name}'s disk comes back`);
  world.witness.putBack(who.name, await rowsOf(who));
}

/**
 * What the device had is gone with its keys. The person sees that, and comes back: with a new device of the
 * same account. What the old one had told nobody is lost.
 */
export async function evictLater(world: World, step: Evict): Promise<void> {
  const who = world.person(step.who);
  if (world.witness.accountOf(who.name) === "") return;
  const held = world.witness.heldBy(who.name);
  const file = step.by === "backup" ? await backUp(world, who) : null;
  await world.sleep(step.laterMs);
  who.downMs = step.downMs;
  who.die("now");
  const secret = secretIn(await rowsOf(who));
  if (secret === null || !evict(world, who)) return;
  world.wishes += 1;
  await comeBack(world, who, { by: step.by, secret, file });
  if (file !== null) world.filed.push({ who: who.name, held });
  world.wishes -= 1;
}

function evict(world: World, who: Person): boolean {
  if (!who.evict()) return false;
  world.happened("a device's storage is evicted");
  world.trace(() => `${who.name}'s storage is evicted`);
  world.evicted.push(world.witness.evicted(who.name));
  return true;
}

/** What stands on the person's paper: the words, which are shown as long as nobody has confirmed them. */
function secretIn(rows: readonly Change[]): Uint8Array | null {
  for (const { table, row } of rows) {
    if (table === "meta" && row?.k === "self") return (row.v as Self).recoverySecret;
  }
  return null;
}
