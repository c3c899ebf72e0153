/**
 * Asking for what is missing: a hole in a log, or the end of an own one that we lost (WANT, to the
 * contact in its channel), a chain we were never handed (NACK, to whom the envelope came from). The relay is never asked to repair anything. Waits
 * first, because most holes are envelopes on their way. docs/protocol/sync.md, rules [HE4] to [HE9].
 */
import type { Random } from "../../crypto/base/random.ts";
import type { Self } from "../account/self.ts";
import {
  bytesOf,
  type Channel,
  channelById,
  channelOf,
  type Log,
  numbered,
} from "../channel/channels.ts";
import { recipientsOf } from "../channel/members.ts";
import type { Timers } from "../clock/timers.ts";
import { reachableDevices } from "../contact/contacts.ts";
import type { Lane } from "../lane.ts";
import { countKnown, holesOf, maxKnown, type SeqRange } from "../log/known.ts";
import { sendControl } from "../outbox/control.ts";
import { NACK_TAGS_MAX, WANT_RANGES_MAX } from "../payload/limits.ts";
import { encodePayload } from "../payload/payload.ts";
import { deliveredOf } from "../receipts/receipts.ts";
import { letGo, POISON_TAG } from "../receive/held.ts";
import type { CursorRow, DeviceRow, Hex, TableName, TokenRow } from "../store/rows.ts";
import type { Store, WriteTx } from "../store/store.ts";
import { Asked, HEAL_FIRST_MS, HEAL_TRIES_MAX } from "./asked.ts";
import { comparedFacts } from "./facts.ts";

const HEAL_TABLES: readonly TableName[] = [
  "meta",
  "mailboxes",
  "tokens",
  "contacts",
  "devices",
  "sessions",
  "channels",
  "logs",
  "seen",
  "held",
  "cursors",
  "rosters",
  "outbox",
];

/** Members that are asked at a time for a chain which could be of any of them. */
const GROUP_NACKS_MAX = 4;

export type HealDeps = {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  readonly random: Random;
  readonly self: () => Self | undefined;
  readonly wake: () => void;
  readonly failed: (error: unknown) => void;
};

export type Healer = {
  /** Something arrived: look whether anything is missing, in a while. */
  readonly look: () => void;
  readonly close: () => void;
};

export const openHealer = (deps: HealDeps): Healer => new HealRounds(deps);

class HealRounds implements Healer {
  readonly #deps: HealDeps;
  readonly #asked = new Asked();
  #cancel: (() => void) | undefined;
  #dueAtMs = Infinity;
  #isClosed = false;

  constructor(deps: HealDeps) {
    this.#deps = deps;
  }

  readonly look = (): void => this.#plan(HEAL_FIRST_MS);

  readonly close = (): void => {
    this.#isClosed = true;
    this.#cancel?.();
  };

  /** The earlier of this plan and the one that is made. */
  #plan(inMs: number): void {
    const { timers, failed } = this.#deps;
    const nowMs = timers.now();
    const isSooner = this.#cancel === undefined || nowMs + inMs < this.#dueAtMs;
    if (this.#isClosed || !isSooner) return;
    this.#cancel?.();
    this.#dueAtMs = nowMs + inMs;
    this.#cancel = timers.after(inMs, () => {
      this.#cancel = undefined;
      this.#round().catch(failed);
    });
  }

  async #round(): Promise<void> {
    const { store, lane, timers, wake } = this.#deps;
    const self = this.#deps.self();
    if (self === undefined || this.#isClosed) return;
    const context = { ...this.#deps, self, nowMs: timers.now(), asked: this.#asked };
    const round = await lane.run(() =>
      store.write(HEAL_TABLES, async (tx) => {
        const holes = await wantHoles(tx, context);
        const chains = await nackUnknown(tx, context);
        const facts = await nackFacts(tx, context);
        const rosters = await wantRosters(tx, context);
        const rounds = [holes, chains, facts, rosters];
        return {
          sent: rounds.reduce((sum, it) => sum + it.sent, 0),
          waitMs: Math.min(...rounds.map((it) => it.waitMs)),
        };
      }),
    );
    if (round.sent > 0) wake();
    if (round.waitMs < Infinity) this.#plan(Math.max(HEAL_FIRST_MS, round.waitMs));
  }
}

