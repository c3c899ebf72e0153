/** Answering those who found a blob at no relay. docs/protocol/media.md, [ME9]. */
import { toHex } from "../../crypto/base/hex.ts";
import { channelWith } from "../channel/members.ts";
import type { BlobWant } from "../payload/blob-want.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";

/** A blob is given to our relay again at most once in so long, whoever asks. */
export const RESUPPLY_EVERY_MS = 60_000;

/** What we hold of it goes to our relay, where the asker looks next. Only for who is in its channel. */
export async function answerBlobWant(
  tx: WriteTx,
  context: OpenContext,
  from: DeviceRow,
  want: BlobWant,
): Promise<void> {
  const { self, nowMs, effects } = context;
  const channel = await channelWith(tx, self, from.account, want.channel);
  if (channel === undefined) return effects.dropped("blob of another channel");
  const id = toHex(want.id);
  const rows = await tx.range("media", "id", { lower: id, upper: id });
  const held = rows.find((it) => it.c === channel.c && it.state === "here" && it.content !== null);
  if (held === undefined) return;
  const sinceMs = nowMs - (held.upAtMs ?? -Infinity);
  if (sinceMs >= 0 && sinceMs < RESUPPLY_EVERY_MS) return;
  await tx.put("media", { ...held, state: "up", waiting: 1, nextAtMs: 0, attempts: 0 });
  effects.missing();
}
