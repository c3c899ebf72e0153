/**
 * What makes a device one of the account: the member grants it, the new device becomes it in one
 * transaction. crypto/link/grant.ts; docs/protocol/linking.md, rules [LK10] to [LK13].
 */
import { toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import {
  CAPABILITY_LINK,
  certificateToSign,
  signAsIssuer,
} from "../../crypto/identity/certificate.ts";
import { deviceIdOf } from "../../crypto/identity/device.ts";
import { DEVICES_PER_ACCOUNT_MAX, liveDevicesOf } from "../../crypto/identity/facts.ts";
import {
  type Grant,
  type GrantContent,
  openGrant,
  SEALED_GRANT_BYTES_MAX,
  sealGrant,
} from "../../crypto/link/grant.ts";
import { openAccount } from "../account/begin.ts";
import { capsuleOf, type Self } from "../account/self.ts";
import { beReachable, type UpkeepDeps } from "../account/upkeep.ts";
import { bytesShape, decodeShaped, encodeShaped, recordShape } from "../cbor-shape.ts";
import { bytesOf } from "../channel/channels.ts";
import {
  introductionOf,
  ownCard,
  ownContact,
  PRESENCE_KEY_BYTES,
  tokenFor,
} from "../contact/contacts.ts";
import { putCard, putDevices } from "../contact/devices.ts";
import { INCARNATION_BYTES } from "../entry/entry.ts";
import { LATER_FIELDS_MAX } from "../entry/later-fields.ts";
import { cleanName } from "../payload/name.ts";
import type { ContactRow, TableName } from "../store/rows.ts";
import type { Store, WriteTx } from "../store/store.ts";
import type { Meeting, Newcomer } from "./meeting.ts";
import type { LinkError } from "./progress.ts";

type MemberMeeting = Extract<Meeting, { readonly role: "member" }>;
type NewMeeting = Extract<Meeting, { readonly role: "new" }>;

/** What devices of an account share, and crypto/ does not know. */
const STATE = recordShape<Pick<ContactRow, "presenceOut">>(
  { presenceOut: bytesShape(PRESENCE_KEY_BYTES) },
  LATER_FIELDS_MAX,
);

/** Has the account room for one more? */
export const roomFor = ({ live }: ContactRow): Result<void, LinkError> =>
  live.length < DEVICES_PER_ACCOUNT_MAX
    ? ok(undefined)
    : err({ type: "DevicesTooMany", limit: DEVICES_PER_ACCOUNT_MAX });

/** Sealed. The relay knows by then how the new device may write to us. */
export async function makeGrant(
  deps: UpkeepDeps,
  meeting: MemberMeeting,
): Promise<Result<Uint8Array, LinkError>> {
  const content = await deps.lane.run(() =>
    deps.store.write(GRANT_TABLES, (tx) => contentOf(tx, deps, meeting)),
  );
  if (!content.ok) return content;
  const told = await beReachable(deps);
  if (!told.ok) return err({ type: "RelayUnreachable" });
  const { code, transcript, other } = meeting;
  const sealed = sealGrant(code, transcript, other, content.value, deps.random);
  return sealed.ok ? sealed : err({ type: "GrantTooLong" });
}

const GRANT_TABLES: readonly TableName[] = ["meta", "mailboxes", "tokens", "contacts", "devices"];

/** The half of a certificate, our account, and where its devices are reached. */
async function contentOf(
  tx: WriteTx,
  { timers, random, effects }: UpkeepDeps,
  { self, other }: MemberMeeting,
): Promise<Result<GrantContent, LinkError>> {
  const nowMs = timers.now();
  const own = await ownContact(tx, self);
  const room = roomFor(own);
  if (!room.ok) return room;
  const isKnown = await tx.get("devices", toHex(deviceIdOf(other.sigKey, other.dhKey)));
  if (isKnown !== undefined) return err({ type: "LinkForged" });
  const toSign = certificateToSign({
    accountKey: self.accountKey,
    issuer: bytesOf(self.device),
    device: other,
    capabilities: CAPABILITY_LINK,
    createdAtMs: nowMs,
  });
  const context = { self, nowMs, random, effects };
  const cards = [await ownCard(tx, context, await tokenFor(tx, context, own))];
  for (const id of own.live) {
    const sibling = id === self.device ? undefined : await tx.get("devices", id);
    if (sibling?.account === self.account && sibling.card !== null) cards.push(sibling.card);
  }
  return ok({
    toSign,
    issued: signAsIssuer(self.keys.sigSecret, toSign),
    recoverySecret: self.recoverySecret,
    capsule: capsuleOf(self),
    introduction: await introductionOf(tx, self, cards),
    state: encodeShaped(STATE, { presenceOut: own.presenceOut }),
  });
}

/** Has the new device introduced itself already? */
export const isDeviceOf = (store: Store, { self, other }: MemberMeeting): Promise<boolean> =>
  store.read(["contacts"], async (tx) => {
    const { live } = await ownContact(tx, self);
    return live.includes(toHex(deviceIdOf(other.sigKey, other.dhKey)));
  });

/** What a grant makes of the new device, checked; nothing is written yet. */
export type Joining = { readonly self: Self; readonly grant: Grant } & Pick<
  ContactRow,
  "presenceOut"
>;

export function takeGrant(
  { timers, random }: Pick<UpkeepDeps, "timers" | "random">,
  { code, transcript, other, keys }: NewMeeting,
  sealed: Uint8Array,
): Result<Joining, LinkError> {
  const nowMs = timers.now();
  const grant = openGrant(code, transcript, other, keys, sealed, Math.floor(nowMs / 1_000));
  if (!grant.ok) {
    const isLate = grant.error.type === "LinkExpired";
    return err({ type: isLate ? "DeviceLinkExpired" : "LinkForged" });
  }
  const state = decodeShaped(STATE, grant.value.state, SEALED_GRANT_BYTES_MAX);
  if (!state.ok) return err({ type: "LinkForged" });
  return ok({ self: selfOf(grant.value, keys, nowMs, random), grant: grant.value, ...state.value });
}

function selfOf(grant: Grant, { device }: Newcomer, nowMs: number, random: Random): Self {
  const { certificate, introduction, recoverySecret, capsule } = grant;
  const name = cleanName(introduction.name);
  return {
    account: toHex(certificate.account),
    accountKey: certificate.accountKey,
    recoverySecret,
    capsule,
    device: toHex(certificate.device),
    keys: device,
    certificate: certificate.bytes,
    name: name.ok ? name.value : "?",
    incarnation: random(INCARNATION_BYTES),
    incarnationAtMs: 0,
    createdAtMs: nowMs,
  };
}

export const JOIN_TABLES: readonly TableName[] = [
  "meta",
  "channels",
  "contacts",
  "devices",
  "outbox",
];

/** The first rows of a device that was linked: all of them, or none. */
export async function joinAccount(
  tx: WriteTx,
  { self, grant, presenceOut }: Joining,
): Promise<void> {
  const certified = liveDevicesOf(self.accountKey, grant.facts);
  const live = certified.map((it) => toHex(it.device));
  await openAccount(tx, self, { facts: grant.facts, live, presenceOut });
  const siblings = certified.filter((it) => toHex(it.device) !== self.device);
  await putDevices(tx, self.account, siblings);
  for (const { card } of grant.introduction.devices) await putCard(tx, card, self.createdAtMs);
  for (const { device } of siblings) {
    const row = await tx.get("devices", toHex(device));
    if (row !== undefined) await tx.put("devices", { ...row, knowsUs: false });
  }
  for (const channel of await tx.range("channels", "primary", {})) {
    await tx.put("channels", { ...channel, history: "wanted" });
  }
}
