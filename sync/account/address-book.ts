/**
 * The people we know, among our own devices: each device writes down in the account channel whom it
 * accepted or blocked, and the others learn it. The newest word counts. docs/protocol/backfill.md, rules
 * [AB1] to [AB5].
 */
import { assert } from "../../crypto/base/assert.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import { encodeIntroduction, openIntroduction } from "../../crypto/identity/introduction.ts";
import { append, ensureOwnLog } from "../channel/append.ts";
import { type Channel, openAccountChannel, openChannel } from "../channel/channels.ts";
import { putCard, takeFacts } from "../contact/devices.ts";
import { sever } from "../contact/sever.ts";
import { applyDeviceName, applyOwnName } from "../devices/names.ts";
import { decodeBody } from "../entry/bodies.ts";
import { type ContactNote, NOTED } from "../entry/contact-note.ts";
import { decodeEntry } from "../entry/entry.ts";
import { KINDS } from "../entry/kinds.ts";
import { cleanName } from "../payload/name.ts";
import type { OpenContext } from "../receive/open-context.ts";
import { takeWordsNote } from "../recovery/words-kept.ts";
import { isEdit, queueEdit } from "../rooms/queue.ts";
import type { ContactRow, EntryRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import type { Self } from "./self.ts";

type NoteContext = { readonly self: Self; readonly nowMs: number; readonly random: Random };

/** Tells our other devices, now or later, how we stand with somebody. */
export async function noteContact(tx: WriteTx, context: NoteContext, account: Hex): Promise<void> {
  const contact = await tx.get("contacts", account);
  if (contact?.state !== "accepted" && contact?.state !== "blocked") return;
  const devices = await tx.range("devices", "account", { lower: account, upper: account });
  const live = devices.filter((it) => contact.live.includes(it.device));
  const note: ContactNote = {
    introduction: encodeIntroduction({
      accountKey: contact.accountKey,
      name: contact.name,
      facts: contact.facts,
      cards: live.flatMap(({ card }) => (card === null ? [] : [card])),
    }),
    state: NOTED[contact.state],
    presenceOut: contact.presenceOut,
    presenceIn: contact.presenceIn,
    addedAtMs: contact.addedAtMs,
  };
  const channel = await openAccountChannel(tx, context.self);
  const { entry } = await append(tx, { ...context, channel }, { type: "contact", ...note });
  await tx.put("contacts", { ...contact, notedH: entry.h });
}

/** What was not noted yet: there was no other device, or this one is older than notes. */
export async function noteEverybody(tx: WriteTx, context: NoteContext): Promise<void> {
  for (const { account, notedH } of await tx.range("contacts", "primary", {})) {
    if (notedH === undefined) await noteContact(tx, context, account);
  }
}

/** An entry that was just placed: what it says is done if it is another device's note for us. */
export async function applyAccountEntry(
  tx: WriteTx,
  context: OpenContext,
  { entry, channel }: { readonly entry: EntryRow; readonly channel: Channel },
): Promise<void> {
  if (channel.kind !== "account") return;
  if (isEdit(entry)) return await queueEdit(tx, context.effects, entry);
  if (!NOTES.has(entry.kind)) return;
  const decoded = decodeEntry(entry.bytes);
  assert(decoded.ok, "an entry that was placed");
  const body = decoded.value.body === null ? null : decodeBody(entry.kind, decoded.value.body);
  if (body?.ok !== true) return context.effects.dropped("note malformed");
  const note = body.value;
  if (note.type === "contact") await applyNote(tx, context, entry.h, note);
  if (note.type === "wordsKept") await takeWordsNote(tx, context, entry, note);
  if (note.type === "deviceName") await applyDeviceName(tx, entry, note);
  if (note.type === "ownName" && (await applyOwnName(tx, context.self, entry, note))) {
    context.effects.devices();
  }
}

const NOTES: ReadonlySet<number> = new Set([
  KINDS.contact.number,
  KINDS.deviceName.number,
  KINDS.ownName.number,
  KINDS.wordsKept.number,
]);

async function applyNote(
  tx: WriteTx,
  context: OpenContext,
  h: number,
  note: ContactNote,
): Promise<void> {
  const { self, nowMs, random, effects } = context;
  const opened = openIntroduction(note.introduction);
  if (!opened.ok) return effects.dropped(`note ${opened.error.type}`);
  const { accountKey, facts, devices } = opened.value;
  const account = toHex(opened.value.account);
  const held = await tx.get("contacts", account);
  if (account === self.account || (held?.notedH ?? -1) >= h) return;
  const { said, refused } = await takeFacts(tx, accountKey, held, facts, self.device);
  for (const { type } of refused) effects.dropped(`facts ${type}`);
  const name = cleanName(opened.value.name);
  const noted = {
    name: name.ok ? name.value : "?",
    state: note.state === NOTED.blocked ? "blocked" : "accepted",
    presenceOut: note.presenceOut,
    presenceIn: note.presenceIn ?? held?.presenceIn ?? null,
    addedAtMs: note.addedAtMs,
    notedH: h,
  } as const;
  const known = held ?? { account, accountKey, token: "", lastSeenMs: 0 };
  const contact: ContactRow = { ...known, ...said, ...noted };
  await tx.put("contacts", contact);
  for (const { card } of devices) await learnDevice(tx, toHex(card.device), contact);
  for (const { card } of devices) {
    if (said.live.includes(toHex(card.device))) await putCard(tx, card, nowMs);
  }
  if (contact.state === "blocked") await sever(tx, effects, contact);
  await openTheirChannel(tx, { self, nowMs, random }, contact);
  effects.contacts();
  effects.missing();
  effects.wake();
}

/** They know our account and not yet this device: the first word to them says who we are. */
async function learnDevice(tx: WriteTx, id: Hex, contact: ContactRow): Promise<void> {
  const device = await tx.get("devices", id);
  const isNew =
    device !== undefined && device.account === contact.account && device.cardCounter === 0;
  if (isNew) await tx.put("devices", { ...device, knowsUs: false });
}

/** The chat, whose history other devices of ours have; our log in it tells its people that we are there. */
async function openTheirChannel(
  tx: WriteTx,
  context: NoteContext,
  { account, state }: ContactRow,
): Promise<void> {
  const opened = await openChannel(tx, context.self, account);
  const isNew = opened.arrivals === 0;
  const channel: Channel = isNew ? { ...opened, history: "wanted" } : opened;
  if (isNew) await tx.put("channels", channel);
  if (state === "accepted") await ensureOwnLog(tx, { ...context, channel });
}
