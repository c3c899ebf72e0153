/**
 * Telling others what our copy of a channel comes to, and that a log forks. A digest goes to one device,
 * chosen by chance, when a channel was quiet after a change: who is behind asks, who is ahead tells its
 * own. docs/protocol/sync.md, [DG3], [DG6] and [FK3].
 */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import { helloSlotOf, sealLive } from "../../crypto/chain/live.ts";
import { envelopeOf } from "../../crypto/envelope.ts";
import type { Self } from "../account/self.ts";
import { bytesOf, type Channel, channelOf, numbered } from "../channel/channels.ts";
import { recipientsOf } from "../channel/members.ts";
import type { Timers } from "../clock/timers.ts";
import { isWithin } from "../clock/within.ts";
import { isLargeGroup } from "../group/rosters.ts";
import type { Lane } from "../lane.ts";
import { signHello } from "../payload/hello.ts";
import { encodePayload } from "../payload/payload.ts";
import { type LiveFrame, putLive } from "../receipts/put-live.ts";
import { acceptedAmong } from "../receipts/receipts.ts";
import type { LinkTo } from "../session/pool.ts";
import type { OwnChainRow } from "../store/ratchet-rows.ts";
import type { DeviceRow, TableName } from "../store/rows.ts";
import type { ReadTx, Store } from "../store/store.ts";
import { anyOf } from "./ask.ts";
import { QUIET_MS } from "./compare.ts";
import { DIGEST_TABLES, digestOf } from "./digest.ts";
import { proofOf } from "./forks.ts";
import { forgetRobbed, takeRobbed, wasRobbed } from "./robbed.ts";

/** Between two digests of a channel, and between two that tell one device that it is behind. */
export const HELLO_EVERY_MS = 60_000;
/** While nobody has confirmed what we wrote it is told again, at doubling pauses, so many times. */
const HELLO_REPEATS_MAX = 6;
/** … to so many of those who have not confirmed it. */
const REPEAT_DEVICES_MAX = 8;
/** Whose relay is away is told of a loss at short pauses so many times, and then at longer ones. */
const AWAY_SOON_MS = 30_000;
const AWAY_SOON_MAX = 32;
const AWAY_LATER_MS = 3_600_000;
/** Parcels that are looked at to find that out. */
const PARCELS_SCAN_MAX = 64;
/** After the start the digests of groups go out within this, not all at once. */
const FIRST_HELLOS_MS = 30_000;
/** … and not again when the device is opened once more soon after, as a push does it. */
export const FIRST_HELLOS_EVERY_MS = 600_000;
/** Name of the meta row: when they were told last. */
const FIRST_HELLOS_AT = "hellosAtMs";
/** Groups whose digests are told after the start: those written in last. */
const FIRST_HELLOS_MAX = 64;
/** Devices that were told that they are behind. */
const TOLD_MAX = 1_000;

const TELL_TABLES: readonly TableName[] = [
  "channels",
  "ownChains",
  "contacts",
  "devices",
  "outbox",
  ...DIGEST_TABLES,
];

export type TellerDeps = {
  readonly store: Store;
  readonly lane: Lane;
  readonly timers: Timers;
  readonly random: Random;
  readonly self: () => Self | undefined;
  readonly linkTo: LinkTo;
  /** A device is not where its card says. */
  readonly lost: () => void;
  readonly failed: (error: unknown) => void;
};

export type Teller = {
  /** What we hold of a channel changed. */
  readonly changed: (c: number) => void;
  /** The device was opened: perhaps others are ahead of it, and do not write any more. */
  readonly started: () => void;
  /** What our relay held for us is lost, and nobody who wrote it may know. Rule [DG9]. */
  readonly robbed: () => void;
  /** A device is behind us and may not know. */
  readonly behind: (c: number, device: Hex) => void;
  /** This log forks, as we found out ourselves. */
  readonly forked: (a: number) => void;
  readonly close: () => void;
};

export const openTeller = (deps: TellerDeps): Teller => new DigestTeller(deps);

