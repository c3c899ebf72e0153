/**
 * One envelope from our mailbox, from its id to what it says. The id alone tells what opens it: a
 * chain, a chain's live key, a session, or one of our prekeys. Nothing is tried out.
 * docs/protocol/sync.md, rules [RX2] to [RX4].
 */
import { equalBytes } from "../../crypto/base/bytes.ts";
import { type Hex, toHex } from "../../crypto/base/hex.ts";
import { openChain } from "../../crypto/chain/sender-chain.ts";
import { type Envelope, splitEnvelope } from "../../crypto/envelope.ts";
import { splitFirstFlight } from "../../crypto/handshake/handshake.ts";
import type { PrekeySecrets } from "../../crypto/handshake/prekeys.ts";
import { envelopeIdOf } from "../../crypto/public/relay-ids.ts";
import { headMarkOf } from "../../crypto/ratchet/header.ts";
import { decryptSession } from "../../crypto/ratchet/receive.ts";
import { bytesOf, channelOf } from "../channel/channels.ts";
import { giveUpSession, isKnownDevice, putSession } from "../contact/sessions.ts";
import { heedEntry } from "../devices/heed.ts";
import { followEntry, tellWhoIsOut } from "../group/follow.ts";
import { takeRosterPart } from "../group/take-welcome.ts";
import { SERVED_WAITING_MAX, takeTurn } from "../heal/answers.ts";
import { heedRefusal } from "../heal/forks.ts";
import { controlsWaiting } from "../outbox/control.ts";
import { tellCard } from "../outbox/seal.ts";
import {
  decodePayload,
  decodeSession,
  type Payload,
  type SessionMessage,
} from "../payload/payload.ts";
import type { PeerChainRow, SessionRow } from "../store/ratchet-rows.ts";
import type { ReadTx, WriteTx } from "../store/store.ts";
import { acceptEntry } from "./accept-entry.ts";
import { acceptFlight, inviteOf } from "./accept-flight.ts";
import { heldFlights, hold } from "./held.ts";
import { openLiveFrame, staleReceipt } from "./live-frames.ts";
import type { OpenContext, OpenOutcome } from "./open-context.ts";
import { type SessionPeer, takeSessionPayloads } from "./session-payloads.ts";

/** An envelope as it lies in our mailbox. */
export type Arrival = {
  readonly env: Uint8Array;
  /** Of the token that it came under. */
  readonly label: Uint8Array;
  readonly isEphemeral: boolean;
  readonly body: Uint8Array;
};

const done = (c: number): OpenOutcome => ({ type: "done", c });
const dropped = (why: string): OpenOutcome => ({ type: "dropped", why });

/** Opens, applies and remembers one envelope. */
export async function takeArrival(
  tx: WriteTx,
  context: OpenContext,
  arrival: Arrival,
): Promise<void> {
  const { effects, nowMs } = context;
  if (!equalBytes(envelopeIdOf(arrival.body), arrival.env)) return effects.dropped("env");
  const env = toHex(arrival.env);
  const seen = await tx.get("seen", env);
  if (seen !== undefined) {
    // It came again although we acknowledged it: perhaps its sender never heard.
    if (seen.c !== 0) await staleReceipt(tx, effects, seen.c);
    else await greetAgain(tx, context, arrival);
    return;
  }
  const envelope = splitEnvelope(arrival.body);
  const outcome = envelope.ok
    ? await openEnvelope(tx, context, envelope.value, arrival)
    : dropped(envelope.error.type);
  if (outcome.type === "dropped") effects.dropped(outcome.why);
  if (outcome.type === "held") {
    const tag = toHex(arrival.body.subarray(1, 17));
    const label = toHex(arrival.label);
    const gone = await hold(tx, { env, tag, label, body: arrival.body.slice(), atMs: nowMs });
    for (let n = 0; n < gone; n += 1) effects.dropped("held too long");
    effects.missing();
  }
  if (arrival.isEphemeral || outcome.type === "live") return;
  await tx.put("seen", {
    id: env,
    atMs: nowMs,
    c: outcome.type === "done" ? outcome.c : 0,
  });
}

