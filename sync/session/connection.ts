/**
 * One connection to a relay, from dialling to its end: WELCOME, AUTH, the heartbeat, and a strict look
 * at what comes. It never dials again; that is link.ts. Rules [SE1], [SE2], [SE4] to [SE7], [SE13].
 *
 *     connecting -> welcoming -> (authing ->) open -> ended, from anywhere
 */
import { assert, unreachable } from "../../crypto/base/assert.ts";
import { equalBytes } from "../../crypto/base/bytes.ts";
import { relayAuthParts } from "../../crypto/public/relay-ids.ts";
import { signLabelled } from "../../crypto/sign.ts";
import type { Timers } from "../clock/timers.ts";
import type { Transport, Wire } from "../transport/transport.ts";
import type { AuthFrame } from "../wire/auth-frames.ts";
import { CLOSE } from "../wire/close-codes.ts";
import { decodeBatch, type Frame } from "../wire/frames.ts";
import { parseAuthSignature, type RelayId } from "../wire/ids.ts";
import { PING_HIDDEN_MS, PING_VISIBLE_MS } from "../wire/limits.ts";
import type { MsgFrame } from "../wire/message-frames.ts";
import type { WelcomeFrame } from "../wire/welcome-frame.ts";
import { DeliveryWindow } from "./delivery-window.ts";
import { FrameBatcher } from "./frame-batcher.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { ClockSample, LinkFailure, MailboxOwner } from "./link.ts";

/** From dialling to `open`. */
export const HANDSHAKE_TIMEOUT_MS = 15_000;
/** A relay may ask for a faster heartbeat, but not for a flood. */
const HEARTBEAT_MS_MIN = 1_000;

export type ConnectionEnd =
  | { readonly type: "failed"; readonly why: LinkFailure }
  | { readonly type: "replaced" }
  | { readonly type: "refused"; readonly relayId: RelayId };

export type ConnectionPhase = "connecting" | "welcoming" | "authing" | "open" | "ended";

/** What is left for the link once handshake, PONG and MSG were dealt with. */
export type LinkFrame = Extract<
  Frame,
  { readonly type: "authed" | "ok" | "empty" | "tevt" | "twant" | "goaway" | "err" }
>;

export type ConnectionEvents = {
  readonly onPhase: (phase: "welcoming" | "authing" | "open") => void;
  readonly onWelcome: (welcome: WelcomeFrame) => void;
  /** False: the frame makes no sense here, the relay is faulty. */
  readonly onFrame: (frame: LinkFrame) => boolean;
  /** At least one. */
  readonly onMessages: (batch: readonly MsgFrame[]) => void;
  readonly onClock: (sample: ClockSample) => void;
  /** Once and last; never after `hangUp`. */
  readonly onEnd: (end: ConnectionEnd) => void;
};

export type ConnectionOptions = {
  /** ws: or wss:. */
  readonly socketUrl: string;
  readonly relayId: RelayId | null;
  readonly owner: MailboxOwner | null;
  readonly transport: Transport;
  readonly timers: Timers;
  readonly visible: boolean;
  readonly events: ConnectionEvents;
};

