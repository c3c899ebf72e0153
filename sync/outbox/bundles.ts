/** Prekey bundles: what a first message to a device is sealed under. crypto.md, Prekeys. */
import { equalBytes } from "../../crypto/base/bytes.ts";
import { decodePrekeyBundle, verifyPrekeyBundle } from "../../crypto/handshake/prekeys.ts";
import { decodeCertificate } from "../../crypto/identity/certificate.ts";
import { cardOf } from "../contact/contacts.ts";
import type { RelayHttp } from "../session/relay-http.ts";
import type { DeviceRow, Hex } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { idOf } from "../wire/ids.ts";
import { hurryFor } from "./resend.ts";

/** Verified against the device's certificate; undefined when it cannot be had now. */
export async function fetchBundle(
  httpOf: (url: string) => RelayHttp,
  device: Pick<DeviceRow, "certificate" | "card">,
): Promise<Uint8Array | undefined> {
  const certificate = decodeCertificate(device.certificate);
  if (!certificate.ok) return undefined;
  for (const relay of cardOf(device)?.relays ?? []) {
    const fetched = await httpOf(relay.url).fetchPrekeys(
      idOf("MailboxId", relay.mailbox),
      idOf("Token", relay.token),
    );
    const bundle = fetched.ok ? decodePrekeyBundle(fetched.value) : undefined;
    if (bundle?.ok === true && verifyPrekeyBundle(bundle.value, certificate.value)) {
      return bundle.value.bytes;
    }
  }
  return undefined;
}

/** What waited for the bundle is due now. One that was here already is not what anything waits for. */
export async function keepBundle(tx: WriteTx, id: Hex, prekeyBundle: Uint8Array): Promise<void> {
  const device = await tx.get("devices", id);
  const held = device?.prekeyBundle ?? null;
  if (device === undefined || (held !== null && equalBytes(held, prekeyBundle))) return;
  await tx.put("devices", { ...device, prekeyBundle });
  await hurryFor(tx, id);
}
