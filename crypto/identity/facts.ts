/**
 * Account facts: a set of signed statements that only grows. Siblings merge theirs by union, and
 * the list of an account's devices is a pure function of the set, whatever order it arrived in. A
 * revocation always wins.
 *
 * A certificate **stands** if AK issued it, or if a standing certificate with `link` belongs to its
 * issuer and every revocation of that issuer lists it as staying. A device is **live** if one of
 * its certificates stands and nobody revoked it. May revoke: AK, a device with `link`, and each
 * device itself; a revocation counts even when its issuer is revoked as well, so two devices that
 * revoke each other are both out, and AK decides by certifying new ones.
 *
 * Rules [FA1] to [FA9] of docs/protocol/crypto.md.
 */
import { compareBytes, concat, equalBytes } from "../base/bytes.ts";
import { toHex } from "../base/hex.ts";
import { err, ok, type Result } from "../base/result.ts";
import { hash32 } from "../public/hash.ts";
import {
  type CertificateError,
  decodeCertificate,
  type DeviceCertificate,
  mayLink,
  verifyCertificate,
} from "./certificate.ts";
import {
  decodeRevocation,
  type Revocation,
  type RevocationError,
  verifyRevocation,
} from "./revocation.ts";

/** Each costs two signatures to check. More than a person's devices can need in a lifetime. */
export const FACTS_MAX = 256;
export const FACT_BYTES_MAX = 2_048;
/** More than these, lowest ids first, are not served. */
export const DEVICES_PER_ACCOUNT_MAX = 10;

const DEVICE_CERT = 1;
const DEVICE_REVOKE = 2;

export type AccountFact =
  | { readonly type: "device_cert"; readonly certificate: DeviceCertificate }
  | { readonly type: "device_revoke"; readonly revocation: Revocation };

export type FactError =
  | CertificateError
  | RevocationError
  | { readonly type: "FactTypeUnknown"; readonly factType: number };
export type FactsError = { readonly type: "FactsTooMany"; readonly limit: number };

/** One type byte, then the statement. */
export const certificateFactOf = (certificate: Uint8Array): Uint8Array =>
  concat(Uint8Array.of(DEVICE_CERT), certificate);

export const revocationFactOf = (revocation: Uint8Array): Uint8Array =>
  concat(Uint8Array.of(DEVICE_REVOKE), revocation);

/** Does it say of a device that it is out? By its type alone: whether it holds is for `liveDevicesOf`. */
export const isRevocationFact = (fact: Uint8Array): boolean => fact[0] === DEVICE_REVOKE;

export const factIdOf = (fact: Uint8Array): Uint8Array => hash32("fact", fact);

export function decodeFact(bytes: Uint8Array): Result<AccountFact, FactError> {
  const factType = bytes[0] ?? 0;
  if (factType === DEVICE_CERT) {
    const certificate = decodeCertificate(bytes.subarray(1));
    return certificate.ok
      ? ok({ type: "device_cert", certificate: certificate.value })
      : certificate;
  }
  if (factType === DEVICE_REVOKE) {
    const revocation = decodeRevocation(bytes.subarray(1));
    return revocation.ok ? ok({ type: "device_revoke", revocation: revocation.value }) : revocation;
  }
  return err({ type: "FactTypeUnknown", factType });
}

/**
 * The union of what is held and what came, without what is not a valid statement about this
 * account, sorted by id. A statement whose issuer is not known yet is left out: it comes again with
 * the next union. Over `keptMax` what AK signed stays first, then revocations, then the rest by
 * id: a stolen device that floods the set cannot keep AK's revocation out.
 */
export function mergeFacts(
  accountKey: Uint8Array,
  held: readonly Uint8Array[],
  incoming: readonly Uint8Array[],
  keptMax = FACTS_MAX,
): Result<readonly Uint8Array[], FactsError> {
  const weighed = weighFacts(accountKey, held, incoming, keptMax);
  return weighed.ok ? ok(weighed.value.facts) : weighed;
}

/** What `mergeFacts` keeps, and the devices that are live by it, as `liveDevicesOf` says. */
export type WeighedFacts = {
  readonly facts: readonly Uint8Array[];
  readonly live: readonly DeviceCertificate[];
};

/** Both at once: each signature is checked once. */
export function weighFacts(
  accountKey: Uint8Array,
  held: readonly Uint8Array[],
  incoming: readonly Uint8Array[],
  keptMax = FACTS_MAX,
): Result<WeighedFacts, FactsError> {
  if (incoming.length > FACTS_MAX) return err({ type: "FactsTooMany", limit: FACTS_MAX });
  const valid = validFacts(accountKey, [...held, ...incoming]);
  const kept = valid.toSorted((a, b) => rankOf(a) - rankOf(b)).slice(0, keptMax);
  const facts = kept.toSorted((a, b) => compareBytes(a.id, b.id)).map((it) => it.bytes);
  // What rests on a fact that found no room rests on nothing.
  const isWhole = kept.length === valid.length && facts.length <= FACTS_MAX;
  return ok({ facts, live: isWhole ? liveAmong(valid) : liveDevicesOf(accountKey, facts) });
}

/** What an account's contacts compare to find a hidden revocation. 32 bytes, order-independent. */
export const acctStateOf = (facts: readonly Uint8Array[]): Uint8Array =>
  hash32("acct-state", ...[...new Map(facts.map(byId)).values()].toSorted(compareBytes));

/**
 * The devices to encrypt to and to believe, sorted by id, one certificate each (the newest that
 * stands). Facts that are malformed, forged or about another account count for nothing.
 */
export function liveDevicesOf(
  accountKey: Uint8Array,
  facts: readonly Uint8Array[],
): readonly DeviceCertificate[] {
  return liveAmong(validFacts(accountKey, facts.slice(0, FACTS_MAX)));
}

