/**
 * Keys of messages that were jumped over, so that they still open when they come late. Each opens
 * once. Lists are in order of `n` and bounded: who jumps far loses the oldest keys, never the
 * newest.
 */
import { chainStep } from "./keys.ts";

export type SkippedKey = { readonly n: number; readonly key: Uint8Array };

/** Steps from message `n` up to `target`, keeping the last `keep` message keys on the way. */
export function skipTo(
  chainKey: Uint8Array,
  n: number,
  target: number,
  keep: number,
): { readonly chainKey: Uint8Array; readonly skipped: readonly SkippedKey[] } {
  const skipped: SkippedKey[] = [];
  let current = chainKey;
  for (let at = n; at < target; at++) {
    const { chainKey: next, messageKey } = chainStep(current);
    if (current !== chainKey) current.fill(0);
    current = next;
    if (target - at <= keep) skipped.push({ n: at, key: messageKey });
    else messageKey.fill(0);
  }
  return { chainKey: current, skipped };
}

export const findSkipped = (skipped: readonly SkippedKey[], n: number): Uint8Array | undefined =>
  skipped.find((it) => it.n === n)?.key;
