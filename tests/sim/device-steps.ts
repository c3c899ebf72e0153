/** The end of a device in its account: another one puts it out, or it leaves by itself. */
import { say } from "./group-steps.ts";
import type { Person } from "./person.ts";
import type { World } from "./world.ts";

const LOOK_AGAIN_MS = 10_000;

/** Number of what it says last: no step says anything of this number. */
const LAST_WORD = 2_000_000;

/** What it still says, as long as it has not heard of it, counts for nothing; nobody looks after it any more. */
export async function revoke(world: World, who: Person, whom: Person): Promise<void> {
  if (!(await isRevoked(world, who, whom))) return;
  world.isOut.add(whom);
  world.putOut.add(whom);
  world.happened("a device is put out of its account");
  await say(world, whom, LAST_WORD);
}

/** Whoever dies of it finds it done, or does it again. */
async function isRevoked(world: World, who: Person, whom: Person): Promise<boolean> {
  const device = world.witness.deviceOf(whom.name);
  world.wishes += 1;
  let done = await who.use(({ devices }) => devices.revoke(device, []));
  while (done === undefined) {
    await world.sleep(LOOK_AGAIN_MS);
    done = await who.use(({ devices }) => devices.revoke(device, []));
  }
  world.wishes -= 1;
  return done.ok || done.error.type === "DeviceUnknown";
}

/** The person sees on their other device whether it is gone, and removes it there if it is not. */
export async function signOut(world: World, who: Person): Promise<void> {
  const device = world.witness.deviceOf(who.name);
  world.wishes += 1;
  await leave(world, who);
  world.wishes -= 1;
  world.isOut.add(who);
  who.retire();
  world.happened("a device leaves its account");
  const other = world.present.find((it) => it.owner === who.owner);
  world.wishes += 1;
  for (let isListed = other !== undefined; isListed;) {
    await world.sleep(LOOK_AGAIN_MS);
    const done = await other?.use(({ devices }) => devices.revoke(device, []));
    isListed = done?.ok !== true && done?.error.type !== "DeviceUnknown";
  }
  world.wishes -= 1;
}

/** Until it has left. When it died of it, the app shows that it is out, and offers to erase it. */
async function leave(world: World, who: Person): Promise<void> {
  for (;;) {
    const left = await who.use(({ devices }) => devices.leave());
    if (left?.ok === true) return;
    await world.sleep(LOOK_AGAIN_MS);
    if (await isOut(world, who)) return;
  }
}

async function isOut({ witness }: World, { name, store }: Person): Promise<boolean> {
  const own = await store?.read(["contacts"], (tx) => tx.get("contacts", witness.accountOf(name)));
  return own?.live.includes(witness.deviceOf(name)) === false;
}
