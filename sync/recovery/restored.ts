/**
 * The first rows of a device that was restored from the recovery words: the account is its own again, it
 * knows whom the capsule or a backup named, and has all of their history still to ask for. It is a new
 * device, certified by the account key; the others stay what they were. docs/protocol/recovery.md, rules
 * [RV7] to [RV10].
 */
import { backupKeyOf } from "../../crypto/backup/backup-key.ts";
import { assert } from "../../crypto/base/assert.ts";
import { wipe } from "../../crypto/base/bytes.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import { accountIdOf, accountKeysOf } from "../../crypto/identity/account.ts";
import { CAPABILITY_LINK, certifyDevice } from "../../crypto/identity/certificate.ts";
import { makeDevice } from "../../crypto/identity/device.ts";
import {
  certificateFactOf,
  decodeFact,
  DEVICES_PER_ACCOUNT_MAX,
  factIdOf,
  liveDevicesOf,
  mergeFacts,
  revocationFactOf,
} from "../../crypto/identity/facts.ts";
import type { Introduction } from "../../crypto/identity/introduction.ts";
import { encodeRevocation, STAYING_MAX } from "../../crypto/identity/revocation.ts";
import type { OpenedCapsule, OpenedContact } from "../../crypto/recovery/capsule-content.ts";
import { capsuleKeysOf } from "../../crypto/recovery/capsule.ts";
import { BEGIN_TABLES, openAccount } from "../account/begin.ts";
import type { Self } from "../account/self.ts";
import { decodeShaped } from "../cbor-shape.ts";
import { append, APPEND_TABLES, ensureOwnLog } from "../channel/append.ts";
import { type Channel, openAccountChannel, openChannel, openGroup } from "../channel/channels.ts";
import { PRESENCE_KEY_BYTES } from "../contact/contacts.ts";
import { CONTACT_FACTS_MAX, putCard, putDevices, takeFacts } from "../contact/devices.ts";
import { keepDeviceNames } from "../devices/names.ts";
import { INCARNATION_BYTES } from "../entry/entry.ts";
import { rosterRowOf } from "../group/rosters.ts";
import { cleanName } from "../payload/name.ts";
import type { ContactRow, TableName } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import {
  KEPT,
  KEPT_ACCOUNT,
  KEPT_CONTACT,
  KEPT_GROUP,
  type Kept,
  type KeptAccount,
} from "./content.ts";
import { noteRestored } from "./older-chats.ts";
import { keepBackupKey } from "./words-kept.ts";

const ROW_BYTES_MAX = 32_768;

export const RESTORE_TABLES: readonly TableName[] = [
  ...new Set<TableName>([...BEGIN_TABLES, ...APPEND_TABLES, "mailboxes", "tokens"]),
];

/** What a restored device knows of its account before it asks anybody. */
export type Known = Pick<OpenedCapsule, "contacts" | "channels" | "row"> & {
  readonly self: Pick<Introduction, "name" | "facts" | "devices">;
};

/** Neither a capsule nor a backup: the account key, and a name that the person gives. */
export const nothingKnown = (name: string): Known => ({
  self: { name, facts: [], devices: [] },
  contacts: [],
  channels: [],
  row: new Uint8Array(0),
});

type Context = { readonly nowMs: number; readonly random: Random };
type NewFacts = Pick<Self, "certificate" | "keys"> & Pick<ContactRow, "facts" | "live">;

