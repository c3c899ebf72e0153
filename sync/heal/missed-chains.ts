/**
 * Chains of groups that are not here yet. They cannot be kept, but who handed one over is remembered with it: what
 * comes under it is asked for of them once the group is here, and not of whom chance chooses.
 * docs/protocol/sync.md, rule [HE6].
 */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { liveTagOf } from "../../crypto/chain/live.ts";
import { peerChainFrom } from "../../crypto/chain/sender-chain.ts";
import { bytesOf } from "../channel/channels.ts";
import type { ChainHandOver } from "../payload/chain.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";

/** Tags of one device's chains: two for each. */
const MISSED_TAGS_MAX = 8;

export async function noteMissedChain(
  tx: WriteTx,
  id: Hex,
  { chain: bytes }: Pick<ChainHandOver, "chain">,
): Promise<void> {
  const chain = peerChainFrom(bytes, bytesOf(id));
  const device = await tx.get("devices", id);
  if (!chain.ok || device === undefined) return;
  const tags = [toHex(chain.value.tag), toHex(liveTagOf(chain.value))];
  const others = (device.missed ?? []).filter((it) => !tags.includes(it));
  await tx.put("devices", { ...device, missed: [...tags, ...others].slice(0, MISSED_TAGS_MAX) });
}

/** Those among them who handed us a chain with one of these tags. */
export const handersAmong = (
  devices: readonly DeviceRow[],
  tags: ReadonlySet<Hex>,
): readonly DeviceRow[] => devices.filter(({ missed = [] }) => missed.some((it) => tags.has(it)));
