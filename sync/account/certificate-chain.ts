/** What shows strangers whose device one is: its certificate and those above it. */
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
  const issuer = issuerOf(self.certificate);
  if (issuer === null) return [self.certificate];
  const { facts } = await ownContact(tx, self);
  const above = chainIn(facts, issuer);
  assert(above !== undefined, "who certified us is in our facts");
  return [self.certificate, ...above].slice(0, CERTIFICATE_CHAIN_MAX);
}

/** The same of any device of an account, by its facts. Undefined: they do not lead to the account key. */
export function chainIn(
  facts: readonly Uint8Array[],
  device: Uint8Array,
): readonly Uint8Array[] | undefined {
  const known = facts.flatMap((it) => {
    const fact = decodeFact(it);
    return fact.ok && fact.value.type === "device_cert" ? [fact.value.certificate] : [];
  });
  const chain: Uint8Array[] = [];
  let next: Uint8Array | null = device;
  while (next !== null && chain.length < CERTIFICATE_CHAIN_MAX) {
    const of: Uint8Array = next;
    const found: DeviceCertificate | undefined = known.find((it) => equalBytes(it.device, of));
    if (found === undefined) return undefined;
    chain.push(found.bytes);
    next = found.issuer;
  }
  return next === null ? chain : undefined;
}

function issuerOf(certificate: Uint8Array): Uint8Array | null {
  const decoded = decodeCertificate(certificate);
  assert(decoded.ok, "our own certificate");
  return decoded.value.issuer;
}
