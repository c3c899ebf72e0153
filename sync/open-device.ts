/**
 * A device, put together: store, transport, clock and randomness come in, `Device` comes out. This
 * file wires the rooms and knows no rule of its own; docs/protocol/sync.md walks one message through.
 */
import { toHex } from "../crypto/base/hex.ts";
import type { Random } from "../crypto/base/random.ts";
import type { Keepsake } from "./account/keepsake.ts";
import type { Self } from "./account/self.ts";
import { upgradeRows } from "./account/upgrade-rows.ts";
import { openRelayTime, type RelayTime } from "./clock/relay-time.ts";
import type { Timers } from "./clock/timers.ts";
import { type Desks, openDesks, openWorkers, type Wiring, type Workers } from "./device-parts.ts";
import type { Device, Status } from "./device.ts";
import { type Home, openHome } from "./home.ts";
import { type Lane, openLane } from "./lane.ts";
import { type Mishaps, openMishaps } from "./mishaps.ts";
import { openPresenceDesk, type PresenceDesk } from "./presence-desk.ts";
import type { Effects } from "./receive/effects.ts";
import type { OpenRoomHost } from "./rooms/rooms.ts";
import { readSettings, type Settings } from "./rooms/settings.ts";
import { type Knocks, openKnocks } from "./session/knocks.ts";
import type { Welcome } from "./session/link.ts";
import { type LinkPool, openLinkPool } from "./session/pool.ts";
import { type MayReach, reachFrom, withinReach } from "./session/reach.ts";
import { openRelayHttp, type RelayHttp } from "./session/relay-http.ts";
import { openStatusBoard, type StatusBoard } from "./status-board.ts";
import { type Store, StorageError } from "./store/store.ts";
import type { Transport } from "./transport/transport.ts";

export type DeviceDeps = {
  readonly store: Store;
  readonly transport: Transport;
  readonly timers: Timers;
  readonly random: Random;
  /** Origin of our home relay, in the form of crypto/identity/relay-url.ts. */
  readonly homeUrl: string;
  /** Where the app is served, without a fragment: what invite links begin with. */
  readonly appUrl: string;
  /** Outlives the database, where there is such a place. */
  readonly keepsake?: Keepsake;
  /** Brings what shared documents need; a process without it keeps their entries. */
  readonly loadRooms?: () => Promise<OpenRoomHost>;
  /** Counts what was dropped, by reason; never content. */
  readonly dropped?: (reason: string) => void;
  /** A contradiction of our own (a Bug): reported, never swallowed. */
  readonly failed: (error: unknown) => void;
};

/** Opens what the store holds, connects, and goes on where the device stopped. */
export async function openDevice(deps: DeviceDeps): Promise<Device> {
  const self = await upgradeRows(deps.store, deps.random);
  return new OpenedDevice(deps, self, await deps.store.read(["meta"], readSettings));
}

class OpenedDevice implements Device {
  readonly #deps: DeviceDeps;
  readonly #lane: Lane = openLane();
  readonly #board: StatusBoard = openStatusBoard();
  readonly #storeIncByUrl = new Map<string, string>();
  readonly #time: RelayTime;
  readonly #mishaps: Mishaps;
  readonly #effects: Effects;
  readonly #pool: LinkPool;
  readonly #knocks: Knocks;
  readonly #home: Home;
  readonly #presence: PresenceDesk;
  readonly #workers: Workers;
  readonly #desks: Desks;
  #self: Self | undefined;
  #closed = false;

