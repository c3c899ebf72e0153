/** Putting a question to some devices, and choosing whom to put it to. */
import type { Random } from "../../crypto/base/random.ts";
import type { Self } from "../account/self.ts";
import { sendControl } from "../outbox/control.ts";
import type { Effects } from "../receive/effects.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import type { Asked } from "./asked.ts";
import type { Claims } from "./claims.ts";

export type AskContext = {
  readonly self: Self;
  readonly nowMs: number;
  readonly random: Random;
  readonly effects: Pick<Effects, "upkeep">;
  readonly asked: Asked;
  readonly claims: Claims;
};

/** Questions sent, and how long until the next one is due; Infinity: nothing else can be asked for. */
export type Round = { readonly sent: number; readonly waitMs: number };

/** One of them, or none. */
export function anyOf<T>(random: Random, all: readonly T[]): readonly T[] {
  const [high = 0, low = 0] = random(2);
  const chosen = all[(high * 256 + low) % Math.max(1, all.length)];
  return chosen === undefined ? [] : [chosen];
}

/** How many of the devices were sent the question. */
export async function ask(
  tx: WriteTx,
  { self, nowMs, random, effects }: AskContext,
  devices: readonly DeviceRow[],
  payload: Uint8Array,
): Promise<number> {
  let sent = 0;
  for (const device of devices) {
    const told = { payloads: [payload], before: null, psk: null };
    const input = { self, device, nowMs, random, effects, ...told };
    if (await sendControl(tx, input)) sent += 1;
  }
  return sent;
}

/** The same of what is asked for under these names: if nobody could be sent the question it does not count. */
export async function askAbout(
  tx: WriteTx,
  context: AskContext,
  names: readonly string[],
  devices: readonly DeviceRow[],
  payload: Uint8Array,
): Promise<number> {
  const sent = await ask(tx, context, devices, payload);
  const isUnsent = sent === 0 && devices.length > 0;
  if (isUnsent) for (const name of names) context.asked.unsent(name);
  return sent;
}
