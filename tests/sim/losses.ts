/** What befalls a device's storage: an old copy of it comes back. */
import type { Step } from "./plan.ts";
import { rowsOf } from "./rows-of.ts";
import type { World } from "./world.ts";

type PutBack = Extract<Step, { readonly do: "putBack" }>;

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
