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
import { PRESENCE_OFFLINE_MS, TOPICS_PER_SOCKET_MAX } from "../wire/limits.ts";
import { encodePresence, type PresencePayload } from "./presence-payload.ts";
import type { Audience } from "./presence.ts";
import { topicOf } from "./topics.ts";

/** Contacts that are told; two weeks of them fit the relay's topics of one socket. */
export const AUDIENCE_MAX = 256;
/** A relay counts frames: a long list of contacts is told in portions. */
export const PUBLISH_BURST = 64;
export const PUBLISH_PAUSE_MS = 1_000;
/** Farewells that are kept in case that the connection they went by was none; the oldest go first. */
export const FAREWELLS_MAX = TOPICS_PER_SOCKET_MAX;

type OwnTopic = {
  readonly topic: Topic;
  readonly key: Uint8Array;
  readonly week: number;
  isWanted: boolean;
  /** Since when they may not see us any more. */
  forgottenAtMs: number | null;
  /** By the connection that is open. */
  isSaid: boolean;
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
  /** Last words to those who may not see us any more. In the end the relay tells them by itself. */
  readonly #farewells = new Map<string, OwnTopic>();
  #cancelPause: (() => void) | null = null;
  #state: PresencePayload = UNTOLD;
  #isOpen = false;
  /** Until then the relay may show us though there is no connection. */
  #shownUntilMs = Number.NEGATIVE_INFINITY;

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
        const state = { isWanted: false, forgottenAtMs: null, isSaid: false, sealed: null };
        const own: OwnTopic = { topic, key, week, ...state };
        this.#topics.set(name, own);
        this.#farewells.delete(name);
        fresh.push(own);
      }
    }
    const forgotten = [...left].flatMap((name) => this.#forget(name) ?? []);
    this.#publish([...forgotten, ...fresh]);
  }

  /** Nobody is owed a farewell. */
  isHidden(): boolean {
    return !this.#isShown() || this.#owed().every((it) => it.isSaid);
  }

  /** The link opened: the relay knows nothing of us yet. */
  opened(): void {
    this.#isOpen = true;
    for (const own of this.#topics.values()) own.isWanted = false;
    this.#publish([...this.#owed(), ...this.#topics.values()]);
  }

  closed(): void {
    if (this.#isOpen) this.#shownUntilMs = this.#options.timers.now() + PRESENCE_OFFLINE_MS;
    this.#isOpen = false;
    // What was said last may have been said to nobody.
    for (const own of this.#farewells.values()) own.isSaid = false;
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

  #forget(name: string): OwnTopic | undefined {
    const own = this.#topics.get(name);
    this.#topics.delete(name);
    if (own === undefined || !this.#isShown()) return undefined;
    own.forgottenAtMs = this.#options.timers.now();
    own.isSaid = false;
    this.#farewells.set(name, own);
    const [oldest] = this.#farewells.keys();
    if (this.#farewells.size > FAREWELLS_MAX) this.#farewells.delete(oldest ?? name);
    return own;
  }

  #isShown(): boolean {
    return this.#isOpen || this.#options.timers.now() < this.#shownUntilMs;
  }

  /** Without those whom the relay told meanwhile. */
  #owed(): readonly OwnTopic[] {
    const sinceMs = this.#options.timers.now() - PRESENCE_OFFLINE_MS;
    return [...this.#farewells.values()].filter((it) => (it.forgottenAtMs ?? 0) > sinceMs);
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
      own.isSaid = true;
    }
    if (this.#due.size === 0) return;
    this.#cancelPause = timers.after(PUBLISH_PAUSE_MS, () => this.#burst());
  }

  #payloadOf(own: OwnTopic): Uint8Array {
    const state = own.forgottenAtMs !== null ? UNTOLD : this.#state;
    if (own.sealed?.state !== state) {
      const { device, random } = this.#options;
      const said = encodePresence(state);
      const payload = sealPresence(own.key, device, own.week, said, random);
      own.sealed = { state, payload };
    }
    return own.sealed.payload;
  }
}
