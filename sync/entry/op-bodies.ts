/**
 * What is said about a message that stands elsewhere. docs/protocol/messages.md, [MB9] to [MB11].
 *
 *     reaction  cbor [target, emoji, on]
 *     delete    cbor [target]                 for everyone; "for me" is a mark (mark-body.ts)
 *     pin       cbor [target, on]
 */
import { boolShape, recordShape, ruled, type Shape, textShape } from "../cbor-shape.ts";
import { EMOJI_BYTES_MAX, isEmoji } from "./emoji.ts";
import { type EntryRef, REF_SHAPE } from "./entry-ref.ts";
import { LATER_FIELDS_MAX } from "./later-fields.ts";

export type ReactionBody = {
  readonly target: EntryRef;
  /** Passes `isEmoji`. */
  readonly emoji: string;
  /** False takes it back. */
  readonly on: boolean;
};
export type DeleteBody = { readonly target: EntryRef };
export type PinBody = { readonly target: EntryRef; readonly on: boolean };

export const REACTION_SHAPE: Shape<ReactionBody> = recordShape<ReactionBody>(
  { target: REF_SHAPE, emoji: ruled(textShape(EMOJI_BYTES_MAX), isEmoji), on: boolShape },
  LATER_FIELDS_MAX,
);

export const DELETE_SHAPE: Shape<DeleteBody> = recordShape<DeleteBody>(
  { target: REF_SHAPE },
  LATER_FIELDS_MAX,
);

export const PIN_SHAPE: Shape<PinBody> = recordShape<PinBody>(
  { target: REF_SHAPE, on: boolShape },
  LATER_FIELDS_MAX,
);
