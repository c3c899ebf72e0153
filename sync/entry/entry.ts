/**
 * An entry: one signed link of one device's log in one channel. docs/protocol/sync.md, [EN1] to [EN9].
 *
 *     Core    = cbor [1, channel, log, seq, prev, hlc, kind, deps, auth, floor, bodyHash, bodyLength,
 *                     expire]
 *     Entry   = cbor [Core as bytes, signature, salt, body]            deleted: salt and body are null
 *     entryId = H("entry-id", Core),  signature = Sign(ID_sig, "entry", Core)
 *
 * | field      | type                  | meaning                                                      |
 * | ---------- | --------------------- | ------------------------------------------------------------ |
 * | channel    | 16 bytes              |                                                              |
 * | log        | 16 bytes              | H16("log", ID_sig, channel, incarnation)                     |
 * | seq        | 1 … 2^32 - 1          | number in the log                                            |
 * | prev       | 32 bytes or null      | entryId of seq - 1; null if and only if seq = 1              |
 * | hlc        | 1 … 2^53 - 1          | hybrid logical clock (sync/clock/hlc.ts), grows along a log  |
 * | kind       | 0 … 65,535            | sync/entry/kinds.ts                                          |
 * | deps       | <= 4 [tag, seq, hash] | latest entries of other logs that the author held            |
 * | auth       | <= 4 × 16 bytes       | roster heads that the author acts under                      |
 * | floor      | 0 … 2^53 - 1          | highest hEff of prev and deps; 0 if and only if none         |
 * | bodyHash   | 32 bytes              | H("body", salt, body): salted, so that a "yes" is no guess   |
 * | bodyLength | bytes of the body     |                                                              |
 * | expire     | ms or null            | lifetime of an entry that disappears; null: it stays         |
 *
 * The body is detachable: a deleted entry still verifies as a link. What is signed and hashed are the
 * received bytes, never an encoding of our own.
 */
import { assert } from "../../crypto/base/assert.ts";
import { equalBytes } from "../../crypto/base/bytes.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { CHANNEL_ID_BYTES } from "../../crypto/identity/channel-id.ts";
import { hash16, hash32 } from "../../crypto/public/hash.ts";
import { SIGNATURE_BYTES, verifyLabelled } from "../../crypto/public/verify.ts";
import { signLabelled } from "../../crypto/sign.ts";
import {
  bytesShape,
  bytesUpTo,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  listShape,
  nullable,
  recordShape,
  ruled,
  type Shape,
  uintShape,
} from "../cbor-shape.ts";
import { decodeCbor } from "../cbor.ts";
import { HLC_MAX } from "../clock/hlc.ts";
import { SEQ_MAX } from "../log/known.ts";
import { ENTRY_BYTES_MAX } from "../wire/limits.ts";
import { isRoster, KIND_MAX } from "./kinds.ts";
import { LOG_ID_BYTES } from "./log-id-bytes.ts";

export { LOG_ID_BYTES };

export const ENTRY_VERSION = 1;
export const ENTRY_ID_BYTES = 32;
export const SALT_BYTES = 16;
export const INCARNATION_BYTES = 16;
export const DEPS_MAX = 4;
/** A roster op names all heads of the roster. */
export const ROSTER_DEPS_MAX = 64;
export const AUTH_MAX = 4;
const DEP_TAG_BYTES = 4;
export const DEP_HASH_BYTES = 8;
export const AUTH_HEAD_BYTES = 16;
const CORE_BYTES_MAX = 2_048;

assert(300 + ROSTER_DEPS_MAX * 20 < CORE_BYTES_MAX, "the largest Core, 20 bytes a dep");

/** A hint, never an authority: its 4 and 8 bytes are cheap to collide with. */
export type Dep = {
  /** First 4 bytes of the log id. */
  readonly tag: Uint8Array;
  readonly seq: number;
  /** First 8 bytes of the entryId. */
  readonly hash8: Uint8Array;
};

/** The signed part, after its version. Sizes and ranges: the table above. */
export type Core = {
  readonly channel: Uint8Array;
  readonly log: Uint8Array;
  readonly seq: number;
  readonly prev: Uint8Array | null;
  readonly hlc: number;
  readonly kind: number;
  readonly deps: readonly Dep[];
  readonly auth: readonly Uint8Array[];
  readonly floor: number;
  readonly bodyHash: Uint8Array;
  readonly bodyLength: number;
  readonly expire: number | null;
};

export type Entry = {
  readonly core: Core;
  /** As signed and hashed. */
  readonly coreBytes: Uint8Array;
  /** Null: it came in a run, and the entry after it vouches for it (sync/backfill/run.ts). */
  readonly signature: Uint8Array | null;
  /** Null together with `body`: the entry was deleted. */
  readonly salt: Uint8Array | null;
  readonly body: Uint8Array | null;
};

export type EntryError =
  | DecodeError
  /** A later format: keep it unread, or say that a newer app is needed. */
  | { readonly type: "EntryVersionUnknown"; readonly version: number };

/** `SignatureWrong`: not by this key, or altered. `BodyWrong`: not the body that was signed. */
export type VerifyError = { readonly type: "SignatureWrong" } | { readonly type: "BodyWrong" };

export const DEP: Shape<Dep> = recordShape({
  tag: bytesShape(DEP_TAG_BYTES),
  seq: uintShape(SEQ_MAX, 1),
  hash8: bytesShape(DEP_HASH_BYTES),
});

type VersionedCore = { readonly version: number } & Core;

