/**
 * The person's word about somebody: accepted or blocked. Who is blocked is told nothing: their token is
 * revoked at our relays, what waits for them is dropped, and so is what still comes from them.
 * docs/protocol/sync.md, rules [CO6] and [CO7].
 */
import { noteContact } from "../account/address-book.ts";
import { openChannel } from "../channel/channels.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { ContactRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { answer } from "./meet.ts";
import { sever } from "./sever.ts";

/** Answers a request, or takes back a block. Of others there is nothing to accept. */
export async function acceptContact(
  tx: WriteTx,
  context: OpenContext,
  contact: ContactRow,
): Promise<void> {
  if (contact.state !== "request" && contact.state !== "blocked") return;
  const { self, effects } = context;
  const accepted: ContactRow = { ...contact, state: "accepted" };
  await tx.put("contacts", accepted);
  await noteContact(tx, context, contact.account);
  await answer(tx, context, accepted);
  const channel = await openChannel(tx, self, contact.account);
  // What we hold and have read of theirs was kept from them until now.
  await tx.put("channels", { ...channel, receipts: channel.receipts + 1 });
  effects.receipt(channel.c);
  effects.contacts();
  effects.wake();
}

export async function blockContact(
  tx: WriteTx,
  context: OpenContext,
  contact: ContactRow,
): Promise<void> {
  await tx.put("contacts", { ...contact, state: "blocked" });
  await noteContact(tx, context, contact.account);
  await sever(tx, context.effects, contact);
}
