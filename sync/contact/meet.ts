/**
 * Two accounts get to know each other. CONTACT comes from whoever used one of our invites, and
 * CONTACT_ACCEPT answers ours. docs/protocol/sync.md, rules [CO1] to [CO5]; crypto.md, First
 * contact.
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { noteContact, noteEverybody } from "../account/address-book.ts";
import type { Self } from "../account/self.ts";
import { ensureOwnLog, sendTo } from "../channel/append.ts";
import {
  bytesOf,
  type Channel,
  channelIdOf,
  logById,
  numbered,
  openAccountChannel,
  openChannel,
} from "../channel/channels.ts";
import { membersOf } from "../channel/members.ts";
import { logIdOf } from "../entry/entry.ts";
import { isFellow } from "../group/rosters.ts";
import { JOINS_MAX } from "../group/waiting.ts";
import { welcomesFor } from "../group/welcome.ts";
import { hasKnown } from "../log/known.ts";
import { controlsWaiting, sendControl } from "../outbox/control.ts";
import type { Contact } from "../payload/contact.ts";
import { encodePayload, type Payload } from "../payload/payload.ts";
import { deliveredOf } from "../receipts/receipts.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { SessionPeer } from "../receive/session-payloads.ts";
import { wantOlder } from "../recovery/older-chats.ts";
import type { ContactRow, ContactState, InviteRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import {
  contactToken,
  introductionOf,
  ownCard,
  ownContact,
  PRESENCE_KEY_BYTES,
  reachableDevices,
  tokenFor,
} from "./contacts.ts";
import { putCard, takeFacts } from "./devices.ts";
import { INVITE_LIFE_MS } from "./invites.ts";

/** Answers to one device that may be unsettled: more introductions than that are not answered. */
export const ANSWERS_WAITING_MAX = 8;
/** Contacts that may wait for an answer. More strangers than that are turned away. */
const REQUESTS_MAX = 200;
/**
 * Strangers who came by a link into a group, in the life of one, and are in none of ours: whoever has the link
 * can be many.
 */
export const AT_DOORS_MAX = 1_000;

export async function meet(
  tx: WriteTx,
  context: OpenContext,
  from: SessionPeer,
  type: "contact" | "contactAccept",
  them: Contact,
): Promise<void> {
  const { effects, self } = context;
  const isOfDevice = them.devices.some((it) => toHex(it.certificate.device) === from.device);
  if (toHex(them.account) !== from.account || !isOfDevice) return effects.dropped("contact forged");
  if (from.account === self.account) return meetSibling(tx, context, from, type, them);
  const known = await tx.get("contacts", from.account);
  if (known?.state === "blocked") return effects.dropped("blocked");
  const held = known && (await withFacts(tx, context, from, them, known));
  if (held?.live.includes(from.device) === false) return effects.dropped("device out");
  const state = await stateFor(tx, from, type, held, context.nowMs);
  if (state === undefined) return effects.dropped("contact unasked");
  const wasReached = await isReached(tx, from.device);
  const contact = await putContact(tx, context, from, them, state, held);
  // Of a new device of theirs ours may not know where it is reached, nor it of ours. Rule [AB6].
  const isFound = !wasReached && (await isReached(tx, from.device));
  if (held?.state !== "accepted" || isFound) await noteContact(tx, context, contact.account);
  effects.contacts();
  // Somebody of a group: who they are is known now, and that is all.
  if (state === "member") return effects.wake();
  const channel = await wantOlder(tx, await openChannel(tx, self, contact.account));
  if (state !== "accepted") return;
  if (type === "contact") await answer(tx, context, contact);
  // What came before they were accepted was not told yet.
  effects.receipt(channel.c);
  effects.wake();
}

const isReached = async (tx: ReadTx, device: Hex): Promise<boolean> =>
  ((await tx.get("devices", device))?.cardCounter ?? 0) > 0;

/** Facts prove themselves, also those that a device brings which was put out of its account. */
async function withFacts(
  tx: WriteTx,
  { effects }: OpenContext,
  from: SessionPeer,
  them: Contact,
  held: ContactRow,
): Promise<ContactRow> {
  const { said, refused } = await takeFacts(tx, them.accountKey, held, them.facts, from.device);
  for (const { type } of refused) effects.dropped(`facts ${type}`);
  const now = { ...held, ...said };
  await tx.put("contacts", now);
  return now;
}

/**
 * Another device of our own: certified by our account, so there is nothing to decide. It is told where
 * this one is reached, and our logs of the channels that only we are in.
 */
