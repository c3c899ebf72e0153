/**
 * A first message, opened under one of our prekeys with the secret of the invite whose token it came under, or
 * without. docs/protocol/sync.md, [CO10] and [CO14].
 */
import { toHex } from "../../crypto/base/hex.ts";
import { accept, type FirstFlight } from "../../crypto/handshake/handshake.ts";
import type { PrekeySecrets } from "../../crypto/handshake/prekeys.ts";
import { invitePskOf } from "../../crypto/invite/record.ts";
import { partyOf } from "../account/self.ts";
import { bytesOf } from "../channel/channels.ts";
import type { Hex, InviteRow } from "../store/rows.ts";
import type { ReadTx } from "../store/store.ts";
import type { OpenContext } from "./open-envelope.ts";

export type ArrivedFlight = {
  readonly prekeys: PrekeySecrets;
  readonly flight: FirstFlight;
  /** Of the token that it came under, as the relay says. */
  readonly label: Uint8Array;
};

/** `invite`: the one of ours whose secret the handshake proved. */
export type FlightOutcome = {
  readonly accepted: ReturnType<typeof accept>;
  readonly invite?: InviteRow;
};

/**
 * The relay wrote the label: it says which secret to try, the handshake whether it was known. Who used an invite
 * may have told their other devices where we are before we gave them a token of their own: those come under the
 * invite's as well, and know no secret.
 */
export async function acceptFlight(
  tx: ReadTx,
  { self, nowMs }: Pick<OpenContext, "self" | "nowMs">,
  { prekeys, flight, label }: ArrivedFlight,
): Promise<FlightOutcome> {
  const party = partyOf(self);
  const token = await tx.get("tokens", toHex(label));
  const invite = await inviteOf(tx, token?.invite ?? undefined);
  if (invite !== undefined) {
    const psk = invitePskOf(invite.secret, bytesOf(self.account));
    const accepted = accept(party, prekeys, psk, flight, nowMs);
    if (accepted.ok) return { accepted, invite };
  }
  return { accepted: accept(party, prekeys, null, flight, nowMs) };
}

export const inviteOf = async (tx: ReadTx, tag?: Hex): Promise<InviteRow | undefined> =>
  tag === undefined ? undefined : await tx.get("invites", tag);
