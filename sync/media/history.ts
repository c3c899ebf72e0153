/**
 * History for devices that are never here when we are. A question for it that is answered in part, and not
 * followed by the next one, was left by somebody who went: what they still lack is put at our relay, sealed,
 * and they take it when they come. docs/protocol/backfill.md, [HY22] to [HY24].
 */
import { toHex } from "../../crypto/base/hex.ts";
import type { Random } from "../../crypto/base/random.ts";
import type { Self } from "../account/self.ts";
import { historyChunks } from "../backfill/supply.ts";
import { bytesOf, type Channel } from "../channel/channels.ts";
import { channelWith } from "../channel/members.ts";
import { sendControl } from "../outbox/control.ts";
import { encodeChunk } from "../payload/chunk.ts";
import { encodeChunks, type HistoryBlob } from "../payload/history-blob.ts";
import { HISTORY_CHUNKS_MAX } from "../payload/limits.ts";
import { encodePayload } from "../payload/payload.ts";
import type { Effects } from "../receive/effects.ts";
import type { OpenContext } from "../receive/open-context.ts";
import type { DeviceRow } from "../store/rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { historyFrom, historyOut, historyRow, nextHistory } from "./media-rows.ts";
import { owe, OWED_AFTER_MS, owedIn } from "./owed.ts";
import { ownBlobOf } from "./own-blob.ts";
import type { MediaRow } from "./rows.ts";

/** Blobs of one channel that are made at a time: the rest when these are up. */
const BLOBS_AT_ONCE = 8;
/** Of one channel for one of our own devices: some 45 MB. Whoever takes them asks for the rest. */
const BLOBS_MAX = 64;
/** … for an account of others, over all its devices: what lies there is out of our own room. */
export const BLOBS_FOR_ACCOUNT_MAX = 16;
/** … and in all channels for all of them. */
export const BLOBS_FOR_OTHERS_MAX = 64;
/** They lie at our relay for so long. */
export const HISTORY_LIFE_MS = 14 * 86_400_000;
/** A blob that no relay has after so many tries is given up: the question comes again. */
export const HISTORY_TRIES_MAX = 6;

export type HistoryContext = {
  readonly self: Self;
  readonly nowMs: number;
  readonly random: Random;
  readonly effects: Pick<Effects, "upkeep">;
};

/** Makes the blobs of what is due. True when there is something to carry now. */
export async function payOwed(tx: WriteTx, context: HistoryContext): Promise<boolean> {
  const due = (await owedIn(tx)).find(({ atMs }) => {
    const ageMs = context.nowMs - atMs;
    return ageMs < 0 || ageMs >= OWED_AFTER_MS;
  });
  if (due === undefined) return false;
  const device = await tx.get("devices", due.device);
  const channel =
    device && (await channelWith(tx, context.self, device.account, bytesOf(due.channel)));
  const lying = channel === undefined ? [] : await historyOut(tx, channel.c);
  const room = device === undefined ? 0 : await roomFor(tx, context.self, device, lying);
  if (device === undefined || channel === undefined || room <= 0) {
    await owe(tx, due, due.channel, null, context.nowMs);
    return true;
  }
  if (lying.some((it) => it.peer?.device === due.device && it.state === "up")) return false;
  let { held } = due;
  let left = 1;
  for (let n = 0; n < Math.min(BLOBS_AT_ONCE, room) && left > 0; n += 1) {
    const part = await historyChunks(tx, context.self, device, channel, held, HISTORY_CHUNKS_MAX);
    if (part.chunks.length === 0) break;
    const content = encodeChunks(part.chunks.map(encodeChunk));
    const s = await nextHistory(tx, channel.c);
    const { ref } = ownBlobOf(content, context.random);
    const row = historyRow({ c: channel.c, s }, device, ref);
    await tx.put("media", { ...row, author: context.self.account, state: "up", content });
    ({ held, left } = part);
  }
  await owe(tx, due, due.channel, left > 0 ? held : null, context.nowMs);
  return true;
}

/**
 * How many more may be put there for this device. Asking costs nothing, and accounts may have many devices:
 * people beside ourselves share a part of what our relay keeps for us. Rule [HY22].
 */
async function roomFor(
  tx: ReadTx,
  self: Self,
  { account, device }: DeviceRow,
  lying: readonly MediaRow[],
): Promise<number> {
  if (account === self.account)
    return BLOBS_MAX - lying.filter((it) => it.peer?.device === device).length;
  const theirs = lying.filter((it) => it.peer?.account === account).length;
  const under = await tx.range("media", "due", { lower: [1], upper: [1] });
  const others = under.filter(
    ({ use, state, peer }) =>
      use === "history" && state !== "wanted" && peer?.account !== self.account,
  );
  return Math.min(BLOBS_FOR_ACCOUNT_MAX - theirs, BLOBS_FOR_OTHERS_MAX - others.length);
}

/** A blob of history is at our relay: its device is told. It goes when its time there is over. */
export async function announceHistory(
  tx: WriteTx,
  context: HistoryContext,
  channel: Channel,
  row: MediaRow,
): Promise<MediaRow> {
  const device = row.peer === undefined ? undefined : await tx.get("devices", row.peer.device);
  if (device !== undefined) {
    const blob: HistoryBlob = {
      channel: bytesOf(channel.id),
      id: bytesOf(row.id),
      key: row.key,
      bytes: row.bytes,
    };
    const payloads = [encodePayload("historyBlob", blob)];
    await sendControl(tx, { ...context, device, payloads, before: null, psk: null });
  }
  const nextAtMs = context.nowMs + HISTORY_LIFE_MS;
  return { ...row, state: "gone", content: null, waiting: 1, nextAtMs, attempts: 0 };
}

/** There is history for us: it is fetched, and taken in as any chunk is. */
export async function takeHistoryBlob(
  tx: WriteTx,
  { self, effects }: OpenContext,
  from: DeviceRow,
  blob: HistoryBlob,
): Promise<void> {
  const channel = await channelWith(tx, self, from.account, blob.channel);
  if (channel === undefined) return effects.dropped("history of another channel");
  if (channel.history === undefined) return effects.dropped("history unasked");
  const id = toHex(blob.id);
  const held = await tx.range("media", "id", { lower: id, upper: id });
  if (held.length > 0) return;
  const waiting = await historyFrom(tx, channel.c, from.device);
  if (waiting.length >= BLOBS_MAX) return effects.dropped("too much history");
  const s = await nextHistory(tx, channel.c);
  await tx.put("media", historyRow({ c: channel.c, s }, from, blob));
  effects.missing();
}
