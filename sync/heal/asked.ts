/**
 * What was asked for, and when to ask for it again. A thing that is seen missing for the first time is
 * left alone for a moment; after that the pauses double. Kept in memory: after a restart everything is
 * asked for once more. Rule [HE4] of docs/protocol/sync.md.
 */
/** Something missing this young is an envelope on its way. */
export const HEAL_FIRST_MS = 3_000;
/** Pauses between requests for the same thing double up to this … */
export const HEAL_RETRY_FIRST_MS = 5_000;
export const HEAL_RETRY_MAX_MS = 600_000;
/** … and after so many, which is about 20 minutes, nobody who could answer seems to be there. */
export const HEAL_TRIES_MAX = 8;
export const HEAL_LATE_MS = 6 * 3_600_000;
/** What is missing in a log may be with nobody any more: those pauses double up to this. */
export const HEAL_LATE_MAX_MS = 7 * 86_400_000;
/** Who could not be sent a question, for want of a session and of prekeys, is tried again after so long. */
export const HEAL_UNSENT_MS = 60_000;
/** One contact is asked so often, whatever is missing: the names of what is missing are theirs to choose. */
export const PEER_ASKS_MAX = 16;
/** … and once more for each of these, and for each answer that brought something. */
export const PEER_ASK_EVERY_MS = 10_000;
/** Things remembered; the oldest are forgotten, and asked for early. */
const ASKED_MAX = 1_000;

/** Questions left to a contact, and since when the next one is being earned. */
type Allowance = { readonly left: number; readonly atMs: number };

type Asking = {
  readonly times: number;
  readonly atMs: number;
  readonly pauseMs: number;
  /** Devices that said by then that they have it. */
  readonly holders: number;
};

export class Asked {
  readonly #byName = new Map<string, Asking>();
  readonly #byPeer = new Map<string, Allowance>();
  readonly #heldByLog = new Map<string, number>();

  /** 0: ask now, it is counted as asked. Else how long to wait, in milliseconds: in the end at most `lateMaxMs`. */
  waitMs(name: string, nowMs: number, lateMaxMs = HEAL_LATE_MS): number {
    const before = this.#byName.get(name);
    if (before === undefined)
      return this.#note(name, { times: 0, atMs: nowMs, pauseMs: HEAL_FIRST_MS, holders: 0 });
    const ageMs = nowMs - before.atMs;
    // A negative age tells of a clock that was set back: what it measured is over.
    if (ageMs >= 0 && ageMs < before.pauseMs) return before.pauseMs - ageMs;
    const times = before.times + 1;
    const pauseMs =
      times > HEAL_TRIES_MAX
        ? Math.min(lateMaxMs, HEAL_LATE_MS * 2 ** (times - HEAL_TRIES_MAX - 1))
        : Math.min(HEAL_RETRY_MAX_MS, HEAL_RETRY_FIRST_MS * 2 ** (times - 1));
    this.#note(name, { ...before, times, atMs: nowMs, pauseMs });
    return 0;
  }

  /** So many devices say that they have it. When those are more than before, the long pauses are over. */
  heldBy(name: string, holders: number): void {
    const before = this.#byName.get(name);
    if (before === undefined || holders === before.holders) return;
    const isHope = holders > before.holders && before.times > HEAL_TRIES_MAX;
    this.#note(name, { ...before, holders, ...(isHope && { pauseMs: 0 }) });
  }

  /** As `waitMs`, and counts nothing: 0 when it was never seen missing. */
  dueInMs(name: string, nowMs: number): number {
    const before = this.#byName.get(name);
    const ageMs = before === undefined ? -1 : nowMs - before.atMs;
    return before === undefined || ageMs < 0 ? 0 : Math.max(0, before.pauseMs - ageMs);
  }

  /** Was it asked for so lately that the answer may be on its way? */
  isInFlight(name: string, nowMs: number): boolean {
    const before = this.#byName.get(name);
    const ageMs = before === undefined ? Infinity : nowMs - before.atMs;
    return before !== undefined && before.times > 0 && ageMs >= 0 && ageMs < HEAL_RETRY_FIRST_MS;
  }

  /** 0: they may be asked. Else how long to wait, in milliseconds. */
  peerWaitMs(peer: string, nowMs: number): number {
    const { left, atMs } = this.#allowanceOf(peer, nowMs);
    return left >= 1 ? 0 : Math.max(1, PEER_ASK_EVERY_MS - (nowMs - atMs));
  }

  /** They were asked once more. */
  spend(peer: string, nowMs: number): void {
    const { left, atMs } = this.#allowanceOf(peer, nowMs);
    remember(this.#byPeer, peer, { left: Math.max(0, left - 1), atMs });
  }

  /** So many entries of the log are here. If those are more than before, its author's contact answers. */
  heldNow(log: string, count: number, peer: string, nowMs: number): void {
    const before = this.#heldByLog.get(log);
    remember(this.#heldByLog, log, count);
    if (before === undefined || count <= before) return;
    const { left, atMs } = this.#allowanceOf(peer, nowMs);
    remember(this.#byPeer, peer, { left: Math.min(PEER_ASKS_MAX, left + 1), atMs });
  }

  #allowanceOf(peer: string, nowMs: number): Allowance {
    const { left, atMs } = this.#byPeer.get(peer) ?? { left: PEER_ASKS_MAX, atMs: nowMs };
    const ageMs = nowMs - atMs;
    // A clock that was set back says nothing of how long ago it was.
    if (ageMs < 0) return { left, atMs: nowMs };
    const earned = Math.floor(ageMs / PEER_ASK_EVERY_MS);
    const now = Math.min(PEER_ASKS_MAX, left + earned);
    return { left: now, atMs: now === PEER_ASKS_MAX ? nowMs : atMs + earned * PEER_ASK_EVERY_MS };
  }

  /** Nobody could be sent the question that `waitMs` counted: it does not count, and is put again after HEAL_UNSENT_MS. */
  unsent(name: string): void {
    const asking = this.#byName.get(name);
    if (asking === undefined) return;
    const times = Math.max(0, asking.times - 1);
    this.#note(name, { ...asking, times, pauseMs: HEAL_UNSENT_MS });
  }

  /** How often it was asked for. */
  times(name: string): number {
    return this.#byName.get(name)?.times ?? 0;
  }

  #note(name: string, asking: Asking): number {
    remember(this.#byName, name, asking);
    return asking.pauseMs;
  }
}

/** As the newest of at most ASKED_MAX. */
function remember<V>(map: Map<string, V>, name: string, value: V): void {
  map.delete(name);
  map.set(name, value);
  for (const oldest of map.keys()) {
    if (map.size <= ASKED_MAX) break;
    map.delete(oldest);
  }
}
