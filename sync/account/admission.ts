/**
 * What admits us to our home relay where not everybody may register: a voucher from a friend's invite,
 * or the operator's own invitation. Kept, because the relay may be away when we learn of it, or may
 * lose its store and ask again.
 */
import { fromBase64url } from "../../crypto/base/base64url.ts";
import type { Admission } from "../session/relay-http.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { ID_BYTES, idOf } from "../wire/ids.ts";

const ADMISSION = "admission";

type Kept = { readonly voucher?: Uint8Array; readonly inviteToken?: string };

export async function readAdmission(tx: ReadTx): Promise<Admission> {
  const { voucher, inviteToken } = ((await tx.get("meta", ADMISSION))?.v ?? {}) as Kept;
  return {
    ...(voucher === undefined ? {} : { voucher: idOf("Voucher", voucher) }),
    ...(inviteToken === undefined ? {} : { inviteToken }),
  };
}

export async function keepAdmission(tx: WriteTx, admission: Kept): Promise<void> {
  const held = ((await tx.get("meta", ADMISSION))?.v ?? {}) as Kept;
  await tx.put("meta", { k: ADMISSION, v: { ...held, ...admission } });
}

/**
 * Keeps a voucher that an invite brought, unless the relay has let us in already: what did that is not
 * given up for one that nobody has proven.
 */
export async function keepVoucher(
  tx: WriteTx,
  homeUrl: string,
  voucher: Uint8Array,
): Promise<void> {
  const isIn = (await tx.get("mailboxes", homeUrl))?.registered === true;
  if (!isIn) await keepAdmission(tx, { voucher });
}

/** Does it look like an operator's invitation, as the relay prints it? */
export function isInviteToken(text: string): boolean {
  const bytes = fromBase64url(text);
  return bytes.ok && bytes.value.length === ID_BYTES.Token;
}
