/**
 * What the recovery capsule says: who we are, whom we know and in which groups we are, each with a row
 * of ours beside what crypto/recovery/capsule-content.ts lays out. docs/protocol/recovery.md, [RV1].
 *
 *     contact  cbor [state, presenceOut, presenceIn, addedAtMs, notedH]
 *     channel  cbor [title, members]           of a group; others follow from the accounts
 *     account  cbor [presenceOut, backupKey, devices]
 *
 * | field     | meaning                                                                          |
 * | --------- | -------------------------------------------------------------------------------- |
 * | state     | 1 accepted, 2 blocked, 3 member of a group of ours, 4 invited                     |
 * | notedH    | place of the note in the account channel that said so; 0 = none                   |
 * | title     | of the group, as it was shown; "" when it is longer than fits                     |
 * | members   | some, who can be asked for the rest: accounts, 32 bytes each                      |
 * | backupKey | crypto/backup/backup-key.ts; null while the secret that it comes from is kept     |
 * | devices   | what those of the account are called: [id, name] each; came later, and may be missing |
 */
import { utf8 } from "../../crypto/base/bytes.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { decodeCard } from "../../crypto/identity/card.ts";
import { DEVICES_PER_ACCOUNT_MAX } from "../../crypto/identity/facts.ts";
import {
  encodeIntroduction,
  type IntroductionContent,
} from "../../crypto/identity/introduction.ts";
import { hash32 } from "../../crypto/public/hash.ts";
import {
  CAPSULE_CHANNELS_MAX,
  CAPSULE_CONTACTS_MAX,
  type CapsuleContact,
  type CapsuleContent,
} from "../../crypto/recovery/capsule-content.ts";
import type { Self } from "../account/self.ts";
import {
  bytesShape,
  encodeShaped,
  grownShape,
  listShape,
  nullable,
  recordShape,
  type Shape,
  textUpTo,
  uintShape,
} from "../cbor-shape.ts";
import { bytesOf } from "../channel/channels.ts";
import { HLC_MAX } from "../clock/hlc.ts";
import {
  type CardContext,
  ownCard,
  ownContact,
  type TokenContext,
  tokenFor,
} from "../contact/contacts.ts";
import { deviceNamesOf } from "../devices/names.ts";
import { LATER_FIELDS_MAX } from "../entry/later-fields.ts";
import { NAME_CHARS_MAX } from "../payload/limits.ts";
import type { ContactRow, ContactState, DeviceRow, TableName } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { readBackupKey } from "./words-kept.ts";

const KEY_BYTES = 32;
const ACCOUNT_BYTES = 32;
const DEVICE_BYTES = 16;
/** Of a name, as sync/payload/name.ts bounds its characters. */
const NAME_BYTES_MAX = 4 * NAME_CHARS_MAX;
/** Of a group: enough to find one who is there. */
export const GROUP_MEMBERS_MAX = 8;
const TITLE_BYTES_MAX = 192;
/**
 * Strangers decide how many members and groups there are and what they are called: what does not fit,
 * even in short, is left out, so that a capsule can be made whatever they do. Of contacts in short …
 */
const CONTACTS_BYTES_MAX = 120 * 1_024;
/** … and of groups. Who we are takes the rest. */
const GROUPS_BYTES_MAX = 96 * 1_024;
/** Lengths, and the id of a channel. */
const FRAMING_BYTES = 24;

/** Whoever waits for our word, and we ourselves, are no contacts to come back. */
export const KEPT = { accepted: 1, blocked: 2, member: 3, invited: 4 } as const;
export type Kept = keyof typeof KEPT;

export type KeptContact = {
  readonly state: number;
  readonly presenceOut: Uint8Array;
  readonly presenceIn: Uint8Array | null;
  readonly addedAtMs: number;
  readonly notedH: number;
};
export const KEPT_CONTACT: Shape<KeptContact> = recordShape<KeptContact>(
  {
    state: uintShape(0xff),
    presenceOut: bytesShape(KEY_BYTES),
    presenceIn: nullable(bytesShape(KEY_BYTES)),
    addedAtMs: uintShape(),
    notedH: uintShape(HLC_MAX),
  },
  LATER_FIELDS_MAX,
);

export type KeptGroup = { readonly title: string; readonly members: readonly Uint8Array[] };
export const KEPT_GROUP: Shape<KeptGroup> = recordShape<KeptGroup>(
  {
    title: textUpTo(TITLE_BYTES_MAX),
    members: listShape(bytesShape(ACCOUNT_BYTES), GROUP_MEMBERS_MAX),
  },
  LATER_FIELDS_MAX,
);

