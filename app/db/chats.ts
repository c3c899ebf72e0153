/** The list of chats, newest first, with the name and standing of whoever is in them. */
import { msOf } from "../../sync/clock/hlc.ts";
import type { Timer } from "../../sync/entry/meta-body.ts";
import type { Joining, RosterRow } from "../../sync/group/rows.ts";
import type { Role } from "../../sync/roster/may.ts";
import type { ChannelRow, ContactRow, ContactState } from "../../sync/store/rows.ts";
import { type ChatMarks, NO_MARKS } from "../../sync/thread/chat-marks.ts";
import { comparePinned, marksIn, type Mentioned, readMarks, readMentioned } from "./chat-marks.ts";
import { accountBeganMs } from "./device-news.ts";
import { readMe } from "./me.ts";
import { type Newest, readNewest } from "./newest.ts";
import { readOverdue } from "./overdue.ts";
import { cleanName } from "./people.ts";
import { channelsOf, chatMarksOf, contactsOf, type Db, rostersOf } from "./tables.ts";

export type ChatKind = "self" | "dm" | "group";

/** A group, as its chat tells of it. */
export type GroupOfChat = {
  readonly size: number;
  /** Id of a blob (hex32); null: none. */
  readonly picture: string | null;
  /** Null: we are not in it, any more or yet. */
  readonly role: Role | null;
  /** We used a link, and wait. */
  readonly joining: Joining["state"] | null;
  /** People who wait for our word, as we are an admin. */
  readonly waiting: number;
};

export type Chat = {
  readonly c: number;
  readonly kind: ChatKind;
  /** The other account (hex), our own in "Note to self", or the id of a group: what its colour follows. */
  readonly account: string;
  /** Empty for "Note to self": the texts have its name. */
  readonly name: string;
  /** Null for "Note to self" and for groups. */
  readonly state: ContactState | null;
  /** Null: no group. */
  readonly group: GroupOfChat | null;
  readonly unread: number;
  /** Entries that arrived so far. */
  readonly arrivals: number;
  readonly preview: ChannelRow["preview"];
  /** There may be more: earlier messages are still asked for. */
  readonly isAwaited: boolean;
  /** How long new messages live after they were read; null: for good. */
  readonly lifetimeMs: number | null;
  /** What that is counted from. */
  readonly lifetimeFrom: Timer["from"];
  /** Whose the newest line of a group is; null: no group, or nothing is there. */
  readonly newest: Newest | null;
  /** When the newest message was written, or the contact made; 0 = never. */
  readonly recentMs: number;
  /** Newest time that they told us they were here; 0 = never. */
  readonly lastSeenMs: number;
  /** Place of the newest message, 0 = none. */
  readonly lastH: number;
  /** When the newest message of others was written; 0 = never. */
  readonly newsMs: number;
  readonly marks: ChatMarks;
  readonly mentioned: Mentioned | null;
};

/** What the chat's channel alone does not say. */
type Settled = Pick<Chat, "marks" | "mentioned">;

/** May one write there? Not to strangers, nor where one is no member. */
export const mayWriteIn = ({ state, group }: Chat): boolean =>
  group === null ? state !== "request" && state !== "blocked" : group.role !== null;

/** May one pin for everybody? As sync/roster/may.ts has it. */
export const mayPinIn = (chat: Chat): boolean =>
  mayWriteIn(chat) && (chat.group === null || chat.group.role !== "member");

/**
 * [ACH1] Newest first; a chat without messages stands by the age of its contact. [ACH3] A group stands among
 * them under its title, [ACH4] also one that we wait for.
 */
export async function readChats(db: Db): Promise<readonly Chat[]> {
  const [channels, contacts, marks] = await Promise.all([
    channelsOf(db).toArray(),
    contactsOf(db).toArray(),
    readMarks(db),
  ]);
  const byAccount = new Map(contacts.map((contact) => [contact.account, contact]));
  const self = channels.find(({ kind }) => kind === "self")?.account ?? "";
  const groups = channels.filter(({ kind }) => kind === "group");
  const overdue = channels.some((it) => it.timer !== undefined) ? await readOverdue(db) : NOTHING;
  const [rosters, newest] = await Promise.all([
    groups.length === 0 ? [] : rostersOf(db).bulkGet(groups.map(({ c }) => c ?? 0)),
    readNewest(db, groups, contacts),
  ]);
  const settled = new Map<number, Settled>();
  for (const channel of channels) {
    const its = marksIn(marks, channel.id);
    const mentioned = await readMentioned(db, channel, its, self);
    settled.set(channel.c ?? 0, { marks: its, mentioned });
  }
  const rosterByNumber = new Map(groups.map(({ c }, i) => [c, rosters[i]]));
  return channels
    .map((channel) => (isOver(channel, overdue) ? { ...channel, preview: null } : channel))
    .flatMap((channel) => {
      const { c = 0, kind } = channel;
      const is = settled.get(c) ?? UNSETTLED;
      if (kind !== "group") return chatOf(channel, byAccount.get(channel.account), is) ?? [];
      return groupChatOf(channel, rosterByNumber.get(c), self, newest.get(c) ?? null, is) ?? [];
    })
    .toSorted((x, y) => comparePinned(x, y) || y.recentMs - x.recentMs || x.c - y.c);
}

