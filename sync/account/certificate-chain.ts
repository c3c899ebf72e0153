/** What shows strangers whose device we are: our certificate and those above it. */
import { assert } from "../../crypto/base/assert.ts";
import { equalBytes } from "../../crypto/base/bytes.ts";
import { decodeCertificate, type DeviceCertificate } from "../../crypto/identity/certificate.ts";
import { decodeFact } from "../../crypto/identity/facts.ts";
import { ownContact } from "../contact/contacts.ts";
import { CERTIFICATE_CHAIN_MAX } from "../entry/bodies.ts";
import type { ReadTx } from "../store/store.ts";
import type { Self } from "./self.ts";

/** Our certificate, that of the device which issued it, and so on up to the account key. */
export async function certificateChainOf(tx: ReadTx, self: Self): Promise<readonly Uint8Array[]> {
  const chain = [self.certificate];
  let issuer: Uint8Array | null = issuerOf(self.certificate);
  if (issuer === null) return chain;
  const { facts } = await ownContact(tx, self);
  const known = facts.flatMap((it) => {
    const fact = decodeFact(it);
    return fact.ok && fact.value.type === "device_cert" ? [fact.value.certificate] : [];
  });
  while (issuer !== null && chain.length < CERTIFICATE_CHAIN_MAX) {
    const of: Uint8Array = issuer;
    const next: DeviceCertificate | undefined = known.find((it) => equalBytes(it.device, of));
    assert(next !== undefined, "who certified us is in our facts");
    chain.push(next.bytes);
    issuer = next.issuer;
  }
  return chain;
}

function issuerOf(certificate: Uint8Array): Uint8Array | null {
  const decoded = decodeCertificate(certificate);
  assert(decoded.ok, "our own certificate");
  return decoded.value.issuer;
}
