/**
 * What the roster of a group is made of: signed ops that say who comes, goes and decides.
 * docs/protocol/roster.md, [RO1] to [RO4].
 *
 *     create  cbor [heads = [], account, name, policy]
 *     add     cbor [heads, account, role, floor, invite]
 *     remove  cbor [heads, account, cut]
 *     role    cbor [heads, account, role, cut]
 *     leave   cbor [heads, cut]
 *
 * `heads` are full entry ids, all that the author knows of: they alone tell what an op comes after,
 * no log and no clock does. Ids are hexadecimal here, because they are keys of maps.
 */
import { assert, unreachable } from "../../crypto/base/assert.ts";
import { equalBytes } from "../../crypto/base/bytes.ts";
import { fromHex, toHex } from "../../crypto/base/hex.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { hash16 } from "../../crypto/public/hash.ts";
import {
  bytesShape,
  type DecodeError,
  decodeShaped,
  encodeShaped,
  listShape,
  nullable,
  recordShape,
  ruled,
  type Shape,
  textShape,
  uintShape,
} from "../cbor-shape.ts";
import { HLC_MAX } from "../clock/hlc.ts";
import { LATER_FIELDS_MAX } from "../entry/bodies.ts";
import {
  ENTRY_ID_BYTES,
  type Entry,
  entryIdOf,
  LOG_ID_BYTES,
  ROSTER_DEPS_MAX,
} from "../entry/entry.ts";
import { isRoster } from "../entry/kinds.ts";
import { SEQ_MAX } from "../log/known.ts";
import { ENTRY_BYTES_MAX } from "../wire/limits.ts";
import { HISTORY_POLICIES, type HistoryPolicy, type Role, ROLES } from "./may.ts";

/** For ever, as all kinds (sync/entry/kinds.ts). 21 to 31 are left for later acts. */
export const ROSTER_KINDS = { create: 16, add: 17, remove: 18, role: 19, leave: 20 } as const;

/** An op names so many heads; when there are more, the deepest. */
export const HEADS_MAX = ROSTER_DEPS_MAX;
/** A cut speaks about so many logs: all incarnations of all devices of one account. */
export const CUT_LOGS_MAX = 1_024;
/** UTF-8. */
export const GROUP_NAME_BYTES_MAX = 256;
const ACCOUNT_ID_BYTES = 32;
const INVITE_ID_BYTES = 16;

assert(
  CUT_LOGS_MAX * 25 + HEADS_MAX * 36 + 4_096 < ENTRY_BYTES_MAX,
  "the largest op fits an entry",
);

/** How far logs of an account were known when its rights ended. A log that is not named: nothing. */
export type Cut = readonly { readonly log: string; readonly seq: number }[];

export type RosterAct =
  | {
      readonly type: "create";
      readonly account: string;
      readonly name: string;
      readonly policy: HistoryPolicy;
    }
  | {
      readonly type: "add";
      readonly account: string;
      readonly role: Role;
      /** hEff from which on the newcomer is served history. */
      readonly floor: number;
      /** Whose link was used, 16 bytes; null: added from somebody's contacts. */
      readonly invite: string | null;
    }
  | { readonly type: "remove"; readonly account: string; readonly cut: Cut }
  /** `cut` counts when the role is lower than before. */
  | { readonly type: "role"; readonly account: string; readonly role: Role; readonly cut: Cut }
  /** `cut`: of the leaver's other logs; in this one the op itself is the last entry. */
  | { readonly type: "leave"; readonly cut: Cut }
  /** Of a kind that this version has no reading of: it does nothing, and others may come after it. */
  | { readonly type: "unknown"; readonly kind: number };

/** A verified roster entry, reduced to what membership needs. `author` and accounts: 32 bytes. */
export type RosterOp = {
  /** entryId, 32 bytes. */
  readonly id: string;
  readonly author: string;
  readonly log: string;
  readonly seq: number;
  readonly heads: readonly string[];
  readonly act: RosterAct;
};

/** Who signs a log, as its log.open and the account's facts showed. */
export type Writer = {
  /** Account id. */
  readonly account: string;
  /** The device's Ed25519 public key. */
  readonly key: Uint8Array;
  readonly incarnation: Uint8Array;
};

export type RosterOpError =
  | DecodeError
  /** Its body was deleted: nobody can tell what it said. Ask others for it. */
  | { readonly type: "BodyGone" }
  /** Not the op that made this channel, or in another's name. */
  | { readonly type: "CreateForeign" };

/** The id of the group that such a create makes; `bodyHash` as in its Core. 16 bytes. */
export const groupChannelOf = (
  writer: Pick<Writer, "key" | "incarnation">,
  bodyHash: Uint8Array,
): Uint8Array => hash16("chan", writer.key, writer.incarnation, bodyHash);

/** The entry went through `verifyEntry` under the writer's key, and is of a roster kind. */
export function rosterOpOf(entry: Entry, writer: Writer): Result<RosterOp, RosterOpError> {
  const { core, body } = entry;
  if (body === null) return err({ type: "BodyGone" });
  const said = decodeRosterBody(core.kind, body);
  if (!said.ok) return said;
  const { heads, act } = said.value;
  if (act.type === "create") {
    const isOurs =
      act.account === writer.account &&
      equalBytes(core.channel, groupChannelOf(writer, core.bodyHash));
    if (!isOurs) return err({ type: "CreateForeign" });
  }
  return ok({
    id: toHex(entryIdOf(entry.coreBytes)),
    author: writer.account,
    log: toHex(core.log),
    seq: core.seq,
    heads,
    act,
  });
}