class DigestTeller implements Teller {
  readonly #deps: TellerDeps;
  readonly #planned = new Map<number, { readonly cancel: () => void; readonly dueAtMs: number }>();
  readonly #changedAtMs = new Map<number, number>();
  /** Channels that were told a moment ago, and what ends that: a clock that is set meanwhile makes it no longer. */
  readonly #resting = new Map<number, () => void>();
  /** Of those the ones that are due then. */
  readonly #dueThen = new Set<number>();
  /** By channel: the digest that was told last, and how often again. */
  readonly #told = new Map<number, { readonly digest: Hex; readonly repeats: number }>();
  readonly #behindToldAtMs = new Map<string, number>();
  /** Channels in which something may have been lost on its way to us, and how often that could not be told. */
  readonly #robbed = new Map<number, number>();
  #robbedAtMs: number | undefined;
  /** It stands in the store that we were robbed. */
  #isNoted = false;
  #isClosed = false;

  constructor(deps: TellerDeps) {
    this.#deps = deps;
  }

  readonly changed = (c: number): void => {
    this.#changedAtMs.set(c, this.#deps.timers.now());
    this.#plan(c, QUIET_MS);
  };

  readonly started = (): void => {
    this.#run(this.#startGroups());
    this.#run(this.#goOn());
  };

  readonly robbed = (): void => this.#run(this.#tellRobbed());

  readonly behind = (c: number, device: Hex): void => {
    const key = `${c} ${device}`;
    const nowMs = this.#deps.timers.now();
    const sinceMs = nowMs - (this.#behindToldAtMs.get(key) ?? -HELLO_EVERY_MS);
    if (sinceMs >= 0 && sinceMs < HELLO_EVERY_MS) return;
    this.#behindToldAtMs.delete(key);
    this.#behindToldAtMs.set(key, nowMs);
    const [oldest] = this.#behindToldAtMs.keys();
    if (this.#behindToldAtMs.size > TOLD_MAX && oldest !== undefined) {
      this.#behindToldAtMs.delete(oldest);
    }
    this.#run(this.#tell(c, device));
  };

  readonly forked = (a: number): void => this.#run(this.#tellFork(a));

  readonly close = (): void => {
    this.#isClosed = true;
    for (const { cancel } of this.#planned.values()) cancel();
    this.#planned.clear();
    for (const cancel of this.#resting.values()) cancel();
    this.#resting.clear();
  };

  /** The earlier of this plan and the one that is made. */
  #plan(c: number, inMs: number): void {
    const dueAtMs = this.#deps.timers.now() + inMs;
    const before = this.#planned.get(c);
    if (this.#isClosed || (before !== undefined && before.dueAtMs <= dueAtMs)) return;
    before?.cancel();
    const cancel = this.#deps.timers.after(inMs, () => {
      this.#planned.delete(c);
      if (this.#resting.has(c)) return void this.#dueThen.add(c);
      const leftMs = leftOf(this.#changedAtMs.get(c), QUIET_MS, this.#deps.timers.now());
      if (leftMs > 0) return this.#plan(c, leftMs);
      this.#changedAtMs.delete(c);
      this.#rest(c);
      this.#run(this.#tell(c));
    });
    this.#planned.set(c, { cancel, dueAtMs });
  }

  #rest(c: number): void {
    const over = (): void => {
      this.#resting.delete(c);
      if (this.#dueThen.delete(c)) this.#plan(c, 0);
    };
    this.#resting.set(c, this.#deps.timers.after(HELLO_EVERY_MS, over));
  }

  /** It may be told again at once. */
  #stir(c: number): void {
    this.#resting.get(c)?.();
    this.#resting.delete(c);
    if (this.#dueThen.delete(c)) this.#plan(c, 0);
  }

  async #startGroups(): Promise<void> {
    const { store, lane, timers } = this.#deps;
    const nowMs = timers.now();
    const isDue = await lane.run(() =>
      store.write(["meta"], async (tx) => {
        const row = await tx.get("meta", FIRST_HELLOS_AT);
        const toldAtMs = typeof row?.v === "number" ? row.v : 0;
        if (isWithin(toldAtMs, nowMs, FIRST_HELLOS_EVERY_MS)) return false;
        await tx.put("meta", { k: FIRST_HELLOS_AT, v: nowMs });
        return true;
      }),
    );
    if (!isDue) return;
    const groups = (await this.#recent()).filter((it) => it.kind === "group");
    this.#planSoon(groups.slice(0, FIRST_HELLOS_MAX));
  }

  /** The app was closed before all were told that we were robbed. */
  async #goOn(): Promise<void> {
    const { lane, store } = this.#deps;
    if (!(await store.read(["meta"], wasRobbed))) return;
    if (await lane.run(() => store.write(["meta"], takeRobbed))) await this.#tellRobbed();
  }

  async #tellRobbed(): Promise<void> {
    const channels = await this.#recent();
    this.#isNoted = true;
    const nowMs = this.#deps.timers.now();
    // What was told before puts this off only where the relay says the same again and again.
    const isNews = leftOf(this.#robbedAtMs, HELLO_EVERY_MS, nowMs) === 0;
    if (isNews) this.#robbedAtMs = nowMs;
    for (const { c } of channels) {
      this.#robbed.set(c, 0);
      if (isNews) this.#stir(c);
    }
    this.#planSoon(channels);
    await this.#settle();
  }

  /** Nobody is left who is to be told: the next start need not know. */
  async #settle(): Promise<void> {
    const isOwed = (c: number): boolean => this.#planned.has(c) || this.#dueThen.has(c);
    if (!this.#isNoted || this.#isClosed || [...this.#robbed.keys()].some(isOwed)) return;
    this.#isNoted = false;
    await this.#deps.lane.run(() => this.#deps.store.write(["meta"], forgetRobbed));
  }

  async #recent(): Promise<readonly Channel[]> {
    const rows = await this.#deps.store.read(["channels"], (tx) =>
      tx.range("channels", "recent", { reverse: true, limit: 2 * FIRST_HELLOS_MAX }),
    );
    return rows.map((it) => numbered(it, "c"));
  }

