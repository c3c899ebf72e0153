/**
 * What an entry of a group brings about, once it has its place: it is judged, or it changes who is in the
 * group, and then everything that follows from that. docs/protocol/groups.md, [GP10] to [GP17].
 */
import { assert } from "../../crypto/base/assert.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { ensureOwnLog, sendTo } from "../channel/append.ts";
import { type Channel, channelOf } from "../channel/channels.ts";
import { addresseesOf, membersOf } from "../channel/members.ts";
import { entryOf } from "../channel/thread-rows.ts";
import { retireGroupToken } from "../contact/contacts.ts";
import { isRoster } from "../entry/kinds.ts";
import { tellRoster } from "../heal/answers.ts";
import type { ForkRow } from "../heal/rows.ts";
import { markSent } from "../outbox/attempts.ts";
import { controlsWaiting } from "../outbox/control.ts";
import { lentTo } from "../outbox/seal.ts";
import { putOutbox, withTargets } from "../outbox/targets.ts";
import type { OpenContext } from "../receive/open-context.ts";
import { authNameOf } from "../roster/graph.ts";
import { type RosterOp, rosterOpOf } from "../roster/ops.ts";
import { wasLetIn } from "../roster/out.ts";
import type { Roster } from "../roster/resolve.ts";
import type { EntryRow, OutboxRow, Target } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { introductionIn } from "./add-body.ts";
import { judgeAnew, judgeLog, judgePlaced } from "./counting.ts";
import { tendDoors } from "./doors.ts";
import { wantHistory } from "./history.ts";
import { isLink } from "./links.ts";
import { takeIntroduction } from "./members-known.ts";
import { hasLeft, putOps, RECEIPTS_TO_ALL_MAX, reweigh, rosterOf, type Turn } from "./rosters.ts";
import { settleJoins } from "./waiting.ts";

/**
 * `isPart`: of a roster that is just being told, after which one enters, or of a file that we wrote.
 * True when there are devices that were not known before: what waits of theirs can be opened.
 */
export async function followEntry(
  tx: WriteTx,
  context: OpenContext,
  { entry, channel }: { readonly entry: EntryRow; readonly channel: Channel },
  isPart = false,
): Promise<boolean> {
  if (channel.kind !== "group") return false;
  if (!isRoster(entry.kind)) {
    await judgePlaced(tx, context.self, entry);
    if (isLink(entry)) await tendLinks(tx, context, channel);
    const now = await tx.get("entries", [entry.c, entry.a, entry.s]);
    if (now?.counts === "waits") context.effects.missing();
    const log = isPart ? undefined : await tx.get("logs", entry.a);
    if (log !== undefined) {
      await tellWhoIsOut(tx, context, channel, log.device, now?.counts === "no");
    }
    return false;
  }
  // Of a removed device: it is heard once somebody has said where its log ends. Rule [OD9].
  if (entry.counts === "waits") return false;
  const known = await membersOf(tx, context.self, channel);
  const isNews = await takeOps(tx, context, entry.c, [entry]);
  const { voids } = await rosterOf(tx, entry.c);
  const log = isPart ? undefined : await tx.get("logs", entry.a);
  if (log !== undefined && voids.has(toHex(entry.hash))) {
    await tellWhoIsOut(tx, context, channel, log.device);
  }
  // Until now we were not in it.
  if (!isPart && !known.includes(context.self.account)) await enter(tx, context, entry.c, known);
  return isNews;
}

/**
 * Placed ops of one group, weighed together: what a roster comes to costs a look at all of its ops. Of several
 * none ends what another one of them begins. True as `followEntry` is.
 */
export async function takeOps(
  tx: WriteTx,
  context: OpenContext,
  c: number,
  rows: readonly EntryRow[],
): Promise<boolean> {
  const taken: TakenOp[] = [];
  for (const row of rows) {
    const log = await tx.get("logs", row.a);
    assert(log !== undefined, "an entry stands in a log");
    const entry = entryOf(row);
    const op = rosterOpOf(entry, log);
    if (op.ok) taken.push({ op: op.value, row, body: entry.body });
    else context.effects.dropped(`op ${op.error.type}`);
  }
  if (taken.length === 0) return false;
  const ops = taken.map(({ op, row: { a, s } }) => ({ c, a, s, op }));
  const turn = await putOps(tx, c, ops);
  let isNews = false;
  for (const it of taken) if (await takeWho(tx, context, it)) isNews = true;
  await rosterChanged(tx, context, c, turn);
  return isNews;
}

type TakenOp = { readonly op: RosterOp; readonly row: EntryRow; readonly body: Uint8Array | null };

/** Whom an add brings. */
async function takeWho(
  tx: WriteTx,
  context: OpenContext,
  { op: { act }, body }: TakenOp,
): Promise<boolean> {
  const introduction = act.type === "add" && body !== null ? introductionIn(body) : undefined;
  if (act.type !== "add" || introduction === undefined) return false;
  return takeIntroduction(tx, context, act.account, introduction);
}

