/**
 * A welcome into a group, taken: its ops are entries like all others, and prove themselves.
 * docs/protocol/groups.md, [GP9].
 */
import { assert } from "../../crypto/base/assert.ts";
import { equalBytes } from "../../crypto/base/bytes.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { accountIdOf } from "../../crypto/identity/account.ts";
import { certificateFactOf } from "../../crypto/identity/facts.ts";
import type { Self } from "../account/self.ts";
import {
  type Channel,
  channelById,
  channelOf,
  logById,
  openGroup,
  openLog,
} from "../channel/channels.ts";
import { openFormerLog } from "../channel/former-logs.ts";
import { membersOf } from "../channel/members.ts";
import { hasRoomForWriter } from "../channel/writers.ts";
import { certifiedBy } from "../contact/certified.ts";
import { heedEntry } from "../devices/heed.ts";
import { decodeBody, type LogOpenBody } from "../entry/bodies.ts";
import { decodeEntry, type Entry, logIdOf, verifyEntry } from "../entry/entry.ts";
import { isRoster, KINDS } from "../entry/kinds.ts";
import { heedRefusal } from "../heal/forks.ts";
import { noteHealed } from "../heal/healed.ts";
import { takeWordsOf } from "../heal/words.ts";
import type { Start, Welcome } from "../payload/welcome.ts";
import { acceptEntry } from "../receive/accept-entry.ts";
import type { OpenContext } from "../receive/open-context.ts";
import { ROSTER_KINDS, rosterOpOf } from "../roster/ops.ts";
import type { ContactRow, DeviceRow, EntryRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { forgetDeclined, mayBring, noteDeclined } from "./bringers.ts";
import { enter, followEntry, takeOps } from "./follow.ts";
import { learnWriter, takeIntroduction } from "./members-known.ts";
import { groupMembers, rosterOf, rosterRowOf } from "./rosters.ts";
import { releaseVouched } from "./vouched.ts";

/** Logs of which it is remembered where they begin for us. */
const STARTS_MAX = 4_096;
/** Entries before the start that somebody names which are looked at. */
const HELD_BEFORE_MAX = 256;

/** Groups that others made for us and in which we turned out not to be. */
const FOREIGN_GROUPS_MAX = 64;

/** From a member or, for a group that is not here yet, a contact. True as `followEntry` is. */
export async function takeWelcome(
  tx: WriteTx,
  context: OpenContext,
  from: ContactRow,
  welcome: Welcome,
): Promise<boolean> {
  const channel = await channelFor(tx, context, from, welcome);
  if (channel === undefined) {
    context.effects.dropped("welcome");
    return false;
  }
  await forgetDeclined(tx, from.account, channel.id);
  let isNews = false;
  for (const { account, introduction } of welcome.introductions) {
    if (await takeIntroduction(tx, context, toHex(account), introduction)) isNews = true;
  }
  const known = await membersOf(tx, context.self, channel);
  const isTold = channel.isNew === true || channel.history === "wanted";
  const how = { isTold, by: from.account };
  if (await takeRoster(tx, context, channel.c, welcome.entries, how)) isNews = true;
  await putStarts(tx, context, channel, from.account, welcome.starts);
  if (channel.isNew) await noteBringer(tx, channel.c, from);
  await enter(tx, context, channel.c, known);
  context.effects.receipt(channel.c);
  return isNews;
}

/**
 * Ops that come under a chain, after a short welcome. `isLive`: of a device that is in its account: another one does not
 * say what counts of its own ([OD23]). True as `followEntry` is.
 */
export async function takeRosterPart(
  tx: WriteTx,
  context: OpenContext,
  channel: Channel,
  entries: readonly Uint8Array[],
  isLive: boolean,
): Promise<boolean> {
  if (channel.kind !== "group") {
    context.effects.dropped("roster of no group");
    return false;
  }
  const known = await membersOf(tx, context.self, channel);
  const isTold = isLive && channel.history === "wanted";
  const isNews = await takeRoster(tx, context, channel.c, entries, { isTold });
  await enter(tx, context, channel.c, known);
  return isNews;
}

async function channelFor(
  tx: WriteTx,
  context: OpenContext,
  from: ContactRow,
  welcome: Welcome,
): Promise<(Channel & { readonly isNew?: true }) | undefined> {
  const held = await channelById(tx, toHex(welcome.channel));
  const isTrusted = from.state === "accepted" || from.state === "self";
  if (held !== undefined) {
    const members = await groupMembers(tx, held);
    const { joining } = await rosterRowOf(tx, held.c);
    const isAsked = joining?.admins.includes(from.account) === true;
    const isMember = isAsked || members.some(({ account }) => account === from.account);
    // Whoever is back after they were removed hears it from the contact who let them in.
    return held.kind === "group" && (isMember || isTrusted) ? held : undefined;
  }
  if (!isTrusted || !isFounded(welcome)) return undefined;
  if (!(await hasRoomForGroup(tx, context))) return undefined;
  const id = toHex(welcome.channel);
  if (!(await mayBring(tx, context.self, from))) {
    await noteDeclined(tx, from.account, id);
    return undefined;
  }
  return { ...(await openGroup(tx, id)), isNew: true };
}

async function noteBringer(tx: WriteTx, c: number, from: ContactRow): Promise<void> {
  const row = await tx.get("rosters", c);
  if (row !== undefined && from.state !== "self") {
    await tx.put("rosters", { ...row, broughtBy: from.account });
  }
}

/** Is the op in it that made this channel, by the device that its log names? */
function isFounded({ channel, entries }: Welcome): boolean {
  const decoded = entries.flatMap((it) => {
    const entry = decodeEntry(it);
    return entry.ok && equalBytes(entry.value.core.channel, channel) ? [entry.value] : [];
  });
  const create = decoded.find(({ core }) => core.kind === ROSTER_KINDS.create);
  const open = decoded.find(
    ({ core }) => core.seq === 1 && create !== undefined && equalBytes(core.log, create.core.log),
  );
  const writer = open === undefined ? undefined : writerIn(open);
  if (create === undefined || writer === undefined) return false;
  return verifyEntry(create, writer.key).ok && rosterOpOf(create, writer).ok;
}

async function hasRoomForGroup(tx: ReadTx, { self }: OpenContext): Promise<boolean> {
  const rosters = await tx.range("rosters", "primary", {});
  const others = rosters.filter(({ members }) => {
    return !members.some(({ account }) => account === self.account);
  });
  if (others.length < FOREIGN_GROUPS_MAX) return true;
  let foreign = 0;
  // Those that we left, or were removed from, are none.
  for (const { c } of others) if (!(await wasIn(tx, c, self.account))) foreign += 1;
  return foreign < FOREIGN_GROUPS_MAX;
}

const wasIn = async (tx: ReadTx, c: number, account: Hex): Promise<boolean> =>
  (await rosterOf(tx, c)).former.has(account);

async function putStarts(
  tx: WriteTx,
  { self }: OpenContext,
  { c }: Channel,
  from: Hex,
  starts: readonly Start[],
): Promise<void> {
  if (starts.length === 0) return;
  const row = await rosterRowOf(tx, c);
  // Who let us in says it, also when we are back. Of others the first word about a log holds: what was let in
  // once is not taken back.
  const own = row.members.find((it) => it.account === self.account);
  // Who may read all is kept from nothing.
  if (own?.floor === 0) return;
  const isHost = own === undefined || own.by === from;
  const told: [Hex, number][] = [];
  for (const { log, seq } of starts) {
    const id = toHex(log);
    if (isHost || (await mayBeginAt(tx, c, id, seq, own.floor))) told.push([id, seq]);
  }
  const added = Object.fromEntries(told);
  const now = isHost ? { ...row.starts, ...added } : { ...added, ...row.starts };
  if (Object.keys(now).length <= STARTS_MAX) await tx.put("rosters", { ...row, starts: now });
}

/** Not behind what we hold and may read: or whoever lies about it would hide what is missing. */
async function mayBeginAt(
  tx: ReadTx,
  c: number,
  id: Hex,
  seq: number,
  floor: number,
): Promise<boolean> {
  const log = await logById(tx, id);
  if (log === undefined || log.c !== c || seq <= 2) return true;
  const range = { lower: [c, log.a, 2], upper: [c, log.a, seq - 1] };
  const before = await tx.range("entries", "primary", { ...range, limit: HELD_BEFORE_MAX });
  return !before.some((it) => !isRoster(it.kind) && it.h >= floor);
}

/**
 * A roster that is just being told, or a part of it. Adds that follow each other are weighed together. `isTold`: we are
 * new there, and know nothing better than who tells it. Rule [OD23].
 */
async function takeRoster(
  tx: WriteTx,
  context: OpenContext,
  c: number,
  entries: readonly Uint8Array[],
  { isTold, by }: { readonly isTold: boolean; readonly by?: Hex },
): Promise<boolean> {
  let isNews = false;
  let adds: EntryRow[] = [];
  const weigh = async (): Promise<void> => {
    if (adds.length > 0 && (await takeOps(tx, context, c, adds))) isNews = true;
    adds = [];
  };
  for (const bytes of entries) {
    const decoded = decodeEntry(bytes);
    const isAdd = decoded.ok && decoded.value.core.kind === ROSTER_KINDS.add;
    if (!isAdd) await weigh();
    const entry = decoded.ok ? decoded.value : null;
    const placed = await placeSupplied(tx, context, c, bytes, entry, { isTold });
    if (placed === undefined) continue;
    // Of a removed device: it is heard once somebody has said where its log ends. Rule [OD9].
    if (isAdd && placed.entry.counts !== "waits") adds.push(placed.entry);
    if (!isAdd && (await followEntry(tx, context, placed, true))) isNews = true;
  }
  await weigh();
  // What one of them vouches for is among them, too.
  for (;;) {
    const vouched = await releaseVouched(tx, context, c, entries, by);
    if (vouched.length === 0) return isNews;
    for (const row of vouched) if (await takeOps(tx, context, c, [row])) isNews = true;
  }
}

/**
 * An entry from somebody's hands: of a log that we never heard of when it is that log's first. `by`: who was
 * asked for it and supplied it. True as `followEntry` is.
 */
export async function takeSupplied(
  tx: WriteTx,
  context: OpenContext,
  c: number,
  bytes: Uint8Array,
  by?: DeviceRow,
): Promise<boolean> {
  const decoded = decodeEntry(bytes);
  const entry = decoded.ok ? decoded.value : null;
  const placed = await placeSupplied(tx, context, c, bytes, entry, { by });
  if (placed === undefined) return false;
  const isNews = await followEntry(tx, context, placed);
  if (by !== undefined) await noteHealed(tx, context, placed.entry, by.account);
  return isNews;
}

/** `entry`: what the bytes say, if they say anything. Undefined: it was refused, or is here already. */
async function placeSupplied(
  tx: WriteTx,
  context: OpenContext,
  c: number,
  bytes: Uint8Array,
  entry: Entry | null,
  { by, isTold = false }: { readonly by?: DeviceRow | undefined; readonly isTold?: boolean },
): Promise<{ readonly entry: EntryRow; readonly channel: Channel } | undefined> {
  const { self, nowMs, effects } = context;
  const channel = await channelOf(tx, c);
  assert(channel !== undefined, "the caller's channel");
  if (entry !== null) await openNamedLog(tx, context, channel, entry);
  const outcome = await acceptEntry(tx, self, c, bytes, nowMs, isTold);
  if (outcome.type === "refused") {
    if (outcome.why === "own") effects.rolledBack();
    effects.dropped(`entry ${outcome.why}`);
    await heedRefusal(tx, context, channel, by?.device ?? "", outcome, bytes);
    return undefined;
  }
  effects.receipt(c);
  if (outcome.type === "held") {
    if (entry !== null) await takeWordsOf(tx, self, entry);
    return undefined;
  }
  const device = by?.device ?? "";
  for (const dep of outcome.deps) effects.named({ c, device, dep });
  await heedEntry(tx, context, outcome);
  return outcome;
}

/**
 * A log's first entry says whose it is, and their account's certificates prove it. Between two people logs come
 * with chains; but of what our storage was put back to before, one of our own, or of a device that we know, may
 * come from whoever has it.
 */
async function openNamedLog(
  tx: WriteTx,
  context: OpenContext,
  channel: Channel,
  entry: Entry,
): Promise<void> {
  const { core } = entry;
  if ((await logById(tx, toHex(core.log))) !== undefined) return;
  if ((await openFormerLog(tx, context.self, channel, core.log)) !== undefined) return;
  if (core.seq !== 1) return;
  const writer = writerIn(entry);
  if (writer === undefined || toHex(core.channel) !== channel.id) return;
  if (channel.kind !== "group" && !(await mayHaveLog(tx, context.self, channel, writer))) return;
  const hasRoom = await hasRoomForWriter(tx, context.self, channel, writer.account);
  const facts = writer.open.certificates.map(certificateFactOf);
  if (!hasRoom || !(await learnWriter(tx, context, writer.open.accountKey, facts, writer.account)))
    return context.effects.dropped("too many logs");
  await openLog(tx, context.self, channel, writer);
}

async function mayHaveLog(
  tx: ReadTx,
  self: Self,
  channel: Channel,
  { account, device }: NamedWriter,
): Promise<boolean> {
  if (!(await membersOf(tx, self, channel)).includes(account)) return false;
  return device === self.device || (await tx.get("devices", device))?.account === account;
}

type NamedWriter = {
  readonly account: Hex;
  readonly device: Hex;
  readonly key: Uint8Array;
  readonly incarnation: Uint8Array;
  readonly open: LogOpenBody;
};

function writerIn(entry: Entry): NamedWriter | undefined {
  const { core, body } = entry;
  if (core.kind !== KINDS.logOpen.number || body === null) return undefined;
  const open = decodeBody(core.kind, body);
  if (!open.ok || open.value.type !== "logOpen") return undefined;
  const { accountKey, certificates, incarnation } = open.value;
  const certificate = certifiedBy(accountKey, certificates);
  if (certificate === undefined || !verifyEntry(entry, certificate.sigKey).ok) return undefined;
  if (!equalBytes(logIdOf(certificate.sigKey, core.channel, incarnation), core.log)) {
    return undefined;
  }
  return {
    account: toHex(accountIdOf(accountKey)),
    device: toHex(certificate.device),
    key: certificate.sigKey,
    incarnation,
    open: open.value,
  };
}
