/**
 * What a person notes for themselves, in the account channel, where their own devices read it and
 * nobody else. docs/protocol/messages.md, [MB14] and [MB15].
 *
 *     mark  cbor [channel, what, value]
 *
 * | what       | number | value                                             |
 * | ---------- | -----: | ------------------------------------------------- |
 * | star       |      1 | [target, on]                                      |
 * | hide       |      2 | [target]             "delete for me": no way back |
 * | mute       |      3 | [ms since 1970 up to which, level]    0 = not muted |
 * | pinChat    |      4 | [on]                                              |
 * | archive    |      5 | [on, place of the newest message that is put away] |
 * | readVector |      6 | [[[log, known] …]]                                |
 * | verified   |      7 | [on]       of a 1:1 chat: the safety numbers agreed |
 *
 * `level` and the place of `archive` may be missing, and are left out when 0. `level`: what is still told
 * while the chat is muted, 0 nothing, 1 messages that name the person. Others count as 0.
 */
import { ok, type Result } from "../../crypto/base/result.ts";
import { CHANNEL_ID_BYTES } from "../../crypto/identity/channel-id.ts";
import {
  anyShape,
  boolShape,
  bytesShape,
  grownShape,
  listShape,
  recordShape,
  type Shape,
  type ShapeError,
  uintShape,
} from "../cbor-shape.ts";
import type { CborValue } from "../cbor.ts";
import { type Known, knownShape } from "../log/known.ts";
import { CURSOR_LOGS_MAX, CURSOR_RANGES_MAX } from "../payload/limits.ts";
import { type EntryRef, REF_SHAPE } from "./entry-ref.ts";
import { LOG_ID_BYTES } from "./entry.ts";
import { LATER_FIELDS_MAX } from "./later-fields.ts";

export type ReadLog = { readonly log: Uint8Array; readonly known: Known };

export type Marks = {
  readonly star: { readonly target: EntryRef; readonly on: boolean };
  readonly hide: { readonly target: EntryRef };
  readonly mute: { readonly untilMs: number; readonly level: number };
  readonly pinChat: { readonly on: boolean };
  readonly archive: { readonly on: boolean; readonly upToH: number };
  readonly readVector: { readonly logs: readonly ReadLog[] };
  readonly verified: { readonly on: boolean };
};
type What = keyof Marks;

/** `channel`: the one that it is about, 16 bytes. */
export type MarkBody = { readonly channel: Uint8Array } & (
  | { readonly [W in What]: { readonly what: W } & Marks[W] }[What]
  /** Of a newer app: kept, and without effect here. */
  | { readonly what: "unknown"; readonly number: number }
);

const WHAT_MAX = 0xffff;
const LEVEL_MAX = 0xff;
const VALUES: {
  readonly [W in What]: { readonly number: number; readonly shape: Shape<Marks[W]> };
} = {
  star: { number: 1, shape: mark<"star">({ target: REF_SHAPE, on: boolShape }) },
  hide: { number: 2, shape: mark<"hide">({ target: REF_SHAPE }) },
  mute: {
    number: 3,
    shape: grownShape<Marks["mute"]>(
      { untilMs: uintShape(), level: uintShape(LEVEL_MAX) },
      { level: 0 },
      LATER_FIELDS_MAX,
    ),
  },
  pinChat: { number: 4, shape: mark<"pinChat">({ on: boolShape }) },
  archive: {
    number: 5,
    shape: grownShape<Marks["archive"]>(
      { on: boolShape, upToH: uintShape() },
      { upToH: 0 },
      LATER_FIELDS_MAX,
    ),
  },
  readVector: {
    number: 6,
    shape: mark<"readVector">({
      logs: listShape(
        recordShape<ReadLog>({
          log: bytesShape(LOG_ID_BYTES),
          known: knownShape(CURSOR_RANGES_MAX),
        }),
        CURSOR_LOGS_MAX,
      ),
    }),
  },
  verified: { number: 7, shape: mark<"verified">({ on: boolShape }) },
};

type Frame = { readonly channel: Uint8Array; readonly number: number; readonly value: CborValue };

const FRAME: Shape<Frame> = recordShape<Frame>(
  { channel: bytesShape(CHANNEL_ID_BYTES), number: uintShape(WHAT_MAX), value: anyShape },
  LATER_FIELDS_MAX,
);

const WHATS = Object.keys(VALUES) as readonly What[];

export const MARK_SHAPE: Shape<MarkBody> = {
  encode: (body) => {
    if (body.what === "unknown") return FRAME.encode({ ...body, value: null });
    const { number, shape } = valueOf(body.what);
    return FRAME.encode({ channel: body.channel, number, value: shape.encode(body) });
  },
  decode: (cbor): Result<MarkBody, ShapeError> => {
    const frame = FRAME.decode(cbor);
    if (!frame.ok) return frame;
    const { channel, number, value } = frame.value;
    const what = WHATS.find((it) => VALUES[it].number === number);
    if (what === undefined) return ok({ channel, what: "unknown", number });
    const decoded = valueOf(what).shape.decode(value);
    return decoded.ok ? ok({ ...decoded.value, channel, what } as MarkBody) : decoded;
  },
};

/** The compiler cannot see that name, number and shape belong together. */
const valueOf = (what: What) => VALUES[what] as { number: number; shape: Shape<object> };

function mark<W extends What>(fields: {
  readonly [Name in keyof Marks[W]]: Shape<Marks[W][Name]>;
}): Shape<Marks[W]> {
  return recordShape<Marks[W]>(fields, LATER_FIELDS_MAX);
}
