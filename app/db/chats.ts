/** The list of chats, newest first, with the name and standing of whoever is in them. */
import { msOf } from "../../sync/clock/hlc.ts";
import type { ChannelRow, ContactRow, ContactState } from "../../sync/store/rows.ts";
import { channelsOf, contactsOf, type Db } from "./tables.ts";

export type ChatKind = "self" | "dm";

export type Chat = {
  readonly c: number;
  readonly kind: ChatKind;
  /** The other account (hex), or our own in "Note to self". */
  readonly account: string;
  /** Empty for "Note to self": the texts have its name. */
  readonly name: string;
  /** Null for "Note to self". */
  readonly state: ContactState | null;
  readonly unread: number;
  /** Entries that arrived so far. */
  readonly arrivals: number;
  readonly preview: ChannelRow["preview"];
  /** When the newest message was written, or the contact made; 0 = never. */
  readonly recentMs: number;
  /** Newest time that they told us they were here; 0 = never. */
  readonly lastSeenMs: number;
};

/** [ACH1] Newest first; a chat without messages stands by the age of its contact. */
export async function readChats(db: Db): Promise<readonly Chat[]> {
  const [channels, contacts] = await Promise.all([
    channelsOf(db).toArray(),
    contactsOf(db).toArray(),
  ]);
  const byAccount = new Map(contacts.map((contact) => [contact.account, contact]));
  return channels
    .flatMap((channel) => chatOf(channel, byAccount.get(channel.account)) ?? [])
    .toSorted((x, y) => y.recentMs - x.recentMs || x.c - y.c);
}

/** Undefined: no such chat on this device. */
export async function readChat(db: Db, c: number): Promise<Chat | undefined> {
  const channel = await channelsOf(db).get(c);
  if (channel === undefined) return undefined;
  return chatOf(channel, await contactsOf(db).get(channel.account)) ?? undefined;
}

function chatOf(channel: ChannelRow, contact: ContactRow | undefined): Chat | null {
  const { c, kind, account, unread, arrivals, preview, lastH } = channel;
  // Groups have no screen yet.
  if (c === undefined || kind === "account" || kind === "group") return null;
  if (kind === "dm" && contact === undefined) return null;
  return {
    c,
    kind,
    account,
    name: kind === "self" ? "" : cleanName(contact?.name ?? ""),
    state: kind === "self" ? null : (contact?.state ?? null),
    unread,
    arrivals,
    preview,
    recentMs: lastH > 0 ? msOf(lastH) : (contact?.addedAtMs ?? 0),
    lastSeenMs: contact?.lastSeenMs ?? 0,
  };
}

/**
 * A name comes from its bearer: [ACH2] controls, bidi overrides and blank look-alikes are taken
 * out, so that it cannot reorder or hide what stands beside it.
 */
export function cleanName(name: string): string {
  const clean = name
    .replaceAll(
      /(?![\u200C\u200D\s])[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\u115F\u1160\u2800\u3164\uFFA0]/gu,
      "",
    )
    .replaceAll(/\s+/gu, " ")
    .trim();
  return /[^\u200C\u200D\s]/u.test(clean) ? clean : "?";
}
