/**
 * TYPING: somebody is writing in a channel at this moment. Signed by the device, like a cursor.
 * docs/protocol/sync.md, [TY1].
 *
 *     cbor [signed, signature]     signed = cbor [channel, device, atMs]
 *     signature = Sign(ID_sig, "typing", signed)
 */
import { ok, type Result } from "../../crypto/base/result.ts";
import { CHANNEL_ID_BYTES } from "../../crypto/identity/channel-id.ts";
import { DEVICE_ID_BYTES } from "../../crypto/identity/device.ts";
import { SIGNATURE_BYTES, verifyLabelled } from "../../crypto/public/verify.ts";
import { signLabelled } from "../../crypto/sign.ts";
import {
  bytesShape,
  bytesUpTo,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  recordShape,
  type Shape,
  uintShape,
} from "../cbor-shape.ts";
import { TYPING_BYTES_MAX } from "./limits.ts";

export type TypingContent = {
  readonly channel: Uint8Array;
  readonly device: Uint8Array;
  /** The writer's corrected clock. An old or repeated one is a replay: pass it over. */
  readonly atMs: number;
};

export type Typing = TypingContent & {
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
};

const CONTENT: Shape<TypingContent> = recordShape<TypingContent>({
  channel: bytesShape(CHANNEL_ID_BYTES),
  device: bytesShape(DEVICE_ID_BYTES),
  atMs: uintShape(),
});

type Signed = Pick<Typing, "signed" | "signature">;

const SIGNED: Shape<Signed> = recordShape<Signed>({
  signed: bytesUpTo(TYPING_BYTES_MAX),
  signature: bytesShape(SIGNATURE_BYTES),
});

export function signTyping(content: TypingContent, signKey: Uint8Array): Typing {
  const signed = encodeShaped(CONTENT, content);
  return { ...content, signed, signature: signLabelled(signKey, "typing", signed) };
}

export const encodeTyping = ({ signed, signature }: Typing): Uint8Array =>
  encodeShaped(SIGNED, { signed, signature });

/** Checks form alone: nothing of it holds before `verifyTyping`. */
export function decodeTyping(bytes: Uint8Array): Result<Typing, DecodeError> {
  const parts = decodeShaped(SIGNED, bytes, TYPING_BYTES_MAX);
  if (!parts.ok) return parts;
  const content = decodeShaped(CONTENT, parts.value.signed, TYPING_BYTES_MAX);
  return content.ok ? ok({ ...content.value, ...parts.value }) : content;
}

/** `deviceKey`: ID_sig of the device that the frame names. */
export const verifyTyping = (typing: Typing, deviceKey: Uint8Array): boolean =>
  verifyLabelled(deviceKey, typing.signature, "typing", typing.signed);
