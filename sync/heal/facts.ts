/**
 * Facts of an account that were held back from somebody: each chain hand-over carries the digest of its
 * sender's, and whoever holds others asks for them, by the head of that digest, as for a chain, and gives back what
 * it knows beyond them. A relay that hides a revocation is exposed so by any device of the account, and a device
 * that has lost one with its storage hears of it from any contact. docs/protocol/sync.md, rule [HE11].
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { decodeFact } from "../../crypto/identity/facts.ts";
import { bytesOf } from "../channel/channels.ts";
import { ownContact, reachableDevices } from "../contact/contacts.ts";
import { headOfFacts, NEW_FACTS_MAX, takeFacts } from "../contact/devices.ts";
import { isFellow } from "../group/rosters.ts";
import { sendControl } from "../outbox/control.ts";
import type { Nack } from "../payload/nack.ts";
import { encodePayload } from "../payload/payload.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { ContactRow, DeviceRow, FactsTold } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { askAbout, type AskContext, type Round } from "./ask.ts";
import { HEAL_TRIES_MAX } from "./asked.ts";

/** Messages of one answer: all facts that an account can have. */
const ANSWERS_MAX = 4;

/**
 * The contact, with a note of what device `by` told of its facts (`head`: of their digest) if we hold others. What
 * other devices told stays noted: one that is out already, as we have not heard yet, tells what it likes.
 */
export function withFactsTold(contact: ContactRow, { head, by }: FactsTold): ContactRow {
  const { factsTold = [] } = contact;
  return withNotes(contact, [...factsTold.filter((it) => it.by !== by), { head, by }]);
}

/** These notes, but of those who are out by now, and of what is here by now: nobody is asked for that. */
function withNotes(contact: ContactRow, notes: readonly FactsTold[]): ContactRow {
  const { factsTold: _, ...rest } = contact;
  const ours = headOfFacts(contact.facts);
  const left = notes.filter(({ head, by }) => head !== ours && contact.live.includes(by));
  return left.length === 0 ? rest : { ...rest, factsTold: left };
}

/** Contacts and members of groups are asked, all their devices, for each of the facts that one of them told of. */
export async function nackFacts(
  tx: WriteTx,
  context: AskContext,
  contacts: readonly ContactRow[],
): Promise<Round> {
  let sent = 0;
  let waitMs = Infinity;
  for (const contact of contacts) {
    if (contact.factsTold === undefined) continue;
    const round = await nackFactsOf(tx, context, contact, contact.factsTold);
    sent += round.sent;
    waitMs = Math.min(waitMs, round.waitMs);
  }
  return { sent, waitMs };
}

async function nackFactsOf(
  tx: WriteTx,
  context: AskContext,
  contact: ContactRow,
  notes: readonly FactsTold[],
): Promise<Round> {
  const { asked, nowMs, self } = context;
  const { account } = contact;
  // Others may have brought what there was, or that its device is out.
  let left = withNotes(contact, notes);
  const devices = await reachableDevices(tx, account, await isFellow(tx, self, account));
  let sent = 0;
  let waitMs = Infinity;
  for (const head of new Set(left.factsTold?.map((it) => it.head))) {
    if (devices.length === 0) break;
    const name = `facts ${account} ${head}`;
    const pauseMs = asked.peerWaitMs(account, nowMs) || asked.waitMs(name, nowMs);
    waitMs = Math.min(waitMs, pauseMs);
    if (pauseMs > 0) continue;
    // They have more than we keep of anybody, or tell what is not so.
    if (asked.times(name) > HEAL_TRIES_MAX) {
      left = withNotes(left, left.factsTold?.filter((it) => it.head !== head) ?? []);
      continue;
    }
    const payload = encodePayload("nack", { tags: [bytesOf(head)] });
    const told = await askAbout(tx, context, [name], devices, payload);
    if (told > 0) asked.spend(account, nowMs);
    sent += told;
  }
  if (left.factsTold?.length !== notes.length) await tx.put("contacts", left);
  return { sent, waitMs };
}

/** Do they ask for our facts, as they are or as we told of them once? */
export async function isForFacts(tx: ReadTx, { self }: OpenContext, nack: Nack): Promise<boolean> {
  const { facts, factsFormer = [] } = await ownContact(tx, self);
  const heads = new Set([headOfFacts(facts), ...factsFormer]);
  return nack.tags.some((it) => heads.has(toHex(it)));
}

/** All of ours, to who asked for them. */
export async function tellFacts(
  tx: WriteTx,
  context: OpenContext,
  device: DeviceRow,
): Promise<void> {
  const { facts } = await ownContact(tx, context.self);
  await sendFacts(tx, context, device, facts);
}

type Known = { readonly contact: ContactRow; readonly device: DeviceRow };

/** Of their account, or of ours: facts prove themselves, whoever brings them. */
export async function takeTheirFacts(
  tx: WriteTx,
  context: OpenContext,
  from: Known,
  facts: readonly Uint8Array[],
): Promise<void> {
  const own = await ownContact(tx, context.self);
  const [ours, theirs] = [facts.filter(isAbout(own)), facts.filter((it) => !isAbout(own)(it))];
  const isSibling = from.contact.account === own.account;
  if (!isSibling && ours.length > 0) {
    const taken = await takeFacts(tx, own.accountKey, own, ours, from.device.device);
    await tx.put("contacts", { ...own, ...taken.said });
  }
  await takeFactsOf(tx, context, from, isSibling ? ours : theirs);
  context.effects.devices();
}

const isAbout =
  ({ accountKey }: ContactRow) =>
  (bytes: Uint8Array): boolean => {
    const fact = decodeFact(bytes);
    if (!fact.ok) return false;
    const { value } = fact;
    const { accountKey: key } = value.type === "device_cert" ? value.certificate : value.revocation;
    return equalBytes(key, accountKey);
  };

/** If this is all that they know, what we know beyond it is told them: their storage may have been put back. */
async function takeFactsOf(
  tx: WriteTx,
  context: OpenContext,
  { contact, device }: Known,
  facts: readonly Uint8Array[],
): Promise<void> {
  const { said, refused } = await takeFacts(tx, contact.accountKey, contact, facts, device.device);
  for (const { type } of refused) context.effects.dropped(`facts ${type}`);
  const theirs = new Set(facts.map(toHex));
  const more = said.facts.filter((it) => !theirs.has(toHex(it)));
  const head = headOfFacts(facts);
  const notes = contact.factsTold ?? [];
  const isAll = notes.some((it) => it.head === head);
  const isTaken = isAll && said.facts.length - more.length === theirs.size;
  // By now it has what we have.
  const isEven = (by: Hex): boolean => by === device.device && more.length === 0;
  const left = notes.filter((it) => !(isTaken && it.head === head) && !isEven(it.by));
  await tx.put("contacts", withNotes({ ...contact, ...said }, left));
  if (isAll && said.live.includes(device.device)) await sendFacts(tx, context, device, more);
}

async function sendFacts(
  tx: WriteTx,
  context: OpenContext,
  device: DeviceRow,
  facts: readonly Uint8Array[],
): Promise<void> {
  for (let n = 0; n < ANSWERS_MAX && n * NEW_FACTS_MAX < facts.length; n += 1) {
    const slice = facts.slice(n * NEW_FACTS_MAX, (n + 1) * NEW_FACTS_MAX);
    const payloads = [encodePayload("facts", { facts: slice })];
    await sendControl(tx, { ...context, device, payloads, before: null, psk: null });
  }
  if (facts.length > 0) context.effects.wake();
}
