/**
 * Doors: for each link that works every admin's device leaves an invite of its own at its relay, so that
 * whoever uses the link is heard by whoever of them is there first. The device that made the link leaves
 * the record behind the link itself, which names the other doors. docs/protocol/groups.md, [GL7] and [GL8].
 */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import type { Result } from "../../crypto/base/result.ts";
import {
  type Door,
  doorSecretOf,
  DOORS_MAX,
  sealGroupRecord,
} from "../../crypto/invite/group-record.ts";
import type { RecordTooLong } from "../../crypto/invite/record.ts";
import type { Self } from "../account/self.ts";
import { bytesOf, channelById, type Channel } from "../channel/channels.ts";
import {
  type CardContext,
  cardOf,
  introductionOf,
  liveDevices,
  ownCard,
  revokeToken,
  type TokenContext,
} from "../contact/contacts.ts";
import { inviteRow, withdrawInvite } from "../contact/invites.ts";
import type { OpenContext } from "../receive/open-context.ts";
import { rankOf } from "../roster/may.ts";
import type { InviteRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { isLive, secretOf } from "./links.ts";
import { groupMembers, rosterRowOf } from "./rosters.ts";
import type { GroupLinkRow } from "./rows.ts";

/** Doors of this device that work at the same time, over all groups: a relay keeps 64 invites. */
export const OWN_DOORS_MAX = 24;

export const isAdmin = async (tx: ReadTx, c: number, account: Hex): Promise<boolean> =>
  (await groupMembers(tx, { c })).some(
    (it) => it.account === account && rankOf(it.role) >= rankOf("admin"),
  );

/** Opens the doors of links that work, as far as we are an admin, and closes those of all others. */
export async function tendDoors(
  tx: WriteTx,
  context: OpenContext,
  { c, id }: Pick<Channel, "c" | "id">,
): Promise<void> {
  const { links = [] } = await rosterRowOf(tx, c);
  const invites = await tx.range("invites", "primary", {});
  const open = invites.filter((it) => it.group !== undefined && it.isWithdrawn !== true);
  const ours = open.filter((it) => it.group?.channel === id);
  if (links.length === 0 && ours.length === 0) return;
  const mayOpen = await isAdmin(tx, c, context.self.account);
  const live = mayOpen ? links.filter((it) => isLive(it, context.nowMs)) : [];
  for (const door of ours) {
    if (!live.some((it) => it.tag === door.group?.link)) await closeDoor(tx, context, door);
  }
  let room = OWN_DOORS_MAX - open.filter((it) => it.expiresAtMs > context.nowMs).length;
  for (const link of live) {
    if (room <= 0) break;
    if (ours.some((it) => it.group?.link === link.tag)) continue;
    await openDoor(tx, context, id, link);
    room -= 1;
  }
  for (const door of ours) await renew(tx, context, c, door);
}

async function closeDoor(tx: WriteTx, context: OpenContext, door: InviteRow): Promise<void> {
  await withdrawInvite(tx, door.tag);
  await revokeToken(tx, door.token);
  context.effects.upkeep();
}

async function openDoor(
  tx: WriteTx,
  { self, random, nowMs, effects }: OpenContext,
  channel: Hex,
  link: GroupLinkRow,
): Promise<void> {
  const secret = secretOf(link);
  if (secret === undefined) return;
  const door = doorSecretOf(secret, bytesOf(self.device));
  const { expiresAtMs } = link;
  await inviteRow(tx, { secret: door, link: "", expiresAtMs, nowMs }, random, {
    channel,
    link: link.tag,
    told: "",
  });
  effects.upkeep();
}

/** Other admins, other devices of theirs, another name: the record behind the link is written anew. */
async function renew(tx: WriteTx, context: OpenContext, c: number, door: InviteRow): Promise<void> {
  const row = await tx.get("invites", door.tag);
  if (row?.group === undefined || !isMain(row) || row.isWithdrawn === true) return;
  const told = await termsOf(tx, context.self, c);
  if (told.text === row.group.told) return;
  await tx.put("invites", {
    ...row,
    published: false,
    group: { ...row.group, told: told.text },
  });
  context.effects.upkeep();
}

/** Is it the record behind the link itself? */
export const isMain = ({ tag, group }: InviteRow): boolean => group?.link === tag;

type Terms = { readonly name: string; readonly doors: readonly Door[]; readonly text: string };

/** What the record says of the group. `text`: equal when that is. */
async function termsOf(tx: ReadTx, self: Self, c: number): Promise<Terms> {
  const { title } = await rosterRowOf(tx, c);
  const doors: Door[] = [];
  for (const { account, role } of await groupMembers(tx, { c })) {
    if (rankOf(role) < rankOf("admin")) continue;
    for (const row of await liveDevices(tx, account, true)) {
      const relayUrl = cardOf(row)?.relays[0]?.url;
      if (relayUrl === undefined || row.device === self.device) continue;
      doors.push({ account: bytesOf(account), device: bytesOf(row.device), relayUrl });
    }
  }
  const told = doors.slice(0, DOORS_MAX);
  const text = [title, ...told.map((it) => `${toHex(it.device)} ${it.relayUrl}`)].join("\n");
  return { name: title, doors: told, text };
}

/** What lies behind the link. Undefined: the group is not here, or the token is gone. */
export async function groupRecordOf(
  tx: WriteTx,
  context: CardContext & TokenContext,
  invite: InviteRow,
): Promise<Result<Uint8Array, RecordTooLong> | undefined> {
  const { self, random } = context;
  const token = await tx.get("tokens", invite.token);
  const channel = await channelById(tx, invite.group?.channel ?? "");
  if (token === undefined || channel === undefined) return undefined;
  const { name, doors } = await termsOf(tx, self, channel.c);
  const content = {
    channel: bytesOf(channel.id),
    name,
    doors,
    expiresAtS: Math.floor(invite.expiresAtMs / 1_000),
    voucher: invite.voucher,
    introduction: await introductionOf(tx, self, [await ownCard(tx, context, token)]),
  };
  return sealGroupRecord(invite.secret, content, self.keys.sigSecret, random);
}