  #planSoon(channels: readonly Channel[]): void {
    for (const { c } of channels) {
      const [chance = 0] = this.#deps.random(1);
      this.#plan(c, QUIET_MS + (chance / 256) * FIRST_HELLOS_MS);
    }
  }

  /** To `device`; to one that chance chooses when it is left out. */
  async #tell(c: number, device?: Hex): Promise<void> {
    const { store } = this.#deps;
    const self = this.#deps.self();
    if (self === undefined || this.#isClosed) return;
    const hello = await store.read(TELL_TABLES, (tx) => this.#seal(tx, self, c, device));
    if (hello === undefined) return this.#settle();
    const tries = device === undefined ? this.#robbed.get(c) : undefined;
    if (device === undefined) {
      this.#robbed.delete(c);
      const { digest, repeats, isConfirmed } = hello;
      this.#told.set(c, { digest, repeats });
      const isLast = isConfirmed || repeats >= HELLO_REPEATS_MAX;
      if (!isLast) this.#plan(c, HELLO_EVERY_MS * 2 ** repeats);
    }
    const outcome = await putLive(this.#deps, hello.frame, hello.to);
    if (tries !== undefined && outcome === "away") this.#tellLater(c, tries);
    await this.#settle();
  }

  /** Nobody else knows that something may be lost, and their relay was away. */
  #tellLater(c: number, tries: number): void {
    if (!this.#robbed.has(c)) this.#robbed.set(c, tries + 1);
    this.#stir(c);
    this.#plan(c, tries < AWAY_SOON_MAX ? AWAY_SOON_MS : AWAY_LATER_MS);
  }

  async #seal(
    tx: ReadTx,
    self: Self,
    c: number,
    device: Hex | undefined,
  ): Promise<SealedHello | undefined> {
    const { random } = this.#deps;
    const channel = await channelOf(tx, c);
    const chain = await tx.get("ownChains", c);
    if (channel === undefined || chain === undefined) return undefined;
    const hearers = await hearersOf(tx, self, channel, chain);
    if (hearers.length === 0) return undefined;
    if (device === undefined && !(await mayTell(tx, self, channel, hearers))) return undefined;
    const { digest, count } = await digestOf(tx, channel);
    const unconfirmed = await unconfirmedIn(tx, c);
    const isConfirmed = unconfirmed.size === 0;
    const told = this.#told.get(c);
    const isSame = told?.digest === toHex(digest);
    const isRobbed = device === undefined && this.#robbed.has(c);
    if (device === undefined && isSame && isConfirmed && !isRobbed) return undefined;
    const repeats = isSame ? told.repeats + 1 : 0;
    const isAgain = device === undefined && repeats > 0;
    const isOpen = (it: DeviceRow): boolean => unconfirmed.has(it.device);
    const to =
      device !== undefined
        ? hearers.filter((it) => it.device === device)
        : isRobbed
          ? hearers.slice(0, REPEAT_DEVICES_MAX)
          : isAgain
            ? hearers.filter(isOpen).slice(0, REPEAT_DEVICES_MAX)
            : anyOf(random, settledFirst(hearers, isOpen));
    // With the author alone there is nothing to compare, but that may have been lost which they count as sent.
    const isAlone = device === undefined && hearers.length < 2 && !isAgain && !isRobbed;
    if (to.length === 0 || (isAlone && isConfirmed)) return undefined;
    const content = {
      channel: bytesOf(channel.id),
      device: bytesOf(self.device),
      counter: channel.receipts,
      digest,
      count,
      asks: isAgain || isRobbed,
    };
    const payload = encodePayload("hello", signHello(content, self.keys.sigSecret));
    const { state } = chain;
    const body = envelopeOf(sealLive(state, payload, random));
    const frame = { body, slot: helloSlotOf(state.liveKey) };
    return { frame, digest: toHex(digest), to: isAlone ? [] : to, repeats, isConfirmed };
  }

  async #tellFork(a: number): Promise<void> {
    const { store, random } = this.#deps;
    const self = this.#deps.self();
    if (self === undefined || this.#isClosed) return;
    const told = await store.read(TELL_TABLES, async (tx) => {
      const found = await proofOf(tx, a);
      const chain = found === undefined ? undefined : await tx.get("ownChains", found.channel.c);
      if (found === undefined || chain === undefined) return undefined;
      const payload = encodePayload("forkProof", found.proof);
      const body = envelopeOf(sealLive(chain.state, payload, random));
      return { body, devices: await hearersOf(tx, self, found.channel, chain) };
    });
    if (told === undefined) return;
    // Who does not get it learns it with the next vector.
    await putLive(this.#deps, { ...told, slot: null }, told.devices);
  }

  #run(work: Promise<void>): void {
    work.catch(this.#deps.failed);
  }
}

type SealedHello = {
  readonly frame: LiveFrame;
  readonly digest: Hex;
  readonly to: readonly DeviceRow[];
  readonly repeats: number;
  readonly isConfirmed: boolean;
};

/** Who has not told that they have what we wrote there. A relay's word is not enough: it may lie. */
async function unconfirmedIn(tx: ReadTx, c: number): Promise<ReadonlySet<Hex>> {
  const range = { lower: [c, 1], upper: [c, Infinity], limit: PARCELS_SCAN_MAX };
  const parcels = await tx.range("outbox", "entry", range);
  const open = parcels.flatMap(({ targets }) => targets.filter((it) => it.state !== "done"));
  return new Set(open.map(({ device }) => device));
}

/** Those who have confirmed what we wrote, if there are any: the others are told again and again. */
function settledFirst(
  hearers: readonly DeviceRow[],
  isOpen: (it: DeviceRow) => boolean,
): readonly DeviceRow[] {
  const settled = hearers.filter((it) => !isOpen(it));
  return settled.length > 0 ? settled : hearers;
}

const leftOf = (sinceMs: number | undefined, pauseMs: number, nowMs: number): number => {
  const ageMs = sinceMs === undefined ? pauseMs : nowMs - sinceMs;
  return ageMs < 0 ? 0 : Math.max(0, pauseMs - ageMs);
};

/** Who can open what we seal under the chain's live key, and may: in chats of two accepted contacts alone. */
async function hearersOf(
  tx: ReadTx,
  self: Self,
  channel: Channel,
  { holders }: OwnChainRow,
): Promise<readonly DeviceRow[]> {
  const devices = await recipientsOf(tx, self, channel);
  const hearers = devices.filter((it) => holders.includes(it.device));
  return channel.kind === "group" ? hearers : acceptedAmong(tx, hearers);
}

/** In a large group one device of each account is enough. */
async function mayTell(
  tx: ReadTx,
  self: Self,
  channel: Channel,
  hearers: readonly DeviceRow[],
): Promise<boolean> {
  if (!(await isLargeGroup(tx, channel))) return true;
  const own = hearers.filter((it) => it.account === self.account).map((it) => it.device);
  return own.every((it) => self.device < it);
}
