/**
 * A first message, opened under one of our prekeys with the secret of the invite whose token it came under, or
 * without. Who knew us before, from a group, may hold a newer card than the invite's, and write under its token: then
 * the secrets of our other invites are tried. docs/protocol/sync.md, [CO10], [CO14] and [CO15].
 */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { acceptAny, type FirstFlight } from "../../crypto/handshake/handshake.ts";
import type { PrekeySecrets } from "../../crypto/handshake/prekeys.ts";
import { invitePskOf } from "../../crypto/invite/record.ts";
import { partyOf } from "../account/self.ts";
import { bytesOf } from "../channel/channels.ts";
import type { InviteRow } from "../store/rows.ts";
import type { ReadTx } from "../store/store.ts";
import type { OpenContext } from "./open-context.ts";

export type ArrivedFlight = {
  readonly prekeys: PrekeySecrets;
  readonly flight: FirstFlight;
  /** Of the token that it came under, as the relay says. */
  readonly label: Uint8Array;
};

/** `invite`: the one of ours whose secret the handshake proved. */
export type FlightOutcome = {
  readonly accepted: ReturnType<typeof acceptAny>;
  readonly invite?: InviteRow;
};

/** Of invites whose token it did not come under so many are tried, the newest: each costs some hashes. */
export const OTHER_INVITES_MAX = 256;

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
  const pskOf = ({ secret }: InviteRow): Uint8Array => invitePskOf(secret, bytesOf(self.account));
  const tryAll = (invites: readonly (InviteRow | undefined)[]): FlightOutcome => {
    const psks = invites.map((it) => (it === undefined ? null : pskOf(it)));
    const accepted = acceptAny(party, prekeys, psks, flight, nowMs);
    const invite = accepted.ok ? invites[accepted.value.at] : undefined;
    return { accepted, ...(invite !== undefined && { invite }) };
  };
  const token = await tx.get("tokens", toHex(label));
  const named = await inviteOf(tx, token?.invite ?? undefined);
  const likely = tryAll(named === undefined ? [undefined] : [named, undefined]);
  return likely.accepted.ok ? likely : tryAll(await otherInvites(tx, named));
}

/** That nobody withdrew, the newest first. */
async function otherInvites(tx: ReadTx, but?: InviteRow): Promise<readonly InviteRow[]> {
  const all = await tx.range("invites", "primary", {});
  return all
    .filter((it) => it.isWithdrawn !== true && it.tag !== but?.tag)
    .toSorted((a, b) => b.createdAtMs - a.createdAtMs)
    .slice(0, OTHER_INVITES_MAX);
}

export const inviteOf = async (tx: ReadTx, tag?: Hex): Promise<InviteRow | undefined> =>
  tag === undefined ? undefined : await tx.get("invites", tag);
