/** Whose device signs: a chain of certificates, each signed by the device of the next. */
import { equalBytes } from "../../crypto/base/bytes.ts";
import {
  decodeCertificate,
  type DeviceCertificate,
  verifyCertificate,
} from "../../crypto/identity/certificate.ts";

/** The first certificate, if each is signed by the device of the next and the last by the account. */
export function certifiedBy(
  accountKey: Uint8Array,
  chain: readonly Uint8Array[],
): DeviceCertificate | undefined {
  const decoded = chain.map((it) => decodeCertificate(it));
  const certificates = decoded.flatMap((it) => (it.ok ? [it.value] : []));
  if (certificates.length < chain.length) return undefined;
  const isChained = certificates.every((it, i) => {
    const issuer = certificates[i + 1];
    if (!equalBytes(it.accountKey, accountKey)) return false;
    const isIssued =
      it.issuer === null
        ? issuer === undefined
        : issuer !== undefined && equalBytes(it.issuer, issuer.device);
    return isIssued && verifyCertificate(it, issuer?.sigKey ?? accountKey);
  });
  return isChained ? certificates[0] : undefined;
}
