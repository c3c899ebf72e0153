/**
 * A device, put together: store, transport, clock and randomness come in, `Device` comes out. This
 * file wires the rooms and knows no rule of its own; docs/protocol/sync.md walks one message through.
 */
import { toHex } from "../crypto/base/hex.ts";
import type { Random } from "../crypto/base/random.ts";
import { compareKeepsake, type Keepsake } from "./account/keepsake.ts";
import { BEGIN_ANEW_TABLES, beginAnew } from "./account/rollback.ts";
import type { Self } from "./account/self.ts";
import { upgradeRows } from "./account/upgrade-rows.ts";
import { type Backfiller, openBackfiller } from "./backfill/backfiller.ts";
import { openBackups } from "./backup/backup.ts";
import { addOffsetSample, NO_SAMPLES, offsetOf } from "./clock/offset.ts";
import type { Timers } from "./clock/timers.ts";
import { type Commands, openCommands } from "./commands.ts";
import { openSeeker, type Seeker } from "./contact/moves.ts";
import type { Device, Status } from "./device.ts";
import { type DevicesDesk, openDevices } from "./devices/desk.ts";
import { type ExpiryPart, openExpiry } from "./expiry/expiry.ts";
import { type Admissions, openAdmissions } from "./group/admissions.ts";
import { type Healing, openHealing } from "./heal/healing.ts";
import { type Home, openHome } from "./home.ts";
import { type Lane, openLane } from "./lane.ts";
import { type Linking, openLinking } from "./link/linking.ts";
import { type MediaPart, openMedia } from "./media/media.ts";
import { fetchBundle } from "./outbox/bundles.ts";
import { openPump, type Pump } from "./outbox/pump.ts";
import { forgiveClock, hurryAll, RESEND_TABLES, resendLost } from "./outbox/resend.ts";
import { greetDevice, SEAL_TABLES } from "./outbox/seal.ts";
import { openPresenceDesk, type PresenceDesk } from "./presence-desk.ts";
import { openReceiving } from "./receipts/pull.ts";
import { openReceiptSender, type ReceiptSender } from "./receipts/receipt-sender.ts";
import { type Effects, heldBack } from "./receive/effects.ts";
import { openRecovery, type RecoveryDesk } from "./recovery/recovery.ts";
import { openRooms, type OpenRoomHost, type Rooms } from "./rooms/rooms.ts";
import { readSettings, type Settings } from "./rooms/settings.ts";
import { openSafety } from "./safety/safety.ts";
import type { ClockSample, Welcome } from "./session/link.ts";
import { type LinkPool, openLinkPool } from "./session/pool.ts";
import { type MayReach, reachFrom, withinReach } from "./session/reach.ts";
import { openRelayHttp, type RelayHttp } from "./session/relay-http.ts";
import { openStatusBoard, type StatusBoard } from "./status-board.ts";
import type { Hex } from "./store/rows.ts";
import { type Store, StorageError } from "./store/store.ts";
import { openSweeper, type Sweeper } from "./sweeper.ts";
import type { Transport } from "./transport/transport.ts";
import { openTypingBoard, type TypingBoard } from "./typing/typing.ts";

