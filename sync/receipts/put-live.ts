/** Putting a live frame that lasts: a cursor, a digest. At the first of a device's relays that takes it. */
import { envelopeIdOf } from "../../crypto/public/relay-ids.ts";
import { cardOf } from "../contact/contacts.ts";
import type { LinkTo } from "../session/pool.ts";
import type { DeviceRow } from "../store/rows.ts";
import { idOf } from "../wire/ids.ts";
import { SLOT_TTL_MS_MAX } from "../wire/limits.ts";

/** `slot`: the relay keeps the newest of those with this one; null: it replaces nothing. */
export type LiveFrame = { readonly body: Uint8Array; readonly slot: Uint8Array | null };

/** `away`: no way out now. `refused`: a relay said no. */
export type Outcome = "stored" | "away" | "refused";

export async function putLive(
  linkTo: LinkTo,
  { body, slot }: LiveFrame,
  device: DeviceRow,
): Promise<Outcome> {
  let outcome: Outcome = "away";
  for (const relay of cardOf(device)?.relays ?? []) {
    const link = linkTo(relay.url, idOf("RelayId", relay.relayId), device.account);
    const answer = await link?.put({
      envelope: idOf("EnvelopeId", envelopeIdOf(body)),
      isEphemeral: false,
      isUrgent: false,
      slot: slot === null ? null : idOf("SlotId", slot),
      ttlSeconds: SLOT_TTL_MS_MAX / 1_000,
      targets: [{ mailbox: idOf("MailboxId", relay.mailbox), token: idOf("Token", relay.token) }],
      body,
    });
    const status = answer?.ok === true ? answer.value[0]?.status : undefined;
    if (status === "stored" || status === "duplicate") return "stored";
    if (status !== undefined && status !== "busy") outcome = "refused";
  }
  return outcome;
}
