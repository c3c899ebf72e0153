/**
 * Who is online. A device publishes its own state under one opaque topic for each contact, at its
 * first home relay, and follows the topics of the people on screen at theirs. The relay sees neither
 * who it is nor what it says; it says when a publisher fell silent (`PRESENCE_OFFLINE_MS`).
 * docs/protocol/sync-session.md, rules [PS1] to [PS12].
 */
import type { Random } from "../../crypto/base/random.ts";
import type { Timers } from "../clock/timers.ts";
import type { Link, LinkState } from "../session/link.ts";
import type { LinkTo } from "../session/pool.ts";
import type { RelayId, Topic } from "../wire/ids.ts";
import type { TevtFrame } from "../wire/topic-frames.ts";
import { Follower } from "./follower.ts";
import { Publisher } from "./publisher.ts";
import { weeksAt } from "./topics.ts";

/** How often the week, and topics that could not be asked for, are looked at again. */
export const PRESENCE_REVIEW_MS = 600_000;

/** Somebody who may see our presence. `key`: `presenceKeyOf` this device and them, 32 bytes. */
export type Audience = { readonly account: string; readonly key: Uint8Array };

/** Somebody on screen. */
export type Watched = {
  readonly account: string;
  /** Their devices (16-byte ids), each with its first home relay and the key of its presence. */
  readonly devices: readonly {
    readonly device: Uint8Array;
    readonly key: Uint8Array;
    readonly url: string;
    readonly relayId: RelayId;
  }[];
  /** What is known from elsewhere; 0 = nothing. */
  readonly lastSeenMs: number;
};

/** `lastSeenMs` of who is online is now; 0 = never told. */
export type PersonPresence = {
  readonly account: string;
  readonly online: boolean;
  readonly lastSeenMs: number;
};

export type PresenceOptions = {
  /** Our own device id, 16 bytes. */
  readonly device: Uint8Array;
  readonly timers: Timers;
  readonly random: Random;
  /** Our best guess of the time, in milliseconds since 1970: the week of topics comes from it. */
  readonly now: () => number;
  /** `publish` of the owner link to our first home relay. */
  readonly publish: (topic: Topic, payload: Uint8Array) => void;
  /** `linkTo` of the pool of guest links. */
  readonly linkTo: LinkTo;
  /** At each change of somebody watched. */
  readonly onPresence: (person: PersonPresence) => void;
};

export interface Presence {
  /** Replaces the list: accepted contacts. */
  readonly setAudience: (audience: readonly Audience[]) => void;
  /** Replaces the list: who is on screen. */
  readonly watch: (people: readonly Watched[]) => void;
  /** "Online" is: a window is in front of the person. */
  readonly setVisible: (visible: boolean) => void;
  /** The person's choice. Off: they are told nothing, and we are told nothing (it is mutual). */
  readonly setEnabled: (enabled: boolean) => void;
  /** Nobody who may not see us any more has still to be told so. */
  readonly isHidden: () => boolean;
  /** Of the owner link: each time it opens, topics are announced anew. */
  readonly ownLinkState: (state: LinkState) => void;
  /** `onWanted` of the owner link. */
  readonly wanted: (topic: Topic, isWanted: boolean) => void;
  /** `onState` and `onTopic` of the pool. */
  readonly linkState: (link: Link, state: LinkState) => void;
  readonly topic: (event: TevtFrame) => void;
  readonly close: () => void;
}

export function openPresence(options: PresenceOptions): Presence {
  const publisher = new Publisher(options);
  const follower = new Follower(options);
  let audience: readonly Audience[] = [];
  let people: readonly Watched[] = [];
  let isEnabled = true;
  let cancelReview = (): void => undefined;

  const review = (): void => {
    const weeks = weeksAt(options.now());
    publisher.setAudience(isEnabled ? audience : [], weeks);
    follower.watch(isEnabled ? people : [], weeks);
    cancelReview();
    if (!isEnabled || (audience.length === 0 && people.length === 0)) return;
    cancelReview = options.timers.after(PRESENCE_REVIEW_MS, review);
  };
  return {
    setAudience: (next) => {
      audience = next;
      review();
    },
    watch: (next) => {
      people = next;
      review();
    },
    setVisible: (visible) => publisher.setState(visible),
    setEnabled: (enabled) => {
      if (isEnabled === enabled) return;
      isEnabled = enabled;
      review();
      if (enabled) return;
      for (const { account } of people) {
        options.onPresence({ account, online: false, lastSeenMs: 0 });
      }
    },
    isHidden: () => publisher.isHidden(),
    ownLinkState: (state) => {
      if (state.type === "open") publisher.opened();
      else publisher.closed();
    },
    wanted: (topic, isWanted) => publisher.wanted(topic, isWanted),
    linkState: (link, state) => follower.linkState(link, state),
    topic: (event) => follower.event(event),
    close: () => {
      cancelReview();
      publisher.closed();
      follower.close();
    },
  };
}