export type RosterBody = { readonly heads: readonly string[]; readonly act: RosterAct };

/** `heads`: of the resolved roster, or none for a create. A Bug when a bound does not hold. */
export function encodeRosterBody({ heads, act }: RosterBody): Uint8Array {
  switch (act.type) {
    case "create":
      return encodeShaped(CREATE, { ...act, heads });
    case "add":
      return encodeShaped(ADD, { ...act, heads });
    case "remove":
      return encodeShaped(REMOVE, { ...act, heads });
    case "role":
      return encodeShaped(ROLE_OP, { ...act, heads });
    case "leave":
      return encodeShaped(LEAVE, { ...act, heads });
    case "unknown":
      return encodeShaped(UNKNOWN, { heads });
    default:
      return unreachable(act);
  }
}

export const kindOf = (act: RosterAct): number =>
  act.type === "unknown" ? act.kind : ROSTER_KINDS[act.type];

export function decodeRosterBody(kind: number, bytes: Uint8Array): Result<RosterBody, DecodeError> {
  assert(isRoster(kind), "a roster kind");
  switch (kind) {
    case ROSTER_KINDS.create:
      return read(CREATE, bytes, (fields) => ({ type: "create", ...fields }));
    case ROSTER_KINDS.add:
      return read(ADD, bytes, (fields) => ({ type: "add", ...fields }));
    case ROSTER_KINDS.remove:
      return read(REMOVE, bytes, (fields) => ({ type: "remove", ...fields }));
    case ROSTER_KINDS.role:
      return read(ROLE_OP, bytes, (fields) => ({ type: "role", ...fields }));
    case ROSTER_KINDS.leave:
      return read(LEAVE, bytes, (fields) => ({ type: "leave", ...fields }));
    default:
      return read(UNKNOWN, bytes, () => ({ type: "unknown", kind }));
  }
}

type Headed<Fields> = { readonly heads: readonly string[] } & Fields;
type Said<Type extends RosterAct["type"]> = Headed<
  Omit<Extract<RosterAct, { readonly type: Type }>, "type">
>;

function hexShape(length: number): Shape<string> {
  const shape = bytesShape(length);
  return {
    encode: (hex) => {
      const bytes = fromHex(hex);
      assert(bytes.ok, "an id in hexadecimal");
      return shape.encode(bytes.value);
    },
    decode: (cbor) => {
      const bytes = shape.decode(cbor);
      return bytes.ok ? ok(toHex(bytes.value)) : bytes;
    },
  };
}

/** One of a list of names, as its number in it from 1 on. */
function nameShape<Name extends string>(names: readonly Name[]): Shape<Name> {
  const shape = uintShape(names.length, 1);
  return {
    encode: (name) => shape.encode(names.indexOf(name) + 1),
    decode: (cbor) => {
      const number = shape.decode(cbor);
      const name = number.ok ? names[number.value - 1] : undefined;
      return name === undefined ? err({ type: "ShapeWrong", at: "" }) : ok(name);
    },
  };
}

const isAscending = (keys: readonly string[]): boolean =>
  keys.every((key, i) => i === 0 || (keys[i - 1] ?? "") < key);

const ACCOUNT = hexShape(ACCOUNT_ID_BYTES);
const ROLE = nameShape(ROLES);
const HEADS = ruled(listShape(hexShape(ENTRY_ID_BYTES), HEADS_MAX, 1), isAscending);
const NO_HEADS = listShape(hexShape(ENTRY_ID_BYTES), 0);
const CUT: Shape<Cut> = ruled(
  listShape(
    recordShape<Cut[number]>({ log: hexShape(LOG_ID_BYTES), seq: uintShape(SEQ_MAX, 1) }),
    CUT_LOGS_MAX,
  ),
  (cut) => isAscending(cut.map(({ log }) => log)),
);

const CREATE = recordShape<Said<"create">>(
  {
    heads: NO_HEADS,
    account: ACCOUNT,
    name: textShape(GROUP_NAME_BYTES_MAX),
    policy: nameShape(HISTORY_POLICIES),
  },
  LATER_FIELDS_MAX,
);
const ADD = recordShape<Said<"add">>(
  {
    heads: HEADS,
    account: ACCOUNT,
    role: ROLE,
    floor: uintShape(HLC_MAX),
    invite: nullable(hexShape(INVITE_ID_BYTES)),
  },
  LATER_FIELDS_MAX,
);
const REMOVE = recordShape<Said<"remove">>(
  { heads: HEADS, account: ACCOUNT, cut: CUT },
  LATER_FIELDS_MAX,
);
const ROLE_OP = recordShape<Said<"role">>(
  { heads: HEADS, account: ACCOUNT, role: ROLE, cut: CUT },
  LATER_FIELDS_MAX,
);
const LEAVE = recordShape<Said<"leave">>({ heads: HEADS, cut: CUT }, LATER_FIELDS_MAX);
const UNKNOWN = recordShape<Headed<object>>({ heads: HEADS }, LATER_FIELDS_MAX);

function read<Fields extends object>(
  shape: Shape<Headed<Fields>>,
  bytes: Uint8Array,
  actOf: (fields: Omit<Headed<Fields>, "heads">) => RosterAct,
): Result<RosterBody, DecodeError> {
  const said = decodeShaped(shape, bytes, ENTRY_BYTES_MAX);
  if (!said.ok) return said;
  const { heads, ...fields } = said.value;
  return ok({ heads, act: actOf(fields) });
}
