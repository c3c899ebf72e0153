/**
 * OK, relay to client: what became of a PUT, target by target, in its order. `stored` and
 * `duplicate` are durable: written and fsynced before this frame was sent.
 *
 * | bytes   | field        | rule                             |
 * | ------- | ------------ | -------------------------------- |
 * | varuint | request      | of the PUT                       |
 * | varuint | count        | 1 to `PUT_TARGETS_MAX`           |
 * | each    | u8           | code of the table below          |
 * |         | retryAfterMs | varuint, only after `busy`       |
 */
import { assert } from "../../crypto/base/assert.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { FrameCodec } from "./frame-codec.ts";
import { PUT_TARGETS_MAX } from "./limits.ts";

/**
 * - `stored`: kept until its owner acknowledges it.
 * - `duplicate`: this mailbox already holds this envelope; as good as stored.
 * - `liveOnly`: ephemeral; handed to whoever is connected, perhaps nobody.
 * - `quota`: the mailbox, or this token's share of it, is full. Try again much later.
 * - `denied`: no such mailbox, or no such token, or it was revoked: never told apart.
 * - `gone`: the token was valid when its owner deleted the mailbox.
 * - `tooBig`: larger than this token's class allows.
 * - `busy`: not now; try again after `retryAfterMs`.
 * - `badEnvelope`: the body does not hash to the envelope id.
 */
export const PUT_STATUS_CODES = {
  stored: 0,
  duplicate: 1,
  liveOnly: 2,
  quota: 3,
  denied: 4,
  gone: 5,
  tooBig: 6,
  busy: 7,
  badEnvelope: 8,
} as const;

export type PutStatusName = keyof typeof PUT_STATUS_CODES;
export type PutStatus =
  | { readonly status: Exclude<PutStatusName, "busy"> }
  | { readonly status: "busy"; readonly retryAfterMs: number };

export type OkFrame = {
  readonly type: "ok";
  readonly request: number;
  readonly statuses: readonly PutStatus[];
};

const NAMES = Object.keys(PUT_STATUS_CODES) as readonly PutStatusName[];

export const okCodec: FrameCodec<OkFrame> = {
  code: 0x11,
  write: (writer, frame) => {
    const count = frame.statuses.length;
    assert(count >= 1 && count <= PUT_TARGETS_MAX, "an OK answers each target");
    writer.varuint(frame.request);
    writer.varuint(count);
    for (const it of frame.statuses) {
      writer.u8(PUT_STATUS_CODES[it.status]);
      if (it.status === "busy") writer.varuint(it.retryAfterMs);
    }
  },
  read: (reader) => {
    const request = reader.varuint("request");
    const count = reader.varuint("statuses", PUT_TARGETS_MAX);
    if (count === 0) reader.refuse("statuses");
    const statuses: PutStatus[] = [];
    while (statuses.length < count && reader.fault === undefined) statuses.push(readStatus(reader));
    return { type: "ok", request, statuses };
  },
};

function readStatus(reader: ByteReader): PutStatus {
  const status = NAMES[reader.u8("status", NAMES.length - 1)] ?? "denied";
  if (status !== "busy") return { status };
  return { status, retryAfterMs: reader.varuint("retryAfterMs") };
}
