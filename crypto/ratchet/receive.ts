/**
 * Receiving in a session. A message names its epoch by a tag, so nothing is tried out: a known tag
 * leads to its chain, the tag of the epoch that is expected next leads to a KEM step, any other is
 * refused. Rules [RA7] to [RA13] of docs/protocol/crypto.md.
 */
import { open } from "../aead.ts";
import { concat, equalBytes, wipe } from "../base/bytes.ts";
import { err, ok, type Result } from "../base/result.ts";
import { decapsulate, isKemPublicKey } from "../kem.ts";
import { OPEN_FAILED, type OpenFailed } from "../xchacha.ts";
import { type Header, openHeader, splitMessage, type SplitMessage } from "./header.ts";
import { chainStep, rootStep } from "./keys.ts";
import {
  type ReceiveChain,
  type Session,
  SESSION_EPOCHS_MAX,
  SESSION_SKIPPED_MAX,
} from "./session.ts";
import { findSkipped, skipTo } from "./skipped.ts";

/**
 * `AlreadyOpened` and `SkippedTooMany` come from an authentic header: a repeated message, or one
 * whose key was given up; a gap too wide, which only a new session mends.
 */
export type SessionError =
  | OpenFailed
  | { readonly type: "AlreadyOpened"; readonly epoch: number; readonly n: number }
  | { readonly type: "SkippedTooMany"; readonly steps: number; readonly limit: number };

/** `payload` is the caller's own. Store `session` together with what the payload brought. */
export type Opened = {
  readonly session: Session;
  readonly payload: Uint8Array;
  /** The other side went on to a new epoch: `tagsOf` changed. */
  readonly epochOpened: boolean;
};

/** `message` is `tag | rest`, without suite and prefix. After an error the given session holds. */
export function decryptSession(
  session: Session,
  message: Uint8Array,
): Result<Opened, SessionError> {
  const split = splitMessage(message);
  if (!split.ok) return split;
  const known = session.receive.find((chain) => equalBytes(chain.tag, split.value.tag));
  return known === undefined
    ? openNextEpoch(session, split.value)
    : openKnownEpoch(session, known, split.value);
}

function openKnownEpoch(
  session: Session,
  chain: ReceiveChain,
  split: SplitMessage,
): Result<Opened, SessionError> {
  const header = openHeader(chain.headerKey, split);
  if (!header.ok) return header;
  const opened = openInChain(chain, header.value, session.ad, split);
  if (!opened.ok) return opened;
  const receive = session.receive.map((it) => (it === chain ? opened.value.chain : it));
  return ok({
    session: { ...session, receive: bounded(receive), send: acknowledged(session, chain.epoch) },
    payload: opened.value.payload,
    epochOpened: false,
  });
}

function openNextEpoch(session: Session, split: SplitMessage): Result<Opened, SessionError> {
  const turn = session.ourTurnDone;
  if (turn === null || !equalBytes(turn.tag, split.tag)) return err(OPEN_FAILED);
  const header = openHeader(turn.headerKey, split);
  if (!header.ok) return header;
  const { opening, previousN } = header.value;
  if (opening === null || !isKemPublicKey(opening.publicKey)) return err(OPEN_FAILED);
  const secret = decapsulate(opening.ciphertext, turn.ourSecret);
  if (!secret.ok) return err(OPEN_FAILED);
  const root = rootStep(session.rootKey, secret.value, opening.ciphertext, opening.publicKey);
  wipe(secret.value);

  const epoch = session.epoch + 1;
  const fresh: ReceiveChain = {
    epoch,
    chainKey: root.chainKey,
    n: 0,
    headerKey: turn.headerKey,
    tag: turn.tag,
    skipped: [],
  };
  const opened = openInChain(fresh, header.value, session.ad, split);
  if (!opened.ok) return opened;
  const earlier = session.receive.map((chain) => closed(chain, previousN));
  return ok({
    session: {
      ...session,
      rootKey: root.rootKey,
      epoch,
      receive: bounded([...earlier, opened.value.chain]),
      send: acknowledged(session, epoch),
      theirTurnDone: { theirKey: opening.publicKey, headerKey: root.nextHeaderKey },
      ourTurnDone: null,
    },
    payload: opened.value.payload,
    epochOpened: true,
  });
}

function openInChain(
  chain: ReceiveChain,
  header: Header,
  ad: Uint8Array,
  split: SplitMessage,
): Result<{ readonly chain: ReceiveChain; readonly payload: Uint8Array }, SessionError> {
  const context = concat(ad, split.head);
  if (header.n < chain.n || chain.chainKey === null) {
    const key = findSkipped(chain.skipped, header.n);
    if (key === undefined) {
      return err({ type: "AlreadyOpened", epoch: chain.epoch, n: header.n });
    }
    const payload = open(key, context, split.sealed);
    if (!payload.ok) return payload;
    const skipped = chain.skipped.filter((it) => it.n !== header.n);
    return ok({ chain: { ...chain, skipped }, payload: payload.value });
  }
  const steps = header.n - chain.n;
  if (steps > SESSION_SKIPPED_MAX) {
    return err({ type: "SkippedTooMany", steps, limit: SESSION_SKIPPED_MAX });
  }
  const gap = skipTo(chain.chainKey, chain.n, header.n, SESSION_SKIPPED_MAX);
  const { chainKey, messageKey } = chainStep(gap.chainKey);
  const payload = open(messageKey, context, split.sealed);
  wipe(messageKey);
  if (steps > 0) wipe(gap.chainKey);
  if (!payload.ok) return payload;
  const skipped = [...chain.skipped, ...gap.skipped];
  return ok({ chain: { ...chain, chainKey, n: header.n + 1, skipped }, payload: payload.value });
}

/**
 * The sender left this epoch after `end` messages: keys of those that did not come are kept, the
 * chain key is given up. An epoch whose end lies out of reach keeps what it has.
 */
function closed(chain: ReceiveChain, end: number): ReceiveChain {
  if (chain.chainKey === null) return chain;
  const missing = end - chain.n;
  if (missing <= 0 || missing > SESSION_SKIPPED_MAX) return { ...chain, chainKey: null };
  const gap = skipTo(chain.chainKey, chain.n, end, SESSION_SKIPPED_MAX);
  wipe(gap.chainKey);
  return { ...chain, chainKey: null, n: end, skipped: [...chain.skipped, ...gap.skipped] };
}

/** The newest epochs, and over all of them the newest skipped keys. */
function bounded(receive: readonly ReceiveChain[]): readonly ReceiveChain[] {
  let room = SESSION_SKIPPED_MAX;
  const kept: ReceiveChain[] = [];
  for (const chain of receive.slice(-SESSION_EPOCHS_MAX).toReversed()) {
    const skipped = chain.skipped.slice(Math.max(0, chain.skipped.length - room));
    room -= skipped.length;
    kept.push(skipped.length === chain.skipped.length ? chain : { ...chain, skipped });
  }
  return kept.toReversed();
}

/** A message of a later epoch than ours proves that ours arrived. */
function acknowledged(session: Session, epoch: number): Session["send"] {
  const { send } = session;
  return send === null || send.opening === null || epoch < send.epoch
    ? send
    : { ...send, opening: null };
}
