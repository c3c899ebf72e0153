/**
 * Sealing entries for sending: one ciphertext an entry, under our sender chain of the channel. A chain
 * is handed to every recipient that lacks it, over its pairwise session, in the same transaction.
 * docs/protocol/sync.md, rules [OB2] to [OB4]; crypto.md, Sender chains.
 */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import { isChainSpent } from "../../crypto/chain/renewal.ts";
import { handOverOf, makeChain, sealChain } from "../../crypto/chain/sender-chain.ts";
import { envelopeOf } from "../../crypto/envelope.ts";
import { acctStateOf } from "../../crypto/identity/facts.ts";
import { SEALED_BODY_MS_MAX } from "../../crypto/lifetimes.ts";
import { envelopeIdOf } from "../../crypto/public/relay-ids.ts";
import type { Self } from "../account/self.ts";
import { bytesOf, type Channel, channelOf } from "../channel/channels.ts";
import { mayRead, membersOf, recipientsOf } from "../channel/members.ts";
import { cardToken, liveDevices, ownCard, ownContact } from "../contact/contacts.ts";
import { isOpen } from "../contact/sessions.ts";
import { isRoster } from "../entry/kinds.ts";
import { groupMembers, ROSTER_TABLES } from "../group/rosters.ts";
import { rosterParts, shortWelcomeFor, welcomesFor } from "../group/welcome.ts";
import { encodePayload } from "../payload/payload.ts";
import type { Effects } from "../receive/effects.ts";
import type { OwnChainRow } from "../store/ratchet-rows.ts";
import type { ContactRow, DeviceRow, OutboxRow, TableName, Target } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { putControl, sendControl } from "./control.ts";

/** Devices that are handed our chain in one transaction; the next ones get the entry in a parcel of their own. */
export const HAND_OVERS_AT_ONCE = 256;
/** So many newcomers at once are told the roster in the same envelopes. */
export const CROWD_MIN = 4;
/** Whoever could not be handed our chain is tried again after so long, or when their bundle comes. */
const UNOPENED_RETRY_MS = 60_000;

export type SealContext = {
  readonly self: Self;
  readonly nowMs: number;
  readonly random: Random;
  readonly effects: Pick<Effects, "upkeep"> & Partial<Pick<Effects, "receipt">>;
};

/**
 * The row with its body, or undefined when nobody can be reached yet (no session and no prekeys).
 * Rows that have a fresh body come back as they are.
 */
export async function sealRow(
  tx: WriteTx,
  context: SealContext,
  row: OutboxRow,
): Promise<OutboxRow | undefined> {
  const isFresh = row.body !== null && context.nowMs - row.sealedAtMs < SEALED_BODY_MS_MAX;
  if (isFresh || row.what === "control") return row;
  const channel = await channelOf(tx, row.c);
  const entry = await tx.get("entries", [row.c, row.a, row.s]);
  if (channel === undefined || entry === undefined) return undefined;
  const held = await chainFor(tx, context, channel, row);
  if (held === undefined) return undefined;
  const { chain, isMore } = held;
  const holders = new Set(chain.holders);
  if (!row.targets.some((it) => it.state === "pending" && holders.has(it.device))) return undefined;
  const sealed = sealChain(chain.state, encodePayload("entry", entry.bytes), context.random);
  await tx.put("ownChains", {
    ...chain,
    state: sealed.chain,
    sealedCount: chain.sealedCount + 1,
  });
  const body = envelopeOf(sealed.message);
  const { nowMs } = context;
  const ready = { ...row, body, env: toHex(envelopeIdOf(body)), sealedAtMs: nowMs };
  const nextAtMs = isMore ? 0 : nowMs + UNOPENED_RETRY_MS;
  return await withoutStrangers(tx, holders, ready, nextAtMs);
}

/**
 * What was sealed can be opened by those alone who were handed the chain before. For the others, of whom
 * there is no session and no bundle yet, the entry waits in a row of its own. Rule [MM7].
 */
async function withoutStrangers(
  tx: WriteTx,
  holders: ReadonlySet<Hex>,
  sealed: OutboxRow,
  nextAtMs: number,
): Promise<OutboxRow> {
  const canRead = (it: Target): boolean => it.state !== "pending" || holders.has(it.device);
  const ready = { ...sealed, targets: sealed.targets.filter(canRead) };
  const left = sealed.targets.filter((it) => !canRead(it));
  await tx.put("outbox", ready);
  if (left.length === 0) return ready;
  const { n: _, ...rest } = sealed;
  await tx.put("outbox", { ...rest, targets: left, body: null, env: "", sealedAtMs: 0, nextAtMs });
  return ready;
}

/**
 * Our current chain of the channel, held by everybody who shall read `row`: rotated when it is due,
 * handed over where it is missing.
 */