function liveAmong(valid: readonly ValidFact[]): readonly DeviceCertificate[] {
  const revocations = valid.flatMap((it) => (it.revocation === null ? [] : [it.revocation]));
  const certificates = valid.flatMap(({ certificate, id }) => {
    return certificate === null ? [] : [{ id, certificate }];
  });
  const live = new Map<string, DeviceCertificate>();
  for (const { certificate } of standing(certificates, revocations)) {
    const device = toHex(certificate.device);
    const other = live.get(device);
    if (revocations.some((it) => equalBytes(it.device, certificate.device))) continue;
    if (other === undefined || isNewer(certificate, other)) live.set(device, certificate);
  }
  return [...live.values()]
    .toSorted((a, b) => compareBytes(a.device, b.device))
    .slice(0, DEVICES_PER_ACCOUNT_MAX);
}

type ValidFact = {
  readonly bytes: Uint8Array;
  readonly id: Uint8Array;
  readonly certificate: DeviceCertificate | null;
  readonly revocation: Revocation | null;
};
type CertificateFact = { readonly id: Uint8Array; readonly certificate: DeviceCertificate };

/** What goes first when there are too many. Sorting is stable: equal ranks stay in order of id. */
function rankOf({ certificate, revocation }: ValidFact): number {
  if ((certificate ?? revocation)?.issuer === null) return 0;
  return revocation === null ? 2 : 1;
}

const byId = (fact: Uint8Array): [string, Uint8Array] => {
  const id = factIdOf(fact);
  return [toHex(id), id];
};

/** Every statement of this account that is signed by one who might make it, sorted by id. */
function validFacts(accountKey: Uint8Array, facts: readonly Uint8Array[]): readonly ValidFact[] {
  const certificates = new Map<string, ValidFact & { certificate: DeviceCertificate }>();
  const revocations = new Map<string, ValidFact & { revocation: Revocation }>();
  for (const bytes of facts) {
    if (bytes.length > FACT_BYTES_MAX) continue;
    const fact = decodeFact(bytes);
    if (!fact.ok) continue;
    const [key, id] = byId(bytes);
    if (fact.value.type === "device_cert") {
      const { certificate } = fact.value;
      if (!equalBytes(certificate.accountKey, accountKey)) continue;
      certificates.set(key, { bytes, id, certificate, revocation: null });
    } else {
      const { revocation } = fact.value;
      if (!equalBytes(revocation.accountKey, accountKey)) continue;
      revocations.set(key, { bytes, id, certificate: null, revocation });
    }
  }
  const chained = chainedTo(accountKey, [...certificates.values()]);
  const keyOf = new Map(chained.map((it) => [toHex(it.certificate.device), it.certificate.sigKey]));
  const linking = new Set(
    chained.filter((it) => mayLink(it.certificate)).map((it) => toHex(it.certificate.device)),
  );
  const valid = [...revocations.values()].filter(({ revocation }) => {
    if (revocation.issuer === null) return verifyRevocation(revocation, accountKey);
    const issuer = toHex(revocation.issuer);
    const key = keyOf.get(issuer);
    const may = linking.has(issuer) || equalBytes(revocation.issuer, revocation.device);
    return key !== undefined && may && verifyRevocation(revocation, key);
  });
  return [...chained, ...valid].toSorted((a, b) => compareBytes(a.id, b.id));
}

/** Certificates whose signatures lead to AK, revocations left aside. Each is checked once. */
function chainedTo<Fact extends CertificateFact>(
  accountKey: Uint8Array,
  candidates: readonly Fact[],
): readonly Fact[] {
  const issuers = new Map<string, Uint8Array>([["", accountKey]]);
  const chained: Fact[] = [];
  let waiting = candidates;
  for (;;) {
    const ready = waiting.filter((it) => issuers.has(issuerOf(it.certificate)));
    if (ready.length === 0) return chained;
    waiting = waiting.filter((it) => !ready.includes(it));
    for (const fact of ready) {
      const key = issuers.get(issuerOf(fact.certificate));
      if (key === undefined || !verifyCertificate(fact.certificate, key)) continue;
      chained.push(fact);
      if (mayLink(fact.certificate)) {
        issuers.set(toHex(fact.certificate.device), fact.certificate.sigKey);
      }
    }
  }
}

/** Of chained certificates those that no revocation of an issuer made void. */
function standing(
  chained: readonly CertificateFact[],
  revocations: readonly Revocation[],
): readonly CertificateFact[] {
  const linking = new Set<string>([""]);
  const result: CertificateFact[] = [];
  let waiting = chained.filter(({ id, certificate }) => {
    const { issuer } = certificate;
    if (issuer === null) return true;
    return revocations
      .filter((it) => equalBytes(it.device, issuer))
      .every((it) => it.staying.some((kept) => equalBytes(kept, id)));
  });
  for (;;) {
    const ready = waiting.filter((it) => linking.has(issuerOf(it.certificate)));
    if (ready.length === 0) return result;
    waiting = waiting.filter((it) => !ready.includes(it));
    for (const fact of ready) {
      result.push(fact);
      if (mayLink(fact.certificate)) linking.add(toHex(fact.certificate.device));
    }
  }
}

const issuerOf = (certificate: DeviceCertificate): string =>
  certificate.issuer === null ? "" : toHex(certificate.issuer);

/** Among certificates of one device; equal times are settled by the bytes, alike everywhere. */
function isNewer(a: DeviceCertificate, b: DeviceCertificate): boolean {
  if (a.createdAtMs !== b.createdAtMs) return a.createdAtMs > b.createdAtMs;
  return compareBytes(a.bytes, b.bytes) > 0;
}
