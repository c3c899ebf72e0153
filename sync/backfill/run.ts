/**
 * A run: consecutive entries of one log, written without what follows from what stands beside it. It is
 * how history travels in bulk: 37 bytes an entry besides its text, instead of about 190.
 * docs/protocol/backfill.md, [HY1] to [HY5].
 *
 *     Run = [log, first seq, prev of the first, hlc before the first, items, signature of the last]
 *
 * | item  | what it is                                                                      |
 * | ----- | ------------------------------------------------------------------------------- |
 * | ahead | hlc minus the hlc before it                                                     |
 * | lag   | hlc minus floor, so that it is small; negative: clocks apart; null: no floor    |
 * | kind, deps, auth, expire | as in the Core                                               |
 * | salt, body | both null: deleted, then `gone` is [bodyHash, bodyLength]                  |
 *
 * Channel, log, seq, prev, bodyHash and bodyLength of every Core are worked out again, and with them
 * its id, from the first entry to the last. The run is genuine when the id of the last entry is either
 * what its signature was made over or the `prev` of an entry that is held already: one signature, or
 * none, stands for all of it.
 */
import { assert } from "../../crypto/base/assert.ts";
import { equalBytes } from "../../crypto/base/bytes.ts";
import { err, ok, type Result } from "../../crypto/base/result.ts";
import { SIGNATURE_BYTES, verifyLabelled } from "../../crypto/public/verify.ts";
import {
  bytesShape,
  bytesUpTo,
  listShape,
  nullable,
  recordShape,
  ruled,
  type Shape,
  uintShape,
} from "../cbor-shape.ts";
import { HLC_MAX } from "../clock/hlc.ts";
import {
  AUTH_HEAD_BYTES,
  AUTH_MAX,
  bodyHashOf,
  type Core,
  DEP,
  type Dep,
  DEPS_MAX,
  encodeCore,
  type Entry,
  ENTRY_ID_BYTES,
  entryIdOf,
  LOG_ID_BYTES,
  ROSTER_DEPS_MAX,
  SALT_BYTES,
} from "../entry/entry.ts";
import { isRoster, KIND_MAX } from "../entry/kinds.ts";
import { SEQ_MAX } from "../log/known.ts";
import { ENTRY_BYTES_MAX } from "../wire/limits.ts";

/** A chunk of 96 KiB holds about so many entries of the smallest kind. */
export const RUN_ITEMS_MAX = 2_048;

type Item = {
  readonly ahead: number;
  readonly lag: number | null;
  readonly kind: number;
  readonly deps: readonly Dep[];
  readonly auth: readonly Uint8Array[];
  readonly expire: number | null;
  readonly salt: Uint8Array | null;
  readonly body: Uint8Array | null;
  readonly gone: { readonly bodyHash: Uint8Array; readonly bodyLength: number } | null;
};

export type Run = {
  readonly log: Uint8Array;
  readonly first: number;
  readonly prev: Uint8Array | null;
  readonly hlcBefore: number;
  readonly items: readonly Item[];
  /** Of the last entry; null: the receiver is expected to hold the entry after it. */
  readonly signature: Uint8Array | null;
};

const ITEM: Shape<Item> = ruled(
  recordShape<Item>({
    ahead: uintShape(HLC_MAX, 1),
    lag: nullable(uintShape(HLC_MAX, -HLC_MAX)),
    kind: uintShape(KIND_MAX),
    deps: listShape(DEP, ROSTER_DEPS_MAX),
    auth: listShape(bytesShape(AUTH_HEAD_BYTES), AUTH_MAX),
    expire: nullable(uintShape()),
    salt: nullable(bytesShape(SALT_BYTES)),
    body: nullable(bytesUpTo(ENTRY_BYTES_MAX)),
    gone: nullable(
      recordShape({ bodyHash: bytesShape(ENTRY_ID_BYTES), bodyLength: uintShape(ENTRY_BYTES_MAX) }),
    ),
  }),
  (item) =>
    (item.salt === null) === (item.body === null) &&
    (item.body === null) === (item.gone !== null) &&
    (item.deps.length <= DEPS_MAX || isRoster(item.kind)),
);

export const RUN_SHAPE: Shape<Run> = ruled(
  recordShape<Run>({
    log: bytesShape(LOG_ID_BYTES),
    first: uintShape(SEQ_MAX, 1),
    prev: nullable(bytesShape(ENTRY_ID_BYTES)),
    hlcBefore: uintShape(HLC_MAX),
    items: listShape(ITEM, RUN_ITEMS_MAX, 1),
    signature: nullable(bytesShape(SIGNATURE_BYTES)),
  }),
  (run) => (run.prev === null) === (run.first === 1) && run.first + run.items.length - 1 <= SEQ_MAX,
);

