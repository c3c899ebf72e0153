/** Prekey bundles: what a first message to a device is sealed under. crypto.md, Prekeys. */
import { equalBytes } from "../../crypto/base/bytes.ts";
import type { Hex } from "../../crypto/base/hex.ts";
import { decodePrekeyBundle, verifyPrekeyBundle } from "../../crypto/handshake/prekeys.ts";
import { decodeCertificate } from "../../crypto/identity/certificate.ts";
import { cardOf, isStranger } from "../contact/contacts.ts";
import type { Knocks } from "../session/knocks.ts";
import type { RelayHttp } from "../session/relay-http.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { Store, WriteTx } from "../store/store.ts";
import { idOf } from "../wire/ids.ts";
import { hurryFor } from "./resend.ts";

export type BundleDeps = {
  readonly store: Store;
  readonly httpOf: (url: string) => RelayHttp;
  readonly knocks: Knocks;
};

/** The same of a device that we know. Of a stranger's relays not all are asked: rule [SE30]. */
export async function bundleOf(deps: BundleDeps, id: Hex): Promise<Uint8Array | undefined> {
  const { store, httpOf, knocks } = deps;
  const known = await store.read(["devices", "contacts"], async (tx) => {
    const device = await tx.get("devices", id);
    return device && { device, isStrange: await isStranger(tx, device.account) };
  });
  if (known === undefined) return undefined;
  const { device, isStrange } = known;
  return fetchBundle(httpOf, device, {
    mayAsk: (url) => !isStrange || knocks.mayKnock(url),
    answered: knocks.answered,
  });
}

type Asking = {
  readonly mayAsk: (url: string) => boolean;
  readonly answered: (url: string) => void;
};
const ANYBODY: Asking = { mayAsk: () => true, answered: () => undefined };

/** Verified against the device's certificate; undefined when it cannot be had now. */
export async function fetchBundle(
  httpOf: (url: string) => RelayHttp,
  device: Pick<DeviceRow, "certificate" | "card">,
  { mayAsk, answered }: Asking = ANYBODY,
): Promise<Uint8Array | undefined> {
  const certificate = decodeCertificate(device.certificate);
  if (!certificate.ok) return undefined;
  for (const relay of cardOf(device)?.relays ?? []) {
    if (!mayAsk(relay.url)) continue;
    const fetched = await httpOf(relay.url).fetchPrekeys(
      idOf("MailboxId", relay.mailbox),
      idOf("Token", relay.token),
    );
    const bundle = fetched.ok ? decodePrekeyBundle(fetched.value) : undefined;
    if (bundle?.ok === true && verifyPrekeyBundle(bundle.value, certificate.value)) {
      answered(relay.url);
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
