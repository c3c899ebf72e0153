/**
 * Presence topics: who of two people is there. All soft: lost with the process, rebuilt by clients
 * within a heartbeat, and the first thing to be dropped under pressure. A topic is online from the
 * publisher's TPUB until `PRESENCE_OFFLINE_MS` after its last frame, whether or not its socket closed in
 * between: a tunnel does not flap. A publisher that is heard again on the same socket is online again. Who does
 * not read is told nothing meanwhile, and how things stand when they have read.
 */
import type { Frame } from "../../sync/wire/frames.ts";
import { idOf, type Topic } from "../../sync/wire/ids.ts";
import { PRESENCE_OFFLINE_MS, TOPICS_PER_SOCKET_MAX } from "../../sync/wire/limits.ts";
import { latin1 } from "../latin1.ts";
import type { Wheel } from "../wheel.ts";

/** Of all sockets together. */
export const TOPICS_MAX = 500_000;
/** Sockets that watch one topic: the devices of one person. Each word of its publisher goes to all of them. */
export const WATCHERS_MAX = 64;

/** One socket's part in it; sessions own one each. */
export type Party = {
  readonly push: (frame: Frame) => void;
  /** Has it read what it was sent? */
  readonly hasRoom: () => boolean;
  /** Topics that it watches or publishes and of which it was told nothing for want of room. */
  readonly missed: Set<string>;
  readonly watched: Set<string>;
  readonly published: Set<string>;
  /** In the wheel's time: the last frame that counts as being there. */
  heardAtMs: number;
  isTimed: boolean;
  /** Not heard for too long: its topics are offline. */
  isAway: boolean;
  isClosed: boolean;
};

type TopicState = {
  readonly topic: Topic;
  payload: Uint8Array;
  publisher: Party | null;
  readonly subscribers: Set<Party>;
};

const NOTHING = new Uint8Array(0);

export const newParty = ({ push, hasRoom }: Pick<Party, "push" | "hasRoom">): Party => ({
  push,
  hasRoom,
  missed: new Set(),
  watched: new Set(),
  published: new Set(),
  heardAtMs: 0,
  isTimed: false,
  isAway: false,
  isClosed: false,
});

export class Topics {
  readonly #wheel: Wheel;
  readonly #states = new Map<string, TopicState>();

  constructor(wheel: Wheel) {
    this.#wheel = wheel;
  }

  /** False when a bound was reached; then some were not subscribed. */
  subscribe(party: Party, topics: readonly Topic[]): boolean {
    let isAll = true;
    for (const topic of topics) {
      const key = latin1(topic);
      // One that others crowd keeps nobody from those that stand behind it.
      if (!this.#watch(party, key, topic)) isAll = false;
      else this.#tellAnew(party, key);
    }
    return isAll;
  }

  #watch(party: Party, key: string, topic: Topic): boolean {
    if (party.watched.has(key)) return true;
    if (party.watched.size >= TOPICS_PER_SOCKET_MAX) return false;
    const state = this.#stateOf(key, topic);
    if (state === undefined || state.subscribers.size >= WATCHERS_MAX) return false;
    party.watched.add(key);
    state.subscribers.add(party);
    if (state.subscribers.size === 1) tellWanted(state);
    return true;
  }

