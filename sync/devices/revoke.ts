/**
 * A device is put out of its account, or leaves it: the statement, who hears of it at once, and what
 * follows where it is heard. docs/protocol/devices.md, [OD1] to [OD4] and [OD10].
 */
import { assert } from "../../crypto/base/assert.ts";
import { wipe } from "../../crypto/base/bytes.ts";
import { type Hex, fromHex, toHex } from "../../crypto/base/hex.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { accountKeysOf } from "../../crypto/identity/account.ts";
import { decodeFact, factIdOf, FACTS_MAX, revocationFactOf } from "../../crypto/identity/facts.ts";
import { encodeRevocation, STAYING_MAX } from "../../crypto/identity/revocation.ts";
import { certificateChainOf } from "../account/certificate-chain.ts";
import { cardsAreDue } from "../account/moving.ts";
import type { Self } from "../account/self.ts";
import {
  liveDevices,
  ownContact,
  reachableDevices,
  retireContactToken,
  retireGroupToken,
  tokenFor,
} from "../contact/contacts.ts";
import { takeFacts, takeGoneDue } from "../contact/devices.ts";
import { sessionWith } from "../contact/sessions.ts";
import { isFellow } from "../group/rosters.ts";
import { takeWelcomeTurn } from "../heal/answers.ts";
import { controlsWaiting, sendControl } from "../outbox/control.ts";
import { encodePayload } from "../payload/payload.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { ContactRow, DeviceRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { isPutOut } from "./closed.ts";
import { closeLogs, settleAccount } from "./closings.ts";
import type { DeviceError } from "./commands.ts";

/** Devices of contacts that are told at once; the others hear of it with our next chain. */
const TOLD_MAX = 256;

/**
 * Our statement that `device` is out, and all that follows here. With the account key, while it is here:
 * no flood of statements displaces it. Its certificates of devices in `kept`, and of those that we hang
 * on, stay.
 */
export async function revokeDevice(
  tx: WriteTx,
  context: OpenContext,
  device: Hex,
  kept: readonly Hex[],
): Promise<Result<void, DeviceError>> {
  const { self } = context;
  const own = await ownContact(tx, self);
  const id = fromHex(device);
  if (device === self.device) return err({ type: "DeviceIsThis" });
  if (!own.live.includes(self.device)) return err({ type: "DeviceRemoved" });
  if (!id.ok || !own.live.includes(device)) return err({ type: "DeviceUnknown" });
  const staying = await stayingOf(tx, self, own, device, kept);
  const fact = revocationOf(self, id.value, staying, context.nowMs);
  const gone = await takeOwnFact(tx, context, fact);
  if (!gone.includes(device)) return err({ type: "FactsTooMany", limit: FACTS_MAX });
  await tellEverybody(tx, context);
  // So that it learns why nobody answers.
  for (const it of gone) {
    const row = await tx.get("devices", it);
    if (row !== undefined && row.card !== null) await tellFacts(tx, context, row);
  }
  await heedGone(tx, context);
  await closeLogs(tx, context, false);
  context.effects.wake();
  return ok(undefined);
}

function revocationOf(
  self: Self,
  device: Uint8Array,
  staying: readonly Uint8Array[],
  atMs: number,
): Uint8Array {
  const { accountKey, recoverySecret } = self;
  const own = fromHex(self.device);
  assert(own.ok, "our own id");
  const statement = { accountKey, device, atMs, staying };
  if (recoverySecret === null || self.device === toHex(device)) {
    return revocationFactOf(
      encodeRevocation({ ...statement, issuer: own.value }, self.keys.sigSecret),
    );
  }
  const { secretKey } = accountKeysOf(recoverySecret);
  const fact = revocationFactOf(encodeRevocation({ ...statement, issuer: null }, secretKey));
  wipe(secretKey);
  return fact;
}

/** Certificates that the device issued and that go on to count. */
async function stayingOf(
  tx: ReadTx,
  self: Self,
  { facts }: ContactRow,
  device: Hex,
  kept: readonly Hex[],
): Promise<readonly Uint8Array[]> {
  const above = new Set((await certificateChainOf(tx, self)).map(toHex));
  const issued = facts.flatMap((bytes) => {
    const fact = decodeFact(bytes);
    if (!fact.ok || fact.value.type !== "device_cert") return [];
    const { certificate } = fact.value;
    const isTheirs = certificate.issuer !== null && toHex(certificate.issuer) === device;
    return isTheirs ? [{ certificate, id: factIdOf(bytes) }] : [];
  });
  return issued
    .filter(({ certificate }) => {
      const stays = kept.includes(toHex(certificate.device));
      return stays || above.has(toHex(certificate.bytes));
    })
    .slice(0, STAYING_MAX)
    .map(({ id }) => id);
}