/** A log forks: from there on nothing of it counts, and least of all its grants. [FK4], [RO18]. */
export async function followFork(tx: WriteTx, context: OpenContext, fork: ForkRow): Promise<void> {
  const { a, c } = fork;
  const before = await rosterOf(tx, c);
  await tx.put("forks", fork);
  await rosterChanged(tx, context, c, await reweigh(tx, c, before));
  const log = await tx.get("logs", a);
  if (log !== undefined) await judgeLog(tx, context.self, { ...log, a });
}

/** Logs end elsewhere than was known: ops behind an end are void. Rule [RO19]. */
export async function followEnds(
  tx: WriteTx,
  context: OpenContext,
  c: number,
  write: () => Promise<void>,
): Promise<void> {
  const before = await rosterOf(tx, c);
  await write();
  await rosterChanged(tx, context, c, await reweigh(tx, c, before));
}

async function rosterChanged(
  tx: WriteTx,
  context: OpenContext,
  c: number,
  turn: Turn,
): Promise<void> {
  const { self, effects } = context;
  const { before, after } = turn;
  const left = [...before.members.keys()].filter((it) => !after.members.has(it));
  const isAlone = [...after.members.keys()].every((it) => it === self.account);
  await dropFor(tx, c, new Set(left.filter((it) => it !== self.account)), isAlone);
  if (left.includes(self.account)) {
    if (hasLeft(after, self.account)) await sayFarewell(tx, c);
    else await dropWaiting(tx, c);
  }
  const channel = await channelOf(tx, c);
  assert(channel !== undefined, "a roster is of a channel");
  if (left.length > 0) await retireGroupToken(tx, context, channel.id);
  for (const [account, { op, by }] of after.members) {
    const isNew =
      !before.members.has(account) && !before.ledger.graph.placeByName.has(authNameOf(op));
    if (isNew && by === self.account) await forgetTold(tx, c, account);
  }
  await judgeAnew(tx, self, c, turn);
  await tendLinks(tx, context, channel);
  if (after.waiting.length > 0) effects.missing();
  effects.contacts();
  effects.wake();
}

/** Whom we let in again is welcomed anew: what they held before says nothing about what they may read now. */
async function forgetTold(tx: WriteTx, c: number, account: Hex): Promise<void> {
  for (const row of await tx.range("cursors", "primary", { lower: [c], upper: [c] })) {
    if (row.account === account) await tx.delete("cursors", [c, row.device]);
  }
  const chain = await tx.get("ownChains", c);
  if (chain === undefined) return;
  const rows = await tx.range("devices", "account", { lower: account, upper: account });
  const devices = new Set(rows.map((it) => it.device));
  const others = (held: readonly Hex[]): readonly Hex[] => held.filter((it) => !devices.has(it));
  const { holders, before = [] } = chain;
  if (![...holders, ...before].some((it) => devices.has(it))) return;
  // They have it still, and may go again before anything is sealed.
  const lent = lentTo(
    chain,
    holders.filter((it) => devices.has(it)),
  );
  await tx.put("ownChains", { ...lent, holders: others(holders), before: others(before) });
}

/** What the links of the group are now: our doors follow, and so does who waits. */
async function tendLinks(tx: WriteTx, context: OpenContext, channel: Channel): Promise<void> {
  await tendDoors(tx, context, channel);
  await settleJoins(tx, context, channel);
}

/**
 * `writer`: a device. Who is out and says what does not count (`isVain`) has not heard of it: one member tells
 * them. Nor has who writes to us after we left, be it another device of ours. Rules [GP12] and [GP18].
 */
export async function tellWhoIsOut(
  tx: WriteTx,
  context: OpenContext,
  channel: Channel,
  writer: Hex,
  isVain = true,
): Promise<void> {
  const { account, device: own } = context.self;
  const roster = await rosterOf(tx, channel.c);
  const device = await tx.get("devices", writer);
  if (device === undefined || writer === own) return;
  const isOurs =
    hasLeft(roster, account) || (isVain && tellerOf(roster, device.account) === account);
  if (!isOurs || (await controlsWaiting(tx, device.device, null)) > 0) return;
  await tellRoster(tx, context, channel, device);
}

/** Who put them out; when that one is gone, or they left by their own will, or were never in it, the highest rank. */
function tellerOf(roster: Roster, account: Hex): Hex | undefined {
  const { former, members } = roster;
  const end = former.get(account);
  if (end !== undefined && members.has(end.by)) return end.by;
  const [highest] = wasLetIn(roster, account) ? members.keys() : [];
  return highest;
}

/**
 * Our log tells the others that we are there, and where; with it goes our chain. `known`: members that
 * were told before, since we are new to the rest; who comes back tells those who do not hold our chain. Rule [GP10].
 */
