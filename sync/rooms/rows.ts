/**
 * How the tables hold the account's shared documents and what is settled about chats.
 *
 *     ydocs      primary room                 a document as its entries, ours and others', have it
 *     yups       primary n (generated)        entries of others that are not in it yet
 *                index room [room, n]
 *     chatMarks  primary id                   of a channel, hex16, which need not be here yet
 *
 * A document's entries would be enough, but reading them all at every start takes the longer the more was
 * ever typed. Whoever has no Yjs at hand, the service worker, puts what comes into `yups`.
 */
import type { Hex } from "../../crypto/base/hex.ts";
import type { ChatMarks } from "../thread/chat-marks.ts";

export type YdocRow = {
  readonly room: string;
  /** Yjs update, version 1: exactly what stands in the entries that went into it. */
  readonly state: Uint8Array;
  /** First nonce that no editor of `log` had. */
  readonly nextNonce: number;
  /** Our log (hex16) that the nonces count in: a new incarnation begins anew. */
  readonly log: Hex;
  /** Our edits since our last snapshot of it, and their bytes. */
  readonly edits: number;
  readonly bytes: number;
};

export type YupRow = {
  readonly n?: number; // generated
  readonly room: string;
  /** Where the entry stands. */
  readonly c: number;
  readonly a: number;
  readonly s: number;
};

export type ChatMarksRow = { readonly id: Hex; readonly marks: ChatMarks };
