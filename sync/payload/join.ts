/**
 * JOIN and JOIN_ANSWER: somebody used a link into a group, and what came of it as long as they are not in
 * it. docs/protocol/groups.md, "Links".
 *
 *     join        cbor [channel, tag, proof]
 *     joinAnswer  cbor [channel, tag, answer]       answer: 1 an admin will decide, 2 refused, 3 the link is over
 */
import type { Result } from "../../crypto/base/result.ts";
import { CHANNEL_ID_BYTES } from "../../crypto/identity/channel-id.ts";
import { INVITE_TAG_BYTES } from "../../crypto/invite/record.ts";
import {
  bytesShape,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  oneOfShape,
  recordShape,
  type Shape,
} from "../cbor-shape.ts";
import { SESSION_BYTES_MAX } from "./limits.ts";

const PROOF_BYTES = 32;
export const JOIN_ANSWERS = ["waits", "refused", "over"] as const;

export type Join = {
  readonly channel: Uint8Array;
  readonly tag: Uint8Array;
  /** `joinProofOf` of crypto/invite/group-record.ts, for the device that it goes to. */
  readonly proof: Uint8Array;
};

export type JoinAnswer = {
  readonly channel: Uint8Array;
  readonly tag: Uint8Array;
  readonly answer: (typeof JOIN_ANSWERS)[number];
};

const JOIN: Shape<Join> = recordShape<Join>({
  channel: bytesShape(CHANNEL_ID_BYTES),
  tag: bytesShape(INVITE_TAG_BYTES),
  proof: bytesShape(PROOF_BYTES),
});

const JOIN_ANSWER: Shape<JoinAnswer> = recordShape<JoinAnswer>({
  channel: bytesShape(CHANNEL_ID_BYTES),
  tag: bytesShape(INVITE_TAG_BYTES),
  answer: oneOfShape(JOIN_ANSWERS),
});

export const encodeJoin = (join: Join): Uint8Array => encodeShaped(JOIN, join);

export const decodeJoin = (bytes: Uint8Array): Result<Join, DecodeError> =>
  decodeShaped(JOIN, bytes, SESSION_BYTES_MAX);

export const encodeJoinAnswer = (answer: JoinAnswer): Uint8Array =>
  encodeShaped(JOIN_ANSWER, answer);

export const decodeJoinAnswer = (bytes: Uint8Array): Result<JoinAnswer, DecodeError> =>
  decodeShaped(JOIN_ANSWER, bytes, SESSION_BYTES_MAX);
