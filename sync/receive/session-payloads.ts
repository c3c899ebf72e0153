/**
 * What came over a pairwise session, payload by payload. The session proves the device; before
 * anything of it is believed, the device must be certified by the account that it speaks for.
 * docs/protocol/sync.md, rules [RX9] and [RX10].
 */
import { unreachable } from "../../crypto/base/assert.ts";
import { equalBytes } from "../../crypto/base/bytes.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { liveTagOf } from "../../crypto/chain/live.ts";
import { peerChainFrom } from "../../crypto/chain/sender-chain.ts";
import { type Card, decodeCard, verifyCard } from "../../crypto/identity/card.ts";
import { decodeCertificate } from "../../crypto/identity/certificate.ts";
import { takePresync } from "../backfill/presync.ts";
import { answerBackfill } from "../backfill/supply.ts";
import { takeChunk } from "../backfill/take-chunk.ts";
import { bytesOf, type Log, logsOf, openLog } from "../channel/channels.ts";
import { channelWith, openChannelWith } from "../channel/members.ts";
import { headOfDigest, putCard } from "../contact/devices.ts";
import { heardFrom, meet } from "../contact/meet.ts";
import { closedLast } from "../devices/branch.ts";
import { heardOf } from "../devices/heard.ts";
import { decodeEntry } from "../entry/entry.ts";
import { takeJoin } from "../group/joins.ts";
import { meetNewcomer } from "../group/newcomer.ts";
import { takeSupplied, takeWelcome } from "../group/take-welcome.ts";
import { takeJoinAnswer } from "../group/waiting.ts";
import { takeAskTurn } from "../heal/answers.ts";
import { takeCards } from "../heal/cards.ts";
import { takeTheirFacts, withFactsTold } from "../heal/facts.ts";
import { noteMissedChain } from "../heal/missed-chains.ts";
import { maxKnown } from "../log/known.ts";
import { takeHistoryBlob } from "../media/history.ts";
import { sendControl } from "../outbox/control.ts";
import { settleFirstFlights } from "../outbox/settle.ts";
import type { ChainHandOver } from "../payload/chain.ts";
import { CURSOR_LOGS_MAX } from "../payload/limits.ts";
import { encodePayload, type Payload, type SessionMessage } from "../payload/payload.ts";
import type { ContactRow, DeviceRow, InviteRow } from "../store/rows.ts";
import type { WriteTx } from "../store/store.ts";
import { answerChain } from "./answer-chain.ts";
import { heldFlights } from "./held.ts";
import type { OpenContext } from "./open-context.ts";
import { answerQuestion } from "./questions.ts";

/** Chains kept of one device in one channel; the oldest go first. */
const PEER_CHAINS_MAX = 32;
/** Logs of one device in one channel of which no entry came; the oldest go first. */
export const EMPTY_LOGS_MAX = CURSOR_LOGS_MAX;
/** Those with entries. A device opens a new one when its storage was rolled back. */
export const WRITTEN_LOGS_MAX = 1_024;

export type SessionPeer = {
  readonly device: Hex;
  readonly account: Hex;
  /** The invite of ours whose secret the session's handshake proved. A label proves nothing. */
  readonly invite: InviteRow | undefined;
};

/**
 * Handles the payloads in their order. A contact must have introduced itself before others count.
 * Answers the tags (hex16) of chains that are known from now on: what was held for them can be opened.
 */
export async function takeSessionPayloads(
  tx: WriteTx,
  context: OpenContext,
  from: SessionPeer,
  message: SessionMessage,
): Promise<readonly Hex[]> {
  const tags: Hex[] = [];
  for (const error of message.refused) context.effects.dropped(`payload ${error.type}`);
  await nowKnowsUs(tx, context, from.device);
  for (const payload of message.payloads) {
    if (payload.type === "contact" || payload.type === "contactAccept") {
      await meet(tx, context, from, payload.type, payload.body);
      continue;
    }
    const held = await tx.get("contacts", from.account);
    const device = await tx.get("devices", from.device);
    if (held === undefined || device === undefined || !held.live.includes(from.device)) {
      const isTheirs = held !== undefined && device?.account === from.account;
      // Two that put each other out are both out, whoever was heard first. Rule [OD1].
      if (isTheirs && payload.type === "facts") {
        await takeTheirFacts(tx, context, { contact: held, device }, payload.body.facts);
        // What it wrote before may come only now: where its log ends says what counts. Rule [OD9].
      } else if (isTheirs && payload.type === "chain" && held.state !== "blocked") {
        tags.push(...(await takeChain(tx, context, { contact: held, device }, payload.body)));
      } else context.effects.dropped("stranger");
      continue;
    }
    if (held.state === "blocked") {
      context.effects.dropped("blocked");
      continue;
    }
    const contact = await heardFrom(tx, context, held, payload);
    tags.push(...(await takeKnown(tx, context, { contact, device }, payload)));
  }
  await settleFirstFlights(tx, from.device);
  return tags;
}