async function chainFor(
  tx: WriteTx,
  context: SealContext,
  channel: Channel,
  row: Pick<OutboxRow, "c" | "a" | "s" | "targets" | "isUnconfirmed">,
): Promise<{ readonly chain: OwnChainRow; readonly isMore: boolean } | undefined> {
  const recipients = await readersOf(tx, context.self, channel, row);
  if (recipients.length === 0) return undefined;
  const current = await tx.get("ownChains", channel.c);
  const history = (await tx.get("rosters", channel.c))?.history;
  const isOver =
    current === undefined ||
    current.history !== history ||
    isDue(current, recipients, context.nowMs) ||
    (await isAnybodyGone(tx, context.self, channel, current, recipients));
  const chain = isOver ? newChain(context, channel, history, current) : current;
  const known = new Set([...chain.holders, ...(chain.before ?? [])]);
  const holders = new Set(chain.holders);
  const unheld = recipients.filter((it) => !holders.has(it.device));
  const lacking = (await openAmong(tx, unheld, context.nowMs)).slice(0, HAND_OVERS_AT_ONCE);
  // In a large group nobody tells what they hold: who had our last chain was welcomed with it.
  const isWelcomed = (it: DeviceRow): boolean => row.isUnconfirmed === true && known.has(it.device);
  const fresh = await newcomersAmong(
    tx,
    context.self,
    channel,
    lacking.filter((it) => !isWelcomed(it)),
  );
  const isCrowd = fresh.size >= CROWD_MIN;
  const came: DeviceRow[] = [];
  const targetOf = new Map(row.targets.map((it) => [it.device, it]));
  for (const device of lacking) {
    // Who is not to have this entry, or has it from elsewhere, confirms others.
    const target = targetOf.get(device.device);
    const isAwaited = target !== undefined && target.state !== "done" && target.isLast !== true;
    const isConfirmed = row.isUnconfirmed !== true && isAwaited;
    const before = isConfirmed ? row : null;
    const hand = { ...context, device, before, psk: null };
    const welcome = isCrowd ? shortWelcomeFor : welcomesFor;
    const welcomes = fresh.has(device.device)
      ? await welcome(tx, context.self, channel, device.account)
      : [];
    const payload = await handOver(tx, context, channel, chain, device.account);
    let handed = true;
    for (const it of [...welcomes, payload]) {
      handed = handed && (await sendControl(tx, { ...hand, payloads: [it] }));
    }
    if (!handed) continue;
    holders.add(device.device);
    if (isCrowd && fresh.has(device.device)) came.push(device);
  }
  if (holders.size === 0) return undefined;
  const told = await tellRoster(tx, context, channel, chain, came);
  const held: OwnChainRow = { ...told, holders: [...holders] };
  await tx.put("ownChains", held);
  if (held.holders.some((it) => !known.has(it))) await tellAnew(tx, context, channel.c);
  return { chain: held, isMore: lacking.length >= HAND_OVERS_AT_ONCE };
}

/** Those to whom something can be sealed: nothing is made ready for others, and nobody waits behind them. */
async function openAmong(
  tx: ReadTx,
  devices: readonly DeviceRow[],
  nowMs: number,
): Promise<readonly DeviceRow[]> {
  const open: DeviceRow[] = [];
  for (const device of devices) if (await isOpen(tx, device, nowMs)) open.push(device);
  return open;
}

/**
 * Many have come at once: the ops go to all of them in the same envelopes, under the chain that they were just
 * handed. Rule [GP22].
 */
async function tellRoster(
  tx: WriteTx,
  context: SealContext,
  channel: Channel,
  chain: OwnChainRow,
  devices: readonly DeviceRow[],
): Promise<OwnChainRow> {
  if (devices.length === 0) return chain;
  let { state } = chain;
  const parts = await rosterParts(tx, context.self, channel);
  for (const part of parts) {
    const sealed = sealChain(state, part, context.random);
    state = sealed.chain;
    await putControl(tx, context, envelopeOf(sealed.message), devices);
  }
  return { ...chain, state, sealedCount: chain.sealedCount + parts.length };
}

/** Our newest receipt went to those who held our chain then: who holds it since would wait for the next. */
async function tellAnew(tx: WriteTx, { effects }: SealContext, c: number): Promise<void> {
  const channel = await channelOf(tx, c);
  if (channel === undefined || channel.receiptsSent === 0) return;
  await tx.put("channels", { ...channel, receipts: channel.receipts + 1 });
  effects.receipt?.(c);
}

/**
 * Who shall read the entry: everybody in the channel, of a change of the roster also those who went by it, and
 * our own devices, though we left since. Rules [GP11] and [GP18].
 */
async function readersOf(
  tx: WriteTx,
  self: Self,
  channel: Channel,
  { c, a, s, targets }: Pick<OutboxRow, "c" | "a" | "s" | "targets">,
): Promise<readonly DeviceRow[]> {
  const members = await recipientsOf(tx, self, channel);
  const entry = await tx.get("entries", [c, a, s]);
  const known = new Set(members.map((it) => it.device));
  const others = targets.filter((it) => it.state === "pending" && !known.has(it.device));
  if (entry === undefined || others.length === 0) return members;
  const rows = isRoster(entry.kind)
    ? await Promise.all(others.map((it) => tx.get("devices", it.device)))
    : await siblingsBehind(tx, self, channel, others);
  return [...members, ...rows.filter((it) => it !== undefined && it.card !== null)] as DeviceRow[];
}

