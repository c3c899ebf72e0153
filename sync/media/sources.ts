/**
 * Which relays a blob may be at. An entry names none that would be asked: they are looked up in the cards
 * of whoever wrote it and of those who may have given it to theirs again, so that nobody makes us knock
 * where they please. docs/protocol/media.md, [ME8].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import type { Self } from "../account/self.ts";
import { channelOf } from "../channel/channels.ts";
import { membersOf } from "../channel/members.ts";
import { cardOf, isStranger, reachableDevices } from "../contact/contacts.ts";
import type { DeviceRow, TableName } from "../store/rows.ts";
import type { ReadTx } from "../store/store.ts";
import type { MediaRow } from "./rows.ts";

/** Relays that are asked for one blob at a time, one after the other. */
export const SOURCES_MAX = 8;
/** Members beside the author who are looked at for it; others the next time. */
const OTHERS_AT_ONCE = 32;

export const SOURCE_TABLES: readonly TableName[] = [
  "mailboxes",
  "channels",
  "contacts",
  "devices",
  "rosters",
];

export type Sources = {
  /** Origins; the author's first, then our own, then those of others in the channel. */
  readonly urls: readonly string[];
  /** Those of `urls` that nobody but strangers named. */
  readonly strange: ReadonlySet<string>;
  /** Who may hold the content: our own devices, the author's, then others. */
  readonly holders: readonly DeviceRow[];
};

export async function sourcesOf(
  tx: ReadTx,
  self: Self,
  { c, author, attempts }: Pick<MediaRow, "c" | "author" | "attempts">,
): Promise<Sources> {
  const channel = await channelOf(tx, c);
  if (channel === undefined) return NOBODY;
  const members = await membersOf(tx, self, channel);
  const isGroup = channel.kind === "group";
  const devicesOf = async (account: Hex): Promise<readonly DeviceRow[]> =>
    members.includes(account) ? reachableDevices(tx, account, isGroup) : [];
  const authors = await devicesOf(author);
  // A stranger whose request waits: nobody is asked for what they name.
  const isUnanswered = !isGroup && author !== self.account && authors.length === 0;
  if (isUnanswered) return NOBODY;
  const own = (await reachableDevices(tx, self.account)).filter((it) => it.device !== self.device);
  const rest = members.filter((it) => it !== author && it !== self.account);
  const from = rest.length === 0 ? 0 : (attempts * OTHERS_AT_ONCE) % rest.length;
  const turn = [...rest.slice(from), ...rest.slice(0, from)].slice(0, OTHERS_AT_ONCE);
  const others = (await Promise.all(turn.map(devicesOf))).flat();
  const homes = (await tx.range("mailboxes", "primary", {})).map(({ url }) => url);
  const urls = new Set([...urlsOf(authors), ...homes, ...urlsOf(own), ...urlsOf(others)]);
  const holders = author === self.account ? [...own, ...others] : [...own, ...authors, ...others];
  const chosen = new Set([...homes, ...urlsOf(own)]);
  for (const { account, ...device } of [...authors, ...others]) {
    if (!(await isStranger(tx, account))) for (const url of urlsOf([device])) chosen.add(url);
  }
  const asked = [...urls].slice(0, SOURCES_MAX);
  return { urls: asked, strange: new Set(asked.filter((it) => !chosen.has(it))), holders };
}

const NOBODY: Sources = { urls: [], strange: new Set(), holders: [] };

/** Where other devices of our account may have put what is ours. */
export async function homesOf(tx: ReadTx, self: Self): Promise<readonly string[]> {
  const homes = (await tx.range("mailboxes", "primary", {})).map(({ url }) => url);
  const own = await reachableDevices(tx, self.account);
  return [...new Set([...homes, ...urlsOf(own)])].slice(0, SOURCES_MAX);
}

const urlsOf = (devices: readonly Pick<DeviceRow, "card" | "moves">[]): readonly string[] =>
  devices.flatMap((it) => cardOf(it)?.relays.map(({ url }) => url) ?? []);
