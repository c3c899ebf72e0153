/**
 * What a person does with a group: each act is one op, or one word about the group, checked by what the
 * roster says now and written in one transaction with all that follows. docs/protocol/groups.md,
 * [GP1] to [GP3] and [GP18].
 */
import { utf8 } from "../../crypto/base/bytes.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { append, type Appended, type RosterWords, sendTo } from "../channel/append.ts";
import { type Channel, channelOf, logsOf, openGroup } from "../channel/channels.ts";
import { addresseesOf } from "../channel/members.ts";
import { bodyHashOf, SALT_BYTES } from "../entry/entry.ts";
import { TITLE_BYTES_MAX, TOPIC_BYTES_MAX } from "../entry/meta-body.ts";
import { maxKnown } from "../log/known.ts";
import type { OpenContext } from "../receive/open-context.ts";
import {
  type Action,
  type HistoryPolicy,
  may,
  MEMBERS_MAX,
  type Refusal,
  type Role,
} from "../roster/may.ts";
import {
  CUT_LOGS_MAX,
  type Cut,
  encodeRosterBody,
  GROUP_NAME_BYTES_MAX,
  groupChannelOf,
  type RosterAct,
} from "../roster/ops.ts";
import type { EntryRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { followEntry, takeOps } from "./follow.ts";
import { floorFor } from "./history.ts";
import { introductionFor } from "./members-known.ts";
import { rosterOf, rosterRowOf } from "./rosters.ts";

export type GroupError =
  | Refusal
  | { readonly type: "NotStarted" }
  | { readonly type: "ChannelUnknown" }
  | { readonly type: "NotAGroup" }
  | { readonly type: "NameEmpty" }
  | { readonly type: "NameTooLong"; readonly limit: number }
  /** Only contacts are added: others are invited. */
  | { readonly type: "ContactUnknown"; readonly account: Hex }
  | LinkError;

export type LinkError =
  /** Of a link: for how many, 1 to `limit`; for how long, a minute to `limit` milliseconds. */
  | { readonly type: "UsesOutOfRange"; readonly limit: number }
  | { readonly type: "LifeOutOfRange"; readonly limit: number }
  /** So many links into a group may work at the same time. */
  | { readonly type: "LinksTooMany"; readonly limit: number }
  | { readonly type: "LinkUnknown" }
  /** Nobody of that account waits. */
  | { readonly type: "JoinUnknown" };

type Done = Promise<Result<void, GroupError>>;

/** What the group is called and about; undefined: as it was. */
export type Description = {
  readonly title?: string | undefined;
  readonly topic?: string | undefined;
  /** From now on newcomers may read so much of the past. Who is in keeps what they have. */
  readonly history?: HistoryPolicy | undefined;
};

/** The new group's channel, with these contacts as members. Nothing is written when one cannot be added. */
export async function createGroup(
  tx: WriteTx,
  context: OpenContext,
  typed: string,
  accounts: readonly Hex[],
  policy: HistoryPolicy,
): Promise<Result<Channel, GroupError>> {
  const { self, random } = context;
  const name = checkName(typed, GROUP_NAME_BYTES_MAX);
  if (!name.ok) return name;
  const invited = new Set(accounts);
  if (invited.size >= MEMBERS_MAX) return err({ type: "GroupFull", limit: MEMBERS_MAX });
  for (const account of invited) {
    if (!(await isContact(tx, account))) return err({ type: "ContactUnknown", account });
  }
  const act: RosterAct = { type: "create", account: self.account, name: name.value, policy };
  const salt = random(SALT_BYTES);
  const bodyHash = bodyHashOf(salt, encodeRosterBody({ heads: [], act }));
  const writer = { key: self.keys.sigKey, incarnation: self.incarnation };
  const channel = await openGroup(tx, toHex(groupChannelOf(writer, bodyHash)));
  let last = await writeOp(tx, context, channel, { type: "roster", act, salt, isQuiet: true });
  // Weighed together: each of them would cost a look at all before it.
  const adds: EntryRow[] = [];
  for (const account of invited) {
    const add = await wordsToAdd(tx, context, channel.c, account, "member");
    const words = { ...add, isQuiet: true, after: last.entry };
    const now = (await channelOf(tx, channel.c)) ?? channel;
    last = await append(tx, { ...context, channel: now }, words);
    adds.push(last.entry);
  }
  await takeOps(tx, context, channel.c, adds);
  // All get the last op, and what came before it in their welcome.
  await sendTo(tx, self, last, await addresseesOf(tx, self, channel), context.nowMs);
  return ok((await channelOf(tx, channel.c)) ?? channel);
}

const isContact = async (tx: WriteTx, account: Hex): Promise<boolean> =>
  (await tx.get("contacts", account))?.state === "accepted";

export async function addMember(
  tx: WriteTx,
  context: OpenContext,
  c: number,
  account: Hex,
  role: Role,
): Done {
  const allowed = await mayDo(tx, context, c, { type: "add", account, role });
  if (!allowed.ok) return allowed;
  if (!(await isContact(tx, account))) return err({ type: "ContactUnknown", account });
  await announce(tx, context, allowed.value, await wordsToAdd(tx, context, c, account, role));
  return ok(undefined);
}

/** Somebody who proved that they have the link of this tag; they may be no contact. */
export async function addByLink(
  tx: WriteTx,
  context: OpenContext,
  c: number,
  account: Hex,
  tag: Hex,
): Done {
  const allowed = await mayDo(tx, context, c, { type: "add", account, role: "member" });
  if (!allowed.ok) return allowed;
  if ((await tx.get("contacts", account)) === undefined) return err({ type: "JoinUnknown" });
  const words = await wordsToAdd(tx, context, c, account, "member", tag);
  await announce(tx, context, allowed.value, words);
  return ok(undefined);
}

async function wordsToAdd(
  tx: WriteTx,
  { self, nowMs }: OpenContext,
  c: number,
  account: Hex,
  role: Role,
  invite: Hex | null = null,
): Promise<RosterWords> {
  const roster = await rosterOf(tx, c);
  const policy = (await rosterRowOf(tx, c)).history ?? roster.founded?.policy ?? "none";
  const floor = await floorFor(tx, c, policy, nowMs);
  const introduction = await introductionFor(tx, self, account);
  const act: RosterAct = { type: "add", account, role, floor, invite };
  return { type: "roster", act, introduction };
}

export async function removeMember(
  tx: WriteTx,
  context: OpenContext,
  c: number,
  account: Hex,
): Done {
  const allowed = await mayDo(tx, context, c, { type: "remove", account });
  if (!allowed.ok) return allowed;
  const cut = await cutOf(tx, c, account);
  await announce(tx, context, allowed.value, op({ type: "remove", account, cut }));
  return ok(undefined);
}

export async function setRole(
  tx: WriteTx,
  context: OpenContext,
  c: number,
  account: Hex,
  role: Role,
): Done {
  const allowed = await mayDo(tx, context, c, { type: "role", account, role });
  if (!allowed.ok) return allowed;
  const cut = await cutOf(tx, c, account);
  await announce(tx, context, allowed.value, op({ type: "role", account, role, cut }));
  return ok(undefined);
}

export async function leaveGroup(tx: WriteTx, context: OpenContext, c: number): Done {
  const allowed = await mayDo(tx, context, c, { type: "leave" });
  if (!allowed.ok) return allowed;
  const cut = await cutOf(tx, c, context.self.account);
  await announce(tx, context, allowed.value, op({ type: "leave", cut }));
  return ok(undefined);
}

export async function describeGroup(
  tx: WriteTx,
  context: OpenContext,
  c: number,
  { title, topic, history }: Description,
): Done {
  const allowed = await mayDo(tx, context, c, { type: "meta" });
  if (!allowed.ok) return allowed;
  const named = title === undefined ? ok(null) : checkName(title, TITLE_BYTES_MAX);
  if (!named.ok) return named;
  const about = topic === undefined ? null : topic.trim();
  if (about !== null && utf8(about).length > TOPIC_BYTES_MAX) {
    return err({ type: "NameTooLong", limit: TOPIC_BYTES_MAX });
  }
  const appended = await append(
    tx,
    { ...context, channel: allowed.value },
    {
      type: "meta",
      title: named.value,
      topic: about,
      picture: null,
      history: history ?? null,
      timer: null,
    },
  );
  await followEntry(tx, context, appended);
  return ok(undefined);
}

/** How far we know what they wrote. The newest logs first: what is not named ends before it began. */
async function cutOf(tx: WriteTx, c: number, account: Hex): Promise<Cut> {
  const logs = (await logsOf(tx, c)).filter(
    (it) => it.account === account && maxKnown(it.known) > 0,
  );
  return logs
    .toSorted((a, b) => b.hlc - a.hlc)
    .slice(0, CUT_LOGS_MAX)
    .map(({ log, known }) => ({ log, seq: maxKnown(known) }))
    .toSorted((a, b) => (a.log < b.log ? -1 : 1));
}

/** The channel, if the roster allows it now. */
export async function mayDo(
  tx: WriteTx,
  { self }: OpenContext,
  c: number,
  action: Action,
): Promise<Result<Channel, GroupError>> {
  const channel = await channelOf(tx, c);
  if (channel === undefined) return err({ type: "ChannelUnknown" });
  if (channel.kind !== "group") return err({ type: "NotAGroup" });
  const allowed = may((await rosterOf(tx, c)).members, self.account, action);
  return allowed.ok ? ok(channel) : allowed;
}

const op = (act: RosterAct): RosterWords => ({ type: "roster", act });

/** The op, and what follows from it here; those who come or go by it get it as well. */
async function announce(
  tx: WriteTx,
  context: OpenContext,
  channel: Channel,
  words: RosterWords,
): Promise<void> {
  const appended = await writeOp(tx, context, channel, words);
  const devices = await addresseesOf(tx, context.self, channel);
  await sendTo(tx, context.self, appended, devices, context.nowMs);
}

async function writeOp(
  tx: WriteTx,
  context: OpenContext,
  channel: Channel,
  words: RosterWords,
): Promise<Appended> {
  const { self, nowMs, random } = context;
  const now = (await channelOf(tx, channel.c)) ?? channel;
  const appended = await append(tx, { self, nowMs, random, channel: now }, words);
  await followEntry(tx, context, appended);
  return appended;
}

function checkName(typed: string, limit: number): Result<string, GroupError> {
  const name = typed.normalize("NFC").replaceAll(/\s+/gu, " ").trim();
  if (name === "") return err({ type: "NameEmpty" });
  return utf8(name).length > limit ? err({ type: "NameTooLong", limit }) : ok(name);
}
