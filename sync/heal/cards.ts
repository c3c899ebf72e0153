/**
 * People who are not where their cards say: their relays refuse what is sent there. Our own devices,
 * members of groups that we share with them, and other devices of theirs may know better. docs/protocol/sync.md, [HE17] to [HE19].
 */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { openIntroduction } from "../../crypto/identity/introduction.ts";
import { bytesOf } from "../channel/channels.ts";
import { cardToken, ownCard, reachableDevices } from "../contact/contacts.ts";
import { introductionFor, takeIntroduction } from "../group/members-known.ts";
import { sendControl } from "../outbox/control.ts";
import type { CardWant } from "../payload/card-want.ts";
import type { Cards } from "../payload/cards.ts";
import { CARDS_WANTED_MAX, ENTRIES_BYTES_MAX } from "../payload/limits.ts";
import { encodePayload } from "../payload/payload.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { takeTurn } from "./answers.ts";
import { anyOpenOf, ask, type AskContext, type Round } from "./ask.ts";
import { HEAL_UNSENT_MS } from "./asked.ts";

/** A refusal this young may be about a token that is just being told to the relay. */
export const LOST_AFTER_MS = 60_000;
/** Others are asked about one account once in so long. */
export const CARDS_ASKED_EVERY_MS = 86_400_000;
/** Accounts of which it is remembered when they were asked about. */
const REMEMBERED_MAX = 1_000;

/** When others were asked about an account. In memory: after a restart they are asked once more. */
export type CardsAsked = Map<Hex, number>;

/** `isOver`: nobody is lost any more. */
export async function wantCards(
  tx: WriteTx,
  context: AskContext,
  askedAtMs: CardsAsked,
): Promise<Round & { readonly isOver: boolean }> {
  const { nowMs, self } = context;
  const lost = (await tx.range("devices", "primary", {})).filter(({ deniedAtMs }) => deniedAtMs);
  let waitMs = Infinity;
  const due = new Set<Hex>();
  for (const { account, deniedAtMs = 0 } of lost) {
    const sinceMs = nowMs - (askedAtMs.get(account) ?? -CARDS_ASKED_EVERY_MS);
    const dueMs = Math.max(
      deniedAtMs + LOST_AFTER_MS - nowMs,
      sinceMs < 0 ? 0 : CARDS_ASKED_EVERY_MS - sinceMs,
    );
    if (dueMs > 0) waitMs = Math.min(waitMs, dueMs);
    else if (due.size < CARDS_WANTED_MAX) due.add(account);
  }
  if (due.size === 0) return { sent: 0, waitMs, isOver: lost.length === 0 };
  const lostIds = new Set(lost.map(({ device }) => device));
  const isThere = ({ device }: DeviceRow): boolean =>
    !lostIds.has(device) && device !== self.device;
  const wanted = new Map<DeviceRow, Hex[]>();
  const own = (await reachableDevices(tx, self.account)).filter(isThere);
  for (const account of due) {
    askedAtMs.delete(account);
    askedAtMs.set(account, nowMs);
    const members = (await fellowsOf(tx, self.account, account)).filter(isThere);
    // They may have put it out.
    const theirs = account === self.account ? [] : await reachableDevices(tx, account);
    const one = await anyOpenOf(tx, context, members);
    const another = await anyOpenOf(tx, context, theirs.filter(isThere));
    for (const device of [...own, ...one, ...another]) {
      wanted.set(device, [...(wanted.get(device) ?? []), account]);
    }
  }
  for (const oldest of askedAtMs.keys()) {
    if (askedAtMs.size <= REMEMBERED_MAX) break;
    askedAtMs.delete(oldest);
  }
  let sent = 0;
  const unasked = new Set(due);
  for (const [device, accounts] of wanted) {
    const payload = encodePayload("cardWant", { accounts: accounts.map(bytesOf) });
    const told = await ask(tx, context, [device], payload);
    if (told > 0) for (const account of accounts) unasked.delete(account);
    sent += told;
  }
  // About whom nobody could be asked yet, as soon as there are prekeys of somebody.
  const isSoon = wanted.size > 0 && unasked.size > 0;
  const againMs = isSoon ? HEAL_UNSENT_MS : CARDS_ASKED_EVERY_MS;
  if (isSoon) {
    for (const it of unasked) askedAtMs.set(it, nowMs - CARDS_ASKED_EVERY_MS + HEAL_UNSENT_MS);
  }
  return { sent, waitMs: Math.min(waitMs, againMs), isOver: false };
}

