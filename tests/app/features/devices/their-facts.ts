/** What somebody's account says of its devices. */
import { accountKeysOf } from "../../../../crypto/identity/account.ts";
import { certifyDevice } from "../../../../crypto/identity/certificate.ts";
import { makeDevice } from "../../../../crypto/identity/device.ts";
import { certificateFactOf, revocationFactOf } from "../../../../crypto/identity/facts.ts";
import { encodeRevocation } from "../../../../crypto/identity/revocation.ts";
import { DAY } from "../../db/rows.ts";

export const HOUR_MS = 3_600_000;

/** Devices certified so long after DAY, in ms, and one revoked. Await `ready` of sodium.ts first. */
export function facts(addedMs: readonly number[], removedMs?: number): readonly Uint8Array[] {
  let n = 1;
  const random = (length: number): Uint8Array =>
    Uint8Array.from({ length }, () => {
      n = (n * 75 + 74) % 65_537;
      return n & 0xff;
    });
  const { publicKey: accountKey, secretKey } = accountKeysOf(random(32));
  const certificates = addedMs.map((ms) =>
    certificateFactOf(
      certifyDevice(
        {
          accountKey,
          issuer: null,
          device: makeDevice(random),
          capabilities: 1,
          createdAtMs: DAY + ms,
        },
        secretKey,
      ),
    ),
  );
  if (removedMs === undefined) return certificates;
  const revocation = encodeRevocation(
    { accountKey, device: random(16), issuer: null, atMs: DAY + removedMs, staying: [] },
    secretKey,
  );
  return [...certificates, revocationFactOf(revocation)];
}