async function takeKnown(
  tx: WriteTx,
  context: OpenContext,
  from: Known,
  payload: Payload,
): Promise<readonly Hex[]> {
  let isNews = false;
  if (payload.type === "chain") return takeChain(tx, context, from, payload.body);
  if (payload.type === "cards") {
    isNews = await takeCards(tx, context, payload.body);
  } else if (payload.type === "welcome") {
    isNews = await takeWelcome(tx, context, from.contact, payload.body);
  } else if (payload.type === "entries") {
    for (const entry of await closedLast(tx, payload.body.entries)) {
      if (await takeEntry(tx, context, from, entry)) isNews = true;
    }
  } else {
    await takePayload(tx, context, from, payload);
  }
  return isNews ? heldFlights(tx) : [];
}

/** It wrote to us: it need not be told any more who we are, and our own person is told when it was here. */
async function nowKnowsUs(tx: WriteTx, { self, nowMs }: OpenContext, id: Hex): Promise<void> {
  const device = await tx.get("devices", id);
  if (device === undefined) return;
  await heardOf(tx, device, nowMs, device.account === self.account);
  if (device.knowsUs !== false) return;
  const { knowsUs: _, ...rest } = (await tx.get("devices", id)) ?? device;
  await tx.put("devices", rest);
}

type Known = { readonly contact: ContactRow; readonly device: DeviceRow };

async function takePayload(
  tx: WriteTx,
  context: OpenContext,
  from: Known,
  payload: Payload,
): Promise<void> {
  switch (payload.type) {
    case "card":
      await takeCard(tx, context, from, payload.body.card);
      return;
    case "facts":
      return takeTheirFacts(tx, context, from, payload.body.facts);
    case "profile":
      await tx.put("contacts", { ...from.contact, name: payload.body.name });
      context.effects.contacts();
      return;
    case "backfill":
      return answerBackfill(tx, context, from.device, payload.body);
    case "chunk":
      return takeChunk(tx, context, from.device, payload.body);
    case "presync":
      if (from.contact.state === "self") await takePresync(tx, payload.body);
      else context.effects.dropped("presync of a stranger");
      return;
    case "join":
      return takeJoin(tx, context, from, payload.body);
    case "joinAnswer":
      return takeJoinAnswer(tx, context, from.contact, payload.body);
    case "historyBlob":
      return takeHistoryBlob(tx, context, from.device, payload.body);
    case "nack":
    case "want":
    case "rosterWant":
    case "vector":
    case "cursorWant":
    case "cardWant":
    case "blobWant":
      return answerQuestion(tx, context, from, payload);
    case "contact":
    case "contactAccept":
    case "chain":
    case "welcome":
    case "cards":
    case "entries":
    case "entry":
    case "rosterPart":
    case "cursor":
    case "typing":
    case "hello":
    case "forkProof":
      // The first six are handled by the caller; the others cannot come by this layer.
      context.effects.dropped("payload");
      return;
    default:
      unreachable(payload);
  }
}

/** A chain of the peer's: from now on we can read what they write. Who is out gets no answer. */
async function takeChain(
  tx: WriteTx,
  context: OpenContext,
  { contact, device }: Known,
  handOver: ChainHandOver,
): Promise<readonly Hex[]> {
  const { self, effects, nowMs } = context;
  const isIn = contact.live.includes(device.device);
  const channel = await openChannelWith(tx, self, contact.account, handOver.channel);
  if (channel === undefined) {
    effects.dropped("chain of another channel");
    if (isIn) await noteMissedChain(tx, device.device, handOver);
    if (isIn) await askWhatItIs(tx, context, { contact, device }, handOver.channel);
    return [];
  }
  const chain = peerChainFrom(handOver.chain, bytesOf(device.device));
  if (!chain.ok || !equalBytes(chain.value.channel, handOver.channel)) {
    effects.dropped("chain malformed");
    return [];
  }
  if (isIn) {
    const card = handOver.card && (await takeCard(tx, context, { contact, device }, handOver.card));
    await compareFacts(tx, context, { contact, device }, handOver.acctState, card);
  }
  const writer = {
    account: contact.account,
    device: device.device,
    key: device.sigKey,
    incarnation: handOver.incarnation,
  };
  const theirs = (await logsOf(tx, channel.c)).filter((it) => it.device === device.device);
  const isKnown = theirs.some((it) => equalBytes(it.incarnation, handOver.incarnation));
  if (!isKnown && !(await makeRoomForLog(tx, theirs))) {
    effects.dropped("too many logs");
    return [];
  }
  await openLog(tx, self, channel, writer);
  const tags = [toHex(chain.value.tag), toHex(liveTagOf(chain.value))];
  const [tag = ""] = tags;
  if ((await tx.find("peerChains", "tags", tag)) !== undefined) return [];
  await tx.put("peerChains", {
    device: device.device,
    account: contact.account,
    c: channel.c,
    tags,
    state: chain.value,
    receivedAtMs: nowMs,
  });
  await dropOldChains(tx, device.device, channel.c);
  if (!isIn) return tags;
  const isFirst = theirs.length === 0 && contact.account !== self.account;
  if (channel.kind !== "group") await answerChain(tx, context, channel, device);
  else if (isFirst) await meetNewcomer(tx, context, channel, device);
  return tags;
}

