/**
 * A device's store at work in Chromium, by the code of the engine on the app's own database, without
 * relay and screen: writing a message, and taking in thousands.
 */
import type { Guest, World } from "./app-world.ts";
import { openDevicePage, textOf } from "./device-page/site.ts";
import { sideOf } from "./history.ts";
import { writeMail } from "./mail.ts";

/** About as many as arrive while those before are committed. */
const BATCH = 128;

/** Milliseconds until a message to the guest is durable, once a message. They are sent later. */
export async function appendTimes(
  world: World,
  { adaC }: Guest,
  messages: number,
): Promise<readonly number[]> {
  const page = await openDevicePage(world.context, world.url);
  const times = await page.evaluate(async ([c, count]) => window.deviceLab.appendTimes(c, count), [
    adaC,
    messages,
  ] as const);
  await page.close();
  return times;
}

/** Milliseconds a message, of so many from the guest. */
export async function receiveMs(
  world: World,
  { person, c }: Guest,
  messages: number,
): Promise<number> {
  const mail = textOf(await writeMail(await sideOf(person.store, c), messages));
  const page = await openDevicePage(world.context, world.url);
  const ms = await page.evaluate(async ([list, batch]) => window.deviceLab.receiveMs(list, batch), [
    mail,
    BATCH,
  ] as const);
  await page.close();
  return ms / messages;
}
