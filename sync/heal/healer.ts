/**
 * Asking for what is missing, in rounds: entries (holes.ts), what others have more of (compare.ts), chains
 * that we were never handed and facts (NACK), rosters. The relay is never asked to repair anything. Waits
 * first, because most holes are envelopes on their way. docs/protocol/sync.md, rules [HE4] to [HE9].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import type { Self } from "../account/self.ts";
import { bytesOf, channelById } from "../channel/channels.ts";
import { recipientsOf } from "../channel/members.ts";
import type { Timers } from "../clock/timers.ts";
import { reachableDevices } from "../contact/contacts.ts";
import type { Lane } from "../lane.ts";
import { NACK_TAGS_MAX } from "../payload/limits.ts";
import { encodePayload } from "../payload/payload.ts";
import type { Effects } from "../receive/effects.ts";
import { letGo, POISON_TAG } from "../receive/held.ts";
import type { DeviceRow, HeldRow, TableName, TokenRow } from "../store/rows.ts";
import type { Store, WriteTx } from "../store/store.ts";
import { anyOf, askAbout, type AskContext, type Round } from "./ask.ts";
import { Asked, HEAL_FIRST_MS, HEAL_TRIES_MAX } from "./asked.ts";
import { type CardsAsked, wantCards } from "./cards.ts";
import { Claims } from "./claims.ts";
import { compareHellos, QUIET_MS } from "./compare.ts";
import { DIGEST_TABLES } from "./digest.ts";
import { nackFacts } from "./facts.ts";
import { wantHoles } from "./holes.ts";
import { handersAmong } from "./missed-chains.ts";
import { wantRosters } from "./rosters.ts";
import { wantWords } from "./words.ts";

const HEAL_TABLES: readonly TableName[] = [
  "meta",
  "mailboxes",
  "tokens",
  "contacts",
  "devices",
  "sessions",
  "ownChains",
  "yups",
  "channels",
  "logs",
  "seen",
  "held",
  "cursors",
  "outbox",
  "rosterOps",
  ...DIGEST_TABLES,
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
  readonly effects: Pick<Effects, "upkeep">;
  /** Prekeys of this device are wanted: there is something to ask it. */
  readonly open: (device: Hex) => void;
  /** A device is behind us and may not know. */
  readonly behind: (c: number, device: Hex) => void;
  /** By channel: entries that were asked for several times and are not here. */
  readonly onMissing: (missing: Readonly<Record<number, number>>) => void;
  readonly failed: (error: unknown) => void;
};

export type Healer = {
  /** Something arrived: look whether anything is missing, in a while. */
  readonly look: () => void;
  /** The same, of a channel that changed. */
  readonly changed: (c: number) => void;
  /** A device is not where its card says. */
  readonly lost: () => void;
  /** What others say exists. */
  readonly claims: Claims;
  readonly close: () => void;
};

export const openHealer = (deps: HealDeps): Healer => new HealRounds(deps);

class HealRounds implements Healer {
  readonly #deps: HealDeps;
  readonly #asked = new Asked();
  readonly claims = new Claims();
  readonly #changedAtMs = new Map<number, number>();
  readonly #cardsAsked: CardsAsked = new Map();
  /** Also after a start: somebody may have been lost before. */
  #mayBeLost = true;
  #cancel: (() => void) | undefined;
  #dueAtMs = Infinity;
  #isClosed = false;

  constructor(deps: HealDeps) {
    this.#deps = deps;
  }

  readonly look = (): void => this.#plan(HEAL_FIRST_MS);

  readonly changed = (c: number): void => {
    this.#changedAtMs.set(c, this.#deps.timers.now());
    this.look();
  };

  readonly lost = (): void => {
    this.#mayBeLost = true;
    this.look();
  };

  readonly close = (): void => {
    this.#isClosed = true;
    this.#cancel?.();
  };

