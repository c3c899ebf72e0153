/**
 * The connection to our home relay: registers, stays connected, reads the mailbox, and finds out when
 * the relay has lost what it knew of us. docs/protocol/sync.md, rules [UP1]… and [RX1]…
 */
import { unreachable } from "../crypto/base/assert.ts";
import { toHex } from "../crypto/base/hex.ts";
import { forgetRegistration, ownerOf } from "./account/mailboxes.ts";
import type { Self } from "./account/self.ts";
import { tend, type UpkeepDeps } from "./account/upkeep.ts";
import type { Connection } from "./device.ts";
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
import { StorageError } from "./store/store.ts";
import type { MsgFrame } from "./wire/message-frames.ts";

/** How often the relay is brought up to date when nothing asks for it: prekeys age. */
const UPKEEP_EVERY_MS = 3_600_000;
/** After the disk said no: try whether it takes things again. */
const STORAGE_RETRY_MS = 10_000;

export type HomeDeps = UpkeepDeps & {
  readonly self: () => Self | undefined;
  readonly effects: Effects;
  readonly onConnection: (connection: Connection) => void;
  readonly onStorage: (storage: "ok" | "full" | "failed") => void;
  readonly onWelcome: (url: string, welcome: Welcome) => void;
  readonly events: Pick<LinkEvents, "onClock" | "onWanted" | "onState">;
  readonly failed: (error: unknown) => void;
};

export type Home = {
  /** Brings the relay up to date, and connects when that is not done yet. Settles when tried. */
  readonly tend: () => Promise<void>;
  readonly link: () => Link | undefined;
  readonly setVisible: (visible: boolean) => void;
  readonly network: (online: boolean) => void;
  readonly close: () => void;
};

export function openHome(deps: HomeDeps): Home {
  let link: Link | undefined;
  let visible = true;
  let closed = false;
  let online = true;
  let failures = 0;
  let tending: Promise<void> | undefined;
  let tendAgain = false;
  let cancelRetry = (): void => undefined;
  /** Messages that were queued when we connected and did not come yet; null: all came. */
  let toCome: number | null = null;

  const tell = (state: LinkState): void => deps.onConnection(connectionOf(state, toCome, online));

  const tendOnce = async (): Promise<void> => {
    cancelRetry();
    const done = await tend(deps, null);
    if (closed) return;
    failures = done.ok ? 0 : failures + 1;
    const refusedMs = !done.ok && done.error.type === "Refused" ? done.error.retryAfterMs : 0;
    const pauseMs = done.ok
      ? UPKEEP_EVERY_MS
      : Math.max(refusedMs, retryDelayMs(failures, deps.random));
    cancelRetry = deps.timers.after(pauseMs, () => void tendNow());
    if (!done.ok && link === undefined) {
      const why = done.error.type === "Unreachable" ? "unreachable" : "refused";
      deps.onConnection({ type: "offline", retryAtMs: deps.timers.now() + pauseMs, why });
    }
    await connect();
    if (done.ok) deps.effects.wake();
  };
  const tendNow = (): Promise<void> => {
    tendAgain = true;
    tending ??= (async () => {
      while (tendAgain && !closed) {
        tendAgain = false;
        await tendOnce();
      }
    })()
      .catch(deps.failed)
      .finally(() => {
        tending = undefined;
      });
    return tending;
  };

  const connect = async (): Promise<void> => {
    const row = await deps.store.read(["mailboxes"], (tx) => tx.get("mailboxes", deps.homeUrl));
    const owner = row?.registered === true ? ownerOf(row) : undefined;
    if (owner === undefined || closed) return;
    if (link === undefined) {
      const { homeUrl: url, transport, timers, random } = deps;
      const { relayId } = owner;
      link = openLink({ url, relayId, owner, transport, timers, random, events: linkEvents });
      link.setVisible(visible);
    } else if (link.state().type === "waiting") {
      link.wake();
    }
  };

  const onState = (state: LinkState): void => {
    if (state.type !== "open") toCome = null;
    tell(state);
    deps.events.onState(state);
    const isUnknown =
      state.type === "waiting" && (state.why === "unauthorised" || state.why === "gone");
    if (isUnknown) void forget().catch(deps.failed);
  };
  /** The relay does not know our mailbox: it lost its store, or deleted us for long silence. */
  const forget = async (): Promise<void> => {
    await deps.lane.run(() =>
      deps.store.write(["mailboxes", "tokens", "invites"], (tx) =>
        forgetRegistration(tx, deps.homeUrl),
      ),
    );
    await tendNow();
  };

  const onWelcome = (welcome: Welcome): void => {
    deps.onWelcome(deps.homeUrl, welcome);
    void noteStoreInc(welcome).catch(deps.failed);
  };
  const noteStoreInc = async (welcome: Welcome): Promise<void> => {
    const storeInc = toHex(welcome.storeInc);
    const lost = await deps.lane.run(() =>
      deps.store.write(["mailboxes", "tokens", "invites"], async (tx) => {
        const row = await tx.get("mailboxes", deps.homeUrl);
        if (row === undefined || row.storeInc === storeInc) return false;
        if (row.storeInc !== "") await forgetRegistration(tx, deps.homeUrl);
        const fresh = (await tx.get("mailboxes", deps.homeUrl)) ?? row;
        await tx.put("mailboxes", { ...fresh, storeInc });
        return row.storeInc !== "";
      }),
    );
    if (lost) await tendNow();
  };

  const onMessages = (batch: readonly MsgFrame[]): void => {
    if (toCome !== null) toCome = Math.max(0, toCome - batch.length);
    if (link !== undefined) tell(link.state());
    const from = link;
    void deps.lane
      .run(async () => {
        const self = deps.self();
        if (self === undefined || closed) return;
        const acks = await receiveBatch(deps, self, batch);
        if (acks.length > 0) from?.ack(acks);
        deps.onStorage("ok");
      })
      .catch((error: unknown) => {
        if (error instanceof StorageError) {
          // Not acknowledged: the relay keeps it, and sends it again.
          deps.onStorage(error.failure === "full" ? "full" : "failed");
          deps.timers.after(STORAGE_RETRY_MS, () => void probeStorage());
        } else deps.failed(error);
      });
  };
  const probeStorage = async (): Promise<void> => {
    try {
      await deps.store.write(["meta"], (tx) =>
        tx.put("meta", { k: "probe", v: deps.timers.now() }),
      );
      deps.onStorage("ok");
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      if (!closed) deps.timers.after(STORAGE_RETRY_MS, () => void probeStorage());
    }
  };

  const linkEvents: Partial<LinkEvents> = {
    onState,
    onWelcome,
    onMessages,
    onAuthed: (authed) => {
      toCome = authed.pendingCount;
      if (link !== undefined) tell(link.state());
    },
    onEmpty: () => {
      toCome = null;
      if (link !== undefined) tell(link.state());
    },
    onClock: deps.events.onClock,
    onWanted: deps.events.onWanted,
  };

  return {
    tend: tendNow,
    link: () => link,
    setVisible: (now) => {
      visible = now;
      link?.setVisible(now);
    },
    network: (now) => {
      online = now;
      if (link !== undefined) tell(link.state());
      if (!now) return;
      link?.wake();
      void tendNow();
    },
    close: () => {
      closed = true;
      cancelRetry();
      link?.close();
    },
  };
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