async function meetSibling(
  tx: WriteTx,
  context: OpenContext,
  from: SessionPeer,
  type: "contact" | "contactAccept",
  them: Contact,
): Promise<void> {
  const { effects, self, nowMs } = context;
  const held = await ownContact(tx, self);
  const { said, refused } = await takeFacts(tx, self.accountKey, held, them.facts, from.device);
  for (const it of refused) effects.dropped(`facts ${it.type}`);
  await tx.put("contacts", { ...held, ...said });
  for (const { card } of them.devices) {
    const id = toHex(card.device);
    if (!said.live.includes(id)) continue;
    const known = await tx.get("devices", id);
    // One that was linked elsewhere meanwhile: our first word to it says who we are.
    const isUnmet = known?.cardCounter === 0 && id !== from.device;
    if (isUnmet) await tx.put("devices", { ...known, knowsUs: false });
    await putCard(tx, card, nowMs);
  }
  if (!said.live.includes(from.device)) return effects.dropped("device out");
  if (type === "contact") await answerSibling(tx, context, from.device);
  await noteEverybody(tx, context);
  if (type === "contact") await openToSibling(tx, context, from.device);
  effects.wake();
}

/**
 * Receipts go under a chain, and a chain goes with an entry: where we wrote before there was anybody to
 * tell, the first entry of our log goes to the new device once more. Into groups a welcome goes with it,
 * or alone where we never wrote. Rules [OD17] and [GP9].
 */
async function openToSibling(tx: WriteTx, context: OpenContext, id: Hex): Promise<void> {
  const { self } = context;
  const device = await tx.get("devices", id);
  if (device === undefined) return;
  const own = [await openChannel(tx, self, self.account), await openAccountChannel(tx, self)];
  for (const channel of [...own, ...(await groupsOf(tx, self))]) {
    const ownId = logIdOf(self.keys.sigKey, bytesOf(channel.id), self.incarnation);
    const log = await logById(tx, toHex(ownId));
    const entry = log && (await tx.get("entries", [channel.c, log.a, 1]));
    const isHeld = (await tx.get("ownChains", channel.c))?.holders.includes(id) === true;
    if (entry !== undefined && !isHeld) {
      await sendTo(tx, self, { entry, channel }, [device], context.nowMs);
    }
    if (entry !== undefined || channel.kind !== "group") continue;
    for (const payload of await welcomesFor(tx, self, channel, self.account)) {
      await sendControl(tx, { ...context, device, payloads: [payload], before: null, psk: null });
    }
  }
}

/** Those that we are in now. */
async function groupsOf(tx: WriteTx, self: Self): Promise<readonly Channel[]> {
  const groups: Channel[] = [];
  for (const row of await tx.range("channels", "primary", {})) {
    const channel = row.kind === "group" ? numbered(row, "c") : undefined;
    if (channel === undefined) continue;
    if ((await membersOf(tx, self, channel)).includes(self.account)) groups.push(channel);
  }
  return groups;
}

/** With where the others are: two that were linked at once know of each other by this. */
async function answerSibling(tx: WriteTx, context: OpenContext, id: Hex): Promise<void> {
  const { self } = context;
  const device = await tx.get("devices", id);
  const contact = await ownContact(tx, self);
  const isFull = (await controlsWaiting(tx, id, null)) >= ANSWERS_WAITING_MAX;
  if (device === undefined || !contact.live.includes(id) || isFull) return;
  const token = await tokenFor(tx, context, contact);
  const cards = [await ownCard(tx, context, token)];
  for (const other of await reachableDevices(tx, self.account)) {
    const isThird = other.device !== id && other.device !== self.device;
    if (isThird && other.card !== null) cards.push(other.card);
  }
  const payload = encodePayload("contactAccept", {
    ...(await introductionOf(tx, self, cards)),
    presenceKey: contact.presenceOut,
  });
  await sendControl(tx, { ...context, device, payloads: [payload], before: null, psk: null });
}

/**
 * What the introduction makes of them. An invite serves one person: a second one who uses it waits
 * for our word. Whoever comes without one is nobody.
 */
async function stateFor(
  tx: WriteTx,
  from: SessionPeer,
  type: "contact" | "contactAccept",
  held: ContactRow | undefined,
  nowMs: number,
): Promise<ContactState | undefined> {
  // A link into a group makes no contacts: who used it is somebody who would like to be in it.
  if (from.invite?.group !== undefined)
    return held?.state ?? (await asJoiner(tx, from.invite, nowMs));
  if (held?.state === "accepted") return "accepted";
  if (type === "contactAccept") return held?.state === "invited" ? "accepted" : undefined;
  // We used their link and they used ours: both have said yes.
  if (held?.state === "invited") return "accepted";
  const { invite } = from;
  if (invite !== undefined && (invite.redeemedBy ?? from.account) === from.account) {
    await tx.put("invites", { ...invite, redeemedBy: from.account });
    const token = await tx.get("tokens", invite.token);
    if (token !== undefined) await tx.put("tokens", { ...token, account: from.account });
    return "accepted";
  }
  // Whom we know by nothing but a group asks for more than that, when they use an invite. Rule [CO16].
  const mayAsk = held === undefined || held.state === "member";
  if (invite === undefined || !mayAsk) return held?.state;
  const contacts = await tx.range("contacts", "primary", {});
  const requests = contacts.filter((it) => it.state === "request").length;
  return requests < REQUESTS_MAX ? "request" : held?.state;
}