async function openEnvelope(
  tx: WriteTx,
  context: OpenContext,
  envelope: Envelope,
  arrival: Arrival,
): Promise<OpenOutcome> {
  const id = toHex(envelope.id);
  const chain = await tx.find("peerChains", "tags", id);
  if (chain !== undefined) {
    return equalBytes(envelope.id, chain.state.tag)
      ? await openChainMessage(tx, context, chain, envelope.message)
      : await openLiveFrame(tx, context, chain, envelope.message);
  }
  const session = await tx.find("sessions", "tags", id);
  if (session !== undefined) {
    return await openSessionMessage(tx, context, session, envelope.message);
  }
  const prekeys = await tx.get("prekeys", id);
  if (prekeys !== undefined) {
    return await openFirstFlight(
      tx,
      context,
      prekeys.secrets as PrekeySecrets,
      envelope.message,
      arrival,
    );
  }
  return arrival.isEphemeral ? dropped("ephemeralUnknown") : { type: "held" };
}

async function openChainMessage(
  tx: WriteTx,
  context: OpenContext,
  row: PeerChainRow,
  message: Uint8Array,
): Promise<OpenOutcome> {
  const channel = await channelOf(tx, row.c);
  if (channel === undefined) return dropped("channel");
  const contact = await tx.get("contacts", row.account);
  if (contact === undefined || contact.state === "blocked") return dropped("blocked");
  const opened = openChain(row.state, message);
  if (!opened.ok) {
    // Put back to before they were removed, they seal under keys that were used.
    if (channel.kind === "group") await tellWhoIsOut(tx, context, channel, row.device);
    return dropped(`chain ${opened.error.type}`);
  }
  await tx.put("peerChains", { ...row, state: opened.value.chain });
  const payload = decodePayload("chain", opened.value.payload);
  if (!payload.ok) return dropped(`payload ${payload.error.type}`);
  if (payload.value.type === "rosterPart") {
    const { entries } = payload.value.body;
    const isLive = contact.live.includes(row.device);
    if (await takeRosterPart(tx, context, channel, entries, isLive))
      await reopenFlights(tx, context);
    return done(0);
  }
  if (payload.value.type !== "entry") return dropped("payload");
  const outcome = await acceptEntry(tx, context.self, row.c, payload.value.body, context.nowMs);
  if (outcome.type === "new") {
    for (const dep of outcome.deps) context.effects.named({ c: row.c, device: row.device, dep });
    await heedEntry(tx, context, outcome);
    if (await followEntry(tx, context, outcome)) await reopenFlights(tx, context);
  }
  if (outcome.type === "refused") {
    // Perhaps its author lost what we have of that log: our receipt tells them.
    if (outcome.why === "fork") await staleReceipt(tx, context.effects, row.c);
    await heedRefusal(tx, context, channel, row.device, outcome, payload.value.body);
    if (channel.kind === "group") await tellWhoIsOut(tx, context, channel, row.device);
    return dropped(`entry ${outcome.why}`);
  }
  if (outcome.type === "held") await staleReceipt(tx, context.effects, row.c);
  context.effects.wrote(row.c, row.account);
  context.effects.receipt(row.c);
  return done(row.c);
}

async function openSessionMessage(
  tx: WriteTx,
  context: OpenContext,
  row: SessionRow,
  message: Uint8Array,
): Promise<OpenOutcome> {
  const opened = decryptSession(row.state, message);
  if (!opened.ok) {
    // A number that was used, or a gap that nobody can step over, in a header that only they can
    // seal. It counts once: behind a head that came before, the relay may have put anything.
    const hasParted = opened.error.type !== "OpenFailed" && (await noteHead(tx, context, message));
    if (hasParted && (await giveUpSession(tx, row, context.nowMs))) {
      context.effects.sessionReset(row.device);
    }
    return dropped(`session ${opened.error.type}`);
  }
  await noteHead(tx, context, message);
  const device = await tx.get("devices", row.device);
  if (device === undefined) return dropped("device");
  const lastReceivedAtMs = Math.max(row.lastReceivedAtMs, context.nowMs);
  await putSession(tx, { ...row, state: opened.value.session, lastReceivedAtMs });
  const payloads = decodeSession(opened.value.payload);
  if (!payloads.ok) return dropped("payload");
  const invite = await inviteOf(tx, row.invite);
  const from = { device: row.device, account: device.account, invite };
  return await takePayloads(tx, context, from, payloads.value);
}

