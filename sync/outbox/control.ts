/**
 * Control messages: what goes to one device over its pairwise session. Sealed when written, because
 * each costs a ratchet step that must not be taken twice; kept in the outbox as ciphertext.
 */
import { toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import { envelopeOf } from "../../crypto/envelope.ts";
import { envelopeIdOf } from "../../crypto/public/relay-ids.ts";
import { encryptSession } from "../../crypto/ratchet/send.ts";
import type { Self } from "../account/self.ts";
import { beginSession, putSession, sessionWith } from "../contact/sessions.ts";
import { encodeSession } from "../payload/payload.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { pendingTargets } from "./targets.ts";

export type ControlInput = {
  readonly self: Self;
  readonly device: DeviceRow;
  /** As `encodePayload` makes them. */
  readonly payloads: readonly Uint8Array[];
  /** The first own entry that cannot be opened without this message; null: nothing waits for it. */
  readonly before: { readonly c: number; readonly a: number; readonly s: number } | null;
  /** Pre-shared key of an invite, for the first message to a device. */
  readonly psk: Uint8Array | null;
  readonly nowMs: number;
  readonly random: Random;
};

/** False when there is neither a session nor a prekey bundle to open one with. */
export async function sendControl(tx: WriteTx, input: ControlInput): Promise<boolean> {
  const { device, nowMs, random } = input;
  const session =
    (await sessionWith(tx, device, nowMs)) ??
    beginSession(input.self, device, input.psk, nowMs, random);
  if (session === undefined) return false;
  const sealed = encryptSession(session.state, encodeSession(input.payloads), { random, nowMs });
  const body = envelopeOf(sealed.message);
  await putSession(tx, { ...session, state: sealed.session });
  const { c, a, s } = input.before ?? { c: 0, a: 0, s: 0 };
  await tx.put("outbox", {
    what: "control",
    flightTo: session.lastReceivedAtMs === 0 ? device.device : "",
    c,
    a,
    s,
    env: toHex(envelopeIdOf(body)),
    body,
    sealedAtMs: nowMs,
    targets: pendingTargets([device.device]),
    waiting: 1,
    attempts: 0,
    nextAtMs: 0,
    isRefused: false,
    createdAtMs: nowMs,
  });
  return true;
}