export type KeptDevice = { readonly device: Uint8Array; readonly name: string };
const KEPT_DEVICE: Shape<KeptDevice> = recordShape<KeptDevice>(
  { device: bytesShape(DEVICE_BYTES), name: textUpTo(NAME_BYTES_MAX) },
  LATER_FIELDS_MAX,
);

export type KeptAccount = {
  readonly presenceOut: Uint8Array;
  readonly backupKey: Uint8Array | null;
  readonly devices: readonly KeptDevice[];
};
export const KEPT_ACCOUNT: Shape<KeptAccount> = grownShape<KeptAccount>(
  {
    presenceOut: bytesShape(KEY_BYTES),
    backupKey: nullable(bytesShape(KEY_BYTES)),
    devices: listShape(KEPT_DEVICE, DEVICES_PER_ACCOUNT_MAX),
  },
  { devices: [] },
  LATER_FIELDS_MAX - 1,
);

export const CONTENT_TABLES: readonly TableName[] = [
  "meta",
  "mailboxes",
  "tokens",
  "contacts",
  "devices",
  "channels",
  "rosters",
];

type Content = Pick<CapsuleContent, "self" | "relays" | "contacts" | "channels" | "row">;

/** All but the card of this device, which is made for each capsule anew. */
export async function contentOf(tx: ReadTx, self: Self): Promise<Content> {
  const own = await ownContact(tx, self);
  const devices = Map.groupBy(await tx.range("devices", "primary", {}), (it) => it.account);
  const { accountKey, name } = self;
  const groups = await groupsOf(tx, self);
  const named = new Set(groups.flatMap(({ members }) => members));
  const mailboxes = (await tx.range("mailboxes", "primary", {})).filter((it) => it.mailbox !== "");
  return {
    self: { accountKey, name, facts: own.facts, cards: cardsOf(own, devices) },
    relays: mailboxes.map(({ url, relayId }) => ({ url, relayId })),
    contacts: await keptContacts(tx, devices, named),
    channels: keptGroups(groups),
    row: encodeShaped(KEPT_ACCOUNT, {
      presenceOut: own.presenceOut,
      backupKey: self.recoverySecret === null ? await readBackupKey(tx) : null,
      devices: await keptDevices(tx, own),
    }),
  };
}

async function keptDevices(tx: ReadTx, { live }: ContactRow): Promise<readonly KeptDevice[]> {
  const names = await deviceNamesOf(tx);
  const named = live.flatMap((it) => {
    const name = names[it]?.name;
    return name === undefined ? [] : [{ device: bytesOf(it), name }];
  });
  return named.slice(0, DEVICES_PER_ACCOUNT_MAX);
}

/** The whole of it, as this device would sign it now. */
export async function capsuleContentOf(
  tx: WriteTx,
  self: Self,
  context: TokenContext & Omit<CardContext, "self">,
  counter: number,
): Promise<CapsuleContent> {
  const content = await contentOf(tx, self);
  const { nowMs } = context;
  const token = await tokenFor(tx, context, await ownContact(tx, self));
  const card = await ownCard(tx, { ...context, self }, token);
  return {
    ...content,
    author: bytesOf(self.device),
    counter,
    writtenAtMs: nowMs,
    self: { ...content.self, cards: [card, ...content.self.cards] },
  };
}

const cardsOf = (
  { account, live }: ContactRow,
  devices: ReadonlyMap<Hex, readonly DeviceRow[]>,
): readonly Uint8Array[] =>
  (devices.get(account) ?? []).flatMap(({ device, card }) =>
    card !== null && live.includes(device) ? [card] : [],
  );

/**
 * Those whom we talked with last come first: what does not fit goes in without where it is reached. Of those who are
 * in a group with us the ones that it names (`named`): they tell who the others are.
 */
