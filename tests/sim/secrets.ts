/** What of a device's rows is secret: registered as it is committed, and never to be seen outside. */
import { unreachable } from "../../crypto/base/assert.ts";
import type { PrekeySecrets } from "../../crypto/handshake/prekeys.ts";
import type { Session } from "../../crypto/ratchet/session.ts";
import type { Self } from "../../sync/account/self.ts";
import type { Change } from "./device-store.ts";

type Secret = readonly [name: string, bytes: Uint8Array];

const SEED_BYTES = 32;

export function secretsOf({ table, row }: Change): readonly Secret[] {
  if (row === undefined) return [];
  switch (table) {
    case "meta":
      return row.k === "self" ? secretsOfSelf(row.v as Self) : [];
    case "mailboxes":
      return [["mailbox seed", row.seed]];
    case "invites":
      return [["invite secret", row.secret]];
    case "contacts":
      return [
        ["presence key", row.presenceOut],
        ...(row.presenceIn === null ? [] : [["presence key", row.presenceIn] as const]),
      ];
    case "sessions":
      return secretsOfSession(row.state);
    case "ownChains":
    case "peerChains":
      return [
        ["chain key", row.state.chainKey],
        ["header key", row.state.headerKey],
        ["live key", row.state.liveKey],
      ];
    case "prekeys": {
      const { spkSecret, xpkSecret } = row.secrets as PrekeySecrets;
      return [
        ["prekey", spkSecret],
        ["KEM prekey", xpkSecret],
      ];
    }
    case "aggregates":
    case "channels":
    case "chatMarks":
    case "cursors":
    case "devices":
    case "entries":
    case "expiry":
    case "forks":
    case "healed":
    case "held":
    case "logs":
    case "media":
    case "outbox":
    case "rosterOps":
    case "rosters":
    case "seen":
    case "tokens":
    case "ydocs":
    case "yups":
      // A write token goes to the relay: it keeps the hash alone.
      return [];
    default:
      return unreachable(table);
  }
}

const secretsOfSelf = ({ keys, recoverySecret, capsule }: Self): readonly Secret[] => [
  ...(recoverySecret === null ? [] : [["recovery secret", recoverySecret] as const]),
  ...(capsule === undefined ? [] : [["capsule write key", capsule.writeKey] as const]),
  // The other half of libsodium's secret key is the public key.
  ["signing key", keys.sigSecret.subarray(0, SEED_BYTES)],
  ["agreement key", keys.dhSecret],
];

const secretsOfSession = (session: Session): readonly Secret[] => [
  ["root key", session.rootKey],
  ...(session.send === null ? [] : [["session chain key", session.send.chainKey] as const]),
  ...session.receive.flatMap(({ chainKey }): readonly Secret[] =>
    chainKey === null ? [] : [["session chain key", chainKey]],
  ),
  ...(session.ourTurnDone === null
    ? []
    : [["KEM ratchet key", session.ourTurnDone.ourSecret] as const]),
];
