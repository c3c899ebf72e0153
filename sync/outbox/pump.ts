/**
 * Sending what the outbox holds: seals what is due, puts it to the recipients' relays, writes down
 * what became of it. A row is in flight once at a time; what a broken connection leaves unanswered is
 * simply due again, and relays recognise what they have. docs/protocol/sync.md, rules [OB1]
 * to [OB12], [OB15].
 */
import { unreachable } from "../../crypto/base/assert.ts";
import type { Hex } from "../../crypto/base/hex.ts";
import { bytesOf } from "../channel/channels.ts";
import type { RelayHttp } from "../session/relay-http.ts";
import { idOf } from "../wire/ids.ts";
import { type Attempt, recordAttempts, type Verdict } from "./attempts.ts";
import { BundleFetcher } from "./bundle-fetcher.ts";
import { collect, type CollectDeps, linkOf } from "./collect.ts";
import { Flow } from "./flow.ts";
import { hurryFor } from "./resend.ts";
import type { Parcel } from "./ways.ts";

/** However far away the next row's time is: the clock may be set meanwhile. */
const SLEEP_MS_MAX = 3_600_000;

export type PumpDeps = CollectDeps & {
  readonly httpOf: (url: string) => RelayHttp;
  /** The store incarnation that the relay at `url` told last, hex; "" before. */
  readonly storeIncOf: (url: string) => string;
  /** Our relays are to hear of a token that was made for a card. */
  readonly upkeep: () => void;
  /** What we hold of the channel is to be told anew: somebody holds our chain since. */
  readonly receipt: (c: number) => void;
  /** A device is not where its card says. */
  readonly lost: () => void;
  /** An entry of ours is on its way to those who read the channel. */
  readonly wrote: (c: number) => void;
  readonly failed: (error: unknown) => void;
};

export type Pump = {
  /** Something may be due. */
  readonly wake: () => void;
  /** Prekeys of this device are wanted, though nothing of the outbox waits for them. */
  readonly open: (device: Hex) => void;
  readonly close: () => void;
};

export const openPump = (deps: PumpDeps): Pump => new OutboxPump(deps);

class OutboxPump implements Pump {
  readonly #deps: PumpDeps;
  /** By row: with a relay, or its answer is not written down yet. */
  readonly #inFlight = new Map<number, Parcel>();
  readonly #flow = new Flow();
  /** Answers to write down. */
  readonly #attempts: Attempt[] = [];
  readonly #bundles: BundleFetcher;
  #running = false;
  #again = false;
  #closed = false;
  #cancelTimer = (): void => undefined;

  constructor(deps: PumpDeps) {
    this.#deps = deps;
    this.#bundles = new BundleFetcher(deps, this.#flow, () => this.wake());
  }

