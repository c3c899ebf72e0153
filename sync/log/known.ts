/**
 * Which entries of one log are held: everything up to `floor`, and `ranges` beyond it, so that one
 * hole does not stall what came after. docs/protocol/sync.md, rules [KN1]…
 */

/**
 * `floor` >= 0. `ranges`: inclusive pairs [from, to], ascending, not touching each other or the floor:
 * floor + 1 < from <= to, and each from > the earlier to + 1.
 */
export type Known = {
  readonly floor: number;
  readonly ranges: readonly (readonly [from: number, to: number])[];
};

export const KNOWN_NOTHING: Known = { floor: 0, ranges: [] };
