/**
 * A device of a person, seen from the app: what can be asked of it and what it tells. One runs in the
 * engine worker; the tabs read the rows of `store/rows.ts` for everything that lasts, and `Status`
 * for what does not (connection, presence, typing).
 */
import type { Hex } from "../crypto/base/hex.ts";
import type { Result } from "../crypto/base/result.ts";
import type { Acts } from "./acts.ts";
import type { Backup } from "./backup/backup.ts";
import type { Chats } from "./chats/commands.ts";
import type { GivenMentions } from "./chats/given-mentions.ts";
import type { Devices } from "./devices/commands.ts";
import type { Expiry } from "./expiry/expiry.ts";
import type { Groups } from "./group/commands.ts";
import type { LinkCommands } from "./link/linking.ts";
import type { LinkProgress } from "./link/progress.ts";
import type { Media } from "./media/media.ts";
import type { Receiving } from "./receipts/pull.ts";
import type { Recovery } from "./recovery/recovery.ts";
import type { AdmitError, InviteError, SendError, StartError } from "./refusals.ts";
import type { RoomCommands, Rooms } from "./rooms/rooms.ts";
import type { Safety } from "./safety/safety.ts";
import type { PutPush } from "./wire/http.ts";

/** `updating`: connected, and the queue at the relay is still being read (`count` left). */
export type Connection =
  | { readonly type: "connected" }
  | { readonly type: "updating"; readonly count: number }
  | { readonly type: "connecting" }
  /**
   * Next try at `retryAtMs`. `refused`: the relay answered and does not want us now (full, leaving).
   * `notAdmitted`: it takes nobody who was not invited.
   */
  | {
      readonly type: "offline";
      readonly retryAtMs: number;
      readonly why: "unreachable" | "refused" | "notAdmitted";
    };

export type Presence = { readonly online: boolean; readonly lastSeenMs: number };

/** Everything that is true now and need not be kept. Plain data: it crosses a message port. */
export type Status = {
  readonly connection: Connection;
  /** By contact account (hex32); only for accounts that are watched. */
  readonly presence: Readonly<Record<Hex, Presence>>;
  /** By channel number: accounts that are writing now. */
  readonly typing: Readonly<Record<number, readonly Hex[]>>;
  /** Not "ok": nothing more is acknowledged to the relay until it is. */
  readonly storage: "ok" | "full" | "failed";
  /** The device's clock differs from the relay's by more than 5 minutes. */
  readonly clockOffWarning: boolean;
  /** By channel number: messages that others were asked for several times, and that are not here yet. */
  readonly missing: Readonly<Record<number, number>>;
  /** Entries of our history that other devices of ours have and that are on their way here. */
  readonly historyLeft: number;
  /**
   * Since the device was opened another relay began to answer at our home's address: what waited for us
   * at the old one is lost, unless its senders still have it.
   */
  readonly relayRenewed: boolean;
  /** How far the linking of this device and another one is; null: nothing is going on. */
  readonly linking: LinkProgress | null;
};

/** What a message brings beside its text. */
export type SendExtras = {
  /** Public id of the message that it answers. */
  readonly replyTo?: string | undefined;
  readonly mentions?: GivenMentions | undefined;
  /** Somebody else wrote it before. */
  readonly forwarded?: boolean | undefined;
};

export interface Device extends AsyncDisposable {
  /** Makes the account, this device and "Note to self". Needs no network. */
  readonly start: (name: string) => Promise<Result<void, StartError>>;
  /**
   * The current invite link: the newest one that is unused and has more than a day left, else a new
   * one. `published` tells whether the relay has it (it becomes so by itself).
   */
  readonly invite: () => Promise<
    Result<{ readonly link: string; readonly published: boolean }, { readonly type: "NotStarted" }>
  >;
  /**
   * Opens the chat with the inviter, or the group that the link leads into, whose row in `rosters` says
   * that we wait for an admin. Nobody of them need be online. Answers the channel number.
   */
  readonly acceptInvite: (link: string) => Promise<Result<{ readonly c: number }, InviteError>>;
  /**
   * Uses the invitation of our home relay's operator, where not everybody may register: the token of
   * the link that the relay printed.
   */
  readonly admit: (inviteToken: string) => Promise<Result<void, AdmitError>>;
  /** How this device is woken when it does not listen; null: not at all. Our relay is told by itself. */
  readonly push: (subscription: PutPush | null) => Promise<void>;
  /** Makes this device one of an account that another one has, or the other way round. */
  readonly linking: LinkCommands;
  /** Durable when it settles; delivery goes on by itself. */
  readonly send: (
    c: number,
    text: string,
    extras?: SendExtras,
  ) => Promise<Result<{ readonly id: string }, SendError>>;
  /** Names of our devices, their end, and our own name. */
  readonly devices: Devices;
  readonly groups: Groups;
  readonly recovery: Recovery;
  readonly backup: Backup;
  readonly safety: Safety;
  /** Messages that disappear. */
  readonly expiry: Expiry;
  readonly receipts: Receiving;
  /** Pictures of groups. */
  readonly media: Media;
  /** What is settled about a chat as a whole. */
  readonly chats: Chats;
  /** Documents that the person's own devices share: settings and drafts. */
  readonly rooms: RoomCommands;
  readonly openRoom: Rooms["openRoom"];
  /** What one does with messages that are here. */
  readonly acts: Acts;
  /** Everything that arrived in the channel up to now was seen by the person. */
  readonly markRead: (c: number) => Promise<void>;
  /** The person is writing in `c` now; call it at every keystroke, it limits itself. */
  readonly typing: (c: number) => void;
  /** Answers a message request. */
  readonly decide: (account: Hex, verdict: "accept" | "block") => Promise<void>;
  /** Accounts on screen: their presence is followed. Replaces the earlier list. */
  readonly watch: (accounts: readonly Hex[]) => void;
  /** Is any window of the app in front of the person? Presence and heartbeats follow it. */
  readonly visible: (visible: boolean) => void;
  /**
   * Does this process speak for the person at all? Until it is said, yes. Not kept; whether contacts may
   * see when we are here, and we when they are, is one of the account's settings.
   */
  readonly showPresence: (shown: boolean) => void;
  /** The browser said that the network came or went. */
  readonly network: (online: boolean) => void;
  /** Calls back at once and at every change, until the answer is called. */
  readonly status: (listen: (status: Status) => void) => () => void;
}
