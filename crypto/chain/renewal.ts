/**
 * When a device opens a new sender chain, apart from the reasons that force one (a recipient left,
 * the policy changed, an own rollback is suspected). Rule [SC9] of docs/protocol/crypto.md.
 */
const DAY_MS = 86_400_000;

/** Up to so many devices a hand-over is cheap, so chains are short. */
export const SMALL_CHANNEL_DEVICES_MAX = 16;
export const CHAIN_MESSAGES_MAX = 100;
export const CHAIN_MS_MAX = 7 * DAY_MS;
export const SMALL_CHAIN_MESSAGES_MAX = 25;
export const SMALL_CHAIN_MS_MAX = DAY_MS;

export type ChainUse = {
  /** Messages sealed under it so far. */
  readonly sealedCount: number;
  readonly startedAtMs: number;
  /** Devices of the channel, our own included. */
  readonly devices: number;
  readonly nowMs: number;
};

export function isChainSpent({ sealedCount, startedAtMs, devices, nowMs }: ChainUse): boolean {
  const small = devices <= SMALL_CHANNEL_DEVICES_MAX;
  const ageMs = nowMs - startedAtMs;
  // A clock that was set back makes the age negative: then it counts as old.
  if (ageMs < 0 || ageMs > (small ? SMALL_CHAIN_MS_MAX : CHAIN_MS_MAX)) return true;
  return sealedCount >= (small ? SMALL_CHAIN_MESSAGES_MAX : CHAIN_MESSAGES_MAX);
}
