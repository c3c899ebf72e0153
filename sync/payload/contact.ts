/**
 * CONTACT and CONTACT_ACCEPT: how an account makes itself known to another.
 * docs/protocol/sync.md, [PL3].
 *
 *     cbor [introduction, presenceKey]        introduction: crypto/identity/introduction.ts
 */
import { ok, type Result } from "../../crypto/base/result.ts";
import {
  encodeIntroduction,
  type Introduction,
  type IntroductionContent,
  type IntroductionError,
  openIntroduction,
} from "../../crypto/identity/introduction.ts";
import {
  bytesShape,
  bytesUpTo,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  recordShape,
  type Shape,
} from "../cbor-shape.ts";
import { INTRODUCTION_BYTES_MAX, SESSION_BYTES_MAX } from "./limits.ts";
import { cleanName, type NameError } from "./name.ts";

export const PRESENCE_KEY_BYTES = 32;

type Presence = {
  /** Under which the sender publishes their presence to the receiver. 32 bytes. */
  readonly presenceKey: Uint8Array;
};
export type ContactContent = IntroductionContent & Presence;
/** Cards are verified against the facts; `name` went through `cleanName`. */
export type Contact = Introduction & Presence;
export type ContactError = DecodeError | IntroductionError | NameError;

const CONTACT: Shape<Presence & { readonly introduction: Uint8Array }> = recordShape({
  introduction: bytesUpTo(INTRODUCTION_BYTES_MAX),
  presenceKey: bytesShape(PRESENCE_KEY_BYTES),
});

export const encodeContact = (contact: ContactContent): Uint8Array =>
  encodeShaped(CONTACT, {
    introduction: encodeIntroduction(contact),
    presenceKey: contact.presenceKey,
  });

/** Verifies: needs libsodium. That the account is the session's own is for the caller to see. */
export function decodeContact(bytes: Uint8Array): Result<Contact, ContactError> {
  const contact = decodeShaped(CONTACT, bytes, SESSION_BYTES_MAX);
  if (!contact.ok) return contact;
  const introduction = openIntroduction(contact.value.introduction);
  if (!introduction.ok) return introduction;
  const name = cleanName(introduction.value.name);
  if (!name.ok) return name;
  return ok({
    ...introduction.value,
    name: name.value,
    presenceKey: contact.value.presenceKey,
  });
}