/** Our own devices among these, where we are no member any more: what we said before is theirs as well. */
async function siblingsBehind(
  tx: ReadTx,
  self: Self,
  channel: Channel,
  targets: readonly Target[],
): Promise<readonly DeviceRow[]> {
  if ((await membersOf(tx, self, channel)).includes(self.account)) return [];
  const wanted = new Set(targets.map((it) => it.device));
  return (await liveDevices(tx, self.account)).filter((it) => wanted.has(it.device));
}

/** Who must learn of a group before our chain is of any use to them. Rule [GP9]. */
async function newcomersAmong(
  tx: WriteTx,
  self: Self,
  channel: Channel,
  devices: readonly DeviceRow[],
): Promise<ReadonlySet<Hex>> {
  const fresh = new Set<Hex>();
  if (channel.kind !== "group") return fresh;
  const members = await groupMembers(tx, channel);
  const ours = new Set(members.flatMap((it) => (it.by === self.account ? [it.account] : [])));
  for (const { device, account } of devices) {
    if (!ours.has(account) && account !== self.account) continue;
    // Who has told us what they hold is in it.
    if ((await tx.get("cursors", [channel.c, device])) === undefined) fresh.add(device);
  }
  return fresh;
}

/** Not stored yet. `before`: the one that it follows. */
export const newChain = (
  context: SealContext,
  channel: Channel,
  history: OwnChainRow["history"],
  before: OwnChainRow | undefined,
): OwnChainRow => ({
  c: channel.c,
  state: makeChain(bytesOf(channel.id), bytesOf(context.self.device), context.random),
  startedAtMs: context.nowMs,
  sealedCount: 0,
  holders: [],
  ...(before !== undefined && { before: before.holders }),
  ...(history !== undefined && { history }),
});

/** Rules [OB3] and [RT3]: the chain is old, or it has sealed enough. */
const isDue = (chain: OwnChainRow, recipients: readonly DeviceRow[], nowMs: number): boolean =>
  isChainSpent({ ...chain, devices: recipients.length + 1, nowMs });

/** Rule [RT1]: somebody holds the chain who may not read any more. Who sleeps may. */
async function isAnybodyGone(
  tx: ReadTx,
  self: Self,
  channel: Channel,
  { holders, lent = [] }: OwnChainRow,
  recipients: readonly DeviceRow[],
): Promise<boolean> {
  const served = new Set(recipients.map((it) => it.device));
  const others = [...holders, ...lent].filter((it) => !served.has(it));
  if (others.length === 0) return false;
  const readers = new Set((await mayRead(tx, self, channel)).map((it) => it.device));
  return others.some((it) => !readers.has(it));
}

/** The same chain, in the hands of these devices as well. They are no `holders` by that. Rule [RT1]. */
export function lentTo(chain: OwnChainRow, devices: readonly Hex[]): OwnChainRow {
  const lent = new Set([...(chain.lent ?? []), ...devices]);
  return { ...chain, lent: [...lent] };
}

/** The payload that lets a device of `account` read what we seal in the channel from now on. */
export async function handOver(
  tx: WriteTx,
  context: SealContext,
  channel: Channel,
  chain: OwnChainRow,
  account: Hex,
): Promise<Uint8Array> {
  const contact = await tx.get("contacts", account);
  const token = contact && (await cardToken(tx, context, contact, groupOnly(channel)));
  return encodePayload("chain", {
    channel: bytesOf(channel.id),
    chain: handOverOf(chain.state),
    incarnation: context.self.incarnation,
    card: token === undefined ? null : await ownCard(tx, context, token),
    acctState: acctStateOf((await ownContact(tx, context.self)).facts),
  });
}

const groupOnly = (channel: Channel): Channel | null => (channel.kind === "group" ? channel : null);

/** Our newest card, as the first words of a new session with a device that we know. */
export async function greetDevice(
  tx: WriteTx,
  context: SealContext,
  id: Hex,
  bundle: Uint8Array,
): Promise<void> {
  const row = await tx.get("devices", id);
  const contact = row === undefined ? undefined : await tx.get("contacts", row.account);
  if (row === undefined || contact === undefined) return;
  const device = { ...row, prekeyBundle: bundle };
  await tx.put("devices", device);
  await tellCard(tx, context, contact, device);
}

/** Where we are reached, over the session that there is or a new one. */
export async function tellCard(
  tx: WriteTx,
  context: SealContext,
  contact: ContactRow,
  device: DeviceRow,
): Promise<void> {
  const token = await cardToken(tx, context, contact, null);
  if (token === undefined) return;
  const card = await ownCard(tx, context, token);
  const payloads = [encodePayload("card", { card })];
  await sendControl(tx, { ...context, device, payloads, before: null, psk: null });
}

/** Everything that sealing may read or write. */
export const SEAL_TABLES: readonly TableName[] = [
  "meta",
  "mailboxes",
  "tokens",
  "contacts",
  "devices",
  "sessions",
  "ownChains",
  "channels",
  "logs",
  "entries",
  "cursors",
  "outbox",
  ...ROSTER_TABLES,
];
