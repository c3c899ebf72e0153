/**
 * What entries say, by kind. docs/protocol/sync.md, [BO1] to [BO4]; docs/protocol/messages.md has the
 * layouts of what people write.
 *
 *     log.open  cbor [accountKey, certificates, incarnation]
 *
 * Up to LATER_FIELDS_MAX further fields at the end are passed over, so that a newer app can add to a
 * body and an older one still shows what it knows.
 */
import { ok, type Result } from "../../crypto/base/result.ts";
import {
  bytesShape,
  bytesUpTo,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  listShape,
  recordShape,
  type Shape,
} from "../cbor-shape.ts";
import { ENTRY_BYTES_MAX } from "../wire/limits.ts";
import {
  DEVICE_NAME_SHAPE,
  type DeviceName,
  LOG_CLOSE_SHAPE,
  type LogClose,
  OWN_NAME_SHAPE,
  type OwnName,
} from "./account-bodies.ts";
import { CONTACT_NOTE_SHAPE, type ContactNote } from "./contact-note.ts";
import { INCARNATION_BYTES } from "./entry.ts";
import { KINDS } from "./kinds.ts";
import { LATER_FIELDS_MAX } from "./later-fields.ts";
import { LINK_SHAPE, type LinkBody } from "./link-body.ts";
import { MARK_SHAPE, type MarkBody } from "./mark-body.ts";
import { EDIT_SHAPE, type EditBody, MESSAGE_SHAPE, type MessageBody } from "./message-body.ts";
import { META_SHAPE, type MetaBody, SYSTEM_SHAPE, type SystemBody } from "./meta-body.ts";
import {
  DELETE_SHAPE,
  type DeleteBody,
  PIN_SHAPE,
  type PinBody,
  REACTION_SHAPE,
  type ReactionBody,
} from "./op-bodies.ts";
import { plainMessage } from "./plain-message.ts";
import { ROOM_SHAPE, type RoomUpdate } from "./room-body.ts";
import { WORDS_NOTE_SHAPE, type WordsNote } from "./words-note.ts";

export { LATER_FIELDS_MAX };

/** From the signing device up to the account key. */
export const CERTIFICATE_CHAIN_MAX = 10;
export const CERTIFICATE_BYTES_MAX = 1_024;
const ACCOUNT_KEY_BYTES = 32;

/** Who signs the log. Proves nothing by itself: check the certificates. */
export type LogOpenBody = {
  readonly accountKey: Uint8Array;
  /** The device's own first, then its issuer's, up to one that the account key issued. */
  readonly certificates: readonly Uint8Array[];
  readonly incarnation: Uint8Array;
};

/** The kinds that this version reads, under their names in KINDS. */
export type Bodies = {
  readonly message: MessageBody;
  readonly edit: EditBody;
  readonly reaction: ReactionBody;
  readonly delete: DeleteBody;
  readonly pin: PinBody;
  readonly meta: MetaBody;
  readonly system: SystemBody;
  readonly link: LinkBody;
  readonly logOpen: LogOpenBody;
  readonly ydoc: RoomUpdate;
  readonly ydocSnapshot: RoomUpdate;
  readonly mark: MarkBody;
  readonly contact: ContactNote;
  readonly logClose: LogClose;
  readonly deviceName: DeviceName;
  readonly ownName: OwnName;
  readonly wordsKept: WordsNote;
};
export type BodyType = keyof Bodies;

export type Body =
  | { readonly [T in BodyType]: { readonly type: T } & Bodies[T] }[BodyType]
  /** Of a kind that this version has no reading of. The entry is good: keep it. */
  | { readonly type: "unknown"; readonly kind: number };

const LOG_OPEN: Shape<LogOpenBody> = recordShape<LogOpenBody>(
  {
    accountKey: bytesShape(ACCOUNT_KEY_BYTES),
    certificates: listShape(bytesUpTo(CERTIFICATE_BYTES_MAX, 1), CERTIFICATE_CHAIN_MAX, 1),
    incarnation: bytesShape(INCARNATION_BYTES),
  },
  LATER_FIELDS_MAX,
);

const SHAPES: { readonly [T in BodyType]: Shape<Bodies[T]> } = {
  message: MESSAGE_SHAPE,
  edit: EDIT_SHAPE,
  reaction: REACTION_SHAPE,
  delete: DELETE_SHAPE,
  pin: PIN_SHAPE,
  meta: META_SHAPE,
  system: SYSTEM_SHAPE,
  link: LINK_SHAPE,
  logOpen: LOG_OPEN,
  ydoc: ROOM_SHAPE,
  ydocSnapshot: ROOM_SHAPE,
  mark: MARK_SHAPE,
  contact: CONTACT_NOTE_SHAPE,
  logClose: LOG_CLOSE_SHAPE,
  deviceName: DEVICE_NAME_SHAPE,
  ownName: OWN_NAME_SHAPE,
  wordsKept: WORDS_NOTE_SHAPE,
};

const TYPE_BY_KIND: ReadonlyMap<number, BodyType> = new Map(
  (Object.keys(SHAPES) as BodyType[]).map((type) => [KINDS[type].number, type]),
);

/** A Bug when a field breaks its bound. What keeps them fits an entry. */
export const encodeBody = <T extends BodyType>(type: T, body: Bodies[T]): Uint8Array =>
  encodeShaped(SHAPES[type] as Shape<Bodies[T]>, body);

/** A message of text alone. The text went through `checkLongText`. */
export const encodeMessage = ({ text }: { readonly text: string }): Uint8Array =>
  encodeBody("message", plainMessage(text));

export const encodeLogOpen = (body: LogOpenBody): Uint8Array => encodeBody("logOpen", body);

/** An error means: signed, but unreadable. The entry still has its place in its log. */
export function decodeBody(kind: number, bytes: Uint8Array): Result<Body, DecodeError> {
  const type = TYPE_BY_KIND.get(kind);
  if (type === undefined) return ok({ type: "unknown", kind });
  const body = decodeShaped(SHAPES[type] as Shape<object>, bytes, ENTRY_BYTES_MAX);
  return body.ok ? ok({ type, ...body.value } as Body) : body;
}
