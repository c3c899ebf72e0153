/**
 * HELLO: what a device's copy of a channel comes to, in 16 bytes, so that whoever has another copy
 * notices. Replaceable and signed by the device, like a cursor. docs/protocol/sync.md, [DG1] and [DG3].
 *
 *     cbor [signed, signature]     signed = cbor [channel, device, counter, digest, count, asks]
 *     signature = Sign(ID_sig, "hello", signed)
 */
import { ok, type Result } from "../../crypto/base/result.ts";
import { CHANNEL_ID_BYTES } from "../../crypto/identity/channel-id.ts";
import { DEVICE_ID_BYTES } from "../../crypto/identity/device.ts";
import { SIGNATURE_BYTES, verifyLabelled } from "../../crypto/public/verify.ts";
import { signLabelled } from "../../crypto/sign.ts";
import {
  boolShape,
  bytesShape,
  bytesUpTo,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  recordShape,
  type Shape,
  uintShape,
} from "../cbor-shape.ts";
import { HELLO_BYTES_MAX } from "./limits.ts";

export const DIGEST_BYTES = 16;

export type HelloContent = {
  readonly channel: Uint8Array;
  readonly device: Uint8Array;
  /** Grows with what the device holds or has read: of two the later one counts. */
  readonly counter: number;
  /** `digestOf` of sync/heal/digest.ts. */
  readonly digest: Uint8Array;
  /** Entries that are in it. */
  readonly count: number;
  /** "Nobody has told me that they have what I wrote: tell me what you have." */
  readonly asks: boolean;
};

export type Hello = HelloContent & {
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
};

const CONTENT: Shape<HelloContent> = recordShape<HelloContent>({
  channel: bytesShape(CHANNEL_ID_BYTES),
  device: bytesShape(DEVICE_ID_BYTES),
  counter: uintShape(),
  digest: bytesShape(DIGEST_BYTES),
  count: uintShape(),
  asks: boolShape,
});

type Signed = Pick<Hello, "signed" | "signature">;

const SIGNED: Shape<Signed> = recordShape<Signed>({
  signed: bytesUpTo(HELLO_BYTES_MAX),
  signature: bytesShape(SIGNATURE_BYTES),
});

export function signHello(content: HelloContent, signKey: Uint8Array): Hello {
  const signed = encodeShaped(CONTENT, content);
  return { ...content, signed, signature: signLabelled(signKey, "hello", signed) };
}

export const encodeHello = ({ signed, signature }: Hello): Uint8Array =>
  encodeShaped(SIGNED, { signed, signature });

/** Checks form alone: nothing of it holds before `verifyHello`. */
export function decodeHello(bytes: Uint8Array): Result<Hello, DecodeError> {
  const parts = decodeShaped(SIGNED, bytes, HELLO_BYTES_MAX);
  if (!parts.ok) return parts;
  const content = decodeShaped(CONTENT, parts.value.signed, HELLO_BYTES_MAX);
  return content.ok ? ok({ ...content.value, ...parts.value }) : content;
}

/** `deviceKey`: ID_sig of the device that the frame names. */
export const verifyHello = (hello: Hello, deviceKey: Uint8Array): boolean =>
  verifyLabelled(deviceKey, hello.signature, "hello", hello.signed);
