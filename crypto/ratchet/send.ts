/**
 * Sending in a session: a KEM step when it is our turn and due, then one step of the chain. Rules
 * [RA4] to [RA6] of docs/protocol/crypto.md.
 */
import { seal } from "../aead.ts";
import { assert } from "../base/assert.ts";
import { concat, wipe } from "../base/bytes.ts";
import type { Random } from "../base/random.ts";
import { encapsulate, makeKemKeyPair } from "../kem.ts";
import { sealHeader } from "./header.ts";
import { chainStep, rootStep, tagOf } from "./keys.ts";
import type { SendChain, Session } from "./session.ts";

/** An epoch is left for a new one, at our turn, after so many messages or so long. */
export const EPOCH_MESSAGES_MAX = 32;
export const EPOCH_MS_MAX = 86_400_000;

export type SendOptions = {
  readonly random: Random;
  readonly nowMs: number;
  /** Heal at once if it is our turn: after a removal, a revocation or a refresh. */
  readonly forceStep?: boolean;
};

/**
 * `message` is `id | rest`, ready for `envelopeOf`: the session's message, behind the handshake's
 * prefix until the other side answers. Store `session` before it leaves the device.
 */
export function encryptSession(
  session: Session,
  payload: Uint8Array,
  options: SendOptions,
): { readonly session: Session; readonly message: Uint8Array } {
  const stepped = isStepDue(session, options) ? openEpoch(session, options) : session;
  const { send } = stepped;
  assert(send !== null, "a session without a sending epoch is at our turn");
  const { chainKey, messageKey } = chainStep(send.chainKey);
  try {
    const { opening } = send;
    const kem = opening?.type === "kem" ? opening : null;
    const fields = { n: send.n, previousN: send.previousN, opening: kem };
    const head = sealHeader(send.headerKey, fields, options.random);
    const sealed = seal(messageKey, concat(stepped.ad, head), payload, options.random);
    const prefix = opening?.type === "handshake" ? opening.prefix : new Uint8Array(0);
    return {
      session: { ...stepped, send: { ...send, chainKey, n: send.n + 1 } },
      message: concat(prefix, head, sealed),
    };
  } finally {
    wipe(messageKey);
  }
}

/**
 * At our turn: always for the first answer, and for the first message after leaving epoch 0, whose
 * keys hang on prekeys that live for weeks.
 */
function isStepDue(session: Session, { nowMs, forceStep }: SendOptions): boolean {
  if (session.theirTurnDone === null) return false;
  const { send } = session;
  if (send === null || send.epoch === 0 || forceStep === true) return true;
  // A clock that was set back makes an epoch's age negative: then it counts as old.
  const ageMs = nowMs - send.startedAtMs;
  return send.n >= EPOCH_MESSAGES_MAX || ageMs > EPOCH_MS_MAX || ageMs < 0;
}

function openEpoch(session: Session, { random, nowMs }: SendOptions): Session {
  const turn = session.theirTurnDone;
  assert(turn !== null, "only at our turn");
  const kem = encapsulate(turn.theirKey, random);
  assert(kem.ok, "their ratchet key was checked when it came");
  const { ciphertext, sharedSecret } = kem.value;
  const { publicKey, secretKey } = makeKemKeyPair(random);
  const root = rootStep(session.rootKey, sharedSecret, ciphertext, publicKey);
  wipe(sharedSecret);
  const epoch = session.epoch + 1;
  const send: SendChain = {
    epoch,
    chainKey: root.chainKey,
    n: 0,
    previousN: session.send?.n ?? 0,
    headerKey: turn.headerKey,
    startedAtMs: nowMs,
    opening: { type: "kem", ciphertext, publicKey },
  };
  const headerKey = root.nextHeaderKey;
  return {
    ...session,
    rootKey: root.rootKey,
    epoch,
    send,
    theirTurnDone: null,
    ourTurnDone: { ourSecret: secretKey, headerKey, tag: tagOf(headerKey) },
  };
}
