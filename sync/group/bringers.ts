/**
 * Who puts us into groups: nobody into more of them than one looks through. What is not taken is remembered and
 * said, and asked for when the person has answered or left some of the others. docs/protocol/groups.md, [GP31].
 */
import type { Hex } from "../../crypto/base/hex.ts";
import type { Self } from "../account/self.ts";
import { logsOf } from "../channel/channels.ts";
import { maxKnown } from "../log/known.ts";
import type { ContactRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { hasLeft, rosterOf } from "./rosters.ts";
import { UNANSWERED_GROUPS_MAX } from "./rows.ts";

/** Groups of one contact that were not taken and are remembered. */
export const DECLINED_GROUPS_MAX = 8;
/** Groups that one contact put us into, and of which we are out again by others' will, without a word of ours. */
export const PUT_OUT_GROUPS_MAX = 128;

/** May this contact put us into one more? */
export async function mayBring(
  tx: ReadTx,
  { account }: Self,
  from: Pick<ContactRow, "account" | "state">,
): Promise<boolean> {
  if (from.state === "self") return true;
  let unanswered = 0;
  let putOut = 0;
  for (const { c, broughtBy, members } of await tx.range("rosters", "primary", {})) {
    if (broughtBy !== from.account) continue;
    const logs = await logsOf(tx, c);
    const hasWritten = logs.some((it) => it.account === account && maxKnown(it.known) > 1);
    if (hasWritten) continue;
    if (members.some((it) => it.account === account)) unanswered += 1;
    else if (!hasLeft(await rosterOf(tx, c), account)) putOut += 1;
  }
  return unanswered < UNANSWERED_GROUPS_MAX && putOut < PUT_OUT_GROUPS_MAX;
}

/** One more of theirs was not taken. */
export async function noteDeclined(tx: WriteTx, account: Hex, channel: Hex): Promise<void> {
  const contact = await tx.get("contacts", account);
  const declined = contact?.groupsDeclined ?? [];
  const isNoted = declined.includes(channel) || declined.length >= DECLINED_GROUPS_MAX;
  if (contact === undefined || isNoted) return;
  await tx.put("contacts", { ...contact, groupsDeclined: [...declined, channel] });
}

/** We are in it now, or there is no such group: nobody has to hear of it any more. */
export async function forgetDeclined(tx: WriteTx, account: Hex, channel: Hex): Promise<void> {
  const contact = await tx.get("contacts", account);
  if (contact?.groupsDeclined?.includes(channel) !== true) return;
  const left = contact.groupsDeclined.filter((it) => it !== channel);
  const { groupsDeclined: _, ...rest } = contact;
  await tx.put("contacts", left.length === 0 ? rest : { ...rest, groupsDeclined: left });
}

/** What was not taken and now would be, with who may be asked for it. */
export async function declinedWithRoom(
  tx: ReadTx,
  self: Self,
  contacts: readonly ContactRow[],
): Promise<readonly { readonly account: Hex; readonly channel: Hex }[]> {
  const found: { account: Hex; channel: Hex }[] = [];
  for (const contact of contacts) {
    const [channel] = contact.groupsDeclined ?? [];
    if (channel === undefined || contact.state !== "accepted") continue;
    if (await mayBring(tx, self, contact)) found.push({ account: contact.account, channel });
  }
  return found;
}
