/**
 * The presence of people on screen, from the topics of their devices at their relays. A person is
 * online when one device is. Rules [PS7] to [PS10].
 */
import { toHex } from "../../crypto/base/hex.ts";
import { openPresence } from "../../crypto/presence.ts";
import type { Timers } from "../clock/timers.ts";
import type { Link, LinkState } from "../session/link.ts";
import type { LinkTo } from "../session/pool.ts";
import type { RelayId, Topic } from "../wire/ids.ts";
import { PRESENCE_OFFLINE_MS } from "../wire/limits.ts";
import type { TevtFrame } from "../wire/topic-frames.ts";
import { decodePresence } from "./presence-payload.ts";
import type { PersonPresence, Watched } from "./presence.ts";
import { topicOf } from "./topics.ts";

/** People on screen; who comes behind them is not followed. */
export const WATCHED_MAX = 64;
export const WATCHED_DEVICES_MAX = 10;

export type FollowerOptions = {
  readonly timers: Timers;
  readonly now: () => number;
  readonly linkTo: LinkTo;
  readonly onPresence: (person: PersonPresence) => void;
};

type Device = Watched["devices"][number];

/** One topic that we follow. */
type Followed = {
  readonly topic: Topic;
  readonly person: Person;
  readonly device: Device;
  readonly week: number;
  isAsked: boolean;
  isOnline: boolean;
  /** Not null: the relay lost sight of it, or we of the relay, and time decides. */
  cancelDoubt: (() => void) | null;
};
type Person = {
  readonly account: string;
  isOnline: boolean;
  lastSeenMs: number;
};

export class Follower {
  readonly #options: FollowerOptions;
  readonly #people = new Map<string, Person>();
  readonly #topics = new Map<string, Followed>();

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** These people, in these weeks. What was not asked yet, or could not be, is asked now. */
  watch(people: readonly Watched[], weeks: readonly number[]): void {
    const leftPeople = new Set(this.#people.keys());
    const leftTopics = new Set(this.#topics.keys());
    for (const watched of people.slice(0, WATCHED_MAX)) {
      leftPeople.delete(watched.account);
      const person = this.#personOf(watched);
      for (const device of watched.devices.slice(0, WATCHED_DEVICES_MAX)) {
        for (const week of weeks) {
          const topic = topicOf(device.key, device.device, week);
          const name = toHex(topic);
          const known = this.#topics.get(name);
          // A device that moved publishes the same topic elsewhere: the old place is left.
          if (known !== undefined && placeOf(known.device) !== placeOf(device)) this.#drop([name]);
          leftTopics.delete(name);
          if (this.#topics.has(name)) continue;
          const state = { isAsked: false, isOnline: false, cancelDoubt: null };
          this.#topics.set(name, { topic, person, device, week, ...state });
        }
      }
    }
    for (const account of leftPeople) this.#people.delete(account);
    this.#drop([...leftTopics]);
    this.#ask();
  }

  linkState(link: Link, state: LinkState): void {
    if (state.type === "open") return;
    for (const followed of this.#topics.values()) {
      if (placeOf(followed.device) !== placeOf(link)) continue;
      if (state.type === "closed") followed.isAsked = false;
      this.#doubt(followed);
    }
  }

  event(event: TevtFrame): void {
    const followed = this.#topics.get(toHex(event.topic));
    if (followed === undefined) return;
    if (event.payload.length === 0) return this.#doubt(followed);
    const { device, week } = followed;
    const opened = openPresence(device.key, device.device, week, event.payload);
    const said = opened.ok ? decodePresence(opened.value) : null;
    // What nobody of theirs sealed changes nothing.
    if (said === null || !said.ok) return;
    const isOnline = event.isOnline && said.value.isOnline;
    trust(followed);
    this.#see(followed, isOnline, said.value.seenMs, event.isOnline ? 0 : PRESENCE_OFFLINE_MS);
  }

  close(): void {
    for (const followed of this.#topics.values()) trust(followed);
    this.#topics.clear();
    this.#people.clear();
  }

  #personOf({ account, lastSeenMs }: Watched): Person {
    const known = this.#people.get(account);
    if (known !== undefined) return known;
    const person = { account, isOnline: false, lastSeenMs };
    this.#people.set(account, person);
    this.#tell(person);
    return person;
  }

  #ask(): void {
    for (const followed of this.#topics.values()) {
      if (followed.isAsked) continue;
      const { url, relayId } = followed.device;
      const link = this.#options.linkTo(url, relayId, followed.person.account);
      if (link === null) continue;
      followed.isAsked = true;
      link.subscribe([followed.topic]);
    }
  }

  #drop(names: readonly string[]): void {
    for (const name of names) {
      const followed = this.#topics.get(name);
      if (followed === undefined) continue;
      this.#topics.delete(name);
      trust(followed);
      const { url, relayId } = followed.device;
      const { account } = followed.person;
      if (followed.isAsked) {
        this.#options.linkTo(url, relayId, account)?.unsubscribe([followed.topic]);
      }
      if (this.#people.has(followed.person.account)) this.#see(followed, false, 0, 0);
    }
  }

  /** Offline, unless something better is heard in time. */
  #doubt(followed: Followed): void {
    if (!followed.isOnline || followed.cancelDoubt !== null) return;
    followed.cancelDoubt = this.#options.timers.after(PRESENCE_OFFLINE_MS, () => {
      followed.cancelDoubt = null;
      this.#see(followed, false, 0, PRESENCE_OFFLINE_MS);
    });
  }

  /** `agoMs`: how long ago somebody who was online until now was heard last. */
  #see(followed: Followed, isOnline: boolean, seenMs: number, agoMs: number): void {
    const { person } = followed;
    const nowMs = this.#options.now();
    const wasOnline = followed.isOnline;
    followed.isOnline = isOnline;
    const leftMs = wasOnline && !isOnline && agoMs > 0 ? nowMs - agoMs : 0;
    const lastSeenMs = Math.max(person.lastSeenMs, Math.min(nowMs, Math.max(seenMs, leftMs)));
    const isPersonOnline = [...this.#topics.values()].some(
      (it) => it.person === person && it.isOnline,
    );
    if (person.isOnline === isPersonOnline && person.lastSeenMs === lastSeenMs) return;
    person.isOnline = isPersonOnline;
    person.lastSeenMs = lastSeenMs;
    this.#tell(person);
  }

  #tell({ account, isOnline, lastSeenMs }: Person): void {
    this.#options.onPresence({ account, online: isOnline, lastSeenMs });
  }
}

function trust(followed: Followed): void {
  followed.cancelDoubt?.();
  followed.cancelDoubt = null;
}

/** A relay is its address and its key: see pool.ts. */
const placeOf = (relay: { readonly url: string; readonly relayId: RelayId | null }): string =>
  `${relay.relayId === null ? "" : toHex(relay.relayId)} ${relay.url}`;
