/**
 * One socket's conversation: reads batches, answers frames, owns the lanes of the mailboxes that were
 * opened on it. It needs no login to PUT or to watch topics; a mailbox is opened by AUTH.
 */
import { unreachable } from "../crypto/base/assert.ts";
import { mailboxIdOf, relayAuthParts } from "../crypto/public/relay-ids.ts";
import { verifyLabelled } from "../crypto/public/verify.ts";
import type { AuthFrame } from "../sync/wire/auth-frames.ts";
import { CLOSE, type CloseName } from "../sync/wire/close-codes.ts";
import type { ErrorName } from "../sync/wire/error-frame.ts";
import { decodeBatch, type Frame } from "../sync/wire/frames.ts";
import type { Nonce } from "../sync/wire/ids.ts";
import {
  DEAD_HIDDEN_MS,
  DEAD_VISIBLE_MS,
  MAILBOXES_PER_SOCKET_MAX,
  UNAUTHENTICATED_IDLE_MS,
} from "../sync/wire/limits.ts";
import type { PutStatus } from "../sync/wire/ok-frame.ts";
import type { PutFrame } from "../sync/wire/put-frame.ts";
import { takeFrom } from "./admission/rate.ts";
import { Lane } from "./delivery/lane.ts";
import { watchReader } from "./delivery/slow-reader.ts";
import {
  BUSY_FAILED_MS,
  BUSY_FULL_MS,
  FRAMES_OVER_RATE_MAX,
  NEARLY_FULL_SHARE,
  PAGE_PAUSE_BYTES,
  TARGETS_PER_FRAME,
} from "./limits.ts";
import type { Outgoing } from "./outgoing.ts";
import { newParty, type Party } from "./presence/topics.ts";
import { type AdmittedTarget, isAdmitted } from "./put-gate.ts";
import type { RelayParts } from "./relay.ts";
import type { PutAnswer } from "./store/store.ts";

export class Session {
  /** Grows from one connection of the relay to the next. */
  readonly number: number;
  readonly #parts: RelayParts;
  readonly #out: Outgoing;
  readonly #nonce: Nonce;
  readonly #lanes: Lane[] = [];
  /** Made with the first topic: most sockets have none. */
  #party: Party | null = null;
  #authsUnderWay = 0;
  #putsUnderWay = 0;
  #heardAtMs: number;
  #busyAtMs: number;
  #rateArrivalMs = 0;
  #framesOverRate = 0;
  #isHidden = false;
  #isClosed = false;

