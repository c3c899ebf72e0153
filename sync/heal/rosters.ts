/**
 * Asking for ops of a group that others named and that are not here: of any member, and when none had them of who
 * named them. docs/protocol/groups.md, [GP9] and [GP31].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import { bytesOf, channelOf } from "../channel/channels.ts";
import { recipientsOf } from "../channel/members.ts";
import { reachableDevices } from "../contact/contacts.ts";
import { declinedWithRoom, forgetDeclined } from "../group/bringers.ts";
import { rosterOf } from "../group/rosters.ts";
import type { RosterRow } from "../group/rows.ts";
import { encodePayload } from "../payload/payload.ts";
import type { ContactRow, DeviceRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { anyOpenOf, askAbout, type AskContext, type Round } from "./ask.ts";
import { HEAL_TRIES_MAX } from "./asked.ts";

/** After so many questions to members who named it is asked as well, though they are out. */
const MEMBERS_ASKED_FIRST = 1;

/** `contacts`: all that there are. */
export async function wantRosters(
  tx: WriteTx,
  context: AskContext,
  contacts: readonly ContactRow[],
): Promise<Round> {
  const { asked, nowMs, self } = context;
  let sent = 0;
  let waitMs = Infinity;
  for (const row of await tx.range("rosters", "primary", {})) {
    if (!row.isBehind && row.waits.length === 0) continue;
    const channel = await channelOf(tx, row.c);
    if (channel === undefined) continue;
    const members = await recipientsOf(tx, self, channel);
    const others = await formerWriters(tx, row);
    if (members.length + others.length === 0) continue;
    const name = `roster ${channel.id}`;
    const pauseMs = asked.waitMs(name, nowMs);
    waitMs = Math.min(waitMs, pauseMs);
    if (pauseMs > 0) continue;
    const isMore = asked.times(name) > MEMBERS_ASKED_FIRST || members.length === 0;
    const more = isMore ? await anyOpenOf(tx, context, others) : [];
    const devices = [...(await anyOpenOf(tx, context, members)), ...more];
    const payload = encodePayload("rosterWant", { channel: bytesOf(channel.id) });
    sent += await askAbout(tx, context, [name], devices, payload);
  }
  // Rule [GP31]: since the person answered, or left, others of theirs there is room for these.
  for (const { account, channel } of await declinedWithRoom(tx, self, contacts)) {
    const name = `roster ${channel}`;
    const pauseMs = asked.waitMs(name, nowMs);
    waitMs = Math.min(waitMs, pauseMs);
    if (pauseMs > 0) continue;
    // Perhaps we were removed from it meanwhile: then there is nothing to say of it.
    if (asked.times(name) > HEAL_TRIES_MAX) await forgetDeclined(tx, account, channel);
    const devices = await anyOpenOf(tx, context, await reachableDevices(tx, account));
    const payload = encodePayload("rosterWant", { channel: bytesOf(channel) });
    sent += await askAbout(tx, context, [name], devices, payload);
  }
  return { sent, waitMs };
}

/** Devices of contacts who wrote what waits and are out: of an op that reached nobody else they alone know. */
async function formerWriters(tx: ReadTx, { c, waits }: RosterRow): Promise<readonly DeviceRow[]> {
  const { members, ledger } = await rosterOf(tx, c);
  const accounts = new Set<Hex>(ledger.graph.waiting.map(({ author }) => author));
  for (const [a] of waits) {
    const log = await tx.get("logs", a);
    if (log !== undefined) accounts.add(log.account);
  }
  const out = [...accounts].filter((it) => !members.has(it));
  return (await Promise.all(out.map((it) => reachableDevices(tx, it)))).flat();
}