  constructor(given: DeviceDeps, self: Self | undefined, settings: Settings) {
    const mayReach = reachFrom(given.homeUrl);
    const deps = { ...given, transport: withinReach(given.transport, mayReach) };
    this.#deps = deps;
    this.#self = self;
    const { store, random } = deps;
    this.#time = openRelayTime(deps.timers, (byMs) => this.#run(this.#mishaps.clockMoved(byMs)));
    const { timers } = this.#time;
    this.#effects = this.#effectsOf();
    this.#knocks = openKnocks(deps.homeUrl, timers);
    this.#pool = this.#openPool(mayReach);
    const base = {
      store,
      lane: this.#lane,
      timers,
      random,
      self: () => this.#self,
      linkTo: this.#pool.linkTo,
      knocks: this.#knocks,
      failed: this.#failed,
    };
    this.#mishaps = openMishaps({
      ...base,
      keepsake: deps.keepsake,
      effects: this.#effects,
      httpOf: this.#httpOf,
      resume: this.#resume,
    });
    this.#home = this.#openHome();
    this.#presence = openPresenceDesk({
      ...base,
      publish: (topic, payload) => this.#home.link()?.publish(topic, payload),
      onPresence: (presence) => this.#board.change({ presence }),
    });
    this.#presence.setShown(settings.presenceShown);
    const wiring: Wiring = {
      base,
      deps,
      board: this.#board,
      effects: this.#effects,
      httpOf: this.#httpOf,
      storeIncOf: (url) => this.#storeIncByUrl.get(url) ?? "",
      home: () => this.#home,
      presence: () => this.#presence,
      resume: this.#resume,
      started: this.#started,
      goQuiet: this.#goQuiet,
    };
    this.#workers = openWorkers(wiring);
    this.#desks = openDesks(wiring, this.#workers);
    const { commands, rooms, recovery } = this.#desks;
    this.acts = commands;
    this.groups = commands.groups;
    this.chats = commands.chats;
    this.rooms = rooms;
    this.openRoom = rooms.openRoom;
    this.linking = this.#desks.linking;
    this.recovery = recovery.commands;
    this.safety = this.#desks.safety;
    this.backup = this.#desks.backup;
    this.devices = this.#desks.devices;
    this.receipts = this.#workers.receiving;
    this.media = this.#workers.media;
    this.expiry = this.#workers.expiry;
    if (self !== undefined) this.#begin();
  }

  readonly start: Device["start"] = (name) => this.#desks.commands.start(name);
  readonly invite: Device["invite"] = () => this.#desks.commands.invite();
  readonly acceptInvite: Device["acceptInvite"] = (link) => this.#desks.commands.acceptInvite(link);
  readonly admit: Device["admit"] = (inviteToken) => this.#desks.commands.admit(inviteToken);
  readonly push: Device["push"] = (subscription) => this.#desks.commands.push(subscription);
  readonly linking: Device["linking"];
  readonly recovery: Device["recovery"];
  readonly backup: Device["backup"];
  readonly safety: Device["safety"];
  readonly devices: Device["devices"];
  readonly acts: Device["acts"];
  readonly groups: Device["groups"];
  readonly chats: Device["chats"];
  readonly media: Device["media"];
  readonly expiry: Device["expiry"];
  readonly receipts: Device["receipts"];
  readonly rooms: Device["rooms"];
  readonly openRoom: Device["openRoom"];
  readonly send: Device["send"] = async (c, text, extras) => {
    const sent = await this.#desks.commands.send(c, text, extras);
    if (sent.ok) this.#workers.typing.sent(c);
    return sent;
  };
  readonly markRead: Device["markRead"] = (c) => this.#desks.commands.markRead(c);
  readonly decide: Device["decide"] = (account, verdict) =>
    this.#desks.commands.decide(account, verdict);
  readonly typing: Device["typing"] = (c) => this.#workers.typing.pressed(c);
  readonly watch: Device["watch"] = (accounts) => this.#presence.watch(accounts);
  readonly status: Device["status"] = (listen) => this.#board.listen(listen);
  readonly visible: Device["visible"] = (visible) => {
    this.#home.setVisible(visible);
    this.#pool.setVisible(visible);
    this.#presence.setVisible(visible);
  };
  readonly showPresence: Device["showPresence"] = (shown) => this.#presence.setEnabled(shown);
  readonly network: Device["network"] = (online) => {
    this.#home.network(online);
    if (online) this.#pool.wake();
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#goQuiet();
    await this.#desks.rooms.close();
    await this.#lane.close();
  }

  /** Nothing is sent, asked for or taken any more. */
  readonly #goQuiet = (): void => {
    const asking = [
      this.#workers.pump,
      this.#workers.receipts,
      this.#workers.healing,
      this.#workers.backfiller,
      this.#workers.seeker,
    ];
    const showing = [
      this.#workers.media,
      this.#workers.expiry,
      this.#workers.admissions,
      this.#workers.sweeper,
      this.#workers.typing,
      this.#desks.linking,
      this.#desks.recovery,
      this.#desks.devices,
      this.#presence,
    ];
    for (const part of [...asking, ...showing, this.#home, this.#pool]) part.close();
  };

  #effectsOf(): Effects {
    return {
      wake: () => {
        this.#workers.pump.wake();
        this.#workers.media.look();
        this.#workers.expiry.look();
      },
      receipt: (c) => {
        this.#workers.receipts.changed(c);
        this.#workers.media.look();
        this.#workers.expiry.look();
        this.#workers.healing.changed(c);
      },
      upkeep: () => {
        void this.#home.tend();
        this.#presence.contactsChanged();
        this.#desks.recovery.changed();
      },
      contacts: () => {
        this.#presence.contactsChanged();
        this.#workers.media.resume();
        this.#desks.devices.look();
        this.#workers.admissions.look();
        this.#desks.recovery.changed();
      },
      selfChanged: (self) => void (this.#self = self),
      typing: (c, account, atMs) => this.#workers.typing.heard(c, account, atMs),
      wrote: (c, account) => this.#workers.typing.ended(c, account),
      sessionReset: (device) => this.#run(this.#mishaps.sessionReset(device)),
      backfilled: (c, left, device) => {
        this.#workers.backfiller.arrived(c, left, device);
        this.#workers.backfiller.look();
      },
      edited: () => this.#desks.rooms.edited(),
      missing: () => {
        this.#workers.media.look();
        this.#workers.healing.look();
        this.#workers.backfiller.look();
      },
      named: (named) => this.#workers.healing.effects.named(named),
      claimed: (...claim) => this.#workers.healing.effects.claimed(...claim),
      doubted: (doubt) => this.#workers.healing.effects.doubted(doubt),
      forked: (a) => this.#workers.healing.effects.forked(a),
      devices: () => this.#desks.devices.look(),
      rolledBack: () => this.#run(this.#mishaps.rolledBack()),
      dropped: (reason) => {
        this.#deps.dropped?.(reason);
        this.#workers.healing.look();
      },
    };
  }

  #openPool(mayReach: MayReach): LinkPool {
    const { transport, timers, random } = this.#deps;
    return openLinkPool({
      mayReach,
      transport,
      timers,
      random,
      events: {
        onState: (link, state) => {
          this.#presence.linkState(link, state);
          if (state.type === "refused") this.#workers.seeker.refused(link, state.relayId);
          if (state.type === "open") this.#reached(link.url);
        },
        onWelcome: (link, welcome) => this.#welcomed(link.url, welcome),
        onTopic: (_link, event) => this.#presence.topic(event),
      },
    });
  }

  #openHome(): Home {
    const { store, random, transport, homeUrl } = this.#deps;
    return openHome({
      store,
      lane: this.#lane,
      timers: this.#time.timers,
      rawTimers: this.#deps.timers,
      random,
      transport,
      homeUrl,
      self: () => this.#self,
      effects: this.#effects,
      failed: this.#failed,
      onConnection: (connection) => this.#board.change({ connection }),
      onCaughtUp: this.#resume,
      onStorage: (storage) => this.#stored(storage),
      onMoved: () => this.#board.change({ relayRenewed: true }),
      onLoss: () => this.#workers.healing.robbed(),
      onWelcome: (url, welcome) => this.#welcomed(url, welcome),
      events: {
        onState: (state) => {
          this.#presence.ownLinkState(state);
          if (state.type === "open") this.#reached(homeUrl);
        },
        onWanted: (topic, isWanted) => this.#presence.wanted(topic, isWanted),
        onClock: (sample) => {
          this.#time.sample(new URL(homeUrl).host, sample.offsetMs);
          this.#workers.sweeper.sampled(sample);
          this.#workers.expiry.sampled(sample);
          this.#board.change({ clockOffWarning: this.#time.isFarOff() });
        },
      },
    });
  }

  readonly #started = (self: Self): void => {
    this.#self = self;
    this.#begin();
  };

  /** What goes on by itself once there is an account. */
  #begin(): void {
    this.#run(this.#mishaps.compareKeepsake());
    this.#desks.devices.look();
    this.#presence.contactsChanged();
    this.#workers.admissions.look();
    void this.#home.tend();
    this.#desks.rooms.begin();
    this.#workers.healing.started();
    this.#resume();
  }

  #reached(url: string): void {
    const own = this.#home.link();
    if (own?.url === url) own.answered();
    if (url === this.#deps.homeUrl) this.#knocks.forgive();
    else this.#knocks.answered(url);
    this.#pool.answered(url);
    this.#run(this.#mishaps.reached());
  }

  #welcomed(url: string, { storeInc }: Welcome): void {
    this.#storeIncByUrl.set(url, toHex(storeInc));
    this.#run(this.#mishaps.welcomed(url, storeInc));
  }

  readonly #httpOf = (url: string): RelayHttp => {
    const { transport, timers } = this.#deps;
    return openRelayHttp({ url, owner: null, transport, timers });
  };

  /** When there is room again, everything that stopped for want of it goes on. */
  #stored(storage: Status["storage"]): void {
    const isBack = storage === "ok" && this.#board.now().storage !== "ok";
    this.#board.change({ storage });
    if (!isBack) return;
    this.#resume();
    void this.#home.tend();
  }

  readonly #resume = (): void => {
    this.#workers.pump.wake();
    this.#workers.expiry.look();
    this.#workers.media.resume();
    this.#workers.receipts.resume();
    this.#workers.healing.look();
    this.#workers.backfiller.look();
    this.#desks.recovery.changed();
  };

  #run(work: Promise<void>): void {
    work.catch(this.#failed);
  }

  readonly #failed = (error: unknown): void => {
    if (this.#closed) return;
    if (error instanceof StorageError) this.#home.storageFailed(error);
    else this.#deps.failed(error);
  };
}
