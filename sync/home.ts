/**
 * The connection to our home relay: registers, stays connected, reads the mailbox, and finds out when
 * the relay has lost what it knew of us. docs/protocol/sync.md, rules [UP1], [UP2], [UP7], [UP8] and [RX8].
 */
import { unreachable } from "../crypto/base/assert.ts";
import { equalBytes } from "../crypto/base/bytes.ts";
import { toHex } from "../crypto/base/hex.ts";
import { forgetRegistration, ownerOf } from "./account/mailboxes.ts";
import { MOVE_TABLES, moveMailbox } from "./account/moving.ts";
import type { Self } from "./account/self.ts";
import { tend, type UpkeepDeps } from "./account/upkeep.ts";
import { Arrivals } from "./arrivals.ts";
import { type CatchUp, openCatchUp } from "./catch-up.ts";
import type { Timers } from "./clock/timers.ts";
import type { Connection } from "./device.ts";
import { noteRobbed } from "./heal/robbed.ts";
import type { Effects } from "./receive/effects.ts";
import { receiveBatch } from "./receive/receive.ts";
import { retryDelayMs } from "./session/backoff.ts";
import {
  type Link,
  type LinkEvents,
  type LinkState,
  openLink,
  type Welcome,
} from "./session/link.ts";
import { openRelayHttp, type RelayError } from "./session/relay-http.ts";
import { StorageError } from "./store/store.ts";
import type { RelayId } from "./wire/ids.ts";
import type { MsgFrame } from "./wire/message-frames.ts";

/** How often the relay is brought up to date when nothing asks for it: prekeys age. */
const UPKEEP_EVERY_MS = 3_600_000;
/** A relay that goes on not knowing us is told who we are no more often than this. */
const FORGET_EVERY_MS = 60_000;
/** A relay that becomes another one is followed no more often than this. */
const MOVE_EVERY_MS = 600_000;
/** While it is not clear who answers at our address, it is asked again after so long. */
const MOVE_RETRY_MS = 60_000;
/** The longest that an answer to the upkeep can put it off: other things are waiting behind it. */
const UPKEEP_RETRY_MS_MAX = 300_000;
/** After the disk said no: try whether it takes things again. */
const STORAGE_RETRY_MS = 10_000;

export type HomeDeps = UpkeepDeps & {
  /** The device's own clock, uncorrected: the link measures it against the relay's. */
  readonly rawTimers: Timers;
  readonly self: () => Self | undefined;
  readonly effects: Effects;
  readonly onConnection: (connection: Connection) => void;
  /** What waited for us at the relay has come, or is not waited for: what was held back may go. */
  readonly onCaughtUp: () => void;
  readonly onStorage: (storage: "ok" | "full" | "failed") => void;
  readonly onWelcome: (url: string, welcome: Welcome) => void;
  /** Another relay answers at our address, and our mailbox is there from now on. */
  readonly onMoved: () => void;
  /** What the relay held for us is lost: it is another one, or its store began anew. */
  readonly onLoss: () => void;
  readonly events: Pick<LinkEvents, "onClock" | "onWanted" | "onState">;
  readonly failed: (error: unknown) => void;
};

export type Home = {
  /** Brings the relay up to date, and connects when that is not done yet. Settles when tried. */
  readonly tend: () => Promise<void>;
  readonly link: () => Link | undefined;
  /** It is not known yet what waits for us there: no entry is sent meanwhile. Rule [OB14]. */
  readonly isCatchingUp: () => boolean;
  /** We are connected, and what waited for us there has come. */
  readonly isRead: () => boolean;
  readonly setVisible: (visible: boolean) => void;
  readonly network: (online: boolean) => void;
  /** The disk said no somewhere: from now on it is asked in a while, until it takes things again. */
  readonly storageFailed: (error: StorageError) => void;
  readonly close: () => void;
};

export const openHome = (deps: HomeDeps): Home => new HomeRelay(deps);

class HomeRelay implements Home {
  readonly #deps: HomeDeps;
  readonly #events: Partial<LinkEvents>;
  #link: Link | undefined;
  #visible = true;
  #online = true;
  #closed = false;
  #failures = 0;
  #tending: Promise<void> | undefined;
  #tendAgain = false;
  #forgottenAtMs = Number.NEGATIVE_INFINITY;
  #cancelRetry = (): void => undefined;
  #cancelProbe: (() => void) | undefined;
  #movedAtMs = Number.NEGATIVE_INFINITY;
  #cancelMove = (): void => undefined;
  /** Messages that were queued when we connected and did not come yet; null: all came. */
  #toCome: number | null = null;
  /** What came while the lane was busy: taken in together, in one transaction. */
  readonly #arrivals = new Arrivals();
  readonly #catchUp: CatchUp;