type AskContext = {
  readonly self: Self;
  readonly nowMs: number;
  readonly random: Random;
  readonly asked: Asked;
};

/** Questions sent, and how long until the next one is due; Infinity: nothing else can be asked for. */
type Round = { readonly sent: number; readonly waitMs: number };

async function wantHoles(tx: WriteTx, context: AskContext): Promise<Round> {
  let sent = 0;
  let waitMs = Infinity;
  const cursors = await tx.range("cursors", "primary", {});
  for (const row of await tx.range("logs", "primary", {})) {
    const log: Log = numbered(row, "a");
    const holes = holesOf(log.known, lastOf(log, cursors));
    const channel = holes.length === 0 ? undefined : await channelOf(tx, log.c);
    if (channel === undefined) continue;
    const ranges = (await ownPart(tx, channel, log, holes)).slice(0, WANT_RANGES_MAX);
    const [first] = ranges;
    const all = await recipientsOf(tx, context.self, channel);
    if (first === undefined || all.length === 0) continue;
    const { asked, nowMs } = context;
    // In a group each author is a peer of their own, whoever answers for them.
    const peer = channel.kind === "group" ? `${channel.id} ${log.account}` : channel.account;
    asked.heldNow(log.log, countKnown(log.known), peer, nowMs);
    // Named by where it begins: while a hole gets smaller, the next part is asked for without delay.
    const name = `${log.log} ${first[0]}`;
    const pauseMs = asked.peerWaitMs(peer, nowMs) || asked.waitMs(name, nowMs);
    waitMs = Math.min(waitMs, pauseMs);
    if (pauseMs > 0) continue;
    const payload = encodePayload("want", {
      channel: bytesOf(channel.id),
      log: bytesOf(log.log),
      ranges,
    });
    asked.spend(peer, nowMs);
    const devices = channel.kind === "group" ? someOf(context, all, log.account) : all;
    sent += await ask(tx, context, devices, payload);
  }
  return { sent, waitMs };
}

/** Of what is missing what may be asked for: in a group nothing from before we came. */
async function ownPart(
  tx: WriteTx,
  { c, kind }: Channel,
  { log }: Log,
  holes: readonly SeqRange[],
): Promise<readonly SeqRange[]> {
  const start = kind === "group" ? ((await tx.get("rosters", c))?.starts[log] ?? 1) : 1;
  return holes.flatMap(([from, to]) => (to < start ? [] : [[Math.max(from, start), to] as const]));
}

/** The author's devices, and one of somebody else: not everybody is asked what anybody can answer. */
function someOf(
  { random }: AskContext,
  devices: readonly DeviceRow[],
  author: Hex,
): readonly DeviceRow[] {
  const theirs = devices.filter((it) => it.account === author);
  const others = devices.filter((it) => it.account !== author);
  return [...theirs, ...anyOf(random, others)];
}

/** One of them, or none. */
function anyOf(random: Random, devices: readonly DeviceRow[]): readonly DeviceRow[] {
  const [high = 0, low = 0] = random(2);
  const chosen = devices[(high * 256 + low) % Math.max(1, devices.length)];
  return chosen === undefined ? [] : [chosen];
}

/** Ops are named that are not here: any member has them. Rule [GP9]. */
async function wantRosters(tx: WriteTx, context: AskContext): Promise<Round> {
  const { asked, nowMs, self, random } = context;
  let sent = 0;
  let waitMs = Infinity;
  for (const { c, isBehind, waits } of await tx.range("rosters", "primary", {})) {
    const channel = isBehind || waits.length > 0 ? await channelOf(tx, c) : undefined;
    const devices = channel === undefined ? [] : await recipientsOf(tx, self, channel);
    if (channel === undefined || devices.length === 0) continue;
    const pauseMs = asked.waitMs(`roster ${channel.id}`, nowMs);
    waitMs = Math.min(waitMs, pauseMs);
    if (pauseMs > 0) continue;
    const payload = encodePayload("rosterWant", { channel: bytesOf(channel.id) });
    sent += await ask(tx, context, anyOf(random, devices), payload);
  }
  return { sent, waitMs };
}

/**
 * The highest number that we know of. Of an own log what others say: when they supply what we signed
 * and do not have, our storage was rolled back.
 */
