/**
 * What our devices tell each other of a person, in the account channel. docs/protocol/backfill.md, [AB1].
 *
 *     cbor [introduction, state, presenceOut, presenceIn, addedAtMs]
 *
 * | field       | meaning                                                                        |
 * | ----------- | ------------------------------------------------------------------------------ |
 * | introduction | crypto/identity/introduction.ts: account key, name, facts, cards as we hold them |
 * | state       | 1 accepted, 2 blocked                                                           |
 * | presenceOut | 32 bytes, under which all our devices publish their presence to them            |
 * | presenceIn  | 32 bytes, theirs to us; null while they have not told                           |
 * | addedAtMs   | when they became a contact                                                      |
 */
import {
  bytesShape,
  bytesUpTo,
  nullable,
  recordShape,
  type Shape,
  uintShape,
} from "../cbor-shape.ts";
import { INTRODUCTION_BYTES_MAX } from "../payload/limits.ts";
import { LATER_FIELDS_MAX } from "./later-fields.ts";

const PRESENCE_KEY_BYTES = 32;

export const NOTED = { accepted: 1, blocked: 2 } as const;

export type ContactNote = {
  readonly introduction: Uint8Array;
  readonly state: number;
  readonly presenceOut: Uint8Array;
  readonly presenceIn: Uint8Array | null;
  readonly addedAtMs: number;
};

export const CONTACT_NOTE_SHAPE: Shape<ContactNote> = recordShape<ContactNote>(
  {
    introduction: bytesUpTo(INTRODUCTION_BYTES_MAX, 1),
    state: uintShape(0xff),
    presenceOut: bytesShape(PRESENCE_KEY_BYTES),
    presenceIn: nullable(bytesShape(PRESENCE_KEY_BYTES)),
    addedAtMs: uintShape(),
  },
  LATER_FIELDS_MAX,
);
