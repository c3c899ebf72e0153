/**
 * Contacts and their devices: which of them to encrypt to, where they are reached, and what we hand
 * them so that they reach us. Devices come from verified account facts alone (crypto.md, Identity).
 */
import { assert } from "../../crypto/base/assert.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import {
  type Card,
  dayOf,
  decodeCard,
  encodeCard,
  WRITE_TOKEN_BYTES,
} from "../../crypto/identity/card.ts";
import type { IntroductionContent } from "../../crypto/identity/introduction.ts";
import { nextCardCounter, type Self } from "../account/self.ts";
import { bytesOf, type Channel } from "../channel/channels.ts";
import type { Effects } from "../receive/effects.ts";
import type { ContactRow, ContactState, DeviceRow, TokenRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";

const DAY_MS = 86_400_000;
export const LABEL_BYTES = 4;
export const PRESENCE_KEY_BYTES = 32;
/** In place of a time: to be revoked at our relays, then forgotten. */
export const TOKEN_REVOKED = 0;
/** Tokens of contacts are renewed long before; relays take at most 400 days. */
export const CONTACT_TOKEN_LIFE_MS = 390 * DAY_MS;

/** Our own account as a contact: its facts tell which devices we have. */
export async function ownContact(tx: ReadTx, { account }: Self): Promise<ContactRow> {
  const row = await tx.get("contacts", account);
  assert(row !== undefined, "whoever has started is their own contact");
  return row;
}

/** Is this device one of its account's, as far as it knows? */
export const isInAccount = async (tx: ReadTx, self: Self): Promise<boolean> =>
  (await ownContact(tx, self)).live.includes(self.device);

/** How we introduce ourselves, with these cards of ours. */
export async function introductionOf(
  tx: ReadTx,
  self: Self,
  cards: readonly Uint8Array[],
): Promise<IntroductionContent> {
  const { name, facts } = await ownContact(tx, self);
  return { accountKey: self.accountKey, name, facts, cards };
}

/** Devices that we encrypt to: of somebody we talk with, certified, not revoked, with a card. */
export async function reachableDevices(
  tx: ReadTx,
  account: Hex,
  isInGroup = false,
): Promise<readonly DeviceRow[]> {
  return (await liveDevices(tx, account, isInGroup)).filter((it) => it.card !== null);
}

/**
 * The same, whether or not we know where they are reached. `isInGroup`: we share a group with them, so
 * that nobody has to accept anybody.
 */
export async function liveDevices(
  tx: ReadTx,
  account: Hex,
  isInGroup = false,
): Promise<readonly DeviceRow[]> {
  const contact = await tx.get("contacts", account);
  if (contact === undefined || !isServed(contact, isInGroup)) return [];
  const devices = await tx.range("devices", "account", { lower: account, upper: account });
  return devices.filter((it) => contact.live.includes(it.device));
}

/** The same of many accounts of one group, in their order: two questions to the store instead of two each. */
export async function liveDevicesOfMany(
  tx: ReadTx,
  accounts: readonly Hex[],
): Promise<readonly (readonly DeviceRow[])[]> {
  const contacts = await tx.range("contacts", "primary", {});
  const contactOf = new Map(contacts.map((it) => [it.account, it]));
  const devices = await tx.range("devices", "primary", {});
  const devicesOf = Map.groupBy(devices, (it) => it.account);
  return accounts.map((account) => {
    const contact = contactOf.get(account);
    if (contact === undefined || !isServed(contact, true)) return [];
    return (devicesOf.get(account) ?? []).filter((it) => contact.live.includes(it.device));
  });
}

const isServed = ({ state }: ContactRow, isInGroup: boolean): boolean =>
  state !== "blocked" && (isInGroup || !isUnchosen(state));

const isUnchosen = (state: ContactState): boolean => state === "request" || state === "member";

/** Do we know them by nothing but a group, or by a request that waits? */
export async function isStranger(tx: ReadTx, account: Hex): Promise<boolean> {
  const contact = await tx.get("contacts", account);
  return contact === undefined || isUnchosen(contact.state);
}

/** The newest card of a device, as verified when it was stored, and where its relays went since. */
export function cardOf(row: Pick<DeviceRow, "card" | "moves">): Card | undefined {
  const card = row.card === null ? undefined : decodeCard(row.card);
  if (card?.ok !== true) return undefined;
  const { moves = [] } = row;
  if (moves.length === 0) return card.value;
  const relays = card.value.relays.map((relay) => ({
    ...relay,
    ...moves.find((it) => it.url === relay.url),
  }));
  return { ...card.value, relays };
}

/** Makes the write token that one contact, or whoever uses one invite, will hold for us. */
export async function makeToken(
  tx: WriteTx,
  random: Random,
  token: Pick<TokenRow, "class" | "account" | "invite" | "channel" | "expiresAtMs">,
): Promise<TokenRow> {
  const row: TokenRow = {
    ...token,
    label: toHex(random(LABEL_BYTES)),
    token: random(WRITE_TOKEN_BYTES),
    registeredAt: [],
  };
  await tx.put("tokens", row);
  return row;
}

/** What they send is refused from the next upkeep on. */
export async function revokeToken(tx: WriteTx, label: Hex): Promise<void> {
  const token = await tx.get("tokens", label);
  if (token !== undefined) await tx.put("tokens", { ...token, expiresAtMs: TOKEN_REVOKED });
}

export type CardContext = {
  readonly self: Self;
  readonly nowMs: number;
  readonly effects: Pick<Effects, "upkeep">;
};

/** In a card that anybody may read: each has a token of their own. */
const NO_TOKEN = new Uint8Array(WRITE_TOKEN_BYTES);

/**
 * Our newest card for whoever holds `token`: where our mailboxes are and how to write to them. A token that no
 * relay knows yet is told at once: nobody can write by it before. Null: a card that gives nobody the right to
 * write. Rule [UP4].
 */
export async function ownCard(
  tx: WriteTx,
  { self, nowMs, effects }: CardContext,
  token: Pick<TokenRow, "token" | "registeredAt"> | null,
): Promise<Uint8Array> {
  if (token?.registeredAt.length === 0) effects.upkeep();
  const mailboxes = await tx.range("mailboxes", "primary", {});
  // Also while a relay that lost its store is told anew: the mailbox will be the same.
  const relays = mailboxes
    .filter((it) => it.mailbox !== "")
    .map((it) => ({
      url: it.url,
      relayId: it.relayId,
      mailbox: bytesOf(it.mailbox),
      token: token?.token ?? NO_TOKEN,
    }));
  return encodeCard(
    {
      device: bytesOf(self.device),
      counter: await nextCardCounter(tx),
      relays,
      lastSeenDay: dayOf(nowMs),
      receipts: true,
    },
    self.keys.sigSecret,
  );
}

/** Members of a group get a token of the group. A retired one goes on for as long as envelopes do. */
const RETIRED_TOKEN_LIFE_MS = 30 * DAY_MS;

export type TokenContext = { readonly nowMs: number; readonly random: Random };

/** A fresh write token for a contact; our relays hear of it with the first card that it is on. */
export function contactToken(tx: WriteTx, context: TokenContext, account: Hex): Promise<TokenRow> {
  return makeToken(tx, context.random, {
    class: "contact",
    account,
    invite: null,
    expiresAtMs: context.nowMs + CONTACT_TOKEN_LIFE_MS,
  });
}

/** The token that members of the group hold for us who are no contacts. */
export async function groupToken(
  tx: WriteTx,
  context: TokenContext,
  channel: Hex,
): Promise<TokenRow> {
  const tokens = await tx.range("tokens", "primary", {});
  const held = tokens.find((it) => it.channel === channel && !isRetired(it));
  if (held !== undefined) return held;
  return makeToken(tx, context.random, {
    class: "group",
    account: null,
    invite: null,
    channel,
    expiresAtMs: context.nowMs + CONTACT_TOKEN_LIFE_MS,
  });
}

/**
 * A device of theirs is out and knows the token: those that are left get a new one at the next upkeep,
 * the old one goes on for as long as envelopes do. Rule [OD10].
 */
export async function retireContactToken(
  tx: WriteTx,
  { nowMs, effects }: Omit<CardContext, "self">,
  { account, token: label }: ContactRow,
): Promise<void> {
  const token = await tx.get("tokens", label);
  if (token === undefined || !isTheirs(token, account)) return;
  const expiresAtMs = nowMs + RETIRED_TOKEN_LIFE_MS;
  await tx.put("tokens", { ...token, isRetired: true, expiresAtMs, registeredAt: [] });
  effects.upkeep();
}

const isRetired = (it: TokenRow): boolean =>
  it.isRetired === true || it.expiresAtMs === TOKEN_REVOKED;

/** Somebody left who knows it: the others get a new one with our next chain. Rule [GP13]. */
export async function retireGroupToken(
  tx: WriteTx,
  { nowMs, effects }: Omit<CardContext, "self">,
  channel: Hex,
): Promise<void> {
  for (const token of await tx.range("tokens", "primary", {})) {
    if (token.channel !== channel || isRetired(token)) continue;
    const expiresAtMs = nowMs + RETIRED_TOKEN_LIFE_MS;
    await tx.put("tokens", { ...token, isRetired: true, expiresAtMs, registeredAt: [] });
    effects.upkeep();
  }
}

/**
 * The token that goes into our card for `contact`: their own, or that of a group. `channel`: the group
 * that it is for; null: any that we share. Undefined: they have no business with us.
 */
export async function cardToken(
  tx: WriteTx,
  context: TokenContext,
  contact: ContactRow,
  channel: Channel | null,
): Promise<TokenRow | undefined> {
  if (contact.state === "self" || contact.state === "accepted" || contact.state === "invited") {
    return tokenFor(tx, context, contact);
  }
  if (contact.state === "blocked") return undefined;
  if (channel !== null) return groupToken(tx, context, channel.id);
  for (const { c, members } of await tx.range("rosters", "primary", {})) {
    const shared = await tx.get("channels", c);
    const isShared = members.some((it) => it.account === contact.account);
    if (isShared && shared !== undefined) return groupToken(tx, context, shared.id);
  }
  return undefined;
}

/** The token that `contact` holds for us alone, 16 bytes; undefined: none was made, or it is to be followed. */
export async function heldToken(
  tx: ReadTx,
  contact: Pick<ContactRow, "account" | "token">,
): Promise<Uint8Array | undefined> {
  const held = await tx.get("tokens", contact.token);
  return held !== undefined && isTheirs(held, contact.account) ? held.token : undefined;
}

/** The token that `contact` holds for us, made when there is none of their own. */
export async function tokenFor(
  tx: WriteTx,
  context: TokenContext,
  contact: ContactRow,
): Promise<TokenRow> {
  const held = await tx.get("tokens", contact.token);
  if (held !== undefined && isTheirs(held, contact.account)) return held;
  const token = await contactToken(tx, context, contact.account);
  const now = (await tx.get("contacts", contact.account)) ?? contact;
  await tx.put("contacts", { ...now, token: token.label });
  return token;
}

/**
 * A token lives as long as its contact: near its end it is told to our relays anew, with a new end. So
 * is one that our clock, which may have been years off, holds for dead or for good for ever.
 */
export async function extendTokens(tx: WriteTx, nowMs: number): Promise<void> {
  for (const { account, state, token: label } of await tx.range("contacts", "primary", {})) {
    const token = state === "blocked" ? undefined : await tx.get("tokens", label);
    if (token === undefined || !isTheirs(token, account)) continue;
    if (isGoodFor(token, account, nowMs)) continue;
    const expiresAtMs = nowMs + CONTACT_TOKEN_LIFE_MS;
    await tx.put("tokens", { ...token, expiresAtMs, registeredAt: [] });
  }
}

/** The same for the tokens of groups. */
export async function extendGroupTokens(tx: WriteTx, nowMs: number): Promise<void> {
  for (const token of await tx.range("tokens", "primary", {})) {
    if (token.class !== "group" || isRetired(token) || isLong(token, nowMs)) continue;
    const expiresAtMs = nowMs + CONTACT_TOKEN_LIFE_MS;
    await tx.put("tokens", { ...token, expiresAtMs, registeredAt: [] });
  }
}

/** Is it theirs alone, and good for long? One from a clock that was ahead is not what it says. */
export function isGoodFor(token: TokenRow, account: Hex, nowMs: number): boolean {
  return isLong(token, nowMs) && isTheirs(token, account);
}

function isLong(token: TokenRow, nowMs: number): boolean {
  const leftMs = token.expiresAtMs - nowMs;
  return leftMs > CONTACT_TOKEN_LIFE_MS / 2 && leftMs <= CONTACT_TOKEN_LIFE_MS;
}

const isTheirs = (token: TokenRow, account: Hex): boolean =>
  token.class === "contact" && token.account === account && !isRetired(token);