/** All of them or none. The secret is not kept: who has just typed it has it. */
export async function putRestored(
  tx: WriteTx,
  context: Context,
  secret: Uint8Array,
  known: Known,
): Promise<Self> {
  const { nowMs, random } = context;
  const made = certifiedBySecret(secret, known, context);
  const { publicKey: accountKey, secretKey } = accountKeysOf(secret);
  wipe(secretKey);
  const name = cleanName(known.self.name);
  assert(made.live.includes(made.device), "who was certified just now is live");
  const self: Self = {
    account: toHex(accountIdOf(accountKey)),
    accountKey,
    recoverySecret: null,
    capsule: capsuleKeysOf(secret),
    device: made.device,
    keys: made.keys,
    certificate: made.certificate,
    name: name.ok ? name.value : "?",
    incarnation: random(INCARNATION_BYTES),
    incarnationAtMs: 0,
    createdAtMs: nowMs,
  };
  const account = accountRowOf(known.row);
  const presenceOut = account?.presenceOut ?? random(PRESENCE_KEY_BYTES);
  await openAccount(tx, self, { facts: made.facts, live: made.live, presenceOut });
  const backupKey = backupKeyOf(secret);
  await keepBackupKey(tx, backupKey);
  await noteRestored(tx, nowMs);
  await putSiblings(tx, self, known, made, nowMs);
  await keepDeviceNames(tx, account?.devices ?? []);
  for (const contact of known.contacts) await putContact(tx, self, context, contact);
  for (const group of known.channels) await putGroup(tx, self, group);
  await wantOwnHistory(tx, { self, ...context }, backupKey);
  return self;
}

function accountRowOf(row: Uint8Array): KeptAccount | undefined {
  const decoded = decodeShaped(KEPT_ACCOUNT, row, ROW_BYTES_MAX);
  return decoded.ok ? decoded.value : undefined;
}

/** A new device with a certificate by the account key; for the eleventh the longest silent one goes. */
function certifiedBySecret(
  secret: Uint8Array,
  { self }: Known,
  { nowMs, random }: Context,
): NewFacts & { readonly device: Hex } {
  const { publicKey: accountKey, secretKey } = accountKeysOf(secret);
  const keys = makeDevice(random);
  const capabilities = CAPABILITY_LINK;
  const request = { accountKey, issuer: null, device: keys, capabilities, createdAtMs: nowMs };
  const certificate = certifyDevice(request, secretKey);
  const revoked = silentOf(accountKey, self).map((device) =>
    revocationFactOf(
      encodeRevocation(
        { accountKey, device, issuer: null, atMs: nowMs, staying: issuedBy(device, self.facts) },
        secretKey,
      ),
    ),
  );
  wipe(secretKey);
  const news = [certificateFactOf(certificate), ...revoked];
  const merged = mergeFacts(accountKey, self.facts, news, CONTACT_FACTS_MAX);
  assert(merged.ok, "few facts are new");
  const live = liveDevicesOf(accountKey, merged.value).map((it) => toHex(it.device));
  const decoded = decodeFact(certificateFactOf(certificate));
  assert(decoded.ok && decoded.value.type === "device_cert", "a certificate of our own");
  const device = toHex(decoded.value.certificate.device);
  return { certificate, keys, facts: merged.value, live, device };
}

/** Devices that make room for one more: whose card is the oldest. None while there is room. */
function silentOf(
  accountKey: Uint8Array,
  { facts, devices }: Known["self"],
): readonly Uint8Array[] {
  const live = liveDevicesOf(accountKey, facts);
  const seen = new Map(devices.map(({ card }) => [toHex(card.device), card.lastSeenDay] as const));
  const seenDay = (device: Uint8Array): number => seen.get(toHex(device)) ?? 0;
  const byAge = live
    .toSorted((a, b) => seenDay(a.device) - seenDay(b.device) || a.createdAtMs - b.createdAtMs)
    .map((it) => it.device);
  return byAge.slice(0, Math.max(0, live.length + 1 - DEVICES_PER_ACCOUNT_MAX));
}

/** It goes for want of room, not because it was stolen: whom it certified stays. */
const issuedBy = (device: Uint8Array, facts: readonly Uint8Array[]): readonly Uint8Array[] =>
  facts
    .filter((it) => {
      const fact = decodeFact(it);
      const issuer =
        fact.ok && fact.value.type === "device_cert" ? fact.value.certificate.issuer : null;
      return issuer !== null && toHex(issuer) === toHex(device);
    })
    .slice(0, STAYING_MAX)
    .map(factIdOf);

