/**
 * A group as its screens show it: who is in it with which role, and what the person may do there.
 *
 * [AGP1] The highest role first, and among equals who came first. [AGP2] What is offered is what the
 * roster's own table allows. [AGP3] Somebody is a contact only when the person accepted them. [AGP4]
 * What newcomers read is as it was said last, else as the group was made. [AGP5] A link is of a group that we are in
 * when the group knows it, also when it leads in no more.
 */
import { Dexie } from "dexie";

import type { GroupLinkRow, JoinRow, MemberRow, RosterRow } from "../../sync/group/rows.ts";
import {
  type Action,
  type HistoryPolicy,
  may,
  type Role,
  type Standing,
} from "../../sync/roster/may.ts";
import type { ContactRow } from "../../sync/store/rows.ts";
import { cleanName, nameIn, type People, peopleOf } from "./people.ts";
import { channelsOf, contactsOf, type Db, rosterOpsOf, rostersOf } from "./tables.ts";

export type Member = {
  readonly account: string;
  readonly name: string;
  readonly role: Role;
  /** It is us. */
  readonly own: boolean;
  readonly isContact: boolean;
  /** The chat with them; null: there is none. */
  readonly c: number | null;
  /** Newest time that they told us they were here; 0 = never. */
  readonly lastSeenMs: number;
};

export type Group = {
  readonly c: number;
  /** What its colour follows. */
  readonly id: string;
  readonly title: string;
  readonly topic: string;
  /** Id of a blob (hex32); null: none. */
  readonly picture: string | null;
  readonly history: HistoryPolicy;
  readonly members: readonly Member[];
  /** By account. */
  readonly standings: ReadonlyMap<string, Standing>;
  /** Null: we are not in it. */
  readonly role: Role | null;
  /** The newest first. */
  readonly links: readonly GroupLinkRow[];
  /** Who used a link and waits, the first to come first; only admins know of them. */
  readonly joins: readonly Join[];
  readonly people: People;
};

export type Join = Omit<JoinRow, "tag"> & { readonly name: string };

/** `self`: our account. Undefined: no such group on this device. */
export async function readGroup(db: Db, c: number, self: string): Promise<Group | undefined> {
  const roster = await rostersOf(db).get(c);
  if (roster === undefined) return undefined;
  const { title, topic, picture = null, links = [], joins = [] } = roster;
  const [contacts, channels, history] = await Promise.all([
    contactsOf(db).toArray(),
    channelsOf(db).toArray(),
    readHistory(db, roster),
  ]);
  const chats = new Map(
    channels.flatMap((it) =>
      it.kind === "dm" && it.c !== undefined ? [[it.account, it.c] as const] : [],
    ),
  );
  const byAccount = new Map(contacts.map((contact) => [contact.account, contact]));
  const people = peopleOf(contacts);
  const members = roster.members.map((row) =>
    memberOf(row, byAccount.get(row.account), chats.get(row.account), row.account === self),
  );
  return {
    c,
    id: channels.find((it) => it.c === c)?.id ?? "",
    title: cleanName(title),
    topic,
    picture,
    history,
    members,
    standings: standingsOf(roster.members),
    role: members.find(({ own }) => own)?.role ?? null,
    links,
    joins: joins.map((join) => ({ ...join, name: nameIn(people, join.account) })),
    people,
  };
}

/** The group of ours that the link leads into; null: none, as far as this device knows. */
export async function readGroupOfLink(
  db: Db,
  link: string,
  self: string,
): Promise<Pick<Group, "c" | "title"> | null> {
  const fragment = link.slice(link.indexOf("#") + 1);
  const rosters = await rostersOf(db).toArray();
  const found = rosters.find(
    ({ links = [], members }) =>
      links.some((it) => it.fragment === fragment) && members.some((it) => it.account === self),
  );
  return found === undefined ? null : { c: found.c, title: cleanName(found.title) };
}

/** Ranks follow from the order of the rows, and that is all that `may` asks of `since`. */
export const standingsOf = (members: readonly MemberRow[]): ReadonlyMap<string, Standing> =>
  new Map(members.map(({ account, role, floor }, since) => [account, { role, since, floor }]));

export const mayDo = ({ standings }: Group, self: string, action: Action): boolean =>
  may(standings, self, action).ok;

/** May `actor` delete for everyone what `author` wrote? */
export const mayModerate = (
  members: readonly MemberRow[],
  actor: string,
  author: string,
): boolean => may(standingsOf(members), actor, { type: "delete", account: author }).ok;

function memberOf(
  { account, role }: MemberRow,
  contact: ContactRow | undefined,
  c: number | undefined,
  own: boolean,
): Member {
  const isContact = !own && contact?.state === "accepted";
  return {
    account,
    name: cleanName(contact?.name ?? ""),
    role,
    own,
    isContact,
    c: isContact && c !== undefined ? c : null,
    lastSeenMs: isContact ? (contact?.lastSeenMs ?? 0) : 0,
  };
}

/** As it was founded, unless somebody said otherwise since. */
async function readHistory(db: Db, { c, history }: RosterRow): Promise<HistoryPolicy> {
  if (history !== undefined) return history;
  const founding = await rosterOpsOf(db)
    .where("[c+a+s]")
    .between([c, Dexie.minKey], [c, Dexie.maxKey])
    .filter(({ op }) => op.act.type === "create")
    .first();
  return founding?.op.act.type === "create" ? founding.op.act.policy : "none";
}
