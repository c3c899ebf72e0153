/**
 * What a tab and the engine worker say to each other. Plain data, for structured clone. Both ends are
 * of one build: the door's name holds the worker's hashed file name.
 */
import type { Hex } from "../../crypto/base/hex.ts";
import type { Status } from "../../sync/device.ts";
import type { Answer, Call } from "./calls.ts";

/** What needs no answer. */
export type Note =
  | { readonly type: "typing"; readonly c: number }
  | { readonly type: "watch"; readonly accounts: readonly Hex[] }
  | { readonly type: "visible"; readonly visible: boolean }
  | { readonly type: "network"; readonly online: boolean };

/** Why there is no engine at all. */
export type OpenFailure =
  | { readonly type: "KeyDamaged" }
  | { readonly type: "StorageRefused" }
  | { readonly type: "CryptoFailed" }
  /** A part of the app did not arrive. */
  | { readonly type: "EngineMissing" };

/** A tab in a room of shared documents; `id` is the tab's number for the socket. */
type OfRoom = { readonly type: "room"; readonly id: number };
export type ToRoom = OfRoom &
  (
    | { readonly what: "open"; readonly room: string; readonly client: number }
    | { readonly what: "frame"; readonly bytes: Uint8Array }
    | { readonly what: "flush" }
    /** `kept` with this number is wanted. */
    | { readonly what: "keep"; readonly n: number }
    | { readonly what: "close" }
  );
export type FromRoom = OfRoom &
  (
    | { readonly what: "frame"; readonly bytes: Uint8Array }
    | { readonly what: "kept"; readonly n: number }
    | { readonly what: "closed"; readonly code: number }
  );

export type ToEngine =
  /** `tab` names the Web Lock that the tab holds while it lives. */
  | { readonly type: "hello"; readonly tab: string }
  | { readonly type: "ask"; readonly id: number; readonly call: Call }
  | { readonly type: "note"; readonly note: Note }
  | ToRoom
  | { readonly type: "ping" };

export type ToTab =
  /** `life` names the Web Lock that the engine holds while it lives. */
  | { readonly type: "ready"; readonly life: string }
  | { readonly type: "notOpened"; readonly failure: OpenFailure }
  /** The ask arrived: it will be done, once. */
  | { readonly type: "taken"; readonly id: number }
  | { readonly type: "answer"; readonly id: number; readonly answer: Answer }
  | { readonly type: "status"; readonly status: Status }
  | FromRoom
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