/** Undefined: too many wait to be let into that group. */
async function asJoiner(
  tx: WriteTx,
  { group }: InviteRow,
  nowMs: number,
): Promise<ContactState | undefined> {
  const channel = await tx.find("channels", "id", group?.channel ?? "");
  const row = channel?.c === undefined ? undefined : await tx.get("rosters", channel.c);
  if (row === undefined || (row.joins ?? []).length >= JOINS_MAX) return undefined;
  const rosters = await tx.range("rosters", "primary", {});
  const within = new Set(rosters.flatMap(({ members }) => members.map((it) => it.account)));
  const strangers = (await tx.range("contacts", "primary", {})).filter(
    ({ state, account, addedAtMs }) =>
      state === "member" && !within.has(account) && nowMs - addedAtMs < INVITE_LIFE_MS,
  );
  return strangers.length < AT_DOORS_MAX ? "member" : undefined;
}

async function putContact(
  tx: WriteTx,
  context: OpenContext,
  from: SessionPeer,
  them: Contact,
  state: ContactState,
  held: ContactRow | undefined,
): Promise<ContactRow> {
  const account = toHex(them.account);
  const { said, refused } = await takeFacts(tx, them.accountKey, held, them.facts, from.device);
  for (const { type } of refused) context.effects.dropped(`facts ${type}`);
  const known: ContactRow = held ?? {
    account,
    accountKey: them.accountKey,
    name: them.name,
    state,
    ...said,
    presenceOut: context.random(PRESENCE_KEY_BYTES),
    presenceIn: them.presenceKey,
    token: "",
    addedAtMs: context.nowMs,
    lastSeenMs: 0,
  };
  const { name, presenceKey: presenceIn } = them;
  // Nor has one of their own whom we knew from a group alone.
  const token = known.token || (await tokenOf(tx, context, from, state));
  const contact: ContactRow = { ...known, ...said, name, state, presenceIn, token };
  await tx.put("contacts", contact);
  for (const { card } of them.devices) {
    if (said.live.includes(toHex(card.device))) await putCard(tx, card, context.nowMs);
  }
  return contact;
}

/** A stranger who waits for our word keeps the invite's token: to block them is to revoke it. */
async function tokenOf(
  tx: WriteTx,
  context: OpenContext,
  from: SessionPeer,
  state: ContactState,
): Promise<Hex> {
  if (state === "member") return "";
  if (state === "request" && from.invite !== undefined) return from.invite.token;
  return (await contactToken(tx, context, from.account)).label;
}

/**
 * Whoever wrote to us. If we used their invite and wait for their answer, this may be one: nothing is sent to people
 * who wait for one's word, but what belongs to a group that both are in. Rules [CO5] and [CO16].
 */
export async function heardFrom(
  tx: WriteTx,
  context: OpenContext,
  contact: ContactRow,
  payload: Payload,
): Promise<ContactRow> {
  if (contact.state !== "invited") return contact;
  const { self } = context;
  const isOfChat =
    payload.type === "chain" &&
    equalBytes(payload.body.channel, channelIdOf(self, contact.account));
  if (!isOfChat && (await isFellow(tx, self, contact.account))) return contact;
  const accepted: ContactRow = { ...contact, state: "accepted" };
  await tx.put("contacts", accepted);
  await noteContact(tx, context, contact.account);
  context.effects.contacts();
  return (await tx.get("contacts", contact.account)) ?? accepted;
}

/** Introduces ourselves in return, and opens our log: its first entry brings them our chain. */
export async function answer(
  tx: WriteTx,
  context: OpenContext,
  contact: ContactRow,
): Promise<void> {
  const { self, nowMs } = context;
  const devices = await reachableDevices(tx, contact.account);
  const token = await tokenFor(tx, context, contact);
  const payload = encodePayload("contactAccept", {
    ...(await introductionOf(tx, self, [await ownCard(tx, context, token)])),
    presenceKey: contact.presenceOut,
  });
  const channel = await openChannel(tx, self, contact.account);
  // What came while they waited for our word was not told yet.
  context.effects.receipt(channel.c);
  const { log } = await ensureOwnLog(tx, { ...context, channel });
  // Settled by the receipt of our log's first entry, so a relay that loses its store loses nothing. Who
  // has that entry was answered before; nothing would tell that this answer came.
  const first = { c: log.c, a: log.a, s: 1 };
  const entry = await tx.get("entries", [first.c, first.a, first.s]);
  for (const device of devices) {
    const cursor = await tx.get("cursors", [channel.c, device.device]);
    const isNews = !hasKnown(deliveredOf(cursor, log.log), first.s);
    const before = isNews ? first : null;
    if ((await controlsWaiting(tx, device.device, before)) >= ANSWERS_WAITING_MAX) continue;
    await sendControl(tx, { ...context, device, payloads: [payload], before, psk: null });
    // A device that came later was not written to then.
    if (isNews && entry !== undefined) await sendTo(tx, self, { entry, channel }, [device], nowMs);
  }
}