export async function enter(
  tx: WriteTx,
  context: OpenContext,
  c: number,
  known: readonly Hex[],
): Promise<void> {
  const { self, nowMs } = context;
  const channel = await channelOf(tx, c);
  const members = channel === undefined ? [] : await membersOf(tx, self, channel);
  if (channel === undefined || !members.includes(self.account)) return;
  await endJoining(tx, c);
  // In a larger group only authors wait for our receipts, and our first word opens our log. Rule [GP10].
  if (members.length > RECEIPTS_TO_ALL_MAX) {
    if (!known.includes(self.account)) await comeIn(tx, context, channel);
    return;
  }
  const { log, channel: now } = await ensureOwnLog(tx, { ...context, channel });
  const entry = await tx.get("entries", [c, log.a, 1]);
  assert(entry !== undefined, "a log that is open has its first entry");
  const isBack = !known.includes(self.account);
  const holders = (await tx.get("ownChains", c))?.holders ?? [];
  const devices = await addresseesOf(tx, self, now);
  // What we began to tell while we were in is dropped with everything when we go.
  const fresh = devices.filter(
    (it) => !known.includes(it.account) || (isBack && !holders.includes(it.device)),
  );
  if (fresh.length > 0) await sendTo(tx, self, { entry, channel: now }, fresh, nowMs);
  if (isBack) await comeIn(tx, context, now);
}

async function comeIn(tx: WriteTx, context: OpenContext, { c }: Channel): Promise<void> {
  const channel = await channelOf(tx, c);
  if (channel === undefined) return;
  await wantHistory(tx, context.self, channel);
  context.effects.missing();
}

/** We are in it: nothing is waited for any more. */
async function endJoining(tx: WriteTx, c: number): Promise<void> {
  const row = await tx.get("rosters", c);
  if (row?.joining === undefined) return;
  const { joining, ...rest } = row;
  await tx.put("rosters", rest);
  for (const account of joining.admins) await leaveDoors(tx, account);
}

/**
 * What was said through a door and not answered rests on the link, which may be over: from now on we write as
 * members do.
 */
async function leaveDoors(tx: WriteTx, account: Hex): Promise<void> {
  const devices = await tx.range("devices", "account", { lower: account, upper: account });
  for (const { device } of devices) {
    const range = { lower: device, upper: device };
    for (const session of await tx.range("sessions", "device", range)) {
      if (session.lastReceivedAtMs === 0) await tx.put("sessions", { ...session, isBroken: true });
    }
    for (const { n, targets } of await tx.range("outbox", "flight", range)) {
      const isUnsent = targets.every((it) => it.state === "pending");
      if (isUnsent && n !== undefined) await tx.delete("outbox", n);
    }
  }
}

const parcelsOf = (tx: WriteTx, c: number): Promise<readonly OutboxRow[]> =>
  tx.range("outbox", "entry", { lower: [c, 1], upper: [c, Number.MAX_SAFE_INTEGER] });

/**
 * Nothing is for those who left but ops, and of these they tell no more what arrived. `isAlone`: nobody but us is
 * left, and what is dropped waits for nobody. Rules [GP12] and [MM2].
 */
async function dropFor(
  tx: WriteTx,
  c: number,
  accounts: ReadonlySet<Hex>,
  isAlone: boolean,
): Promise<void> {
  if (accounts.size === 0) return;
  const gone = new Set<Hex>();
  for (const account of accounts) {
    const devices = await tx.range("devices", "account", { lower: account, upper: account });
    for (const { device } of devices) gone.add(device);
  }
  for (const parcel of await parcelsOf(tx, c)) {
    if (!parcel.targets.some((it) => gone.has(it.device))) continue;
    const entry = await tx.get("entries", [parcel.c, parcel.a, parcel.s]);
    if (entry === undefined || parcel.n === undefined) continue;
    const targets = isRoster(entry.kind)
      ? parcel.targets.map((it) => (gone.has(it.device) ? lastFor(it) : it))
      : parcel.targets.filter((it) => !gone.has(it.device));
    if (targets.length === 0) await tx.delete("outbox", parcel.n);
    else
      await putOutbox(
        tx,
        withTargets({ ...parcel, targets }, (it) => it),
      );
    if (isAlone && parcel.what === "entry") await markSent(tx, parcel);
  }
}

/** A relay's word is enough. */
const lastFor = (target: Target): Target => ({
  ...target,
  isLast: true,
  state: target.state === "stored" ? "done" : target.state,
});

/** We were removed: what we still had to say there is for nobody. Rule [GP12]. */
async function dropWaiting(tx: WriteTx, c: number): Promise<void> {
  for (const { n } of await parcelsOf(tx, c)) if (n !== undefined) await tx.delete("outbox", n);
}

/** We leave: nobody tells us any more what arrived. */
async function sayFarewell(tx: WriteTx, c: number): Promise<void> {
  for (const parcel of await parcelsOf(tx, c)) {
    const told = withTargets(parcel, (it) =>
      it.state === "stored" ? { ...it, state: "done" } : it,
    );
    await putOutbox(tx, { ...told, isUnconfirmed: true });
  }
}
