/**
 * Who waits to be let into a group: until they are in, were refused, or the link that they used is over; and
 * how we learn the same of ourselves. docs/protocol/groups.md, [GL12] to [GL14].
 */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { bytesOf, type Channel, channelById } from "../channel/channels.ts";
import { reachableDevices } from "../contact/contacts.ts";
import { controlsWaiting, sendControl } from "../outbox/control.ts";
import type { JoinAnswer } from "../payload/join.ts";
import { encodePayload } from "../payload/payload.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { ContactRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { isAdmin } from "./doors.ts";
import { isLive } from "./links.ts";
import { rosterRowOf } from "./rosters.ts";
import type { JoinRow } from "./rows.ts";

/** People who may wait to be let into one group. */
export const JOINS_MAX = 200;
/** Answers to one device that may be on their way. */
const ANSWERS_WAITING_MAX = 4;

/** Roster or links changed: who is in, was refused, or came by a link that is over waits no more. */
export async function settleJoins(
  tx: WriteTx,
  context: OpenContext,
  channel: Channel,
): Promise<void> {
  const row = await rosterRowOf(tx, channel.c);
  const { joins = [], links = [], members } = row;
  if (joins.length === 0) return;
  const mayDecide = await isAdmin(tx, channel.c, context.self.account);
  const isIn = new Set(members.map((it) => it.account));
  const linkByTag = new Map(links.map((it) => [it.tag, it]));
  const left: JoinRow[] = [];
  for (const join of joins) {
    const { account, tag } = join;
    const link = linkByTag.get(tag);
    if (isIn.has(account) || !mayDecide) continue;
    if (link?.refused.includes(account) === true) {
      await answerJoin(tx, context, channel, account, tag, "refused");
    } else if (link === undefined || !isLive(link, context.nowMs)) {
      await answerJoin(tx, context, channel, account, tag, "over");
    } else {
      // A removal since then makes every link ask.
      left.push(link.approval ? { ...join, dueAtMs: null } : join);
    }
  }
  const now = await rosterRowOf(tx, channel.c);
  await tx.put("rosters", { ...now, joins: left });
  if (left.length < joins.length) context.effects.contacts();
}

/** Tells somebody's devices how it stands. */
export async function answerJoin(
  tx: WriteTx,
  context: OpenContext,
  channel: Channel,
  account: Hex,
  tag: Hex,
  said: JoinAnswer["answer"],
): Promise<void> {
  const payload = encodePayload("joinAnswer", {
    channel: bytesOf(channel.id),
    tag: bytesOf(tag),
    answer: said,
  });
  for (const device of await reachableDevices(tx, account, true)) {
    if ((await controlsWaiting(tx, device.device, null)) >= ANSWERS_WAITING_MAX) continue;
    await sendControl(tx, { ...context, device, payloads: [payload], before: null, psk: null });
  }
  context.effects.wake();
}

/** An admin's device says what came of our wish to be let in. */
export async function takeJoinAnswer(
  tx: WriteTx,
  { effects, self }: OpenContext,
  { account }: ContactRow,
  { channel: id, tag, answer: said }: JoinAnswer,
): Promise<void> {
  const channel = await channelById(tx, toHex(id));
  const row = channel && (await tx.get("rosters", channel.c));
  const joining = row?.joining;
  const isOurs = joining?.tag === toHex(tag) && joining.admins.includes(account);
  if (row === undefined || joining === undefined || !isOurs) return effects.dropped("join answer");
  if (row.members.some((it) => it.account === self.account)) return;
  const state = said === "waits" ? "waiting" : said;
  await tx.put("rosters", { ...row, joining: { ...joining, state } });
}
