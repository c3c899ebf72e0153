/**
 * A device, put together: store, transport, clock and randomness come in, `Device` comes out. This
 * file wires the rooms and knows no rule of its own; docs/protocol/sync.md walks one message through.
 */
import { toHex } from "../crypto/base/hex.ts";
import type { Random } from "../crypto/base/random.ts";
import { readSelf, type Self } from "./account/self.ts";
import { addOffsetSample, NO_SAMPLES, offsetOf } from "./clock/offset.ts";
import type { Timers } from "./clock/timers.ts";
import { openCommands } from "./commands.ts";
import type { Device } from "./device.ts";
import { openHealer } from "./heal/healer.ts";
import { openHome } from "./home.ts";
import { openLane } from "./lane.ts";
import { openPump } from "./outbox/pump.ts";
import { hurryAll, resendLost } from "./outbox/resend.ts";
import { openPresenceDesk } from "./presence-desk.ts";
import { openReceiptSender } from "./receipts/receipt-sender.ts";
import type { Effects } from "./receive/effects.ts";
import type { LinkState, Welcome } from "./session/link.ts";
import { openLinkPool } from "./session/pool.ts";
import { openRelayHttp } from "./session/relay-http.ts";
import { openStatusBoard } from "./status-board.ts";
import type { Store } from "./store/store.ts";
import { StorageError } from "./store/store.ts";
import { sweep, SWEEP_TABLES } from "./sweep.ts";
import type { Transport } from "./transport/transport.ts";
import { openTypingBoard } from "./typing/typing.ts";

const SWEEP_EVERY_MS = 3_600_000;

export type DeviceDeps = {
  readonly store: Store;
  readonly transport: Transport;
  readonly timers: Timers;
  readonly random: Random;
  /** Origin of our home relay, in the form of crypto/identity/relay-url.ts. */
  readonly homeUrl: string;
  /** Where the app is served, without a fragment: what invite links begin with. */
  readonly appUrl: string;
  /** Counts what was dropped, by reason; never content. */
  readonly dropped?: (reason: string) => void;
  /** A contradiction of our own (a Bug): reported, never swallowed. */
  readonly failed: (error: unknown) => void;
};

/** Opens what the store holds, connects, and goes on where the device stopped. */
export async function openDevice(deps: DeviceDeps): Promise<Device> {
  const { store, transport, random } = deps;
  const lane = openLane();
  const board = openStatusBoard();
  let self: Self | undefined = await store.read(["meta"], readSelf);
  let samples = NO_SAMPLES;
  let closed = false;
  const storeIncByUrl = new Map<string, string>();

  /** The device's clock, corrected by what relays say (docs/protocol/sync.md, Clock). */
  const timers: Timers = {
    now: () => deps.timers.now() + offsetOf(samples).offsetMs,
    after: deps.timers.after,
  };
  const failed = (error: unknown): void => {
    if (closed) return;
    if (error instanceof StorageError) {
      board.change({ storage: error.failure === "full" ? "full" : "failed" });
    } else deps.failed(error);
  };

  const pool = openLinkPool({
    transport,
    timers: deps.timers,
    random,
    events: {
      onState: (link, state) => {
        presence.linkState(link, state);
        if (state.type === "open") reached(link.url);
      },
      onWelcome: (link, welcome) => welcomed(link.url, welcome),
      onTopic: (_link, event) => presence.topic(event),
    },
  });
  const linkTo = pool.linkTo;
  const base = { store, lane, timers, random, self: () => self, linkTo, failed };

  const pump = openPump({
    ...base,
    httpOf: (url) => openRelayHttp({ url, owner: null, transport, timers: deps.timers }),
    storeIncOf: (url) => storeIncByUrl.get(url) ?? "",
  });
  const receipts = openReceiptSender(base);
  const healer = openHealer({ ...base, wake: pump.wake });
  const typing = openTypingBoard({ ...base, onTyping: (now) => board.change({ typing: now }) });

  const effects: Effects = {
    wake: pump.wake,
    receipt: (c) => {
      receipts.changed(c);
      healer.look();
    },
    upkeep: () => void home.tend(),
    contacts: () => presence.contactsChanged(),
    typing: typing.heard,
    dropped: (reason) => {
      deps.dropped?.(reason);
      healer.look();
    },
  };
  const home = openHome({
    store,
    lane,
    timers,
    random,
    transport,
    homeUrl: deps.homeUrl,
    self: () => self,
    effects,
    failed,
    onConnection: (connection) => board.change({ connection }),
    onStorage: (storage) => board.change({ storage }),
    onWelcome: (url, welcome) => welcomed(url, welcome),
    events: {
      onState: (state: LinkState) => {
        presence.ownLinkState(state);
        if (state.type === "open") reached(deps.homeUrl);
      },
      onWanted: (topic, isWanted) => presence.wanted(topic, isWanted),
      onClock: ({ offsetMs }) => {
        samples = addOffsetSample(samples, new URL(deps.homeUrl).host, offsetMs);
        board.change({ clockOffWarning: offsetOf(samples).warning });
      },
    },
  });
  const presence = openPresenceDesk({
    ...base,
    publish: (topic, payload) => home.link()?.publish(topic, payload),
    onPresence: (now) => board.change({ presence: now }),
  });

  /** A relay is there again: what was put off because it was away is due. */
  const reached = (_url: string): void => {
    void lane
      .run(() => store.write(["outbox"], hurryAll))
      .then(() => {
        pump.wake();
        receipts.resume();
        healer.look();
      })
      .catch(failed);
  };
  const welcomed = (url: string, welcome: Welcome): void => {
    const storeInc = toHex(welcome.storeInc);
    storeIncByUrl.set(url, storeInc);
    void lane
      .run(() => store.write(["meta", "outbox", "channels"], (tx) => resendLost(tx, url, storeInc)))
      .then((lost) => {
        if (lost > 0) pump.wake();
        receipts.resume();
      })
      .catch(failed);
  };

  const begin = (): void => {
    presence.contactsChanged();
    void home.tend();
    pump.wake();
    receipts.resume();
    healer.look();
    scheduleSweep(0);
  };
  let cancelSweep = (): void => undefined;
  const scheduleSweep = (inMs: number): void => {
    cancelSweep = deps.timers.after(inMs, () => {
      void lane.run(() => store.write(SWEEP_TABLES, (tx) => sweep(tx, timers.now()))).catch(failed);
      if (!closed) scheduleSweep(SWEEP_EVERY_MS);
    });
  };
  if (self !== undefined) begin();

  const commands = openCommands({
    ...base,
    transport,
    homeUrl: deps.homeUrl,
    appUrl: deps.appUrl,
    effects,
    tend: home.tend,
    started: (now) => {
      self = now;
      begin();
    },
  });
  return {
    ...commands,
    typing: typing.pressed,
    watch: presence.watch,
    visible: (visible) => {
      home.setVisible(visible);
      pool.setVisible(visible);
      presence.setVisible(visible);
    },
    network: (online) => {
      home.network(online);
      if (online) pool.wake();
    },
    status: board.listen,
    [Symbol.asyncDispose]: async () => {
      closed = true;
      cancelSweep();
      for (const part of [pump, receipts, healer, typing, presence, home, pool]) part.close();
      await lane.idle();
    },
  };
}
