/**
 * The body of an add: what the roster reads, and behind it who the newcomer is, which decides nothing.
 * docs/protocol/groups.md, [GP6].
 *
 *     add  cbor [heads, account, role, floor, invite, introduction]
 */
import { assert } from "../../crypto/base/assert.ts";
import { type CborValue, decodeCbor, encodeCbor } from "../cbor.ts";
import { INTRODUCTION_BYTES_MAX } from "../payload/limits.ts";
import { encodeRosterBody, type RosterBody } from "../roster/ops.ts";

const FIELDS = 5;

/** `introduction`: at most INTRODUCTION_BYTES_MAX bytes, else it is left out. */
export function encodeAddBody(body: RosterBody, introduction: Uint8Array | undefined): Uint8Array {
  const bytes = encodeRosterBody(body);
  if (introduction === undefined || introduction.length > INTRODUCTION_BYTES_MAX) return bytes;
  const fields = fieldsOf(bytes);
  assert(fields?.length === FIELDS, "the fields of an add");
  return encodeCbor([...fields, introduction]);
}

/** Of the body of an add that the roster took. */
export function introductionIn(body: Uint8Array): Uint8Array | undefined {
  const introduction = fieldsOf(body)?.[FIELDS];
  const isFit = introduction instanceof Uint8Array && introduction.length <= INTRODUCTION_BYTES_MAX;
  return isFit ? introduction : undefined;
}

function fieldsOf(bytes: Uint8Array): readonly CborValue[] | undefined {
  const decoded = decodeCbor(bytes);
  return decoded.ok && Array.isArray(decoded.value) ? decoded.value : undefined;
}
