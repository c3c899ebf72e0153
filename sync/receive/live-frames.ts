/**
 * Live frames: receipts, typing, digests and proofs of forks. Everybody who holds the chain could seal
 * one, so what counts is signed inside by the device that it names, or proves itself.
 * docs/protocol/sync.md, rules [CU1], [TY1], [DG1] and [FK1].
 */
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { openLive } from "../../crypto/chain/live.ts";
import { wasPutBack } from "../account/self.ts";
import { type Channel, channelOf } from "../channel/channels.ts";
import { heardOf } from "../devices/heard.ts";
import { tellItIsOut } from "../devices/revoke.ts";
import { isTypingGroup } from "../group/rosters.ts";
import { tellFormer } from "../heal/answers.ts";
import { keepHello } from "../heal/compare.ts";
import { takeForkProof } from "../heal/forks.ts";
import { type Cursor, verifyCursor } from "../payload/cursor.ts";
import { verifyHello } from "../payload/hello.ts";
import { decodePayload, type Payload } from "../payload/payload.ts";
import { verifyTyping } from "../payload/typing.ts";
import { applyCursor, takeRead } from "../receipts/receipts.ts";
import type { PeerChainRow } from "../store/ratchet-rows.ts";
import type { WriteTx } from "../store/store.ts";
import { answerChain } from "./answer-chain.ts";
import type { Effects } from "./effects.ts";
import type { OpenContext, OpenOutcome } from "./open-context.ts";

const LIVE: OpenOutcome = { type: "live" };
const dropped = (why: string): OpenOutcome => ({ type: "dropped", why });

export async function openLiveFrame(
  tx: WriteTx,
  context: OpenContext,
  row: PeerChainRow,
  message: Uint8Array,
): Promise<OpenOutcome> {
  const { effects } = context;
  const channel = await channelOf(tx, row.c);
  const device = await tx.get("devices", row.device);
  const contact = await tx.get("contacts", row.account);
  if (channel === undefined || device === undefined) return dropped("channel");
  if (contact === undefined || contact.state === "blocked") return dropped("blocked");
  if (!contact.live.includes(row.device)) {
    await tellItIsOut(tx, context, row.device);
    return dropped("device out");
  }
  const opened = openLive(row.state, message);
  if (!opened.ok) return dropped("live");
  const payload = decodePayload("live", opened.value);
  if (!payload.ok) return dropped(`payload ${payload.error.type}`);
  const from = { c: row.c, device: row.device, account: row.account };
  // It proves itself, whoever brings it.
  if (payload.value.type === "forkProof") {
    await takeForkProof(tx, context, channel, payload.value.body);
    return LIVE;
  }
  const { type, body } = payload.value;
  if (type !== "typing" && type !== "hello" && type !== "cursor") return dropped("payload");
  const isTheirs = toHex(body.channel) === channel.id && toHex(body.device) === row.device;
  if (!isTheirs || !isSigned(payload.value, device.sigKey)) return dropped("signature");
  await heardOf(tx, device, context.nowMs, row.account === context.self.account);
  if (type === "cursor") return takeCursor(tx, context, channel, from, body);
  if (type === "hello") {
    await keepHello(tx, from, body);
    // Who has nothing of ours to open could not hear what we answer.
    if (body.asks) {
      await answerChain(tx, context, channel, device);
      await tellFormer(tx, context, channel, device);
    }
    effects.missing();
    return LIVE;
  }
  const isHeard =
    channel.kind === "group"
      ? await isTypingGroup(tx, channel, row.account)
      : contact.state === "accepted";
  if (!isHeard) return dropped("stranger");
  effects.typing(row.c, row.account, body.atMs);
  return LIVE;
}

/** By the device that the frame names. */
function isSigned(payload: Payload, key: Uint8Array): boolean {
  if (payload.type === "cursor") return verifyCursor(payload.body, key);
  if (payload.type === "hello") return verifyHello(payload.body, key);
  return payload.type === "typing" && verifyTyping(payload.body, key);
}

async function takeCursor(
  tx: WriteTx,
  context: OpenContext,
  channel: Channel,
  from: { readonly c: number; readonly device: Hex; readonly account: Hex },
  cursor: Cursor,
): Promise<OpenOutcome> {
  const { self, effects, nowMs } = context;
  const isOurs = from.account === self.account;
  const isBack = wasPutBack(self);
  // Rules [HE21] and [HE24].
  const heedsAll = isBack || isOurs;
  const applied = await applyCursor(tx, from, cursor, { wasPutBack: isBack, heedsAll, nowMs });
  if (isOurs && (await takeRead(tx, channel, cursor.read, nowMs))) {
    effects.receipt(from.c);
  }
  if (applied.lost > 0) effects.wake();
  // If their storage was rolled back, our own cursor tells them so.
  if (applied.isBehindItself) await staleReceipt(tx, effects, from.c);
  // What they say they hold is no evidence: they are asked for it.
  if (applied.isAheadOfUs) effects.missing();
  return LIVE;
}

/** The next cursor of the channel is told even if nothing changed: the last one may be lost. */
export async function staleReceipt(tx: WriteTx, effects: Effects, c: number): Promise<void> {
  const channel = await channelOf(tx, c);
  if (channel === undefined) return;
  await tx.put("channels", { ...channel, receipts: channel.receipts + 1 });
  effects.receipt(c);
}
