/**
 * Which entries of one log are held: everything up to `floor`, and `ranges` beyond it, so that one
 * hole does not stall what came after. docs/protocol/sync.md, [KN1] to [KN6].
 *
 * All functions are pure and take at most time linear in the ranges. A `Known` never holds more than
 * KNOWN_RANGES_MAX ranges: where there would be more, the highest are left out. A claim that is too
 * small costs a repeated delivery; one that is too large would lose an entry.
 */
import { assert } from "../../crypto/base/assert.ts";
import { U32_MAX } from "../../crypto/base/bytes.ts";
import type { Result } from "../../crypto/base/result.ts";
import {
  decodeShaped,
  type DecodeError,
  encodeShaped,
  listShape,
  recordShape,
  ruled,
  type Shape,
  uintShape,
} from "../cbor-shape.ts";

/** Entries of one log are numbered 1 to this. */
export const SEQ_MAX = U32_MAX;
export const KNOWN_RANGES_MAX = 1_000;
/** Two five-byte integers and a header a range, and some room in front. */
export const KNOWN_BYTES_MAX = 16 + KNOWN_RANGES_MAX * 11;

/** Both ends included, from <= to. */
export type SeqRange = readonly [from: number, to: number];

/**
 * `floor` >= 0. `ranges`: inclusive pairs [from, to], ascending, not touching each other or the floor:
 * floor + 1 < from <= to, and each from > the earlier to + 1.
 */
export type Known = {
  readonly floor: number;
  readonly ranges: readonly SeqRange[];
};

export const KNOWN_NOTHING: Known = { floor: 0, ranges: [] };

export function hasKnown(known: Known, seq: number): boolean {
  return seq <= known.floor
    ? seq >= 1
    : known.ranges.some(([from, to]) => from <= seq && seq <= to);
}

export function addKnown(known: Known, seq: number): Known {
  assert(Number.isInteger(seq) && seq >= 1 && seq <= SEQ_MAX, "an entry's number");
  if (seq === known.floor + 1 && known.ranges.length === 0) return { floor: seq, ranges: [] };
  return unionKnown(known, { floor: 0, ranges: [[seq, seq]] });
}

/** All but this one. What is left may be in one range more, and then in too many: see KNOWN_RANGES_MAX. */
export function withoutKnown(known: Known, seq: number): Known {
  const rest = rangesIn(known).flatMap(([from, to]): SeqRange[] => {
    if (seq < from || seq > to) return [[from, to]];
    const parts: SeqRange[] = [
      [from, seq - 1],
      [seq + 1, to],
    ];
    return parts.filter(([first, last]) => first <= last);
  });
  return unionKnown({ floor: 0, ranges: rest }, KNOWN_NOTHING);
}

export function unionKnown(a: Known, b: Known): Known {
  const parts = [...rangesIn(a), ...rangesIn(b)].toSorted(([x], [y]) => x - y);
  const joined: [from: number, to: number][] = [];
  for (const [from, to] of parts) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  const first = joined[0];
  return first?.[0] === 1
    ? limitKnown({ floor: first[1], ranges: joined.slice(1) }, KNOWN_RANGES_MAX)
    : limitKnown({ floor: 0, ranges: joined }, KNOWN_RANGES_MAX);
}

/** What is missing in 1 … `upTo`, ascending. */
export function holesOf(known: Known, upTo: number): readonly SeqRange[] {
  const holes: SeqRange[] = [];
  let next = 1;
  for (const [from, to] of rangesIn(known)) {
    if (next > upTo) break;
    if (from > next) holes.push([next, Math.min(from - 1, upTo)]);
    next = to + 1;
  }
  if (next <= upTo) holes.push([next, upTo]);
  return holes;
}

/** The last number before the first hole from `start` on; 0: nothing. */
export function lastWithoutHole({ floor, ranges }: Known, start: number): number {
  if (floor >= start - 1) return floor;
  return ranges.find(([from, to]) => from <= start && start <= to)?.[1] ?? floor;
}

/** Is everything that `b` holds held by `a`? */
export function coversKnown(a: Known, b: Known): boolean {
  const mine = rangesIn(a);
  let i = 0;
  return rangesIn(b).every(([from, to]) => {
    while ((mine[i]?.[1] ?? Infinity) < to) i += 1;
    const range = mine[i];
    return range !== undefined && range[0] <= from;
  });
}

export const countKnown = (known: Known): number =>
  rangesIn(known).reduce((count, [from, to]) => count + to - from + 1, 0);

/** The highest number that is held; 0 = none. */
export const maxKnown = (known: Known): number => known.ranges.at(-1)?.[1] ?? known.floor;

/** The same claim or a smaller one, of at most so many ranges: the lowest. */
export const limitKnown = (known: Known, rangesMax: number): Known =>
  known.ranges.length <= rangesMax
    ? known
    : { floor: known.floor, ranges: known.ranges.slice(0, rangesMax) };

export const KNOWN_SHAPE: Shape<Known> = knownShape(KNOWN_RANGES_MAX);

/** [floor, [[from, to] …]] */
export function knownShape(rangesMax: number): Shape<Known> {
  return ruled(
    recordShape<Known>({ floor: uintShape(SEQ_MAX), ranges: rangesShape(rangesMax) }),
    ({ floor, ranges }) => (ranges[0]?.[0] ?? Infinity) > floor + 1,
  );
}

/** Ranges that ascend and do not touch. */
export function rangesShape(max: number, min = 0): Shape<readonly SeqRange[]> {
  const seq = uintShape(SEQ_MAX, 1);
  const pair = listShape(seq, 2, 2);
  const range: Shape<SeqRange> = {
    encode: pair.encode,
    decode: (cbor) => {
      const decoded = pair.decode(cbor);
      return decoded.ok
        ? { ok: true, value: [decoded.value[0] ?? 0, decoded.value[1] ?? 0] }
        : decoded;
    },
  };
  return ruled(listShape(range, max, min), (ranges) =>
    ranges.every(([from, to], i) => from <= to && from > (ranges[i - 1]?.[1] ?? -1) + 1),
  );
}

export const encodeKnown = (known: Known): Uint8Array => encodeShaped(KNOWN_SHAPE, known);

export const decodeKnown = (bytes: Uint8Array): Result<Known, DecodeError> =>
  decodeShaped(KNOWN_SHAPE, bytes, KNOWN_BYTES_MAX);

/** All that is held, the floor's range first. */
export const rangesIn = ({ floor, ranges }: Known): readonly SeqRange[] =>
  floor === 0 ? ranges : [[1, floor], ...ranges];
