/** Rows of secrets that move with each message: sessions, chains, prekeys. Words as in rows.ts. */
import type { Hex } from "../../crypto/base/hex.ts";
import type { PeerChain, SenderChain } from "../../crypto/chain/sender-chain.ts";
import type { Session } from "../../crypto/ratchet/session.ts";
import type { HistoryPolicy } from "../roster/may.ts";

/** A pairwise session with one device. `tags`: where its next messages may arrive (hex16). */
export type SessionRow = {
  readonly n?: number; // generated
  readonly device: Hex;
  readonly tags: readonly Hex[];
  readonly state: Session;
  readonly th: Hex; // hex32 of the transcript: the smaller wins a tie
  /** hex16 of the invite of ours whose secret its handshake proved, if any. */
  readonly invite?: Hex;
  /** Given up after an authenticated failure: nothing is sent on it any more. */
  readonly isBroken: boolean;
  readonly createdAtMs: number;
  readonly lastReceivedAtMs: number; // 0 = unanswered
};

/** Our current sender chain of a channel. */
export type OwnChainRow = {
  readonly c: number;
  readonly state: SenderChain;
  readonly startedAtMs: number;
  readonly sealedCount: number;
  /** Devices (hex16) that were handed this chain. */
  readonly holders: readonly Hex[];
  /** Those that have it, and are handed it once more all the same before something is sealed for them. */
  readonly lent?: readonly Hex[];
  /** Those that held the chain before it. */
  readonly before?: readonly Hex[];
  /** Of a group: what newcomers may read of the past, when the chain began. */
  readonly history?: HistoryPolicy;
};

/** A chain that a peer's device handed to us. `tags`: chain tag and live tag (hex16). */
export type PeerChainRow = {
  readonly n?: number; // generated
  readonly device: Hex;
  readonly account: Hex;
  readonly c: number;
  readonly tags: readonly Hex[];
  readonly state: PeerChain;
  readonly receivedAtMs: number;
};

export type PrekeyRow = {
  readonly id: Hex; // hex16
  /** Secret and public halves, see crypto/handshake/prekeys.ts. */
  readonly secrets: unknown;
  readonly createdAtMs: number;
};