/** Two clocks that run do not part by so much between two heartbeats. */
const CLOCK_SET_MS = 10_000;

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
  readonly #timers: Timers;
  readonly #effects: Effects;
  readonly #pool: LinkPool;
  readonly #pump: Pump;
  readonly #receipts: ReceiptSender;
  readonly #healing: Healing;
  readonly #seeker: Seeker;
  readonly #backfiller: Backfiller;
  readonly #typing: TypingBoard;
  readonly #home: Home;
  readonly #presence: PresenceDesk;
  readonly #commands: Commands;
  readonly #linking: Linking;
  readonly #devices: DevicesDesk;
  readonly #recovery: RecoveryDesk;
  readonly #rooms: Rooms;
  readonly #expiry: ExpiryPart;
  readonly #media: MediaPart;
  readonly #sweeper: Sweeper;
  readonly #admissions: Admissions;
  #self: Self | undefined;
  #samples = NO_SAMPLES;
  #closed = false;
  /** Of the newest sample. */
  #offsetMs: number | null = null;

  constructor(given: DeviceDeps, self: Self | undefined, settings: Settings) {
    const mayReach = reachFrom(given.homeUrl);
    const deps = { ...given, transport: withinReach(given.transport, mayReach) };
    this.#deps = deps;
    this.#self = self;
    const { store, transport, random, homeUrl } = deps;
    // The device's clock, corrected by what relays say (docs/protocol/sync.md, Clock). One that was set
    // to 1970 is corrected by what it said before: times are never negative, "at once" is 0.
    const timers: Timers = {
      now: () => Math.max(0, deps.timers.now() + offsetOf(this.#samples).offsetMs),
      after: deps.timers.after,
    };
    this.#timers = timers;
    this.#effects = this.#effectsOf();
    this.#pool = this.#openPool(mayReach);
    const base = {
      store,
      lane: this.#lane,
      timers,
      random,
      self: () => this.#self,
      linkTo: this.#pool.linkTo,
      failed: this.#failed,
    };
    this.#pump = openPump({
      ...base,
      httpOf: this.#httpOf,
      storeIncOf: (url) => this.#storeIncByUrl.get(url) ?? "",
      upkeep: () => void this.#home.tend(),
      lost: () => this.#healing.lost(),
      wrote: (c) => this.#healing.wrote(c),
      receipt: (c) => this.#receipts.changed(c),
      maySpeak: () => !this.#home.isCatchingUp(),
    });
    this.#receipts = openReceiptSender(base);
    this.receipts = openReceiving({ ...base, wake: this.#pump.wake });
    this.#healing = openHealing({
      ...base,
      wake: this.#pump.wake,
      onMissing: (missing) => this.#board.change({ missing }),
    });
    this.#seeker = openSeeker({
      ...base,
      httpOf: this.#httpOf,
      found: () => {
        this.#resume();
        this.#presence.contactsChanged();
      },
    });
    const onLeft = (historyLeft: number): void => this.#board.change({ historyLeft });
    const { wake } = this.#pump;
    this.#backfiller = openBackfiller({
      ...base,
      httpOf: this.#httpOf,
      wake,
      effects: this.#effects,
      onLeft,
    });
    this.#media = openMedia({
      ...base,
      transport,
      homeUrl,
      httpOf: this.#httpOf,
      wake,
      effects: this.#effects,
      dropped: deps.dropped,
    });
    this.media = this.#media;
    this.#expiry = openExpiry({ ...base, effects: this.#effects });
    this.expiry = this.#expiry;
    this.#sweeper = openSweeper({ ...base });
    this.#admissions = openAdmissions({ ...base, effects: this.#effects });
    this.#typing = openTypingBoard({
      ...base,
      onTyping: (typing) => this.#board.change({ typing }),
    });
    this.#home = this.#openHome();
    this.#presence = openPresenceDesk({
      ...base,
      publish: (topic, payload) => this.#home.link()?.publish(topic, payload),
      onPresence: (presence) => this.#board.change({ presence }),
    });
    const settled = ({ presenceShown }: Settings): void => this.#presence.setShown(presenceShown);
    settled(settings);
    this.#rooms = openRooms(
      { ...base, wake, settled, dropped: (reason) => deps.dropped?.(reason) },
      deps.loadRooms ?? null,
    );
    const { appUrl } = deps;
    const person = { ...base, transport, homeUrl, appUrl, started: this.#started };
    const { tend } = this.#home;
    this.#commands = openCommands({ ...person, effects: this.#effects, tend });
    this.acts = this.#commands;
    this.groups = this.#commands.groups;
    this.chats = this.#commands.chats;
    this.rooms = this.#rooms;
    this.openRoom = this.#rooms.openRoom;
    const changed = (linking: Status["linking"]): void => this.#board.change({ linking });
    this.#linking = openLinking({ ...person, changed });
    this.linking = this.#linking;
    this.#recovery = openRecovery({
      ...person,
      wake,
      effects: this.#effects,
      httpOf: this.#httpOf,
      selfChanged: this.#effects.selfChanged,
    });
    this.recovery = this.#recovery.commands;
    this.safety = openSafety(base);
    this.backup = openBackups({ ...person, effects: this.#effects });
    this.#devices = openDevices({
      ...person,
      effects: this.#effects,
      isOut: this.#goQuiet,
      hide: () => this.#presence.setEnabled(false),
    });
    this.devices = this.#devices;
    if (self !== undefined) this.#begin();
  }

  readonly start: Device["start"] = (name) => this.#commands.start(name);
  readonly invite: Device["invite"] = () => this.#commands.invite();
  readonly acceptInvite: Device["acceptInvite"] = (link) => this.#commands.acceptInvite(link);
  readonly admit: Device["admit"] = (inviteToken) => this.#commands.admit(inviteToken);
  readonly push: Device["push"] = (subscription) => this.#commands.push(subscription);
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
    const sent = await this.#commands.send(c, text, extras);
    if (sent.ok) this.#typing.sent(c);
    return sent;
  };
  readonly markRead: Device["markRead"] = (c) => this.#commands.markRead(c);
  readonly decide: Device["decide"] = (account, verdict) => this.#commands.decide(account, verdict);
  readonly typing: Device["typing"] = (c) => this.#typing.pressed(c);
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
    await this.#rooms.close();
    await this.#lane.close();
  }

  /** Nothing is sent, asked for or taken any more. */
  readonly #goQuiet = (): void => {
    const asking = [this.#pump, this.#receipts, this.#healing, this.#backfiller, this.#seeker];
    const showing = [
      this.#media,
      this.#expiry,
      this.#admissions,
      this.#sweeper,
      this.#typing,
      this.#linking,
      this.#recovery,
      this.#devices,
      this.#presence,
    ];
    for (const part of [...asking, ...showing, this.#home, this.#pool]) part.close();
  };

  #effectsOf(): Effects {
    return {
      wake: () => {
        this.#pump.wake();
        this.#media.look();
        this.#expiry.look();
      },
      receipt: (c) => {
        this.#receipts.changed(c);
        this.#media.look();
        this.#expiry.look();
        this.#healing.changed(c);
      },
      upkeep: () => void this.#home.tend(),
      contacts: () => {
        this.#presence.contactsChanged();
        this.#media.resume();
        this.#devices.look();
        this.#admissions.look();
        this.#recovery.changed();
      },
      selfChanged: (self) => void (this.#self = self),
      typing: (c, account, atMs) => this.#typing.heard(c, account, atMs),
      wrote: (c, account) => this.#typing.ended(c, account),
      sessionReset: (device) => this.#run(this.#greetAnew(device)),
      backfilled: (c, left, device) => {
        this.#backfiller.arrived(c, left, device);
        this.#backfiller.look();
      },
      edited: () => this.#rooms.edited(),
      missing: () => {
        this.#media.look();
        this.#healing.look();
        this.#backfiller.look();
      },
      named: (named) => this.#healing.effects.named(named),
      claimed: (...claim) => this.#healing.effects.claimed(...claim),
      doubted: (doubt) => this.#healing.effects.doubted(doubt),
      forked: (a) => this.#healing.effects.forked(a),
      devices: () => this.#devices.look(),
      rolledBack: () => this.#run(this.#beginAnew()),
      dropped: (reason) => {
        this.#deps.dropped?.(reason);
        this.#healing.look();
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
          if (state.type === "refused") this.#seeker.refused(link, state.relayId);
          if (state.type === "open") this.#run(this.#reached(link.url));
        },
        onWelcome: (link, welcome) => this.#run(this.#welcomed(link.url, welcome)),
        onTopic: (_link, event) => this.#presence.topic(event),
      },
    });
  }

  #openHome(): Home {
    const { store, random, transport, homeUrl } = this.#deps;
    return openHome({
      store,
      lane: this.#lane,
      timers: this.#timers,
      rawTimers: this.#deps.timers,
      random,
      transport,
      homeUrl,
      self: () => this.#self,
      effects: this.#effects,
      failed: this.#failed,
      onConnection: (connection) => this.#board.change({ connection }),
      onStorage: (storage) => this.#stored(storage),
      onMoved: () => this.#board.change({ relayRenewed: true }),
      onWelcome: (url, welcome) => this.#run(this.#welcomed(url, welcome)),
      events: {
        onState: (state) => {
          this.#presence.ownLinkState(state);
          if (state.type === "open") this.#run(this.#reached(homeUrl));
        },
        onWanted: (topic, isWanted) => this.#presence.wanted(topic, isWanted),
        onClock: (sample) => {
          this.#takeSample(sample);
          this.#sweeper.sampled(sample);
          this.#expiry.sampled(sample);
          this.#board.change({ clockOffWarning: offsetOf(this.#samples).warning });
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
    this.#run(this.#compareKeepsake());
    this.#devices.look();
    this.#presence.contactsChanged();
    this.#admissions.look();
    void this.#home.tend();
    this.#rooms.begin();
    this.#healing.started();
    this.#resume();
  }

  /** A relay is there again: what was put off because it was away is due. */
  async #reached(url: string): Promise<void> {
    const own = this.#home.link();
    if (own?.url === url) own.answered();
    this.#pool.answered(url);
    const nowMs = this.#timers.now();
    await this.#lane.run(() => this.#deps.store.write(["outbox"], (tx) => hurryAll(tx, nowMs)));
    this.#resume();
  }

  async #welcomed(url: string, welcome: Welcome): Promise<void> {
    const storeInc = toHex(welcome.storeInc);
    this.#storeIncByUrl.set(url, storeInc);
    await this.#lane.run(() =>
      this.#deps.store.write(RESEND_TABLES, (tx) => resendLost(tx, url, storeInc)),
    );
    this.#resume();
  }

  /** Whatever changes state waits for it: in the lane it is the first. Rule [HE20]. */
  #compareKeepsake(): Promise<void> {
    return this.#lane.run(async () => {
      const self = this.#self;
      if (self === undefined) return;
      this.#self = await compareKeepsake(this.#deps, self, this.#timers.now());
    });
  }

  /** Our storage is older than what we sent: from now on we write new logs, under new chains. */
  async #beginAnew(): Promise<void> {
    await this.#lane.run(async () => {
      const self = this.#self;
      if (self === undefined) return;
      const { store, random } = this.#deps;
      this.#self = await store.write(BEGIN_ANEW_TABLES, (tx) =>
        beginAnew(tx, self, this.#timers.now(), random),
      );
    });
    this.#resume();
  }

  /** Our card on a new session: they learn that the old one is over, and answer on this one. */
  async #greetAnew(id: Hex): Promise<void> {
    const { store, random } = this.#deps;
    const row = await store.read(["devices"], (tx) => tx.get("devices", id));
    const bundle = row === undefined ? undefined : await fetchBundle(this.#httpOf, row);
    const self = this.#self;
    if (bundle === undefined || self === undefined) return;
    const held = heldBack(this.#effects);
    const context = { self, nowMs: this.#timers.now(), random, effects: held.effects };
    await this.#lane.run(() =>
      store.write(SEAL_TABLES, (tx) => greetDevice(tx, context, id, bundle)),
    );
    held.release();
    this.#pump.wake();
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

  #resume(): void {
    this.#pump.wake();
    this.#expiry.look();
    this.#media.resume();
    this.#receipts.resume();
    this.#healing.look();
    this.#backfiller.look();
    this.#recovery.changed();
  }

  /** By the way it shows whether our clock was set, or is corrected from now on: pauses follow it. */
  #takeSample({ offsetMs }: ClockSample): void {
    const before = offsetOf(this.#samples).offsetMs;
    this.#samples = addOffsetSample(this.#samples, new URL(this.#deps.homeUrl).host, offsetMs);
    const correctedMs = Math.abs(offsetOf(this.#samples).offsetMs - before);
    const movedMs = Math.abs(offsetMs - (this.#offsetMs ?? offsetMs)) + correctedMs;
    this.#offsetMs = offsetMs;
    if (movedMs > CLOCK_SET_MS) this.#run(this.#clockMoved(movedMs));
  }

  async #clockMoved(byMs: number): Promise<void> {
    await this.#lane.run(() => this.#deps.store.write(["outbox"], (tx) => forgiveClock(tx, byMs)));
    this.#resume();
  }

  #run(work: Promise<void>): void {
    work.catch(this.#failed);
  }

  readonly #failed = (error: unknown): void => {
    if (this.#closed) return;
    if (error instanceof StorageError) this.#home.storageFailed(error);
    else this.#deps.failed(error);
  };
}
