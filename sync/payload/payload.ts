/**
 * What lies inside an opened envelope. The first byte says which payload it is, and each payload has
 * one layer by which it may arrive (sync/wire/payload-types.ts): by any other it is refused, the fault
 * behind CVE-2022-39251. docs/protocol/sync.md, [PL1] and [PL2].
 *
 *     payload          = u8 code | body           chain and live frames carry one
 *     session message  = cbor [payload …]         so that a first flight carries CONTACT and CHAIN
 */
import { assert } from "../../crypto/base/assert.ts";
import { concat } from "../../crypto/base/bytes.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import type { IntroductionError } from "../../crypto/identity/introduction.ts";
import {
  bytesUpTo,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  listShape,
  type Shape,
} from "../cbor-shape.ts";
import { ENTRY_BYTES_MAX } from "../wire/limits.ts";
import {
  codeOf,
  type Layer,
  parsePayloadType,
  type PayloadType,
  type PayloadTypeError,
} from "../wire/payload-types.ts";
import { type Backfill, decodeBackfill, encodeBackfill } from "./backfill.ts";
import { type BlobWant, decodeBlobWant, encodeBlobWant } from "./blob-want.ts";
import { type CardWant, decodeCardWant, encodeCardWant } from "./card-want.ts";
import { type CardPayload, decodeCardPayload, encodeCardPayload } from "./card.ts";
import { type Cards, decodeCards, encodeCards } from "./cards.ts";
import { type ChainHandOver, decodeChain, encodeChain } from "./chain.ts";
import { type Chunk, decodeChunk, encodeChunk } from "./chunk.ts";
import { type Contact, type ContactContent, decodeContact, encodeContact } from "./contact.ts";
import { type CursorWant, decodeCursorWant, encodeCursorWant } from "./cursor-want.ts";
import { type Cursor, decodeCursor, encodeCursor } from "./cursor.ts";
import { decodeEntries, encodeEntries, type Entries } from "./entries.ts";
import { decodeFacts, encodeFacts, type Facts } from "./facts.ts";
import { decodeForkProof, encodeForkProof, type ForkProof } from "./fork-proof.ts";
import { decodeHello, encodeHello, type Hello } from "./hello.ts";
import { decodeHistoryBlob, encodeHistoryBlob, type HistoryBlob } from "./history-blob.ts";
import {
  decodeJoin,
  decodeJoinAnswer,
  encodeJoin,
  encodeJoinAnswer,
  type Join,
  type JoinAnswer,
} from "./join.ts";
import { INTRODUCTIONS_MAX, SESSION_BYTES_MAX, SESSION_PAYLOADS_MAX } from "./limits.ts";
import { decodeNack, encodeNack, type Nack } from "./nack.ts";
import type { NameError } from "./name.ts";
import { decodePresync, encodePresync, type Presync } from "./presync.ts";
import { decodeProfile, encodeProfile, type Profile } from "./profile.ts";
import { decodeTyping, encodeTyping, type Typing } from "./typing.ts";
import { decodeVector, encodeVector, type Vector } from "./vector.ts";
import { decodeWant, encodeWant, type Want } from "./want.ts";
import {
  decodeRosterWant,
  decodeWelcome,
  encodeRosterWant,
  encodeWelcome,
  type RosterWant,
  type Welcome,
} from "./welcome.ts";

/** What arrives, by type. */
export type Bodies = {
  readonly contact: Contact;
  readonly contactAccept: Contact;
  readonly chain: ChainHandOver;
  readonly facts: Facts;
  readonly card: CardPayload;
  readonly nack: Nack;
  readonly want: Want;
  readonly entries: Entries;
  readonly profile: Profile;
  readonly backfill: Backfill;
  readonly chunk: Chunk;
  readonly presync: Presync;
  readonly welcome: Welcome;
  readonly rosterWant: RosterWant;
  readonly join: Join;
  readonly joinAnswer: JoinAnswer;
  readonly vector: Vector;
  readonly blobWant: BlobWant;
  readonly historyBlob: HistoryBlob;
  readonly cardWant: CardWant;
  readonly cards: Cards;
  readonly cursorWant: CursorWant;
  /** An encoded entry, read by `decodeEntry`. */
  readonly entry: Uint8Array;
  readonly rosterPart: Entries;
  readonly cursor: Cursor;
  readonly typing: Typing;
  readonly hello: Hello;
  readonly forkProof: ForkProof;
};

/** What is sent, by type: an introduction is opened and verified only on arrival. */
export type SentBodies = Omit<Bodies, "contact" | "contactAccept"> & {
  readonly contact: ContactContent;
  readonly contactAccept: ContactContent;
};

export type Payload = {
  readonly [T in PayloadType]: { readonly type: T; readonly body: Bodies[T] };
}[PayloadType];

export type PayloadError =
  | PayloadTypeError
  | DecodeError
  | IntroductionError
  | NameError
  | { readonly type: "IntroductionsTooMany"; readonly limit: number }
  | { readonly type: "PayloadEmpty" };

