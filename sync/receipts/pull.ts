/**
 * Receipts in groups that are so large that nobody tells them unasked: asked for when a person wants to
 * know, of some members at a time. docs/protocol/sync.md, [CU12].
 */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import type { Self } from "../account/self.ts";
import { bytesOf, type Channel, channelOf, logsOf } from "../channel/channels.ts";
import { channelWith, recipientsOf } from "../channel/members.ts";
import type { Timers } from "../clock/timers.ts";
import { groupMembers, RECEIPTS_TO_AUTHORS_MAX } from "../group/rosters.ts";
import { takeTurn } from "../heal/answers.ts";
import type { Lane } from "../lane.ts";
import { hasKnown, maxKnown } from "../log/known.ts";
import {
  CONTROLS_WAITING_MAX,
  controlsWaiting,
  putControl,
  sendControl,
} from "../outbox/control.ts";
import { handTo } from "../outbox/hand-to.ts";
import { SEAL_TABLES } from "../outbox/seal.ts";
import type { CursorWant } from "../payload/cursor-want.ts";
import { encodePayload } from "../payload/payload.ts";
import type { Effects } from "../receive/effects.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { DeviceRow, TableName } from "../store/rows.ts";
import type { Store, WriteTx } from "../store/store.ts";
import { deliveredOf, sealCursor } from "./receipts.ts";

/** Members that are asked at a time. */
export const PULL_MEMBERS_MAX = 64;
/** … and no more often than this in one group. */
export const PULL_EVERY_MS = 30_000;
const PULL_TABLES: readonly TableName[] = [...new Set([...SEAL_TABLES, "rosters" as const])];

export type Receiving = {
  /**
   * Asks members of a large group what they hold and have read; the answers come as rows of `cursors`.
   * `asked`: how many now; 0 when that was done a moment ago, or everybody has told already.
   */
  readonly ask: (c: number) => Promise<Result<{ readonly asked: number }, PullError>>;
};
/** Of a channel whose members tell it by themselves. */
export type PullError = { readonly type: "NotAGroup" };

export type PullDeps = {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  readonly random: Random;
  readonly self: () => Self | undefined;
  readonly wake: () => void;
  readonly effects: Pick<Effects, "upkeep">;
};

export function openReceiving(deps: PullDeps): Receiving {
  const askedAtMs = new Map<number, number>();
  return {
    ask: async (c) => {
      const self = deps.self();
      const nowMs = deps.timers.now();
      if (self === undefined) return err({ type: "NotAGroup" });
      const sinceMs = nowMs - (askedAtMs.get(c) ?? -PULL_EVERY_MS);
      if (sinceMs >= 0 && sinceMs < PULL_EVERY_MS) return ok({ asked: 0 });
      const asked = await deps.lane.run(() =>
        deps.store.write(PULL_TABLES, (tx) => askSome(tx, { ...deps, self, nowMs }, c)),
      );
      if (asked === undefined) return err({ type: "NotAGroup" });
      askedAtMs.set(c, nowMs);
      if (asked > 0) deps.wake();
      return ok({ asked });
    },
  };
}

type AskDeps = Pick<PullDeps, "random" | "effects"> & {
  readonly self: Self;
  readonly nowMs: number;
};

/** One device each of members who have not told of our newest entry, in an order of chance. */
async function askSome(
  tx: WriteTx,
  { self, nowMs, random, effects }: AskDeps,
  c: number,
): Promise<number | undefined> {
  const channel = await channelOf(tx, c);
  const members = channel === undefined ? [] : await groupMembers(tx, channel);
  if (channel === undefined || members.length <= RECEIPTS_TO_AUTHORS_MAX) return undefined;
  const own = (await logsOf(tx, c)).findLast((it) => it.own && maxKnown(it.known) > 0);
  const cursors = await tx.range("cursors", "primary", { lower: [c], upper: [c] });
  const told = new Set(
    cursors.flatMap((it) =>
      own !== undefined && hasKnown(deliveredOf(it, own.log), maxKnown(own.known))
        ? [it.account]
        : [],
    ),
  );
  const byAccount = new Map<Hex, DeviceRow>();
  for (const device of await recipientsOf(tx, self, channel)) {
    const isDue = device.account !== self.account && !told.has(device.account);
    if (isDue && !byAccount.has(device.account)) byAccount.set(device.account, device);
  }
  const lots = [...byAccount.values()].map((device) => ({ device, lot: toHex(random(4)) }));
  let asked = 0;
  for (const { device } of lots.toSorted((x, y) => (x.lot < y.lot ? -1 : 1))) {
    if (asked >= PULL_MEMBERS_MAX) break;
    const payloads = [encodePayload("cursorWant", { channel: bytesOf(channel.id) })];
    const input = { self, device, payloads, before: null, psk: null, nowMs, random, effects };
    if (await sendControl(tx, input)) asked += 1;
  }
  return asked;
}

/** One answer in a while. */
export async function answerCursorWant(
  tx: WriteTx,
  context: OpenContext,
  from: DeviceRow,
  want: CursorWant,
): Promise<void> {
  const { self, nowMs, random } = context;
  const channel = await channelWith(tx, self, from.account, want.channel);
  if (channel?.kind !== "group" || !(await takeTurn(tx, context, from))) return;
  // Whoever has written nothing here has handed their chain to nobody.
  const holders = (await tx.get("ownChains", channel.c))?.holders ?? [];
  if (!holders.includes(from.device)) await handTo(tx, context, channel, from);
  if ((await tellCursor(tx, { self, nowMs, random }, channel, from.device)) > 0) {
    context.effects.wake();
  }
}

/**
 * Our cursor, for one device alone; under our chain's live key, like every other. Answers how many went: none while
 * more waits for the device than it can have asked for in good faith. Rule [OB13].
 */
export async function tellCursor(
  tx: WriteTx,
  { self, nowMs, random }: Omit<AskDeps, "effects">,
  channel: Channel,
  id: Hex,
): Promise<0 | 1> {
  if ((await controlsWaiting(tx, id, null)) >= CONTROLS_WAITING_MAX) return 0;
  const device = await tx.get("devices", id);
  const cursor =
    device === undefined ? "nobody" : await sealCursor(tx, self, channel, random, device);
  if (device === undefined || typeof cursor === "string") return 0;
  const isApart = cursor.unread?.devices.includes(id) === true;
  if (!isApart && !cursor.devices.includes(id)) return 0;
  const body = isApart && cursor.unread !== undefined ? cursor.unread.body : cursor.body;
  await putControl(tx, { self, nowMs }, body, [device], { to: id });
  return 1;
}
