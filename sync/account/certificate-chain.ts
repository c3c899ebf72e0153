/** What shows strangers whose device one is: its certificate and those above it. */
import { assert } from "../../crypto/base/assert.ts";
import { equalBytes } from "../../crypto/base/bytes.ts";
import { toHex } from "../../crypto/base/hex.ts";
import { decodeCertificate } from "../../crypto/identity/certificate.ts";
import { decodeFact } from "../../crypto/identity/facts.ts";
import { ownContact } from "../contact/contacts.ts";
import { CERTIFICATE_CHAIN_MAX } from "../entry/bodies.ts";
import type { ReadTx } from "../store/store.ts";
import type { Self } from "./self.ts";

/**
 * Our certificate, that of the device which issued it, and so on up to the account key. Alone where our facts do not
 * lead there, by whatever other devices told of the account: nobody could check it.
 */
export async function certificateChainOf(tx: ReadTx, self: Self): Promise<readonly Uint8Array[]> {
  const issuer = issuerOf(self.certificate);
  if (issuer === null) return [self.certificate];
  const { facts } = await ownContact(tx, self);
  const above = chainIn(facts, issuer) ?? [];
  return [self.certificate, ...above].slice(0, CERTIFICATE_CHAIN_MAX);
}

/**
 * The same of any device of an account, by its facts, and the shortest: devices may certify each other in a circle.
 * Undefined: they do not lead to the account key.
 */
export function chainIn(
  facts: readonly Uint8Array[],
  device: Uint8Array,
): readonly Uint8Array[] | undefined {
  const known = facts.flatMap((it) => {
    const fact = decodeFact(it);
    return fact.ok && fact.value.type === "device_cert" ? [fact.value.certificate] : [];
  });
  const seen = new Set([toHex(device)]);
  let ways: readonly Way[] = [{ of: device, chain: [] }];
  for (let length = 1; length <= CERTIFICATE_CHAIN_MAX && ways.length > 0; length += 1) {
    const longer: Way[] = [];
    for (const { of, chain } of ways) {
      for (const { bytes, issuer } of known.filter((it) => equalBytes(it.device, of))) {
        if (issuer === null) return [...chain, bytes];
        if (seen.has(toHex(issuer))) continue;
        seen.add(toHex(issuer));
        longer.push({ of: issuer, chain: [...chain, bytes] });
      }
    }
    ways = longer;
  }
  return undefined;
}

/** `of`: whose certificate comes next. */
type Way = { readonly of: Uint8Array; readonly chain: readonly Uint8Array[] };

function issuerOf(certificate: Uint8Array): Uint8Array | null {
  const decoded = decodeCertificate(certificate);
  assert(decoded.ok, "our own certificate");
  return decoded.value.issuer;
}
