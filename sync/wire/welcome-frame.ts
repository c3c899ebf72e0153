/**
 * WELCOME, relay to client: the first frame on every socket.
 *
 * | bytes   | field           | rule                                                        |
 * | ------- | --------------- | ----------------------------------------------------------- |
 * | varuint | version         | `WIRE_VERSION_MIN` to `WIRE_VERSION`; otherwise unreadable  |
 * | 32      | relayId         | the relay's Ed25519 key                                     |
 * | 8       | storeInc        | changed: everything not yet done is sent again              |
 * | varuint | serverTimeMs    | Unix time                                                   |
 * | 32      | nonce           | of this connection; AUTH signs it                           |
 * | varuint | bodyBytesMax    | at most `BODY_BYTES_MAX`                                    |
 * | varuint | targetsMax      | at most `PUT_TARGETS_MAX`                                   |
 * | varuint | windowMessages  | deliveries that may be unacknowledged                       |
 * | varuint | windowBytes     | and the bytes of their bodies                               |
 * | varuint | heartbeatMs     | PING at least so often while on screen                      |
 * | u8      | load            | 0 idle to 100 full; above 80 a client looks elsewhere first |
 * | varuint | drainingInMs    | 0, or when this relay will go away                          |
 */
import { assert } from "../../crypto/base/assert.ts";
import type { FrameCodec } from "./frame-codec.ts";
import { ID_BYTES, type Nonce, type RelayId, type StoreIncarnation } from "./ids.ts";
import { BODY_BYTES_MAX, PUT_TARGETS_MAX } from "./limits.ts";
import { WIRE_VERSION, WIRE_VERSION_MIN } from "./version.ts";

export type WelcomeFrame = {
  readonly type: "welcome";
  readonly version: number;
  readonly relayId: RelayId;
  readonly storeInc: StoreIncarnation;
  readonly serverTimeMs: number;
  readonly nonce: Nonce;
  readonly limits: RelayLimits;
  readonly load: number;
  readonly drainingInMs: number;
};

export type RelayLimits = {
  readonly bodyBytesMax: number;
  readonly targetsMax: number;
  readonly windowMessages: number;
  readonly windowBytes: number;
  readonly heartbeatMs: number;
};

const LOAD_MAX = 100;

export const welcomeCodec: FrameCodec<WelcomeFrame> = {
  code: 0x01,
  write: (writer, frame) => {
    assert(frame.load <= LOAD_MAX, "load is 0 to 100");
    writer.varuint(frame.version);
    writer.fixed(frame.relayId, ID_BYTES.RelayId);
    writer.fixed(frame.storeInc, ID_BYTES.StoreIncarnation);
    writer.varuint(frame.serverTimeMs);
    writer.fixed(frame.nonce, ID_BYTES.Nonce);
    writer.varuint(frame.limits.bodyBytesMax);
    writer.varuint(frame.limits.targetsMax);
    writer.varuint(frame.limits.windowMessages);
    writer.varuint(frame.limits.windowBytes);
    writer.varuint(frame.limits.heartbeatMs);
    writer.u8(frame.load);
    writer.varuint(frame.drainingInMs);
  },
  read: (reader) => {
    const version = reader.varuint("version");
    if (version < WIRE_VERSION_MIN || version > WIRE_VERSION) reader.refuse("version");
    return {
      type: "welcome",
      version,
      relayId: reader.fixed(ID_BYTES.RelayId) as RelayId,
      storeInc: reader.fixed(ID_BYTES.StoreIncarnation) as StoreIncarnation,
      serverTimeMs: reader.varuint("serverTimeMs"),
      nonce: reader.fixed(ID_BYTES.Nonce) as Nonce,
      limits: {
        bodyBytesMax: reader.varuint("bodyBytesMax", BODY_BYTES_MAX),
        targetsMax: reader.varuint("targetsMax", PUT_TARGETS_MAX),
        windowMessages: reader.varuint("windowMessages"),
        windowBytes: reader.varuint("windowBytes"),
        heartbeatMs: reader.varuint("heartbeatMs"),
      },
      load: reader.u8("load", LOAD_MAX),
      drainingInMs: reader.varuint("drainingInMs"),
    };
  },
};
