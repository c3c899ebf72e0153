/**
 * The link of link.ts: when to dial, when to wait and for how long, when to hang up, and what outlives
 * a connection (subscriptions, visibility). Rules [SE1] to [SE22] of docs/protocol/sync-session.md.
 */
import { assert, unreachable } from "../../crypto/base/assert.ts";
import { toHex } from "../../crypto/base/hex.ts";
import { err, type Result } from "../../crypto/base/result.ts";
import type { ErrFrame } from "../wire/error-frame.ts";
import type { Frame } from "../wire/frames.ts";
import type { GoawayFrame } from "../wire/goaway-frame.ts";
import type { RelayId, Topic } from "../wire/ids.ts";
import {
  ACK_IDS_MAX,
  TOPICS_PER_FRAME_MAX,
  TOPICS_PER_SOCKET_MAX,
  UNAUTHENTICATED_IDLE_MS,
} from "../wire/limits.ts";
import type { PutStatus } from "../wire/ok-frame.ts";
import type { RelayLimits } from "../wire/welcome-frame.ts";
import { retryDelayMs } from "./backoff.ts";
import { Connection, type ConnectionEnd, type LinkFrame } from "./connection.ts";
import type {
  Link,
  LinkEvents,
  LinkFailure,
  LinkOptions,
  LinkState,
  PutError,
  PutRequest,
} from "./link.ts";
import { PutWindow } from "./put-window.ts";
import { socketUrlOf } from "./relay-address.ts";

/**
 * A guest link without anything to do is hung up, and before its relay does it: that would be a loss, after which
 * nothing can be put for a while.
 */
export const GUEST_IDLE_MS = UNAUTHENTICATED_IDLE_MS - 10_000;
/** A connection that held so long ended a row of failures. */
export const STABLE_MS = 10_000;
/** However often it is woken, a link is dialled no faster than this. */
export const WAKE_PAUSE_MS = 1_000;
/** After GOAWAY, how long PUTs may still be answered. */
export const GOAWAY_LINGER_MS = 5_000;
/** The longest that a relay can keep us away. */
export const RETRY_AFTER_MS_MAX = 300_000;

/** It is not the relay that keeps us away. */
const UNANSWERED: ReadonlySet<LinkFailure> = new Set(["unreachable", "lost", "silent"]);

const NOTHING = (): void => undefined;

export class RelayLink implements Link {
  readonly url: string;
  readonly relayId: RelayId | null;
  readonly #options: LinkOptions;
  readonly #events: Partial<LinkEvents>;
  readonly #isGuest: boolean;
  readonly #puts: PutWindow;
  readonly #topics = new Map<string, Topic>();
  #state: LinkState = { type: "idle" };
  #connection: Connection | null = null;
  #visible = true;
  /** Failures in a row. */
  #failures = 0;
  /** What the relay asked us to wait, at least. */
  #retryAfterMs = 0;
  #isSentAway = false;
  #dialledAtMs = Number.NEGATIVE_INFINITY;
  #cancelRetry = NOTHING;
  #cancelStable = NOTHING;
  #cancelQuiet = NOTHING;
  #cancelLinger = NOTHING;
  #cancelAsk = NOTHING;

  constructor(options: LinkOptions) {
    this.url = options.url;
    this.relayId = options.relayId;
    this.#options = options;
    this.#events = options.events;
    this.#isGuest = options.owner === null;
    const onStuck = (): void => this.#wait("silent");
    this.#puts = new PutWindow({ timers: options.timers, onStuck });
  }

  readonly state = (): LinkState => this.#state;

