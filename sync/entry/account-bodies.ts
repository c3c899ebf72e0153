/**
 * What is said about the devices of an account. docs/protocol/devices.md, [OD5], [OD12] and [OD13].
 *
 *     log.close   cbor [log, seq, hash]    in any channel: of a log that ends here
 *     deviceName  cbor [device, name]      in the account channel alone
 *     ownName     cbor [name]              in the account channel alone
 *
 * | field | meaning                                                                      |
 * | ----- | ---------------------------------------------------------------------------- |
 * | log   | of a device of the same account, in the same channel; 16 bytes               |
 * | seq   | its last entry that counts; 0 = none                                         |
 * | hash  | id of that entry, which pins all before it; zeros when there is none         |
 */
import { NAME_BYTES_MAX } from "../../crypto/identity/introduction.ts";
import { bytesShape, recordShape, type Shape, textUpTo, uintShape } from "../cbor-shape.ts";
import { SEQ_MAX } from "../log/known.ts";
import { LOG_ID_BYTES } from "./entry.ts";
import { LATER_FIELDS_MAX } from "./later-fields.ts";

const DEVICE_ID_BYTES = 16;
const HASH_BYTES = 32;

export type LogClose = {
  readonly log: Uint8Array;
  readonly seq: number;
  readonly hash: Uint8Array;
};
export type DeviceName = { readonly device: Uint8Array; readonly name: string };
/** What the person is called; on arrival through `cleanName`. */
export type OwnName = { readonly name: string };

export const LOG_CLOSE_SHAPE: Shape<LogClose> = recordShape<LogClose>(
  { log: bytesShape(LOG_ID_BYTES), seq: uintShape(SEQ_MAX), hash: bytesShape(HASH_BYTES) },
  LATER_FIELDS_MAX,
);

export const DEVICE_NAME_SHAPE: Shape<DeviceName> = recordShape<DeviceName>(
  { device: bytesShape(DEVICE_ID_BYTES), name: textUpTo(NAME_BYTES_MAX) },
  LATER_FIELDS_MAX,
);

export const OWN_NAME_SHAPE: Shape<OwnName> = recordShape<OwnName>(
  { name: textUpTo(NAME_BYTES_MAX) },
  LATER_FIELDS_MAX,
);