async function putSiblings(
  tx: WriteTx,
  self: Self,
  { self: { devices } }: Known,
  { facts, live }: NewFacts,
  nowMs: number,
): Promise<void> {
  const siblings = liveDevicesOf(self.accountKey, facts).filter(
    (it) => toHex(it.device) !== self.device,
  );
  await putDevices(tx, self.account, siblings);
  for (const { card } of devices) {
    if (live.includes(toHex(card.device))) await putCard(tx, card, nowMs);
  }
  for (const { device } of siblings) await meetAgain(tx, toHex(device));
}

/** It knows our account and not this device: the first word to it says who we are. */
async function meetAgain(tx: WriteTx, id: Hex): Promise<void> {
  const device = await tx.get("devices", id);
  if (device !== undefined) await tx.put("devices", { ...device, knowsUs: false });
}

async function putContact(
  tx: WriteTx,
  self: Self,
  { nowMs, random }: Context,
  { introduction, row }: OpenedContact,
): Promise<void> {
  const kept = decodeShaped(KEPT_CONTACT, row, ROW_BYTES_MAX);
  const state = kept.ok ? stateOf(kept.value.state) : undefined;
  const account = toHex(introduction.account);
  if (!kept.ok || state === undefined || account === self.account) return;
  if ((await tx.get("contacts", account)) !== undefined) return;
  const { accountKey, facts, devices } = introduction;
  const { said } = await takeFacts(tx, accountKey, undefined, facts, account);
  const name = cleanName(introduction.name);
  const { presenceOut, presenceIn, addedAtMs, notedH } = kept.value;
  await tx.put("contacts", {
    account,
    accountKey,
    name: name.ok ? name.value : "?",
    state,
    ...said,
    presenceOut,
    presenceIn,
    token: "",
    addedAtMs,
    lastSeenMs: 0,
    ...(notedH > 0 && { notedH }),
  });
  for (const { card } of devices) {
    if (said.live.includes(toHex(card.device))) await putCard(tx, card, nowMs);
  }
  for (const id of said.live) await meetAgain(tx, id);
  if (state === "member") return;
  const opened = await openChannel(tx, self, account);
  const channel: Channel = { ...opened, history: "wanted" };
  await tx.put("channels", channel);
  // Our log there tells them that this device is ours.
  if (state !== "blocked") await ensureOwnLog(tx, { self, channel, nowMs, random });
}

const stateOf = (state: number): Kept | undefined =>
  (Object.keys(KEPT) as Kept[]).find((it) => KEPT[it] === state);

/** A group whose roster is still to be asked for, of those who were in it. */
async function putGroup(
  tx: WriteTx,
  self: Self,
  { channel: id, row }: Known["channels"][number],
): Promise<void> {
  const kept = decodeShaped(KEPT_GROUP, row, ROW_BYTES_MAX);
  if (!kept.ok) return;
  const channel = await openGroup(tx, toHex(id));
  const { c } = channel;
  await tx.put("channels", { ...channel, history: "wanted" });
  const accounts = [self.account, ...kept.value.members.map(toHex)];
  await tx.put("rosters", {
    ...(await rosterRowOf(tx, c)),
    members: accounts.map((account) => ({ account, role: "member", floor: 0, by: account })),
    isBehind: true,
    title: kept.value.title,
  });
}

/** "Note to self", and what our devices tell each other: also that the words are written down. */
async function wantOwnHistory(
  tx: WriteTx,
  context: Context & { readonly self: Self },
  backupKey: Uint8Array,
): Promise<void> {
  const { self } = context;
  const notes = await openChannel(tx, self, self.account);
  await tx.put("channels", { ...notes, history: "wanted" });
  const channel: Channel = { ...(await openAccountChannel(tx, self)), history: "wanted" };
  await append(tx, { ...context, channel }, { type: "wordsKept", backupKey });
}

export const accountOf = (secret: Uint8Array): Uint8Array => {
  const { publicKey, secretKey } = accountKeysOf(secret);
  wipe(secretKey);
  return accountIdOf(publicKey);
};