/** Remembers the head of a session message. True when none came with it before. */
async function noteHead(
  tx: WriteTx,
  { nowMs }: OpenContext,
  message: Uint8Array,
): Promise<boolean> {
  const mark = headMarkOf(message);
  if (mark === undefined || (await tx.get("seen", toHex(mark))) !== undefined) return false;
  await tx.put("seen", { id: toHex(mark), atMs: nowMs, c: 0 });
  return true;
}

/**
 * A first message under one of our prekeys. Its prefix may come several times, with each message of
 * the other side until they hear from us: then the session is here already.
 */
async function openFirstFlight(
  tx: WriteTx,
  context: OpenContext,
  prekeys: PrekeySecrets,
  message: Uint8Array,
  arrival: Arrival,
): Promise<OpenOutcome> {
  const flight = splitFirstFlight(message);
  if (!flight.ok) return dropped("flight");
  const begun = await tx.find("sessions", "tags", toHex(flight.value.message.subarray(0, 16)));
  if (begun !== undefined) {
    return await openSessionMessage(tx, context, begun, flight.value.message);
  }
  const mark = toHex(flight.value.mark);
  if ((await tx.get("seen", mark)) !== undefined) return dropped("flight replayed");
  const { accepted, invite } = await acceptFlight(tx, context, {
    prekeys,
    flight: flight.value,
    label: arrival.label,
  });
  if (!accepted.ok) return dropped(`flight ${accepted.error.type}`);
  const payloads = decodeSession(accepted.value.payload);
  if (!payloads.ok) return dropped("payload");
  const from = {
    device: toHex(accepted.value.peer.device),
    account: toHex(accepted.value.peer.account),
    invite,
  };
  const known = await tx.get("devices", from.device);
  if (known !== undefined && known.account !== from.account) return dropped("device claimed");
  if (!(await mayBegin(tx, from, payloads.value))) {
    return (await isExpected(tx, from)) ? { type: "held" } : dropped("stranger");
  }
  await tx.put("seen", { id: mark, atMs: context.nowMs, c: 0 });
  await noteHead(tx, context, flight.value.message);
  await putSession(tx, {
    device: from.device,
    tags: [],
    state: accepted.value.session,
    th: toHex(accepted.value.session.th),
    ...(invite !== undefined && { invite: invite.tag }),
    isBroken: false,
    createdAtMs: context.nowMs,
    lastReceivedAtMs: await latestIn(tx, from.device, context.nowMs),
  });
  const outcome = await takePayloads(tx, context, from, payloads.value);
  if (known !== undefined && isBegunAnew(payloads.value)) await greetBack(tx, context, from);
  // What overtook this introduction came under the same prekeys and the same token.
  await reopenHeld(tx, context, toHex(prekeys.id), toHex(arrival.label));
  return outcome;
}

/** A device that knows us begins anew, since the session before has parted. Rule [SS4]. */
const isBegunAnew = ({ payloads }: SessionMessage): boolean =>
  !payloads.some(({ type }) => type === "contact" || type === "contactAccept");

/** Later than anything of the device: it is answered on the session that it began last, wherever our clock jumps. */
async function latestIn(tx: ReadTx, device: Hex, nowMs: number): Promise<number> {
  const sessions = await tx.range("sessions", "device", { lower: device, upper: device });
  return Math.max(nowMs, ...sessions.map((it) => it.lastReceivedAtMs + 1));
}

/**
 * A first message that came again: what we answered was perhaps lost with a relay's store. Whoever brings it
 * without end is answered as seldom as who asks, and not several times at once: rules [SS4] and [HE3].
 */