  readonly put = (put: PutRequest): Promise<Result<readonly PutStatus[], PutError>> => {
    const isReachable = this.#connection !== null || this.#state.type === "idle";
    if (!isReachable || this.#isSentAway) return Promise.resolve(err({ type: "LinkDown" }));
    const result = this.#puts.add(put);
    this.#asked();
    return result;
  };

  readonly ack = (ids: readonly number[]): void => {
    this.#connection?.acknowledged(ids);
    const ascending = [...new Set(ids)].filter((id) => id > 0).toSorted((a, b) => a - b);
    for (const slice of slices(ascending, ACK_IDS_MAX)) {
      this.#send({ type: "ack", mailboxIndex: 0, ids: slice });
    }
  };

  readonly credit = (messages: number, bytes: number): void => {
    this.#send({ type: "credit", messages, bytes });
  };

  readonly publish = (topic: Topic, payload: Uint8Array): void => {
    assert(!this.#isGuest, "only an owner publishes");
    this.#send({ type: "tpub", topic, payload });
  };

  readonly subscribe = (topics: readonly Topic[]): void => {
    assert(this.#isGuest, "an owner does not tell whom it follows");
    const fresh: Topic[] = [];
    for (const topic of topics) {
      const name = toHex(topic);
      if (this.#topics.has(name) || this.#topics.size >= TOPICS_PER_SOCKET_MAX) continue;
      this.#topics.set(name, topic);
      fresh.push(topic);
    }
    this.#sendTopics("tsub", fresh);
    if (this.#topics.size > 0) this.#asked();
  };

  readonly unsubscribe = (topics: readonly Topic[]): void => {
    this.#sendTopics(
      "tunsub",
      topics.filter((topic) => this.#topics.delete(toHex(topic))),
    );
    this.#armQuiet();
  };

  readonly setVisible = (visible: boolean): void => {
    this.#visible = visible;
    this.#connection?.setVisible(visible);
  };

  readonly wake = (): void => {
    if (this.#connection !== null) return this.#connection.probe();
    if (this.#state.type === "closed" || this.#state.type === "idle") return;
    this.#failures = 0;
    this.#retrySoon("lost");
  };

  readonly answered = (): void => {
    if (this.#state.type !== "waiting" || !UNANSWERED.has(this.#state.why)) return;
    this.#retrySoon(this.#state.why);
  };

  readonly close = (): void => {
    if (this.#state.type !== "closed") this.#rest({ type: "closed" });
  };

  /** Something is asked of a guest link. */
  #asked(): void {
    if (this.#state.type === "idle") this.#dial();
    else this.#armQuiet();
  }

  #retrySoon(why: LinkFailure): void {
    const sinceMs = this.#options.timers.now() - this.#dialledAtMs;
    if (sinceMs >= 0 && sinceMs < WAKE_PAUSE_MS) this.#plan(WAKE_PAUSE_MS - sinceMs, why);
    else this.#retry();
  }

  #retry(): void {
    if (!this.#isGuest || this.#topics.size > 0) this.#dial();
    else this.#rest({ type: "idle" });
  }

  #dial(): void {
    this.dial();
    this.#enter({ type: "connecting" });
  }

  /** Without telling: whoever opens a link does not hold it yet. */
  dial(): void {
    this.#cancelRetry();
    this.#state = { type: "connecting" };
    this.#dialledAtMs = this.#options.timers.now();
    const { owner, transport, timers } = this.#options;
    let limits: RelayLimits | null = null;
    this.#connection = new Connection({
      socketUrl: socketUrlOf(this.url),
      relayId: this.relayId,
      owner,
      transport,
      timers,
      visible: this.#visible,
      events: {
        onPhase: (phase) => this.#phase(phase, limits),
        onWelcome: (welcome) => {
          limits = welcome.limits;
          this.#events.onWelcome?.(welcome);
        },
        onFrame: (frame) => this.#take(frame),
        onMessages: (batch) => this.#events.onMessages?.(batch),
        onClock: (sample) => this.#events.onClock?.(sample),
        onEnd: (end) => this.#ended(end),
      },
    });
  }

  #phase(phase: "welcoming" | "authing" | "open", limits: RelayLimits | null): void {
    this.#enter({ type: phase });
    if (this.#state.type !== "open") return;
    assert(limits !== null, "WELCOME comes before open");
    this.#cancelStable = this.#options.timers.after(STABLE_MS, () => {
      this.#failures = 0;
    });
    this.#sendTopics("tsub", [...this.#topics.values()]);
    this.#puts.open(limits, (put) => this.#send(put));
    this.#armQuiet();
  }

  /** False: the frame makes no sense, the relay is faulty. */
  #take(frame: LinkFrame): boolean {
    switch (frame.type) {
      case "ok":
        this.#armQuiet();
        return this.#puts.answer(frame) && this.#answered();
      case "tevt":
        this.#armQuiet();
        if (this.#topics.has(toHex(frame.topic))) this.#events.onTopic?.(frame);
        return true;
      case "twant":
        this.#events.onWanted?.(frame.topic, frame.isWanted);
        return true;
      case "authed":
        this.#events.onAuthed?.(frame);
        return true;
      case "empty":
        this.#events.onEmpty?.();
        return true;
      case "goaway":
        this.#sentAway(frame);
        return true;
      case "err":
        return this.#refused(frame);
      default:
        return unreachable(frame);
    }
  }

  /** One PUT fewer is outstanding: perhaps it was the last one that kept us from going. */
  #answered(): boolean {
    if (this.#isSentAway && this.#puts.isAnswered) this.#wait("busy");
    return true;
  }

  /** Nothing new is begun; what was sent may still be answered for a moment. Rule [SE7]. */
  #sentAway(frame: GoawayFrame): void {
    this.#isSentAway = true;
    this.#retryAfterMs = Math.min(RETRY_AFTER_MS_MAX, frame.afterMs);
    this.#puts.pause();
    if (this.#puts.isAnswered) return this.#wait("busy");
    this.#cancelLinger();
    this.#cancelLinger = this.#options.timers.after(GOAWAY_LINGER_MS, () => this.#wait("busy"));
  }

  #refused(frame: ErrFrame): boolean {
    switch (frame.error) {
      case "nearlyFull":
      case "full":
        this.#events.onMailboxFull?.(frame.error);
        return true;
      case "rate":
      case "tooMany":
      case "storage":
        if (frame.request > 0) {
          return this.#puts.refuse(frame.request, frame.retryAfterMs) && this.#answered();
        }
        if (this.#state.type !== "open") this.#sendAway(frame.retryAfterMs);
        else if (frame.error === "rate") this.#askAgain(frame.retryAfterMs);
        return true;
      case "malformed":
      case "unexpected":
      case "authFailed":
        // The close code that follows says the same.
        return true;
      default:
        return unreachable(frame.error);
    }
  }

  #sendAway(retryAfterMs: number): void {
    this.#retryAfterMs = Math.min(RETRY_AFTER_MS_MAX, retryAfterMs);
    this.#wait("busy");
  }

  /** A frame of ours came too early and was not looked at: it may have been a subscription. */
  #askAgain(retryAfterMs: number): void {
    this.#cancelAsk();
    const waitMs = Math.min(RETRY_AFTER_MS_MAX, retryAfterMs);
    this.#cancelAsk = this.#options.timers.after(waitMs, () => {
      this.#sendTopics("tsub", [...this.#topics.values()]);
    });
  }

  #ended(end: ConnectionEnd): void {
    if (end.type === "failed") this.#wait(end.why);
    else this.#rest(end);
  }

  #wait(why: LinkFailure): void {
    this.#hangUp();
    const delayMs = this.#retryAfterMs + retryDelayMs(this.#failures, this.#options.random);
    this.#failures += 1;
    this.#retryAfterMs = 0;
    this.#plan(delayMs, why);
  }

  #plan(delayMs: number, why: LinkFailure): void {
    const { timers } = this.#options;
    this.#cancelRetry();
    this.#cancelRetry = timers.after(delayMs, () => this.#retry());
    this.#enter({ type: "waiting", retryAtMs: timers.now() + delayMs, why });
  }

  /** Without a plan to come back by itself. */
  #rest(state: LinkState): void {
    this.#hangUp();
    this.#enter(state);
  }

  #hangUp(): void {
    this.#cancelRetry();
    this.#cancelStable();
    this.#cancelQuiet();
    this.#cancelLinger();
    this.#cancelAsk();
    this.#isSentAway = false;
    this.#connection?.hangUp();
    this.#connection = null;
    this.#puts.down();
  }

  #enter(state: LinkState): void {
    this.#state = state;
    this.#events.onState?.(state);
  }

  #send(frame: Frame): void {
    this.#connection?.send(frame);
  }

  #sendTopics(type: "tsub" | "tunsub", topics: readonly Topic[]): void {
    for (const slice of slices(topics, TOPICS_PER_FRAME_MAX)) this.#send({ type, topics: slice });
  }

  /** Counts the silence of a guest link from now on. Rule [SE14]. */
  #armQuiet(): void {
    if (!this.#isGuest || this.#state.type !== "open") return;
    this.#cancelQuiet();
    this.#cancelQuiet = this.#options.timers.after(GUEST_IDLE_MS, () => {
      if (this.#topics.size === 0 && this.#puts.isEmpty) this.#rest({ type: "idle" });
    });
  }
}

function* slices<Item>(items: readonly Item[], length: number): Generator<readonly Item[]> {
  for (let at = 0; at < items.length; at += length) yield items.slice(at, at + length);
}
