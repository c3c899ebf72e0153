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

/** It hears nothing of what its account has told it, as if its thief had seen to that. */
export async function deafen({ relay }: Pick<Three, "relay">, who: Person): Promise<void> {
  const [row] = await who.rows("mailboxes");
  await relay.lose(Uint8Array.from(Buffer.from(row?.mailbox ?? "", "hex")));
}