/** Devices of others who share a group with both. */
async function fellowsOf(tx: ReadTx, own: Hex, account: Hex): Promise<readonly DeviceRow[]> {
  const fellows = new Set<Hex>();
  for (const { members } of await tx.range("rosters", "primary", {})) {
    const accounts = members.map((it) => it.account);
    if (!accounts.includes(own) || !accounts.includes(account)) continue;
    for (const it of accounts) if (it !== own && it !== account) fellows.add(it);
  }
  const devices = await Promise.all([...fellows].map((it) => reachableDevices(tx, it, true)));
  return devices.flat();
}

/**
 * To our own devices of anybody, to contacts which devices we have, to others of those with whom they and we share a
 * group.
 */
export async function answerCardWant(
  tx: WriteTx,
  context: OpenContext,
  from: DeviceRow,
  { accounts }: CardWant,
): Promise<void> {
  if (!(await takeTurn(tx, context, from))) return;
  const introductions: Uint8Array[] = [];
  let bytes = 0;
  for (const id of accounts) {
    const account = toHex(id);
    if (!(await mayKnow(tx, context, from.account, account))) continue;
    const introduction = await introductionFor(tx, context.self, account);
    if (introduction === undefined || bytes + introduction.length > ENTRIES_BYTES_MAX) continue;
    bytes += introduction.length;
    introductions.push(introduction);
  }
  if (introductions.length === 0) return;
  const payloads = [encodePayload("cards", { introductions })];
  await sendControl(tx, { ...context, device: from, payloads, before: null, psk: null });
  context.effects.wake();
}

async function mayKnow(
  tx: ReadTx,
  { self }: OpenContext,
  asker: Hex,
  account: Hex,
): Promise<boolean> {
  if (account === asker) return false;
  if (account === self.account) return (await tx.get("contacts", asker))?.state === "accepted";
  const contact = await tx.get("contacts", account);
  if (contact === undefined || contact.state === "blocked") return false;
  if (asker === self.account) return true;
  const rosters = await tx.range("rosters", "primary", {});
  return rosters.some(({ members }) =>
    [self.account, asker, account].every((it) => members.some((each) => each.account === it)),
  );
}

/** Of people whom we know; it proves itself, and takes nothing from who is where we know them to be. */
export async function takeCards(
  tx: WriteTx,
  context: OpenContext,
  { introductions }: Cards,
): Promise<boolean> {
  let isNews = false;
  for (const bytes of introductions) {
    const opened = openIntroduction(bytes);
    const account = opened.ok ? toHex(opened.value.account) : "";
    if ((await tx.get("contacts", account)) === undefined) continue;
    const lost = await lostOf(tx, account);
    if (await takeIntroduction(tx, context, account, bytes)) isNews = true;
    const stillLost = new Set(await lostOf(tx, account));
    for (const id of lost) if (!stillLost.has(id)) await tellWhereWeAre(tx, context, id);
  }
  return isNews;
}

async function lostOf(tx: ReadTx, account: Hex): Promise<readonly Hex[]> {
  const devices = await tx.range("devices", "account", { lower: account, upper: account });
  return devices.filter((it) => it.deniedAtMs !== undefined).map((it) => it.device);
}

/** Whom we had lost has perhaps lost us: they get our card over the way that was found. */
async function tellWhereWeAre(tx: WriteTx, context: OpenContext, id: Hex): Promise<void> {
  const device = await tx.get("devices", id);
  const contact = device && (await tx.get("contacts", device.account));
  const token = contact && (await cardToken(tx, context, contact, null));
  if (device === undefined || token === undefined) return;
  const payloads = [encodePayload("card", { card: await ownCard(tx, context, token) })];
  await sendControl(tx, { ...context, device, payloads, before: null, psk: null });
  context.effects.wake();
}
