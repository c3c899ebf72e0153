/**
 * The state of a pairwise session between two devices: a double ratchet with encrypted headers
 * (Perrin and Marlinspike, "The Double Ratchet Algorithm", section 4) whose asymmetric part is a
 * KEM (Alwen, Coretti and Dodis, EUROCRYPT 2019, section 4.1).
 *
 * Epochs alternate: the side that received the newest one may open the next. Epoch 0 is the
 * handshake's and belongs to its initiator. State is plain data and never changed in place: who
 * stores it stores the new one with what it made possible, in one transaction, or neither.
 */
import type { KemKeyPair } from "../kem.ts";
import { tagOf } from "./keys.ts";
import type { SkippedKey } from "./skipped.ts";

/** Keys of messages that did not arrive yet, in a whole session. */
export const SESSION_SKIPPED_MAX = 1_000;
/** Epochs of the other side under which late messages still open. */
export const SESSION_EPOCHS_MAX = 5;

export type SendChain = {
  readonly epoch: number;
  readonly chainKey: Uint8Array;
  /** Number of the next message. */
  readonly n: number;
  /** How many messages our previous epoch had. */
  readonly previousN: number;
  readonly headerKey: Uint8Array;
  readonly startedAtMs: number;
  /** Goes before each message until the other side answers this epoch; null after. */
  readonly opening:
    | { readonly type: "handshake"; readonly prefix: Uint8Array }
    | { readonly type: "kem"; readonly ciphertext: Uint8Array; readonly publicKey: Uint8Array }
    | null;
};

export type ReceiveChain = {
  readonly epoch: number;
  /** Null when the other side went on to a later epoch: only skipped keys are left. */
  readonly chainKey: Uint8Array | null;
  readonly n: number;
  readonly headerKey: Uint8Array;
  readonly tag: Uint8Array;
  readonly skipped: readonly SkippedKey[];
};

export type Session = {
  /** Transcript hash: names the session; of two begun at once the smaller wins a tie. */
  readonly th: Uint8Array;
  readonly ad: Uint8Array;
  readonly rootKey: Uint8Array;
  /** The newest epoch of either side. */
  readonly epoch: number;
  readonly send: SendChain | null;
  /** Oldest first. */
  readonly receive: readonly ReceiveChain[];
  /** Set when the newest epoch is theirs: what we need to open the next. */
  readonly theirTurnDone: {
    readonly theirKey: Uint8Array;
    readonly headerKey: Uint8Array;
  } | null;
  /** Set when the newest epoch is ours: what we need when they open the next. */
  readonly ourTurnDone: {
    readonly ourSecret: Uint8Array;
    readonly headerKey: Uint8Array;
    readonly tag: Uint8Array;
  } | null;
};

type Begun = {
  readonly th: Uint8Array;
  readonly ad: Uint8Array;
  readonly rootKey: Uint8Array;
  readonly chainKey: Uint8Array;
  readonly headerKey: Uint8Array;
  readonly nextHeaderKey: Uint8Array;
  readonly nowMs: number;
};

export function initiatorSession(
  begun: Begun & { readonly ratchet: KemKeyPair; readonly prefix: Uint8Array },
): Session {
  return {
    th: begun.th,
    ad: begun.ad,
    rootKey: begun.rootKey,
    epoch: 0,
    send: {
      epoch: 0,
      chainKey: begun.chainKey,
      n: 0,
      previousN: 0,
      headerKey: begun.headerKey,
      startedAtMs: begun.nowMs,
      opening: { type: "handshake", prefix: begun.prefix },
    },
    receive: [],
    theirTurnDone: null,
    ourTurnDone: {
      ourSecret: begun.ratchet.secretKey,
      headerKey: begun.nextHeaderKey,
      tag: tagOf(begun.nextHeaderKey),
    },
  };
}

export function responderSession(begun: Begun & { readonly ratchet: Uint8Array }): Session {
  return {
    th: begun.th,
    ad: begun.ad,
    rootKey: begun.rootKey,
    epoch: 0,
    send: null,
    receive: [
      {
        epoch: 0,
        chainKey: begun.chainKey,
        n: 0,
        headerKey: begun.headerKey,
        tag: tagOf(begun.headerKey),
        skipped: [],
      },
    ],
    theirTurnDone: { theirKey: begun.ratchet, headerKey: begun.nextHeaderKey },
    ourTurnDone: null,
  };
}

/** Where the next messages may arrive: 16 bytes each, at most `SESSION_EPOCHS_MAX` + 1. */
export const tagsOf = (session: Session): readonly Uint8Array[] => [
  ...session.receive.map((chain) => chain.tag),
  ...(session.ourTurnDone === null ? [] : [session.ourTurnDone.tag]),
];

/** False until something of the other side was opened: the prefix goes before each message. */
export const isAnswered = (session: Session): boolean =>
  session.send?.opening?.type !== "handshake";
