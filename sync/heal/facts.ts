/**
 * Facts of an account that were held back from somebody: each chain hand-over carries the digest of its
 * sender's, and whoever holds others asks for them, by the head of that digest, as for a chain. A relay
 * that hides a revocation is exposed so by any device of the account. docs/protocol/sync.md, rule [HE11].
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import { toHex } from "../../crypto/base/hex.ts";
import { acctStateOf } from "../../crypto/identity/facts.ts";
import { ownContact } from "../contact/contacts.ts";
import { NEW_FACTS_MAX } from "../contact/devices.ts";
import { sendControl } from "../outbox/control.ts";
import type { Nack } from "../payload/nack.ts";
import { encodePayload } from "../payload/payload.ts";
import type { OpenContext } from "../receive/open-envelope.ts";
import type { ContactRow, DeviceRow, Hex } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";

const HEAD_BYTES = 16;
/** Messages of one answer: all facts that an account can have. */
const ANSWERS_MAX = 4;

/** What a nack names instead of a chain. */
export const factsHeadOf = (acctState: Uint8Array): Uint8Array => acctState.subarray(0, HEAD_BYTES);

const headOfHeld = (facts: readonly Uint8Array[]): Hex => toHex(factsHeadOf(acctStateOf(facts)));

/** The contact with a note of what is to be asked for, or without one when ours are theirs. */
export function comparedFacts(contact: ContactRow, wanted: Hex | undefined): ContactRow {
  const { factsWanted: _, ...rest } = contact;
  const isMissing = wanted !== undefined && wanted !== headOfHeld(contact.facts);
  return isMissing ? { ...rest, factsWanted: wanted } : rest;
}

/** Do they ask for our facts? */
export async function isForFacts(tx: ReadTx, { self }: OpenContext, nack: Nack): Promise<boolean> {
  const head = factsHeadOf(acctStateOf((await ownContact(tx, self)).facts));
  return nack.tags.some((it) => equalBytes(it, head));
}

/** All of ours, to who asked for them. */
export async function tellFacts(
  tx: WriteTx,
  context: OpenContext,
  device: DeviceRow,
): Promise<void> {
  const { facts } = await ownContact(tx, context.self);
  for (let n = 0; n < ANSWERS_MAX && n * NEW_FACTS_MAX < facts.length; n += 1) {
    const slice = facts.slice(n * NEW_FACTS_MAX, (n + 1) * NEW_FACTS_MAX);
    const payloads = [encodePayload("facts", { facts: slice })];
    await sendControl(tx, { ...context, device, payloads, before: null, psk: null });
  }
}