  /** Devices are many, and seldom lost. */
  async #wantCards(tx: WriteTx, context: AskContext): Promise<Round> {
    if (!this.#mayBeLost) return { sent: 0, waitMs: Infinity };
    const round = await wantCards(tx, context, this.#cardsAsked);
    this.#mayBeLost = !round.isOver;
    return round;
  }

  #quietInMs(c: number, nowMs: number): number {
    const ageMs = nowMs - (this.#changedAtMs.get(c) ?? -QUIET_MS);
    if (ageMs >= 0 && ageMs < QUIET_MS) return QUIET_MS - ageMs;
    this.#changedAtMs.delete(c);
    return 0;
  }

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
    const { claims } = this;
    const unopened = new Set<Hex>();
    const context = {
      ...this.#deps,
      self,
      nowMs: timers.now(),
      asked: this.#asked,
      claims,
      unopened: (device: Hex) => void unopened.add(device),
    };
    const round = await lane.run(() =>
      store.write(HEAL_TABLES, async (tx) => {
        const cursors = await tx.range("cursors", "primary", {});
        const quietInMs = (c: number): number => this.#quietInMs(c, context.nowMs);
        const compared = await compareHellos(tx, context, cursors, quietInMs);
        const holes = await wantHoles(tx, context, cursors);
        const chains = await nackUnknown(tx, context);
        const contacts = await tx.range("contacts", "primary", {});
        const facts = await nackFacts(tx, context, contacts);
        const rosters = await wantRosters(tx, context, contacts);
        const cards = await this.#wantCards(tx, context);
        const words = await wantWords(tx, context);
        const rounds = [compared, holes, chains, facts, rosters, cards, words];
        return {
          sent: rounds.reduce((sum, it) => sum + it.sent, 0),
          waitMs: Math.min(...rounds.map((it) => it.waitMs)),
          behind: compared.behind,
          missing: holes.missing,
        };
      }),
    );
    if (round.sent > 0) wake();
    for (const device of unopened) this.#deps.open(device);
    for (const { c, device } of round.behind) this.#deps.behind(c, device);
    this.#deps.onMissing(Object.fromEntries(round.missing));
    if (round.waitMs < Infinity) this.#plan(Math.max(HEAL_FIRST_MS, round.waitMs));
  }
}

/** Of each contact the tags under which envelopes of theirs are held. */
async function nackUnknown(tx: WriteTx, context: AskContext): Promise<Round> {
  const { asked, nowMs } = context;
  const held = (await tx.range("held", "primary", {})).filter((it) => it.tag !== POISON_TAG);
  let sent = 0;
  let waitMs = Infinity;
  for (const [label, rows] of Map.groupBy(held, (it) => it.label)) {
    const token = await tx.get("tokens", label);
    const account = token?.account ?? token?.channel;
    const devices = token === undefined ? [] : await writersUnder(tx, context, token, rows);
    // There is nobody to ask, and it goes like what nobody answers.
    const isNobodys = await isOfNobody(tx, context, token);
    if (!isNobodys && (account === undefined || devices.length === 0)) continue;
    const peer = account ?? "";
    const peerMs = asked.peerWaitMs(peer, nowMs);
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
    // Its pauses go by all the same.
    if (isNobodys) continue;
    const payload = encodePayload("nack", { tags: due.map(bytesOf) });
    const told = await askAbout(tx, context, due, devices, payload);
    if (told > 0) asked.spend(peer, nowMs);
    sent += told;
  }
  return { sent, waitMs };
}

/** Under no token of ours nobody wrote to us, and devices of an account that are all out are asked nothing. */
async function isOfNobody(
  tx: WriteTx,
  { self }: AskContext,
  token: TokenRow | undefined,
): Promise<boolean> {
  if (token === undefined) return true;
  const contact = token.account === null ? undefined : await tx.get("contacts", token.account);
  return contact?.live.every((it) => it === self.device) === true;
}

/** Who may have written under a token of ours: its contact; of a group who handed us such a chain, and some more. */
async function writersUnder(
  tx: WriteTx,
  { self, random }: AskContext,
  { account, channel: id }: TokenRow,
  rows: readonly HeldRow[],
): Promise<readonly DeviceRow[]> {
  if (account !== null) return reachableDevices(tx, account);
  const channel = id === undefined ? undefined : await channelById(tx, id);
  const devices = channel === undefined ? [] : await recipientsOf(tx, self, channel);
  const handers = handersAmong(devices, new Set(rows.map((it) => it.tag)));
  const others = Array.from({ length: GROUP_NACKS_MAX }, () => anyOf(random, devices)).flat();
  const chosen = [...handers.slice(0, GROUP_NACKS_MAX), ...others];
  return [...new Map(chosen.map((it) => [it.device, it])).values()];
}

/** Nobody told us what opens these: their author has not heard that they arrived, and has them still. */
async function letGoOf(tx: WriteTx, tag: Hex): Promise<void> {
  for (const row of await tx.range("held", "tag", { lower: tag, upper: tag })) {
    await letGo(tx, row);
  }
}