type Ping = { readonly number: number; readonly sentAtMs: number };

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #events: ConnectionEvents;
  readonly #wire: Wire;
  readonly #outgoing: FrameBatcher;
  readonly #heartbeat: Heartbeat;
  readonly #deliveries = new DeliveryWindow();
  readonly #cancelHandshake: () => void;
  #phase: ConnectionPhase = "connecting";
  #visible: boolean;
  #visiblePingMs = PING_VISIBLE_MS;
  /** The newest PING. Its number travels, not our clock: a skewed clock would tell links apart. */
  #ping: Ping = { number: 0, sentAtMs: 0 };

  constructor(options: ConnectionOptions) {
    const { timers, transport } = options;
    this.#options = options;
    this.#events = options.events;
    this.#visible = options.visible;
    this.#heartbeat = new Heartbeat({
      timers,
      ping: () => this.#sendPing(),
      dead: () => this.#fail("silent"),
    });
    this.#outgoing = new FrameBatcher((batch) => {
      if (this.#phase === "ended") return;
      this.#wire.send(batch);
      this.#heartbeat.said();
    });
    this.#cancelHandshake = timers.after(HANDSHAKE_TIMEOUT_MS, () => {
      this.#fail(this.#phase === "connecting" ? "unreachable" : "silent");
    });
    this.#wire = transport.connect(options.socketUrl, {
      onOpen: () => this.#enter("welcoming"),
      onMessage: (bytes) => this.#receive(bytes),
      onClose: (code) => this.#end(endOf(code, this.#phase)),
    });
  }

  /** Only while open; frames are collected and leave in this turn. */
  send(frame: Frame): void {
    if (this.#phase === "open") this.#outgoing.push(frame);
  }

  acknowledged(ids: readonly number[]): void {
    this.#deliveries.acknowledge(ids);
  }

  setVisible(visible: boolean): void {
    if (this.#visible === visible) return;
    this.#visible = visible;
    if (this.#phase === "open") this.#heartbeat.start(this.#pingMs());
  }

  /** Finds out soon whether anybody is there. */
  probe(): void {
    if (this.#phase === "open") this.#heartbeat.probe();
  }

  /** Ends without `onEnd`; what was said before still leaves. */
  hangUp(code: number = CLOSE.normal): void {
    if (this.#phase === "ended") return;
    this.#outgoing.flush();
    this.#phase = "ended";
    this.#heartbeat.stop();
    this.#cancelHandshake();
    this.#wire.close(code);
  }

  #receive(bytes: Uint8Array): void {
    const decoded = decodeBatch(bytes);
    if (!decoded.ok) return this.#fail("malformed", CLOSE.malformed);
    this.#heartbeat.heard();
    const messages: MsgFrame[] = [];
    let isEmpty: LinkFrame | null = null;
    for (const frame of decoded.value) {
      let isFine = true;
      if (frame.type === "msg") isFine = this.#admits(frame) && messages.push(frame) > 0;
      else if (frame.type === "empty" && this.#admits(frame)) isEmpty = frame;
      else isFine = this.#take(frame);
      if (this.#phase === "ended") return;
      if (!isFine) return this.#fail("malformed", CLOSE.malformed);
    }
    if (messages.length > 0) this.#events.onMessages(messages);
    if (isEmpty !== null) this.#events.onFrame(isEmpty);
  }

  /** Mailbox frames: only on an open owner's connection, which has one mailbox. */
  #admits(frame: Extract<Frame, { readonly type: "msg" | "empty" }>): boolean {
    if (this.#phase !== "open" || this.#options.owner === null) return false;
    if (frame.mailboxIndex !== 0) return false;
    return frame.type === "empty" || this.#deliveries.admit(frame);
  }

  /** False: this frame has no place here. */
  #take(frame: Frame): boolean {
    if (frame.type === "err" || frame.type === "goaway") return this.#events.onFrame(frame);
    switch (this.#phase) {
      case "welcoming":
        return frame.type === "welcome" && this.#welcome(frame);
      case "authing":
        if (frame.type !== "authed" || frame.mailboxIndex !== 0) return false;
        this.#open();
        return this.#events.onFrame(frame);
      case "open":
        return this.#takeOpen(frame);
      case "connecting":
      case "ended":
        return false;
      default:
        return unreachable(this.#phase);
    }
  }

  #takeOpen(frame: Frame): boolean {
    if (frame.type === "pong") this.#pong(frame.timeMs, frame.serverTimeMs);
    const isOwner = this.#options.owner !== null;
    const isForLink =
      frame.type === "ok" ||
      (frame.type === "tevt" && !isOwner) ||
      (frame.type === "twant" && isOwner);
    return isForLink ? this.#events.onFrame(frame) : frame.type === "pong";
  }

  #welcome(frame: WelcomeFrame): boolean {
    const { relayId, owner } = this.#options;
    if (relayId !== null && !equalBytes(relayId, frame.relayId)) {
      this.#wire.close(CLOSE.normal);
      this.#end({ type: "refused", relayId: frame.relayId });
      return true;
    }
    const { heartbeatMs } = frame.limits;
    this.#visiblePingMs = Math.min(PING_VISIBLE_MS, Math.max(HEARTBEAT_MS_MIN, heartbeatMs));
    this.#events.onWelcome(frame);
    if (this.#phase === "ended") return true;
    if (owner === null) {
      this.#open();
      return true;
    }
    this.#enter("authing");
    this.#outgoing.push(authOf(owner, frame));
    return true;
  }

  #open(): void {
    this.#cancelHandshake();
    this.#enter("open");
    if (this.#phase === "open") this.#heartbeat.start(this.#pingMs());
  }

  #enter(phase: "welcoming" | "authing" | "open"): void {
    if (this.#phase === "ended") return;
    this.#phase = phase;
    this.#events.onPhase(phase);
  }

  #pingMs(): number {
    return this.#visible ? this.#visiblePingMs : PING_HIDDEN_MS;
  }

  #sendPing(): void {
    this.#ping = { number: this.#ping.number + 1, sentAtMs: this.#options.timers.now() };
    this.send({ type: "ping", timeMs: this.#ping.number, isHidden: !this.#visible });
  }

  #pong(number: number, serverTimeMs: number): void {
    const { sentAtMs } = this.#ping;
    const nowMs = this.#options.timers.now();
    const roundTripMs = nowMs - sentAtMs;
    // An older PING's answer, or a clock that was set meanwhile, is no sample.
    if (number !== this.#ping.number || roundTripMs < 0) return;
    this.#events.onClock({ offsetMs: serverTimeMs - (nowMs + sentAtMs) / 2, roundTripMs });
  }

  #fail(why: LinkFailure, code: number = CLOSE.normal): void {
    if (this.#phase === "ended") return;
    this.#wire.close(code);
    this.#end({ type: "failed", why });
  }

  #end(end: ConnectionEnd): void {
    if (this.#phase === "ended") return;
    this.#phase = "ended";
    this.#heartbeat.stop();
    this.#cancelHandshake();
    this.#events.onEnd(end);
  }
}

function authOf({ seed, mailbox, publicKey }: MailboxOwner, welcome: WelcomeFrame): AuthFrame {
  const parts = relayAuthParts(welcome.relayId, welcome.nonce, mailbox);
  const signature = parseAuthSignature(signLabelled(seed, "relay/auth", ...parts));
  assert(signature.ok, "Ed25519 signs in 64 bytes");
  return { type: "auth", mailbox, publicKey, signature: signature.value };
}

const failed = (why: LinkFailure): ConnectionEnd => ({ type: "failed", why });

/** What a relay's close code means for us; codes that we do not know are an ordinary loss. */
function endOf(code: number, phase: ConnectionPhase): ConnectionEnd {
  switch (code) {
    case CLOSE.replaced:
      return { type: "replaced" };
    case CLOSE.authFailed:
      return failed("unauthorised");
    case CLOSE.gone:
      return failed("gone");
    case CLOSE.protocol:
    case CLOSE.textFrame:
    case CLOSE.policy:
    case CLOSE.tooBig:
    case CLOSE.malformed:
      return failed("malformed");
    case CLOSE.goingAway:
    case CLOSE.slowReader:
    case CLOSE.rate:
    case CLOSE.draining:
      return failed("busy");
    case CLOSE.dead:
      return failed("silent");
    default:
      return failed(phase === "connecting" ? "unreachable" : "lost");
  }
}
