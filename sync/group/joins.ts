/**
 * Who used a link into a group and asks to be let in: heard by any admin's device that has a door for that
 * link, and let in by it or by a person. docs/protocol/groups.md, [GL9] to [GL11].
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { joinProofOf } from "../../crypto/invite/group-record.ts";
import { bytesOf, type Channel, channelById, channelOf } from "../channel/channels.ts";
import { answerRosterWant } from "../heal/answers.ts";
import type { Join } from "../payload/join.ts";
import type { OpenContext } from "../receive/open-context.ts";
import { MEMBERS_MAX } from "../roster/may.ts";
import type { Roster } from "../roster/resolve.ts";
import type { ContactRow, DeviceRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { addByLink } from "./acts.ts";
import { isAdmin, isMain } from "./doors.ts";
import { isLive, linkOf, secretOf } from "./links.ts";
import { rosterOf, rosterRowOf } from "./rosters.ts";
import type { JoinRow } from "./rows.ts";
import { answerJoin, JOINS_MAX, settleJoins } from "./waiting.ts";

/** Other admins' devices leave the one that made the link so long to let somebody in, and as long again by chance. */
export const ADMIT_WAIT_MS = 4_000;
/** Who came in so often comes in again when a person says so: each time stays in the roster for good. */
export const COMINGS_MAX = 3;
/** A link that asks nobody lets in so many by itself: twice as many as a group has. */
export const LET_IN_MAX = 2 * MEMBERS_MAX;
type Asker = { readonly contact: ContactRow; readonly device: DeviceRow };

/** Somebody says that they used a link of a group that we are in. */
export async function takeJoin(
  tx: WriteTx,
  context: OpenContext,
  { contact, device }: Asker,
  join: Join,
): Promise<void> {
  const { self, effects, nowMs } = context;
  const { account } = contact;
  const channel = await channelById(tx, toHex(join.channel));
  const link = channel && (await linkOf(tx, channel.c, toHex(join.tag)));
  const secret = link && secretOf(link);
  const isProven =
    secret !== undefined &&
    equalBytes(join.proof, joinProofOf(secret, bytesOf(account), bytesOf(self.device)));
  if (channel === undefined || link === undefined || !isProven) return effects.dropped("join");
  if (!(await isAdmin(tx, channel.c, self.account))) return effects.dropped("join");
  const row = await rosterRowOf(tx, channel.c);
  if (row.members.some((it) => it.account === account)) {
    return answerRosterWant(tx, context, device, { channel: join.channel });
  }
  if (link.refused.includes(account)) {
    return answerJoin(tx, context, channel, account, link.tag, "refused");
  }
  if (!isLive(link, nowMs)) return answerJoin(tx, context, channel, account, link.tag, "over");
  const { joins = [] } = row;
  const roster = await rosterOf(tx, channel.c);
  const former = roster.former.get(account);
  const wasRemoved = former !== undefined && former.by !== account;
  const isWorn = link.used >= LET_IN_MAX || comingsOf(roster, account) >= COMINGS_MAX;
  const isAsked = link.approval || wasRemoved || isWorn;
  const door = await tx.get("invites", link.tag);
  if (!isAsked && door !== undefined && isMain(door)) {
    return letIn(tx, context, channel, account, link.tag);
  }
  const held = joins.find((it) => it.account === account);
  if (held === undefined && joins.length >= JOINS_MAX) return effects.dropped("joins full");
  const fresh: JoinRow = {
    account,
    tag: link.tag,
    atMs: held?.atMs ?? nowMs,
    ...(wasRemoved && { wasRemoved: true }),
    dueAtMs: isAsked ? null : (held?.dueAtMs ?? nowMs + admitWaitMs(context)),
  };
  const others = joins.filter((it) => it.account !== account);
  await tx.put("rosters", { ...row, joins: [...others, fresh] });
  effects.contacts();
  if (isAsked) await answerJoin(tx, context, channel, account, link.tag, "waits");
}

/** What does not count brought nobody in: else any member could wear somebody out. */
const comingsOf = ({ ledger: { graph, effects } }: Roster, account: Hex): number =>
  graph.ops.filter(
    ({ act }, place) => act.type === "add" && act.account === account && effects[place] === "enter",
  ).length;

/** So that not all admins' devices let the same person in at once. */
function admitWaitMs({ random }: OpenContext): number {
  const [chance = 0] = random(1);
  return ADMIT_WAIT_MS + Math.ceil((ADMIT_WAIT_MS * chance) / 255);
}

/** By the device itself. When the group is full they go on waiting, and a person sees that. */
async function letIn(
  tx: WriteTx,
  context: OpenContext,
  { c }: Channel,
  account: Hex,
  tag: Hex,
): Promise<void> {
  const added = await addByLink(tx, context, c, account, tag);
  if (added.ok) return;
  const row = await rosterRowOf(tx, c);
  const others = (row.joins ?? []).filter((it) => it.account !== account);
  const waits: JoinRow = { account, tag, atMs: context.nowMs, dueAtMs: null };
  await tx.put("rosters", { ...row, joins: [...others, waits].slice(0, JOINS_MAX) });
  context.effects.contacts();
}

/** Lets in whose time has come. Answers when the next one's comes; Infinity: nobody waits for that. */
export async function letInDue(tx: WriteTx, context: OpenContext): Promise<number> {
  let nextMs = Infinity;
  for (const { c, joins = [] } of await tx.range("rosters", "primary", {})) {
    if (joins.length === 0) continue;
    const channel = await channelOf(tx, c);
    if (channel === undefined) continue;
    await settleJoins(tx, context, channel);
    for (const { account, tag, dueAtMs } of (await rosterRowOf(tx, c)).joins ?? []) {
      if (dueAtMs === null) continue;
      // A clock that was set back makes nobody wait longer.
      const waitMs = dueAtMs - context.nowMs;
      if (waitMs <= 0 || waitMs > 2 * ADMIT_WAIT_MS)
        await letIn(tx, context, channel, account, tag);
      else nextMs = Math.min(nextMs, dueAtMs);
    }
  }
  return nextMs;
}
