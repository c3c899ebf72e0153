/**
 * Facts of an account that were held back from somebody: each chain hand-over carries the digest of its
 * sender's, and whoever holds others asks for them, by the head of that digest, as for a chain, and gives back what
 * it knows beyond them. A relay that hides a revocation is exposed so by any device of the account, and a device
 * that has lost one with its storage hears of it from any contact. docs/protocol/sync.md, rule [HE11].
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { decodeFact } from "../../crypto/identity/facts.ts";
import { ownContact } from "../contact/contacts.ts";
import { headOfFacts, NEW_FACTS_MAX, takeFacts } from "../contact/devices.ts";
import { sendControl } from "../outbox/control.ts";
import type { Nack } from "../payload/nack.ts";
import { encodePayload } from "../payload/payload.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { ContactRow, DeviceRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";

/** Messages of one answer: all facts that an account can have. */
const ANSWERS_MAX = 4;

/**
 * The contact with a note of what is to be asked for, or without one when ours are theirs. `wanted`: head of the
 * digest that device `by` told.
 */
export function comparedFacts(
  contact: ContactRow,
  wanted: Hex | undefined,
  by: Hex | undefined,
): ContactRow {
  const { factsWanted: _, factsWantedBy: __, ...rest } = contact;
  if (wanted === undefined || wanted === headOfFacts(contact.facts)) return rest;
  // Who is out by now is not asked, and the others need never have had just that.
  if (by !== undefined && !contact.live.includes(by)) return rest;
  return { ...rest, factsWanted: wanted, ...(by !== undefined && { factsWantedBy: by }) };
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
  const isAll = contact.factsWanted !== undefined && contact.factsWanted === headOfFacts(facts);
  const isTaken = isAll && said.facts.length - more.length === theirs.size;
  // By now it has what we have.
  const isEven = contact.factsWantedBy === device.device && more.length === 0;
  const wanted = isTaken || isEven ? undefined : contact.factsWanted;
  const by = contact.factsWantedBy;
  await tx.put("contacts", comparedFacts({ ...contact, ...said }, wanted, by));
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