const lastOf = (log: Log, cursors: readonly CursorRow[]): number =>
  log.own
    ? Math.max(...cursors.map((it) => maxKnown(deliveredOf(it, log.log))), maxKnown(log.known))
    : maxKnown(log.known);

/** Of each contact the tags under which envelopes of theirs are held. */
async function nackUnknown(tx: WriteTx, context: AskContext): Promise<Round> {
  const { asked, nowMs } = context;
  const held = (await tx.range("held", "primary", {})).filter((it) => it.tag !== POISON_TAG);
  let sent = 0;
  let waitMs = Infinity;
  for (const [label, rows] of Map.groupBy(held, (it) => it.label)) {
    const token = await tx.get("tokens", label);
    const account = token?.account ?? token?.channel;
    const devices = token === undefined ? [] : await writersUnder(tx, context, token);
    if (account === undefined || devices.length === 0) continue;
    const peerMs = asked.peerWaitMs(account, nowMs);
    if (peerMs > 0) {
      waitMs = Math.min(waitMs, peerMs);
      continue;
    }
    const due: Hex[] = [];
    for (const tag of new Set(rows.map((it) => it.tag))) {
      if (due.length >= NACK_TAGS_MAX) break;
      const pauseMs = asked.waitMs(tag, nowMs);
      if (pauseMs > 0) waitMs = Math.min(waitMs, pauseMs);
      else if (asked.times(tag) > HEAL_TRIES_MAX) await letGoOf(tx, tag);
      else due.push(tag);
    }
    if (due.length === 0) continue;
    waitMs = 0;
    asked.spend(account, nowMs);
    sent += await ask(tx, context, devices, encodePayload("nack", { tags: due.map(bytesOf) }));
  }
  return { sent, waitMs };
}

/** Who may have written under a token of ours: its contact, or some of a group's members. */
async function writersUnder(
  tx: WriteTx,
  { self, random }: AskContext,
  { account, channel: id }: TokenRow,
): Promise<readonly DeviceRow[]> {
  if (account !== null) return reachableDevices(tx, account);
  const channel = id === undefined ? undefined : await channelById(tx, id);
  const devices = channel === undefined ? [] : await recipientsOf(tx, self, channel);
  const chosen = Array.from({ length: GROUP_NACKS_MAX }, () => anyOf(random, devices)).flat();
  return [...new Map(chosen.map((it) => [it.device, it])).values()];
}

/** Facts that devices of our contacts have, and we do not. */
async function nackFacts(tx: WriteTx, context: AskContext): Promise<Round> {
  const { asked, nowMs } = context;
  let sent = 0;
  let waitMs = Infinity;
  for (const contact of await tx.range("contacts", "primary", {})) {
    const { account, factsWanted } = contact;
    const devices = factsWanted === undefined ? [] : await reachableDevices(tx, account);
    if (factsWanted === undefined || devices.length === 0) continue;
    const name = `facts ${account}`;
    const pauseMs = asked.peerWaitMs(account, nowMs) || asked.waitMs(name, nowMs);
    waitMs = Math.min(waitMs, pauseMs);
    if (pauseMs > 0) continue;
    // They have more than we keep of anybody, or tell what is not so.
    if (asked.times(name) > HEAL_TRIES_MAX) {
      await tx.put("contacts", comparedFacts(contact, undefined));
      continue;
    }
    asked.spend(account, nowMs);
    const payload = encodePayload("nack", { tags: [bytesOf(factsWanted)] });
    sent += await ask(tx, context, devices, payload);
  }
  return { sent, waitMs };
}

/** Nobody told us what opens these: their author has not heard that they arrived, and has them still. */
async function letGoOf(tx: WriteTx, tag: Hex): Promise<void> {
  for (const row of await tx.range("held", "tag", { lower: tag, upper: tag })) {
    await letGo(tx, row);
  }
}

/** How many of the devices were sent the question. */
async function ask(
  tx: WriteTx,
  { self, nowMs, random }: AskContext,
  devices: readonly DeviceRow[],
  payload: Uint8Array,
): Promise<number> {
  let sent = 0;
  for (const device of devices) {
    const input = { self, device, payloads: [payload], before: null, psk: null, nowMs, random };
    if (await sendControl(tx, input)) sent += 1;
  }
  return sent;
}