/** `entries`: of one log, ascending without holes, each the `prev` of the next. */
export function runOf(entries: readonly Entry[]): Run {
  const [first] = entries;
  const last = entries.at(-1);
  assert(first !== undefined && last !== undefined, "a run has entries");
  assert(entries.length <= RUN_ITEMS_MAX, "a run within its bound");
  // Nothing is saved before the first entry, and nothing is revealed by it either.
  let hlc = first.core.hlc - 1;
  const items = entries.map((entry, i) => {
    assert(entry.core.seq === first.core.seq + i, "a run has no holes");
    const item = itemOf(entry, hlc);
    hlc = entry.core.hlc;
    return item;
  });
  const { log, seq, prev } = first.core;
  return {
    log,
    first: seq,
    prev,
    hlcBefore: first.core.hlc - 1,
    items,
    signature: last.signature,
  };
}

function itemOf({ core, salt, body }: Entry, hlcBefore: number): Item {
  const { hlc, floor, kind, deps, auth, expire, bodyHash, bodyLength } = core;
  return {
    ahead: hlc - hlcBefore,
    lag: floor === 0 ? null : hlc - floor,
    kind,
    deps,
    auth,
    expire,
    salt,
    body,
    gone: body === null ? { bodyHash, bodyLength } : null,
  };
}

/** An entry of a run: all but the last have no signature of their own. */
export type RunEntry = Omit<Entry, "signature"> & {
  readonly signature: Uint8Array | null;
  readonly id: Uint8Array;
};

export type RunError =
  /** A number leaves its range when the Cores are worked out. */
  | { readonly type: "RunMalformed" }
  /** Neither signed by the log's key nor what the held entry follows. */
  | { readonly type: "RunForged" };

/**
 * The entries of a run, checked. `key`: Ed25519, the log's author. `nextPrev`: the `prev` of the entry
 * after the run, when that is held; it is as good as the signature and saves checking it.
 */
export function openRun(
  run: Run,
  channel: Uint8Array,
  key: Uint8Array,
  nextPrev: Uint8Array | null,
): Result<readonly RunEntry[], RunError> {
  const entries: RunEntry[] = [];
  let { prev, hlcBefore: hlc } = run;
  for (const [i, item] of run.items.entries()) {
    hlc += item.ahead;
    const floor = item.lag === null ? 0 : hlc - item.lag;
    const seq = run.first + i;
    const isMade =
      hlc <= HLC_MAX && floor >= 0 && floor <= HLC_MAX && (floor === 0) === (item.lag === null);
    const isRooted = (floor === 0) === (prev === null && item.deps.length === 0);
    if (!isMade || !isRooted) return err({ type: "RunMalformed" });
    const { bodyHash, bodyLength } = bodyOf(item);
    const { kind, deps, auth, expire, salt, body } = item;
    const core: Core = {
      channel,
      log: run.log,
      seq,
      prev,
      hlc,
      kind,
      deps,
      auth,
      floor,
      bodyHash,
      bodyLength,
      expire,
    };
    const coreBytes = encodeCore(core);
    const id = entryIdOf(coreBytes);
    entries.push({ core, coreBytes, signature: null, salt, body, id });
    prev = id;
  }
  return sealed(entries, run.signature, key, nextPrev);
}

function bodyOf({ salt, body, gone }: Item): { bodyHash: Uint8Array; bodyLength: number } {
  if (gone !== null) return gone;
  assert(salt !== null && body !== null, "what is not deleted has a body");
  return { bodyHash: bodyHashOf(salt, body), bodyLength: body.length };
}

/** The last entry vouches for all before it. */
function sealed(
  entries: readonly RunEntry[],
  signature: Uint8Array | null,
  key: Uint8Array,
  nextPrev: Uint8Array | null,
): Result<readonly RunEntry[], RunError> {
  const last = entries.at(-1);
  assert(last !== undefined, "a run has entries");
  if (nextPrev !== null) return equalBytes(last.id, nextPrev) ? ok(entries) : FORGED;
  if (signature === null || !verifyLabelled(key, signature, "entry", last.coreBytes)) return FORGED;
  return ok([...entries.slice(0, -1), { ...last, signature }]);
}

const FORGED = err({ type: "RunForged" } as const);
