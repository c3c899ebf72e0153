/**
 * Who this device is: the account it belongs to, its own keys, and what it says of itself. Made once,
 * without any network (docs/protocol/crypto.md, Identity).
 */
import { assert } from "../../crypto/base/assert.ts";
import { wipe } from "../../crypto/base/bytes.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import type { Self as Party } from "../../crypto/handshake/handshake.ts";
import { accountIdOf, accountKeysOf } from "../../crypto/identity/account.ts";
import {
  CAPABILITY_LINK,
  certifyDevice,
  decodeCertificate,
} from "../../crypto/identity/certificate.ts";
import { type DeviceKeys, deviceIdOf, makeDevice } from "../../crypto/identity/device.ts";
import { RECOVERY_SECRET_BYTES } from "../../crypto/identity/recovery-secret.ts";
import { type CapsuleKeys, capsuleKeysOf } from "../../crypto/recovery/capsule.ts";
import { isWithin } from "../clock/within.ts";
import { INCARNATION_BYTES } from "../entry/entry.ts";
import type { TableName } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";

/** A contact that lies about what it holds makes us open one new log in so long, not more. */
const INCARNATION_MS_MIN = 3_600_000;
/** Further than any rollback reaches back: others keep what has the highest counter. */
const COUNTER_LEAP = 1_000_000;
/** Incarnations that a device remembers to have had, newest first. */
const FORMER_MAX = 16;
const SELF = "self";
const CARD_COUNTER = "cardCounter";

export type Self = {
  readonly account: Hex; // hex32
  readonly accountKey: Uint8Array;
  /**
   * 32 bytes from which the account key is derived; null once the person has written it down, on this
   * device or on the one that linked it.
   */
  readonly recoverySecret: Uint8Array | null;
  /** Outlives the secret. Absent in databases of the first version, which have the secret. */
  readonly capsule?: CapsuleKeys;
  readonly device: Hex; // hex16
  readonly keys: DeviceKeys;
  readonly certificate: Uint8Array;
  readonly name: string;
  /** 16 bytes, made with the database: a database made anew never continues an old log. */
  readonly incarnation: Uint8Array;
  /** Those that it had before, newest first: logs under them are ours. Rule [HE21]. */
  readonly former?: readonly Uint8Array[];
  /** When it was renewed, at most once in INCARNATION_MS_MIN; 0: never. */
  readonly incarnationAtMs: number;
  readonly createdAtMs: number;
};

export function makeSelf(name: string, nowMs: number, random: Random): Self {
  const recoverySecret = random(RECOVERY_SECRET_BYTES);
  const account = accountKeysOf(recoverySecret);
  const keys = makeDevice(random);
  const certificate = certifyDevice(
    {
      accountKey: account.publicKey,
      issuer: null,
      device: keys,
      capabilities: CAPABILITY_LINK,
      createdAtMs: nowMs,
    },
    account.secretKey,
  );
  wipe(account.secretKey);
  return {
    account: toHex(accountIdOf(account.publicKey)),
    accountKey: account.publicKey,
    recoverySecret,
    capsule: capsuleKeysOf(recoverySecret),
    device: toHex(deviceIdOf(keys.sigKey, keys.dhKey)),
    keys,
    certificate,
    name,
    incarnation: random(INCARNATION_BYTES),
    incarnationAtMs: 0,
    createdAtMs: nowMs,
  };
}

/** What a device needs to renew the account's recovery capsule. */
export function capsuleOf({ capsule, recoverySecret }: Self): CapsuleKeys {
  if (capsule !== undefined) return capsule;
  assert(recoverySecret !== null, "who has no capsule keys has the secret that they come from");
  return capsuleKeysOf(recoverySecret);
}

/** Did an older copy of our storage ever come back, as far as we know? */
export const wasPutBack = ({ incarnationAtMs }: Self): boolean => incarnationAtMs > 0;

/** This device as a party to handshakes and prekeys. */
export function partyOf(self: Self): Party {
  const certificate = decodeCertificate(self.certificate);
  assert(certificate.ok, "our own certificate");
  return { keys: self.keys, certificate: certificate.value };
}

/** Undefined before `start`. */
export async function readSelf(tx: ReadTx): Promise<Self | undefined> {
  const row = await tx.get("meta", SELF);
  return row?.v as Self | undefined;
}

export async function writeSelf(tx: WriteTx, self: Self): Promise<void> {
  await tx.put("meta", { k: SELF, v: self });
}

/**
 * New logs and new sender chains from here on: our storage was rolled back behind what others have,
 * and going on in the old logs would use their numbers twice. Cards and cursors go on with counters
 * that others cannot have seen. Answers `self` as it was when that was done within the hour.
 */
export async function renewIncarnation(
  tx: WriteTx,
  self: Self,
  nowMs: number,
  random: Random,
): Promise<Self> {
  if (isWithin(self.incarnationAtMs, nowMs, INCARNATION_MS_MIN)) return self;
  const renewed = {
    ...self,
    former: [self.incarnation, ...(self.former ?? [])].slice(0, FORMER_MAX),
    incarnation: random(INCARNATION_BYTES),
    incarnationAtMs: Math.max(1, nowMs),
  };
  await writeSelf(tx, renewed);
  for (const chain of await tx.range("ownChains", "primary", {})) {
    await tx.delete("ownChains", chain.c);
  }
  for (const channel of await tx.range("channels", "primary", {})) {
    await tx.put("channels", { ...channel, receipts: channel.receipts + COUNTER_LEAP });
  }
  await advanceCardCounter(tx, COUNTER_LEAP);
  return renewed;
}

export const RENEW_TABLES: readonly TableName[] = ["meta", "ownChains", "channels"];

/** Each card that leaves the device has its own number, so that "newest" is never a tie. */
export const nextCardCounter = (tx: WriteTx): Promise<number> => advanceCardCounter(tx, 1);

async function advanceCardCounter(tx: WriteTx, by: number): Promise<number> {
  const row = await tx.get("meta", CARD_COUNTER);
  const next = (typeof row?.v === "number" ? row.v : 0) + by;
  assert(Number.isSafeInteger(next), "card counter");
  await tx.put("meta", { k: CARD_COUNTER, v: next });
  return next;
}
