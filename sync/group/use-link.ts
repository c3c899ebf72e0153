/**
 * Using a link into a group: read what lies behind it, register where we can be answered, and ask all
 * admins' devices that have a door. Works while they are offline. docs/protocol/groups.md, [GL9] and [GL13].
 */
import { assert } from "../../crypto/base/assert.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import type { Introduction } from "../../crypto/identity/introduction.ts";
import {
  type Door,
  doorSecretOf,
  type GroupRecord,
  joinProofOf,
  openGroupRecord,
} from "../../crypto/invite/group-record.ts";
import type { Invite } from "../../crypto/invite/link.ts";
import { invitePskOf, inviteTagOf, openInviteRecord } from "../../crypto/invite/record.ts";
import { keepVoucher } from "../account/admission.ts";
import type { Self } from "../account/self.ts";
import { beReachable, type UpkeepDeps } from "../account/upkeep.ts";
import { bytesOf, type Channel, channelById, openGroup } from "../channel/channels.ts";
import {
  claimsOthers,
  fetchBundles,
  fetchRecord,
  inviteErrorOf,
} from "../contact/accept-invite.ts";
import {
  type CardContext,
  groupToken,
  introductionOf,
  ownCard,
  type TokenContext,
} from "../contact/contacts.ts";
import { putCard, takeFacts } from "../contact/devices.ts";
import { sendControl } from "../outbox/control.ts";
import { cleanName } from "../payload/name.ts";
import { encodePayload } from "../payload/payload.ts";
import type { InviteError } from "../refusals.ts";
import type { DeviceRow, TableName } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { strangerOf } from "./members-known.ts";
import { groupMembers, ROSTER_TABLES, rosterRowOf } from "./rosters.ts";

const TABLES: readonly TableName[] = [
  "meta",
  "mailboxes",
  "tokens",
  "contacts",
  "devices",
  "sessions",
  "channels",
  "outbox",
  ...ROSTER_TABLES,
];

/** A device that can let us in, or hand our wish to a person who can. `secret`: of its invite. */
type OpenDoor = {
  readonly introduction: Introduction;
  readonly secret: Uint8Array;
  readonly bundles: ReadonlyMap<Hex, Uint8Array>;
};

/** `name`: null: not known before the link is used. `elsewhere`: the relay that would have to be asked. */
export type GroupBehind = { readonly name: string | null; readonly elsewhere: string | null };

/**
 * What the group is called that the link leads into, before anybody is told that we would join. `isAsked`:
 * the person wants to know it also of a relay that is not ours. Rule [GL15].
 */
export async function nameBehind(
  deps: UpkeepDeps,
  { leadsTo, relayUrl, secret, account }: Invite,
  isAsked: boolean,
): Promise<Result<GroupBehind, InviteError>> {
  if (leadsTo !== "group") return ok({ name: null, elsewhere: null });
  if (relayUrl !== deps.homeUrl && !isAsked) return ok({ name: null, elsewhere: relayUrl });
  const fetched = await fetchRecord(deps, relayUrl, secret);
  if (!fetched.ok) return fetched;
  const opened = openGroupRecord(secret, account, fetched.value);
  if (!opened.ok) return err({ type: "InviteForged" });
  return ok({ name: opened.value.name, elsewhere: null });
}

/** The channel's number: of the group, or of the place where its chat will be. `invite` is of a group. */
export async function useGroupLink(
  deps: UpkeepDeps,
  self: Self,
  invite: Invite,
): Promise<Result<{ readonly c: number }, InviteError>> {
  const fetched = await fetchRecord(deps, invite.relayUrl, invite.secret);
  if (!fetched.ok) return fetched;
  const opened = openGroupRecord(invite.secret, invite.account, fetched.value);
  if (!opened.ok) return err({ type: "InviteForged" });
  const record = opened.value;
  const held = await deps.store.read(["channels", "rosters"], async (tx) => {
    const channel = await channelById(tx, toHex(record.channel));
    const members = channel === undefined ? [] : await groupMembers(tx, channel);
    return members.some((it) => it.account === self.account) ? channel : undefined;
  });
  if (held !== undefined) return ok({ c: held.c });
  const { timers, random, effects } = deps;
  const context = { self, nowMs: timers.now(), random, effects };
  await deps.lane.run(() =>
    deps.store.write(["meta", "mailboxes", "tokens"], async (tx) => {
      if (invite.relayUrl === deps.homeUrl) await keepVoucher(tx, deps.homeUrl, record.voucher);
      await groupToken(tx, context, toHex(record.channel));
    }),
  );
  // Our relay must know the token that goes into our card before anybody is told of it.
  const told = await beReachable(deps);
  if (!told.ok) return err(inviteErrorOf(told.error));
  const doors = await openDoors(deps, invite, record);
  if (doors.length === 0) return err({ type: "RelayUnreachable" });
  const asked = await deps.lane.run(() =>
    deps.store.write(TABLES, (tx) => askAll(tx, context, invite, record, doors)),
  );
  return asked === undefined ? err({ type: "RelayUnreachable" }) : ok({ c: asked });
}

