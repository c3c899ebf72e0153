/**
 * Logs that we wrote before an old copy of our storage came back, and of which nothing is here. Others have what
 * arrived of them, perhaps without the entry that says whose they are: that went with the storage.
 * docs/protocol/sync.md, [HE21].
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import type { Self } from "../account/self.ts";
import { logIdOf } from "../entry/entry.ts";
import type { WriteTx } from "../store/store.ts";
import { bytesOf, type Channel, type Log, openLog } from "./channels.ts";

/** The log of that id, if it is one of ours; made when it is not there. */
export async function openFormerLog(
  tx: WriteTx,
  self: Self,
  channel: Channel,
  log: Uint8Array,
): Promise<Log | undefined> {
  const { account, device, keys, former = [] } = self;
  const key = keys.sigKey;
  const incarnation = former.find((it) => equalBytes(logIdOf(key, bytesOf(channel.id), it), log));
  if (incarnation === undefined) return undefined;
  return openLog(tx, self, channel, { account, device, key, incarnation });
}
