/** Two devices of one account, and a contact. */
import { selfOf } from "./forge.ts";
import type { Person } from "./person.ts";
import { linked } from "./sibling.ts";
import { SECOND_MS, world, type World } from "./world.ts";

export type Three = World<"phone" | "laptop" | "bob">;

/** A phone and a laptop of one account, and a contact; nothing on its way. */
export async function three(): Promise<Three> {
  const them = await world(["phone", "laptop", "bob"]);
  const { phone, laptop, bob, pass, befriend } = them;
  await befriend(phone, bob);
  await linked(phone, laptop);
  await pass(20 * SECOND_MS);
  await laptop.say(bob, "from the laptop");
  await pass(20 * SECOND_MS);
  return them;
}

export const deviceOf = async (who: Person): Promise<string> => (await selfOf(who)).device;
