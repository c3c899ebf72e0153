/** Putting a question to some devices, and choosing whom to put it to. */
import type { Hex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import type { Self } from "../account/self.ts";
import { isOpen } from "../contact/sessions.ts";
import { sendControl } from "../outbox/control.ts";
import type { Effects } from "../receive/effects.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import type { Asked } from "./asked.ts";
import type { Claims } from "./claims.ts";

export type AskContext = {
  readonly self: Self;
  readonly nowMs: number;
  readonly random: Random;
  readonly effects: Pick<Effects, "upkeep">;
  readonly asked: Asked;
  readonly claims: Claims;
  /** A device could not be asked: there is neither a session with it nor prekeys of it. */
  readonly unopened: (device: Hex) => void;
};

/** Questions sent, and how long until the next one is due; Infinity: nothing else can be asked for. */
export type Round = { readonly sent: number; readonly waitMs: number };

/** One of them, or none. */
export function anyOf<T>(random: Random, all: readonly T[]): readonly T[] {
  const [high = 0, low = 0] = random(2);
  const chosen = all[(high * 256 + low) % Math.max(1, all.length)];
  return chosen === undefined ? [] : [chosen];
}

/** Looked at to find one that can be asked at once. */
const CHOICE_MAX = 16;

/**
 * One of them, or none. If nothing can be sealed for it yet, another one as well for whom it can: its prekeys are
 * fetched for the next time. Rule [HE23].
 */
export async function anyOpenOf(
  tx: ReadTx,
  { random, nowMs }: Pick<AskContext, "random" | "nowMs">,
  all: readonly DeviceRow[],
): Promise<readonly DeviceRow[]> {
  const left = [...all];
  const chosen: DeviceRow[] = [];
  for (let n = 0; n < CHOICE_MAX; n += 1) {
    const [device] = anyOf(random, left);
    if (device === undefined) break;
    const canBeAsked = await isOpen(tx, device, nowMs);
    if (chosen.length === 0 || canBeAsked) chosen.push(device);
    if (canBeAsked) break;
    left.splice(left.indexOf(device), 1);
  }
  return chosen;
}

/** How many of the devices were sent the question. The prekeys of those who could not be are wanted. */
export async function ask(
  tx: WriteTx,
  { self, nowMs, random, effects, unopened }: AskContext,
  devices: readonly DeviceRow[],
  payload: Uint8Array,
): Promise<number> {
  let sent = 0;
  for (const device of devices) {
    const told = { payloads: [payload], before: null, psk: null };
    const input = { self, device, nowMs, random, effects, ...told };
    if (await sendControl(tx, input)) sent += 1;
    else if (!(await isOpen(tx, device, nowMs))) unopened(device.device);
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