  constructor(parts: RelayParts, out: Outgoing, nonce: Nonce, number: number) {
    this.number = number;
    this.#parts = parts;
    this.#out = out;
    this.#nonce = nonce;
    this.#heardAtMs = parts.wheel.nowMs;
    this.#busyAtMs = parts.wheel.nowMs;
    parts.wheel.at(this.#heardAtMs + DEAD_VISIBLE_MS, (nowMs) => this.#checkAlive(nowMs));
    out.owner = this;
  }

  /** What was sent did not leave at once. */
  heldUp(): void {
    watchReader(this.#parts.wheel, {
      buffered: () => this.#out.buffered,
      isClosed: () => this.#isClosed,
      close: () => this.close("slowReader"),
      emptied: () => {
        this.#out.emptied();
        if (this.#party !== null) this.#parts.topics.caughtUp(this.#party);
      },
    });
  }

  receive(message: Uint8Array): void {
    if (this.#isClosed) return;
    this.#heardAtMs = this.#parts.wheel.nowMs;
    const batch = decodeBatch(message);
    if (!batch.ok) {
      this.#parts.count("malformed");
      this.#fail("malformed", "malformed");
      return;
    }
    for (const frame of batch.value) {
      if (this.#isClosed) return;
      this.#frame(frame);
    }
    if (!this.#isHidden && this.#party !== null) this.#parts.topics.heard(this.#party);
  }

  /** The socket is gone, or was told to go. */
  closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#out.end();
    for (const lane of this.#lanes) {
      lane.close();
      this.#parts.laneClosed(lane, this);
    }
    if (this.#party !== null) this.#parts.topics.left(this.#party);
    this.#parts.sessionClosed(this);
  }

  close(why: CloseName): void {
    if (this.#isClosed) return;
    this.#parts.count(`closed.${why}`);
    this.#out.close(CLOSE[why], why);
    this.closed();
  }

  push(frame: Frame): void {
    this.#out.push(frame);
  }

  #frame(frame: Frame): void {
    const waitMs = this.#rateWaitMs(costOf(frame));
    if (this.#isClosed) return;
    if (frame.type !== "ping") this.#busyAtMs = this.#parts.wheel.nowMs;
    switch (frame.type) {
      case "ping":
        this.#isHidden = frame.isHidden;
        this.push({ type: "pong", timeMs: frame.timeMs, serverTimeMs: this.#parts.now() });
        return;
      case "ack":
        this.#acknowledge(frame.mailboxIndex, frame.ids);
        return;
      case "put":
        if (waitMs > 0) this.#answerAll(frame, { status: "busy", retryAfterMs: waitMs });
        else this.#put(frame);
        return;
      case "auth":
      case "credit":
      case "tsub":
      case "tunsub":
      case "tpub":
        if (waitMs > 0) this.#refuse("rate", waitMs);
        else this.#request(frame);
        return;
      case "welcome":
      case "authed":
      case "ok":
      case "msg":
      case "empty":
      case "tevt":
      case "twant":
      case "pong":
      case "goaway":
      case "err":
        this.#fail("unexpected", "malformed");
        return;
      default:
        unreachable(frame);
    }
  }

  #request(
    frame: Extract<Frame, { readonly type: "auth" | "credit" | "tsub" | "tunsub" | "tpub" }>,
  ): void {
    const { topics } = this.#parts;
    const party = (): Party =>
      (this.#party ??= newParty({
        push: (it) => this.push(it),
        hasRoom: () => this.#out.buffered < PAGE_PAUSE_BYTES,
      }));
    switch (frame.type) {
      case "auth":
        void this.#authenticate(frame);
        return;
      case "credit":
        for (const lane of this.#lanes) lane.widen(frame.messages, frame.bytes);
        return;
      case "tsub":
        if (!topics.subscribe(party(), frame.topics)) this.#refuse("tooMany", 0);
        return;
      case "tunsub":
        topics.unsubscribe(party(), frame.topics);
        return;
      case "tpub":
        if (this.#lanes.length === 0) this.#fail("unexpected", "malformed");
        else if (!topics.publish(party(), frame.topic, frame.payload)) this.#refuse("tooMany", 0);
        return;
      default:
        unreachable(frame);
    }
  }

  /** 0 when this frame keeps the socket's rate. Far beyond it the socket is closed. */
  #rateWaitMs(cost: number): number {
    const perSecond = this.#parts.settings.socketFramesPerSecond;
    const rate = { perSecond, burst: perSecond };
    const { waitMs, arrivalMs } = takeFrom(rate, this.#rateArrivalMs, cost, this.#parts.now());
    this.#rateArrivalMs = arrivalMs;
    if (waitMs === 0) {
      this.#framesOverRate = 0;
      return 0;
    }
    this.#framesOverRate += 1;
    this.#parts.count("framesOverRate");
    if (this.#framesOverRate > FRAMES_OVER_RATE_MAX) this.#fail("rate", "rate");
    return waitMs;
  }

  /** Whoever names mailboxes that do not answer is guessing, or asks for work: each counts as a frame. */
  #chargeDenied(statuses: readonly PutStatus[]): void {
    const denied = statuses.filter((it) => it.status === "denied").length;
    this.#rateArrivalMs += (denied * 1_000) / this.#parts.settings.socketFramesPerSecond;
  }

  async #authenticate(frame: AuthFrame): Promise<void> {
    const { store, relayId, wheel, now } = this.#parts;
    if (this.#lanes.length + this.#authsUnderWay >= MAILBOXES_PER_SOCKET_MAX) {
      this.#refuse("tooMany", 0);
      return;
    }
    this.#authsUnderWay += 1;
    const { mailbox, publicKey, signature } = frame;
    const isSigned =
      Buffer.compare(mailboxIdOf(publicKey, relayId), mailbox) === 0 &&
      verifyLabelled(
        publicKey,
        signature,
        "relay/auth",
        ...relayAuthParts(relayId, this.#nonce, mailbox),
      );
    const view = await store.mailbox(mailbox);
    this.#authsUnderWay -= 1;
    if (this.#isClosed) return;
    if (!view.ok) {
      this.#refuse("storage", BUSY_FAILED_MS);
      return;
    }
    if (!isSigned || view.value === null || Buffer.compare(view.value.key, publicKey) !== 0) {
      this.#parts.count("authFailed");
      this.#fail("authFailed", "authFailed");
      return;
    }
    if (this.#lanes.some((lane) => Buffer.compare(lane.mailbox, mailbox) === 0)) {
      this.#fail("unexpected", "malformed");
      return;
    }
    const lane = new Lane({
      mailbox,
      mailboxIndex: this.#lanes.length,
      lastId: view.value.lastId,
      store,
      now,
      wheel,
      push: (it) => this.push(it),
      buffered: () => this.#out.buffered,
      count: this.#parts.count,
    });
    this.#lanes.push(lane);
    this.#parts.laneOpened(lane, this);
    this.push({
      type: "authed",
      mailboxIndex: lane.mailboxIndex,
      pendingCount: view.value.pendingCount,
      pendingBytes: view.value.pendingBytes,
      quotaMessages: this.#parts.settings.mailboxMessagesMax,
      quotaBytes: this.#parts.settings.mailboxBytesMax,
    });
    this.#parts.commits.submit({ type: "seen", mailbox }, () => undefined);
    lane.pump();
  }

  #acknowledge(mailboxIndex: number, ids: readonly number[]): void {
    const lane = this.#lanes[mailboxIndex];
    if (lane === undefined) {
      this.#fail("unexpected", "malformed");
      return;
    }
    this.#parts.count("acknowledged", ids.length);
    this.#parts.acknowledge(lane.mailbox, ids);
    lane.acknowledged(ids);
  }

  #put(frame: PutFrame): void {
    const { gate, commits, now } = this.#parts;
    const at = {
      outstanding: this.#putsUnderWay,
      isQueueFull: commits.isFull,
      nowMs: now(),
    };
    const gated = gate.pass(frame, at);
    const targets = gated.filter(isAdmitted);
    const answer = (answers: readonly PutStatus[]): void => {
      let next = 0;
      const statuses = gated.map((it): PutStatus =>
        isAdmitted(it) ? (answers[next++] ?? { status: "denied" }) : it,
      );
      for (const { status } of statuses) this.#parts.count(`put.${status}`);
      this.#chargeDenied(statuses);
      this.push({ type: "ok", request: frame.request, statuses });
    };
    if (targets.length === 0) {
      answer([]);
      return;
    }
    this.#putsUnderWay += 1;
    const { envelope, body, isEphemeral, isUrgent, slot } = frame;
    const ttlMs = frame.ttlSeconds * 1_000;
    commits.submit<"put">(
      { type: "put", targets, envelope, body, isEphemeral, isUrgent, slot, ttlMs },
      (done) => {
        this.#putsUnderWay -= 1;
        if (!done.ok) {
          answer(targets.map(() => ({ status: "busy", retryAfterMs: BUSY_FAILED_MS })));
          return;
        }
        answer(done.value.map(statusOf));
        for (const [index, target] of targets.entries())
          this.#deliver(frame, target, done.value[index]);
      },
    );
  }

  #deliver(frame: PutFrame, target: AdmittedTarget, answer: PutAnswer | undefined): void {
    if (answer?.status === "stored" && answer.isWaking) {
      this.#parts.waker.stored(target.mailbox, answer.id);
    }
    const lane = this.#parts.laneOf(target.mailbox);
    if (lane === undefined || answer === undefined) return;
    const { isUrgent, envelope, body } = frame;
    if (answer.status === "stored") {
      const { id, counter, label, fill } = answer;
      const isSlot = frame.slot !== null;
      lane.arrived({ id, counter, isUrgent, isSlot, label, envelope, body });
      lane.filled(fill, NEARLY_FULL_SHARE);
    } else if (answer.status === "liveOnly") {
      lane.passing({ isUrgent, isSlot: false, label: answer.label, envelope, body });
    } else if (answer.status === "quota" && answer.isMailboxFull) {
      lane.full();
    }
  }

  #answerAll(frame: PutFrame, status: PutStatus): void {
    this.push({ type: "ok", request: frame.request, statuses: frame.targets.map(() => status) });
  }

  #refuse(error: ErrorName, retryAfterMs: number): void {
    this.#parts.count(`err.${error}`);
    this.push({ type: "err", error, request: 0, retryAfterMs });
  }

  #fail(error: ErrorName, why: CloseName): void {
    this.#refuse(error, 0);
    this.close(why);
  }

  #checkAlive(nowMs: number): number | null {
    if (this.#isClosed) return null;
    const deadAtMs = this.#heardAtMs + (this.#isHidden ? DEAD_HIDDEN_MS : DEAD_VISIBLE_MS);
    if (nowMs >= deadAtMs) {
      this.close("dead");
      return null;
    }
    const isUseless = this.#lanes.length === 0 && (this.#party?.watched.size ?? 0) === 0;
    const idleAtMs = this.#busyAtMs + UNAUTHENTICATED_IDLE_MS;
    if (!isUseless) return deadAtMs;
    if (nowMs >= idleAtMs) {
      this.close("normal");
      return null;
    }
    return Math.min(deadAtMs, idleAtMs);
  }
}

function statusOf(answer: PutAnswer): PutStatus {
  if (answer.status === "full") return { status: "busy", retryAfterMs: BUSY_FULL_MS };
  return { status: answer.status };
}

/** In frames: a PUT costs a look-up and a hash for each of its targets, watching an answer for each topic. */
function costOf(frame: Frame): number {
  if (frame.type === "put") return Math.ceil(frame.targets.length / TARGETS_PER_FRAME);
  return frame.type === "tsub" ? Math.ceil(frame.topics.length / TARGETS_PER_FRAME) : 1;
}