type Codec<Sent, Received> = {
  readonly encode: (body: Sent) => Uint8Array;
  readonly decode: (bytes: Uint8Array) => Result<Received, PayloadError>;
};

const CODECS: { readonly [T in PayloadType]: Codec<SentBodies[T], Bodies[T]> } = {
  contact: { encode: encodeContact, decode: decodeContact },
  contactAccept: { encode: encodeContact, decode: decodeContact },
  chain: { encode: encodeChain, decode: decodeChain },
  facts: { encode: encodeFacts, decode: decodeFacts },
  card: { encode: encodeCardPayload, decode: decodeCardPayload },
  nack: { encode: encodeNack, decode: decodeNack },
  want: { encode: encodeWant, decode: decodeWant },
  entries: { encode: encodeEntries, decode: decodeEntries },
  profile: { encode: encodeProfile, decode: decodeProfile },
  backfill: { encode: encodeBackfill, decode: decodeBackfill },
  chunk: { encode: encodeChunk, decode: decodeChunk },
  presync: { encode: encodePresync, decode: decodePresync },
  welcome: { encode: encodeWelcome, decode: decodeWelcome },
  rosterWant: { encode: encodeRosterWant, decode: decodeRosterWant },
  join: { encode: encodeJoin, decode: decodeJoin },
  joinAnswer: { encode: encodeJoinAnswer, decode: decodeJoinAnswer },
  vector: { encode: encodeVector, decode: decodeVector },
  historyBlob: { encode: encodeHistoryBlob, decode: decodeHistoryBlob },
  blobWant: { encode: encodeBlobWant, decode: decodeBlobWant },
  cardWant: { encode: encodeCardWant, decode: decodeCardWant },
  cards: { encode: encodeCards, decode: decodeCards },
  cursorWant: { encode: encodeCursorWant, decode: decodeCursorWant },
  entry: { encode: (entry) => entry, decode: boundedEntry },
  rosterPart: { encode: encodeEntries, decode: decodeEntries },
  cursor: { encode: encodeCursor, decode: decodeCursor },
  typing: { encode: encodeTyping, decode: decodeTyping },
  hello: { encode: encodeHello, decode: decodeHello },
  forkProof: { encode: encodeForkProof, decode: decodeForkProof },
};

export function encodePayload<T extends PayloadType>(type: T, body: SentBodies[T]): Uint8Array {
  return concat(Uint8Array.of(codeOf(type)), CODECS[type].encode(body));
}

export function decodePayload(layer: Layer, bytes: Uint8Array): Result<Payload, PayloadError> {
  const code = bytes[0];
  if (code === undefined) return err({ type: "PayloadEmpty" });
  const type = parsePayloadType(code, layer);
  if (!type.ok) return type;
  const body = CODECS[type.value].decode(bytes.subarray(1));
  return body.ok ? ok({ type: type.value, body: body.value } as Payload) : body;
}

const SESSION: Shape<readonly Uint8Array[]> = listShape(
  bytesUpTo(SESSION_BYTES_MAX, 1),
  SESSION_PAYLOADS_MAX,
  1,
);

/**
 * One session message of 1 to SESSION_PAYLOADS_MAX payloads, as `encodePayload` made them, of
 * SESSION_BYTES_MAX in all.
 */
export function encodeSession(payloads: readonly Uint8Array[]): Uint8Array {
  assert(
    payloads.every((payload) => parsePayloadType(payload[0] ?? 0, "session").ok),
    "payloads of the session layer",
  );
  const bytes = encodeShaped(SESSION, payloads);
  assert(bytes.length <= SESSION_BYTES_MAX, "a session message within its bound");
  return bytes;
}

/** In order. `refused`: payloads that are bad, or too new; the others of the message still hold. */
export type SessionMessage = {
  readonly payloads: readonly Payload[];
  readonly refused: readonly PayloadError[];
};

export function decodeSession(bytes: Uint8Array): Result<SessionMessage, DecodeError> {
  const list = decodeShaped(SESSION, bytes, SESSION_BYTES_MAX);
  if (!list.ok) return list;
  const payloads: Payload[] = [];
  const refused: PayloadError[] = [];
  let introductions = 0;
  for (const each of list.value) {
    // Each costs many signatures to check, before anybody asks who it is.
    if (isIntroduction(each)) introductions += 1;
    if (isIntroduction(each) && introductions > INTRODUCTIONS_MAX) {
      refused.push({ type: "IntroductionsTooMany", limit: INTRODUCTIONS_MAX });
      continue;
    }
    const payload = decodePayload("session", each);
    if (payload.ok) payloads.push(payload.value);
    else refused.push(payload.error);
  }
  return ok({ payloads, refused });
}

function isIntroduction(payload: Uint8Array): boolean {
  const type = parsePayloadType(payload[0] ?? 0, "session");
  return type.ok && (type.value === "contact" || type.value === "contactAccept");
}

function boundedEntry(bytes: Uint8Array): Result<Uint8Array, PayloadError> {
  return bytes.length > ENTRY_BYTES_MAX
    ? err({ type: "TooLarge", bytes: bytes.length, limit: ENTRY_BYTES_MAX })
    : ok(bytes.slice());
}
