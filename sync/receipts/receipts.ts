/**
 * Receipts as cursors: per log what a device holds and what its account has read, as absolute vectors
 * that replace each other. They settle the outbox; they are never log entries.
 * docs/protocol/sync.md, rules [CU5] to [CU8].
 */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import { sealLive, slotOf } from "../../crypto/chain/live.ts";
import { envelopeOf } from "../../crypto/envelope.ts";
import type { Self } from "../account/self.ts";
import { bytesOf, type Channel, type Log, logById, logsOf } from "../channel/channels.ts";
import { recipientsOf } from "../channel/members.ts";
import { aggregateAt } from "../channel/take-in.ts";
import { runRead } from "../expiry/running.ts";
import { groupMembers, RECEIPTS_TO_ALL_MAX, RECEIPTS_TO_AUTHORS_MAX } from "../group/rosters.ts";
import {
  coversKnown,
  hasKnown,
  holesOf,
  type Known,
  KNOWN_NOTHING,
  maxKnown,
  type SeqRange,
  unionKnown,
} from "../log/known.ts";
import { putOutbox, withTargets } from "../outbox/targets.ts";
import { type Cursor, type CursorContent, signCursor } from "../payload/cursor.ts";
import { CURSOR_LOGS_MAX } from "../payload/limits.ts";
import { encodePayload } from "../payload/payload.ts";
import { tellsWhatWasRead } from "../rooms/settings.ts";
import type { CursorRow, DeviceRow, OutboxRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { isGone } from "../thread/aggregate.ts";

/** A target that was stored so long ago and is missing behind later entries was lost on the way. */
const LOST_AFTER_MS = 5_000;

/** A cursor ready to send: the newest truth about the channel, under our chain's live key. */
export type SealedCursor = {
  readonly c: number;
  /** The version that it tells; see ChannelRow.receipts. */
  readonly version: number;
  readonly body: Uint8Array;
  readonly slot: Uint8Array;
  readonly devices: readonly Hex[];
  /** For other people's devices, when the person does not tell what they have read. Rule [RR1]. */
  readonly unread?: { readonly body: Uint8Array; readonly devices: readonly Hex[] };
};

/** `to`: who asked for it, and gets it alone. `nobody`: it is nobody's business. `notYet`: nobody holds a chain of ours, but they will. */
export async function sealCursor(
  tx: ReadTx,
  self: Self,
  channel: Channel,
  random: Random,
  to?: DeviceRow,
): Promise<SealedCursor | "nobody" | "notYet"> {
  const readers = to === undefined ? await readersOf(tx, self, channel) : [to];
  if (readers.length === 0) return "nobody";
  const chain = await tx.get("ownChains", channel.c);
  if (chain === undefined || chain.holders.length === 0) return "notYet";
  // A device that was revoked since holds the chain's live key until the next message rotates it.
  const live = new Set(readers.map((it) => it.device));
  // Newest first: what does not fit a cursor is what nobody writes any more. Who has lost our last word, and
  // does not know, hears by our own logs that there is one.
  const logs = (await logsOf(tx, channel.c))
    .filter((it) => maxKnown(it.known) > 0)
    // Whoever asks wants to know of their own.
    .toSorted((a, b) => isBy(b, to) - isBy(a, to) || b.hlc - a.hlc);
  const content: CursorContent = {
    channel: bytesOf(channel.id),
    device: bytesOf(self.device),
    counter: channel.receipts,
    delivered: logs.map((it) => ({ log: bytesOf(it.log), known: it.known })),
    read: logs.map((it) => ({ log: bytesOf(it.log), known: it.read })),
  };
  const bodyOf = (says: CursorContent): Uint8Array => {
    const payload = encodePayload("cursor", signCursor(says, self.keys.sigSecret));
    return envelopeOf(sealLive(chain.state, payload, random));
  };
  const sealed: SealedCursor = {
    c: channel.c,
    version: channel.receipts,
    body: bodyOf(content),
    slot: slotOf(chain.state.liveKey),
    devices: chain.holders.filter((it) => live.has(it)),
  };
  if (await tellsWhatWasRead(tx)) return sealed;
  const ours = new Set(readers.flatMap((it) => (it.account === self.account ? [it.device] : [])));
  return {
    ...sealed,
    devices: sealed.devices.filter((it) => ours.has(it)),
    unread: {
      body: bodyOf({ ...content, read: [] }),
      devices: sealed.devices.filter((it) => !ours.has(it)),
    },
  };
}

const isBy = ({ account }: Log, to: DeviceRow | undefined): 0 | 1 =>
  account === to?.account ? 1 : 0;

/** Entries that are looked at to find those authors. */
const AUTHORS_SCAN_MAX = 64;

/**
 * Devices whose business it is what we hold and have read: our own, and those of accepted contacts. In a
 * group it is everybody's, as far as it is not too large for that.
 */
export async function readersOf(
  tx: ReadTx,
  self: Self,
  channel: Channel,
): Promise<readonly DeviceRow[]> {
  const devices = await recipientsOf(tx, self, channel);
  if (channel.kind === "group") {
    const { length } = await groupMembers(tx, channel);
    if (length <= RECEIPTS_TO_ALL_MAX) return devices;
    const authors = length <= RECEIPTS_TO_AUTHORS_MAX ? await newAuthors(tx, channel) : new Set();
    return devices.filter((it) => it.account === self.account || authors.has(it.account));
  }
  return acceptedAmong(tx, devices);
}

/** Ours and those of accepted contacts: nobody else's business is what we hold, nor that we are here. */
export async function acceptedAmong(
  tx: ReadTx,
  devices: readonly DeviceRow[],
): Promise<readonly DeviceRow[]> {
  const accepted: DeviceRow[] = [];
  for (const device of devices) {
    const contact = await tx.get("contacts", device.account);
    if (contact?.state === "accepted" || contact?.state === "self") accepted.push(device);
  }
  return accepted;
}

/** Who wrote what came since the last cursor: the newest AUTHORS_SCAN_MAX entries tell. */
async function newAuthors(tx: ReadTx, { c, arrivals }: Channel): Promise<ReadonlySet<Hex>> {
  const rows = await tx.range("entries", "arrival", {
    lower: [c, Math.max(0, arrivals - AUTHORS_SCAN_MAX)],
    upper: [c, arrivals],
  });
  const logs = await logsOf(tx, c);
  const accountByLog = new Map(logs.map(({ a, account }) => [a, account]));
  return new Set(rows.flatMap(({ a }) => accountByLog.get(a) ?? []));
}

export type Settled = {
  readonly settled: number;
  readonly lost: number;
  /** They say that they hold entries that we do not. */
  readonly isAheadOfUs: boolean;
  /** They told us more before: a repetition, or their storage was rolled back. */
  readonly isBehindItself: boolean;
};

const REPEATED: Settled = {
  settled: 0,
  lost: 0,
  isAheadOfUs: false,
  isBehindItself: true,
};

type CursorOptions = {
  readonly wasPutBack: boolean;
  /** Whether logs count that are not here. */
  readonly heedsAll?: boolean;
  readonly nowMs: number;
};

/**
 * Takes a verified cursor of a peer's device: keeps it if it is newer, settles what it covers, and
 * sends again what it shows to be missing behind something later. What it says of its device's own logs is
 * heeded by who was put back: others have their ways to get what is new.
 */
export async function applyCursor(
  tx: WriteTx,
  from: { readonly c: number; readonly device: Hex; readonly account: Hex },
  cursor: Cursor,
  { wasPutBack, heedsAll = wasPutBack, nowMs }: CursorOptions,
): Promise<Settled> {
  const held = await tx.get("cursors", [from.c, from.device]);
  if (held !== undefined && cursor.counter < held.counter) return REPEATED;
  const logs = await logsOf(tx, from.c);
  const here = new Map(logs.map((it) => [it.log, it]));
  const heeded = (all: Cursor["read"]): CursorRow["delivered"] =>
    all
      .map((it) => ({ log: toHex(it.log), known: it.known }))
      .filter(({ log }) => wasPutBack || here.get(log)?.device !== from.device);
  const row: CursorRow = {
    ...held,
    ...from,
    counter: cursor.counter,
    delivered: heeded(cursor.delivered),
    read: readWith(held, heeded(cursor.read)),
  };
  await tx.put("cursors", row);
  const isBehindItself =
    held?.delivered.some(({ log, known }) => !coversKnown(deliveredOf(row, log), known)) ?? false;
  const isHolder = (await tx.get("ownChains", from.c))?.holders.includes(from.device) === true;
  let settled = 0;
  let lost = 0;
  // A log that is not here may be one of ours, or somebody's who wrote to them and could not to us.
  let isAheadOfUs = heedsAll && row.delivered.some(({ log }) => !here.has(log));
  for (const log of logs) {
    const delivered = deliveredOf(row, log.log);
    // Of our own log, too: our storage was put back, or they lie.
    if (maxKnown(delivered) > maxKnown(log.known)) isAheadOfUs = true;
    if (!log.own) continue;
    const waiting = await tx.range("outbox", "entry", {
      lower: [from.c, log.a],
      upper: [from.c, log.a, Number.MAX_SAFE_INTEGER],
    });
    for (const parcel of waiting) {
      const isLast = parcel.what === "entry" && parcel.s === maxKnown(log.known);
      // It was to bring them our chain, too, without which they hear nothing of what we hold.
      if (isLast && !isHolder && isUnsent(parcel, from.device)) continue;
      const next = settle(parcel, from.device, delivered, nowMs);
      if (next === undefined) continue;
      await putOutbox(tx, next);
      if (next.waiting === 1 && parcel.waiting === 0) lost += 1;
      else settled += 1;
    }
  }
  return { settled, lost, isAheadOfUs, isBehindItself };
}

/**
 * Reading is never taken back: whoever stops telling what they read leaves what they told. Rule [RR2].
 */
function readWith(held: CursorRow | undefined, read: CursorRow["read"]): CursorRow["read"] {
  const before = held?.read ?? [];
  const grown = read.map(({ log, known }) => {
    const earlier = before.find((it) => it.log === log);
    return { log, known: earlier === undefined ? known : unionKnown(earlier.known, known) };
  });
  const others = before.filter(({ log }) => !read.some((it) => it.log === log));
  return [...grown, ...others].slice(0, CURSOR_LOGS_MAX);
}

/**
 * What another device of ours says that it has read, our account has read. Reading is never taken back, so
 * the count of what is unread only falls. True when that changed anything.
 */
export async function takeRead(
  tx: WriteTx,
  channel: Channel,
  read: Cursor["read"],
  nowMs: number,
): Promise<boolean> {
  let unread = 0;
  let isNews = false;
  for (const { log: id, known } of read) {
    const log = await logById(tx, toHex(id));
    if (log === undefined || log.c !== channel.c || coversKnown(log.read, known)) continue;
    for (const range of holesOf(log.read, maxKnown(known))) {
      unread += await countShown(tx, log, known, range);
    }
    isNews = true;
    await runRead(tx, channel, log, known, { nowMs, elsewhere: true });
    await tx.put("logs", { ...log, read: unionKnown(log.read, known) });
  }
  if (!isNews) return false;
  const left = Math.max(0, channel.unread - unread);
  await tx.put("channels", { ...channel, unread: left, receipts: channel.receipts + 1 });
  return true;
}

/** Messages of others in the range that are here, and that `known` covers. */
async function countShown(
  tx: ReadTx,
  { c, a }: Log,
  known: Known,
  [from, to]: SeqRange,
): Promise<number> {
  const rows = await tx.range("entries", "primary", { lower: [c, a, from], upper: [c, a, to] });
  const counted = rows.filter((it) => it.shown === 1 && !it.own && hasKnown(known, it.s));
  // A message that is gone is not counted as unread.
  const gone = await Promise.all(
    counted.map(async (it) => it.erased === true && isGone(await aggregateAt(tx, it))),
  );
  return gone.filter((it) => !it).length;
}

/** What a device holds of the log, by its newest cursor. */
export const deliveredOf = (cursor: CursorRow | undefined, log: Hex): Known =>
  cursor?.delivered.find((it) => it.log === log)?.known ?? KNOWN_NOTHING;

const isUnsent = ({ targets }: OutboxRow, device: Hex): boolean =>
  targets.some((it) => it.device === device && it.state === "pending");

/** The parcel with the device's target changed by what it holds; undefined: nothing changed. */
function settle(
  parcel: OutboxRow,
  device: Hex,
  delivered: Known,
  nowMs: number,
): OutboxRow | undefined {
  const target = parcel.targets.find((it) => it.device === device);
  if (target === undefined || target.state === "done") return undefined;
  if (hasKnown(delivered, parcel.s)) {
    // Other entries may be under the same chain: the hand-over still goes, and a relay's word is enough.
    const isStillSent = parcel.what === "control" && isUnsent(parcel, device);
    if (isStillSent) return { ...parcel, c: 0, a: 0, s: 0 };
    return withTargets(parcel, (it) => (it.device === device ? { ...it, state: "done" } : it));
  }
  if (target.state !== "stored" || maxKnown(delivered) <= parcel.s) return undefined;
  const sinceMs = nowMs - target.storedAtMs;
  if (sinceMs >= 0 && sinceMs < LOST_AFTER_MS) return undefined;
  return withTargets(parcel, (it) => (it.device === device ? { ...it, state: "pending" } : it));
}

/** The person has seen everything that is here. True when that changed anything. */
export async function markChannelRead(
  tx: WriteTx,
  channel: Channel,
  nowMs: number,
): Promise<boolean> {
  let changed = false;
  for (const log of await logsOf(tx, channel.c)) {
    if (coversKnown(log.read, log.known)) continue;
    changed = true;
    await runRead(tx, channel, log, log.known, { nowMs, elsewhere: false });
    await tx.put("logs", { ...log, read: unionKnown(log.read, log.known) });
  }
  if (!changed && channel.unread === 0) return false;
  const { lastH } = channel.theirs ?? { lastH: channel.lastH };
  await tx.put("channels", {
    ...channel,
    unread: 0,
    receipts: channel.receipts + 1,
    theirs: { lastH, seenH: lastH },
  });
  return true;
}
