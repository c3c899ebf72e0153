/**
 * An envelope's body: what a relay stores and a mailbox delivers. The id tells the receiver which
 * prekey, session or chain opens it; to the relay all of them are 16 bytes that look random.
 *
 * | offset | bytes | field | rule                                                              |
 * | -----: | ----: | ----- | ----------------------------------------------------------------- |
 * |      0 |     1 | suite | `SUITE`; an unknown one is ignored, never a reason to go lower     |
 * |      1 |    16 | id    | prekey id (first flight), session tag, chain tag or live tag       |
 * |     17 |     n | rest  | the layer's own                                                    |
 *
 * Every layer works on `id | rest`, called a message. Rules [EV1] to [EV3].
 */
import { assert } from "./base/assert.ts";
import { concat } from "./base/bytes.ts";
import { err, ok, type Result } from "./base/result.ts";

export const SUITE = 1;
export const MESSAGE_ID_BYTES = 16;

/** The suite as it goes into hashes and associated data. */
export const SUITE_BYTE: Uint8Array = Uint8Array.of(SUITE);

/** Views into the body, and `message` is id and rest together. */
export type Envelope = {
  readonly id: Uint8Array;
  readonly rest: Uint8Array;
  readonly message: Uint8Array;
};
export type EnvelopeError =
  | { readonly type: "EnvelopeTooShort"; readonly bytes: number }
  | { readonly type: "SuiteUnknown"; readonly suite: number };

export function envelopeOf(message: Uint8Array): Uint8Array {
  assert(message.length > MESSAGE_ID_BYTES, "a message holds more than its id");
  return concat(SUITE_BYTE, message);
}

export function splitEnvelope(body: Uint8Array): Result<Envelope, EnvelopeError> {
  const suite = body[0];
  if (suite === undefined || body.length <= 1 + MESSAGE_ID_BYTES) {
    return err({ type: "EnvelopeTooShort", bytes: body.length });
  }
  if (suite !== SUITE) return err({ type: "SuiteUnknown", suite });
  const message = body.subarray(1);
  const id = message.subarray(0, MESSAGE_ID_BYTES);
  return ok({ id, rest: message.subarray(MESSAGE_ID_BYTES), message });
}
