/**
 * The relay's core: sockets in, envelopes kept, envelopes out. It reaches for no clock, chance, timer,
 * file or socket of its own (ports.ts), so the simulator runs this very code. Whatever must outlive the
 * process is in the store; everything here is soft and rebuilt by clients within a heartbeat.
 */
import { CLOSE } from "../sync/wire/close-codes.ts";
import type { Discovery, Registration, Status } from "../sync/wire/http.ts";
import { ID_BYTES, idOf, type MailboxId, type RelayId } from "../sync/wire/ids.ts";
import {
  BODY_BYTES_MAX,
  PING_VISIBLE_MS,
  PUT_TARGETS_MAX,
  WINDOW_BYTES,
  WINDOW_MESSAGES,
} from "../sync/wire/limits.ts";
import { WIRE_VERSION } from "../sync/wire/version.ts";
import type { RelayLimits } from "../sync/wire/welcome-frame.ts";
import { Registrar } from "./admission/registration.ts";
import { CommitQueue } from "./commit-queue.ts";
import type { Lane } from "./delivery/lane.ts";
import { latin1 } from "./latin1.ts";
import { DRAIN_AT_ONCE, DRAIN_MS_MAX, type RelaySettings, TICK_MS } from "./limits.ts";
import { type Counters, openCounters } from "./observe/counters.ts";
import { Outgoing } from "./outgoing.ts";
import type { Connection, Now, Random, Socket, Timers, Turn } from "./ports.ts";
import { Topics } from "./presence/topics.ts";
import type { PushService } from "./push/push-service.ts";
import { Waker } from "./push/waker.ts";
import { PutGate } from "./put-gate.ts";
import { Session } from "./session.ts";
import type { Store } from "./store/store.ts";
import { Wheel } from "./wheel.ts";

export type RelayOptions = {
  readonly relayId: RelayId;
  readonly store: Store;
  readonly now: Now;
  readonly random: Random;
  readonly timers: Timers;
  readonly turn: Turn;
  readonly settings: RelaySettings;
  readonly registration: Registration;
  /** `tokenHashOf` of the operator's token, in `invite` mode. */
  readonly operatorTokenHash: Uint8Array | null;
  /** Absent: this relay wakes nobody. */
  readonly pushService?: PushService;
  /** What the core cannot see: 0 to 100 of memory and event loop. */
  readonly pressure: () => number;
};

export type Relay = {
  readonly relayId: RelayId;
  readonly store: Store;
  readonly commits: CommitQueue;
  readonly registrar: Registrar;
  readonly counters: Counters;
  readonly waker: Waker;
  readonly now: Now;
  /** WELCOME is sent at once, or GOAWAY and 4503 when there is no room. */
  readonly connect: (socket: Socket) => Connection;
  /** Closes the sockets of a mailbox that is no more. */
  readonly mailboxDeleted: (mailbox: MailboxId) => void;
  readonly isReady: () => boolean;
  readonly discovery: () => Discovery;
  readonly status: () => Status;
  /** GOAWAY to all, everything committed, sockets closed. The store stays open. */
  readonly drain: () => Promise<void>;
};

/** What sessions share. */
export type RelayParts = {
  readonly relayId: RelayId;
  readonly store: Store;
  readonly now: Now;
  readonly wheel: Wheel;
  readonly settings: RelaySettings;
  readonly commits: CommitQueue;
  readonly gate: PutGate;
  readonly topics: Topics;
  readonly waker: Waker;
  readonly count: (name: string, count?: number) => void;
  readonly laneOf: (mailbox: MailboxId) => Lane | undefined;
  /** The newest connection of a mailbox displaces the older. */
  readonly laneOpened: (lane: Lane, session: Session) => void;
  readonly laneClosed: (lane: Lane, session: Session) => void;
  readonly sessionClosed: (session: Session) => void;
  readonly acknowledge: (mailbox: MailboxId, ids: readonly number[]) => void;
};

const LIMITS: RelayLimits = {
  bodyBytesMax: BODY_BYTES_MAX,
  targetsMax: PUT_TARGETS_MAX,
  windowMessages: WINDOW_MESSAGES,
  windowBytes: WINDOW_BYTES,
  heartbeatMs: PING_VISIBLE_MS,
};

const REFUSED: Connection = { receive: () => undefined, closed: () => undefined };

export const openRelay = (options: RelayOptions): Relay => new RelayCore(options);

class RelayCore implements Relay {
  readonly relayId: RelayId;
  readonly store: Store;
  readonly commits: CommitQueue;
  readonly registrar: Registrar;
  readonly counters = openCounters();
  readonly waker: Waker;
  readonly now: Now;
  readonly #options: RelayOptions;
  readonly #wheel: Wheel;
  readonly #parts: RelayParts;
  readonly #sessions = new Set<Session>();
  readonly #open = new Map<string, { readonly lane: Lane; readonly session: Session }>();
  readonly #dirty = new Set<Outgoing>();
  #connections = 0;
  #isFlushScheduled = false;
  #isDraining = false;

