/**
 * What a tab and the engine worker say to each other. Plain data, for structured clone. Both ends are
 * of one build: the door's name holds the worker's hashed file name.
 */
import type { Result } from "../../crypto/base/result.ts";
import type {
  ActError,
  AdmitError,
  InviteError,
  SendError,
  SendExtras,
  StartError,
  Status,
} from "../../sync/device.ts";
import type { LinkError } from "../../sync/link/progress.ts";
import type { Hex } from "../../sync/store/rows.ts";
import type { PutPush } from "../../sync/wire/http.ts";

/** Commands that are answered. One type a method of `Device`. */
export type Ask =
  | { readonly type: "start"; readonly name: string }
  | { readonly type: "invite" }
  | { readonly type: "acceptInvite"; readonly link: string }
  | { readonly type: "admit"; readonly inviteToken: string }
  | { readonly type: "push"; readonly subscription: PutPush | null }
  | { readonly type: "linkShow"; readonly name: string }
  | { readonly type: "linkUse"; readonly link: string; readonly name: string }
  | { readonly type: "linkConfirm" }
  | { readonly type: "linkCancel" }
  | ({ readonly type: "send"; readonly c: number; readonly text: string } & SendExtras)
  | ({ readonly type: "act"; readonly c: number; readonly id: string } & Deed)
  | { readonly type: "markRead"; readonly c: number }
  | { readonly type: "decide"; readonly account: Hex; readonly verdict: "accept" | "block" };

/** What is done with a message of the chat: one a method of `Acts`. */
export type Deed =
  | { readonly deed: "edit"; readonly text: string }
  | { readonly deed: "react"; readonly emoji: string; readonly on: boolean }
  | { readonly deed: "pin" | "star"; readonly on: boolean }
  | { readonly deed: "deleteForAll" | "hide" };

/** What needs no answer. */
export type Note =
  | { readonly type: "typing"; readonly c: number }
  | { readonly type: "watch"; readonly accounts: readonly Hex[] }
  | { readonly type: "visible"; readonly visible: boolean }
  | { readonly type: "showPresence"; readonly shown: boolean }
  | { readonly type: "network"; readonly online: boolean };

/** Why the engine could not do a thing, whatever was asked. */
export type EngineFailure =
  /** It died after it took the command, which may or may not have happened. */
  | { readonly type: "EngineGone" }
  /** Too many commands wait already; this one was not taken. */
  | { readonly type: "EngineBusy" }
  | { readonly type: "StorageFull" }
  | { readonly type: "StorageFailed" };

/** Why there is no engine at all. */
export type OpenFailure =
  | { readonly type: "KeyDamaged" }
  | { readonly type: "StorageRefused" }
  | { readonly type: "CryptoFailed" }
  /** A part of the app did not arrive. */
  | { readonly type: "EngineMissing" };

/** What each ask gives: the device's own answer, or why there was none. */
export type Answers = {
  readonly start: Result<void, StartError | EngineFailure>;
  readonly invite: Result<
    { readonly link: string; readonly published: boolean },
    { readonly type: "NotStarted" } | EngineFailure
  >;
  readonly acceptInvite: Result<{ readonly c: number }, InviteError | EngineFailure>;
  readonly admit: Result<void, AdmitError | EngineFailure>;
  readonly push: Result<void, EngineFailure>;
  readonly linkShow: Result<void, LinkError | EngineFailure>;
  readonly linkUse: Result<void, LinkError | EngineFailure>;
  readonly linkConfirm: Result<void, EngineFailure>;
  readonly linkCancel: Result<void, EngineFailure>;
  readonly send: Result<{ readonly id: string }, SendError | EngineFailure>;
  readonly act: Result<void, ActError | EngineFailure>;
  readonly markRead: Result<void, EngineFailure>;
  readonly decide: Result<void, EngineFailure>;
};
export type Answer = Answers[Ask["type"]];

export type ToEngine =
  /** `tab` names the Web Lock that the tab holds while it lives. */
  | { readonly type: "hello"; readonly tab: string }
  | { readonly type: "ask"; readonly id: number; readonly ask: Ask }
  | { readonly type: "note"; readonly note: Note }
  | { readonly type: "ping" };

export type ToTab =
  /** `life` names the Web Lock that the engine holds while it lives. */
  | { readonly type: "ready"; readonly life: string }
  | { readonly type: "notOpened"; readonly failure: OpenFailure }
  /** The ask arrived: it will be done, once. */
  | { readonly type: "taken"; readonly id: number }
  | { readonly type: "answer"; readonly id: number; readonly answer: Answer }
  | { readonly type: "status"; readonly status: Status }
  | { readonly type: "pong" }
  /** A newer engine took over; this tab's build is out of date. */
  | { readonly type: "retired" };

/** Why a plain worker stopped: what it tells the tab that made it. */
export type EngineEnd = "failed" | "retired";

/** Asks of one tab that have no answer yet. A person cannot make so many; a loop can. */
export const ASKS_OUTSTANDING_MAX = 64;

/** Web Locks that say who lives: whoever waits for one is told at once when its holder is gone. */
export const tabLockOf = (tab: string): string => `kith-tab-${tab}`;
export const engineLockOf = (life: string): string => `kith-engine-${life}`;