  readonly wake = (): void => {
    this.#again = true;
    if (this.#running || this.#closed) return;
    this.#running = true;
    void this.#rounds()
      .catch(this.#deps.failed)
      .finally(() => {
        this.#running = false;
        if (this.#again) this.wake();
      });
  };

  readonly open = (device: Hex): void => this.#bundles.want(device);

  readonly close = (): void => {
    this.#closed = true;
    this.#cancelTimer();
    this.#bundles.close();
  };

  async #rounds(): Promise<void> {
    while (this.#again && !this.#closed) {
      this.#again = false;
      this.#cancelTimer();
      await this.#record();
      const found = await collect(this.#deps, this.#flow, this.#inFlight);
      if (found === undefined) return;
      if (found.madeTokens) this.#deps.upkeep();
      for (const c of found.untold) this.#deps.receipt(c);
      for (const parcel of found.parcels) this.#send(parcel);
      for (const device of found.unopened) this.#bundles.want(device);
      if (found.isMore) this.#again = true;
      else await this.#sleepUntilDue();
    }
  }

  async #sleepUntilDue(): Promise<void> {
    const { store, timers } = this.#deps;
    const later = { lower: [1, timers.now()], upper: [1, Infinity], limit: 1 };
    const [next] = await store.read(["outbox"], (tx) => tx.range("outbox", "due", later));
    if (next === undefined || this.#closed) return;
    const inMs = Math.min(SLEEP_MS_MAX, Math.max(1, next.nextAtMs - timers.now()));
    this.#cancelTimer = timers.after(inMs, this.wake);
  }

  #send(parcel: Parcel): void {
    this.#inFlight.set(parcel.row.n, parcel);
    if (parcel.row.what === "entry") this.#deps.wrote(parcel.row.c);
    void this.#attempt(parcel).catch(this.#deps.failed);
  }

  async #attempt(parcel: Parcel): Promise<void> {
    const verdict = await put(this.#deps, parcel);
    this.#measure(verdict);
    const { n, env, targets } = parcel.row;
    this.#attempts.push({ n, env, url: parcel.url, verdict });
    await this.#record();
    const isLeft = targets.filter((it) => it.state === "pending").length > parcel.targets.length;
    const [first] = parcel.targets;
    const isDown =
      verdict.type === "down" && this.#flow.silent(parcel.url, this.#deps.timers.now());
    if (isDown && isLeft && first !== undefined) await this.#hurry(first.device);
    if (verdict.type === "answered") this.#flow.heard(parcel.url);
    this.wake();
  }

  /** Whoever waits behind this device, or its relay, waits no longer for it. Rule [OB15]. */
  async #hurry(device: Hex): Promise<void> {
    const { store, lane } = this.#deps;
    await lane.run(() => store.write(["outbox"], (tx) => hurryFor(tx, device)));
  }

  #measure(verdict: Verdict): void {
    if (verdict.type !== "answered") return;
    for (const { device, status } of verdict.statuses) {
      const isTaken = status.status === "stored" || status.status === "duplicate";
      if (isTaken) this.#flow.taken(device);
      else this.#flow.refused(device);
    }
  }

  /**
   * Answers that came together are written down in one transaction. When the disk refuses, they stay
   * to be written, and their rows in flight: nothing is sent twice because it could not be noted.
   */
  async #record(): Promise<void> {
    if (this.#attempts.length === 0) return;
    await this.#deps.lane.run(async () => {
      const batch = this.#attempts.map(this.#ofNow);
      if (batch.length === 0) return;
      const slowed = (device: Hex): boolean => this.#flow.isSlowed(device);
      const { lost } = await recordAttempts(this.#deps, batch, slowed);
      if (lost > 0) this.#deps.lost();
      this.#attempts.splice(0, batch.length);
      for (const { n } of batch) this.#inFlight.delete(n);
    });
  }

  /** What a relay said before it lost its store counts no more, however late it comes. Rule [OB6]. */
  readonly #ofNow = (attempt: Attempt): Attempt => {
    const { url, verdict } = attempt;
    const isLate = verdict.type === "answered" && verdict.storeInc !== this.#deps.storeIncOf(url);
    return isLate ? { ...attempt, verdict: { type: "down" } } : attempt;
  };
}

async function put(deps: PumpDeps, parcel: Parcel): Promise<Verdict> {
  const { row, targets } = parcel;
  const link = linkOf(deps, parcel);
  if (link === null || row.body === null) return { type: "busy", retryAfterMs: 1_000 };
  const askedOf = deps.storeIncOf(parcel.url);
  const answer = await link.put({
    envelope: idOf("EnvelopeId", bytesOf(row.env)),
    isEphemeral: false,
    isUrgent: row.what === "entry",
    slot: null,
    ttlSeconds: 0,
    targets: targets.map(({ mailbox, token }) => ({ mailbox, token })),
    body: row.body,
  });
  if (answer.ok) {
    const statuses = answer.value.map((status, i) => ({
      device: targets[i]?.device ?? "",
      status,
    }));
    // Of a relay that was not heard of before, one hears with the answer.
    const storeInc = askedOf === "" ? deps.storeIncOf(parcel.url) : askedOf;
    return { type: "answered", statuses, storeInc };
  }
  switch (answer.error.type) {
    case "LinkDown":
      return { type: "down" };
    case "Busy":
      return { type: "busy", retryAfterMs: answer.error.retryAfterMs };
    case "TooLarge":
      return { type: "tooLarge" };
    default:
      return unreachable(answer.error);
  }
}