  constructor(options: RelayOptions) {
    const { relayId, store, now, timers, turn, settings, random, operatorTokenHash } = options;
    const { pushService: service } = options;
    this.#options = options;
    this.relayId = relayId;
    this.store = store;
    this.now = now;
    this.#wheel = new Wheel(timers);
    const count = this.counters.add;
    const committed = (): void => this.#flush();
    this.commits = new CommitQueue({ store, now, timers, turn, committed, count });
    const { commits } = this;
    this.waker = new Waker({ store, commits, wheel: this.#wheel, now, service, count });
    const mode = options.registration;
    const load = (): number => this.#load();
    this.registrar = new Registrar({ mode, operatorTokenHash, now, random, load });
    this.#parts = {
      relayId,
      store,
      now,
      wheel: this.#wheel,
      settings,
      commits: this.commits,
      gate: new PutGate(settings),
      topics: new Topics(this.#wheel),
      waker: this.waker,
      count,
      laneOf: (mailbox) => this.#open.get(latin1(mailbox))?.lane,
      laneOpened: (lane, session) => this.#laneOpened(lane, session),
      laneClosed: (lane) => this.#laneClosed(lane),
      sessionClosed: (session) => void this.#sessions.delete(session),
      acknowledge: (mailbox, ids) => this.#acknowledge(mailbox, ids),
    };
  }

  connect(socket: Socket): Connection {
    const out = new Outgoing(socket, this.#wantFlush);
    if (this.#isDraining || this.#sessions.size >= this.#options.settings.socketsMax) {
      this.counters.add("refusedSockets");
      const reason = this.#isDraining ? "stopping" : "overloaded";
      out.push({ type: "goaway", reason, afterMs: DRAIN_MS_MAX, alternatives: [] });
      out.close(CLOSE.draining, "draining");
      return REFUSED;
    }
    const nonce = idOf("Nonce", this.#options.random(ID_BYTES.Nonce));
    this.#connections += 1;
    const session = new Session(this.#parts, out, nonce, this.#connections);
    this.#sessions.add(session);
    this.counters.add("sockets");
    out.push({
      type: "welcome",
      version: WIRE_VERSION,
      relayId: this.relayId,
      storeInc: this.store.incarnation,
      serverTimeMs: this.now(),
      nonce,
      limits: LIMITS,
      load: this.#load(),
      drainingInMs: 0,
    });
    return session;
  }

  mailboxDeleted(mailbox: MailboxId): void {
    this.#open.get(latin1(mailbox))?.session.close("gone");
  }

  isReady(): boolean {
    return !this.#isDraining;
  }

  discovery(): Discovery {
    return {
      version: WIRE_VERSION,
      relayId: Buffer.from(this.relayId).toString("base64url"),
      registration: this.#options.registration,
      limits: LIMITS,
      timeMs: this.now(),
    };
  }

  status(): Status {
    const { oldestAtMs, ...totals } = this.store.totals();
    const oldestSeconds =
      oldestAtMs === null ? 0 : Math.max(0, Math.floor((this.now() - oldestAtMs) / 1_000));
    return { ...totals, oldestSeconds, sockets: this.#sessions.size };
  }

  async drain(): Promise<void> {
    this.#isDraining = true;
    await this.commits.drained();
    const waves = this.#sessions.size <= DRAIN_AT_ONCE ? 1 : DRAIN_MS_MAX / TICK_MS;
    const waveSize = Math.ceil(this.#sessions.size / waves);
    while (this.#sessions.size > 0) {
      for (const session of [...this.#sessions].slice(0, waveSize)) {
        session.push({ type: "goaway", reason: "stopping", afterMs: 1_000, alternatives: [] });
        session.close("goingAway");
      }
      if (this.#sessions.size > 0) await this.#pause(TICK_MS);
    }
    await this.commits.drained();
    this.commits.stop();
    this.#wheel.stop();
  }

  #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#options.timers.after(ms, () => resolve(undefined));
    return promise;
  }

  #load(): number {
    const sockets = this.#sessions.size / this.#options.settings.socketsMax;
    const busy = Math.max(sockets, this.commits.fill) * 100;
    return Math.min(100, Math.round(Math.max(busy, this.#options.pressure())));
  }

  /** The newest connection has it: an AUTH that was long on its way displaces no later one. */
  #laneOpened(lane: Lane, session: Session): void {
    const key = latin1(lane.mailbox);
    const other = this.#open.get(key);
    if (other !== undefined && other.session.number > session.number) {
      session.close("replaced");
      return;
    }
    this.#open.set(key, { lane, session });
    other?.session.close("replaced");
  }

  #laneClosed(lane: Lane): void {
    const key = latin1(lane.mailbox);
    if (this.#open.get(key)?.lane === lane) this.#open.delete(key);
  }

  /** One that fails is not repeated: the device gets the message again, and says so again. */
  #acknowledge(mailbox: MailboxId, ids: readonly number[]): void {
    this.commits.submit<"ack">({ type: "ack", mailbox, ids }, (done) => {
      if (done.ok) {
        this.waker.acknowledged(mailbox);
        return;
      }
      this.counters.add("acknowledgementsLost", ids.length);
      this.#open.get(latin1(mailbox))?.lane.forgotten();
    });
  }

  /** One function for all sockets. */
  readonly #wantFlush = (out: Outgoing): void => {
    this.#dirty.add(out);
    if (this.#isFlushScheduled) return;
    this.#isFlushScheduled = true;
    this.#options.turn(() => {
      this.#isFlushScheduled = false;
      this.#flush();
    });
  };

  #flush(): void {
    for (const out of this.#dirty) out.flush();
    this.#dirty.clear();
  }
}