  #tellAnew(party: Party, key: string): void {
    const state = this.#states.get(key);
    if (state !== undefined) tellOne(party, key, eventOf(state));
  }

  /** It has read what it was sent. */
  caughtUp(party: Party): void {
    const missed = [...party.missed];
    party.missed.clear();
    for (const key of missed) {
      const state = this.#states.get(key);
      if (party.watched.has(key)) this.#tellAnew(party, key);
      if (state?.publisher === party) tellWanted(state);
    }
  }

  unsubscribe(party: Party, topics: readonly Topic[]): void {
    for (const topic of topics) this.#leave(party, latin1(topic));
  }

  /** Equal payload is a refresh: nobody is told. False when a bound was reached. */
  publish(party: Party, topic: Topic, payload: Uint8Array): boolean {
    const key = latin1(topic);
    const isNew = !party.published.has(key);
    if (isNew && party.published.size >= TOPICS_PER_SOCKET_MAX) return false;
    const state = this.#stateOf(key, topic);
    if (state === undefined) return false;
    this.heard(party);
    const isChange = !isOnline(state) || !isEqual(state.payload, payload);
    const before = state.publisher;
    if (before !== null && before !== party) {
      before.published.delete(key);
      forgetMissed(before, key);
    }
    state.publisher = party;
    state.payload = payload.slice();
    party.published.add(key);
    if (isNew) tellWanted(state);
    if (isChange) tell(state);
    this.#time(party);
    return true;
  }

  /** A frame came from this publisher. */
  heard(party: Party): void {
    party.heardAtMs = this.#wheel.nowMs;
    if (!party.isAway) return;
    party.isAway = false;
    for (const key of party.published) this.#tell(key);
    this.#time(party);
  }

  /** The socket closed: its topics stay online for their time. */
  left(party: Party): void {
    party.isClosed = true;
    for (const key of party.watched) this.#leave(party, key);
    if (party.isAway) this.#retire(party);
  }

  get size(): number {
    return this.#states.size;
  }

  #stateOf(key: string, topic: Topic): TopicState | undefined {
    const known = this.#states.get(key);
    if (known !== undefined || this.#states.size >= TOPICS_MAX) return known;
    const kept = idOf("Topic", topic.slice());
    const state = { topic: kept, payload: NOTHING, publisher: null, subscribers: new Set<Party>() };
    this.#states.set(key, state);
    return state;
  }

  #leave(party: Party, key: string): void {
    const state = this.#states.get(key);
    const wasWatched = party.watched.delete(key);
    forgetMissed(party, key);
    if (!wasWatched || state === undefined) return;
    state.subscribers.delete(party);
    if (state.subscribers.size > 0) return;
    if (state.publisher === null) this.#states.delete(key);
    else tellWanted(state);
  }

  #time(party: Party): void {
    if (party.isTimed) return;
    party.isTimed = true;
    this.#wheel.at(party.heardAtMs + PRESENCE_OFFLINE_MS, (nowMs) => this.#check(party, nowMs));
  }

  #check(party: Party, nowMs: number): number | null {
    const dueMs = party.heardAtMs + PRESENCE_OFFLINE_MS;
    if (party.published.size > 0 && nowMs < dueMs) return dueMs;
    party.isTimed = false;
    party.isAway = true;
    for (const key of party.published) this.#tell(key);
    if (party.isClosed) this.#retire(party);
    return null;
  }

  #retire(party: Party): void {
    for (const key of party.published) {
      const state = this.#states.get(key);
      if (state === undefined) continue;
      state.publisher = null;
      state.payload = NOTHING;
      if (state.subscribers.size === 0) this.#states.delete(key);
    }
    party.published.clear();
  }

  #tell(key: string): void {
    const state = this.#states.get(key);
    if (state !== undefined) tell(state);
  }
}

const isOnline = ({ publisher }: TopicState): boolean => publisher !== null && !publisher.isAway;

const eventOf = (state: TopicState): Frame => ({
  type: "tevt",
  topic: state.topic,
  isOnline: isOnline(state),
  payload: state.payload,
});

function tell(state: TopicState): void {
  const frame = eventOf(state);
  for (const party of state.subscribers) tellOne(party, latin1(state.topic), frame);
}

function tellOne(party: Party, key: string, frame: Frame): void {
  if (party.hasRoom()) party.push(frame);
  else party.missed.add(key);
}

/** Of what it neither watches nor publishes it is told nothing. */
function forgetMissed({ missed, watched, published }: Party, key: string): void {
  if (!watched.has(key) && !published.has(key)) missed.delete(key);
}

function tellWanted({ publisher, topic, subscribers }: TopicState): void {
  if (publisher === null) return;
  const frame: Frame = { type: "twant", topic, isWanted: subscribers.size > 0 };
  tellOne(publisher, latin1(topic), frame);
}

const isEqual = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
