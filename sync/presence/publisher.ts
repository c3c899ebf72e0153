/**
 * Our own presence, told to each contact under a topic of its own. Announced when the link opens,
 * published again only where somebody looks; the link's heartbeat keeps it online. Rules [PS3] to
 * [PS6].
 */
import { toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import { sealPresence } from "../../crypto/presence.ts";
import type { Timers } from "../clock/timers.ts";
import type { Topic } from "../wire/ids.ts";
import { encodePresence, type PresencePayload } from "./presence-payload.ts";
import type { Audience } from "./presence.ts";
import { topicOf } from "./topics.ts";

/** Contacts that are told; two weeks of them fit the relay's topics of one socket. */
export const AUDIENCE_MAX = 256;
/** A relay counts frames: a long list of contacts is told in portions. */
export const PUBLISH_BURST = 64;
export const PUBLISH_PAUSE_MS = 1_000;

type OwnTopic = {
  readonly topic: Topic;
  readonly key: Uint8Array;
  readonly week: number;
  isWanted: boolean;
  /** They may not see us any more. */
  isForgotten: boolean;
  /** Sealed once a state: equal bytes are a refresh, and not told on. */
  sealed: { readonly state: PresencePayload; readonly payload: Uint8Array } | null;
};

export type PublisherOptions = {
  readonly device: Uint8Array;
  readonly timers: Timers;
  readonly random: Random;
  readonly now: () => number;
  readonly publish: (topic: Topic, payload: Uint8Array) => void;
};

/** Who does not want to be seen says this once, where they were seen. */
const UNTOLD: PresencePayload = { isOnline: false, seenMs: 0 };

export class Publisher {
  readonly #options: PublisherOptions;
  readonly #topics = new Map<string, OwnTopic>();
  readonly #due = new Set<OwnTopic>();
  #cancelPause: (() => void) | null = null;
  #state: PresencePayload = UNTOLD;
  #isOpen = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  setState(isOnline: boolean): void {
    if (this.#state.isOnline === isOnline) return;
    this.#state = { isOnline, seenMs: Math.max(0, Math.round(this.#options.now())) };
    this.#publish([...this.#topics.values()].filter((it) => it.isWanted));
  }

  /** Those who may see us in these weeks; who is left out is told nothing from now on. */
  setAudience(audience: readonly Audience[], weeks: readonly number[]): void {
    const left = new Set(this.#topics.keys());
    const fresh: OwnTopic[] = [];
    for (const { key } of audience.slice(0, AUDIENCE_MAX)) {
      for (const week of weeks) {
        const topic = topicOf(key, this.#options.device, week);
        const name = toHex(topic);
        if (left.delete(name) || this.#topics.has(name)) continue;
        const own = { topic, key, week, isWanted: false, isForgotten: false, sealed: null };
        this.#topics.set(name, own);
        fresh.push(own);
      }
    }
    const forgotten = [...left].flatMap((name) => this.#topics.get(name) ?? []);
    for (const own of forgotten) {
      own.isForgotten = true;
      this.#topics.delete(toHex(own.topic));
    }
    this.#publish([...forgotten, ...fresh]);
  }

  /** The link opened: the relay knows nothing of us yet. */
  opened(): void {
    this.#isOpen = true;
    for (const own of this.#topics.values()) own.isWanted = false;
    this.#publish([...this.#topics.values()]);
  }

  closed(): void {
    this.#isOpen = false;
    this.#due.clear();
    this.#cancelPause?.();
    this.#cancelPause = null;
  }

  wanted(topic: Topic, isWanted: boolean): void {
    const own = this.#topics.get(toHex(topic));
    if (own === undefined) return;
    own.isWanted = isWanted;
    if (isWanted) this.#publish([own]);
  }

  #publish(topics: readonly OwnTopic[]): void {
    if (!this.#isOpen) return;
    for (const own of topics) this.#due.add(own);
    if (this.#cancelPause === null) this.#burst();
  }

  #burst(): void {
    const { publish, timers } = this.#options;
    this.#cancelPause = null;
    for (const own of [...this.#due].slice(0, PUBLISH_BURST)) {
      this.#due.delete(own);
      publish(own.topic, this.#payloadOf(own));
    }
    if (this.#due.size === 0) return;
    this.#cancelPause = timers.after(PUBLISH_PAUSE_MS, () => this.#burst());
  }

  #payloadOf(own: OwnTopic): Uint8Array {
    const state = own.isForgotten ? UNTOLD : this.#state;
    if (own.sealed?.state !== state) {
      const { device, random } = this.#options;
      const said = encodePresence(state);
      const payload = sealPresence(own.key, device, own.week, said, random);
      own.sealed = { state, payload };
    }
    return own.sealed.payload;
  }
}