/** Devices of ours that it put out. */
async function takeOwnFact(
  tx: WriteTx,
  { self }: Pick<OpenContext, "self">,
  fact: Uint8Array,
): Promise<readonly Hex[]> {
  const own = await ownContact(tx, self);
  const { said } = await takeFacts(tx, self.accountKey, own, [fact], self.device);
  await tx.put("contacts", { ...own, ...said });
  return own.live.filter((it) => !said.live.includes(it));
}

async function tellFacts(tx: WriteTx, context: OpenContext, device: DeviceRow): Promise<boolean> {
  if (device.device === context.self.device) return false;
  const { facts } = await ownContact(tx, context.self);
  const payloads = [encodePayload("facts", { facts })];
  return sendControl(tx, { ...context, device, payloads, before: null, psk: null });
}

/**
 * A device of ours that was put out and goes on has not heard of it: what told it may have gone with its mailbox.
 * At most every 10 s. Rule [OD3].
 */
export async function tellItIsOut(tx: WriteTx, context: OpenContext, id: Hex): Promise<void> {
  const own = await ownContact(tx, context.self);
  const device = await tx.get("devices", id);
  // To whom we are new we would say where we are reached.
  const isAcquainted = device?.account === own.account && device.knowsUs !== false;
  if (
    !isAcquainted ||
    device.card === null ||
    !isPutOut(own, id) ||
    !own.live.includes(context.self.device)
  )
    return;
  if ((await controlsWaiting(tx, id, null)) > 0) return;
  if (!(await takeWelcomeTurn(tx, context, device))) return;
  await tellFacts(tx, context, device);
  context.effects.wake();
}

/** Our own statement that we leave; whoever knows us is told. What we wrote stays, and counts. */
export async function leaveAccount(tx: WriteTx, context: OpenContext): Promise<void> {
  const { self, nowMs } = context;
  const own = await ownContact(tx, self);
  const id = fromHex(self.device);
  assert(id.ok, "our own id");
  if (own.live.includes(self.device)) {
    const others = own.live.filter((it) => it !== self.device);
    const staying = await stayingOf(tx, self, own, self.device, others);
    await takeOwnFact(tx, context, revocationOf(self, id.value, staying, nowMs));
  }
  await tellEverybody(tx, context);
  context.effects.wake();
}

/** Whom we do not reach now sees by the next word of anybody of us that there is news. Rule [HE11]. */
async function tellEverybody(tx: WriteTx, context: OpenContext): Promise<void> {
  const { self, nowMs } = context;
  for (const it of await reachableDevices(tx, self.account)) await tellFacts(tx, context, it);
  let told = 0;
  for (const { account, state } of await tx.range("contacts", "primary", {})) {
    if (state === "self" || state === "blocked") continue;
    if (state === "request" && !(await isFellow(tx, self, account))) continue;
    for (const device of await liveDevices(tx, account, true)) {
      const isKnown = device.card !== null && (await sessionWith(tx, device, nowMs)) !== undefined;
      if (!isKnown || told >= TOLD_MAX) continue;
      if (await tellFacts(tx, context, device)) told += 1;
    }
  }
}

/**
 * Accounts have said of devices that they are out: nothing is for those any more, what they know of us
 * ends, and what they wrote is looked at again; also what those wrote who are in, as we hear later. Answers how
 * many accounts.
 */
export async function heedGone(tx: WriteTx, context: OpenContext): Promise<number> {
  const accounts = [...(await takeGoneDue(tx))];
  for (const [account, devices] of accounts) {
    const contact = await tx.get("contacts", account);
    const isIn = (device: Hex): boolean => contact?.live.includes(device) === true;
    const isAnyOut = devices.some((it) => !isIn(it));
    if (contact !== undefined && isAnyOut) await endTokens(tx, context, contact);
    await settleAccount(tx, context, account, new Set(devices.filter(isIn)));
  }
  if (accounts.length > 0) {
    context.effects.contacts();
    context.effects.wake();
  }
  return accounts.length;
}

/** Those who are left get new ones: a contact's by our card, a group's with our next chains. Rule [OD10]. */
async function endTokens(tx: WriteTx, context: OpenContext, contact: ContactRow): Promise<void> {
  const { self, effects } = context;
  await retireContactToken(tx, context, contact);
  // At once: it is also what they see of us. Rule [PD5].
  if (contact.state === "accepted") await tokenFor(tx, context, contact);
  for (const { c, members } of await tx.range("rosters", "primary", {})) {
    const channel = await tx.get("channels", c);
    const isShared = members.some((it) => it.account === contact.account);
    if (isShared && channel !== undefined) await retireGroupToken(tx, context, channel.id);
  }
  await cardsAreDue(
    tx,
    contact.live.filter((it) => it !== self.device),
  );
  effects.upkeep();
}
