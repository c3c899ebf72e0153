/**
 * What a newcomer may read of the past: from where on, whether there is any to ask for, and until when it is
 * history. docs/protocol/groups.md, [GP8], [GP20] and [GP21].
 */
import { unreachable } from "../../crypto/base/assert.ts";
import type { Hex } from "../../crypto/base/hex.ts";
import type { Self } from "../account/self.ts";
import { type Channel, logsOf } from "../channel/channels.ts";
import { hlcOfMs } from "../clock/hlc.ts";
import { reachableDevices } from "../contact/contacts.ts";
import { maxKnown } from "../log/known.ts";
import type { HistoryPolicy } from "../roster/may.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { rosterOf } from "./rosters.ts";

/** Messages that are looked through for the first of a week; of a busier group newcomers read less. */
const WEEK_SCAN_MAX = 20_000;
const PAGE_ROWS = 500;
const WEEK_MS = 7 * 86_400_000;
/** Who may read from less than this before they came has nothing to ask for. */
const PAST_MS_MIN = 60_000;

/**
 * hEff from which on a newcomer reads. A clock that is ahead would put that out of reach, so it is never
 * beyond what is here.
 */
export async function floorFor(
  tx: ReadTx,
  c: number,
  policy: HistoryPolicy,
  nowMs: number,
): Promise<number> {
  let newest = { h: 0, writtenAtMs: 0 };
  for (const { a, known } of await logsOf(tx, c)) {
    const head = await tx.get("entries", [c, a, maxKnown(known)]);
    if (head !== undefined && head.h > newest.h) newest = head;
  }
  switch (policy) {
    case "none":
      return Math.min(hlcOfMs(nowMs), newest.h + 1);
    case "week":
      return weekFloor(tx, c, Math.min(nowMs, newest.writtenAtMs) - WEEK_MS);
    case "all":
      return 0;
    default:
      return unreachable(policy);
  }
}

/**
 * Behind the last message that is older. Places in time are no clock: after a silence of days the next message
 * stands a day behind the last. But who writes has the time of what they saw at least.
 */
async function weekFloor(tx: ReadTx, c: number, cutMs: number): Promise<number> {
  let upper: readonly number[] = [c, 1];
  let floor = 0;
  for (let seen = 0; seen < WEEK_SCAN_MAX; seen += PAGE_ROWS) {
    const rows = await tx.range("entries", "timeline", {
      lower: [c, 1],
      upper: [...upper],
      reverse: true,
      limit: PAGE_ROWS,
    });
    const older = rows.find((it) => it.writtenAtMs < cutMs);
    if (older !== undefined) return older.h + 1;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE_ROWS) return 0;
    floor = last.h;
    upper = [c, 1, last.h, last.b, last.s - 1];
  }
  return floor;
}

/** hEff of the op that brought the account into the group; 0: it is not here. */
export async function cameAt(tx: ReadTx, c: number, account: Hex): Promise<number> {
  const op = (await rosterOf(tx, c)).members.get(account)?.op;
  const rows = await tx.range("rosterOps", "primary", { lower: [c], upper: [c] });
  const row = rows.find((it) => it.op.id === op);
  const entry = row === undefined ? undefined : await tx.get("entries", [c, row.a, row.s]);
  return entry?.h ?? 0;
}

/**
 * We are in it from now on: what we may read from before is asked for. So is what another device of ours has,
 * which may have been in it for long.
 */
export async function wantHistory(tx: WriteTx, self: Self, channel: Channel): Promise<void> {
  const own = (await rosterOf(tx, channel.c)).members.get(self.account);
  if (own === undefined || channel.history !== undefined) return;
  const sinceH = (await cameAt(tx, channel.c, self.account)) - own.floor;
  const siblings = (await reachableDevices(tx, self.account)).filter(
    (it) => it.device !== self.device,
  );
  if (sinceH < hlcOfMs(PAST_MS_MIN) && siblings.length === 0) return;
  await tx.put("channels", { ...channel, history: "wanted" });
}
