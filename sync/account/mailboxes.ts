/**
 * Our mailbox at the home relay, in the store: who owns it, whether the relay knows it, and what must
 * be told again when the relay has lost its store.
 */
import { toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import { mailboxIdOf } from "../../crypto/public/relay-ids.ts";
import { SIGN_SEED_BYTES, signKeyPairOf } from "../../crypto/sign.ts";
import type { MailboxOwner } from "../session/link.ts";
import type { MailboxRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { idOf, type RelayId } from "../wire/ids.ts";

/** Before the relay's id is known there is no mailbox id either. */
export const newMailbox = (url: string, random: Random): MailboxRow => ({
  url,
  relayId: new Uint8Array(0),
  seed: random(SIGN_SEED_BYTES),
  mailbox: "",
  storeInc: "",
  registered: false,
  prekeysAtMs: 0,
});

/** The row once it is known who answers at its address. */
export function atRelay(row: MailboxRow, relayId: Uint8Array): MailboxRow {
  const { publicKey } = signKeyPairOf(row.seed);
  return { ...row, relayId, mailbox: toHex(mailboxIdOf(publicKey, relayId)) };
}

export type HomeOwner = MailboxOwner & { readonly relayId: RelayId };

/** Undefined before the relay's id is known. */
export function ownerOf(row: MailboxRow): HomeOwner | undefined {
  if (row.mailbox === "") return undefined;
  const { publicKey } = signKeyPairOf(row.seed);
  return {
    seed: row.seed,
    publicKey: idOf("MailboxKey", publicKey),
    mailbox: idOf("MailboxId", mailboxIdOf(publicKey, row.relayId)),
    relayId: idOf("RelayId", row.relayId),
  };
}

/** The relay does not know us any more: everything it was told must be told again. Rule [UP2]. */
export async function forgetRegistration(tx: WriteTx, url: string): Promise<void> {
  const row = await tx.get("mailboxes", url);
  if (row === undefined) return;
  await tx.put("mailboxes", {
    ...row,
    registered: false,
    prekeysAtMs: 0,
    ...(row.moveToldAtMs !== undefined && { moveToldAtMs: 0 }),
    ...(row.pushToldAtMs !== undefined && { pushToldAtMs: 0 }),
  });
  for (const token of await tx.range("tokens", "primary", {})) {
    if (!token.registeredAt.includes(url)) continue;
    await tx.put("tokens", {
      ...token,
      registeredAt: token.registeredAt.filter((it) => it !== url),
    });
  }
  for (const invite of await tx.range("invites", "primary", {})) {
    if (invite.published) await tx.put("invites", { ...invite, published: false });
  }
}