  constructor(deps: HomeDeps) {
    this.#deps = deps;
    this.#catchUp = openCatchUp(deps.rawTimers, deps.onCaughtUp);
    this.#events = {
      onState: this.#onState,
      onWelcome: (welcome) => {
        deps.onWelcome(deps.homeUrl, welcome);
        this.#noteStoreInc(welcome).catch(deps.failed);
      },
      onMessages: this.#onMessages,
      onAuthed: ({ pendingCount }) => {
        this.#expect(pendingCount);
        if (pendingCount === 0) this.#catchUp.done();
      },
      onEmpty: () => {
        this.#expect(null);
        this.#catchUp.done();
      },
      onClock: deps.events.onClock,
      onWanted: deps.events.onWanted,
    };
  }

  readonly link = (): Link | undefined => this.#link;

  readonly isCatchingUp = (): boolean => this.#catchUp.isOn();

  readonly isRead = (): boolean => this.#link?.state().type === "open" && !this.#catchUp.isOn();

  readonly tend = (): Promise<void> => {
    this.#tendAgain = true;
    this.#tending ??= this.#tendUntilDone()
      .catch(this.#deps.failed)
      .finally(() => {
        this.#tending = undefined;
      });
    return this.#tending;
  };

  readonly setVisible = (visible: boolean): void => {
    this.#visible = visible;
    this.#link?.setVisible(visible);
  };

  readonly network = (online: boolean): void => {
    this.#online = online;
    this.#tell();
    if (!online) return;
    this.#link?.wake();
    void this.tend();
  };

  readonly close = (): void => {
    this.#closed = true;
    this.#catchUp.close();
    this.#cancelRetry();
    this.#cancelProbe?.();
    this.#cancelMove();
    this.#link?.close();
  };

  async #tendUntilDone(): Promise<void> {
    while (this.#tendAgain && !this.#closed) {
      this.#tendAgain = false;
      await this.#tendOnce();
    }
  }

  async #tendOnce(): Promise<void> {
    const { timers, random, effects, onConnection } = this.#deps;
    this.#cancelRetry();
    if (this.#link === undefined) this.#catchUp.begin();
    const done = await this.#tendRelay();
    if (this.#closed) return;
    this.#failures = done.ok ? 0 : this.#failures + 1;
    const askedMs = !done.ok && done.error.type === "Refused" ? done.error.retryAfterMs : 0;
    const refusedMs = Math.min(UPKEEP_RETRY_MS_MAX, askedMs);
    const pauseMs = done.ok
      ? UPKEEP_EVERY_MS
      : Math.max(refusedMs, retryDelayMs(this.#failures, random));
    this.#cancelRetry = timers.after(pauseMs, () => void this.tend());
    if (!done.ok && this.#link === undefined) {
      this.#catchUp.away();
      const retryAtMs = timers.now() + pauseMs;
      onConnection({ type: "offline", retryAtMs, why: whyOf(done.error) });
    }
    await this.#connect();
    if (done.ok) effects.wake();
  }

  /** A full disk takes nothing that we would note; the relay that knows us is met all the same: its time says what may go. */
  async #tendRelay(): ReturnType<typeof tend> {
    try {
      return await tend(this.#deps);
    } catch (error) {
      if (!this.#closed && error instanceof StorageError) await this.#connect();
      throw error;
    }
  }

  /** Once the relay knows our mailbox. */
  async #connect(): Promise<void> {
    const { store, homeUrl: url, transport, random, rawTimers: timers } = this.#deps;
    const row = await store.read(["mailboxes"], (tx) => tx.get("mailboxes", url));
    const owner = row?.registered === true ? ownerOf(row) : undefined;
    if (owner === undefined || this.#closed) return;
    if (this.#link === undefined) {
      const { relayId } = owner;
      this.#link = openLink({
        url,
        relayId,
        owner,
        transport,
        timers,
        random,
        events: this.#events,
      });
      this.#link.setVisible(this.#visible);
    } else if (this.#link.state().type === "waiting") {
      this.#link.wake();
    }
  }

  readonly #onState = (state: LinkState): void => {
    if (state.type !== "open") this.#toCome = null;
    if (isOnItsWay(state)) this.#catchUp.begin();
    else if (state.type !== "open") this.#catchUp.away();
    this.#tell();
    this.#deps.events.onState(state);
    if (state.type === "refused") this.#moveTo(state.relayId).catch(this.#deps.failed);
    const isUnknown =
      state.type === "waiting" && (state.why === "unauthorised" || state.why === "gone");
    const sinceMs = this.#deps.rawTimers.now() - this.#forgottenAtMs;
    if (!isUnknown || (sinceMs >= 0 && sinceMs < FORGET_EVERY_MS)) return;
    this.#forgottenAtMs = this.#deps.rawTimers.now();
    this.#forget().catch(this.#deps.failed);
  };

  #expect(toCome: number | null): void {
    this.#toCome = toCome;
    this.#tell();
  }

  #tell(): void {
    if (this.#link === undefined) return;
    this.#deps.onConnection(connectionOf(this.#link.state(), this.#toCome, this.#online));
  }

  /** The relay does not know our mailbox: it lost its store, or deleted us for long silence. */
  async #forget(): Promise<void> {
    const { lane, store, homeUrl } = this.#deps;
    await lane.run(() =>
      store.write(["mailboxes", "tokens", "invites"], (tx) => forgetRegistration(tx, homeUrl)),
    );
    await this.tend();
  }

  /**
   * Another relay answers at our address. If it says so by HTTP too, ours lost its key, and with it
   * every mailbox: we begin anew there. Rule [UP7].
   */
  async #moveTo(relayId: RelayId): Promise<void> {
    const { lane, store, homeUrl: url, transport, rawTimers: timers } = this.#deps;
    const known = await openRelayHttp({ url, owner: null, transport, timers }).wellKnown();
    if (this.#closed) return;
    const sinceMs = timers.now() - this.#movedAtMs;
    const isSoon = sinceMs >= 0 && sinceMs < MOVE_EVERY_MS;
    if (isSoon || !known.ok || !equalBytes(known.value.relayId, relayId)) {
      this.#cancelMove();
      this.#cancelMove = timers.after(MOVE_RETRY_MS, () => this.#link?.wake());
      return;
    }
    this.#movedAtMs = timers.now();
    await lane.run(() => store.write(MOVE_TABLES, (tx) => moveMailbox(tx, url, relayId)));
    this.#link?.close();
    this.#link = undefined;
    this.#deps.onMoved();
    this.#deps.onLoss();
    await this.tend();
  }

  async #noteStoreInc(welcome: Welcome): Promise<void> {
    const { lane, store, homeUrl } = this.#deps;
    const storeInc = toHex(welcome.storeInc);
    const lost = await lane.run(() =>
      store.write(["meta", "mailboxes", "tokens", "invites"], async (tx) => {
        const row = await tx.get("mailboxes", homeUrl);
        if (row === undefined || row.storeInc === storeInc) return false;
        const isLoss = row.storeInc !== "";
        if (isLoss) await forgetRegistration(tx, homeUrl);
        if (isLoss) await noteRobbed(tx);
        const fresh = (await tx.get("mailboxes", homeUrl)) ?? row;
        await tx.put("mailboxes", { ...fresh, storeInc });
        return isLoss;
      }),
    );
    if (!lost) return;
    this.#deps.onLoss();
    await this.tend();
  }

  readonly #onMessages = (frames: readonly MsgFrame[]): void => {
    const { lane, failed } = this.#deps;
    if (this.#toCome !== null) this.#expect(Math.max(0, this.#toCome - frames.length));
    const isPlanned = this.#arrivals.size > 0;
    this.#arrivals.add(frames);
    if (isPlanned || this.#arrivals.size === 0) return;
    let isBegun = false;
    const take = (): Promise<void> => {
      isBegun = true;
      return this.#takeArrived();
    };
    lane.run(take).catch((error: unknown) => {
      // What must be done before it failed: the relay sends them again.
      if (!isBegun) this.#arrivals.done(this.#arrivals.take());
      if (error instanceof StorageError) this.storageFailed(error);
      else failed(error);
    });
  };

  readonly #takeArrived = async (): Promise<void> => {
    const batch = this.#arrivals.take();
    const self = this.#deps.self();
    try {
      if (self === undefined || this.#closed) return;
      const acks = await receiveBatch(this.#deps, self, batch);
      if (acks.length > 0) this.#link?.ack(acks);
      this.#deps.onStorage("ok");
    } finally {
      this.#arrivals.done(batch);
    }
  };

  /** What could not be committed was not acknowledged: the relay keeps it, and sends it again. */
  readonly storageFailed = (error: StorageError): void => {
    if (this.#closed) return;
    const { onStorage, timers } = this.#deps;
    onStorage(error.failure === "full" ? "full" : "failed");
    this.#cancelProbe ??= timers.after(STORAGE_RETRY_MS, () => {
      this.#cancelProbe = undefined;
      void this.#probeStorage();
    });
  };

  async #probeStorage(): Promise<void> {
    const { store, timers, onStorage, failed } = this.#deps;
    if (this.#closed) return;
    try {
      await store.write(["meta"], (tx) => tx.put("meta", { k: "probe", v: timers.now() }));
      onStorage("ok");
    } catch (error) {
      if (error instanceof StorageError) this.storageFailed(error);
      else failed(error);
    }
  }
}

const isOnItsWay = ({ type }: LinkState): boolean =>
  type === "connecting" || type === "welcoming" || type === "authing";

function whyOf(error: RelayError): "unreachable" | "refused" | "notAdmitted" {
  if (error.type === "Unreachable") return "unreachable";
  const isClosed = error.type === "Refused" && error.problem === "RegistrationClosed";
  return isClosed ? "notAdmitted" : "refused";
}

function connectionOf(state: LinkState, toCome: number | null, online: boolean): Connection {
  if (!online) return { type: "offline", retryAtMs: 0, why: "unreachable" };
  switch (state.type) {
    case "open":
      return toCome === null || toCome === 0
        ? { type: "connected" }
        : { type: "updating", count: toCome };
    case "waiting":
      return {
        type: "offline",
        retryAtMs: state.retryAtMs,
        why: state.why === "busy" ? "refused" : "unreachable",
      };
    case "refused":
    case "replaced":
    case "closed":
      return { type: "offline", retryAtMs: 0, why: "refused" };
    case "idle":
    case "connecting":
    case "welcoming":
    case "authing":
      return { type: "connecting" };
    default:
      return unreachable(state);
  }
}
