/** The devices of contacts in the store: added from verified facts, moved by newer cards. */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { ok } from "../../crypto/base/result.ts";
import { accountIdOf } from "../../crypto/identity/account.ts";
import type { Card } from "../../crypto/identity/card.ts";
import type { DeviceCertificate } from "../../crypto/identity/certificate.ts";
import {
  acctStateOf,
  decodeFact,
  weighFacts,
  type WeighedFacts,
} from "../../crypto/identity/facts.ts";
import { hurryFor } from "../outbox/resend.ts";
import { dropTargets } from "../outbox/targets.ts";
import type { ContactRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";

/** Facts kept of a contact's account: ten devices, and what came before them. */
export const CONTACT_FACTS_MAX = 64;
/** New facts of one device's that are checked in one transaction: two signatures each, 10 ms in all. */
export const NEW_FACTS_MAX = 64;

export type FactsRefusal =
  /** Certified by an account, but it belongs to another one: a device has one account for ever. */
  | { readonly type: "DeviceClaimed"; readonly device: Hex }
  | { readonly type: "FactsTooMany"; readonly limit: number };

/** Heads of digests that are remembered of facts as they were. */
const FORMER_HEADS_MAX = 8;
const HEAD_BYTES = 16;

export type TakenFacts = {
  readonly said: Pick<ContactRow, "facts" | "live" | "factsFormer">;
  readonly refused: readonly FactsRefusal[];
};

/** New facts that were checked in a transaction, by the device that sent them. */
const checked = new WeakMap<WriteTx, Map<Hex, number>>();

/**
 * What the facts that came, together with those held, say of the account; its devices are added. Each
 * fact costs two signatures to check: that is done when one is new, and never when they are read. `by`:
 * the device that sent them, of which no more than NEW_FACTS_MAX are checked in a transaction. The rest
 * come again with the next union. `weighed`: what the facts that came are worth by themselves, if that is known.
 * What waits for a device that was revoked is dropped.
 */
export async function takeFacts(
  tx: WriteTx,
  accountKey: Uint8Array,
  held: ContactRow | undefined,
  incoming: readonly Uint8Array[],
  by: Hex,
  weighed?: WeighedFacts,
): Promise<TakenFacts> {
  const facts = held?.facts ?? [];
  const known = new Set(facts.map(toHex));
  const fresh = incoming.filter((it) => !known.has(toHex(it)));
  const due = withinBudget(tx, by, fresh);
  const refused: FactsRefusal[] =
    due.length < fresh.length ? [{ type: "FactsTooMany", limit: NEW_FACTS_MAX }] : [];
  const unchanged: TakenFacts = { said: { facts, live: held?.live ?? [] }, refused };
  if (due.length === 0) return unchanged;
  const isAll = facts.length === 0 && due.length === incoming.length;
  const merged =
    isAll && weighed !== undefined
      ? ok(weighed)
      : weighFacts(accountKey, facts, due, CONTACT_FACTS_MAX);
  if (!merged.ok) return unchanged;
  const certified = merged.value.live;
  const live = await putDevices(tx, toHex(accountIdOf(accountKey)), certified);
  const gone = held?.live.filter((it) => !live.includes(it)) ?? [];
  if (gone.length > 0) await dropTargets(tx, new Set(gone));
  const back = held === undefined ? [] : live.filter((it) => !held.live.includes(it));
  if (due.some(isRevocation) || back.length > 0) {
    await noteGone(tx, toHex(accountIdOf(accountKey)), [...gone, ...back]);
  }
  for (const { device } of certified) {
    const id = toHex(device);
    if (!live.includes(id)) refused.push({ type: "DeviceClaimed", device: id });
  }
  return {
    said: { facts: merged.value.facts, live, ...formerOf(held, merged.value.facts) },
    refused,
  };
}

/** Whoever was not known had said nothing of themselves, and what comes to nothing makes nothing former. */
function formerOf(
  held: ContactRow | undefined,
  facts: readonly Uint8Array[],
): Pick<ContactRow, "factsFormer"> {
  if (held === undefined || held.facts.length === 0) return {};
  const head = headOfFacts(held.facts);
  if (head === headOfFacts(facts)) return {};
  const former = [...(held.factsFormer ?? []), head];
  return { factsFormer: former.slice(-FORMER_HEADS_MAX) };
}

/** Of the digest of an account's facts, which hand-overs carry: what a nack names instead of a chain. */
export const headOfFacts = (facts: readonly Uint8Array[]): Hex => headOfDigest(acctStateOf(facts));

export const headOfDigest = (acctState: Uint8Array): Hex =>
  toHex(acctState.subarray(0, HEAD_BYTES));

/** Name of the meta row: devices (hex16) that turned out to be out, or to be in, by account (hex32). */
const GONE_DUE = "goneDue";
type GoneDue = Readonly<Record<Hex, readonly Hex[]>>;

/** Somebody's devices are others than before: what follows is done in a transaction of its own. */
async function noteGone(tx: WriteTx, account: Hex, gone: readonly Hex[]): Promise<void> {
  const due = await goneDueIn(tx);
  const all = [...new Set([...(due[account] ?? []), ...gone])];
  await tx.put("meta", { k: GONE_DUE, v: { ...due, [account]: all } });
}

export const goneDueIn = async (tx: ReadTx): Promise<GoneDue> =>
  ((await tx.get("meta", GONE_DUE))?.v ?? {}) as GoneDue;

/** By account, each once. */
export async function takeGoneDue(tx: WriteTx): Promise<ReadonlyMap<Hex, readonly Hex[]>> {
  const due = await goneDueIn(tx);
  await tx.delete("meta", GONE_DUE);
  return new Map(Object.entries(due));
}

export const isRevocation = (bytes: Uint8Array): boolean => {
  const fact = decodeFact(bytes);
  return fact.ok && fact.value.type === "device_revoke";
};

/** Those that may still be checked: what the account key signed first, then revocations. */
function withinBudget(tx: WriteTx, by: Hex, fresh: readonly Uint8Array[]): readonly Uint8Array[] {
  const spent = checked.get(tx) ?? new Map<Hex, number>();
  const before = spent.get(by) ?? 0;
  const due = fresh.toSorted((a, b) => rankOf(a) - rankOf(b)).slice(0, NEW_FACTS_MAX - before);
  checked.set(tx, spent.set(by, before + due.length));
  return due;
}

/** By what the fact claims: nothing of it is checked yet. */
function rankOf(bytes: Uint8Array): number {
  const fact = decodeFact(bytes);
  if (!fact.ok) return 3;
  if (fact.value.type === "device_revoke") return fact.value.revocation.issuer === null ? 0 : 1;
  return fact.value.certificate.issuer === null ? 0 : 2;
}

/**
 * Adds devices that are not there, and answers which are the account's: a device that came with another
 * account first stays with it. `live` comes from `liveDevicesOf`.
 */
export async function putDevices(
  tx: WriteTx,
  account: Hex,
  live: readonly DeviceCertificate[],
): Promise<readonly Hex[]> {
  const theirs: Hex[] = [];
  for (const certificate of live) {
    const device = toHex(certificate.device);
    const held = await tx.get("devices", device);
    if (held === undefined || held.account === account) theirs.push(device);
    if (held !== undefined) continue;
    await tx.put("devices", {
      device,
      account,
      sigKey: certificate.sigKey,
      certificate: certificate.bytes,
      card: null,
      cardCounter: 0,
      cardAtMs: 0,
      prekeyBundle: null,
      healedAtMs: 0,
      resetAtMs: 0,
    });
  }
  return theirs;
}

/**
 * Where the device is reached from now on, if the card is newer than the one held; it was verified.
 * What was put off for the device is due at once. True when it was newer.
 */
export async function putCard(tx: WriteTx, card: Card, nowMs: number): Promise<boolean> {
  const device = await tx.get("devices", toHex(card.device));
  if (device === undefined || card.counter <= device.cardCounter) return false;
  const { deniedAtMs: _, ...rest } = device;
  await tx.put("devices", {
    ...rest,
    card: card.bytes,
    cardCounter: card.counter,
    cardAtMs: nowMs,
    moves: [],
    // They may be older than what the device still opens: who begins anew asks for others. Rule [SS3].
    prekeyBundle: null,
  });
  await hurryFor(tx, device.device);
  return true;
}