async function keptContacts(
  tx: ReadTx,
  devices: ReadonlyMap<Hex, readonly DeviceRow[]>,
  named: ReadonlySet<Hex>,
): Promise<readonly CapsuleContact[]> {
  const lastH = new Map(
    (await tx.range("channels", "primary", {}))
      .filter((it) => it.kind === "dm")
      .map((it) => [it.account, it.lastH]),
  );
  const rows = (await tx.range("contacts", "primary", {}))
    // Who asks for more than the group that we are both in is one of its members until we say yes.
    .map((it): ContactRow => (it.state === "request" ? { ...it, state: "member" } : it))
    .filter(
      ({ state, account }) => keptAs(state) > 0 && (state !== "member" || named.has(account)),
    );
  const byWorth = rows.toSorted(
    (a, b) =>
      WORTH.indexOf(a.state) - WORTH.indexOf(b.state) ||
      (lastH.get(b.account) ?? 0) - (lastH.get(a.account) ?? 0) ||
      (a.account < b.account ? -1 : 1),
  );
  const kept = byWorth.slice(0, CAPSULE_CONTACTS_MAX).map((contact) => {
    const { accountKey, name, state, presenceOut, presenceIn, addedAtMs, notedH = 0 } = contact;
    const isBlocked = state === "blocked";
    const introduction: IntroductionContent = {
      accountKey,
      name,
      facts: isBlocked ? [] : contact.facts,
      cards: isBlocked ? [] : cardsOf(contact, devices),
    };
    const row = { state: keptAs(state), presenceOut, presenceIn, addedAtMs, notedH };
    return { introduction, row: encodeShaped(KEPT_CONTACT, row) };
  });
  return thatFit(kept, CONTACTS_BYTES_MAX, ({ introduction, row }) => {
    const short = encodeIntroduction({ ...introduction, facts: [], cards: [] });
    return short.length + row.length;
  });
}

/** The first of them, as long as there is room. */
function thatFit<Item>(
  items: readonly Item[],
  bytesMax: number,
  bytesOfOne: (item: Item) => number,
): readonly Item[] {
  let bytes = 0;
  return items.filter((it) => {
    bytes += bytesOfOne(it) + FRAMING_BYTES;
    return bytes <= bytesMax;
  });
}

const WORTH: readonly ContactState[] = ["accepted", "invited", "blocked", "member"];
/** 0: not kept. */
const keptAs = (state: ContactState): number => (state in KEPT ? KEPT[state as Kept] : 0);

type KeptIn = { readonly id: Hex; readonly title: string; readonly members: readonly Hex[] };

/** The groups that we are in, the one written in last first, with the highest ranks among the others. */
async function groupsOf(tx: ReadTx, self: Self): Promise<readonly KeptIn[]> {
  const groups = (await tx.range("channels", "primary", {}))
    .filter((it) => it.kind === "group")
    .toSorted((a, b) => b.lastH - a.lastH);
  const kept: KeptIn[] = [];
  for (const { c, id } of groups.slice(0, CAPSULE_CHANNELS_MAX)) {
    const { members = [], title = "" } = (await tx.get("rosters", c ?? 0)) ?? {};
    if (!members.some((it) => it.account === self.account)) continue;
    const others = members.filter((it) => it.account !== self.account);
    kept.push({ id, title, members: others.slice(0, GROUP_MEMBERS_MAX).map((it) => it.account) });
  }
  return kept;
}

function keptGroups(groups: readonly KeptIn[]): CapsuleContent["channels"] {
  const kept = groups.map(({ id, title: shown, members: some }) => {
    const title = utf8(shown).length > TITLE_BYTES_MAX ? "" : shown;
    const members = some.map((it) => bytesOf(it));
    return { channel: bytesOf(id), row: encodeShaped(KEPT_GROUP, { title, members }) };
  });
  return thatFit(kept, GROUPS_BYTES_MAX, ({ row }) => row.length);
}

/**
 * Tells whether there is anything new to say, hex32: of a card where it leads counts, and not its number
 * and day, which change with every chain. The order does not count either.
 */
export function sameAs({ self, relays, contacts, channels, row }: Content): Hex {
  const introduced = ({ accountKey, name, facts, cards }: IntroductionContent): string =>
    [
      toHex(accountKey),
      name,
      ...facts.map(toHex).toSorted(),
      ...cards.map(whereOf).toSorted(),
    ].join(" ");
  const parts = [
    introduced(self),
    ...relays.map((it) => `${it.url} ${toHex(it.relayId)}`),
    ...contacts.map((it) => `${introduced(it.introduction)} ${toHex(it.row)}`).toSorted(),
    ...channels.map((it) => `${toHex(it.channel)} ${toHex(it.row)}`).toSorted(),
    toHex(row),
  ];
  return toHex(hash32("rec/same", ...parts.map(utf8)));
}

function whereOf(bytes: Uint8Array): string {
  const card = decodeCard(bytes);
  if (!card.ok) return "";
  const relays = card.value.relays.map((it) =>
    [it.url, toHex(it.relayId), toHex(it.mailbox), toHex(it.token)].join(" "),
  );
  return [toHex(card.value.device), ...relays].join(" ");
}