async function greetAgain(tx: WriteTx, context: OpenContext, { body }: Arrival): Promise<void> {
  const envelope = splitEnvelope(body);
  if (!envelope.ok || (await tx.get("prekeys", toHex(envelope.value.id))) === undefined) return;
  const flight = splitFirstFlight(envelope.value.message);
  const tag = flight.ok ? toHex(flight.value.message.subarray(0, 16)) : "";
  const session = await tx.find("sessions", "tags", tag);
  const device = session && (await tx.get("devices", session.device));
  if (device === undefined || !(await takeTurn(tx, context, device, 1))) return;
  await greetBack(tx, context, device);
}

/** It waits to hear that this session holds. */
async function greetBack(
  tx: WriteTx,
  context: OpenContext,
  { device: id, account }: Pick<SessionPeer, "device" | "account">,
): Promise<void> {
  const device = await tx.get("devices", id);
  const contact = await tx.get("contacts", account);
  const isTheirs = contact?.state === "accepted" || contact?.state === "self";
  if (device === undefined || !isTheirs) return;
  if ((await controlsWaiting(tx, id, null)) >= SERVED_WAITING_MAX) return;
  await tellCard(tx, context, contact, device);
  context.effects.wake();
}

/**
 * A known device may, and one that introduces itself if it proved an invite or is of a known
 * account: accounts cost nothing, and the relay, which has our prekeys, could fill the requests.
 */
async function mayBegin(tx: WriteTx, from: SessionPeer, message: SessionMessage): Promise<boolean> {
  if (await isKnownDevice(tx, from.device, from.account)) return true;
  if (!message.payloads.some((it) => isIntroductionOf(it, from))) return false;
  return from.invite !== undefined || (await tx.get("contacts", from.account)) !== undefined;
}

/**
 * May an introduction still come? The relay can let what follows it overtake it: rule [RX17]. And whoever
 * was let into a group may write before we hear of it: rule [GP10].
 */
const isExpected = async (tx: WriteTx, from: SessionPeer): Promise<boolean> =>
  from.invite !== undefined ||
  (await tx.get("contacts", from.account)) !== undefined ||
  (await tx.count("rosters", "primary", {})) > 0;

/** Does it show, by verified facts, that the handshake's device is one of the account's? */
const isIntroductionOf = (
  payload: Payload,
  from: Pick<SessionPeer, "device" | "account">,
): boolean =>
  (payload.type === "contact" || payload.type === "contactAccept") &&
  toHex(payload.body.account) === from.account &&
  payload.body.devices.some((it) => toHex(it.certificate.device) === from.device);

async function takePayloads(
  tx: WriteTx,
  context: OpenContext,
  from: SessionPeer,
  message: SessionMessage,
): Promise<OpenOutcome> {
  for (const tag of await takeSessionPayloads(tx, context, from, message)) {
    await reopenHeld(tx, context, tag);
  }
  return done(0);
}

/** First flights of devices that nobody knew when they came. */
async function reopenFlights(tx: WriteTx, context: OpenContext): Promise<void> {
  for (const tag of await heldFlights(tx)) await reopenHeld(tx, context, tag);
}

/** Envelopes that waited under this id, and label if any, are opened now, in the order they came. */
async function reopenHeld(tx: WriteTx, context: OpenContext, tag: Hex, label?: Hex): Promise<void> {
  const all = await tx.range("held", "tag", { lower: tag, upper: tag });
  const rows = label === undefined ? all : all.filter((it) => it.label === label);
  for (const row of rows.toSorted((a, b) => a.atMs - b.atMs)) {
    await tx.delete("held", row.env);
    const envelope = splitEnvelope(row.body);
    if (!envelope.ok) continue;
    const arrival = {
      env: bytesOf(row.env),
      label: bytesOf(row.label),
      isEphemeral: false,
      body: row.body,
    };
    const outcome = await openEnvelope(tx, context, envelope.value, arrival);
    if (outcome.type === "dropped") context.effects.dropped(outcome.why);
    if (outcome.type === "held") await tx.put("held", row);
    if (outcome.type === "done") {
      await tx.put("seen", { id: row.env, atMs: context.nowMs, c: outcome.c });
    }
  }
}
