/**
 * A lasting connection to one relay: dials, welcomes, authenticates, keeps alive, and dials again.
 * Promises: it never throws at what a relay sends, and everything it keeps is bounded. What it does
 * not promise is delivery: a PUT ends with the relay's own word or with `LinkDown`, and its caller
 * repeats it (envelopes are idempotent). docs/protocol/sync-session.md, rules [SE1] to [SE22].
 *
 * An owner link opens a mailbox and stays up: MSG, ACK, presence of one's own. A guest link says
 * nothing about who asks (PUT, presence of others): it is dialled when there is something to ask and
 * hung up after 50 s of silence.
 *
 *     idle -> connecting -> welcoming -> (authing ->) open -> waiting -> connecting …
 */
import type { Random } from "../../crypto/base/random.ts";
import type { Result } from "../../crypto/base/result.ts";
import type { Timers } from "../clock/timers.ts";
import type { Transport } from "../transport/transport.ts";
import type { AuthedFrame } from "../wire/auth-frames.ts";
import type { MailboxId, MailboxKey, RelayId, StoreIncarnation, Topic } from "../wire/ids.ts";
import type { MsgFrame } from "../wire/message-frames.ts";
import type { PutStatus } from "../wire/ok-frame.ts";
import type { PutFrame } from "../wire/put-frame.ts";
import type { TevtFrame } from "../wire/topic-frames.ts";
import type { RelayLimits } from "../wire/welcome-frame.ts";
import { RelayLink } from "./relay-link.ts";

/**
 * Why a link is down. `unreachable`: no relay answered. `lost`: the connection ended. `silent`: it
 * says nothing any more. `malformed`: one side could not read the other. `unauthorised`: the relay
 * does not know this mailbox and key. `gone`: the mailbox was deleted. `busy`: it sent us away.
 */
export type LinkFailure =
  | "unreachable"
  | "lost"
  | "silent"
  | "malformed"
  | "unauthorised"
  | "gone"
  | "busy";

export type LinkState =
  /** A guest link that has nothing to ask. */
  | { readonly type: "idle" }
  | { readonly type: "connecting" }
  | { readonly type: "welcoming" }
  | { readonly type: "authing" }
  | { readonly type: "open" }
  | { readonly type: "waiting"; readonly retryAtMs: number; readonly why: LinkFailure }
  /** A newer connection opened the same mailbox (another window): quiet until `wake`. */
  | { readonly type: "replaced" }
  /** Another relay answers at this address: nothing was said to it. Quiet until `wake`. */
  | { readonly type: "refused"; readonly relayId: RelayId }
  | { readonly type: "closed" };

export type Welcome = {
  readonly relayId: RelayId;
  readonly storeInc: StoreIncarnation;
  readonly serverTimeMs: number;
  readonly limits: RelayLimits;
};

/** What the relay's clock said, against ours; see sync/clock/offset.ts. */
export type ClockSample = { readonly offsetMs: number; readonly roundTripMs: number };

/**
 * Nothing is called before `openLink` returned. `onState` may be called from inside a method of
 * `Link`, the others never are.
 */
export type LinkEvents = {
  readonly onState: (state: LinkState) => void;
  readonly onWelcome: (welcome: Welcome) => void;
  /** The mailbox is open; `pendingCount` messages follow, then `onEmpty`. */
  readonly onAuthed: (authed: AuthedFrame) => void;
  /** All of one socket message: commit them in one transaction, then `ack` those with an id. */
  readonly onMessages: (batch: readonly MsgFrame[]) => void;
  /** Everything that was queued when the mailbox was opened has been handed over. */
  readonly onEmpty: () => void;
  readonly onTopic: (event: TevtFrame) => void;
  readonly onWanted: (topic: Topic, isWanted: boolean) => void;
  readonly onClock: (sample: ClockSample) => void;
  /** Our own mailbox fills up. */
  readonly onMailboxFull: (fullness: "nearlyFull" | "full") => void;
};

/** The owner of a mailbox at this relay. `seed`: Ed25519, 32 bytes. */
export type MailboxOwner = {
  readonly seed: Uint8Array;
  readonly mailbox: MailboxId;
  readonly publicKey: MailboxKey;
};

export type LinkOptions = {
  /** The relay's origin, as in cards: https://host[:port], or http://localhost[:port]. */
  readonly url: string;
  /** Who must answer there; null: not known yet. */
  readonly relayId: RelayId | null;
  readonly owner: MailboxOwner | null;
  readonly transport: Transport;
  readonly timers: Timers;
  readonly random: Random;
  readonly events: Partial<LinkEvents>;
};

export type PutRequest = Omit<PutFrame, "type" | "request">;
export type PutError =
  /** The relay did not answer; it may have stored the envelope. */
  | { readonly type: "LinkDown" }
  /** Nothing was stored: our queue is full, or the relay asks for a pause. */
  | { readonly type: "Busy"; readonly retryAfterMs: number }
  /** Over what this relay takes in one PUT. */
  | { readonly type: "TooLarge"; readonly bodyBytesMax: number; readonly targetsMax: number };

export interface Link {
  readonly url: string;
  /** As it was expected when the link was opened. */
  readonly relayId: RelayId | null;
  readonly state: () => LinkState;
  /**
   * One status a target, in their order. Dials when a guest link is idle; `LinkDown` at once when the
   * link is waiting, replaced, refused or closed. Repeating a PUT is harmless.
   */
  readonly put: (put: PutRequest) => Promise<Result<readonly PutStatus[], PutError>>;
  /** Ids of messages that are committed for good. Dropped when the link is down: they come again. */
  readonly ack: (ids: readonly number[]) => void;
  /** Widens the window of unacknowledged messages of this connection. */
  readonly credit: (messages: number, bytes: number) => void;
  /** Owner links. Dropped when the link is down. */
  readonly publish: (topic: Topic, payload: Uint8Array) => void;
  /** Guest links. Kept, and asked again after each reconnection, until `unsubscribe`. */
  readonly subscribe: (topics: readonly Topic[]) => void;
  readonly unsubscribe: (topics: readonly Topic[]) => void;
  readonly setVisible: (visible: boolean) => void;
  /**
   * The network came back, or the person asks: dial at once (within a second of the last time), or
   * find out whether anybody is there.
   */
  readonly wake: () => void;
  /**
   * Another link opened at this address: dials, as soon as `wake` may, if it waits because nobody
   * answered. The row of failures goes on. Rule [SE24].
   */
  readonly answered: () => void;
  /** For good. What is still unanswered ends with `LinkDown`. */
  readonly close: () => void;
}

/** An owner link is `connecting` at once, a guest link is `idle` until it is asked for something. */
export function openLink(options: LinkOptions): Link {
  const link = new RelayLink(options);
  if (options.owner !== null) link.dial();
  return link;
}