/** That of the link itself first. Those behind which nothing is found are left out. */
async function openDoors(
  deps: UpkeepDeps,
  { secret }: Invite,
  { introduction, doors }: GroupRecord,
): Promise<readonly OpenDoor[]> {
  const found = await Promise.all(doors.map((it) => fetchDoor(deps, secret, it)));
  const all = [{ introduction, secret }, ...found.flatMap((it) => it ?? [])];
  const isForeign = await deps.store.read(["devices"], (tx) =>
    Promise.all(all.map((it) => claimsOthers(tx, it.introduction))),
  );
  const sound = all.filter((_, i) => isForeign[i] === false);
  return Promise.all(
    sound.map(async (it) => ({ ...it, bundles: await fetchBundles(deps, it.introduction) })),
  );
}

async function fetchDoor(
  deps: UpkeepDeps,
  link: Uint8Array,
  { account, device, relayUrl }: Door,
): Promise<Omit<OpenDoor, "bundles"> | undefined> {
  const secret = doorSecretOf(link, device);
  const fetched = await fetchRecord(deps, relayUrl, secret);
  const record = fetched.ok ? openInviteRecord(secret, account, fetched.value) : fetched;
  return record.ok ? { introduction: record.value.introduction, secret } : undefined;
}

type AskContext = CardContext & TokenContext;

/** Undefined: nobody can be written to. */
async function askAll(
  tx: WriteTx,
  context: AskContext,
  invite: Invite,
  record: GroupRecord,
  doors: readonly OpenDoor[],
): Promise<number | undefined> {
  const channel = await openGroup(tx, toHex(record.channel));
  const admins = new Set<Hex>();
  for (const door of doors) {
    if (await ask(tx, context, channel, invite, door)) admins.add(toHex(door.introduction.account));
  }
  const row = await rosterRowOf(tx, channel.c);
  if (admins.size === 0) {
    if (row.joining === undefined && row.digest === "") await tx.delete("channels", channel.c);
    return undefined;
  }
  const name = record.name.normalize("NFC").replaceAll(/\s+/gu, " ").trim();
  await tx.put("rosters", {
    ...row,
    title: row.title === "" ? name : row.title,
    joining: {
      state: "waiting",
      tag: toHex(inviteTagOf(invite.secret)),
      admins: [...admins],
      atMs: context.nowMs,
    },
  });
  return channel.c;
}

/** True when some device of theirs will hear that we want to come in. */
async function ask(
  tx: WriteTx,
  context: AskContext,
  channel: Channel,
  invite: Invite,
  door: OpenDoor,
): Promise<boolean> {
  const { introduction, secret } = door;
  const account = toHex(introduction.account);
  const held = await tx.get("contacts", account);
  if (held?.state === "blocked" || account === context.self.account) return false;
  const { accountKey, name, facts, weighed } = introduction;
  const known = held ?? strangerOf(context, account, accountKey, nameOf(name));
  const { said } = await takeFacts(tx, accountKey, held, facts, account, weighed);
  await tx.put("contacts", { ...known, ...said });
  let isAsked = false;
  for (const { card } of introduction.devices) {
    const row = await tx.get("devices", toHex(card.device));
    if (row === undefined || !said.live.includes(row.device)) continue;
    // Whom we reach already needs no proof of the handshake: the payload brings one.
    const isNew = row.card === null;
    if (isNew) await putCard(tx, card, context.nowMs);
    const device = await doorDevice(tx, row.device, door.bundles, isNew);
    const psk = isNew ? invitePskOf(secret, introduction.account) : null;
    const payloads = await wishOf(tx, context, channel, invite, device, known.presenceOut);
    if (await sendControl(tx, { ...context, device, payloads, before: null, psk })) isAsked = true;
  }
  return isAsked;
}

const nameOf = (typed: string): string => {
  const name = cleanName(typed);
  return name.ok ? name.value : "?";
};

/**
 * With what a first message to it is sealed under. The token in a door's card ends with the link: whatever
 * card members tell of the device later takes its place.
 */
async function doorDevice(
  tx: WriteTx,
  id: Hex,
  bundles: ReadonlyMap<Hex, Uint8Array>,
  isNew: boolean,
): Promise<DeviceRow> {
  const row = await tx.get("devices", id);
  assert(row !== undefined, "a device of their facts");
  const prekeyBundle = bundles.get(id) ?? row.prekeyBundle;
  const device = { ...row, prekeyBundle, ...(isNew && { cardCounter: 0 }) };
  await tx.put("devices", device);
  return device;
}

/** Who we are, with a card for members of that group, and that we have the link. */
async function wishOf(
  tx: WriteTx,
  context: AskContext,
  channel: Channel,
  invite: Invite,
  { device }: DeviceRow,
  presenceKey: Uint8Array,
): Promise<readonly Uint8Array[]> {
  const { self } = context;
  const token = await groupToken(tx, context, channel.id);
  const card = await ownCard(tx, context, token);
  return [
    encodePayload("contact", { ...(await introductionOf(tx, self, [card])), presenceKey }),
    encodePayload("join", {
      channel: bytesOf(channel.id),
      tag: inviteTagOf(invite.secret),
      proof: joinProofOf(invite.secret, bytesOf(self.account), bytesOf(device)),
    }),
  ];
}
