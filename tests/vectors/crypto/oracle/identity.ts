/** Oracle: accounts, devices, certificates, facts, cards, prekey bundles, invites. */
import { type Bytes, cat, edPublic, H, K, kemKeys, le, sign, text, xPublic } from "./primitives.ts";

export type OracleDevice = {
  readonly accountKey: Bytes;
  readonly account: Bytes;
  readonly id: Bytes;
  readonly sigSeed: Bytes;
  readonly sigKey: Bytes;
  readonly dhSecret: Bytes;
  readonly dhKey: Bytes;
  readonly certificate: Bytes;
};

/** An account's first device, from four secrets. */
export function device(
  recovery: Bytes,
  sigSeed: Bytes,
  dhSecret: Bytes,
  atMs: number,
): OracleDevice {
  const akSeed = K(32, recovery, "acct-key");
  const accountKey = edPublic(akSeed);
  const [sigKey, dhKey] = [edPublic(sigSeed), xPublic(dhSecret)];
  const said = cat(
    Uint8Array.of(1),
    accountKey,
    new Uint8Array(16),
    sigKey,
    dhKey,
    Uint8Array.of(1),
    le(atMs, 8),
  );
  return {
    accountKey,
    account: H(32, "acct", accountKey),
    id: H(16, "dev", sigKey, dhKey),
    sigSeed,
    sigKey,
    dhSecret,
    dhKey,
    certificate: cat(said, sign(akSeed, "cert", said), sign(sigSeed, "cert/self", said)),
  };
}

/** The parts of a certificate that a handshake binds. */
export function party(certificate: Bytes): {
  id: Bytes;
  sigKey: Bytes;
  dhKey: Bytes;
  all: Bytes[];
} {
  const account = H(32, "acct", certificate.slice(1, 33));
  const [sigKey, dhKey] = [certificate.slice(49, 81), certificate.slice(81, 113)];
  const id = H(16, "dev", sigKey, dhKey);
  return { id, sigKey, dhKey, all: [account, id, sigKey, dhKey] };
}

export function card(
  of: OracleDevice,
  counter: number,
  day: number,
  relays: readonly { url: string; relayId: Bytes; mailbox: Bytes; token: Bytes }[],
): Bytes {
  const said = cat(
    Uint8Array.of(1),
    of.id,
    le(counter, 8),
    le(day, 4),
    Uint8Array.of(1, relays.length),
    ...relays.flatMap((it) => [
      le(it.url.length, 2),
      text(it.url),
      it.relayId,
      it.mailbox,
      it.token,
    ]),
  );
  return cat(said, sign(of.sigSeed, "card", said));
}

export function bundle(
  of: OracleDevice,
  spkId: number,
  atMs: number,
  spkSecret: Bytes,
  xpkSeed: Bytes,
): { id: Bytes; bytes: Bytes } {
  const [spk, xpk] = [xPublic(spkSecret), kemKeys(xpkSeed).publicKey];
  const said = cat(Uint8Array.of(1), le(spkId, 4), spk, xpk, le(atMs, 8), of.certificate);
  return { id: H(16, "prekey", spk, xpk), bytes: cat(said, sign(of.sigSeed, "prekeys", said)) };
}

export const acctState = (facts: readonly Bytes[]): Bytes =>
  H(
    32,
    "acct-state",
    ...facts.map((it) => H(32, "fact", it)).toSorted((a, b) => Buffer.compare(a, b)),
  );

export function revocation(of: OracleDevice, out: Bytes, atMs: number, staying: Bytes[]): Bytes {
  const said = cat(
    Uint8Array.of(1),
    of.accountKey,
    out,
    of.id,
    le(atMs, 8),
    Uint8Array.of(staying.length),
    ...staying,
  );
  return cat(said, sign(of.sigSeed, "revoke", said));
}

export function recordPlain(
  of: OracleDevice,
  name: string,
  cards: Bytes[],
  voucher: Bytes,
  expiresAtS: number,
): Bytes {
  const sized = (it: Bytes): Bytes => cat(le(it.length, 2), it);
  const facts = [cat(Uint8Array.of(1), of.certificate)];
  return cat(
    Uint8Array.of(1),
    le(expiresAtS, 4),
    Uint8Array.of(voucher.length),
    voucher,
    of.accountKey,
    sized(text(name)),
    le(facts.length, 2),
    ...facts.map(sized),
    Uint8Array.of(cards.length),
    ...cards.map(sized),
  );
}