/** Undefined: no such chat on this device. Of a group without what is newest. */
export async function readChat(db: Db, c: number): Promise<Chat | undefined> {
  const channel = await channelsOf(db).get(c);
  if (channel === undefined) return undefined;
  const marks = (await chatMarksOf(db).get(channel.id))?.marks ?? NO_MARKS;
  const is: Settled = { marks, mentioned: null };
  if (channel.kind !== "group") {
    return chatOf(channel, await contactsOf(db).get(channel.account), is) ?? undefined;
  }
  const [roster, me] = await Promise.all([rostersOf(db).get(c), readMe(db)]);
  return groupChatOf(channel, roster, me?.account ?? "", null, is) ?? undefined;
}

const UNSETTLED: Settled = { marks: NO_MARKS, mentioned: null };

const NOTHING: ReadonlySet<string> = new Set();

const isOver = ({ c, preview }: ChannelRow, overdue: ReadonlySet<string>): boolean =>
  preview?.at !== undefined && overdue.has(`${c}.${preview.at[0]}.${preview.at[1]}`);

const shared = (
  { unread, arrivals, preview, history, lastH, theirs, timer }: ChannelRow,
  settled: Settled,
) => ({
  ...settled,
  unread,
  arrivals,
  preview,
  isAwaited: history === "wanted",
  lifetimeMs: timer?.value.lifetimeMs || null,
  lifetimeFrom: timer?.value.from ?? "read",
  lastH,
  // Rows of older versions do not say whose the newest is, but for their preview.
  newsMs: msOf(theirs?.lastH ?? (preview?.own === true ? 0 : lastH)),
  recentMs: lastH > 0 ? msOf(lastH) : 0,
});

/** Of a chat in which nothing was said yet: alike on all devices, so that they order alike. */
const sinceMs = (kind: ChannelRow["kind"], contact: ContactRow): number =>
  (kind === "self" ? accountBeganMs(contact) : 0) || contact.addedAtMs;

function chatOf(
  channel: ChannelRow,
  contact: ContactRow | undefined,
  settled: Settled,
): Chat | null {
  const { c, kind, account } = channel;
  if (c === undefined || kind === "account" || kind === "group") return null;
  if (kind === "dm" && contact === undefined) return null;
  const { recentMs, ...rest } = shared(channel, settled);
  return {
    ...rest,
    c,
    kind,
    account,
    name: kind === "self" ? "" : cleanName(contact?.name ?? ""),
    state: kind === "self" ? null : (contact?.state ?? null),
    group: null,
    newest: null,
    recentMs: channel.lastH > 0 || contact === undefined ? recentMs : sinceMs(kind, contact),
    lastSeenMs: contact?.lastSeenMs ?? 0,
  };
}

function groupChatOf(
  channel: ChannelRow,
  roster: RosterRow | undefined,
  self: string,
  newest: Newest | null,
  settled: Settled,
): Chat | null {
  const { c, id } = channel;
  // It has no name before its first word is here.
  if (c === undefined || roster === undefined) return null;
  const { members, title, picture, joining, joins = [] } = roster;
  if (title === "" && joining === undefined) return null;
  const role = members.find((it) => it.account === self)?.role ?? null;
  const { recentMs, ...rest } = shared(channel, settled);
  return {
    ...rest,
    c,
    kind: "group",
    account: id,
    name: cleanName(title),
    state: null,
    group: {
      size: members.length,
      picture: picture ?? null,
      role,
      joining: role === null ? (joining?.state ?? null) : null,
      waiting: joins.filter(({ dueAtMs }) => dueAtMs === null).length,
    },
    newest,
    recentMs: recentMs || (joining?.atMs ?? 0),
    lastSeenMs: 0,
  };
}