/** A group that we were let into, and its welcome was lost? Who is no contact is not asked. Rule [GP30]. */
async function askWhatItIs(
  tx: WriteTx,
  context: OpenContext,
  { contact, device }: Known,
  channel: Uint8Array,
): Promise<void> {
  if (contact.state !== "accepted" && contact.state !== "self") return;
  if (!(await takeAskTurn(tx, context, device))) return;
  const payloads = [encodePayload("rosterWant", { channel })];
  await sendControl(tx, { ...context, device, payloads, before: null, psk: null });
  context.effects.wake();
}

/**
 * Rule [HE11]: what their device knows of the account and we do not is asked for. A hand-over that comes late tells
 * what it knew before it told us more. `card`: the one that came along, if it is theirs.
 */
async function compareFacts(
  tx: WriteTx,
  { effects }: OpenContext,
  { contact, device: { device: id } }: Known,
  acctState: Uint8Array,
  card: Card | null,
): Promise<void> {
  const device = await tx.get("devices", id);
  if (card !== null && device !== undefined) {
    if (card.counter <= (device.comparedAtCard ?? -1)) return;
    await tx.put("devices", { ...device, comparedAtCard: card.counter });
  }
  const before = contact.factsTold?.find((it) => it.by === id);
  const noted = withFactsTold(contact, { head: headOfDigest(acctState), by: id });
  const now = noted.factsTold?.find((it) => it.by === id);
  if (now?.head === before?.head) return;
  await tx.put("contacts", noted);
  effects.missing();
}

/** An author goes on in its newest log: the oldest of those in which it wrote nothing makes room. */
async function makeRoomForLog(tx: WriteTx, theirs: readonly Log[]): Promise<boolean> {
  const empty = theirs.filter((it) => maxKnown(it.known) === 0).toSorted((a, b) => a.a - b.a);
  if (theirs.length - empty.length >= WRITTEN_LOGS_MAX) return false;
  for (const old of empty.slice(0, Math.max(0, empty.length + 1 - EMPTY_LOGS_MAX))) {
    await tx.delete("logs", old.a);
  }
  return true;
}

async function dropOldChains(tx: WriteTx, device: Hex, c: number): Promise<void> {
  const chains = (
    await tx.range("peerChains", "device", { lower: [device, c], upper: [device, c] })
  ).toSorted((a, b) => (a.n ?? 0) - (b.n ?? 0));
  for (const old of chains.slice(0, Math.max(0, chains.length - PEER_CHAINS_MAX))) {
    if (old.n !== undefined) await tx.delete("peerChains", old.n);
  }
}

/** Null: it is not a card of that device. */
async function takeCard(
  tx: WriteTx,
  context: OpenContext,
  { contact, device }: Known,
  bytes: Uint8Array,
): Promise<Card | null> {
  const card = decodeCard(bytes);
  const certificate = decodeCertificate(device.certificate);
  if (!card.ok || !certificate.ok || !verifyCard(card.value, certificate.value)) {
    context.effects.dropped("card");
    return null;
  }
  if (await putCard(tx, card.value, context.nowMs)) {
    context.effects.wake();
    if (contact.state === "accepted") context.effects.contacts();
  }
  return card.value;
}

/** Supplied again: by its author or by anybody who may read the channel. True as `followEntry` is. */
async function takeEntry(
  tx: WriteTx,
  context: OpenContext,
  { contact, device }: Known,
  bytes: Uint8Array,
): Promise<boolean> {
  const entry = decodeEntry(bytes);
  const channel = entry.ok
    ? await channelWith(tx, context.self, contact.account, entry.value.core.channel)
    : undefined;
  if (channel === undefined) {
    context.effects.dropped(entry.ok ? "channel" : "entry malformed");
    return false;
  }
  return takeSupplied(tx, context, channel.c, bytes, device);
}
