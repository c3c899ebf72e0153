/**
 * What a person does with links into a group: makes and takes back, lets in and refuses who used one.
 * docs/protocol/groups.md, "Links".
 */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { INVITE_SECRET_BYTES, inviteLinkOf } from "../../crypto/invite/link.ts";
import { inviteTagOf } from "../../crypto/invite/record.ts";
import { append } from "../channel/append.ts";
import { bytesOf, type Channel, channelOf } from "../channel/channels.ts";
import { INVITE_LIFE_MS, inviteRow, makeRoom } from "../contact/invites.ts";
import { type LinkBody, LINK_USES_MAX } from "../entry/link-body.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { WriteTx } from "../store/store.ts";
import { addByLink, type GroupError, mayDo } from "./acts.ts";
import { OWN_DOORS_MAX } from "./doors.ts";
import { followEntry } from "./follow.ts";
import { isLive, linkOf } from "./links.ts";
import { rosterRowOf } from "./rosters.ts";

/** Links into one group that work at the same time. */
export const LIVE_LINKS_MAX = 8;
/** A link lives a minute to 30 days, all but an hour: as long as a relay keeps what lies behind it. */
export const LINK_LIFE_MS_MIN = 60_000;
export const LINK_LIFE_MS_MAX = INVITE_LIFE_MS;

export type LinkTerms = {
  /** How many people may come in by it, 1 to 500; null: any number. */
  readonly uses: number | null;
  readonly expiresInMs: number;
  /** Does an admin have to say yes to each? */
  readonly approval: boolean;
};

export type MadeGroupLink = { readonly tag: Hex; readonly link: string };

type Done = Promise<Result<void, GroupError>>;

/** `at`: our home relay, and where the app is served. The relay has still to hear of it. */
export async function makeGroupLink(
  tx: WriteTx,
  context: OpenContext,
  c: number,
  { uses, expiresInMs, approval }: LinkTerms,
  at: { readonly homeUrl: string; readonly appUrl: string },
): Promise<Result<MadeGroupLink, GroupError>> {
  const { self, nowMs, random, effects } = context;
  const allowed = await mayDo(tx, context, c, { type: "invite" });
  if (!allowed.ok) return allowed;
  const isCount = uses === null || (Number.isInteger(uses) && uses >= 1 && uses <= LINK_USES_MAX);
  if (!isCount) return err({ type: "UsesOutOfRange", limit: LINK_USES_MAX });
  if (!(expiresInMs >= LINK_LIFE_MS_MIN && expiresInMs <= LINK_LIFE_MS_MAX)) {
    return err({ type: "LifeOutOfRange", limit: LINK_LIFE_MS_MAX });
  }
  const live = ((await rosterRowOf(tx, c)).links ?? []).filter((it) => isLive(it, nowMs));
  const doors = (await tx.range("invites", "primary", {})).filter(
    (it) => it.group !== undefined && it.isWithdrawn !== true && it.expiresAtMs > nowMs,
  );
  const isFull = live.length >= LIVE_LINKS_MAX || doors.length >= OWN_DOORS_MAX;
  if (isFull) return err({ type: "LinksTooMany", limit: LIVE_LINKS_MAX });
  await makeRoom(tx, nowMs);
  const secret = random(INVITE_SECRET_BYTES);
  const expiresAtS = Math.floor((nowMs + expiresInMs) / 1_000);
  const relayUrl = at.homeUrl;
  const account = bytesOf(self.account);
  const link = inviteLinkOf(at.appUrl, { leadsTo: "group", account, secret, expiresAtS, relayUrl });
  const tag = toHex(inviteTagOf(secret));
  const group = { channel: allowed.value.id, link: tag, told: "" };
  await inviteRow(tx, { secret, link, expiresAtMs: expiresAtS * 1_000, nowMs }, random, group);
  effects.upkeep();
  const made = { secret, uses, expiresAtS, approval, relayUrl };
  await say(tx, context, allowed.value, { tag: bytesOf(tag), made, refused: null });
  return ok({ tag, link });
}

/** It leads nowhere any more, whoever made it. */
export async function withdrawGroupLink(
  tx: WriteTx,
  context: OpenContext,
  c: number,
  tag: Hex,
): Done {
  const allowed = await mayDo(tx, context, c, { type: "invite" });
  if (!allowed.ok) return allowed;
  const link = await linkOf(tx, c, tag);
  if (link === undefined) return err({ type: "LinkUnknown" });
  if (link.over === "withdrawn") return ok(undefined);
  await say(tx, context, allowed.value, { tag: bytesOf(tag), made: null, refused: null });
  return ok(undefined);
}

export async function approveJoin(
  tx: WriteTx,
  context: OpenContext,
  c: number,
  account: Hex,
): Done {
  const join = (await rosterRowOf(tx, c)).joins?.find((it) => it.account === account);
  if (join === undefined) return err({ type: "JoinUnknown" });
  return addByLink(tx, context, c, account, join.tag);
}

/** They hear it, and cannot ask again by the same link. */
export async function refuseJoin(tx: WriteTx, context: OpenContext, c: number, account: Hex): Done {
  const allowed = await mayDo(tx, context, c, { type: "invite" });
  if (!allowed.ok) return allowed;
  const join = (await rosterRowOf(tx, c)).joins?.find((it) => it.account === account);
  if (join === undefined) return err({ type: "JoinUnknown" });
  const said = { tag: bytesOf(join.tag), made: null, refused: bytesOf(account) };
  await say(tx, context, allowed.value, said);
  return ok(undefined);
}

/** We used a link and do not want to wait any longer, or were refused: the chat goes. */
export async function giveUpJoin(tx: WriteTx, { self }: OpenContext, c: number): Done {
  const row = await tx.get("rosters", c);
  if (row?.joining === undefined) return err({ type: "ChannelUnknown" });
  const { joining: _, ...rest } = row;
  const isIn = row.members.some((it) => it.account === self.account);
  const ops = await tx.range("rosterOps", "primary", { lower: [c], upper: [c], limit: 1 });
  // Of a group that we were in before the history stays.
  if (isIn || ops.length > 0) {
    await tx.put("rosters", rest);
  } else {
    await tx.delete("rosters", c);
    await tx.delete("channels", c);
  }
  return ok(undefined);
}

async function say(
  tx: WriteTx,
  context: OpenContext,
  { c }: Channel,
  body: LinkBody,
): Promise<void> {
  const channel = await channelOf(tx, c);
  if (channel === undefined) return;
  const appended = await append(tx, { ...context, channel }, { type: "link", ...body });
  await followEntry(tx, context, appended);
}