const CORE: Shape<VersionedCore> = ruled(
  recordShape<VersionedCore>({
    version: uintShape(ENTRY_VERSION, ENTRY_VERSION),
    channel: bytesShape(CHANNEL_ID_BYTES),
    log: bytesShape(LOG_ID_BYTES),
    seq: uintShape(SEQ_MAX, 1),
    prev: nullable(bytesShape(ENTRY_ID_BYTES)),
    hlc: uintShape(HLC_MAX, 1),
    kind: uintShape(KIND_MAX),
    deps: listShape(DEP, ROSTER_DEPS_MAX),
    auth: listShape(bytesShape(AUTH_HEAD_BYTES), AUTH_MAX),
    floor: uintShape(HLC_MAX),
    bodyHash: bytesShape(ENTRY_ID_BYTES),
    bodyLength: uintShape(ENTRY_BYTES_MAX),
    expire: nullable(uintShape()),
  }),
  (core) =>
    (core.prev === null) === (core.seq === 1) &&
    (core.floor === 0) === (core.prev === null && core.deps.length === 0) &&
    (core.deps.length <= DEPS_MAX || isRoster(core.kind)),
);

type Parts = Omit<Entry, "core">;

const PARTS: Shape<Parts> = ruled(
  recordShape<Parts>({
    coreBytes: bytesUpTo(CORE_BYTES_MAX),
    signature: nullable(bytesShape(SIGNATURE_BYTES)),
    salt: nullable(bytesShape(SALT_BYTES)),
    body: nullable(bytesUpTo(ENTRY_BYTES_MAX)),
  }),
  ({ salt, body }) => (salt === null) === (body === null),
);

/** At most ENTRY_BYTES_MAX bytes: more is a Bug, bound the body before signing. */
export function encodeEntry(entry: Entry): Uint8Array {
  const { coreBytes, signature, salt, body } = entry;
  const bytes = encodeShaped(PARTS, { coreBytes, signature, salt, body });
  assert(bytes.length <= ENTRY_BYTES_MAX, "an entry within its bound");
  return bytes;
}

/** Checks form alone; who signed it is `verifyEntry`, what it means `decodeBody`. */
export function decodeEntry(bytes: Uint8Array): Result<Entry, EntryError> {
  const parts = decodeShaped(PARTS, bytes, ENTRY_BYTES_MAX);
  if (!parts.ok) return parts;
  const cbor = decodeCbor(parts.value.coreBytes);
  if (!cbor.ok) return cbor;
  const version: unknown = Array.isArray(cbor.value) ? cbor.value[0] : undefined;
  if (typeof version === "number" && version !== ENTRY_VERSION) {
    return err({ type: "EntryVersionUnknown", version });
  }
  const versioned = CORE.decode(cbor.value);
  if (!versioned.ok) return versioned;
  const { version: _, ...core } = versioned.value;
  return ok({ core, ...parts.value });
}

/** What the author chooses; the rest of the Core follows from the body. */
export type Draft = Omit<Core, "bodyHash" | "bodyLength">;

/**
 * `salt`: 16 random bytes, never used before. `signKey`: the device's Ed25519 secret key, as
 * `signLabelled` takes it. A Bug when a bound of the table does not hold.
 */
export function signEntry(
  draft: Draft,
  body: Uint8Array,
  salt: Uint8Array,
  signKey: Uint8Array,
): { readonly bytes: Uint8Array; readonly entry: Entry } {
  const core: Core = { ...draft, bodyHash: bodyHashOf(salt, body), bodyLength: body.length };
  const coreBytes = encodeCore(core);
  const signature = signLabelled(signKey, "entry", coreBytes);
  const entry: Entry = { core, coreBytes, signature, salt, body };
  return { bytes: encodeEntry(entry), entry };
}

/** The one encoding of a Core: what is signed and hashed. A Bug when a bound does not hold. */
export const encodeCore = (core: Core): Uint8Array =>
  encodeShaped(CORE, { version: ENTRY_VERSION, ...core });

/** Is this what the device signed, and, unless it was deleted, the body that was signed with it? */
export function verifyEntry(entry: Entry, deviceKey: Uint8Array): Result<void, VerifyError> {
  const { core, coreBytes, signature, salt, body } = entry;
  if (signature === null || !verifyLabelled(deviceKey, signature, "entry", coreBytes)) {
    return err({ type: "SignatureWrong" });
  }
  if (salt === null || body === null) return ok(undefined);
  const isSigned =
    body.length === core.bodyLength && equalBytes(bodyHashOf(salt, body), core.bodyHash);
  return isSigned ? ok(undefined) : err({ type: "BodyWrong" });
}

/** The entry without what it said: what is left after a deletion. */
export const withoutBody = (entry: Entry): Entry => ({ ...entry, salt: null, body: null });

/** 32 bytes; the `prev` of the next entry. */
export const entryIdOf = (coreBytes: Uint8Array): Uint8Array => hash32("entry-id", coreBytes);

/** 16 bytes. A new incarnation is a new log: a rolled-back device never forks its old one. */
export function logIdOf(
  idSig: Uint8Array,
  channel: Uint8Array,
  incarnation: Uint8Array,
): Uint8Array {
  assert(channel.length === CHANNEL_ID_BYTES, "a channel id");
  assert(incarnation.length === INCARNATION_BYTES, "an incarnation");
  return hash16("log", idSig, channel, incarnation);
}

/** How another log's entry is named in `deps`. */
export const depOf = (log: Uint8Array, seq: number, entryId: Uint8Array): Dep => ({
  tag: log.slice(0, DEP_TAG_BYTES),
  seq,
  hash8: entryId.slice(0, DEP_HASH_BYTES),
});

export const bodyHashOf = (salt: Uint8Array, body: Uint8Array): Uint8Array =>
  hash32("body", salt, body);
