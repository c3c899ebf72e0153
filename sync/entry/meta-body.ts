/**
 * What is said about the channel itself. docs/protocol/messages.md, [MB12] and [MB13].
 *
 *     meta    cbor [title, topic, picture, history, timer]     null: stays as it is
 *     system  cbor [event, accounts, text]
 *     timer = [lifetimeMs, from]
 */
import { ACCOUNT_ID_BYTES } from "../../crypto/identity/account.ts";
import {
  bytesShape,
  listShape,
  nullable,
  oneOfShape,
  recordShape,
  ruled,
  type Shape,
  textUpTo,
  uintShape,
} from "../cbor-shape.ts";
import { type BlobRef, BLOB_SHAPE } from "./blob-ref.ts";
import { LATER_FIELDS_MAX } from "./later-fields.ts";

export const TITLE_BYTES_MAX = 256;
export const TOPIC_BYTES_MAX = 2_048;
/** Lifetimes of messages that disappear: a second to a year. */
export const LIFETIME_MS_MIN = 1_000;
export const LIFETIME_MS_MAX = 366 * 86_400_000;
const SYSTEM_EVENT_MAX = 0xffff;
const SYSTEM_ACCOUNTS_MAX = 16;
const SYSTEM_TEXT_BYTES_MAX = 1_024;

/** How much of what was written before somebody came they may be given: 1, 2, 3. */
export const HISTORIES = ["none", "week", "all"] as const;

/** From when a lifetime counts: 1 when it was read here, 2 when it was sent or came. */
export const TIMER_STARTS = ["read", "sent"] as const;

export type Timer = {
  /** 0: messages stay. */
  readonly lifetimeMs: number;
  readonly from: (typeof TIMER_STARTS)[number];
};

/** Null leaves a field as it is. */
export type MetaBody = {
  /** "": none. */
  readonly title: string | null;
  readonly topic: string | null;
  /** []: none. */
  readonly picture: readonly BlobRef[] | null;
  readonly history: (typeof HISTORIES)[number] | null;
  readonly timer: Timer | null;
};

/** A line that some device adds to the conversation. `event`s that are not known are passed over. */
export type SystemBody = {
  readonly event: number;
  /** Whom it is about, 32 bytes each. */
  readonly accounts: readonly Uint8Array[];
  readonly text: string;
};

const TIMER: Shape<Timer> = ruled(
  recordShape<Timer>({
    lifetimeMs: uintShape(LIFETIME_MS_MAX),
    from: oneOfShape(TIMER_STARTS),
  }),
  ({ lifetimeMs }) => lifetimeMs === 0 || lifetimeMs >= LIFETIME_MS_MIN,
);

export const META_SHAPE: Shape<MetaBody> = recordShape<MetaBody>(
  {
    title: nullable(textUpTo(TITLE_BYTES_MAX)),
    topic: nullable(textUpTo(TOPIC_BYTES_MAX)),
    picture: nullable(listShape(BLOB_SHAPE, 1)),
    history: nullable(oneOfShape(HISTORIES)),
    timer: nullable(TIMER),
  },
  LATER_FIELDS_MAX,
);

export const SYSTEM_SHAPE: Shape<SystemBody> = recordShape<SystemBody>(
  {
    event: uintShape(SYSTEM_EVENT_MAX),
    accounts: listShape(bytesShape(ACCOUNT_ID_BYTES), SYSTEM_ACCOUNTS_MAX),
    text: textUpTo(SYSTEM_TEXT_BYTES_MAX),
  },
  LATER_FIELDS_MAX,
);
