/**
 * PROFILE: the sender's name changed. docs/protocol/sync.md, [PL6].
 *
 *     cbor [name]
 */
import { ok, type Result } from "../../crypto/base/result.ts";
import { NAME_BYTES_MAX } from "../../crypto/identity/introduction.ts";
import {
  type DecodeError,
  decodeShaped,
  encodeShaped,
  recordShape,
  type Shape,
  textShape,
} from "../cbor-shape.ts";
import { SESSION_BYTES_MAX } from "./limits.ts";
import { cleanName, type NameError } from "./name.ts";

export type Profile = {
  /** Through `cleanName`, on either side. */
  readonly name: string;
};

const PROFILE: Shape<Profile> = recordShape<Profile>({ name: textShape(NAME_BYTES_MAX) });

export const encodeProfile = (profile: Profile): Uint8Array => encodeShaped(PROFILE, profile);

export function decodeProfile(bytes: Uint8Array): Result<Profile, DecodeError | NameError> {
  const profile = decodeShaped(PROFILE, bytes, SESSION_BYTES_MAX);
  if (!profile.ok) return profile;
  const name = cleanName(profile.value.name);
  return name.ok ? ok({ name: name.value }) : name;
}
