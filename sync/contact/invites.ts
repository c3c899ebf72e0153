/**
 * Invites of our own: a link that works while we are offline, because what it leads to lies sealed at
 * our relay. One-time: a second person who uses it becomes a message request. crypto.md, First contact.
 */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import type { Result } from "../../crypto/base/result.ts";
import { INVITE_SECRET_BYTES, inviteLinkOf } from "../../crypto/invite/link.ts";
import { inviteTagOf, type RecordTooLong, sealInviteRecord } from "../../crypto/invite/record.ts";
import type { Self } from "../account/self.ts";
import { bytesOf } from "../channel/channels.ts";
import type { InviteRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { ID_BYTES } from "../wire/ids.ts";
import { INVITE_LIFE_MS_MAX, INVITES_PER_MAILBOX_MAX } from "../wire/limits.ts";
import {
  type CardContext,
  introductionOf,
  makeToken,
  ownCard,
  type TokenContext,
} from "./contacts.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** An hour short of what relays take, so that a clock that runs fast makes no refused invites. */
export const INVITE_LIFE_MS = INVITE_LIFE_MS_MAX - HOUR_MS;
/**
 * Links that work at the same time. Fewer than a relay keeps: it may have to tell that we moved, and
 * takes three records while another device is linked.
 */
export const LIVE_INVITES_MAX = INVITES_PER_MAILBOX_MAX - 4;
/** The token outlives the link: whoever used it on the last day is still reached by their first words. */
const INVITE_TOKEN_LIFE_MS = 2 * INVITE_LIFE_MS;

/** The newest invite that nobody used and that is good for another day. */
export async function openInvite(tx: ReadTx, nowMs: number): Promise<InviteRow | undefined> {
  const invites = await tx.range("invites", "primary", {});
  return invites
    .filter((it) => it.redeemedBy === null && it.isWithdrawn !== true && it.group === undefined)
    .filter((it) => it.expiresAtMs - nowMs > DAY_MS)
    .toSorted((a, b) => b.createdAtMs - a.createdAtMs)[0];
}

/** Whoever still has the link is told that nothing lies behind it. */
export async function withdrawInvite(tx: WriteTx, tag: Hex): Promise<void> {
  const invite = await tx.get("invites", tag);
  if (invite !== undefined) await tx.put("invites", { ...invite, isWithdrawn: true });
}

/**
 * The relay keeps a bounded number for us: those that were used go first, the oldest before others. Links
 * into groups are bounded for themselves.
 */
export async function makeRoom(tx: WriteTx, nowMs: number): Promise<void> {
  const all = await tx.range("invites", "primary", {});
  const live = all.filter((it) => it.expiresAtMs > nowMs && it.isWithdrawn !== true);
  const byWorth = live
    .filter((it) => it.group === undefined)
    .toSorted(
      (a, b) =>
        Number(a.redeemedBy === null) - Number(b.redeemedBy === null) ||
        a.createdAtMs - b.createdAtMs,
    );
  for (const { tag } of byWorth.slice(0, Math.max(0, live.length + 1 - LIVE_INVITES_MAX))) {
    await withdrawInvite(tx, tag);
  }
}

export async function makeInvite(
  tx: WriteTx,
  self: Self,
  at: { readonly homeUrl: string; readonly appUrl: string },
  nowMs: number,
  random: Random,
): Promise<InviteRow> {
  await makeRoom(tx, nowMs);
  const secret = random(INVITE_SECRET_BYTES);
  const expiresAtMs = nowMs + INVITE_LIFE_MS;
  const link = inviteLinkOf(at.appUrl, {
    leadsTo: "person",
    account: bytesOf(self.account),
    secret,
    expiresAtS: Math.floor(expiresAtMs / 1_000),
    relayUrl: at.homeUrl,
  });
  return inviteRow(tx, { secret, link, expiresAtMs, nowMs }, random);
}

/** An invite that our relay is to hear of, and the token that its record gives away. */
export async function inviteRow(
  tx: WriteTx,
  made: Pick<InviteRow, "secret" | "link" | "expiresAtMs"> & { readonly nowMs: number },
  random: Random,
  group?: InviteRow["group"],
): Promise<InviteRow> {
  const { secret, link, expiresAtMs, nowMs } = made;
  const tag = toHex(inviteTagOf(secret));
  const token = await makeToken(tx, random, {
    class: "invite",
    account: null,
    invite: tag,
    expiresAtMs: nowMs + INVITE_TOKEN_LIFE_MS,
  });
  const invite: InviteRow = {
    tag,
    secret,
    token: token.label,
    voucher: random(ID_BYTES.Voucher),
    link,
    createdAtMs: nowMs,
    expiresAtMs,
    published: false,
    redeemedBy: null,
    ...(group !== undefined && { group }),
  };
  await tx.put("invites", invite);
  return invite;
}

/** What lies at the invite's address: who we are, where we are reached, a voucher for the relay. */
export async function recordOf(
  tx: WriteTx,
  context: CardContext & TokenContext,
  invite: InviteRow,
): Promise<Result<Uint8Array, RecordTooLong> | undefined> {
  const token = await tx.get("tokens", invite.token);
  if (token === undefined) return undefined;
  return sealInviteRecord(
    invite.secret,
    {
      expiresAtS: Math.floor(invite.expiresAtMs / 1_000),
      voucher: invite.voucher,
      introduction: await introductionOf(tx, context.self, [await ownCard(tx, context, token)]),
    },
    context.random,
  );
}
