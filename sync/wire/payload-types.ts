/**
 * The one table of what may lie inside an envelope, and by which layer it may arrive. A payload that
 * arrives by another layer is dropped: the class of fault behind CVE-2022-39251 (a key hand-over
 * accepted from the wrong channel). The relay sees none of this.
 */
import { err, ok, type Result } from "../../crypto/base/result.ts";

/** Pairwise session; sender chain (stored, one step each); live key of a chain (no step). */
export type Layer = "session" | "chain" | "live";

export const PAYLOAD_TYPES = {
  /** First entry of a new contact: account key, facts, cards, name. */
  contact: { code: 0x01, layer: "session" },
  contactAccept: { code: 0x02, layer: "session" },
  /** A sender chain handed over, with its live key, token, card and account state. */
  chain: { code: 0x03, layer: "session" },
  facts: { code: 0x04, layer: "session" },
  card: { code: 0x05, layer: "session" },
  /** "I lack the chain of this tag." */
  nack: { code: 0x06, layer: "session" },
  /** "I lack these entries." */
  want: { code: 0x07, layer: "session" },
  /** Entries supplied again, by any member who holds them. */
  entries: { code: 0x08, layer: "session" },
  profile: { code: 0x09, layer: "session" },
  /** "Send me what I lack of this channel." */
  backfill: { code: 0x0a, layer: "session" },
  /** A part of a channel's history. */
  chunk: { code: 0x0b, layer: "session" },
  /** The roster of a group, and who its members are. */
  welcome: { code: 0x0c, layer: "session" },
  /** "I lack ops of this roster." */
  rosterWant: { code: 0x0d, layer: "session" },
  /** "I used a link into this group." */
  join: { code: 0x0e, layer: "session" },
  joinAnswer: { code: 0x0f, layer: "session" },
  /** "This is what I have of this channel." */
  vector: { code: 0x10, layer: "session" },
  /** "No relay has this blob: give it to yours again." */
  blobWant: { code: 0x11, layer: "session" },
  /** "History of this channel lies at my relay for you." */
  historyBlob: { code: 0x13, layer: "session" },
  /** How much history there is. */
  presync: { code: 0x12, layer: "session" },
  /** "Where are these people reached now?" */
  cardWant: { code: 0x18, layer: "session" },
  /** Facts and cards of others. */
  cards: { code: 0x19, layer: "session" },
  /** "What of this channel do you hold, and what have you read?" */
  cursorWant: { code: 0x1a, layer: "session" },
  entry: { code: 0x20, layer: "chain" },
  /** Ops of a roster, alike for all who have just come by it. */
  rosterPart: { code: 0x21, layer: "chain" },
  cursor: { code: 0x40, layer: "live" },
  typing: { code: 0x41, layer: "live" },
  /** The digest of a device's copy of a channel. */
  hello: { code: 0x44, layer: "live" },
  /** Two entries of one log with one number. */
  forkProof: { code: 0x45, layer: "live" },
} as const satisfies Record<string, { readonly code: number; readonly layer: Layer }>;

export type PayloadType = keyof typeof PAYLOAD_TYPES;

export type PayloadTypeError =
  | { readonly type: "PayloadTypeUnknown"; readonly code: number }
  | { readonly type: "PayloadLayerWrong"; readonly payload: PayloadType; readonly layer: Layer };

const TYPES = Object.keys(PAYLOAD_TYPES) as readonly PayloadType[];
const TYPE_BY_CODE: ReadonlyMap<number, PayloadType> = new Map(
  TYPES.map((type) => [PAYLOAD_TYPES[type].code, type]),
);

export const layerOf = (type: PayloadType): Layer => PAYLOAD_TYPES[type].layer;

export const codeOf = (type: PayloadType): number => PAYLOAD_TYPES[type].code;

/** What a payload's first byte means when it came by `layer`. */
export function parsePayloadType(
  code: number,
  layer: Layer,
): Result<PayloadType, PayloadTypeError> {
  const payload = TYPE_BY_CODE.get(code);
  if (payload === undefined) return err({ type: "PayloadTypeUnknown", code });
  if (layerOf(payload) !== layer) return err({ type: "PayloadLayerWrong", payload, layer });
  return ok(payload);
}
