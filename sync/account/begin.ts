/** The first rows of a device: who it is, its account as its own contact, and its two channels. */
import type { Random } from "../../crypto/base/random.ts";
import { certificateFactOf } from "../../crypto/identity/facts.ts";
import { openAccountChannel, openChannel } from "../channel/channels.ts";
import { PRESENCE_KEY_BYTES } from "../contact/contacts.ts";
import type { ContactRow, TableName } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { type Self, writeSelf } from "./self.ts";

export const BEGIN_TABLES: readonly TableName[] = ["meta", "channels", "contacts", "devices"];

/** What there is to say of an account of one device. */
export const firstFactsOf = ({ certificate }: Self): readonly Uint8Array[] => [
  certificateFactOf(certificate),
];

/** An account of one device. */
export const beginAccount = (tx: WriteTx, self: Self, random: Random): Promise<void> =>
  openAccount(tx, self, {
    facts: firstFactsOf(self),
    live: [self.device],
    presenceOut: random(PRESENCE_KEY_BYTES),
  });

/** What all devices of an account share. */
export type SharedRow = Pick<ContactRow, "facts" | "live" | "presenceOut">;

export async function openAccount(tx: WriteTx, self: Self, shared: SharedRow): Promise<void> {
  await writeSelf(tx, self);
  await tx.put("contacts", {
    account: self.account,
    accountKey: self.accountKey,
    name: self.name,
    state: "self",
    ...shared,
    presenceIn: null,
    token: "",
    addedAtMs: self.createdAtMs,
    lastSeenMs: 0,
  });
  await openChannel(tx, self, self.account);
  await openAccountChannel(tx, self);
}
